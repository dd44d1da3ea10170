"""The page: one HTML file without network or scripts, a table for terminals, JSON for machines."""

from bocage.report._basemap import raster_under
from bocage.report._content import MethodCost, MethodRow, ReportContent, Score
from bocage.report._curves import draw_curves
from bocage.report._errors import error_table, errors_path, held_out_of, write_errors
from bocage.report._evidence import (
    BlockSize,
    ClassScore,
    ConfusionMatrix,
    ErrorPanel,
    Observed,
    PlaceScores,
    Ranking,
    ReliabilityCurve,
    SplitPanel,
    ValueScore,
)
from bocage.report._explain_page import beside, explained_lines, explanation_page, sentence
from bocage.report._from_study import content_of, split_content
from bocage.report._interactive import interactive, interactive_path, write_interactive
from bocage.report._page import render, write
from bocage.report._reproduction import Blank, Reproduction
from bocage.report._studies import studies_page
from bocage.report._study_evidence import fold_rows
from bocage.report._study_facts import blank_cells
from bocage.report._table import terminal, to_json
from bocage.report._use import range_sentence, use_sentence

__all__ = [
    "Blank",
    "BlockSize",
    "ClassScore",
    "ConfusionMatrix",
    "ErrorPanel",
    "MethodCost",
    "MethodRow",
    "Observed",
    "PlaceScores",
    "Ranking",
    "ReliabilityCurve",
    "ReportContent",
    "Reproduction",
    "Score",
    "SplitPanel",
    "ValueScore",
    "beside",
    "blank_cells",
    "content_of",
    "draw_curves",
    "error_table",
    "errors_path",
    "explained_lines",
    "explanation_page",
    "fold_rows",
    "held_out_of",
    "interactive",
    "interactive_path",
    "range_sentence",
    "raster_under",
    "render",
    "sentence",
    "split_content",
    "studies_page",
    "terminal",
    "to_json",
    "use_sentence",
    "write",
    "write_errors",
    "write_interactive",
]

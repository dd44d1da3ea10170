"""The comparison: plan, run, store, verdict."""

from bocage.core import Workers
from bocage.study._advice import NEARLY
from bocage.study._answer import Answer, answer
from bocage.study._budgets import BudgetLine, verdicts
from bocage.study._bygroup import GroupDifference
from bocage.study._compared import compared
from bocage.study._context import Context
from bocage.study._cost import Cost
from bocage.study._crossed import crossed
from bocage.study._drops import Drop, drops
from bocage.study._engine import missing
from bocage.study._equivalence import LabelEquivalence
from bocage.study._figures import Figure, all_figures
from bocage.study._file_names import SAMPLES_FILE
from bocage.study._files import files_of
from bocage.study._forecast import forecast
from bocage.study._held_out import HeldOut, held_out
from bocage.study._label_counts import Drawn, Lack, drawn
from bocage.study._load import label_settings, load
from bocage.study._losses import Loss
from bocage.study._named_files import check_named_files
from bocage.study._paired import paired_differences, shared
from bocage.study._plan import Batch, Cell, Plan, Protocol, Run, make_plan
from bocage.study._predictions import Predictions
from bocage.study._prepare import open_study, prepare, split_of
from bocage.study._protocol import Point, protocol_points
from bocage.study._record import Record
from bocage.study._references import references
from bocage.study._refit import Winner, confidence_near, refit, winner
from bocage.study._resample import Resamples, resample
from bocage.study._residual_range import BlockRange, block_ranges
from bocage.study._results import Results
from bocage.study._same_study import check_same, check_same_explanation, check_same_split
from bocage.study._schema import settings_schema
from bocage.study._settings import StudySettings, make_settings, read_settings
from bocage.study._stages import STAGES
from bocage.study._store import Store
from bocage.study._stored_labels import keeps_samples, kept_labels
from bocage.study._story import PLACES, Noun, against
from bocage.study._study import Study, environment
from bocage.study._unfinished import Unfinished
from bocage.study._unit_counts import UnitCounts, group_scores, scores
from bocage.study._verdict import verdict
from bocage.study._verdict_type import Verdict
from bocage.study._visits import field_visits

__all__ = [
    "NEARLY",
    "PLACES",
    "SAMPLES_FILE",
    "STAGES",
    "Answer",
    "Batch",
    "BlockRange",
    "BudgetLine",
    "Cell",
    "Context",
    "Cost",
    "Drawn",
    "Drop",
    "Figure",
    "GroupDifference",
    "HeldOut",
    "LabelEquivalence",
    "Lack",
    "Loss",
    "Noun",
    "Plan",
    "Point",
    "Predictions",
    "Protocol",
    "Record",
    "Resamples",
    "Results",
    "Run",
    "Store",
    "Study",
    "StudySettings",
    "Unfinished",
    "UnitCounts",
    "Verdict",
    "Winner",
    "Workers",
    "against",
    "all_figures",
    "answer",
    "block_ranges",
    "check_named_files",
    "check_same",
    "check_same_explanation",
    "check_same_split",
    "compared",
    "confidence_near",
    "crossed",
    "drawn",
    "drops",
    "environment",
    "field_visits",
    "files_of",
    "forecast",
    "group_scores",
    "held_out",
    "keeps_samples",
    "kept_labels",
    "label_settings",
    "load",
    "make_plan",
    "make_settings",
    "missing",
    "open_study",
    "paired_differences",
    "prepare",
    "protocol_points",
    "read_settings",
    "references",
    "refit",
    "resample",
    "scores",
    "settings_schema",
    "shared",
    "split_of",
    "verdict",
    "verdicts",
    "winner",
]

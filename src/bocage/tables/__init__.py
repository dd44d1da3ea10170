"""Label tables: files of points, parcels and polygons, read and checked."""

from bocage.tables._checks import check_leave, dequantise_int8, looks_int8, unusable
from bocage.tables._classes import choose_classes, class_counts
from bocage.tables._gaps import Gaps
from bocage.tables._geometry import crossing_notes
from bocage.tables._label_table import LabelTable, check_table_output
from bocage.tables._names import NO_COLUMN, listed, nearest
from bocage.tables._outline import read_outline
from bocage.tables._pairs import Pairs, two_columns
from bocage.tables._places import PlaceTable, read_places
from bocage.tables._polygon_labels import label_rows
from bocage.tables._polygons import HOMOGENEITY, N_PIXELS, polygon_statistics
from bocage.tables._read import LabelRows, Paths, find_files, read_rows
from bocage.tables._sample import sample_labels
from bocage.tables._similar import written_otherwise
from bocage.tables._spec import InputSpec
from bocage.tables._strays import find_strays, stray_words
from bocage.tables._styles import add_style
from bocage.tables._table import read_task
from bocage.tables._zones import add_zones, parse_zone
from bocage.tables.readers import split_layer

__all__ = [
    "HOMOGENEITY",
    "NO_COLUMN",
    "N_PIXELS",
    "Gaps",
    "InputSpec",
    "LabelRows",
    "LabelTable",
    "Pairs",
    "Paths",
    "PlaceTable",
    "add_style",
    "add_zones",
    "check_leave",
    "check_table_output",
    "choose_classes",
    "class_counts",
    "crossing_notes",
    "dequantise_int8",
    "find_files",
    "find_strays",
    "label_rows",
    "listed",
    "looks_int8",
    "nearest",
    "parse_zone",
    "polygon_statistics",
    "read_outline",
    "read_places",
    "read_rows",
    "read_task",
    "sample_labels",
    "split_layer",
    "stray_words",
    "two_columns",
    "unusable",
    "written_otherwise",
]

"""Label tables, named benchmarks and the procedural landscape."""

from bocage.tasks._checks import check_leave, dequantise_int8
from bocage.tasks._classes import choose_classes, class_counts
from bocage.tasks._contradictions import contradictions
from bocage.tasks._geometry import crossing_notes
from bocage.tasks._ground import EARTH_METRES, on_the_ground, unit_vectors
from bocage.tasks._label_table import LabelTable, check_table_output
from bocage.tasks._named import TableOptions, is_named, load_task, named_tasks
from bocage.tasks._names import AEF_BANDS, NO_COLUMN, nearest
from bocage.tasks._near import join_places
from bocage.tasks._outline import read_outline
from bocage.tasks._pairs import two_columns
from bocage.tasks._polygon_labels import label_rows
from bocage.tasks._polygons import HOMOGENEITY, N_PIXELS, polygon_pixels, polygon_statistics
from bocage.tasks._read import Rows, find_files, read_rows
from bocage.tasks._sample import sample_labels
from bocage.tasks._similar import written_otherwise
from bocage.tasks._spec import InputSpec
from bocage.tasks._strays import find_strays, stray_words
from bocage.tasks._styles import add_style
from bocage.tasks._table import read_task
from bocage.tasks._task import Samples, Task, build_task
from bocage.tasks._telling import feature_notes, flat_notes
from bocage.tasks._zones import add_zones, parse_zone
from bocage.tasks.readers import split_layer

__all__ = [
    "AEF_BANDS",
    "EARTH_METRES",
    "HOMOGENEITY",
    "NO_COLUMN",
    "N_PIXELS",
    "InputSpec",
    "LabelTable",
    "Rows",
    "Samples",
    "TableOptions",
    "Task",
    "add_style",
    "add_zones",
    "build_task",
    "check_leave",
    "check_table_output",
    "choose_classes",
    "class_counts",
    "contradictions",
    "crossing_notes",
    "dequantise_int8",
    "feature_notes",
    "find_files",
    "find_strays",
    "flat_notes",
    "is_named",
    "join_places",
    "label_rows",
    "load_task",
    "named_tasks",
    "nearest",
    "on_the_ground",
    "parse_zone",
    "polygon_pixels",
    "polygon_statistics",
    "read_outline",
    "read_rows",
    "read_task",
    "sample_labels",
    "split_layer",
    "stray_words",
    "two_columns",
    "unit_vectors",
    "written_otherwise",
]

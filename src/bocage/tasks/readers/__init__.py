"""Tables and layers of every kind of file, read alike."""

from bocage.tasks.readers._cells import typed
from bocage.tasks.readers._endings import EXTENSIONS, SHAPES, has_layers, is_table
from bocage.tasks.readers._file import read_file
from bocage.tasks.readers._layers import split_layer
from bocage.tasks.readers._parquet import check_folder, folder_columns, parquet_files
from bocage.tasks.readers._shape_column import with_shapes
from bocage.tasks.readers._table import Table, first_line
from bocage.tasks.readers._text import exact_floats

__all__ = [
    "EXTENSIONS",
    "SHAPES",
    "Table",
    "check_folder",
    "exact_floats",
    "first_line",
    "folder_columns",
    "has_layers",
    "is_table",
    "parquet_files",
    "read_file",
    "split_layer",
    "typed",
    "with_shapes",
]

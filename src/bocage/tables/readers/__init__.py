"""Tables and layers of every kind of file, read alike."""

from bocage.tables.readers._cells import typed
from bocage.tables.readers._endings import EXTENSIONS, SHAPES, has_layers, is_table
from bocage.tables.readers._file import read_file
from bocage.tables.readers._layers import split_layer
from bocage.tables.readers._memory import IN_MEMORY, plain_frame
from bocage.tables.readers._parquet import check_folder, folder_columns, parquet_files
from bocage.tables.readers._shape_column import with_shapes
from bocage.tables.readers._table import Table
from bocage.tables.readers._text import exact_floats

__all__ = [
    "EXTENSIONS",
    "IN_MEMORY",
    "SHAPES",
    "Table",
    "check_folder",
    "exact_floats",
    "folder_columns",
    "has_layers",
    "is_table",
    "parquet_files",
    "plain_frame",
    "read_file",
    "split_layer",
    "typed",
    "with_shapes",
]

"""A table or layer from one file, whatever its kind."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bocage.core import DataError
from bocage.tables.readers._archive import unpacked
from bocage.tables.readers._columns import plain_columns
from bocage.tables.readers._endings import PARQUET, SHEETS, has_layers, is_text_table
from bocage.tables.readers._parquet import read_parquet
from bocage.tables.readers._sheet import read_sheet
from bocage.tables.readers._table import Table, first_line
from bocage.tables.readers._text import read_csv
from bocage.tables.readers._vector import read_vector

TROUBLE = (
    *(OSError, EOFError, ValueError, RuntimeError, TypeError, KeyError, NotImplementedError),
    *(zlib.error, zipfile.BadZipFile),
)
"""What libraries raise at files that they can't read."""


_DATABASES = (".gpkg", ".zip")
"""Endings of GeoPackages, packed or not."""

_OF_DATABASE = re.compile(r"sqlite|\bSELECT\b|malformed|disk image", re.IGNORECASE)
"""What a driver says of a GeoPackage whose pages are not all there: words for programmers."""


def read_file(path: Path, layer: str | None = None, columns: Sequence[str] | None = None) -> Table:
    """Read a table or layer.

    Parameters
    ----------
    path : Path
        See `EXTENSIONS`. Of an archive, the one table in it.
    layer : str, optional
        Layer or sheet, where there are several.
    columns : sequence of str, optional
        Of a vector file, those to read beside the geometry; all unless given.

    Raises
    ------
    DataError
        If it can't be read: torn, of another kind than its ending says, without the layer.
    """
    _check_full(path)
    with unpacked(path) as file:
        try:
            _check_full(file)
            return _read(file, layer, columns)
        except DataError as error:
            if file is path:
                raise
            # Its own name alone would not be found.
            raise DataError(f"in {path.name}: {error}") from error


def _check_full(path: Path) -> None:
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty (0 bytes); expected a table or layer with rows")


def _read(path: Path, layer: str | None, columns: Sequence[str] | None) -> Table:
    from shapely.errors import ShapelyError

    if layer is not None and not has_layers(path):
        raise DataError(f"{path.name} has no layers; expected no layer name: omit {layer!r}")
    try:
        # What a library warns of is a note, and no line on the console.
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            table = _kind_of(path, layer, columns)
        _check_names(table.frame, path.name)
        frame, notes = plain_columns(table.frame, path.name)
    except PermissionError as error:
        raise DataError(
            f"can't read {path.name}: permission denied; expected a readable file: change its "
            "permissions (chmod u+r), or copy it"
        ) from error
    except (*TROUBLE, ShapelyError) as error:
        if path.suffix.lower() in _DATABASES and _OF_DATABASE.search(str(error)):
            raise DataError(
                f"can't read {path.name}: it is damaged or truncated; expected a complete file of "
                f"the type of its extension ({path.suffix.lower()}): copy or write it again"
            ) from error
        raise DataError(
            f"can't read {path.name} ({first_line(error)}); expected a complete file of the type "
            f"of its extension ({path.suffix.lower()}): write it again"
        ) from error
    said = dict.fromkeys(
        f"{path.name}: {first_line(one.message)}"
        for one in warned
        if isinstance(one.message, RuntimeWarning)
    )
    return Table(frame, (*table.notes, *said, *notes))


def _check_names(frame: Any, name: str) -> None:
    frame.columns = frame.columns.map(str)
    twice = frame.columns[frame.columns.duplicated()].tolist()
    if twice:
        raise DataError(
            f"{name} has the column {twice[0]!r} twice; expected each name once: rename one"
        )


def _kind_of(path: Path, layer: str | None, columns: Sequence[str] | None) -> Table:
    suffix = path.suffix.lower()
    if is_text_table(path):
        return read_csv(path)
    if suffix in PARQUET:
        return Table(read_parquet(path))
    if suffix == SHEETS:
        return read_sheet(path, layer)
    return read_vector(path, layer, columns)

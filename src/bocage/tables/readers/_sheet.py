"""Spreadsheets: a sheet is read as the text table it would be."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bocage.core import DataError, counted
from bocage.sources import vector_file
from bocage.tables.readers._archive import check_packed
from bocage.tables.readers._cells import typed
from bocage.tables.readers._layers import choose_layer
from bocage.tables.readers._table import Table

if TYPE_CHECKING:
    import pandas as pd


def read_sheet(path: Path, layer: str | None) -> Table:
    """Read a sheet of an Excel file: names in its first row that is not blank, then a row a sample.

    Raises
    ------
    DataError
        If the file is no spreadsheet, the sheet is blank, or rows are longer than the names.
    """
    import pandas as pd
    import pyogrio

    place = path.absolute()
    with vector_file(path):
        _check(path)
        sheets = [str(name) for name, _ in pyogrio.list_layers(place)]
        sheet = choose_layer(path, layer, sheets, sheets, "sheet")
        # As text, and without a header that is guessed: identifiers keep their digits.
        cells = pyogrio.read_dataframe(
            place, layer=sheet, read_geometry=False, HEADERS="DISABLE", FIELD_TYPES="STRING"
        )
    table = cells.astype(object).where(cells.notna(), None)
    blank = table.map(lambda cell: cell is None or not str(cell).strip()).to_numpy(dtype=bool)
    rows, columns = np.flatnonzero(~blank.all(axis=1)), np.flatnonzero(~blank.all(axis=0))
    if not len(rows):
        raise DataError(f"the sheet {sheet!r} of {path.name} is blank; expected one row per sample")
    first = [(at, table.iloc[rows[0], at]) for at in columns]
    header = ["" if blank[rows[0], at] else str(cell).strip() for at, cell in first]
    if not all(header):
        raise DataError(
            f"the sheet {sheet!r} of {path.name} has values in {counted(len(columns), 'column')} "
            f"and in its first row {counted(sum(map(bool, header)), 'name')}; expected a name for "
            "each: remove what is above or next to the table"
        )
    body = table.iloc[rows[1:], columns].reset_index(drop=True)
    body.columns = pd.RangeIndex(len(header))
    made = pd.concat([typed(_text(body[at])) for at in body], axis=1)
    made.columns = pd.Index(header)
    notes = (f"{path.name}: the sheet {sheet!r} was read",) if len(sheets) > 1 else ()
    return Table(made, notes)


def _text(column: "pd.Series[Any]") -> "pd.Series[Any]":
    import pandas as pd

    return column.astype(pd.StringDtype("pyarrow"))


def _check(path: Path) -> None:
    """Refuse what is no spreadsheet, or too large, before it is read."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    check_packed(path.name, parts, path.stat().st_size)
    if not any(part.filename.startswith("xl/") for part in parts):
        raise DataError(
            f"{path.name} is not a spreadsheet; expected an Excel file (.xlsx): save it again, or "
            "as CSV"
        )

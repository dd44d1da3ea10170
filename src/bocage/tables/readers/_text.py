"""Text tables (CSV, TSV), read to the last bit and the last digit."""

import csv
import gzip
import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bocage.core import DataError, listed
from bocage.tables._names import LAT_NAMES, LON_NAMES
from bocage.tables._origins import text_columns
from bocage.tables.readers._archive import most_bytes, too_large
from bocage.tables.readers._cells import as_text, decimal_mark, typed
from bocage.tables.readers._table import Table, first_line

if TYPE_CHECKING:
    import pandas as pd

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "'|'"}
_MARKS = (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")
_TOLD = re.compile(r"sep=(?P<mark>[,;\t|])\s*$", re.IGNORECASE)
"""A first line that spreadsheets write and read."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19]")


def exact_floats() -> dict[str, Any]:
    """Return the option that makes pandas read the nearest float of every number.

    Before pandas 3.1 its parser is off by a bit in a third of all numbers unless told otherwise
    (the same table as Parquet would differ); from 3.1 on it is exact and the option is deprecated.
    """
    import pandas as pd

    release = tuple(int(part) for part in pd.__version__.split(".")[:2])
    return {} if release >= (3, 1) else {"float_precision": "round_trip"}


def read_csv(path: Path) -> Table:
    """Read a text table: commas, semicolons, tabs or bars; points or commas in numbers; any coding.

    Every cell is read as text first, and a column becomes one of numbers where all of it is (see
    `typed`). Words for missing are kept among words.

    Raises
    ------
    DataError
        If the file is no text, rows are longer than the header, or numbers have points in one
        column and commas in another.
    """
    import pandas as pd

    data = _unpacked(path)
    encoding = _encoding(path.name, data)
    top = _first_lines(data, encoding)
    told = _TOLD.match(top[0]) if top else None
    separator = told["mark"] if told else separator_of(top[0] if top else "")
    options: dict[str, Any] = {
        "sep": separator,
        "encoding": encoding,
        "skiprows": 1 if told else 0,
        "keep_default_na": False,
        "na_values": [""],
        "dtype": pd.StringDtype("pyarrow"),
    }
    header = pd.read_csv(io.BytesIO(data), header=None, nrows=1, **options).iloc[0]
    names = [str(name) for name in header]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            # Else rows longer than the header shift all columns by one.
            frame = pd.read_csv(io.BytesIO(data), index_col=False, **options)
    except pd.errors.ParserWarning as error:
        raise DataError(
            f"{path.name} has rows with more values than its header has names ({len(names)}, "
            f"separated by {_SEPARATORS[separator]}); expected the same number: quote values that "
            f"contain {_SEPARATORS[separator]}"
        ) from error
    # pandas renames a repeated name; put it back, so that it is found and told.
    named = header.notna().to_numpy()
    frame.columns = pd.Index(np.where(named, names, frame.columns.to_numpy(dtype=object)))
    single = ~frame.columns.duplicated(keep=False)
    notes = []
    if separator != ",":
        frame, with_commas = _with_points(frame, single, path.name)
        marks = " and decimal commas" if with_commas else ""
        notes.append(f"{path.name} was read with {_SEPARATORS[separator]} between columns{marks}")
    if not encoding.startswith("utf-8"):
        notes.append(f"{path.name} was read as {_SPOKEN[encoding]}, as it is not UTF-8 text")
    text = text_columns(path, data)
    columns = [
        as_text(frame.iloc[:, at]) if name in text else typed(frame.iloc[:, at])
        for at, name in enumerate(frame.columns)
    ]
    made = pd.concat(columns, axis=1) if columns else frame
    made.columns = frame.columns
    return Table(_with_geo(made, path), tuple(notes))


_SPOKEN = {
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252 (Western European)",
    "latin-1": "Latin-1 (Western European)",
}


def _unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    # Browsers unpack a download and leave its name, or pack it and leave that.
    if data[:2] != b"\x1f\x8b":
        return data
    with gzip.open(io.BytesIO(data)) as file:
        text = file.read(most_bytes(len(data)) + 1)
    if len(text) > most_bytes(len(data)):
        raise DataError(too_large(path.name, len(data)))
    return text


def decoded_text(path: Path) -> str:
    """Read a whole text in whatever encoding it is written.

    Raises
    ------
    DataError
        If it is no text.
    """
    data = _unpacked(path)
    return data.decode(_encoding(path.name, data))


def _encoding(name: str, data: bytes) -> str:
    """Find the encoding of a text: what its first bytes say, UTF-8, or Western European."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(name, data, encoding)
    zeros = np.flatnonzero(np.frombuffer(data[:4096], dtype=np.uint8) == 0)
    if len(zeros):
        # ASCII in UTF-16 has a zero in every other byte.
        return _checked(name, data, "utf-16-be" if zeros[0] % 2 == 0 else "utf-16-le")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            return _checked(name, data, "latin-1")
        return _checked(name, data, "cp1252")
    return _checked(name, data, "utf-8")


def _checked(name: str, data: bytes, encoding: str) -> str:
    """Refuse bytes that are no text in an encoding: it was the likeliest."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if _CONTROL.search(text):
        raise DataError(
            f"{name} is not text (it holds zero or control bytes); expected a CSV file in UTF-8: "
            "write it again (in a spreadsheet: CSV UTF-8)"
        )
    return encoding


def _first_lines(data: bytes, encoding: str) -> list[str]:
    """Return the first line, or nothing of an empty file."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding)
    line = text.readline()
    return [line] if line else []


def separator_of(header: str) -> str:
    """Find the separator that gives a header most names; a comma where none does."""
    counts = {mark: len(next(csv.reader([header], delimiter=mark), [])) for mark in _SEPARATORS}
    return max(counts, key=counts.__getitem__)


def _with_points(frame: "pd.DataFrame", single: Any, name: str) -> tuple["pd.DataFrame", bool]:
    """Write decimal commas as points, where all numbers of a file have them."""
    commas = decimal_mark(frame.loc[:, single], ",")
    if not commas:
        return frame, False
    points = decimal_mark(frame.loc[:, single], ".")
    if points:
        point, comma = next(iter(points)), next(iter(commas))
        raise DataError(
            f"{name} has numbers with a point ({point} {points[point]!r}) and numbers with a "
            f"comma ({comma} {commas[comma]!r}); expected one decimal mark: save it again with "
            f"points ({listed(list(commas))})"
        )
    for column in commas:
        frame[column] = frame[column].str.replace(",", ".", regex=False)
    return frame, True


def _with_geo(frame: Any, path: Path) -> Any:
    """Read the column `.geo` (GeoJSON text) that Earth Engine writes into CSV.

    It is often left blank there, so coordinate columns are preferred where there are any.
    """
    lower = {str(name).lower() for name in frame.columns}
    if ".geo" not in lower or (lower & set(LON_NAMES) and lower & set(LAT_NAMES)):
        return frame
    import geopandas as gpd
    import shapely

    text = frame[".geo"]
    try:
        shapes = shapely.from_geojson(text.where(text.notna(), None).to_numpy(dtype=object))
    except (shapely.errors.GEOSException, TypeError) as error:
        raise DataError(
            f"the column '.geo' of {path.name} holds no GeoJSON ({first_line(error)}); expected "
            "what Earth Engine exports: remove the column and give longitude and latitude"
        ) from error
    return gpd.GeoDataFrame(frame.drop(columns=".geo"), geometry=shapes, crs=4326)

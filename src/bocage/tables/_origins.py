"""The record of where features come from, as it stands in a table's file or beside it.

Parquet keeps it among its own metadata, GeoPackage in its metadata tables (which GDAL and QGIS
read), and CSV, which has no place for it, in a file beside it that is called and laid out as the
W3C's "Metadata Vocabulary for Tabular Data" has it: ``t.csv-metadata.json`` for ``t.csv``.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bocage.core import DataError, Origin, read_origins, write_origins
from bocage.sources import vector_file

if TYPE_CHECKING:
    import pandas as pd

KEY = "bocage_sources"
"""Of the record among a file's metadata."""

SHA256 = "bocage_sha256"
"""Of the CSV file that is described."""

BESIDE = "-metadata.json"
"""Behind the name of a CSV file."""

LARGEST = 10_000_000
"""Bytes of a file beside a table that are looked at."""

_CONTEXT = "http://www.w3.org/ns/csvw"


def beside(path: Path) -> Path:
    """Return the name of the file beside a CSV file that holds its record.

    >>> str(beside(Path("t.csv")))
    't.csv-metadata.json'
    """
    return path.with_name(path.name + BESIDE)


def described(path: Path, data: bytes, frame: "pd.DataFrame", origins: tuple[Origin, ...]) -> str:
    """Write what stands beside a CSV file: kinds of columns, and where features come from."""
    columns = [{"titles": str(name), "datatype": _kind(frame[name])} for name in frame.columns]
    found: dict[str, Any] = {"@context": _CONTEXT, "url": path.name}
    licences = dict.fromkeys(origin.licence for origin in origins if origin.licence)
    if licences:
        found["dc:license"] = " and ".join(licences)
    # Notes are free in that vocabulary.
    digest = hashlib.sha256(data).hexdigest()
    found["notes"] = [{KEY: json.loads(write_origins(origins)), SHA256: digest}]
    # Last: of wide tables it is long, and the notes tell whose file it is.
    found["tableSchema"] = {"columns": columns}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _kind(column: "pd.Series[Any]") -> str:
    """Name what a column holds, in that vocabulary's words."""
    from pandas.api import types

    if types.is_bool_dtype(column):
        return "boolean"
    if types.is_integer_dtype(column):
        return "integer"
    return "number" if types.is_numeric_dtype(column) else "string"


def text_columns(path: Path, data: bytes) -> frozenset[str]:
    """Name the columns of a CSV file that hold text whatever it looks like (``1.10``).

    Nothing where no file beside it tells, or where its bytes are others by now.
    """
    try:
        known = _read_beside(beside(path))
        if known["notes"][0][SHA256] != hashlib.sha256(data).hexdigest():
            return frozenset()
        columns = known["tableSchema"]["columns"]
        return frozenset(str(c["titles"]) for c in columns if c["datatype"] == "string")
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return frozenset()


def is_described(path: Path) -> bool:
    """Tell whether the record beside a CSV file is of these very bytes."""
    try:
        known = _read_beside(beside(path))["notes"][0]
        with path.open("rb") as file:
            return bool(known[SHA256] == hashlib.file_digest(file, "sha256").hexdigest())
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def stored_origins(path: Path, layer: str | None) -> tuple[tuple[Origin, ...], tuple[str, ...]]:
    """Read the record of a table that was read already.

    Parameters
    ----------
    path : Path
    layer : str, optional
        Of a GeoPackage.

    Returns
    -------
    origins : tuple of Origin
        Empty where there is no record.
    notes : tuple of str
        That there is one which can't be read.
    """
    try:
        text = _stored(path, layer)
        return (() if text is None else read_origins(text)), ()
    except DataError as error:
        return (), (f"{path.name}: {error}",)


def _stored(path: Path, layer: str | None) -> str | bytes | None:
    suffix = path.suffix.lower()
    if suffix == ".gpkg":
        import pyogrio

        with vector_file(path):
            names = [layer] if layer else [str(name) for name, _ in pyogrio.list_layers(path)]
            known = [pyogrio.read_info(path, layer=name)["layer_metadata"] or {} for name in names]
        return next((str(one[KEY]) for one in known if KEY in one), None)
    if suffix in (".parquet", ".geoparquet") and path.is_file():
        from pyarrow import parquet

        found = (parquet.read_schema(path).metadata or {}).get(KEY.encode())
        return None if found is None else bytes(found)
    return _beside(beside(path))


def _beside(path: Path) -> str | None:
    try:
        notes = _read_beside(path)["notes"]
        return next((json.dumps(note[KEY]) for note in notes if KEY in note), None)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        # A file of the user's, of whatever kind.
        return None


def _read_beside(path: Path) -> Any:
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise FileNotFoundError(path)
    return json.loads(path.read_text(encoding="utf-8"))


def of_columns(origins: tuple[Origin, ...], columns: Any) -> tuple[Origin, ...]:
    """Leave out what is no column of the table any more."""
    known = set(map(str, columns))
    kept = (
        replace(origin, columns=tuple(name for name in origin.columns if name in known))
        for origin in origins
    )
    return tuple(origin for origin in kept if origin.columns)

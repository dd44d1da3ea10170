"""Vector files: each read by the driver that its ending names, and by no other."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bocage.core import DataError, counted
from bocage.sources import vector_file
from bocage.tables.readers._cells import typed
from bocage.tables.readers._columns import arrow_options
from bocage.tables.readers._endings import VECTOR
from bocage.tables.readers._layers import choose_layer
from bocage.tables.readers._shapefile import check_shapefile, dbf_encoding
from bocage.tables.readers._table import Table

_HEAD = 65_536
_OTHER_JSON = {
    rb'"type"\s*:\s*"topology"': "TopoJSON:",
    rb'"geometrytype"\s*:\s*"esri': "ESRIJSON:",
}
"""What stands in the first bytes of JSON of other kinds, and the driver that reads it."""

_RECORD = b"\x1e"
"""What may stand before each feature of GeoJSON lines (RFC 8142)."""

_DISPLAY = ("id", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon")
_BLANK_OFTEN = ("Name", "description", "timestamp", "begin", "end")
"""Columns that GDAL makes of every KML file."""

_KML = re.compile(rb"\s*(<\?xml[^>]*\?>)?\s*(<!--.*?-->\s*)*<(\w+:)?kml\b", re.DOTALL)
"""The root element: what stands before it is read by drivers of other kinds too."""


def read_vector(path: Path, layer: str | None, columns: Sequence[str] | None = None) -> Table:
    """Read a layer of a vector file.

    Parameters
    ----------
    path : Path
    layer : str, optional
        Where there are several.
    columns : sequence of str, optional
        Those to read; all unless given.

    Raises
    ------
    DataError
        If the file is of another kind than its ending says, lacks a part or the layer.
    """
    with vector_file(path):
        return _read(path, layer, columns)


def _read(path: Path, layer: str | None, columns: Sequence[str] | None) -> Table:
    import pyogrio

    place = _place(path)
    kind = VECTOR[path.suffix.lower()]
    layers, every = _layers_of(place)
    if not every:
        raise DataError(
            f"can't read {path.name}: it holds no layer; expected a {kind.name} file with "
            "features: write or copy it again"
        )
    chosen = choose_layer(path, layer, layers, every) if kind.has_layers else None
    if columns is not None:
        known = {str(field) for field in pyogrio.read_info(place, layer=chosen)["fields"]}
        # Where one is not there, it is told among all that are.
        columns = columns if known.issuperset(columns) else None
    encoding, notes = dbf_encoding(path) if kind.name == "Shapefile" else ("", ())
    frame = pyogrio.read_dataframe(
        place,
        layer=chosen,
        columns=columns,
        use_arrow=True,
        arrow_to_pandas_kwargs=arrow_options(),
        **({"ENCODING": encoding} if encoding else {}),
    )
    if kind.prefix == "GeoJSONSeq:":
        _check_lines(path, len(frame))
    if kind.name == "FlatGeobuf":
        told = int(pyogrio.read_info(place)["features"])
        if told > len(frame):
            raise DataError(
                f"can't read {path.name}: its header says {counted(told, 'feature')}, but "
                f"{len(frame):,} can be read; expected a complete file: copy it again"
            )
    return Table(_without_display(frame) if kind.name == "KML" else frame, notes)


def _without_display(frame: Any) -> Any:
    """Drop what KML says of drawing, and what it says of nothing; its numbers may be text."""
    seen = [column for column in frame.columns if column not in _DISPLAY]
    kept = [column for column in seen if column not in _BLANK_OFTEN or frame[column].notna().any()]
    made = frame[kept]
    for column in kept:
        if str(made[column].dtype) in ("str", "object", "string"):
            made = made.assign(**{column: typed(made[column]).set_axis(made.index)})
    return made


def _layers_of(place: str) -> tuple[list[str], list[str]]:
    """List the layers of a file that can be meant, and all that it holds.

    Tables without geometry, such as the styles that QGIS saves, are no layers beside others.
    """
    import pyogrio

    every = [(str(name), kind) for name, kind in pyogrio.list_layers(place)]
    names = [name for name, _ in every]
    return [name for name, kind in every if kind] or names, names


def _place(path: Path) -> str:
    """Return what GDAL is to open: the path, with the driver where it can be named."""
    kind = VECTOR[path.suffix.lower()]
    with path.open("rb") as file:
        head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lower()
    if kind.name == "KML" and not _KML.match(head):
        raise DataError(f"{path.name} is XML but not KML; expected a KML file: write it again")
    if kind.name == "Shapefile":
        check_shapefile(path)
    prefix = kind.prefix
    if prefix == "GeoJSON:":
        prefix = next((p for mark, p in _OTHER_JSON.items() if re.search(mark, head)), prefix)
    # A folder called http: is one, and no address.
    return f"{prefix}{path.absolute()}"


def _check_lines(path: Path, n_read: int) -> None:
    """Refuse a file of one feature a line some of whose lines are none: GDAL passes over them."""
    data = path.read_bytes()
    parts = data.split(_RECORD) if _RECORD in data[:1] else data.splitlines()
    n = sum(bool(part.strip()) for part in parts)
    if n != n_read:
        raise DataError(
            f"{path.name} has {counted(n, 'line')}, of which {n_read:,} can be read as features; "
            "expected one complete GeoJSON feature per line: write it again"
        )

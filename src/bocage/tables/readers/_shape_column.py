"""Geometry in a column of a table that has none of its own: WKT, or WKB as bytes or digits."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, listed
from bocage.tables._names import LAT_NAMES, LON_NAMES
from bocage.tables.readers._table import Table

if TYPE_CHECKING:
    import pandas as pd

USUAL = ("geometry", "geom", "wkt", "wkb", "the_geom", "wkb_geometry", "shape")
"""What a column of geometry is called, where a table has several."""

_WKT = re.compile(
    r"\s*(SRID=(?P<code>\d+);)?\s*(?P<text>(MULTI)?(POINT|LINESTRING|POLYGON)"
    r"\s*(Z|M|ZM)?\s*(\(|EMPTY).*)",
    re.IGNORECASE | re.DOTALL,
)
_HEX = re.compile(r"0[01]([0-9A-Fa-f]{2}){8,}")


def with_shapes(table: Table, name: str, crs: Any) -> Table:
    """Take geometry from a column, where a table has one and no geometry of its own.

    Parameters
    ----------
    table : Table
    name : str
        File name, for messages.
    crs : pyproj.CRS or str, optional
        Coordinate system of the column. Where none is named, and the column names none (EWKT,
        EWKB), it is longitude and latitude if all of it can be.

    Raises
    ------
    DataError
        If a cell is no geometry, there are several such columns, or the coordinate system is not
        known.
    """
    frame = table.frame
    if hasattr(frame, "crs"):
        return table
    found = {str(column): shapes for column in frame.columns
             if (shapes := _shapes_of(frame[column], name)) is not None}  # fmt: skip
    if not found:
        return table
    chosen = _chosen(list(found), name)
    geometry, code = found[chosen]
    note = f"{name}: geometry is read from the column {chosen!r}"
    system: Any = crs or (f"EPSG:{code}" if code else None)
    if system is None and _may_be_degrees(geometry):
        system = "EPSG:4326"
        note += ", in degrees: no CRS is named (--crs)"
    elif system is None:
        why = (
            f"the geometry in the column {chosen!r} of {name} is not in degrees ({_span(geometry)})"
        )
        if _has_degrees(frame):
            note = f"{why}, and no CRS is named (--crs): columns of degrees are used"
            return Table(frame, (*table.notes, note))
        raise DataError(
            f"{why}, and no CRS is named; expected one: name it with --crs, such as --crs "
            "EPSG:32633"
        )
    import geopandas as gpd

    # The column goes: its text is no predictor.
    rest = frame.drop(columns=chosen)
    made = gpd.GeoDataFrame(rest, geometry=gpd.GeoSeries(geometry, index=rest.index), crs=system)
    return Table(made, (*table.notes, note))


def _chosen(columns: list[str], name: str) -> str:
    if len(columns) == 1:
        return columns[0]
    usual = [column for word in USUAL for column in columns if column.lower() == word]
    if usual:
        return usual[0]
    raise DataError(
        f"columns {listed(columns)} of {name} all hold geometry; expected one: remove the others, "
        "or rename the one to use to 'geometry'"
    )


def _shapes_of(column: "pd.Series[Any]", name: str) -> tuple[NDArray[Any], int] | None:
    """Read a column of WKT or WKB, and its EPSG code (0 for none); None for any other column."""
    import shapely

    if column.dtype != object and str(column.dtype) not in ("str", "string", "bytes"):
        return None
    first = next((cell for cell in column if isinstance(cell, str | bytes) and cell), None)
    if first is None or not (_is_wkt(first) or _is_wkb(first)):
        return None
    cells = column.astype(object).where(column.notna(), None).to_numpy(dtype=object)
    known = np.flatnonzero([cell is not None and cell not in ("", b"") for cell in cells])
    codes: set[int] = set()
    made = np.full(len(cells), None, dtype=object)
    if _is_wkt(first):
        parts = [_WKT.fullmatch(str(cell)) for cell in cells[known]]
        texts = [None if part is None else part["text"] for part in parts]
        codes = {int(part["code"] or 0) for part in parts if part is not None}
        made[known] = shapely.from_wkt(texts, on_invalid="ignore")
    else:
        blobs = [cell if isinstance(cell, str | bytes) else None for cell in cells[known]]
        made[known] = shapely.from_wkb(blobs, on_invalid="ignore")
        codes = set(np.unique(shapely.get_srid(made[known])).tolist()) - {-1}
    wrong = known[[shape is None for shape in made[known]]]
    if len(wrong):
        raise DataError(
            f"the column {str(column.name)!r} of {name} holds geometry, but in row "
            f"{wrong[0] + 1} {str(cells[wrong[0]])[:40]!r}; expected WKT or WKB: correct or blank "
            "that cell"
        )
    return made, codes.pop() if len(codes) == 1 else 0


def _is_wkt(cell: object) -> bool:
    return isinstance(cell, str) and _WKT.fullmatch(cell) is not None


def _is_wkb(cell: object) -> bool:
    import shapely

    if isinstance(cell, str) and not _HEX.fullmatch(cell):
        return False
    if isinstance(cell, bytes) and cell[:1] not in (b"\0", b"\1"):
        return False
    return isinstance(cell, str | bytes) and shapely.from_wkb(cell, on_invalid="ignore") is not None


def _may_be_degrees(shapes: NDArray[Any]) -> bool:
    west, south, east, north = _bounds(shapes)
    return max(-west, east) <= 180 and max(-south, north) <= 90  # noqa: PLR2004


def _bounds(shapes: NDArray[Any]) -> tuple[float, float, float, float]:
    import shapely

    bounds = shapely.total_bounds(shapes)
    # All of it blank: nothing says that it is no degrees.
    return tuple(bounds.tolist()) if np.isfinite(bounds).all() else (0.0, 0.0, 0.0, 0.0)


def _span(shapes: NDArray[Any]) -> str:
    west, south, east, north = _bounds(shapes)
    return f"x from {west:.8g} to {east:.8g}, y from {south:.8g} to {north:.8g}"


def _has_degrees(frame: "pd.DataFrame") -> bool:
    lower = {str(column).lower() for column in frame.columns}
    return bool(lower & set(LON_NAMES) and lower & set(LAT_NAMES))

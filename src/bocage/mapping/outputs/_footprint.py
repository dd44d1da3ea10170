"""Where a map lies, in longitude and latitude."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.mapping.outputs._profile import north_up
from bocage.sources import Grid, to_crs

_SIDE = 33
"""Places along a side: a straight side of a projection is a curve in degrees."""

_STRAIGHT = 1e-5
"""Share of the length of a map by which its footprint may be off."""

_DIGITS = 7
"""Of degrees: a centimetre, and the same figures with every release of PROJ."""

_TURN = 360.0
_HALF = 180.0


def footprint(
    grid: Grid, area: Any = None
) -> tuple[dict[str, Any], tuple[float, float, float, float]]:
    """Describe where a map lies as GeoJSON has it (RFC 7946).

    Parameters
    ----------
    grid : Grid
    area : shapely geometry, optional
        Polygons with data, in the grid's coordinate system; the whole grid without it.

    Returns
    -------
    geometry : dict
        Polygon or MultiPolygon; one that crosses the 180th meridian is cut there.
    bbox : tuple of float
        West, south, east, north; west is larger than east where the 180th meridian is crossed.

    Raises
    ------
    DataError
        If the place has no longitude and latitude.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", (0.1, 0, 10, 0, -0.1, 50), 10, 20)
    >>> footprint(grid)[1]
    (10.0, 49.0, 12.0, 50.0)
    """
    import shapely

    whole = area if area is not None else _outline(grid)
    polygons = _surfaces(whole)
    if not polygons:
        raise DataError("a geometry of area 0 has no footprint; expected polygons")
    longest = max(np.ptp(np.array(whole.bounds).reshape(2, 2), axis=0)) / _SIDE
    unrolled = [_unroll(grid, shapely.segmentize(part, longest)) for part in polygons]
    joined = shapely.union_all([part.buffer(0) for part in unrolled])
    # Places along a side that is straight in degrees too say nothing.
    west, south, east, north = joined.bounds if not joined.is_empty else (0.0,) * 4
    joined = joined.simplify(_STRAIGHT * max(east - west, north - south))
    if joined.is_empty:
        raise DataError("a geometry of area 0 has no footprint; expected polygons")
    # Each turn of the Earth is brought to where longitudes are counted.
    turns = range(math.floor((west + _HALF) / _TURN), math.floor((east + _HALF) / _TURN) + 1)
    pieces = [
        shapely.transform(
            joined.intersection(shapely.box(turn * _TURN - _HALF, -90, turn * _TURN + _HALF, 90)),
            lambda xy, shift=turn * _TURN: xy - [shift, 0.0],
        )
        for turn in turns
    ]
    # Rounded here, where the library keeps it free of crossings.
    merged = shapely.set_precision(shapely.union_all(pieces), 10**-_DIGITS)
    box = (-_HALF, south, _HALF, north)
    if east - west < _TURN - 10**-_DIGITS:
        box = (_wrap(west), south, _wrap(east, end=_HALF), north)
    rounded = tuple(round(value, _DIGITS) for value in box)
    return _geojson(_surfaces(merged)), (rounded[0], rounded[1], rounded[2], rounded[3])


def _surfaces(geometry: Any) -> list[Any]:
    import shapely

    parts = shapely.get_parts(geometry)
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _outline(grid: Grid) -> Any:
    import shapely

    grid = north_up(grid)
    row = np.array([0.0, grid.height, grid.height, 0.0])
    column = np.array([0.0, 0.0, grid.width, grid.width])
    return shapely.Polygon(grid.xy(row, column))


def _unroll(grid: Grid, polygon: Any) -> Any:
    """Turn a polygon into degrees; its longitudes run on beyond 180 where it crosses it."""
    import shapely

    shell = _ring(grid, shapely.get_coordinates(polygon.exterior))
    middle = (shell[:, 0].min() + shell[:, 0].max()) / 2
    holes = []
    for hole in polygon.interiors:
        ring = _ring(grid, shapely.get_coordinates(hole))
        holes.append(ring - [round((ring[:, 0].mean() - middle) / _TURN) * _TURN, 0.0])
    return shapely.Polygon(shell, holes)


def _ring(grid: Grid, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    lonlat = to_crs(grid.crs, "EPSG:4326", xy)
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1)]
    if len(lonlat) < 4:  # noqa: PLR2004 - a triangle that is closed
        raise DataError(
            "the map is not located on the Earth; expected coordinates within the bounds of "
            "their coordinate reference system"
        )
    lonlat[:, 0] = np.unwrap(lonlat[:, 0], period=_TURN)
    around = lonlat[-1, 0] - lonlat[0, 0]
    if abs(around) > _HALF:
        # The ring goes around a pole, which it holds: down to it, and back where it began.
        pole = math.copysign(90.0, lonlat[:, 1].mean())
        ends = np.array([[lonlat[-1, 0], pole], [lonlat[0, 0], pole]])
        lonlat = np.vstack([lonlat, ends, lonlat[:1]])
    return lonlat


def _wrap(lon: float, end: float = -_HALF) -> float:
    """Bring a longitude to -180 .. 180; the 180th meridian itself has two names."""
    wrapped = (lon + _HALF) % _TURN - _HALF
    return end if math.isclose(abs(wrapped), _HALF, abs_tol=1e-9) else wrapped


def _geojson(surfaces: list[Any]) -> dict[str, Any]:
    from shapely.geometry.polygon import orient

    polygons = []
    for surface in surfaces:
        turned = orient(surface, 1.0)
        rings = [turned.exterior, *turned.interiors]
        polygons.append([np.round(ring.coords, _DIGITS).tolist() for ring in rings])
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}

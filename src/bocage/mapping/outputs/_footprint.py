"""Where a map lies, in longitude and latitude."""

from typing import Any

import numpy as np

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
    longest = max(np.ptp(np.array(whole.bounds).reshape(2, 2), axis=0)) / _SIDE
    joined = shapely.union_all(
        [_in_degrees(grid, shapely.segmentize(one, longest)) for one in polygons]
    )
    if joined.is_empty:
        raise DataError("a geometry of area 0 has no footprint; expected polygons")
    _, south, _, north = joined.bounds
    west, east = _span(_surfaces(joined))
    # Places along a side that is straight in degrees too say nothing.
    joined = joined.simplify(_STRAIGHT * max((east - west) % _TURN, north - south))
    # Rounded here, where the library keeps it free of crossings.
    surfaces = _surfaces(shapely.set_precision(joined, 10**-_DIGITS))
    rounded = tuple(round(value, _DIGITS) for value in (west, south, east, north))
    return _geojson(surfaces), (rounded[0], rounded[1], rounded[2], rounded[3])


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


def _in_degrees(grid: Grid, polygon: Any) -> Any:
    """Turn a polygon into degrees, cut at the 180th meridian, and drawn to a pole that it holds."""
    import shapely

    shell, *holes = (_filled(grid, ring) for ring in (polygon.exterior, *polygon.interiors))
    return shapely.difference(shell, shapely.union_all(holes))


def _filled(grid: Grid, ring: Any) -> Any:
    import antimeridian
    import shapely
    from shapely.geometry.polygon import orient

    # Which side of a ring around a pole is its inside, only its direction tells.
    xy = shapely.get_coordinates(orient(shapely.Polygon(ring)).exterior)
    lonlat = to_crs(grid.crs, "EPSG:4326", xy)
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1)]
    if len(lonlat) < 4:  # noqa: PLR2004 - a triangle that is closed
        raise DataError(
            "the map is not located on the Earth; expected coordinates within the bounds of "
            "their coordinate reference system"
        )
    # Holes are cut out afterwards: the library loses some of those that hold a pole.
    filled = antimeridian.fix_polygon(shapely.Polygon(lonlat), fix_winding=True, great_circle=False)
    return filled.buffer(0)


def _span(surfaces: list[Any]) -> tuple[float, float]:
    """Find the shortest stretch of longitudes that holds all surfaces, from west to east."""
    (west, east), *others = sorted((one.bounds[0], one.bounds[2]) for one in surfaces)
    gaps = []
    for start, end in others:
        gaps.append((start - east, start, east))
        east = max(east, end)
    gap, start, end = max(gaps, default=(0.0, west, east))
    return (start, end) if gap > west + _TURN - east else (west, east)


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

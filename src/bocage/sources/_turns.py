"""Longitudes that are whole turns apart are one place: rasters from 0 to 360, data across 180."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.sources._grid import Grid

TURN = 360.0
"""Degrees."""


def turned(xy: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """Turn longitudes by whole circles to where a grid in degrees lies; others stay.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        In the grid's coordinate system.
    grid : Grid

    Returns
    -------
    ndarray of float64, shape (n, 2)

    Examples
    --------
    >>> grid = Grid("EPSG:4326", (1, 0, 0, 0, -1, 90), 180, 360)
    >>> turned(np.array([[-75.5, 4.0], [20.0, 4.0]]), grid)[:, 0].tolist()
    [284.5, 20.0]
    """
    if not len(xy) or not is_in_degrees(grid.crs):
        return xy
    with np.errstate(invalid="ignore"):
        turns = np.round((xy[:, 0] - _middle(grid)) / TURN)
    if not turns.any():
        return xy
    return np.column_stack([xy[:, 0] - TURN * turns, xy[:, 1]])


def turned_shapes(shapes: NDArray[Any], grid: Grid) -> NDArray[Any]:
    """Turn each part of polygons as a whole, by its middle; see `turned`.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, shape (n,)
        In the grid's coordinate system.
    grid : Grid
    """
    import shapely

    if not len(shapes) or not is_in_degrees(grid.crs):
        return shapes
    bounds = shapely.bounds(shapes)
    middle = _middle(grid)
    with np.errstate(invalid="ignore"):
        far = np.abs(bounds[:, [0, 2]] - middle).max(axis=1) > TURN / 2
    made = shapes.copy()
    for at in np.flatnonzero(far):
        parts = shapely.get_parts(shapes[at])
        centre = shapely.bounds(parts)[:, [0, 2]].mean(axis=1)
        turns = TURN * np.round((centre - middle) / TURN)
        moved = [
            shapely.transform(part, lambda xy, turn=turn: xy - [turn, 0.0])
            for part, turn in zip(parts, turns, strict=True)
        ]
        # Parts that 180 degrees had cut are one again.
        made[at] = shapely.union_all(moved)
    return made


def unrolled(longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count longitudes on beyond 180 degrees where that brings them into half of a turn.

    Parameters
    ----------
    longitude : ndarray of float64, shape (n,)
        Degrees from -180 to 180.

    Returns
    -------
    ndarray of float64, shape (n,)
        From -180 to 360; as they are where they lie all around the Earth.

    Examples
    --------
    >>> unrolled(np.array([179.0, -179.5])).tolist(), unrolled(np.array([-20.0, 30.0])).tolist()
    ([179.0, 180.5], [-20.0, 30.0])
    """
    known = np.unique(longitude[np.isfinite(longitude)])
    if len(known) < 2 or np.ptp(known) <= TURN / 2:  # noqa: PLR2004
        return longitude
    gaps = np.diff(known)
    widest = int(gaps.argmax())
    if gaps[widest] < TURN / 2:
        return longitude
    return np.where(longitude <= known[widest], longitude + TURN, longitude)


def _middle(grid: Grid) -> float:
    left, _, right, _ = grid.bounds
    return (left + right) / 2


@lru_cache(maxsize=64)
def is_in_degrees(crs: Any) -> bool:
    """Whether a coordinate system is of longitudes and latitudes in degrees."""
    from pyproj import CRS

    known = CRS.from_user_input(crs)
    # A degree is 0.01745 radians; some old systems count in grads.
    return known.is_geographic and abs(known.axis_info[0].unit_conversion_factor - 0.0174533) < 1e-6  # noqa: PLR2004

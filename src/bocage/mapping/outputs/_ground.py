"""What lengths and directions of a map are on the ground."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.sources import Grid, to_crs

_POINTS = 33
"""Places along a line: its length is the sum of what lies between them."""

_STEP = 1e-4
"""Degrees to the north, to see where it lies."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Lengths and directions at the centre of a map.

    Attributes
    ----------
    lon, lat : float
        Of the centre, in degrees.
    across, down : float
        Metres on the ground that a pixel is wide and high there.
    north : float
        Direction of the north, in degrees clockwise from the top of the map.
    change : float
        By how much `across` differs, at most, at the upper or the lower edge, as a share.
    """

    lon: float
    lat: float
    across: float
    down: float
    north: float
    change: float


def ground_of(grid: Grid) -> Ground | None:
    """Measure a map at its centre, on the ellipsoid; None where its places have no longitude.

    Metres of a projection are not metres on the ground (in web maps at 60 degrees they are half),
    and degrees are none at all, so lengths are measured between longitudes and latitudes.
    """
    middle, centre = grid.height / 2, grid.width / 2
    # The eighth of a map is straight enough, and long enough for the rounding of degrees.
    half_width, half_height = max(grid.width / 16, 0.5), max(grid.height / 16, 0.5)
    along = np.linspace(-1, 1, _POINTS)
    try:
        place = grid.lonlat(np.array([middle]), np.array([centre]))[0]
        across = _length(grid, np.full(_POINTS, middle), centre + half_width * along)
        down = _length(grid, middle + half_height * along, np.full(_POINTS, centre))
        edges = [
            _length(grid, np.full(_POINTS, row), centre + half_width * along)
            for row in (0.0, float(grid.height))
        ]
        up = to_crs("EPSG:4326", grid.crs, place[np.newaxis] + [[0.0, _north_step(place[1])]])[0]
    except DataError:
        return None
    row, column = _pixel(grid, up)
    measured = np.array([*place, across, down, row, column])
    if not np.isfinite(measured).all() or min(across, down) <= 0:
        return None
    direction = math.degrees(
        math.atan2((column - centre) * across / half_width, (middle - row) * down / half_height)
    )
    if _north_step(place[1]) < 0:
        direction += 180
    change = max((abs(edge / across - 1) for edge in edges if np.isfinite(edge)), default=0.0)
    return Ground(
        float(place[0]),
        float(place[1]),
        across / (2 * half_width),
        down / (2 * half_height),
        (direction + 180) % 360 - 180,
        change,
    )


def _north_step(lat: float) -> float:
    """Look to the south where the north pole is near."""
    return _STEP if lat < 90 - 2 * _STEP else -_STEP


def _length(grid: Grid, row: NDArray[np.float64], column: NDArray[np.float64]) -> float:
    from pyproj import Geod

    lonlat = grid.lonlat(row, column)
    if not np.isfinite(lonlat).all():
        return math.nan
    return float(Geod(ellps="WGS84").line_length(lonlat[:, 0], lonlat[:, 1]))


def _pixel(grid: Grid, xy: NDArray[Any]) -> tuple[float, float]:
    """Find row and column of a place, with what is left of a pixel."""
    (row,), (column,) = grid.rowcol(xy[None])
    return row, column

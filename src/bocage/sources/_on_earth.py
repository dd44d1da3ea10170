"""Whether a grid lies on the Earth."""

from typing import Any

import numpy as np

from bocage.core import DataError
from bocage.sources._georeference import to_crs
from bocage.sources._grid import Grid

N_STEPS = 9
"""Places along each side of a grid that are looked at."""

MOST_TURNS = (3.0, 0.5)
"""Longitude and latitude reach at most so many times 180 degrees: rasters from 0 to 360, and some
that go on beyond, are on the Earth."""


def check_ground(grid: Grid, name: str) -> None:
    """Refuse a grid no place of which lies on the Earth: its numbers are those of another system.

    A system that tells no places on the Earth, as that of a building does, is none to be judged by.

    Parameters
    ----------
    grid : Grid
    name : str
        Of the raster, for messages.

    Raises
    ------
    DataError
        If none does, or its places are given from the middle of the Earth.
    """
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    try:
        crs = CRS.from_user_input(grid.crs)
    except ProjError:
        return
    if crs.is_geocentric:
        raise DataError(
            f"{name} is in {crs.name!r}, which is geocentric: neither geographic nor projected; "
            "expected a coordinate reference system such as EPSG:32633: assign the right one"
        )
    if not (crs.is_geographic or crs.is_projected):
        return
    if not _is_on_earth(grid, crs):
        left, low, right, high = grid.bounds
        raise DataError(
            f"{name} lies off the Earth: x from {left:,.6g} to {right:,.6g} and y from {low:,.6g} "
            f"to {high:,.6g} are outside the range of {crs.name!r}; expected the coordinate "
            "reference system that its coordinates are in: assign it (QGIS: Raster, Projections)"
        )


def _is_on_earth(grid: Grid, crs: Any) -> bool:
    """Whether any of some places is on the Earth; corners need not be."""
    steps = np.linspace(0.0, 1.0, N_STEPS)
    row, column = np.meshgrid(steps * grid.height, steps * grid.width)
    xy = grid.xy(row.ravel(), column.ravel())
    if crs.is_geographic:
        radians = crs.axis_info[0].unit_conversion_factor
        turns = np.abs(xy * radians) / np.pi
        return bool((turns <= MOST_TURNS).all(axis=1).any())
    back = to_crs("EPSG:4326", grid.crs, to_crs(grid.crs, "EPSG:4326", xy))
    with np.errstate(invalid="ignore"):
        # Far from where a projection holds, its way back leads elsewhere.
        return bool((np.abs(back - xy) <= np.sqrt(grid.pixel_area)).all(axis=1).any())

"""Where the windows of burn scars lie: pixels, metres and degrees."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.datasets._burn_scar_files import SceneFiles
from bocage.sources import pixel_area, projected, rowcol_of, xy_of

EDGE_POINTS = 8
"""Points on each edge of a footprint: its edges are straight in metres, and bent in degrees."""


@dataclass(frozen=True, slots=True)
class SceneWindow:
    """Where a scene lies.

    Attributes
    ----------
    pair : SceneFiles
    shape : tuple of int
        Height and width in pixels.
    transform : tuple of float
        Column and row to x and y, as in `Scene`.
    crs : str
        As WKT; in metres.
    """

    pair: SceneFiles
    shape: tuple[int, int]
    transform: tuple[float, ...]
    crs: str

    @property
    def pixel_area(self) -> float:
        """Area of a pixel in square metres."""
        return pixel_area(self.transform)


def footprint(window: SceneWindow) -> NDArray[np.float64]:
    """Return the outline of a window in degrees, shape (4 * EDGE_POINTS, 2)."""
    height, width = window.shape
    along = np.arange(EDGE_POINTS) / EDGE_POINTS
    zero, one = np.zeros(EDGE_POINTS), np.ones(EDGE_POINTS)
    column = width * np.concatenate([along, one, 1 - along, zero])
    row = height * np.concatenate([zero, along, one, 1 - along])
    degrees = convert(window.crs, "EPSG:4326", place(window, row, column))
    if not np.isfinite(degrees).all():
        raise DataError(
            f"{window.pair.image.name} lies outside the range of its coordinate reference system; "
            "expected a location on the Earth: unpack the archive again"
        )
    return degrees


def place(
    window: SceneWindow, row: NDArray[np.floating[Any]], column: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """Turn rows and columns of a window into metres, shape (n, 2)."""
    return xy_of(window.transform, row, column)


def pixel(
    window: SceneWindow, xy: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Turn metres into the row and column of the pixel that holds each place."""
    row, column = rowcol_of(window.transform, xy)
    return np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)


def convert(source: str, target: str, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn places of one coordinate system into another, shape (n, 2)."""
    if source == target:
        return xy
    from pyproj.exceptions import ProjError

    try:
        return projected(source, target, xy)
    except ProjError as error:
        raise DataError(
            f"a coordinate reference system can't be converted ({' '.join(source.split())[:80]}"
            "...); "
            "expected UTM: unpack the archive again"
        ) from error

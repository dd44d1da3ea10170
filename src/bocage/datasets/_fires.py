"""Fires: which windows show the same one, and how much ground it burned."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.datasets._windows import SceneWindow, convert, footprint, pixel, place

METRES_PER_DEGREE = 111_195.0

SMALL, LARGE = 500.0, 5_000.0
SIZES = ("<500 ha", "500-5000 ha", ">5000 ha")
"""Classes of burned area in hectares."""


def fires(windows: Sequence[SceneWindow]) -> NDArray[np.str_]:
    """Name the fire of each window: windows of a year that overlap or touch show the same one.

    Windows of one chain show one fire even where its ends are apart. Footprints of different UTM
    zones are compared in degrees; a gap below half a pixel is none.

    Parameters
    ----------
    windows : sequence of SceneWindow

    Returns
    -------
    ndarray of str, shape (n,)
        Tile and date of the earliest window of the fire, such as ``T10SEH.2018190``.

    Raises
    ------
    DataError
        If a window's coordinate system can't be converted to degrees.
    """
    import shapely
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(windows)
    shapes = np.array([shapely.Polygon(footprint(window)) for window in windows], dtype=object)
    gap = 0.5 * min(window.pixel_area**0.5 for window in windows) / METRES_PER_DEGREE
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap)
    year = np.array([window.pair.year for window in windows])
    same = year[one] == year[other]
    links = coo_array((np.ones(int(same.sum())), (one[same], other[same])), shape=(n, n))
    fire = connected_components(links, directed=False)[1]
    order = sorted(range(n), key=lambda i: _age(windows[i]))
    names: dict[int, str] = {}
    for i in order:
        names.setdefault(int(fire[i]), windows[i].pair.key)
    return np.array([names[int(number)] for number in fire], dtype=np.str_)


def _age(window: SceneWindow) -> tuple[int, int, str]:
    return window.pair.year, window.pair.day, window.pair.tile


def burned_hectares(windows: Sequence[SceneWindow], burned: Sequence[NDArray[Any]]) -> float:
    """Add up the burned ground of one fire; what several windows show counts once.

    A burned pixel of a window is left out where its centre lies in a burned pixel of a window
    before it.

    Parameters
    ----------
    windows : sequence of SceneWindow
        All windows of the fire.
    burned : sequence of ndarray of bool, shape (height, width)

    Returns
    -------
    float
        Hectares.
    """
    total = 0.0
    for number, (window, here) in enumerate(zip(windows, burned, strict=True)):
        row, column = np.nonzero(here)
        fresh = np.ones(len(row), dtype=bool)
        xy = place(window, row + 0.5, column + 0.5)
        for other, there in zip(windows[:number], burned[:number], strict=True):
            if fresh.any():
                fresh &= ~_holds(other, there, convert(window.crs, other.crs, xy))
        total += float(fresh.sum()) * window.pixel_area
    return total / 10_000


def _holds(window: SceneWindow, burned: NDArray[Any], xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    height, width = window.shape
    row, column = pixel(window, np.where(np.isfinite(xy), xy, 1e12))
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    out = np.zeros(len(xy), dtype=bool)
    out[inside] = burned[row[inside], column[inside]]
    return out


def size_class(hectares: float) -> str:
    """Name the class of a burned area.

    >>> size_class(499.9), size_class(5000.0), size_class(5001.0)
    ('<500 ha', '500-5000 ha', '>5000 ha')
    """
    return SIZES[int(hectares >= SMALL) + int(hectares > LARGE)]

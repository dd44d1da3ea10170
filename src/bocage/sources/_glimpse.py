"""A first look at a raster's values: some of its pixels with data."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.sources._coding import Coding
from bocage.sources._grid import Window
from bocage.sources._pixels import Pixels
from bocage.sources._raster import Raster
from bocage.sources._source import Source, is_remote
from bocage.sources._undeclared_nodata import marks

SIDE = 256
"""Side of the window that is looked at."""

SIDE_AFAR = 64
"""Where it comes over the net, and whole blocks with it."""

INNER = ((2, 2), (1, 1), (3, 3), (1, 3), (3, 1))
CORNERS = ((0, 0), (0, 4), (4, 0), (4, 4))
"""Middles of the windows that are looked at: rows and columns, in quarters of an area."""

UNIT_NORM = (0.97, 1.03)
"""Lengths of an embedding's vectors lie between these: rounding to int8 moves them by less."""

UNIT_SHARE = 0.99
"""At least this share of them."""

LEAST_BANDS = 16
"""Fewer bands may have squares that sum to 1 for another reason: shares of classes, a colour."""


def glimpse(raster: Source, area: Window, bands: tuple[int, ...] | None = None) -> Pixels | None:
    """Return pixels with data from the middle of an area, or from the middle of a quarter.

    Corners are often empty.

    Parameters
    ----------
    raster : Source
    area : Window
    bands : tuple of int, optional

    Returns
    -------
    Pixels or None
        Of shape (n_bands, n); None where none of the places looked at holds data.
    """
    for window in _places(area, INNER):
        found = raster.pixels(window, bands)
        if not found.missing.all():
            return found.at(~found.missing)
    return None


def look_around(raster: Source, area: Window, bands: tuple[int, ...] | None = None) -> None:
    """Read pixels in the middle, the quarters and the corners of a local raster that is watched.

    Its watch speaks before the work then, if they tell. Nothing is read where no number of its
    type could be told.
    """
    if marks(raster.dtype) and not is_remote(raster):
        for window in dict.fromkeys(_places(area, (*INNER, *CORNERS))):
            raster.pixels(window, bands)


def spots(
    raster: Source, area: Window, bands: tuple[int, ...] | None = None
) -> Iterator[tuple[Window, Pixels]]:
    """Read pixels in the middle, the quarters and the corners of an area, less of each from afar.

    Parameters
    ----------
    raster : Source
    area : Window
    bands : tuple of int, optional

    Yields
    ------
    window : Window
    pixels : Pixels
        Of shape (n_bands, height, width).
    """
    side = SIDE_AFAR if is_remote(raster) else SIDE
    for window in dict.fromkeys(_places(area, (*INNER, *CORNERS), side)):
        yield window, raster.pixels(window, bands)


def _places(
    area: Window, quarters: Sequence[tuple[int, int]], side: int = SIDE
) -> Iterator[Window]:
    """Put windows around some points of an area, which are given in its quarters."""
    high, wide = min(side, area.height), min(side, area.width)
    for down, right in quarters:
        row = min(max(area.height * down // 4 - high // 2, 0), area.height - high)
        column = min(max(area.width * right // 4 - wide // 2, 0), area.width - wide)
        yield Window(area.row + row, area.column + column, high, wide)


def holds_unit_vectors(raster: Raster) -> bool:
    """Tell whether the bands of a local raster are the parts of vectors of length 1.

    They are an embedding then, whatever its bands are called. int8 is also tried as AlphaEarth's
    stored numbers.
    """
    if len(raster.bands) < LEAST_BANDS or is_remote(raster):
        return False
    # Empty vectors say nothing of the others.
    every = replace(raster, vector=tuple(range(len(raster.bands))))
    found = glimpse(every, raster.grid.whole)
    every.close()
    if found is None:
        return False
    codings = [found.coding, *([Coding("square")] if raster.dtype == "int8" else [])]
    return any(_are_units(coding, found.stored) for coding in codings)


def _are_units(coding: Coding, stored: NDArray[Any]) -> bool:
    length = np.sqrt(np.square(coding.decode(stored)).sum(axis=0))
    return bool(((length >= UNIT_NORM[0]) & (length <= UNIT_NORM[1])).mean() >= UNIT_SHARE)

"""The piece of a raster that an explanation is drawn on."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Origin, listed
from bocage.dimensions._problem import Problem
from bocage.sources import Source, Watch, Window, far_off, names_for, to_crs, turned, watched

SIDE = 512
"""Pixels across, at most."""

N_CHECKED = 10_000
"""Pixels whose scale is looked at."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a reader must know of the pixels that are drawn.

    Attributes
    ----------
    source : str
        Name of the raster.
    n_pixels : int
    n_labels : int
        Labels among these pixels; without any the raster's middle is taken.
    read_few, read_all : float
        Seconds to read and decode these pixels, the bands that are enough for the target as a
        whole (NaN without any), and all.
    bytes_each : int
        Of a stored number.
    other_years : str
        That the raster is of other years than the labels' features, in words; else empty.
    """

    source: str
    n_pixels: int
    n_labels: int
    read_few: float
    read_all: float
    bytes_each: int
    other_years: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the maps must know."""
        nowhere = f"no label lies within the displayed pixels of {self.source}"
        return tuple(filter(None, ("" if self.n_labels else nowhere, self.other_years)))


@dataclass(frozen=True, slots=True, eq=False)
class PiecePixels:
    """Pixels of a raster, at most 512 x 512 of them.

    Attributes
    ----------
    raster : Source
    window : Window
    n_labels : int
        Labels among them.
    bands : tuple of str
        d dimensions.
    values : ndarray of float64, shape (d, n_pixels)
        Of those bands, as the file has its rows.
    origin : Origin
        Where the labels' features come from.
    """

    raster: Source
    window: Window
    n_labels: int
    bands: tuple[str, ...]
    values: NDArray[np.float64]
    origin: Origin

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which pixels have data in all bands, shape (n_pixels,)."""
        return np.asarray(np.isfinite(self.values).all(axis=0))

    def upright(self, drawn: NDArray[Any]) -> NDArray[Any]:
        """Give what was made of the pixels, shape (n_pixels,), its rows and columns, north up."""
        made = drawn.reshape(self.window.height, self.window.width)
        return made[::-1] if self.raster.grid.is_bottom_up else made

    def piece(self, few: Sequence[str]) -> Piece:
        """Say what a reader must know, with the time that reading a few bands takes, and all."""
        raster, window = self.raster, self.window
        names, about = names_for(raster, self.bands), raster.about
        some, every = ([names.index(b) for b in bands] for bands in (few, self.bands))
        return Piece(
            about.name,
            window.height * window.width,
            self.n_labels,
            min(_read(raster, window, some)[1] for _ in range(2)) if some else float("nan"),
            min(_read(raster, window, every)[1] for _ in range(2)),
            np.dtype(raster.dtype).itemsize,
            self.origin.other_years(about.years, about.name),
        )


def check_raster(problem: Problem, raster: Source) -> None:
    """Refuse a raster that can't be drawn on, before anything long begins.

    Raises
    ------
    DataError
        If bands are missing, on another scale, or no pixel has data.
    """
    pixels_of(problem, raster)


def pixels_of(problem: Problem, raster: Source) -> PiecePixels:
    """Read a piece of a raster: around the labels that lie in it, or in its middle.

    Raises
    ------
    DataError
        If bands are missing, on another scale or of another product, or no pixel has data.
    """
    if problem.task.averaged:
        raise DataError(
            f"{problem.task.name} holds polygon means, and --source shows single pixels, which "
            "are distributed differently; expected pixels: sample with --pixels 10, or leave out "
            "--source"
        )
    about, origin = raster.about, problem.task.inputs[problem.name].origin or Origin()
    origin.check_product(about.product, about.version, about.name)
    names = names_for(raster, problem.bands)
    missing = [band for band in problem.bands if band not in names]
    if missing:
        raise DataError(
            f"{raster.about.name} has no band {listed(missing)}, which the labels have; it has "
            f"{listed(raster.names)}: give the raster that the labels were sampled from, or name "
            "its bands with --bands"
        )
    places = [names.index(band) for band in problem.bands]
    window, n_labels = _window(raster, problem.task.lonlat)
    X = problem.X + problem.mean
    watch = Watch.around(places, X.min(axis=0), X.max(axis=0), len(raster.names))
    values, _ = _read(watched(raster, watch), window, places)
    known = np.asarray(np.isfinite(values).all(axis=0))
    if not known.any():
        raise DataError(
            f"{raster.about.name} has no data in the {window.height} x {window.width} pixels from "
            f"row {window.row} and column {window.column}; expected data around the labels"
        )
    some = np.flatnonzero(known)
    some = some[:: max(1, len(some) // N_CHECKED)]
    far = far_off(values[:, some], X.min(axis=0), X.mean(axis=0), X.max(axis=0))
    if far.mean() > 0.5:  # noqa: PLR2004 - most of them
        raise DataError(
            f"{far.sum()} of {len(far)} bands of {raster.about.name} are on a different scale "
            "from the labels' values; expected the raster that the labels were sampled from: "
            "declare its scaling with --scale and --offset"
        )
    return PiecePixels(raster, window, n_labels, problem.bands, values, origin)


def _read(raster: Source, window: Window, places: list[int]) -> tuple[NDArray[np.float64], float]:
    """Return values of shape (n_bands, n_pixels), and the seconds that they took."""
    start = perf_counter()
    values = raster.pixels(window, places).values
    return values.reshape(len(places), -1), perf_counter() - start


def _window(raster: Source, lonlat: NDArray[np.float64]) -> tuple[Window, int]:
    """Choose pixels around the labels in the raster, or in its middle; count these labels."""
    grid = raster.grid
    row, column = grid.pixel(turned(to_crs("EPSG:4326", grid.crs, lonlat), grid))
    inside = row >= 0
    centre = [grid.height // 2, grid.width // 2]
    if inside.any():
        # On a label: between two clusters there may be none, and no data.
        at = np.column_stack([row[inside], column[inside]])
        centre = at[abs(at - np.median(at, axis=0)).sum(axis=1).argmin()].tolist()
    size = [min(SIDE, grid.height), min(SIDE, grid.width)]
    limits = (grid.height - size[0], grid.width - size[1])
    first = [
        min(max(at - side // 2, 0), limit)
        for at, side, limit in zip(centre, size, limits, strict=True)
    ]
    window = Window(first[0], first[1], size[0], size[1])
    here = (row >= first[0]) & (row < first[0] + size[0])
    here &= (column >= first[1]) & (column < first[1] + size[1])
    return window, int((here & inside).sum())

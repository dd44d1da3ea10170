"""What the few change on the ground: each class on a piece of a raster, with few and with all."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Origin, listed
from bocage.explain._explanation import Explanation
from bocage.explain._linear_path import Moments
from bocage.explain._problem import Problem
from bocage.sources import Raster, Watch, Window, far_off, names_for, to_crs

SIDE = 512
"""Pixels across, at most."""

N_CHECKED = 10_000
"""Pixels whose scale is looked at."""

NEITHER, BOTH, ONLY_ALL, ONLY_FEW, NO_DATA = range(5)
"""What a pixel is marked with."""


@dataclass(frozen=True, slots=True)
class ClassMap:
    """One class on a piece of a raster.

    Attributes
    ----------
    label : str
    bands : tuple of str
        The few.
    marks : ndarray of uint8, shape (height, width)
        North up: whether ridge classifiers take the pixel for the class (`BOTH`, `ONLY_ALL`,
        `ONLY_FEW`, `NEITHER`, `NO_DATA`).
    """

    label: str
    bands: tuple[str, ...]
    marks: NDArray[np.uint8]

    @property
    def overlap(self) -> float:
        """Share of the pixels taken for the class by either that both take; NaN without any."""
        n = np.bincount(self.marks.ravel(), minlength=NO_DATA + 1)
        either = n[BOTH] + n[ONLY_ALL] + n[ONLY_FEW]
        return float(n[BOTH] / either) if either else float("nan")


@dataclass(frozen=True, slots=True)
class ClassMaps:
    """All classes with a subset on one piece of a raster.

    Attributes
    ----------
    source : str
        Name of the raster.
    maps : tuple of ClassMap
    n_pixels : int
    n_labels : int
        Labels among these pixels; without any the raster's middle is taken.
    read_few, read_all : float
        Seconds to read and decode these pixels, the bands that are enough for all classes, and
        all.
    bytes_each : int
        Of a stored number.
    other_years : str
        That the raster is of other years than the labels' features, in words; else empty.
    """

    source: str
    maps: tuple[ClassMap, ...]
    n_pixels: int
    n_labels: int
    read_few: float
    read_all: float
    bytes_each: int
    other_years: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of these maps must know."""
        nowhere = f"no label lies among the pixels drawn of {self.source}"
        return tuple(filter(None, ("" if self.n_labels else nowhere, self.other_years)))


def class_maps(found: Explanation, raster: Raster) -> ClassMaps:
    """Map each class that has a subset, with its few dimensions and with all.

    Parameters
    ----------
    found : Explanation
    raster : Raster
        With the bands that the labels have; at most 512 x 512 of its pixels are read, around the
        labels that lie in it, or in its middle.

    Raises
    ------
    DataError
        If bands are missing, on another scale, or no pixel has data.
    """
    problem = found.problem
    window, n_labels, places, values = _checked(problem, raster)
    known = np.asarray(np.isfinite(values).all(axis=0))
    chosen = [problem.bands.index(band) for band in found.together.bands]
    some = [places[at] for at in chosen]
    about, origin = raster.about, problem.task.inputs[problem.name].origin or Origin()
    return ClassMaps(
        about.name,
        tuple(_maps(found, values, known, window, raster)),
        window.height * window.width,
        n_labels,
        min(_read(raster, window, some)[1] for _ in range(2)) if some else float("nan"),
        min(_read(raster, window, places)[1] for _ in range(2)),
        np.dtype(raster.dtype).itemsize,
        origin.other_years(about.years, about.name),
    )


def check_raster(problem: Problem, raster: Raster) -> None:
    """Refuse a raster that `class_maps` would refuse, before anything long begins.

    Raises
    ------
    DataError
    """
    _checked(problem, raster)


def _checked(
    problem: Problem, raster: Raster
) -> tuple[Window, int, list[int], NDArray[np.float64]]:
    """Return the pixels to draw, how many labels lie in the raster, its bands, and values."""
    if problem.task.averaged:
        raise DataError(
            f"{problem.task.name} holds means over polygons, and --source draws single pixels, "
            "which are not like means; expected pixels: sample with --pixels 10, or leave out "
            "--source"
        )
    about, origin = raster.about, problem.task.inputs[problem.name].origin or Origin()
    origin.check_product(about.product, about.version, about.name)
    names = names_for(raster, problem.bands)
    missing = [band for band in problem.bands if band not in names]
    if missing:
        raise DataError(
            f"{raster.about.name} has no band {listed(missing)}, which the labels have; "
            f"it has {listed(raster.names)}: give the raster that they were sampled from, "
            "or name its bands with --bands"
        )
    places = [names.index(band) for band in problem.bands]
    window, n_labels = _window(raster, problem.task.lonlat)
    X = problem.X + problem.mean
    watch = Watch.around(places, X.min(axis=0), X.max(axis=0), len(raster.bands))
    values, _ = _read(raster.watched(watch), window, places)
    known = np.asarray(np.isfinite(values).all(axis=0))
    if not known.any():
        raise DataError(
            f"{raster.about.name} has no data in the {window.height} x {window.width} pixels "
            f"from row {window.row} and column {window.column}; expected some around the labels"
        )
    some = np.flatnonzero(known)
    some = some[:: max(1, len(some) // N_CHECKED)]
    far = far_off(values[:, some], X.min(axis=0), X.mean(axis=0), X.max(axis=0))
    if far.mean() > 0.5:  # noqa: PLR2004 - most of them
        raise DataError(
            f"{far.sum()} of {len(far)} bands of {raster.about.name} are on another scale than "
            "the labels' values; expected the raster that they were sampled from: declare its "
            "scaling with --scale and --offset"
        )
    return window, n_labels, places, values


def _maps(
    found: Explanation, values: NDArray[np.float64], known: NDArray[np.bool_], window: Window,
    raster: Raster,
) -> list[ClassMap]:  # fmt: skip
    problem = found.problem
    d = len(problem.bands)
    order = np.tile(np.arange(d), (problem.n_classes, 1))
    for code, subset in enumerate(found.subsets):
        first = [problem.bands.index(band) for band in subset.bands]
        order[code] = [*first, *np.setdiff1d(np.arange(d), first)]
    every = Moments.of(problem.X, problem.codes, problem.n_classes).one_vs_rest()
    path = every.path(order, max(subset.k for subset in found.subsets) or 1)
    made = []
    for code, subset in enumerate(found.subsets):
        if not subset.bands:
            continue
        said = []
        for k in (subset.k - 1, -1):
            weight = np.zeros(d)
            weight[order[code]] = path.coef[code, k]
            start = path.intercept[code, k] - weight @ problem.mean
            said.append(weight @ values + start > 0)
        marks = np.select(
            [~known, said[0] & said[1], said[1], said[0]],
            [NO_DATA, BOTH, ONLY_ALL, ONLY_FEW], NEITHER,
        ).astype(np.uint8).reshape(window.height, window.width)  # fmt: skip
        upright = marks[::-1] if raster.grid.is_bottom_up else marks
        made.append(ClassMap(subset.label, subset.bands, upright))
    return made


def _read(raster: Raster, window: Window, places: list[int]) -> tuple[NDArray[np.float64], float]:
    """Return values of shape (n_bands, n_pixels), and the seconds that they took."""
    start = perf_counter()
    values = raster.pixels(window, places).values
    return values.reshape(len(places), -1), perf_counter() - start


def _window(raster: Raster, lonlat: NDArray[np.float64]) -> tuple[Window, int]:
    """Choose pixels around the labels in the raster, or in its middle; count these labels."""
    grid = raster.grid
    row, column = grid.pixel(to_crs("EPSG:4326", grid.crs, lonlat))
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

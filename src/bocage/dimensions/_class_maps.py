"""What the few change on the ground: each class on a piece of a raster, with few and with all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.dimensions._explanation import Explanation
from bocage.dimensions._linear_path import Moments
from bocage.dimensions._piece import Piece, PiecePixels, pixels_of
from bocage.sources import Source

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
    piece : Piece
    maps : tuple of ClassMap
    """

    piece: Piece
    maps: tuple[ClassMap, ...]

    @property
    def has_maps(self) -> bool:
        """Whether any class is drawn."""
        return bool(self.maps)


def class_maps(found: Explanation, raster: Source) -> ClassMaps:
    """Map each class that has a subset, with its few dimensions and with all.

    Parameters
    ----------
    found : Explanation
    raster : Source
        With the bands that the labels have; at most 512 x 512 of its pixels are read, around the
        labels that lie in it, or in its middle.

    Raises
    ------
    DataError
        If bands are missing, on another scale, or no pixel has data.
    """
    pixels = pixels_of(found.problem, raster)
    return ClassMaps(pixels.piece(found.together.bands), tuple(_maps(found, pixels)))


def _maps(found: Explanation, pixels: PiecePixels) -> list[ClassMap]:
    problem, values, known = found.problem, pixels.values, pixels.known
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
        ).astype(np.uint8)  # fmt: skip
        made.append(ClassMap(subset.label, subset.bands, pixels.upright(marks)))
    return made

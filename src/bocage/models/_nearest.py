"""Distances between samples: to the nearest that was learned from, and of all pairs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Ints

CHUNK = 512
"""Pixels a matrix product: always as many, so that no result depends on how a map is cut."""

LANES = 16
"""Training rows are filled up to a multiple of this: the product's edges take other code."""

Scaled = Callable[[slice], NDArray[Any]]
"""Gives the pixels of a slice, shape (n_bands, width)."""


@dataclass(frozen=True, slots=True, eq=False)
class FoldRows:
    """One fold: what was learned from, and what was held out.

    Attributes
    ----------
    learned, tested : ndarray of int64
        Rows of the training data.
    """

    learned: Ints
    tested: Ints


def chunks(n: int) -> Iterator[slice]:
    """Cut n rows into parts."""
    for start in range(0, n, CHUNK):
        yield slice(start, min(start + CHUNK, n))


def draw(codes: Ints, n: int, seed: int) -> Ints:
    """Draw rows at random, one of each code first."""
    order = np.random.default_rng(seed).permutation(len(codes))
    first = order[np.sort(np.unique(codes[order], return_index=True)[1])]
    rest = order[~np.isin(order, first)]
    return np.sort(np.concatenate([first, rest])[:n])


def mean_of_pairs(points: Floats) -> float:
    """Return the mean distance of all pairs of points."""
    from scipy.spatial.distance import cdist

    total = sum(float(cdist(points[part], points).sum()) for part in chunks(len(points)))
    return total / (len(points) * (len(points) - 1))


def to_other_folds(points: Floats, codes: Ints) -> Floats:
    """Return the distance of each point to the nearest of another fold."""
    from scipy.spatial.distance import cdist

    nearest = np.empty(len(points))
    for part in chunks(len(points)):
        apart = cdist(points[part], points)
        apart[codes[part, None] == codes] = np.inf
        nearest[part] = apart.min(axis=1)
    return nearest


def to_learned(points: Floats, folds: Sequence[FoldRows], drawn: Ints) -> Floats:
    """Return the distance of each held-out point to the nearest that its fold learned from.

    One fold behind another. Only `drawn` points are learned from, where a fold has one.
    """
    from scipy.spatial.distance import cdist

    nearest = []
    for fold in folds:
        some = fold.learned[np.isin(fold.learned, drawn)]
        learned = points[some if len(some) else fold.learned[: len(drawn)]]
        tested = points[fold.tested]
        nearest += [cdist(tested[part], learned).min(axis=1) for part in chunks(len(tested))]
    return np.concatenate(nearest)


def nearest_of(
    rows: NDArray[np.float32], scaled: Scaled, n: int, radius: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Measure pixels: the distance to the nearest row, and how many rows are within a radius.

    Parameters
    ----------
    rows : ndarray of float32, shape (n_rows, n_bands)
    scaled : callable
    n : int
        Pixels.
    radius : float

    Returns
    -------
    distance, count : ndarray of float32, shape (n,)
        Missing values have a distance of NaN.
    """
    d = rows.shape[1]
    # The nearest row maximises y.t - |t|^2 / 2: what belongs to the pixel alone cancels.
    width = -(-len(rows) // LANES) * LANES
    matrix = np.zeros((d + 1, width), np.float32)
    matrix[d] = -np.float32(1e30)
    matrix[:d, : len(rows)] = rows.T
    matrix[d, : len(rows)] = -0.5 * np.square(rows, dtype=np.float64).sum(axis=1)
    found, near = np.empty(n, np.float32), np.empty(n, np.float32)
    pixels, scores = np.zeros((CHUNK, d + 1), np.float32), np.empty((CHUNK, width), np.float32)
    pixels[:, d] = 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        for part in chunks(n):
            count = part.stop - part.start
            pixels[:count, :d] = scaled(part).T
            np.matmul(pixels, matrix, out=scores)
            nearest = np.minimum(scores[:count].argmax(axis=1), len(rows) - 1)
            apart = pixels[:count, :d] - rows[nearest]
            found[part] = np.sqrt(np.square(apart, out=apart).sum(axis=1))
            # |y - t| <= r where y.t - |t|^2 / 2 >= (|y|^2 - r^2) / 2.
            own = np.square(pixels[:count, :d]).sum(axis=1) - np.float32(radius * radius)
            near[part] = np.count_nonzero(scores[:count] >= 0.5 * own[:, None], axis=1)
    return found, near

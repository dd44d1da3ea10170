"""Distances on the ground between labels, what is tested and what is mapped."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats

if TYPE_CHECKING:
    from bocage.splits._fold import Fold


ALIKE = 0.25
"""Distances that differ by less than this share of the map's are called alike."""

TELLS = 1.75
"""Median distances that differ by this factor tell which way a score is off."""


def nearest(points: Floats, among: Floats) -> Floats:
    """Measure the distance from each point to the nearest of others.

    Parameters
    ----------
    points : ndarray of float64, shape (n, d)
    among : ndarray of float64, shape (m, d)

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    from scipy.spatial import KDTree

    # Most trees are asked few questions: one that is quick to build, of the same answers.
    tree = KDTree(among, balanced_tree=False, compact_nodes=False)
    return np.asarray(tree.query(points)[0], dtype=np.float64)


def nearest_other(points: Floats, of: NDArray[np.int64] | None = None) -> Floats:
    """Measure the distance from each point to the nearest of the rest.

    Parameters
    ----------
    points : ndarray of float64, shape (n, d)
        Two or more.
    of : ndarray of int64, shape (n,), optional
        What each is a point of, two things or more: the rest are the points of other things. Each
        point is one by itself unless given.

    Examples
    --------
    >>> nearest_other(np.array([[0.0], [1.0], [5.0]]), np.array([7, 7, 9])).tolist()
    [5.0, 4.0, 4.0]
    """
    from scipy.spatial import KDTree

    number = np.arange(len(points)) if of is None else np.unique(of, return_inverse=True)[1]
    if int(number.max()) + 1 == len(points):
        return np.asarray(KDTree(points).query(points, k=2)[0][:, 1], dtype=np.float64)
    found = np.full(len(points), np.inf)
    for bit in range(int(number.max()).bit_length()):
        # Numbers that differ do so in some bit: one of these halves holds the nearest of the rest.
        high = (number >> bit & 1).astype(bool)
        for side in (high, ~high):
            found[side] = np.minimum(found[side], nearest(points[side], points[~side]))
    return found


def nearest_in_training(points: Floats, fold: NDArray[np.int64]) -> Floats:
    """Measure the distance from each point to the nearest one of the other folds."""
    out = np.empty(len(points))
    for number in np.unique(fold):
        inside = fold == number
        out[inside] = nearest(points[inside], points[~inside])
    return out


def mismatch(tested: Floats, mapped: Floats, weight: Floats | None = None) -> float:
    """Measure how far two distributions of distances lie apart: Wasserstein's distance, order 1.

    It is the area between their two cumulative curves, in the unit of the distances.

    Parameters
    ----------
    tested : ndarray of float64, shape (n,)
        Distances from what is tested to what was learned from.
    mapped : ndarray of float64, shape (m,)
        Distances from what is mapped to the labels.
    weight : ndarray of float64, shape (n,), optional
        Of `tested`.

    Examples
    --------
    >>> mismatch(np.array([1.0, 3.0]), np.array([2.0, 5.0]))
    1.5
    """
    from scipy.stats import wasserstein_distance

    return float(wasserstein_distance(tested, mapped, u_weights=weight))


def compared(tested: Floats, mapped: Floats) -> int:
    """Tell how a score looks beside the map by its tests: worse (1), better (-1), neither for sure.

    Medians must differ by a factor of `TELLS`, and means in the same way: labels in one part of an
    area have a far tail that no median shows. Smaller differences tell nothing: where many labels
    stand in one dense cluster, they were right half of the time (`benchmarks/claims.py`).
    """
    middle, mean = (float(f(tested)) / max(float(f(mapped)), 1e-9) for f in (np.median, np.mean))
    if middle >= TELLS and mean > 1 + ALIKE:
        return 1
    return -1 if middle <= 1 / TELLS and mean < 1 - ALIKE else 0


def told_apart(tested: Floats, mapped: Floats) -> str:
    """Say what distances tell of a score beside its map, for every sentence that speaks of it.

    Returns
    -------
    str
        ``harder`` or ``easier`` (`compared`); ``alike`` where medians and means differ by less
        than `ALIKE`; ``mixed`` where the one differs in another way than the other, or where only
        medians differ by a factor of `TELLS`; else ``little``.
    """
    side = compared(tested, mapped)
    if side:
        return "harder" if side > 0 else "easier"
    ratios = [float(f(tested)) / max(float(f(mapped)), 1e-9) for f in (np.median, np.mean)]
    middle, mean = (int(ratio > 1 + ALIKE) - int(ratio < 1 - ALIKE) for ratio in ratios)
    if middle == mean == 0:
        return "alike"
    if middle * mean < 0 or middle == 0 or not 1 / TELLS < ratios[0] < TELLS:
        return "mixed"
    return "little"


def distances_of_tests(ground: Floats, folds: Iterable["Fold"], domain: str) -> Floats:
    """Measure from each sample tested in a domain to the nearest that was learned from."""
    return np.concatenate(
        [
            nearest(ground[fold.tests[domain]], ground[np.concatenate([fold.pool, fold.always])])
            for fold in folds
            if domain in fold.tests
        ]
    )

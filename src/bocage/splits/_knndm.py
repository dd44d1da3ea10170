"""Folds whose distances from test to training are those from a map to its labels.

k-fold nearest neighbour distance matching (kNNDM; Linnenbrink, Milà, Ludwig and Meyer 2024,
10.5194/gmd-17-5897-2024).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Ints, SplitError, priorities, row_digests
from bocage.splits._distances import mismatch, nearest, nearest_in_training, nearest_other

LEVEL = 0.05
"""Where labels are not shown to stand closer together than the map needs, folds are random."""

LARGEST = 0.5
"""Largest share of the samples in one fold."""

N_CLUSTERINGS = 100
"""Numbers of clusters that are tried."""

MOST_FOR_WARD = 20_000
"""More points than this are clustered by k-means: Ward linkage holds all pairs in memory."""

_EXACT = 10_000
"""Products of sample sizes below this have an exact p-value, as R's test has by default."""

_LLOYD = 10
"""Rounds of k-means."""


@dataclass(frozen=True, slots=True)
class Knndm:
    """Folds that match a map, and how well they do.

    Attributes
    ----------
    fold : ndarray of int64, shape (n_places,)
        From 0.
    cluster : ndarray of int64, shape (n_places,)
        Clusters that the folds were put together from, from 0; every place of its own where folds
        are random.
    n_clusters : int
        q of the paper; 0 where folds are random.
    p_value : float
        Of the one-sided test that labels stand closer to each other than the map to them.
    mismatch : float
        Wasserstein distance W between the two distributions, in metres.
    mapped, apart, tested : ndarray of float64
        Distances in metres: from map points to the nearest label, from each position of labels
        to the nearest of another place, from each to the nearest of the other folds.
    """

    fold: Ints
    cluster: Ints
    n_clusters: int
    p_value: float
    mismatch: float
    mapped: Floats
    apart: Floats
    tested: Floats

    @property
    def is_random(self) -> bool:
        """Whether labels stand as far apart as the map needs, so that folds are random."""
        return self.n_clusters == 0


def knndm(
    points: Floats,
    area: Floats,
    k: int,
    *,
    place: Ints | None = None,
    weight: Ints | None = None,
    priority: NDArray[np.uint64] | None = None,
    largest: float = LARGEST,
) -> Knndm:
    """Make the k folds that match the distances from a map to its labels.

    If the distances between labels are not smaller than those from map points to labels (one-sided
    two-sample Kolmogorov-Smirnov test, p at least 0.05), folds are random. Else the places are
    clustered by their mean positions (Ward linkage) into q clusters, q from k to n - 2 in even
    steps of log(q); clusters of at least n / k samples become folds, the others are dealt in turn
    to those that are left, in the order of their centres along the first principal component. Of
    the q whose largest fold holds no more than `largest` the one with the smallest Wasserstein
    distance is taken.

    Parameters
    ----------
    points : ndarray of float64, shape (m, d)
        Where labels stand, in metres. All distances are from and to these.
    area : ndarray of float64, shape (m, d)
        Points of the map, spread evenly over it.
    k : int
        Number of folds.
    place : ndarray of int64, shape (m,), optional
        Number of the place, from 0, that each is a position of, such as the polygon of a pixel:
        places stay together. Every position is a place of its own unless given.
    weight : ndarray of int64, shape (m,), optional
        Samples at each position; one each unless given. They count in the size of folds and in
        the distances of what is tested, as they do in the score. In the test of whether labels
        stand close together every place has one say: pixels of a polygon are not drawn one by one.
    priority : ndarray of uint64, shape (n_places,), optional
        Decides random folds; follows from the positions unless given.
    largest : float
        Above 1 / k, below 1.

    Returns
    -------
    Knndm
        The same for the same points in any order.

    Raises
    ------
    SplitError
        If there are fewer than k + 2 places, or one of them holds too many samples.

    References
    ----------
    Linnenbrink et al. (2024), 10.5194/gmd-17-5897-2024; the R package CAST.
    """
    of = np.arange(len(points)) if place is None else place
    n = int(of.max()) + 1
    if n < k + 2:
        raise SplitError(
            f"{n} places can't be divided into {k} folds that match an area; expected at least "
            f"{k + 2}: add labels, or use fewer folds"
        )
    weight = np.ones(len(points), dtype=np.int64) if weight is None else weight
    count = np.bincount(of, weights=weight).astype(np.int64)
    if count.max() > largest * count.sum():
        raise SplitError(
            f"one place or parcel contains {count.max() / count.sum():.0%} of the samples, which "
            f"stay together, but no fold may contain more than {largest:.0%}; add labels "
            "elsewhere, or use --leave blocks"
        )
    middle = points if place is None else _middles(points, of, weight)
    if priority is None:
        priority = priorities(row_digests(middle), "knndm")
    # Equal distances are told apart by position: an order that rows can't change.
    order = np.lexsort((priority, *middle.T[::-1]))
    back = np.argsort(order)
    middle, count, priority, of = middle[order], count[order], priority[order], back[of]
    rank = np.lexsort((*points.T[::-1], of))
    given = np.argsort(rank)
    points, of, say = points[rank], of[rank], weight[rank].astype(np.float64)
    mapped, apart = nearest(area, points), nearest_other(points, of)
    p_value = _p_value(_each_once(apart, say / count[of], n), mapped)
    if p_value >= LEVEL:
        fold = assign_places(np.argsort(priority, kind="stable"), count, k)
        tested = nearest_in_training(points, fold[of])
        found = mismatch(tested, mapped, say)
        return Knndm(fold[back], back, 0, p_value, found, mapped, apart[given], tested[given])
    best: tuple[float, int, Ints, Ints, Floats] | None = None
    axis = _first_component(middle)
    for q, cluster in _clusterings(middle, k, priority):
        fold = _merge(cluster, middle @ axis, count, k)
        if np.bincount(fold, weights=count).max() > largest * count.sum():
            continue
        tested = nearest_in_training(points, fold[of])
        found = mismatch(tested, mapped, say)
        if best is None or found < best[0]:
            best = found, q, fold, cluster, tested
    if best is None:
        raise SplitError(
            f"no assignment of {n} places to {k} folds leaves at most {largest:.0%} of the samples "
            "in each; use another number of folds, or --leave blocks"
        )
    found, q, fold, cluster, tested = best
    return Knndm(fold[back], cluster[back], q, p_value, found, mapped, apart[given], tested[given])


def _middles(points: Floats, of: Ints, weight: Ints) -> Floats:
    """Average the positions of each place, to the centimetre; no order of rows changes a bit."""
    rank = np.lexsort((*points.T[::-1], of))
    points, of, weight = points[rank], of[rank], weight[rank]
    sums = np.stack([np.bincount(of, weights=weight * column) for column in points.T], axis=1)
    return np.asarray(np.round(sums / np.bincount(of, weights=weight)[:, None], 2), np.float64)


def _each_once(values: Floats, share: Floats, n: int) -> Floats:
    """Take n values that are spread as those of n places, whose shares are 1 a place."""
    order = np.argsort(values, kind="stable")
    at = np.searchsorted(np.cumsum(share[order]), np.arange(n) + 0.5)
    return values[order][at]


def _p_value(apart: Floats, mapped: Floats) -> float:
    """Test whether labels stand closer to each other than the map does to them."""
    from scipy.stats import ks_2samp

    method = "exact" if len(apart) * len(mapped) < _EXACT else "asymp"
    return float(ks_2samp(apart, mapped, alternative="greater", method=method).pvalue)


def assign_places(order: NDArray[np.intp], count: Ints, k: int) -> Ints:
    """Deal places in an order, each to the fold that holds the fewest samples."""
    total = [0] * k
    fold = np.empty(len(order), dtype=np.int64)
    for place in order.tolist():
        smallest = total.index(min(total))
        fold[place] = smallest
        total[smallest] += int(count[place])
    return fold


def _first_component(points: Floats) -> Floats:
    """Find the direction in which points vary most; its largest part is positive."""
    axis = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2][0]
    return np.asarray(axis * np.sign(axis[np.argmax(np.abs(axis))]))


def _clusterings(
    points: Floats, k: int, priority: NDArray[np.uint64]
) -> Iterator[tuple[int, Ints]]:
    """Cluster the points into every number of clusters that is tried, smallest first."""
    n = len(points)
    numbers = np.unique(np.round(np.exp(np.linspace(np.log(k), np.log(n - 2), N_CLUSTERINGS))))
    if n > MOST_FOR_WARD:
        centres = points[np.argsort(priority, kind="stable")]
        yield from ((q, _lloyd(points, centres[:q])) for q in numbers.astype(int).tolist())
        return
    from scipy.cluster.hierarchy import linkage

    merges = linkage(points, method="ward")[:, :2].astype(np.int64)
    yield from ((q, _cut(merges, q)) for q in numbers.astype(int).tolist())


def _cut(merges: Ints, q: int) -> Ints:
    """Cut a tree into q clusters: by their number, as equal heights can't be cut by height."""
    n = len(merges) + 1
    parent = np.arange(2 * n - 1)
    done = np.arange(n - q)
    parent[merges[done]] = (n + done)[:, None]
    while True:
        above = parent[parent]
        if np.array_equal(above, parent):
            break
        parent = above
    return np.unique(parent[:n], return_inverse=True)[1].astype(np.int64)


def _lloyd(points: Floats, centres: Floats) -> Ints:
    """Cluster by k-means from given centres."""
    from scipy.spatial import KDTree

    label = np.zeros(len(points), dtype=np.int64)
    for _ in range(_LLOYD):
        new = np.asarray(KDTree(centres).query(points)[1])
        label = np.unique(new, return_inverse=True)[1].astype(np.int64)
        size = np.bincount(label)
        sums = [np.bincount(label, weights=column) for column in points.T]
        moved = np.stack(sums, axis=1) / size[:, None]
        if len(moved) == len(centres) and np.array_equal(moved, centres):
            break
        centres = moved
    return label


def _merge(cluster: Ints, along: Floats, count: Ints, k: int) -> Ints:
    """Put clusters into k folds: large ones alone, the others dealt in turn along an axis."""
    places = np.bincount(cluster)
    size = np.bincount(cluster, weights=count)
    order = np.argsort(np.bincount(cluster, weights=along) / places, kind="stable")
    fold = np.full(len(places), -1, dtype=np.int64)
    large = order[size[order] >= count.sum() / k]
    fold[large] = np.arange(len(large))
    small = order[fold[order] < 0]
    if len(small):
        # As many large clusters as folds hold everything: then none is small.
        fold[small] = len(large) + np.arange(len(small)) % (k - len(large))
    return fold[cluster]

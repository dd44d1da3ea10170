"""Many groups become few folds: neighbours are merged."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints
from bocage.splits._order import in_order

MAX_GROUP_FOLDS = 10
"""More groups than this are merged."""

OWN_PLACES = 0.5
"""Groups have places of their own where they explain this share of the variance of positions."""


def merge_groups(
    groups: Sequence[str],
    group: Ints,
    xy: NDArray[np.float64] | None = None,
    most: int = MAX_GROUP_FOLDS,
) -> Ints:
    """Merge many groups into `most` folds of neighbours; up to `most` stay as they are.

    Neighbours are near on the ground where groups have places of their own (regions, sites), and
    next to each other in time or by name where they do not (years, interpreters).

    Parameters
    ----------
    groups : sequence of str
    group : ndarray of int64, shape (n,)
    xy : ndarray of float64, shape (n, 2), optional
        Positions of the samples in metres; groups are neighbours by name if not given.
    most : int

    Returns
    -------
    ndarray of int64, shape (n_groups,)
        Fold of each group.
    """
    n = len(groups)
    if n <= most:
        return np.arange(n, dtype=np.int64)
    size = np.bincount(group, minlength=n)
    if xy is not None and have_own_places(xy, group):
        sums = np.stack([np.bincount(group, weights=xy[:, i], minlength=n) for i in range(2)], 1)
        # Whole metres: sites of a lattice are level on every machine.
        return bisect(np.round(sums / size[:, None]), size, most)
    rank = np.empty(n, dtype=np.float64)
    rank[list(in_order(groups))] = np.arange(n)
    return bisect(rank[:, None], size, most)


def have_own_places(xy: NDArray[np.float64], group: Ints) -> bool:
    """Tell whether groups stand apart: what they explain of the variance of positions.

    The share is adjusted for the number of groups (adjusted R2), which would else explain much by
    chance where they are many and small.
    """
    n, n_groups = len(group), int(group.max()) + 1
    total = float(np.square(xy - xy.mean(axis=0)).sum())
    if total == 0 or n <= n_groups:
        return total > 0
    size = np.bincount(group)
    sums = np.stack([np.bincount(group, weights=xy[:, i]) for i in range(2)], axis=1)
    within = float(np.square(xy - (sums / size[:, None])[group]).sum())
    return 1 - (within / (n - n_groups)) / (total / (n - 1)) > OWN_PLACES


def bisect(position: NDArray[np.float64], size: NDArray[np.int64], n_folds: int) -> Ints:
    """Divide positions into folds that hang together and are of about equal size.

    Recursive coordinate bisection (Berger and Bokhari 1987, 10.1109/TC.1987.1676942): across
    the longest side, each half in proportion to the number of folds that it is to become.

    Parameters
    ----------
    position : ndarray of float64, shape (n, d)
    size : ndarray of int64, shape (n,)
    n_folds : int
        At most n.

    Returns
    -------
    ndarray of int64, shape (n,)

    >>> bisect(np.array([[0.0], [1.0], [2.0], [9.0]]), np.array([1, 1, 1, 1]), 2).tolist()
    [0, 0, 1, 1]
    """
    fold = np.zeros(len(position), dtype=np.int64)
    parts = [(np.arange(len(position)), n_folds)]
    done = 0
    while parts:
        part, k = parts.pop()
        if k == 1:
            fold[part] = done
            done += 1
            continue
        axis = int(np.ptp(position[part], axis=0).argmax())
        part = part[np.argsort(position[part, axis], kind="stable")]
        left = k // 2
        reached = np.cumsum(size[part]) / size[part].sum()
        at = int(np.abs(reached - left / k).argmin()) + 1
        # Each side keeps as many groups as it is to become folds, at least.
        at = min(max(at, left), len(part) - (k - left))
        parts += [(part[at:], k - left), (part[:at], left)]
    return fold

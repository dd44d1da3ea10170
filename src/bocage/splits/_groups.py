"""Groups that can be left out, and parts that are assigned to folds."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, SplitError, counted, priorities, row_digests
from bocage.splits._blocks import metric_xy, unit_means
from bocage.tasks import Task

CLUSTER_CELLS = 1500
"""Ward clustering works on at most this many grid cells: it needs memory for all pairs."""


def group_names(task: Task, leave: str, *, n_clusters: int = 5) -> NDArray[np.str_]:
    """Name the group of every sample.

    Parameters
    ----------
    task : Task
    leave : str
        A group column, several joined by ``+`` (``region+year``), ``clusters`` (Ward clusters of
        the coordinates) or ``blocks`` (one group: the whole task).
    n_clusters : int
        Number of clusters.

    Returns
    -------
    ndarray of str, shape (n,)

    Raises
    ------
    SplitError
        If a column is unknown or there is only one group to leave out.
    """
    if leave == "blocks":
        return np.full(len(task), "all")
    if leave == "clusters":
        return _clusters(task, n_clusters)
    parts = [part.strip() for part in leave.split("+")]
    for part in parts:
        if part not in task.groups:
            known = ", ".join(sorted(task.groups)) or "none"
            raise SplitError(
                f"no group column {part!r} to leave out; this task has: {known}. Use one of "
                "them, or --leave blocks or clusters, which need coordinates only"
            )
    columns = [task.groups[part] for part in parts]
    names = columns[0].astype(np.str_)
    for column in columns[1:]:
        names = np.char.add(np.char.add(names, "+"), column.astype(np.str_))
    found = np.unique(names)
    if len(found) < 2:  # noqa: PLR2004
        raise SplitError(
            f"group {leave!r} has one value only ({found[0]!r}): no training samples are left "
            "when it is left out. Leave out another group, or use --leave blocks"
        )
    return names


def assign_folds(
    names: NDArray[np.str_], sizes: NDArray[np.int64], n_folds: int, *, salt: str, seed: int = 0
) -> Ints:
    """Deal named parts to folds of about equal size, without looking at labels.

    With seed 0 the largest parts go first, which balances best; other seeds shuffle.

    Returns
    -------
    ndarray of int64, shape (len(names),)
    """
    priority = priorities(row_digests(names), salt, seed)
    order = np.lexsort((priority, -sizes)) if seed == 0 else np.argsort(priority)
    total = np.zeros(n_folds, dtype=np.int64)
    fold = np.empty(len(names), dtype=np.int64)
    for part in order:
        fold[part] = int(total.argmin())
        total[fold[part]] += sizes[part]
    return fold


def cluster_places(xy: NDArray[np.float64], n_clusters: int) -> Ints:
    """Group positions in metres by Ward linkage; numbered from 1, west to east.

    Grid cells are clustered, not samples: deterministic, unlike k-means started at random, and
    its memory does not grow with the number of samples.

    Raises
    ------
    SplitError
        If there are fewer places than clusters.
    """
    from scipy.cluster.hierarchy import cut_tree, linkage

    side = max(float(np.ptp(xy, axis=0).max()) / 1000, 1.0)
    while True:
        cell, inverse = np.unique(np.floor(xy / side), axis=0, return_inverse=True)
        if len(cell) <= CLUSTER_CELLS:
            break
        side *= 1.5
    if len(cell) < n_clusters:
        raise SplitError(
            f"the samples are at {counted(len(cell), 'place')} only; expected at least "
            f"{n_clusters} to form clusters. Use fewer clusters, or name a group column with "
            "--leave"
        )
    # Cut by number: a cut by height gives fewer clusters where two merges are equally high.
    label = cut_tree(linkage(cell, method="ward"), n_clusters).ravel()
    west = [float(cell[label == value, 0].mean()) for value in range(n_clusters)]
    rank = np.argsort(np.argsort(west, kind="stable")) + 1
    return np.asarray(rank[label][inverse.ravel()], dtype=np.int64)


def _clusters(task: Task, n_clusters: int) -> NDArray[np.str_]:
    label = cluster_places(unit_means(metric_xy(task.lonlat), task.unit), n_clusters)
    return np.char.add("cluster ", label.astype(np.str_))

"""Places that were measured twice: coordinates a few metres apart are joined."""

from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bocage.core import SettingsError, counted, unit_vectors
from bocage.tasks._cartesian import EARTH_METRES
from bocage.tasks._task import Task

MOST_PAIRS = 20_000_000
"""More pairs of near samples are refused: the distance is one between places, not of one."""


def join_places(task: Task, metres: float) -> Task:
    """Let samples that stand within a distance of each other be one place.

    Distances are straight lines through a sphere, and chains are joined: with 5 metres, three
    samples 4 metres apart in a row are one place.

    Parameters
    ----------
    task : Task
    metres : float
        Above 0.

    Returns
    -------
    Task
        With larger units, and a note that says how many places there are.

    Raises
    ------
    SettingsError
        If the distance joins all samples into one place, or too many to list.
    """
    from scipy.spatial import KDTree

    if not task.has_places:
        raise SettingsError(
            f"--same-place {metres:g} is given, but {task.name} has no coordinates; omit it"
        )
    ground = EARTH_METRES * unit_vectors(task.lonlat)
    spots, at = np.unique(task.lonlat, axis=0, return_inverse=True)
    first = np.unique(at.ravel(), return_index=True)[1]
    tree = KDTree(ground[first])
    n_pairs = int(tree.count_neighbors(tree, metres)) - len(spots)
    if n_pairs > 2 * MOST_PAIRS:
        raise SettingsError(
            f"--same-place {metres:g} merges {n_pairs // 2:,} pairs of places; expected the metres "
            "by which coordinates of one place differ, such as 5"
        )
    pairs = tree.query_pairs(metres, output_type="ndarray")
    # Spots and units are the two kinds of nodes: a sample ties its spot to its unit.
    n, offset = len(spots), len(spots) + int(task.unit.max()) + 1
    source = np.concatenate([pairs[:, 0], at.ravel()])
    sink = np.concatenate([pairs[:, 1], n + task.unit])
    graph = coo_array((np.ones(len(source), dtype=np.int8), (source, sink)), shape=(offset, offset))
    component = connected_components(graph, directed=False)[1][at.ravel()]
    # Numbers follow the rows, which stand in the order of their content.
    _, start, inverse = np.unique(component, return_index=True, return_inverse=True)
    unit = np.argsort(np.argsort(start))[inverse].astype(np.int64)
    before, after = len(np.unique(task.unit)), len(start)
    if after == 1:
        raise SettingsError(
            f"--same-place {metres:g} merges all {len(task)} samples into one place; expected the "
            "metres by which coordinates of one place differ, such as 5"
        )
    note = (
        f"samples within {metres:g} m count as one place: {counted(after, 'place')}, {before:,} "
        "before merging"
    )
    return replace(task, unit=unit, notes=(*task.notes, note))

"""Labels that contradict each other: one place, one time, several classes."""

from collections import Counter
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bocage.core import counted, row_digests
from bocage.tasks._task import Task
from bocage.tasks._units import COORDINATE_DECIMALS

Ints = NDArray[np.int64]


def contradictions(task: Task) -> tuple[str, ...]:
    """Say where rows that nothing tells apart have different classes.

    A place may change its class with the year: rows that a group tells apart (a year, an event) are
    no contradiction, unless their features are the same, so that no method could tell them apart.

    Parameters
    ----------
    task : Task

    Returns
    -------
    tuple of str
        At most one note for rows of one place and group, and one for rows of the same features.
    """
    codes = task.codes
    if codes is None:
        return ()
    # What stands alone contradicts nothing, and hashing all features takes long.
    again = np.flatnonzero(np.bincount(task.unit)[task.unit] > 1)
    if not len(again):
        return ()
    few = task.take(again)
    notes = []
    told = np.zeros(len(few), dtype=bool)
    if few.has_places:
        where = np.round(few.lonlat, COORDINATE_DECIMALS) + 0.0
        groups = [few.groups[name] for name in sorted(few.groups)]
        n, often, told = _several(_numbered(where, *groups), codes[again], task.classes)
        if n:
            notes.append(
                f"{counted(n, 'place holds', 'places hold')} more than one class{often}: labels "
                "contradict each other there; correct them, or, if they are of different times, "
                "name the column that says so with --group"
            )
    columns = [part for name in sorted(few.inputs) for part in few.inputs[name].columns()]
    same = _numbered(few.unit, row_digests(*columns).view("S16").ravel())
    n, often, _ = _several(same[~told], codes[again][~told], task.classes)
    if n:
        notes.append(
            f"at {counted(n, 'place')} rows of different classes{often} have the same features: "
            "no method can tell them apart there"
        )
    return tuple(notes)


def _numbered(*columns: NDArray[np.generic]) -> Ints:
    """Give rows a number, the same where they agree in all columns."""
    parts = []
    for column in columns:
        axis = 0 if column.ndim > 1 else None
        parts.append(np.unique(column, axis=axis, return_inverse=True)[1].reshape(-1))
    return np.unique(np.column_stack(parts), axis=0, return_inverse=True)[1].reshape(-1)


def _several(
    key: Ints, codes: Ints, classes: tuple[str, ...]
) -> tuple[int, str, NDArray[np.bool_]]:
    """Count the keys that hold several classes, name their commonest pair, and mark their rows."""
    held: dict[int, set[int]] = {}
    for at, code in zip(key.tolist(), codes.tolist(), strict=True):
        held.setdefault(at, set()).add(code)
    torn = {at: sorted(found) for at, found in held.items() if len(found) > 1}
    if not torn:
        return 0, "", np.zeros(len(key), dtype=bool)
    pairs = Counter(pair for found in torn.values() for pair in combinations(found, 2))
    (first, second), n = min(pairs.items(), key=lambda item: (-item[1], item[0]))
    names = f"{classes[first]!r} and {classes[second]!r}"
    often = f" ({names})" if len(pairs) == 1 else f" (most often {names}, at {counted(n, 'place')})"
    return len(torn), often, np.isin(key, list(torn))

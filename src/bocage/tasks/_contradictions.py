"""Labels that contradict each other: several classes at one place and time, or of same features."""

from collections import Counter
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, counted, row_digests
from bocage.tasks._kept_together import COORDINATE_DECIMALS
from bocage.tasks._task import Task


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
    notes = []
    told = np.zeros(len(task), dtype=bool)
    if task.has_places:
        # Rows of one place are of one unit.
        again = _recurring(task.unit)
        where = np.round(task.lonlat[again], COORDINATE_DECIMALS) + 0.0
        groups = [task.groups[name][again] for name in sorted(task.groups)]
        key = _numbered(where, *groups)
        n, often, told[again] = _several(key, codes[again], task.classes, "at", "place")
        if n:
            notes.append(
                f"{counted(n, 'place holds', 'places hold')} more than one class{often}: labels "
                "contradict each other there; correct them, or, if they are of different times, "
                "name the column of times with --group"
            )
    columns = [part for name in sorted(task.inputs) for part in task.inputs[name].columns()]
    if not columns:
        return tuple(notes)
    # To hash all features takes long: rows whose first ones stand alone need none.
    first = _numbered(*(part.reshape(len(part), -1)[:, 0] for part in columns))
    again = _recurring(np.where(told, -1, first))
    again = again[~told[again]]
    same = _numbered(row_digests(*(part[again] for part in columns)).view("S16").ravel())
    n, often, _ = _several(same, codes[again], task.classes, "in", "set")
    if n:
        sets = counted(n, "set of rows has", "sets of rows have")
        notes.append(
            f"{sets} the same features and different classes{often}: no method can distinguish "
            "them by their features"
        )
    return tuple(notes)


def _recurring(key: Ints) -> Ints:
    """Give the rows whose key stands in a second row."""
    _, at, count = np.unique(key, return_inverse=True, return_counts=True)
    return np.flatnonzero(count[at.reshape(-1)] > 1)


def _numbered(*columns: NDArray[np.generic]) -> Ints:
    """Give rows a number, the same where they agree in all columns."""
    parts = []
    for column in columns:
        axis = 0 if column.ndim > 1 else None
        parts.append(np.unique(column, axis=axis, return_inverse=True)[1].reshape(-1))
    return np.unique(np.column_stack(parts), axis=0, return_inverse=True)[1].reshape(-1)


def _several(
    key: Ints, codes: Ints, classes: tuple[str, ...], at: str, one: str
) -> tuple[int, str, NDArray[np.bool_]]:
    """Count the keys that hold several classes, name their commonest pair, and mark their rows.

    `at` and `one` are the words for a key: at a place, in a set.
    """
    held: dict[int, set[int]] = {}
    for number, code in zip(key.tolist(), codes.tolist(), strict=True):
        held.setdefault(number, set()).add(code)
    torn = {number: sorted(found) for number, found in held.items() if len(found) > 1}
    if not torn:
        return 0, "", np.zeros(len(key), dtype=bool)
    pairs = Counter(pair for found in torn.values() for pair in combinations(found, 2))
    (first, second), n = min(pairs.items(), key=lambda item: (-item[1], item[0]))
    names = f"{classes[first]!r} and {classes[second]!r}"
    often = f" ({names})" if len(pairs) == 1 else f" (most often {names}, {at} {counted(n, one)})"
    return len(torn), often, np.isin(key, list(torn))

"""Values of one or few rows that stand far beyond all others: an error in typing, or a unit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, counted
from bocage.tables._checks import unusable

MOST = 5
"""So many rows at most are few."""

FEWEST = 30
"""Of fewer values, those at the median apart, nothing is said."""

AWAY = 10.0
"""An extreme is so many times as far from the median as any other value, ..."""

STEEP = 1.5
"""... and on the scale of logarithms so many times as far from these as they are from what is usual
(the median distance). Of n values with any power for a tail, however heavy, about n^-1.5 do that by
chance; of lognormal ones fewer."""

FEW_NAMES = 4
"""So many columns get a note each."""


def extreme_notes(names: Sequence[str], values: Floats) -> tuple[str, ...]:
    """Name columns in which one or few rows stand far beyond all others.

    Parameters
    ----------
    names : sequence of str
    values : ndarray of float64, shape (n, n_columns)

    Returns
    -------
    tuple of str
    """
    notes: list[str] = []
    n_more = 0
    for name, column in zip(names, values.T, strict=True):
        far = extremes(column)
        if not far.any():
            continue
        if len(notes) == FEW_NAMES:
            n_more += 1
            continue
        odd, others = column[far], column[~far & ~unusable(column)]
        span = f"{odd.min():g}" + (f" to {odd.max():g}" if odd.min() < odd.max() else "")
        todo = "that is an error, correct or blank it"
        if len(odd) > 1:
            todo = "these are errors, correct or blank them"
        notes.append(
            f"{len(odd)} of {len(column):,} rows: {name} = {span}, the others {others.min():g} to "
            f"{others.max():g}: if {todo}"
        )
    if n_more:
        notes[-1] += f"; likewise in {counted(n_more, 'more column')}"
    return tuple(notes)


def extremes(column: Floats) -> NDArray[np.bool_]:
    """Tell which values of a column stand alone, far beyond all others; none in most columns.

    Parameters
    ----------
    column : ndarray of float64, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> column = np.append(np.linspace(0.1, 5.1, 358), 1e9)
    >>> np.flatnonzero(extremes(column)).tolist(), extremes(column[:-1]).any()
    ([358], np.False_)
    """
    far = np.zeros(len(column), dtype=bool)
    known = np.flatnonzero(~unusable(column))
    if len(known) < FEWEST:
        return far
    values = column[known]
    distance = np.abs(values - np.median(values))
    # Where over half of the values are one, it says nothing of how far the others lie from it.
    moved = distance[distance > 0]
    if len(moved) < FEWEST:
        return far
    usual = float(np.median(moved))
    order = np.argsort(-distance, kind="stable")
    for n_far in range(1, MOST + 1):
        nearest, farthest = float(distance[order[n_far - 1]]), float(distance[order[n_far]])
        if np.log(nearest / farthest) > max(np.log(AWAY), STEEP * np.log(farthest / usual)):
            far[known[order[:n_far]]] = True
            break
    return far

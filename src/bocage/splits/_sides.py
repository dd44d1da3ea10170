"""What may stand on both sides of a fold: nothing, unless it is shared on purpose."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, SplitError, listed
from bocage.tasks import Task

PLACE = "place"
"""Shares whatever is else kept together: coordinates, pixels, parcels."""

APART = "none"
"""Shares nothing, and deals places to folds beside the groups."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Keeps what is tested out of what is learned from.

    Attributes
    ----------
    unit : ndarray of int64, shape (n,)
        Samples of one unit are never on both sides ...
    shared : ndarray of int64 or None, shape (n,)
        ... unless a tested sample has the same value here; None where nothing is shared.
    """

    unit: Ints
    shared: Ints | None

    @classmethod
    def of(cls, task: Task, share: str) -> "Sides":
        """Read what is shared.

        Raises
        ------
        SplitError
            If there is no such column.
        """
        if share in {"", APART}:
            return cls(task.unit, None)
        if share == PLACE:
            return cls(task.unit, task.unit)
        if share not in task.groups:
            raise SplitError(
                f"no group column {share!r} to share; this task has: "
                f"{listed(sorted(task.groups)) or 'none'}. Use one of them, --share {PLACE} for "
                "coordinates and everything else that is kept together, or --share none"
            )
        return cls(task.unit, np.unique(task.groups[share], return_inverse=True)[1])

    def without(self, rows: Ints, *tests: Ints) -> Ints:
        """Drop rows whose unit is tested, unless it is shared."""
        return rows[~self.meets(rows, *tests)]

    def meets(self, rows: Ints, *tests: Ints) -> NDArray[np.bool_]:
        """Tell which rows may not be learned from where `tests` are tested."""
        tested = np.concatenate(tests)
        met = np.isin(self.unit[rows], self.unit[tested])
        if self.shared is not None:
            met &= ~np.isin(self.shared[rows], self.shared[tested])
        return np.asarray(met)


def unit_names(task: Task) -> NDArray[np.str_]:
    """Name each unit by the content of its first row, which no row order changes."""
    _, first, inverse = np.unique(task.unit, return_index=True, return_inverse=True)
    names = np.array([task.digests[row].tobytes().hex() for row in first])
    return np.asarray(names[inverse])


def first_rows(task: Task) -> Ints:
    """Return the first row of the polygon that each sample is a pixel of; else each row itself."""
    if task.polygon is None:
        return np.arange(len(task))
    _, first, inverse = np.unique(task.polygon, return_index=True, return_inverse=True)
    return np.asarray(first[inverse], dtype=np.int64)

"""Parcels of segmented chips, each judged by the vote of its pixels."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import Codes
from bocage.metrics import confusion, parcel_majority
from bocage.splits import Fold
from bocage.study._record import Record
from bocage.tasks import Task


class TrueParcels:
    """Classes of the parcels in the tests of each fold, by the vote of their labelled pixels.

    A run stores the class that it gives each of them. A parcel that is cut by the edge of a chip
    votes once in a fold; one that lies in the tests of two folds is judged in both.

    Parameters
    ----------
    task : Task
        With masks and parcels.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._known: dict[tuple[str, str], NDArray[np.int64]] = {}

    def counts(self, fold: Fold, record: Record, domain: str) -> NDArray[np.int64]:
        """Count parcels by true and predicted class, shape (C, C)."""
        at = record.domains.index(domain)
        before = sum(len(self._codes(fold, name)) for name in record.domains[:at])
        true = self._codes(fold, domain)
        made = record.array("parcels")[before : before + len(true)]
        return confusion(true, made, self._task.n_classes)

    def _codes(self, fold: Fold, domain: str) -> NDArray[np.int64]:
        key = fold.name, domain
        if key not in self._known:
            rows = fold.tests[domain]
            assert self._task.masks is not None  # noqa: S101 - asked of those who make one
            self._known[key] = votes(self._task, rows, self._task.masks[rows])
        return self._known[key]


def votes(task: Task, rows: NDArray[np.int64], codes: Codes) -> NDArray[np.int64]:
    """Give the class that most labelled pixels of each parcel have, parcels by rising id.

    Parameters
    ----------
    task : Task
    rows : ndarray of int64, shape (n,)
    codes : ndarray of int, shape (n, height, width)
        True or predicted, of these chips.
    """
    assert task.masks is not None  # noqa: S101 - asked by those who call
    assert task.parcels is not None  # noqa: S101
    # Pixels without a label judge nothing, whatever lies in them.
    labelled = task.masks[rows] >= 0
    inside = np.where(labelled, task.parcels[rows] + 1, 0)
    return parcel_majority(np.where(labelled, codes, 0), inside).code

"""Connected objects of the truth, to which runs give how much of each was found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bocage.metrics import ObjectSizes, object_counts, object_sizes
from bocage.study._record import Record
from bocage.tasks import Task


@dataclass(frozen=True, slots=True)
class TrueObjects:
    """Connected objects of the truth of all chips.

    A run stores the pixels found of each; what the objects are, and how they are sorted by size,
    follows from the masks, so that other sizes need no other run.

    Attributes
    ----------
    found : ObjectSizes
        In the order of chips; `chip` is the row of the task.
    start : ndarray of int64, shape (n + 1,)
        Where each chip's objects begin.
    n_classes, n_sizes : int
    """

    found: ObjectSizes
    start: NDArray[np.int64]
    n_classes: int
    n_sizes: int

    @classmethod
    def of(cls, task: Task, edges: Sequence[float]) -> Self | None:
        """Find the objects of a segmentation; None for other tasks."""
        if task.masks is None:
            return None
        found = in_order_of_chips(
            object_sizes(task.masks, range(task.n_classes), task.pixel_metres, edges)
        )
        start = np.searchsorted(found.chip, np.arange(len(task) + 1)).astype(np.int64)
        return cls(found, start, task.n_classes, len(edges) + 1)

    def counts(
        self, record: Record, tests: Sequence[NDArray[np.int64]], at: int
    ) -> NDArray[np.int64]:
        """Count the objects of one domain of a run, shape (n, C, n_sizes, 4).

        Parameters
        ----------
        record : Record
        tests : sequence of ndarray of int64
            Test rows of every domain of the run.
        at : int
            Which domain.
        """
        before = sum(int(self._number(rows).sum()) for rows in tests[:at])
        rows = tests[at]
        number = self._number(rows)
        chip = np.repeat(np.arange(len(rows)), number)
        first = np.cumsum(number) - number
        which = np.arange(number.sum()) + (self.start[rows] - first)[chip]
        right = record.array("objects")[before : before + len(which)]
        sizes = self.found
        here = ObjectSizes(
            chip=chip,
            code=sizes.code[which],
            pixels=sizes.pixels[which],
            hectares=sizes.hectares[which],
            size=sizes.size[which],
            cut=sizes.cut[which],
            right=right,
        )
        return object_counts(here, len(rows), self.n_classes, self.n_sizes)

    def _number(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return self.start[rows + 1] - self.start[rows]


def in_order_of_chips(found: ObjectSizes) -> ObjectSizes:
    """Sort objects by chip, those of one chip by class."""
    order = np.argsort(found.chip, kind="stable")
    return replace(
        found,
        chip=found.chip[order],
        code=found.code[order],
        pixels=found.pixels[order],
        hectares=found.hectares[order],
        size=found.size[order],
        cut=found.cut[order],
        right=None if found.right is None else found.right[order],
    )

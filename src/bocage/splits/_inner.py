"""Inner folds: how a method is tuned within its own labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, priorities, row_digests
from bocage.splits._fold import Fold, Split
from bocage.splits._pixels import LabelledPixels
from bocage.splits._sides import APART, Sides, first_rows
from bocage.tasks import Task

MOST = 50_000
"""Labels of a run on which settings, and the temperature of probabilities, are chosen."""


@dataclass(frozen=True, slots=True)
class Inner:
    """Grouped folds within the labels of one run.

    Attributes
    ----------
    folds : tuple of (train, validation)
        Positions within the run's rows; empty if there are too few groups to hold any out.
    by : str
        What stays together: ``groups``, ``blocks``, ``units``, or nothing (``samples``).
    """

    folds: tuple[tuple[Ints, Ints], ...]
    by: str


class InnerMaker:
    """Makes the inner folds that mimic each regime.

    `out` holds out whole training groups, `local` blocks, `random` single labels, `random-units`
    units; `both` always learns from elsewhere and validates on local blocks. What the split shares
    between groups is shared here too; where it deals places beside the groups, `out` holds out
    units, as groups and units at once would leave next to nothing. Where fewer than two parts
    hold labels there are no inner folds, and a method falls back on its published defaults. Of more
    than `MOST` labels (those that are always learned from apart) a random part is in the folds, the
    same for all methods, as every setting is fitted once a fold.

    Parameters
    ----------
    task : Task
    split : Split
    n_folds : int
    """

    def __init__(self, task: Task, split: Split, n_folds: int = 3) -> None:
        self.task = task
        self.split = split
        self.n_folds = n_folds
        names = np.array(split.blocks)
        self._block_rank = np.argsort(np.argsort(priorities(row_digests(names), "inner")))
        groups = np.array(split.groups)
        self._group_rank = np.argsort(np.argsort(priorities(row_digests(groups), "inner")))
        content = task.digests[np.unique(task.unit, return_index=True)[1]]
        self._has = (
            None
            if task.masks is None
            else np.stack([(task.masks == c).any(axis=(1, 2)) for c in range(task.n_classes)], 1)
        )
        self._unit_rank = np.argsort(np.argsort(priorities(content, "inner")))
        self._row_rank = np.argsort(np.argsort(priorities(task.digests, "inner"), kind="stable"))
        self._sides = Sides.of(task, split.share)
        self._first = first_rows(task)

    def make(self, fold: Fold, rows: Ints, pixels: LabelledPixels | None = None) -> Inner:
        """Make the inner folds for the rows of one run (ascending).

        Parameters
        ----------
        fold : Fold
        rows : ndarray of int64
        pixels : LabelledPixels, optional
            Labels that may be seen, if not all: folds that would learn from one class, or score
            on no label, are left out.
        """
        by, part, rank = self._parts(fold, rows)
        has = self._classes(rows, pixels)
        free = np.ones(len(rows), dtype=bool)
        if len(fold.always):
            position = np.minimum(np.searchsorted(fold.always, rows), len(fold.always) - 1)
            free = fold.always[position] != rows
        found, inverse, count = np.unique(part[free], return_inverse=True, return_counts=True)
        if len(found) < 2:  # noqa: PLR2004
            return Inner((), by)
        n_folds = min(self.n_folds, len(found))
        order = np.argsort(rank[found])
        total = [0] * n_folds
        number_of = np.empty(len(found), dtype=np.int64)
        for position in order.tolist():
            smallest = total.index(min(total))
            number_of[position] = smallest
            total[smallest] += int(count[position])
        number = np.full(len(rows), -1, dtype=np.int64)
        number[free] = number_of[inverse]
        seen = self._seen(rows, free) | self._seen(rows, ~free)
        folds = []
        for k in range(n_folds):
            held = np.flatnonzero((number == k) & seen)
            # A place that was labelled in two groups (years) never stands on both sides, unless
            # that is what is asked.
            met = self._meets(fold, rows, rows[held])
            train = np.flatnonzero((number != k) & ~met & seen)
            if not len(held):
                continue
            if self._can_learn(rows, train) if has is None else _is_enough(has, train, held):
                folds.append((train, held))
        return Inner(tuple(folds), by)

    def _seen(self, rows: Ints, some: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Keep at most `MOST` of some rows."""
        rank = self._row_rank[rows]
        if some.sum() <= MOST:
            return some
        return np.asarray(some & (rank <= np.partition(rank[some], MOST - 1)[MOST - 1]))

    def _meets(self, fold: Fold, rows: Ints, held: Ints) -> NDArray[np.bool_]:
        if fold.regime == "random":
            return np.zeros(len(rows), dtype=bool)
        if fold.regime in {"out", "both"}:
            return self._sides.meets(rows, held)
        return np.isin(self.task.unit[rows], self.task.unit[held])

    def _classes(self, rows: Ints, pixels: LabelledPixels | None) -> NDArray[np.bool_] | None:
        """Tell which classes are seen in each chip, shape (n_rows, n_classes)."""
        if self._has is None:
            return None
        has = self._has[rows]
        if pixels is not None and self.task.masks is not None:
            some = pixels.has(self.task.masks, self.task.n_classes)
            has[np.searchsorted(rows, pixels.rows)] = some
        return has

    def _parts(self, fold: Fold, rows: Ints) -> tuple[str, Ints, NDArray[np.intp]]:
        if fold.regime == "random":
            return "samples", self._first[rows], self._row_rank
        if fold.regime == "random-units" or (fold.regime == "out" and self.split.share == APART):
            return "units", self.task.unit[rows], self._unit_rank
        if fold.regime == "out":
            group = self.split.group[rows]
            if (group != group[0]).any():
                return "groups", group, self._group_rank
        return "blocks", self.split.block[rows], self._block_rank

    def _can_learn(self, rows: Ints, train: Ints) -> bool:
        target = self.task.target[rows[train]]
        return len(train) > 0 and (
            not self.task.kind.has_classes or bool((target != target[0]).any())
        )


def _is_enough(has: NDArray[np.bool_], train: Ints, held: Ints) -> bool:
    return int(has[train].any(axis=0).sum()) > 1 and bool(has[held].any())

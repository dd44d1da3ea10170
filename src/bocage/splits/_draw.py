"""Draws: the labels that a method may see, so chosen that small draws lie in larger ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError, priorities
from bocage.splits._budget import SHARES, Budget
from bocage.splits._fold import Fold, Rows, Split
from bocage.splits._pixels import Pixels, choose_pixels
from bocage.tasks import Task


@dataclass(frozen=True, slots=True)
class Draw:
    """Labels drawn for one fold, budget and repeat.

    Attributes
    ----------
    rows : ndarray of int64
        Rows to learn from, ascending (`Fold.always` included); empty if the budget can't be met.
    n_labels : int
        Labels that the budget paid for (`Fold.always` not counted): samples, or pixels where
        the budget counts those.
    n_train : int
        Labels to learn from in all, `Fold.always` included, counted alike.
    reason : str
        Why the cell stays blank; empty if it does not.
    pixels : Pixels or None
        The labels that may be seen, where it is not all of those in `rows`.
    """

    rows: Rows
    n_labels: int
    n_train: int
    reason: str = ""
    pixels: Pixels | None = None


class Drawer:
    """Draws nested budgets: the 5 labels are among the 10.

    The order in which labels are drawn depends on each sample's content, the seed and the repeat,
    never on other samples: a changed label changes the draws that hold it and no other.

    Parameters
    ----------
    task : Task
    split : Split
    seed : int
    """

    def __init__(self, task: Task, split: Split, seed: int = 0) -> None:
        self.task = task
        self.split = split
        self.seed = seed
        self._luck: dict[int, NDArray[np.int64]] = {}

    def draw(self, fold: Fold, budget: Budget, repeat: int) -> Draw:
        """Draw the labels of one fold, budget and repeat.

        Raises
        ------
        SettingsError
            If the task lacks what the budget counts.
        """
        if budget.unit == "pixel" or (budget.unit in SHARES and self.task.masks is not None):
            return self._pixels(fold, budget, repeat)
        if budget.is_all:
            return self._finish(fold, fold.pool)
        if budget.unit in {"event", "parcel"}:
            return self._whole(fold, budget, repeat)
        if budget.unit in {"label", "chip"} or self.task.kind != "classification":
            if budget.unit == "fraction":
                amount = max(1, round(budget.amount * len(fold.pool)))
            else:
                amount = int(budget.amount)
            if amount > len(fold.pool):
                return _blank(f"only {len(fold.pool)} labels in {fold.name}, not {amount}")
            return self._finish(fold, self._order(fold, fold.pool, repeat)[:amount])
        return self._per_class(fold, budget, repeat)

    def _per_class(self, fold: Fold, budget: Budget, repeat: int) -> Draw:
        chosen: list[Rows] = []
        codes = self.task.target[fold.pool]
        for code in np.unique(codes):
            rows = fold.pool[codes == code]
            if budget.unit == "fraction":
                amount = max(1, round(budget.amount * len(rows)))
            else:
                amount = int(budget.amount)
            if amount > len(rows):
                name = self.task.classes[int(code)]
                return _blank(f"only {len(rows)} labels of {name!r} in {fold.name}, not {amount}")
            chosen.append(self._order(fold, rows, repeat)[:amount])
        return self._finish(fold, np.concatenate(chosen))

    def _whole(self, fold: Fold, budget: Budget, repeat: int) -> Draw:
        column, per_class = budget.unit, budget.unit == "parcel"
        if column not in self.task.groups:
            raise SettingsError(
                f"budgets in {column}s need a group column {column!r}; this task has: "
                f"{', '.join(sorted(self.task.groups)) or 'none'}"
            )
        wholes = self.task.groups[column]
        chosen: list[Rows] = []
        codes = self.task.target[fold.pool] if per_class else np.zeros(len(fold.pool), np.int64)
        for code in np.unique(codes):
            rows = self._order(fold, fold.pool[codes == code], repeat)
            _, first = np.unique(wholes[rows], return_index=True)
            names = wholes[rows[np.sort(first)]]
            if budget.amount > len(names):
                what = f" of {self.task.classes[int(code)]!r}" if per_class else ""
                return _blank(
                    f"only {len(names)} {column}s{what} in {fold.name}, not {budget.amount:g}"
                )
            chosen.append(rows[np.isin(wholes[rows], names[: int(budget.amount)])])
        return self._finish(fold, np.concatenate(chosen))

    def _pixels(self, fold: Fold, budget: Budget, repeat: int) -> Draw:
        masks = self.task.masks
        if masks is None:
            raise SettingsError(
                f"budgets in pixels need masks; {self.task.name} is a {self.task.kind}: count "
                "labels"
            )
        rows = np.sort(np.concatenate([fold.pool, fold.always]))
        elsewhere = int((masks[fold.always] >= 0).sum())
        if budget.amount >= 1:
            paid = int((masks[fold.pool] >= 0).sum())
            return Draw(rows, paid, paid + elsewhere)
        event = self.task.groups.get("event", self.split.group)
        luck = priorities(self.task.digests, "pixel", self.seed, repeat)
        pixels = choose_pixels(self.task, fold.pool, budget.amount, event, luck)
        paid = len(pixels.at)
        return Draw(rows, paid, paid + elsewhere, pixels=pixels)

    def _order(self, fold: Fold, rows: Rows, repeat: int) -> Rows:
        """Order rows by luck, dealt evenly over the groups that hold them."""
        luck = self._luck.get(repeat)
        if luck is None:
            order = np.argsort(priorities(self.task.digests, "draw", self.seed, repeat))
            luck = np.empty(len(order), dtype=np.int64)
            luck[order] = np.arange(len(order))
            self._luck[repeat] = luck
        rows = rows[np.argsort(luck[rows])]
        if fold.regime != "out":
            return rows
        # Round robin: each group's luckiest sample first, then each group's second, ...
        group = self.split.group[rows]
        turn = np.empty(len(rows), dtype=np.int64)
        for number in np.unique(group):
            turn[group == number] = np.arange((group == number).sum())
        return rows[np.lexsort((luck[rows], turn))]

    def _finish(self, fold: Fold, rows: Rows) -> Draw:
        n_labels = len(rows)
        rows = np.sort(np.concatenate([rows, fold.always]))
        return Draw(rows, n_labels, len(rows))


def _blank(reason: str) -> Draw:
    return Draw(np.zeros(0, dtype=np.int64), 0, 0, reason)

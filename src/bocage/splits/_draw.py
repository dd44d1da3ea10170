"""Draws: the labels that a method may see, so chosen that small draws lie in larger ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, SettingsError, listed, priorities
from bocage.splits._budget import SHARES, Budget
from bocage.splits._fold import Fold, Split
from bocage.splits._pixels import LabelledPixels, choose_pixels
from bocage.tables import label_rows
from bocage.tasks import Task


@dataclass(frozen=True, slots=True)
class Short:
    """What a fold holds fewer of than a budget asks for.

    Attributes
    ----------
    name : str
        A class; empty where labels of all classes are counted together.
    n : int
        How many there are, in the budget's unit.
    """

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class LabelSample:
    """Labels drawn for one fold, budget and repeat.

    Attributes
    ----------
    rows : ndarray of int64
        Rows to learn from, ascending (`Fold.always` included); empty if the budget can't be met.
    n_labels : int
        Labels that the budget paid for (`Fold.always` not counted): samples, pixels where the
        budget counts those, or polygons where samples are pixels of these.
    n_train : int
        Labels to learn from in all, `Fold.always` included, counted alike.
    reason : str
        Why the cell stays blank; empty if it does not.
    pixels : LabelledPixels or None
        The labels that may be seen, where it is not all of those in `rows`.
    short : tuple of Short
        What gave less than was asked for; all that there is of it is in `rows`, unless the
        budget is exact.
    """

    rows: Ints
    n_labels: int
    n_train: int
    reason: str = ""
    pixels: LabelledPixels | None = None
    short: tuple[Short, ...] = ()


class LabelSampler:
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
        self._rank: dict[int, NDArray[np.int64]] = {}

    def draw(self, fold: Fold, budget: Budget, repeat: int) -> LabelSample:
        """Draw the labels of one fold, budget and repeat.

        Raises
        ------
        SettingsError
            If the task lacks what the budget counts.
        """
        if not len(fold.pool) + len(fold.always):
            return _blank(f"no training labels in {fold.name}")
        if budget.unit == "pixel" or (budget.unit in SHARES and self.task.masks is not None):
            return self._pixels(fold, budget, repeat)
        if budget.is_all:
            return self._finish(fold, fold.pool)
        # Where labels are polygons, a number of labels is one of parcels.
        if budget.unit == "event" or (budget.unit == "parcel" and self.task.polygon is None):
            return self._whole(fold, budget, repeat)
        if budget.unit in {"label", "chip"} or not self.task.kind.classifies_samples:
            parts = [("", fold.pool)]
        else:
            parts = self._by_class(fold)
        chosen: list[Ints] = []
        short: list[Short] = []
        for name, rows in parts:
            labels = label_rows(self.task, rows)
            wanted = int(budget.amount)
            if budget.unit == "fraction":
                wanted = max(1, round(budget.amount * len(labels)))
            if wanted > len(labels):
                short.append(Short(name, len(labels)))
            drawn = self._order(fold, labels, repeat)[:wanted]
            if self.task.polygon is not None:
                # All that is known of a polygon is one label, ranked as its first pixel is.
                drawn = rows[np.isin(self.task.polygon[rows], self.task.polygon[drawn])]
            chosen.append(drawn)
        return self._within(fold, budget, np.concatenate([fold.pool[:0], *chosen]), short)

    def _by_class(self, fold: Fold) -> list[tuple[str, Ints]]:
        codes = self.task.target[fold.pool]
        return [(self.task.classes[int(c)], fold.pool[codes == c]) for c in np.unique(codes)]

    def _whole(self, fold: Fold, budget: Budget, repeat: int) -> LabelSample:
        column = budget.unit
        if column not in self.task.groups:
            raise SettingsError(
                f"budgets in {column}s need a group column {column!r}; this task has: "
                f"{', '.join(sorted(self.task.groups)) or 'none'}"
            )
        wholes = self.task.groups[column]
        chosen: list[Ints] = []
        short: list[Short] = []
        for name, part in self._by_class(fold) if budget.by_class else [("", fold.pool)]:
            rows = self._order(fold, part, repeat)
            _, first = np.unique(wholes[rows], return_index=True)
            names = wholes[rows[np.sort(first)]]
            if budget.amount > len(names):
                short.append(Short(name, len(names)))
            chosen.append(rows[np.isin(wholes[rows], names[: int(budget.amount)])])
        return self._within(fold, budget, np.concatenate([fold.pool[:0], *chosen]), short)

    def _within(
        self, fold: Fold, budget: Budget, rows: Ints, short: Sequence[Short]
    ) -> LabelSample:
        """Finish a draw of a number of labels; what falls short blanks an exact one."""
        if not (budget.exact and short):
            return replace(self._finish(fold, rows), short=tuple(short))
        few = listed([budget.counted(s.n) + f" of {s.name!r}" * bool(s.name) for s in short])
        reason = f"only {few} in {fold.name}, not {budget.amount:g}"
        return replace(_blank(reason), short=tuple(short))

    def _pixels(self, fold: Fold, budget: Budget, repeat: int) -> LabelSample:
        masks = self.task.masks
        if masks is None:
            raise SettingsError(
                f"budgets in pixels need masks; {self.task.name} is a {self.task.kind} task: give "
                "a number of labels"
            )
        rows = np.sort(np.concatenate([fold.pool, fold.always]))
        elsewhere = int((masks[fold.always] >= 0).sum())
        if budget.amount >= 1:
            paid = int((masks[fold.pool] >= 0).sum())
            return LabelSample(rows, paid, paid + elsewhere)
        event = self.task.groups.get("event", self.split.group)
        priority = priorities(self.task.digests, "pixel", self.seed, repeat)
        pixels = choose_pixels(self.task, fold.pool, budget.amount, event, priority)
        paid = len(pixels.at)
        return LabelSample(rows, paid, paid + elsewhere, pixels=pixels)

    def _order(self, fold: Fold, rows: Ints, repeat: int) -> Ints:
        """Order rows by rank, in turn over the groups that hold them."""
        rank = self._rank.get(repeat)
        if rank is None:
            order = np.argsort(priorities(self.task.digests, "draw", self.seed, repeat))
            rank = np.empty(len(order), dtype=np.int64)
            rank[order] = np.arange(len(order))
            self._rank[repeat] = rank
        rows = rows[np.argsort(rank[rows])]
        if fold.regime != "out":
            return rows
        # Round robin: each group's first sample first, then each group's second, ...
        group = self.split.group[rows]
        turn = np.empty(len(rows), dtype=np.int64)
        for number in np.unique(group):
            turn[group == number] = np.arange((group == number).sum())
        return rows[np.lexsort((rank[rows], turn))]

    def _finish(self, fold: Fold, rows: Ints) -> LabelSample:
        n_labels = len(label_rows(self.task, rows))
        rows = np.sort(np.concatenate([rows, fold.always]))
        return LabelSample(rows, n_labels, len(label_rows(self.task, rows)))


def _blank(reason: str) -> LabelSample:
    return LabelSample(np.zeros(0, dtype=np.int64), 0, 0, reason)

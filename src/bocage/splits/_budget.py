"""Budgets: how many labels a method may see, drawn so that small draws lie in larger ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError, priorities
from bocage.splits._fold import Fold, Rows, Split
from bocage.tasks import Task

Unit = Literal["class", "label", "chip", "fraction", "parcel", "event"]
"""`class`: labels per class; `label`: labels in all; `chip`: labelled chips; `fraction` of
the pool; whole parcels or events."""

FEW = 20
"""Budgets below this many labels a class are repeated at least `FEW_REPEATS` times."""

FEW_REPEATS = 10


@dataclass(frozen=True, slots=True)
class Budget:
    """How many labels a method may learn from, tuning and early stopping included.

    Attributes
    ----------
    amount : float
        In `unit`; infinite for all labels there are.
    unit : {"class", "label", "fraction", "parcel", "event"}
        Parcels are counted per class, events over all classes.
    """

    amount: float
    unit: Unit = "class"

    @property
    def is_all(self) -> bool:
        """Whether nothing is held back."""
        return bool(np.isinf(self.amount))

    def __str__(self) -> str:
        if self.is_all:
            return "all"
        if self.unit == "fraction":
            return f"{100 * self.amount:.4g}%"
        return f"{self.amount:g}"

    @property
    def label(self) -> str:
        """The budget in words."""
        if self.is_all:
            return "all labels"
        words = {
            "class": f"{self.amount:g} labels a class",
            "label": f"{self.amount:g} labels",
            "chip": f"{self.amount:g} chips",
            "fraction": f"{100 * self.amount:.4g} % of the labels",
            "parcel": f"{self.amount:g} parcels a class",
            "event": f"{self.amount:g} events",
        }
        return words[self.unit]

    def repeats(self, asked: int | None = None) -> int:
        """Give the number of draws: one for all labels, more for few.

        Parameters
        ----------
        asked : int, optional
            The user's number; the default is 10 below 20 labels a class and 5 above.
        """
        if self.is_all:
            return 1
        if asked is not None:
            return asked
        few = {
            "class": FEW,
            "parcel": FEW,
            "label": 2 * FEW,
            "chip": FEW,
            "event": FEW,
            "fraction": 0.1,
        }
        return FEW_REPEATS if self.amount < few[self.unit] else FEW_REPEATS // 2


def parse_budget(text: str | float, unit: Unit) -> Budget:
    """Read a budget: ``5``, ``all``, ``10%``.

    >>> parse_budget("10%", "class")
    Budget(amount=0.1, unit='fraction')

    Raises
    ------
    SettingsError
        If the text is no positive number, percentage or ``all``.
    """
    word = str(text).strip().lower()
    if word == "all":
        return Budget(float("inf"), unit)
    try:
        amount = float(word.removesuffix("%"))
    except ValueError:
        amount = -1.0
    if word.endswith("%") or unit == "fraction":
        amount = amount / 100 if word.endswith("%") else amount
        if 0 < amount <= 1:
            return Budget(amount, "fraction")
    elif 0 < amount < float("inf") and amount == int(amount):
        return Budget(amount, unit)
    raise SettingsError(
        f"budget {text!r} can't be read; expected a whole number (5), a percentage (10%) or 'all'"
    )


@dataclass(frozen=True, slots=True)
class Draw:
    """Labels drawn for one fold, budget and repeat.

    Attributes
    ----------
    rows : ndarray of int64
        Rows to learn from, ascending (`Fold.always` included); empty if the budget can't be met.
    n_labels : int
        Labels that the budget paid for (`Fold.always` not counted).
    reason : str
        Why the cell stays blank; empty if it does not.
    """

    rows: Rows
    n_labels: int
    reason: str = ""


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
        """Draw the labels of one fold, budget and repeat."""
        if budget.is_all:
            return self._finish(fold, fold.pool)
        if budget.unit == "event":
            return self._whole(fold, budget, repeat, "event", per_class=False)
        if budget.unit == "parcel":
            return self._whole(fold, budget, repeat, "parcel", per_class=True)
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

    def _whole(
        self, fold: Fold, budget: Budget, repeat: int, column: str, *, per_class: bool
    ) -> Draw:
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
        if self.task.kind == "classification" and len(np.unique(self.task.target[rows])) < 2:  # noqa: PLR2004
            return _blank(f"one class only among the labels drawn in {fold.name}")
        return Draw(rows, n_labels)


def default_budgets(kind: str) -> Sequence[Budget]:
    """Give the budgets of a comparison unless told otherwise.

    >>> [str(b) for b in default_budgets("classification")]
    ['5', '10', '20', '50', 'all']
    """
    if kind == "classification":
        return tuple(Budget(float(k), "class") for k in (5, 10, 20, 50, np.inf))
    if kind == "segmentation":
        return tuple(Budget(float(k), "chip") for k in (5, 10, 20, 50, np.inf))
    return tuple(Budget(float(k), "label") for k in (20, 50, 100, 200, np.inf))


def _blank(reason: str) -> Draw:
    return Draw(np.zeros(0, dtype=np.int64), 0, reason)

"""How many labels a budget really got, and what fell short of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import counted, listed, mean_count
from bocage.splits import Budget, Split
from bocage.study._plan import Cell, Plan
from bocage.tasks import Task

REGIME_OF = {"in": "out"}
"""Domains that are tested by the folds of another regime."""

LONG = 40
"""Names of places that are longer together are counted, and not listed."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A class that gave less than a budget asked for.

    Attributes
    ----------
    name : str
        A class; empty where labels of all classes are counted together.
    least, most : int
        What it gave where it fell short, in the budget's unit.
    groups : tuple of str
        What was left out where it fell short; empty for a random split.
    n_groups : int
        How many are left out in all.
    """

    name: str
    least: int
    most: int
    groups: tuple[str, ...]
    n_groups: int

    def words(self, domain: str) -> str:
        """Say what there was of it, and where if not everywhere: ``rare (2 to 5 in r0, r1)``."""
        n = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        names = ", ".join(self.groups)
        if len(self.groups) == self.n_groups:
            where = ""
        elif len(names) > LONG:
            where = f" in {len(self.groups)} of {self.n_groups} folds"
        else:
            where = f" {'without' if domain in {'out', 'in'} else 'in'} {names}" if names else ""
        return f"{self.name} ({n}{where})" if self.name else f"{n}{where}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Labels that a budget got in one domain, the same for every method.

    Attributes
    ----------
    domain : str
    budget : Budget
    mean, low, high : float
        Labels of a draw: mean over folds and repeats, fewest and most. Of `both` the local ones.
    a_class : float
        Mean number of labels of a class that the fold holds; NaN where the budget does not count
        labels by class.
    n_classes : tuple of int
        Fewest and most classes in a fold; (0, 0) without classes.
    lacks : tuple of Lack
        What fell short, the scarcest first; empty where every draw got all that it asked for.
    n_blank : int
        Draws that stay blank, so that the domain has no score at this budget; they are not among
        the others.
    """

    domain: str
    budget: Budget
    mean: float
    low: float
    high: float
    a_class: float
    n_classes: tuple[int, int]
    lacks: tuple[Lack, ...]
    n_blank: int = 0

    @property
    def got(self) -> str:
        """What it got: ``18.2 per class (47 to 60 labels, 54.6 on average)``."""
        total = counted(round(self.mean), "label")
        if self.low < self.high:
            mean = mean_count(self.mean)
            total = f"{self.low:,.0f} to {self.high:,.0f} labels, {mean} on average"
        return (
            total if np.isnan(self.a_class) else f"{mean_count(self.a_class)} per class ({total})"
        )

    @property
    def shortfall(self) -> str:
        """What fell short, and where; empty if nothing did."""
        return listed([lack.words(self.domain) for lack in self.lacks], 3)

    @property
    def sentence(self) -> str:
        """The whole in one line."""
        short = f"; short: {self.shortfall}" if self.lacks else ""
        return f"{self.domain}, {self.budget.label}: {self.got}{short}"


def drawn(
    task: Task, split: Split, plan: Plan, budgets: Sequence[Budget]
) -> dict[tuple[str, str], Drawn]:
    """Count the labels of every domain and budget, by the names of both.

    Parameters
    ----------
    task, split, plan
    budgets : sequence of Budget

    Returns
    -------
    dict of (domain, budget) to Drawn
        Without those that are blank everywhere.
    """
    cells: dict[tuple[str, Budget], dict[tuple[int, int], Cell]] = {}
    for batch in plan.batches:
        for run in batch.runs:
            key = split.folds[batch.fold].regime, run.cell.budget
            cells.setdefault(key, {})[batch.fold, run.cell.repeat] = run.cell
    blank: Counter[tuple[str, Budget]] = Counter(
        (split.folds[cell.fold].regime, cell.budget) for cell in plan.blanks
    )
    kinds = [_n_classes(task, fold.pool) for fold in split.folds]
    made: dict[tuple[str, str], Drawn] = {}
    for domain in split.domains:
        for budget in budgets:
            at = (REGIME_OF.get(domain, domain), budget)
            if at in cells:
                found = _drawn(domain, budget, list(cells[at].values()), split, kinds)
                made[domain, str(budget)] = replace(found, n_blank=blank[at])
    return made


def _n_classes(task: Task, rows: NDArray[np.int64]) -> int:
    return 0 if task.codes is None else len(np.unique(task.codes[rows]))


def _drawn(
    domain: str, budget: Budget, cells: Sequence[Cell], split: Split, kinds: Sequence[int]
) -> Drawn:
    number = np.array([cell.n_labels for cell in cells], np.float64)
    classes = np.array([kinds[cell.fold] for cell in cells])
    by_class = budget.unit == "class" and budget.by_class
    groups = {split.folds[cell.fold].held_out for cell in cells}
    parts: dict[str, list[tuple[int, str]]] = {}
    for cell in cells:
        for short in cell.short:
            parts.setdefault(short.name, []).append((short.n, split.folds[cell.fold].held_out))
    lacks = [
        Lack(
            name,
            min(n for n, _ in found),
            max(n for n, _ in found),
            tuple(sorted({group for _, group in found if group})),
            len(groups),
        )
        for name, found in parts.items()
    ]
    return Drawn(
        domain=domain,
        budget=budget,
        mean=float(number.mean()),
        low=float(number.min()),
        high=float(number.max()),
        a_class=float((number / np.maximum(classes, 1)).mean()) if by_class else float("nan"),
        n_classes=(int(classes.min()), int(classes.max())),
        lacks=tuple(sorted(lacks, key=lambda lack: (lack.least, lack.most, lack.name))),
    )

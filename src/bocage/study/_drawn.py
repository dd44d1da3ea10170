"""How many labels a budget really got, and what fell short of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import listed
from bocage.splits import Budget, Split
from bocage.study._plan import Cell, Plan
from bocage.tasks import Task

REGIME_OF = {"in": "out"}
"""Domains that are tested by the folds of another regime."""


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
        Groups whose folds fell short; empty for a random split.
    """

    name: str
    least: int
    most: int
    groups: tuple[str, ...]


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
    """

    domain: str
    budget: Budget
    mean: float
    low: float
    high: float
    a_class: float
    n_classes: tuple[int, int]
    lacks: tuple[Lack, ...]

    @property
    def got(self) -> str:
        """What it got: ``18.2 a class on average (47 to 60 labels, 54.6 on average)``."""
        total = f"{_round(self.mean)} labels"
        if self.low < self.high:
            total = f"{self.low:,.0f} to {self.high:,.0f} labels, {_round(self.mean)} on average"
        return total if np.isnan(self.a_class) else f"{_round(self.a_class)} a class ({total})"

    @property
    def shortfall(self) -> str:
        """What fell short, and where; empty if nothing did."""
        return listed([_words(lack, self.domain) for lack in self.lacks], 3)

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
        Without what is blank everywhere.
    """
    cells: dict[tuple[str, Budget], dict[tuple[int, int], Cell]] = {}
    for batch in plan.batches:
        for run in batch.runs:
            key = split.folds[batch.fold].regime, run.cell.budget
            cells.setdefault(key, {})[batch.fold, run.cell.repeat] = run.cell
    kinds = [_n_classes(task, fold.pool) for fold in split.folds]
    return {
        (domain, str(budget)): _drawn(domain, budget, list(found.values()), split, kinds)
        for domain in split.domains
        for budget in budgets
        if (found := cells.get((REGIME_OF.get(domain, domain), budget)))
    }


def _n_classes(task: Task, rows: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> int:
    return len(np.unique(task.target[rows])) if task.kind == "classification" else 0


def _drawn(
    domain: str, budget: Budget, cells: Sequence[Cell], split: Split, kinds: Sequence[int]
) -> Drawn:
    number = np.array([cell.n_labels for cell in cells], np.float64)
    classes = np.array([kinds[cell.fold] for cell in cells])
    by_class = budget.unit == "class" and budget.by_class
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


def _words(lack: Lack, domain: str) -> str:
    n = f"{lack.least}" if lack.least == lack.most else f"{lack.least} to {lack.most}"
    preposition = "without" if domain in {"out", "in"} else "in"
    where = f" {preposition} {listed(lack.groups, 3)}" if lack.groups else ""
    return f"{lack.name} ({n}{where})" if lack.name else f"{n}{where}"


def _round(labels: float) -> str:
    return f"{labels:,.0f}" if labels == round(labels) or labels >= 1000 else f"{labels:,.1f}"  # noqa: PLR2004

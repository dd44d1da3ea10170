"""From stored runs to counts, scores and costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from statistics import fmean, median
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bocage.methods import Method
from bocage.splits import Budget, Fold, Split
from bocage.study._cost import Cost
from bocage.study._crossed import crossed
from bocage.study._label_counts import REGIME_OF
from bocage.study._objects import TrueObjects
from bocage.study._parcels import TrueParcels
from bocage.study._plan import Plan
from bocage.study._predictions import Predictions, put_together
from bocage.study._record import Record
from bocage.study._references import references
from bocage.study._repeat_progress import RepeatsDone
from bocage.study._score_table import ScoredPredictions, score_table
from bocage.study._unit_counts import UnitCounts
from bocage.study.scoring import SCORINGS, Part
from bocage.tasks import Task

if TYPE_CHECKING:
    import pandas as pd


class Results:
    """Everything that the runs of a study say.

    Parameters
    ----------
    task : Task
    split : Split
    methods : sequence of Method
    budgets : sequence of Budget
    plan : Plan
    records : mapping of str to Record
        By run key; runs that are missing or failed leave their cells blank.
    prevalence : sequence of float, optional
        Reference shares of the classes.
    object_hectares : sequence of float, optional
        Edges between the size classes of objects.
    """

    def __init__(
        self,
        task: Task,
        split: Split,
        methods: Sequence[Method],
        budgets: Sequence[Budget],
        plan: Plan,
        records: Mapping[str, Record],
        *,
        prevalence: Sequence[float] = (),
        object_hectares: Sequence[float] = (),
    ) -> None:
        self.task = task
        self.split = split
        self.methods = tuple(methods)
        self.budgets = tuple(budgets)
        self.plan = plan
        self.prevalence = tuple(prevalence)
        self.object_hectares = tuple(object_hectares)
        self._cells: dict[tuple[str, str, str, int], Record] = {}
        self.failed: list[Record] = []
        missing: set[str] = set()
        self._done: dict[tuple[str, str], RepeatsDone] = {}
        for batch in plan.batches:
            fold, method = split.folds[batch.fold], self.methods[batch.method].name
            for run in batch.runs:
                record = records.get(run.key)
                budget, repeat = str(run.cell.budget), run.cell.repeat
                done = self._done.setdefault((fold.regime, budget), RepeatsDone())
                done.add(method, repeat, None if record is None else record.status)
                if record is None:
                    missing.add(run.key)
                    continue
                if record.status == "failed":
                    self.failed.append(record)
                    continue
                # Draws of the same labels share a record, which names the one that was run first.
                cell = (record.method, fold.name, budget, repeat)
                self._cells[cell] = replace(
                    record,
                    fold=fold.name,
                    budget=budget,
                    repeat=repeat,
                    # All chips are all pixels: how they are counted is the budget's affair.
                    n_labels=run.cell.n_labels,
                    n_train=run.cell.n_train,
                )

        self.n_missing = len(missing)

    @cached_property
    def objects(self) -> TrueObjects | None:
        """Objects of the truth of a segmentation."""
        return TrueObjects.of(self.task, self.object_hectares)

    @cached_property
    def parcels(self) -> TrueParcels | None:
        """Parcels of the truth, where there are any."""
        return None if self.task.parcels is None else TrueParcels(self.task)

    @cached_property
    def references(self) -> NDArray[np.float64]:
        """What R2 holds errors against, for each sample, shape (n,); see `references`."""
        return references(self.task.target, self.split)

    def n_repeats(self, domain: str, budget: Budget) -> int:
        """Return the number of draws of a budget in a domain that methods are compared by.

        In a study that is not at its end it may be less than are planned: see `RepeatsDone`.
        """
        return self._repeats_done(domain, budget).by_all

    def n_begun(self, domain: str, budget: Budget) -> int:
        """Return the number of draws of a budget in a domain of which any run is done."""
        return self._repeats_done(domain, budget).seen

    def _repeats_done(self, domain: str, budget: Budget) -> RepeatsDone:
        return self._done.get((REGIME_OF.get(domain, domain), str(budget)), RepeatsDone())

    def folds(self, domain: str) -> tuple[Fold, ...]:
        """Return the folds that test a domain."""
        return tuple(fold for fold in self.split.folds if domain in fold.tests)

    def records(self, method: Method, domain: str, budget: Budget) -> list[Record]:
        """Return the finished runs of a method in a domain at a budget."""
        return [
            record
            for fold in self.folds(domain)
            for repeat in range(self.n_begun(domain, budget))
            if (record := self._cells.get((method.name, fold.name, str(budget), repeat)))
        ]

    def complete(self, domain: str, budget: Budget) -> tuple[Method, ...]:
        """Return the methods that have all their runs of `n_repeats` in a domain at a budget."""
        cells = [
            (fold.name, str(budget), repeat)
            for fold in self.folds(domain)
            for repeat in range(self.n_repeats(domain, budget))
        ]
        return tuple(
            method
            for method in self.methods
            if cells and all((method.name, *cell) in self._cells for cell in cells)
        )

    def tally(
        self, domain: str, budget: Budget, among: NDArray[np.bool_] | None = None
    ) -> UnitCounts | None:
        """Count a domain at a budget, block by block.

        Parameters
        ----------
        domain : str
        budget : Budget
        among : ndarray of bool, shape (n,), optional
            Samples of the task to count, all places put into one: a few samples of a kind may
            lie in any of them. All samples, place by place, if not given.

        Returns
        -------
        UnitCounts or None
            None if no method has all its runs, or nothing is left to count.
        """
        task, split = self.task, self.split
        folds = self.folds(domain)
        n_repeats = self.n_repeats(domain, budget)
        complete = self.complete(domain, budget)
        keeps = [
            np.ones(len(fold.tests[domain]), bool) if among is None else among[fold.tests[domain]]
            for fold in folds
        ]
        if not complete or not any(keep.any() for keep in keeps):
            return None
        tests = [fold.tests[domain][keep] for fold, keep in zip(folds, keeps, strict=True)]
        found, at = np.unique(split.block[np.concatenate(tests)], return_inverse=True)
        ends = np.cumsum([len(rows) for rows in tests])[:-1]
        parts = [
            Part(domain, keep, rows, block, len(found), self.references[rows])
            for keep, rows, block in zip(keeps, tests, np.split(at.ravel(), ends), strict=True)
        ]
        scoring = SCORINGS[task.kind]

        def counted(method: Method, repeat: int) -> NDArray[np.float64]:
            name, size = method.name, str(budget)
            runs = [self._cells[name, fold.name, size, repeat] for fold in folds]
            made = (scoring.count(task, *pair) for pair in zip(runs, parts, strict=True))
            return reduce(np.add, made)

        counts = np.stack(
            [[counted(method, repeat) for repeat in range(n_repeats)] for method in complete]
        )
        group_of_block = np.zeros(len(split.blocks), dtype=np.int64)
        group_of_block[split.block] = split.group
        return UnitCounts(
            kind=task.kind,
            methods=tuple(method.name for method in complete),
            counts=counts,
            block=tuple(split.blocks[block] for block in found),
            group=group_of_block[found] if among is None else np.zeros(len(found), np.int64),
            crossed=crossed(task, complete, folds),
        )

    def predictions(
        self, method: Method, domain: str, budget: Budget, repeat: int
    ) -> dict[str, Predictions]:
        """Put together what was predicted, by held-out group (``""`` for the random check).

        Groups with a blank fold are left out, so that every group's figure covers all its test
        samples.
        """
        parts: dict[str, list[tuple[Fold, Record]]] = {}
        blank = set()
        for fold in self.folds(domain):
            record = self._cells.get((method.name, fold.name, str(budget), repeat))
            if record is None:
                blank.add(fold.held_out)
            else:
                parts.setdefault(fold.held_out, []).append((fold, record))
        return {
            name: put_together(found, domain, self.objects, self.parcels)
            for name, found in parts.items()
            if name not in blank
        }

    def whole(self, method: Method, domain: str, budget: Budget, repeat: int) -> Predictions:
        """Put together what was predicted in all folds, by a method that has all its runs."""
        parts = [
            (fold, self._cells[method.name, fold.name, str(budget), repeat])
            for fold in self.folds(domain)
        ]
        return put_together(parts, domain, self.objects, self.parcels)

    def cost(self, method: Method, domain: str, budget: Budget) -> Cost | None:
        """Return what the runs of a method cost, None without any.

        Labels on average, as they are counted everywhere; the rest are medians.
        """
        found = self.records(method, domain, budget)
        if not found:
            return None
        return Cost(
            labels=fmean(record.n_train for record in found),
            size=float(median(record.n_bytes for record in found)),
            seconds=float(median(r.fit_seconds + r.predict_seconds for r in found)),
        )

    def score_table(self, by: str = "", where: str = "") -> "pd.DataFrame":
        """Return every score of every run.

        Parameters
        ----------
        by : str
            Column of groups: scores at `where` are added for each of its values, over all test
            samples that have it; `group` is blank in these rows.
        where : str
        """
        found = [*self._scored(), *(self._scored_by(by, where) if by else ())]
        return score_table(self.task, self.split, found, self.prevalence, self.object_hectares)

    def _scored(self) -> Iterator[ScoredPredictions]:
        for method in self.methods:
            for domain in self.split.domains:
                for budget in self.budgets:
                    for repeat in range(self.n_begun(domain, budget)):
                        made = self.predictions(method, domain, budget, repeat)
                        for group, found in made.items():
                            yield ScoredPredictions(method, domain, group, budget, repeat, found)

    def _scored_by(self, by: str, where: str) -> Iterator[ScoredPredictions]:
        column = self.task.groups[by]
        for budget in self.budgets:
            for method in self.complete(where, budget):
                for repeat in range(self.n_repeats(where, budget)):
                    made = self.whole(method, where, budget, repeat)
                    for value in np.unique(column[made.rows]).tolist():
                        some = made.take(column[made.rows] == value)
                        yield ScoredPredictions(method, where, "", budget, repeat, some, by, value)

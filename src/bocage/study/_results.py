"""From stored runs to counts, scores and costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.methods import Method
from bocage.metrics import (
    block_confusion,
    block_regression_moments,
    boundary_scores,
    classification_scores,
    regression_scores,
    segmentation_scores,
)
from bocage.splits import Budget, Fold, Split
from bocage.study._context import boundary_distances
from bocage.study._plan import Plan
from bocage.study._record import Record
from bocage.study._tally import Tally
from bocage.study._verdict import Cost
from bocage.tasks import Task

if TYPE_CHECKING:
    import pandas as pd

REGIME_OF = {"in": "out"}
"""Domains that are tested by the folds of another regime."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """Test predictions of one method, budget and repeat, put together over folds.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Samples.
    predicted, confidence : ndarray, shape (n,)
    brier, log_loss : float
        Sums over the samples.
    n_labels : float
        Labels that the budget paid for, mean over folds.
    counts : ndarray of int64, shape (C, C)
        Of segmented chips, pixels by true and predicted class; else empty.
    boundaries : ndarray of int64, shape (C * n_distances * 7,)
        Of segmented chips, summed `bocage.metrics.boundary_counts`; else empty.
    """

    rows: NDArray[np.int64]
    predicted: NDArray[Any]
    confidence: NDArray[np.float32]
    brier: float
    log_loss: float
    n_labels: float
    counts: NDArray[np.int64]
    boundaries: NDArray[np.int64]


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
    ) -> None:
        self.task = task
        self.split = split
        self.methods = tuple(methods)
        self.budgets = tuple(budgets)
        self.plan = plan
        self.prevalence = tuple(prevalence)
        self._cells: dict[tuple[str, str, str, int], Record] = {}
        self.failed: list[Record] = []
        self._n_repeats: dict[tuple[str, str], int] = {}
        for batch in plan.batches:
            for run in batch.runs:
                record = records.get(run.key)
                if record is None:
                    continue
                if record.status == "failed":
                    self.failed.append(record)
                    continue
                # Draws of the same labels share a record, which names the one that was run first.
                fold = split.folds[batch.fold]
                budget, repeat = str(run.cell.budget), run.cell.repeat
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
                seen = self._n_repeats.get((fold.regime, budget), 0)
                self._n_repeats[fold.regime, budget] = max(seen, repeat + 1)

    def n_repeats(self, domain: str, budget: Budget) -> int:
        """Return the number of draws of a budget in a domain."""
        return self._n_repeats.get((REGIME_OF.get(domain, domain), str(budget)), 0)

    def folds(self, domain: str) -> tuple[Fold, ...]:
        """Return the folds that test a domain."""
        return tuple(fold for fold in self.split.folds if domain in fold.tests)

    def records(self, method: Method, domain: str, budget: Budget) -> list[Record]:
        """Return the finished runs of a method in a domain at a budget."""
        return [
            record
            for fold in self.folds(domain)
            for repeat in range(self.n_repeats(domain, budget))
            if (record := self._cells.get((method.name, fold.name, str(budget), repeat)))
        ]

    def tally(self, domain: str, budget: Budget) -> Tally | None:
        """Count a domain at a budget, block by block; None if no method has all its runs."""
        task, split = self.task, self.split
        folds = self.folds(domain)
        n_repeats = self.n_repeats(domain, budget)
        complete = [
            method
            for method in self.methods
            if folds and len(self.records(method, domain, budget)) == len(folds) * n_repeats > 0
        ]
        if not complete:
            return None
        places = [self._place(number, fold, domain) for number, fold in enumerate(folds)]
        pairs = np.concatenate(
            [
                np.column_stack([split.block[fold.tests[domain]], place])
                for fold, place in zip(folds, places, strict=True)
            ]
        )
        found, row = np.unique(pairs, axis=0, return_inverse=True)
        rows = np.split(row.ravel(), np.cumsum([len(p) for p in places])[:-1])
        n, n_classes = len(found), task.n_classes
        tail = (6,) if task.kind == "regression" else (n_classes, n_classes)
        counts = np.zeros((len(complete), n_repeats, n, *tail))
        reference = float(task.target.mean()) if task.kind == "regression" else 0.0
        for m, method in enumerate(complete):
            for fold, at in zip(folds, rows, strict=True):
                true = task.target[fold.tests[domain]]
                for repeat in range(n_repeats):
                    record = self._cells[method.name, fold.name, str(budget), repeat]
                    if task.kind == "segmentation":
                        chips = _by_chip(record, domain, "counts")
                        np.add.at(counts[m, repeat], at, chips.reshape(-1, n_classes, n_classes))
                        continue
                    predicted = _part(record, domain)
                    counts[m, repeat] += (
                        block_regression_moments(true, predicted, at, n, reference)
                        if task.kind == "regression"
                        else block_confusion(true, predicted, at, n, n_classes)
                    )
        group_of_block = np.zeros(len(split.blocks), dtype=np.int64)
        group_of_block[split.block] = split.group
        return Tally(
            kind=task.kind,
            methods=tuple(method.name for method in complete),
            counts=counts,
            block=tuple(split.blocks[block] for block in found[:, 0]),
            group=group_of_block[found[:, 0]],
            fold=found[:, 1],
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
            name: _together(found, domain) for name, found in parts.items() if name not in blank
        }

    def cost(self, method: Method, domain: str, budget: Budget) -> Cost | None:
        """Return median costs of the runs of a method, None without any."""
        found = self.records(method, domain, budget)
        if not found:
            return None
        return Cost(
            labels=float(median(record.n_train for record in found)),
            size=float(median(record.n_bytes for record in found)),
            seconds=float(median(r.fit_seconds + r.predict_seconds for r in found)),
        )

    def score_table(self) -> "pd.DataFrame":
        """Return every score of every run: one row a figure, as `DESIGN` calls it tidy."""
        import pandas as pd

        rows = [
            (method, domain, group, budget, repeat, metric, value, found)
            for method, domain, group, budget, repeat, found in self._iterate()
            for metric, value in self.figures(found).items()
        ]
        task, split = self.task, self.split
        return pd.DataFrame(
            {
                "task": task.name,
                "method": [row[0].name for row in rows],
                "input": ["+".join(row[0].inputs) for row in rows],
                "model": [row[0].model for row in rows],
                "strategy": [row[0].strategy for row in rows],
                "split": split.key,
                "group": [row[2] for row in rows],
                "budget": [str(row[3]) for row in rows],
                "unit": [row[3].unit for row in rows],
                "n_labels": [row[7].n_labels for row in rows],
                "repeat": [row[4] for row in rows],
                "domain": [row[1] for row in rows],
                "metric": [row[5] for row in rows],
                "value": [row[6] for row in rows],
                "n": [len(row[7].rows) for row in rows],
            }
        )

    def figures(self, found: Predictions) -> dict[str, float]:
        """Score predictions that were put together."""
        true = self.task.target[found.rows]
        if self.task.kind == "regression":
            return regression_scores(true, found.predicted)
        if self.task.kind == "segmentation":
            distances = boundary_distances(self.task.pixel_metres)
            edges = found.boundaries.reshape(self.task.n_classes, len(distances), -1)
            return segmentation_scores(found.counts, self.task.classes) | boundary_scores(
                edges, self.task.classes, distances
            )
        return classification_scores(
            true,
            found.predicted,
            found.confidence,
            found.brier,
            found.log_loss,
            self.task.classes,
            area=None if self.task.area is None else self.task.area[found.rows],
            prevalence=self.prevalence or None,
        )

    def _iterate(self) -> Iterator[tuple[Method, str, str, Budget, int, Predictions]]:
        for method in self.methods:
            for domain in self.split.domains:
                for budget in self.budgets:
                    for repeat in range(self.n_repeats(domain, budget)):
                        made = self.predictions(method, domain, budget, repeat)
                        for group, found in made.items():
                            yield method, domain, group, budget, repeat, found

    def _place(self, number: int, fold: Fold, domain: str) -> NDArray[np.int64]:
        """Name the fold in which each test sample is scored.

        `local` and `both` cut a group into folds, but are scored on the whole group, on the same
        samples as `out`.
        """
        rows = fold.tests[domain]
        if domain in {"in", "random"}:
            return np.full(len(rows), number)
        return self.split.fold_of_group[self.split.group[rows]]


def _part(record: Record, domain: str) -> NDArray[Any]:
    at = record.domains.index(domain)
    start = sum(record.sizes[:at])
    return record.predicted[start : start + record.sizes[at]]


def _together(parts: Sequence[tuple[Fold, Record]], domain: str) -> Predictions:
    rows, confidence, brier, log_loss = [], [], 0.0, 0.0
    for fold, record in parts:
        at = record.domains.index(domain)
        start = sum(record.sizes[:at])
        rows.append(fold.tests[domain])
        if record.brier:
            confidence.append(record.confidence[start : start + record.sizes[at]])
            brier += record.brier[at]
            log_loss += record.log_loss[at]
    return Predictions(
        rows=np.concatenate(rows),
        predicted=np.concatenate([_part(record, domain) for _, record in parts]),
        confidence=np.concatenate(confidence) if confidence else np.zeros(0, np.float32),
        brier=brier,
        log_loss=log_loss,
        n_labels=float(np.mean([record.n_labels for _, record in parts])),
        counts=_square(_summed(parts, domain, "counts")),
        boundaries=_summed(parts, domain, "boundaries"),
    )


def _by_chip(record: Record, domain: str, what: str) -> NDArray[np.int64]:
    """Return a domain's counts, one row a chip; no columns where nothing was segmented."""
    counts: NDArray[np.int64] = getattr(record, what)
    at = record.domains.index(domain)
    start = sum(record.sizes[:at])
    return counts.reshape(sum(record.sizes), -1)[start : start + record.sizes[at]]


def _summed(parts: Sequence[tuple[Fold, Record]], domain: str, what: str) -> NDArray[np.int64]:
    rows = np.concatenate([_by_chip(record, domain, what) for _, record in parts])
    return np.asarray(rows.sum(axis=0))


def _square(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    side = round(len(counts) ** 0.5)
    return counts.reshape(side, side)

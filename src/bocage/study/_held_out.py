"""What one method says of every sample that was held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.methods import Method
from bocage.metrics import suspect_labels
from bocage.splits import Budget
from bocage.study._results import Results


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What one method says of every sample that was held out, at one budget.

    Predictions and probabilities are those of the first draw of the budget.

    Attributes
    ----------
    method, place, budget : str
        Names; the place is a domain such as ``out``.
    rows : ndarray of int64, shape (n,)
        Samples of the task.
    truth, predicted : ndarray, shape (n,)
        Codes of classes, or values. Of segmented chips, the class of most pixels.
    confidence, true_probability : ndarray of float32, shape (n,)
        Probabilities of the predicted and of the true class; NaN where they are not known.
    group, fold : ndarray of str, shape (n,)
        What was held out, and the name of its fold.
    draws, draws_wrong : ndarray of int64, shape (n,)
        Draws of the labels that each sample was tested with, and those that gave another class;
        the latter are zeros where the target is a number.
    doubtful : ndarray of bool, shape (n,)
        Suspect labels; see `bocage.metrics.suspect_labels`.
    judged_in : tuple of str
        Domains whose predictions say so: those of models that have learned from other labels of
        the same place. In a new place a confident disagreement is an error of the model three
        times in four (`benchmarks/label_errors.py`). Empty where no such run is finished: then
        nothing is known of wrong labels.
    """

    method: str
    place: str
    budget: str
    rows: NDArray[np.int64]
    truth: NDArray[np.int64] | NDArray[np.float64]
    predicted: NDArray[np.int64] | NDArray[np.float64]
    confidence: NDArray[np.float32]
    true_probability: NDArray[np.float32]
    group: NDArray[np.str_]
    fold: NDArray[np.str_]
    draws: NDArray[np.int64]
    draws_wrong: NDArray[np.int64]
    doubtful: NDArray[np.bool_]
    judged_in: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def residual(self) -> NDArray[np.float64]:
        """Prediction minus truth, of numbers."""
        made: NDArray[np.float64] = self.predicted.astype(np.float64) - self.truth
        return made

    @property
    def typical(self) -> float:
        """Median of the absolute residuals; NaN without samples."""
        return float(np.median(np.abs(self.residual))) if len(self) else float("nan")

    def worst_first(self, *, has_classes: bool) -> NDArray[np.int64]:
        """Return positions of the errors: of classes the wrong ones, of numbers all.

        Suspect labels come first; then what was given the lowest probability of
        being true. Of numbers, the largest absolute residual comes first.
        """
        if not has_classes:
            return np.lexsort((self.rows, -np.abs(self.residual)))
        wrong = np.flatnonzero(self.truth != self.predicted)
        # Where nothing is known of the true class, the surest predictions come first.
        own = np.where(np.isnan(self.true_probability), 0, self.true_probability)[wrong]
        keys = (self.rows[wrong], -np.nan_to_num(self.confidence[wrong]), own)
        return wrong[np.lexsort((*keys, ~self.doubtful[wrong]))]


def held_out(results: Results, method: Method, place: str, budget: Budget) -> HeldOut:
    """Gather what a method says of the samples of a place; groups with a blank fold are left out.

    Parameters
    ----------
    results : Results
    method : Method
    place : str
        Domain, such as ``out``.
    budget : Budget
    """
    task = results.task
    first = results.predictions(method, place, budget, 0)
    parts = list(first.values())
    rows = _joined([part.rows for part in parts], np.int64)
    truth = task.target[rows]
    predicted = _joined([part.predicted for part in parts], task.target.dtype)
    sizes = [len(part.rows) for part in parts]
    confidence = _known([part.confidence for part in parts], sizes)
    own = _known([part.true_probability for part in parts], sizes)
    draws, wrong = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    has_classes, starts = task.kind.has_classes, np.cumsum([0, *sizes])
    for repeat in range(results.n_begun(place, budget)):
        drawn = results.predictions(method, place, budget, repeat)
        for name, start, end in zip(first, starts, starts[1:], strict=False):
            # A fold tests the same samples with every draw.
            if name in drawn:
                draws[start:end] += 1
                if has_classes:
                    wrong[start:end] += drawn[name].predicted != truth[start:end]
    doubtful, judged_in = _doubtful(results, method, budget)
    folds = [fold for fold in results.folds(place) if fold.held_out in first]
    by_group = [fold for name in first for fold in folds if fold.held_out == name]
    return HeldOut(
        method.name,
        place,
        budget.label,
        rows,
        truth,
        predicted,
        confidence,
        own,
        np.repeat(np.array([*first], np.str_), sizes),
        np.repeat(
            np.array([fold.name for fold in by_group], np.str_),
            [len(fold.tests[place]) for fold in by_group],
        ),
        draws,
        wrong,
        doubtful[rows],
        judged_in,
    )


JUDGES = ("local", "random-units", "random")
"""Domains that can tell wrong labels, the best first: their models know the place."""


def _doubtful(
    results: Results, method: Method, budget: Budget
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Tell the labels of the task that are suspect, each by the best domain that tests it.

    Returns
    -------
    found : ndarray of bool, shape (n_samples,)
    judged_in : tuple of str
        Domains that were asked.
    """
    task = results.task
    found, open_ = np.zeros(len(task), bool), np.ones(len(task), bool)
    asked = []
    for domain in JUDGES if task.kind.classifies_samples else ():
        parts = list(results.predictions(method, domain, budget, 0).values())
        rows = _joined([part.rows for part in parts], np.int64)
        if not open_[rows].any():
            continue
        sizes = [len(part.rows) for part in parts]
        flagged = suspect_labels(
            task.target[rows],
            _joined([part.predicted for part in parts], np.int64),
            _known([part.confidence for part in parts], sizes),
            _known([part.true_probability for part in parts], sizes),
        )
        new = open_[rows]
        found[rows[new]] = flagged[new]
        open_[rows] = False
        asked.append(domain)
    return found, tuple(asked)


def _joined(parts: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype)


def _known(parts: Sequence[NDArray[Any]], sizes: Sequence[int]) -> NDArray[np.float32]:
    """Put probabilities together; NaN for the samples of a part that has none."""
    made = [
        part if len(part) == n else np.full(n, np.nan) for part, n in zip(parts, sizes, strict=True)
    ]
    return _joined(made, np.float32)

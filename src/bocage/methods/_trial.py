"""What one setting gave on the inner folds, and which setting is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.methods._temperature import (
    Confidence,
    fit_confidence,
    fit_temperature,
    mean_log_loss,
)

NO_BETTER = 0.01
"""Log losses (nats a sample) that differ by less are the same."""


@dataclass(frozen=True, slots=True)
class InnerScore:
    """What a setting gave on one held-out inner fold.

    Attributes
    ----------
    score : float
        Higher is better; minus infinity for a setting that could not learn.
    weight : float
        Of the fold.
    logs : ndarray of float64, shape (n, n_classes)
        Logarithms of probabilities, up to a constant a row; minus infinity for classes that were
        not learned. Empty for regression.
    true : ndarray of int64, shape (n,)
        Codes.
    """

    score: float
    weight: float
    logs: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    true: NDArray[Any] = field(default_factory=lambda: np.zeros(0, np.int64))


def of_values(true: NDArray[Any], predicted: NDArray[Any]) -> InnerScore:
    """Note what was predicted of held-out values: minus the sum of squares, with weight 1."""
    return InnerScore(-float(np.square(true - predicted).sum()), 1.0)


def shared_recall(
    true: NDArray[Any], predicted: NDArray[Any], learned: NDArray[Any]
) -> tuple[float, float]:
    """Score held-out codes; higher is better.

    Parameters
    ----------
    true, predicted : ndarray of int64, shape (n,)
        Of the held-out rows.
    learned : ndarray of int64
        Codes that were learned from.

    Returns
    -------
    score, weight : float
        Balanced accuracy over the classes that both sides hold, weighted by their number; weight
        0 where there is none.
    """
    n_classes = int(max(true.max(), predicted.max(), learned.max())) + 1
    # A class absent from an inner fold is left out of that fold's score.
    count = np.bincount(true, minlength=n_classes)
    right = np.bincount(true[true == predicted], minlength=n_classes)
    seen = (count > 0) & (np.bincount(learned, minlength=n_classes) > 0)
    if not seen.any():
        return 0.0, 0.0
    return float((right[seen] / count[seen]).mean()), float(seen.sum())


@dataclass(frozen=True, slots=True)
class Choice:
    """The setting that is taken.

    Attributes
    ----------
    at : int or None
        Its position; None where no setting can be scored.
    confidence : Confidence
        Fitted to what it gave on the inner folds; unchanged where these say nothing.
    """

    at: int | None
    confidence: Confidence = field(default_factory=Confidence)


def choose(tried: Sequence[Sequence[InnerScore]]) -> Choice:
    """Take the setting with the best score; ties are broken by log loss, then by position.

    A setting ties with the best where it falls behind by no more than one standard error of
    the difference, over the inner folds. Then that of the smallest log loss is taken, each under
    its own temperature: what any temperature would repair does not count.

    Parameters
    ----------
    tried : sequence of sequence of InnerScore
        Of each setting, its inner folds.
    """
    scores = np.array([[_finite(held.score) for held in folds] for folds in tried])
    weights = np.array([max(h.weight for h in fold) for fold in zip(*tried, strict=True)])
    scores, used = scores[:, weights > 0], weights[weights > 0]
    if not used.size or not np.isfinite(scores).all(axis=1).any():
        # Nothing to choose by may still be something to calibrate by.
        return Choice(None, fit_confidence(*_pooled(tried[0])))
    means = np.average(scores, axis=1, weights=used)
    best = int(np.argmax(means))
    tied = [i for i in range(len(tried)) if _ties(scores[best], scores[i], used)]
    logs = [_pooled(tried[i]) for i in tied]
    if not len(logs[0][1]):
        # A regression: its score is its loss.
        return Choice(best)
    hot = [fit_temperature(*pair) for pair in logs]
    losses = np.array([mean_log_loss(*pair, value) for pair, value in zip(logs, hot, strict=True)])
    first = int(np.flatnonzero(losses <= losses.min() + NO_BETTER)[0])
    return Choice(tied[first], fit_confidence(*logs[first]))


def _ties(best: Floats, other: Floats, weights: Floats) -> bool:
    if not np.isfinite(other).all():
        return False
    behind = best - other
    mean = np.average(behind, weights=weights)
    if len(behind) == 1:
        return bool(mean <= 0)
    spread = np.average(np.square(behind - mean), weights=weights)
    return bool(mean <= np.sqrt(spread / (len(behind) - 1)))


def _pooled(folds: Sequence[InnerScore]) -> tuple[Floats, NDArray[Any]]:
    some = [held for held in folds if len(held.true)] or list(folds[:1])
    return np.concatenate([h.logs for h in some]), np.concatenate([h.true for h in some])


def _finite(score: float) -> float:
    # NumPy's argmax would take a NaN for the best.
    return score if np.isfinite(score) else -np.inf

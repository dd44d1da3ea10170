"""What the few save a linear model of the target: seconds, measured."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from bocage.dimensions._explained import AnyExplanation
from bocage.methods import Head, linear_head

N_PREDICTED = 20_000
"""Samples that are predicted, drawn from the labelled ones."""

REPEATS = 3


@dataclass(frozen=True, slots=True)
class InUse:
    """Linear models (logistic or ridge regression) with the few and with all dimensions.

    Attributes
    ----------
    fit : tuple of float
        Seconds to fit it on all labels: few, all.
    predict : tuple of float
        Seconds to predict a million samples: few, all.
    """

    fit: tuple[float, float]
    predict: tuple[float, float]


def in_use(found: AnyExplanation) -> InUse | None:
    """Measure the subset beside all dimensions; None without a subset."""
    if not found.together.bands:
        return None
    problem = found.problem
    few = [problem.bands.index(band) for band in found.together.bands]
    parts = [_seconds(problem.X[:, few], found), _seconds(problem.X, found)]
    fit, predict = zip(*parts, strict=True)
    return InUse(fit, predict)


def _seconds(X: NDArray[np.float64], found: AnyExplanation) -> tuple[float, float]:
    rows = np.random.default_rng(0).integers(0, len(X), N_PREDICTED)
    many = np.ascontiguousarray(X[rows])
    task = found.problem.task
    fits, predictions = [], []
    for _ in range(REPEATS):
        head = Head(linear_head(task.kind), task.kind.name, n_classes=task.n_classes)
        start = perf_counter()
        head.fit(X, task.target)
        fits.append(perf_counter() - start)
        start = perf_counter()
        head.predict(many)
        predictions.append((perf_counter() - start) * 1e6 / N_PREDICTED)
    return min(fits), min(predictions)

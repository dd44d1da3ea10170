"""What the few save: seconds of a linear model of all classes, measured."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from bocage.explain._explanation import Explanation
from bocage.methods import Head

N_PREDICTED = 100_000
"""Samples that are predicted, drawn from the labelled ones."""

REPEATS = 3


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds with the few and with all dimensions.

    Attributes
    ----------
    fit : tuple of float
        To fit logistic regression on all labels: few, all.
    predict : tuple of float
        To predict a million samples: few, all.
    """

    fit: tuple[float, float]
    predict: tuple[float, float]


def costs(found: Explanation) -> Costs | None:
    """Measure the subset for all classes beside all dimensions; None without a subset."""
    if not found.together.bands:
        return None
    problem = found.problem
    few = [problem.bands.index(band) for band in found.together.bands]
    parts = [_measured(problem.X[:, few], found), _measured(problem.X, found)]
    fit, predict = zip(*parts, strict=True)
    return Costs(fit, predict)


def _measured(X: NDArray[np.float64], found: Explanation) -> tuple[float, float]:
    problem = found.problem
    rows = np.random.default_rng(0).integers(0, len(X), N_PREDICTED)
    many = np.ascontiguousarray(X[rows])
    fits, predictions = [], []
    for _ in range(REPEATS):
        start = perf_counter()
        head = Head("logistic", n_classes=problem.n_classes).fit(X, problem.codes)
        fits.append(perf_counter() - start)
        start = perf_counter()
        head.predict(many)
        predictions.append((perf_counter() - start) * 1e6 / N_PREDICTED)
    return min(fits), min(predictions)

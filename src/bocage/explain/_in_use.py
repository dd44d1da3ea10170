"""What the few are worth to a linear model of all classes: its score and seconds, measured."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from bocage.explain._explanation import Explanation
from bocage.explain._linear_path import Moments
from bocage.explain._orders import forward
from bocage.explain._problem import Problem
from bocage.methods import Head

Ints = NDArray[np.int64]

N_PREDICTED = 100_000
"""Samples that are predicted, drawn from the labelled ones."""

REPEATS = 3


@dataclass(frozen=True, slots=True)
class InUse:
    """Logistic regression of all classes with the few and with all dimensions.

    Attributes
    ----------
    score : tuple of float
        Balanced accuracy on new blocks or places, mean over places: few, all. As many dimensions
        as are enough, chosen for each fold with all labels but the tested ones.
    fit : tuple of float
        Seconds to fit it on all labels: few, all.
    predict : tuple of float
        Seconds to predict a million samples: few, all.
    """

    score: tuple[float, float]
    fit: tuple[float, float]
    predict: tuple[float, float]


def in_use(found: Explanation) -> InUse | None:
    """Measure the subset for all classes beside all dimensions; None without a subset."""
    if not found.together.bands:
        return None
    problem = found.problem
    few = [problem.bands.index(band) for band in found.together.bands]
    parts = [_seconds(problem.X[:, few], found), _seconds(problem.X, found)]
    fit, predict = zip(*parts, strict=True)
    return InUse(_scores(found), fit, predict)


def _head(found: Explanation, X: NDArray[np.float64], codes: Ints) -> Head:
    return Head("logistic", n_classes=found.problem.n_classes).fit(X, codes)


def _seconds(X: NDArray[np.float64], found: Explanation) -> tuple[float, float]:
    rows = np.random.default_rng(0).integers(0, len(X), N_PREDICTED)
    many = np.ascontiguousarray(X[rows])
    fits, predictions = [], []
    for _ in range(REPEATS):
        start = perf_counter()
        head = _head(found, X, found.problem.codes)
        fits.append(perf_counter() - start)
        start = perf_counter()
        head.predict(many)
        predictions.append((perf_counter() - start) * 1e6 / N_PREDICTED)
    return min(fits), min(predictions)


def chosen_without(problem: Problem, tests: Ints, k: int, among: NDArray[np.bool_]) -> Ints:
    """Order dimensions for some classes together, the first k chosen without the tested rows."""
    rest = np.setdiff1d(np.arange(len(problem.codes)), tests)
    moments = Moments.of(problem.X[rest], problem.codes[rest], problem.n_classes)
    return np.asarray(forward(moments.one_vs_rest(), k, joint=among)[0])


def _scores(found: Explanation) -> tuple[float, float]:
    problem, k = found.problem, found.together.k
    m = problem.n_classes
    among = np.array([label not in found.left_out for label in problem.classes])
    right: dict[str, NDArray[np.float64]] = {}
    for fold in problem.folds:
        tests = fold.tests[fold.regime]
        if fold.regime != found.where or len(np.unique(problem.codes[fold.pool])) < 2:  # noqa: PLR2004
            continue
        order = chosen_without(problem, tests, k, among)
        counts = right.setdefault(fold.held_out, np.zeros((3, m)))
        for number, bands in enumerate((order[:k], np.arange(len(order)))):
            head = _head(found, problem.X[np.ix_(fold.pool, bands)], problem.codes[fold.pool])
            said = head.predict(problem.X[np.ix_(tests, bands)])
            hit = problem.codes[tests][said == problem.codes[tests]]
            counts[number] += np.bincount(hit, minlength=m)
        counts[2] += np.bincount(problem.codes[tests], minlength=m)
    scores = [
        (counts[:2, counts[2] > 0] / counts[2, counts[2] > 0]).mean(axis=1)
        for counts in right.values()
    ]
    few, all_ = np.mean(scores, axis=0)
    return float(few), float(all_)

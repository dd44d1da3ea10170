"""What randomised labels reach, the best of all classes counted."""

import math
from collections.abc import Mapping

import numpy as np

from bocage.core import Floats, Ints, progress
from bocage.dimensions._linear_path import Moments
from bocage.dimensions._null import Neighbours
from bocage.dimensions._problem import REGIMES, Problem
from bocage.splits import Fold

LEVEL = 0.05
"""Chance that any class at all is distinguished where labels are randomised."""

N_NULL = 39
"""Moves of the labels, so that two of forty are beyond the second of them."""

MANY, FEWER = 256, 19
"""Of more dimensions, so many moves must do: time grows with their cube."""


def chance(problem: Problem) -> Mapping[tuple[str, str], float]:
    """Tell what score of each class chance exceeds for none of the classes in 19 of 20 cases.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    mapping of (str, str) to float
        By regime and class: limits of 2 x balanced accuracy - 1 of ridge classifiers of all
        dimensions, mean over places; see `limits`.
    """
    n_null = N_NULL if problem.X.shape[1] <= MANY else FEWER
    ground = Neighbours(problem.xy, problem.split.group)
    rng = np.random.default_rng(0)
    made: dict[str, list[Floats]] = {regime: [] for regime in REGIMES}
    with progress("chance", n_null) as advance:
        for _ in range(n_null):
            moved = ground.move(problem.codes, rng)
            for regime in REGIMES:
                folds = [fold for fold in problem.folds if fold.regime == regime]
                if folds:
                    made[regime].append(scores_of(problem, folds, moved))
            advance(1)
    return {
        (regime, label): float(np.clip(limit, 0.0, 1.0))  # no score is above 1
        for regime, found in made.items()
        if found
        for label, limit in zip(problem.classes, limits(np.stack(found)), strict=True)
    }


def limits(scores: Floats, level: float = LEVEL) -> Floats:
    """Return limits that are passed anywhere with a probability of `level`.

    Parameters
    ----------
    scores : ndarray of float64, shape (r, ...)
        Of r moves of the labels; NaN where one has no score.
    level : float

    Returns
    -------
    ndarray of float64, shape (...)
        NaN where fewer than three moves have a score. Scores are put to one scale by mean and
        spread, and the largest of each move is what chance can do (Westfall and Young 1993). A
        move is measured by the others, as the truth is by all: by its own share in them it would
        look tamer than the truth.
    """
    known = np.isfinite(scores)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, scores, 0.0).sum(axis=0) / n
        away = np.where(known, scores - mean, 0.0)
        squares = np.square(away).sum(axis=0)
        spread = np.where(n > 2, np.sqrt(squares / (n - 1)), np.nan)  # noqa: PLR2004
        # Distance from the mean of the others, and their spread.
        others = np.sqrt(np.maximum(squares - np.square(away) * n / (n - 1), 0.0) / (n - 2))
        scaled = np.where(known & (others > 0), away * n / (n - 1) / others, 0.0)
    largest = np.sort(scaled.reshape(len(scores), -1).max(axis=1))
    # Of r moves and the truth, one in 1 / level is beyond this.
    at = min(math.ceil((1 - level) * (len(largest) + 1)), len(largest)) - 1
    return np.asarray(mean + largest[at] * spread, np.float64)


def scores_of(problem: Problem, folds: list[Fold], codes: Ints) -> Floats:
    """Score each class as `curves` does with all dimensions, mean over places, (n_classes,)."""
    m = problem.n_classes
    places: dict[str, Floats] = {}
    for fold in folds:
        tests = fold.tests[fold.regime]
        normal = Moments.of(problem.X[fold.pool], codes[fold.pool], m).one_vs_rest()
        weights = normal.weights() / normal.spread
        said = problem.X[tests] @ weights.T > np.einsum("md,md->m", weights, normal.mean)
        own = codes[tests][:, None] == np.arange(m)
        counts = places.setdefault(fold.held_out, np.zeros((4, m)))
        counts += [(part).sum(axis=0) for part in (said & own, own, ~said & ~own, ~own)]
    counts = np.stack(list(places.values()))
    with np.errstate(invalid="ignore", divide="ignore"):
        score = counts[:, 0] / counts[:, 1] + counts[:, 2] / counts[:, 3] - 1.0
        known = np.isfinite(score)
        return np.asarray(np.where(known, score, 0.0).sum(axis=0) / known.sum(axis=0), np.float64)

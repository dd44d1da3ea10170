"""What tree models know of a number that no straight line does."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from bocage.core import Floats, Ints, content_key, progress
from bocage.dimensions._curves import KEEP
from bocage.dimensions._fold_model import FoldModel
from bocage.dimensions._importance import ROUNDS
from bocage.dimensions._problem import Problem
from bocage.dimensions.numbers._random_targets import Meaningless
from bocage.dimensions.numbers._tested import Tested
from bocage.methods import HEADS, Head
from bocage.splits import Fold
from bocage.stats import Estimate, interval
from bocage.study import scores

MODEL = "lightgbm"

N_FOLDS = 12
"""Folds that trees are asked on, the places in turn."""

MOST_LEARNED = 2_000
"""Labels that trees learn from on a fold."""

N_NULL = 19
"""Moves of the numbers: one in 20 is beyond them all."""

MOST_NAMED = 4
"""Dimensions that are named."""


@dataclass(frozen=True, slots=True)
class Curved:
    """Boosted trees beside a straight line, on the same folds.

    Attributes
    ----------
    score, line : float
        R2 of boosted trees and of a straight line, of all dimensions.
    more : Estimate
        First less second, with its 95 % interval.
    is_told : bool
        Whether trees tell the number where the line does not: better than each of 19 moves of it.
        False where that was not asked, as the line tells it.
    chance : float
        What the best of these moves reached; NaN where that was not asked.
    bands : tuple of str
        By what shuffling them costs, as many as keep 98 % of the trees' R2; empty where more than
        four are needed, or they were not asked for.
    over_places : bool
    """

    score: float
    line: float
    more: Estimate
    is_told: bool = False
    chance: float = float("nan")
    bands: tuple[str, ...] = ()
    over_places: bool = False

    @property
    def is_more(self) -> bool:
        """Whether trees are shown to know more than the line."""
        return self.score > 0 and self.more.low > 0


def curved(
    problem: Problem, regime: str, models: Mapping[str, FoldModel], *, line_tells: bool
) -> Curved:
    """Ask boosted trees.

    Parameters
    ----------
    problem : Problem
    regime : str
        Place that is judged.
    models : mapping of str to FoldModel
        By name of the fold: the straight lines.
    line_tells : bool
        Whether a straight line tells the number: else trees are held against numbers without
        meaning, and asked by which dimensions they tell it.
    """
    tested = Tested.of(problem, regime, N_FOLDS)
    every = np.arange(len(problem.bands))
    # Nobody knows how many numbers trees learn; the straight line's are taken for both.
    predict = partial(_pair, problem, models, every)
    pair = tested.tally(["trees", "line"], predict, n_dimensions=[len(every)] * 2)
    score, line = scores(pair, tested.metric)
    drawn = tested.resampled(pair)
    values = drawn.values[:, 0] - drawn.values[:, 1]
    more = interval(score - line, values) if drawn.known else Estimate(float(score - line))
    made = Curved(float(score), float(line), more, over_places=drawn.unit == "groups")
    if line_tells or score <= 0:
        return made
    best = _best_by_chance(tested, every)
    if score <= best:
        return Curved(made.score, made.line, more, False, best, (), made.over_places)
    bands = _few(tested, float(score))
    return Curved(made.score, made.line, more, True, best, bands, made.over_places)


def _best_by_chance(tested: Tested, every: Ints) -> float:
    move, rng = Meaningless(tested.problem).ways[0], np.random.default_rng(1)
    found = [0.0]
    with progress("chance of trees", N_NULL) as advance:
        for _ in range(N_NULL):
            y = move(tested.problem.target, rng)
            predict = partial(_trees, tested.problem, y, every)
            found.append(float(tested.scores(["trees"], predict, y)[0]))
            advance(1)
    return float(np.nanmax(found))


def _few(tested: Tested, score: float) -> tuple[str, ...]:
    """Name the dimensions that cost most when shuffled, as many as are enough."""
    problem = tested.problem
    cost = np.mean([_costs(problem, fold) for fold in tested.folds], axis=0)
    order = np.argsort(-cost, kind="stable")[:MOST_NAMED]
    for k in range(1, len(order) + 1):
        predict = partial(_trees, problem, problem.target, order[:k])
        if tested.scores(["trees"], predict, problem.target)[0] >= KEEP * score:
            return tuple(problem.bands[at] for at in order[:k])
    return ()


def _pair(problem: Problem, models: Mapping[str, FoldModel], at: Ints, fold: Fold) -> Floats:
    return np.concatenate([_trees(problem, problem.target, at, fold), models[fold.name].said[None]])


def _trees(problem: Problem, y: Floats, at: Ints, fold: Fold) -> Floats:
    """Predict the tests of a fold from some dimensions, shape (1, n_tests)."""
    rows = _learned(fold)
    X = problem.X[:, at]
    head = _fitted(problem, X[rows], y[rows])
    return np.asarray(head.predict(X[fold.tests[fold.regime]])[None], np.float64)


def _costs(problem: Problem, fold: Fold) -> Floats:
    """Return what shuffling each dimension adds to squared errors, tests not seen, shape (d,)."""
    rows = _learned(fold)
    rng = np.random.default_rng(int(content_key([problem.key, fold.name])[:7], 16))
    rows = rng.permutation(rows)
    held, known = np.split(rows, [len(rows) // 4])
    head = _fitted(problem, problem.X[known], problem.target[known])
    X, y = problem.X[held], problem.target[held]

    def error(values: Floats) -> float:
        return float(np.square(head.predict(values) - y).mean())

    whole, cost = error(X), np.zeros(X.shape[1])
    for at in range(X.shape[1]):
        for _ in range(ROUNDS):
            other = X.copy()
            other[:, at] = rng.permutation(other[:, at])
            cost[at] += error(other) - whole
    return cost


def _fitted(problem: Problem, X: Floats, y: Floats) -> Head:
    kind = problem.task.kind
    return Head(MODEL, kind.name, dict(HEADS[MODEL].grid[kind.name][0])).fit(X, y)


def _learned(fold: Fold) -> Ints:
    if len(fold.pool) <= MOST_LEARNED:
        return fold.pool
    return np.sort(np.random.default_rng(0).choice(fold.pool, MOST_LEARNED, replace=False))

"""Ablation curves of a number: its R2 by the number of dimensions."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from bocage.core import Floats, Ints, content_key
from bocage.dimensions._curves import Curve, Few
from bocage.dimensions._linear import DEPTH, N_RANDOM
from bocage.dimensions._orders import components, forward, random_orders, ranked
from bocage.dimensions._problem import Problem
from bocage.dimensions.numbers._design import ScaledFold, normal_of
from bocage.dimensions.numbers._tested import Tested
from bocage.splits import Fold
from bocage.study import Resamples, scores


def curves_of(
    tested: Tested, designs: Mapping[str, ScaledFold], chance: float
) -> tuple[Curve, ...]:
    """Follow R2 from one dimension to all, in the orders that `bocage.dimensions.HOW` names.

    Parameters
    ----------
    tested : Tested
    designs : mapping of str to ScaledFold
        By name of the fold.
    chance : float
        What randomised targets reach.
    """
    problem = tested.problem
    steps = min(len(problem.bands), DEPTH)
    sizes = [*range(1, steps + 1), len(problem.bands)]
    names = [*map(str, sizes[:-1]), "all"]
    made = []
    for how in ("forward", "ranked", "elsewhere", "random", "pca"):
        orders = {f.name: _orders(problem, f, designs[f.name], how) for f in tested.folds}
        if not all(orders.values()):
            continue
        seen = {f.name: _turned(problem, f, designs[f.name], how) for f in tested.folds}
        predict = partial(_steps, seen, orders, steps)
        tally = tested.tally(names, predict, n_dimensions=sizes)
        found = scores(tally, tested.metric)
        low = high = np.full(len(found), np.nan)
        if how == "forward":
            low, high = ends_of(tested.resampled(tally))
        made.append(
            Curve(
                tested.regime, "ridge", how, "", _places(tested), found[:-1], low[:-1], high[:-1],
                float(found[-1]), chance, Few(None), Few(None),
            )
        )  # fmt: skip
    return tuple(made)


def ends_of(drawn: Resamples) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % intervals of scores, shape (M,) each; NaN without any."""
    made = [drawn.estimate(name) for name in drawn.methods]
    return np.array([one.low for one in made]), np.array([one.high for one in made])


def _steps(
    designs: Mapping[str, ScaledFold], orders: Mapping[str, Sequence[Ints]], steps: int, fold: Fold
) -> Floats:
    """Predict in every order, shape (R, K + 1, n_tests)."""
    return np.stack([designs[fold.name].steps(order, steps) for order in orders[fold.name]])


def _places(tested: Tested) -> tuple[str, ...]:
    return tuple(tested.problem.split.groups[at] for at in np.unique(tested.group))


def _orders(problem: Problem, fold: Fold, design: ScaledFold, how: str) -> Sequence[Ints]:
    """Give the orders of a fold; several at random, none where there is nothing to choose by."""
    d = len(problem.bands)
    if how == "random":
        seed = int(content_key([problem.key, fold.name])[:7], 16)
        return [random_orders(1, d, seed + repeat)[0] for repeat in range(N_RANDOM)]
    if how == "pca":
        return [np.arange(d)]
    if how == "ranked":
        return [ranked(design.normal)[0][0]]
    if how == "forward":
        return [forward(design.normal, min(d, DEPTH))[0]]
    outside = np.flatnonzero(problem.split.group != problem.split.group[fold.tests[fold.regime][0]])
    if fold.regime != "local" or not len(outside):
        return []
    normal, _ = normal_of(problem.X[outside], problem.target[outside])
    return [forward(normal, min(d, DEPTH))[0]]


def _turned(problem: Problem, fold: Fold, design: ScaledFold, how: str) -> ScaledFold:
    """Put principal components in place of the dimensions, where that is asked."""
    if how != "pca":
        return design
    axes = components(problem.X[fold.pool])
    turned = Problem(problem.task, problem.split, problem.name, problem.bands, problem.X @ axes)
    return ScaledFold.of(turned, fold)


def order_without(problem: Problem, tests: Ints) -> Ints:
    """Choose dimensions one by one with all labels but the tested ones."""
    rest = np.setdiff1d(np.arange(len(problem.task)), tests)
    normal, _ = normal_of(problem.X[rest], problem.target[rest])
    return np.asarray(forward(normal, min(len(problem.bands), DEPTH))[0], np.int64)

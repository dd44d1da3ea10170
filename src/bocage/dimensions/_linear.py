"""Ridge classifiers on every fold: all classes and all subsets at once."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bocage.core import content_key, progress
from bocage.dimensions._ablation import Ablation
from bocage.dimensions._linear_path import Moments, RidgePath
from bocage.dimensions._orders import components, forward, random_orders, ranked
from bocage.dimensions._problem import Problem
from bocage.splits import Fold

DEPTH = 128
"""Subsets of more dimensions are not looked at one by one."""

N_RANDOM = 5
"""Random orders on each fold."""

HOW = {
    "ranked": "by absolute weight",
    "forward": "forward selection",
    "pooled": "forward selection, with all labels except the tested ones",
    "joint": "the same, one selection for all classes together",
    "elsewhere": "forward selection, with labels of other places",
    "random": "random order",
    "pca": "principal components instead of dimensions",
}
"""How dimensions are ordered."""


def linear_ablations(problem: Problem) -> tuple[Ablation, ...]:
    """Ablate every class on every fold with ridge classifiers.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Ablation
        With `how` as in `HOW`.
    """
    made: list[Ablation] = []
    with progress("linear", len(problem.folds)) as advance:
        orders = _orders_elsewhere(problem)
        every = Moments.of(problem.X, problem.codes, problem.n_classes)
        for fold in problem.folds:
            made += _fold(problem, fold, every, orders)
            advance(1)
    return tuple(made)


def _orders_elsewhere(problem: Problem) -> dict[str, NDArray[np.int64]]:
    """Choose dimensions by the labels from outside each place."""
    found = {}
    for fold in problem.folds:
        if fold.regime == "out":
            normal = _moments(problem, fold.pool).one_vs_rest()
            found[fold.held_out] = forward(normal, min(problem.X.shape[1], DEPTH))
    return found


def _moments(
    problem: Problem, rows: NDArray[np.int64], X: NDArray[np.float64] | None = None
) -> Moments:
    values = problem.X if X is None else X
    return Moments.of(values[rows], problem.codes[rows], problem.n_classes)


def _fold(
    problem: Problem, fold: Fold, every: Moments, elsewhere: dict[str, NDArray[np.int64]]
) -> Iterator[Ablation]:
    tests = fold.tests[fold.regime]
    known = problem.known(fold.pool)
    normal = _moments(problem, fold.pool).one_vs_rest()
    others = (every - _moments(problem, tests)).one_vs_rest()
    order, importance = ranked(normal)
    m, d = order.shape
    steps = min(d, DEPTH)
    key = [problem.key, fold.name]
    seed = int(content_key(key)[:7], 16)
    X = problem.X[tests]
    together = forward(others, steps, joint=known) if known.any() else order
    ways: list[tuple[str, int, RidgePath, NDArray[np.float64]]] = [
        ("ranked", 0, normal.path(order, steps), X),
        ("forward", 0, normal.path(forward(normal, steps), steps), X),
        # As chosen with all labels, but for those that are tested here.
        ("pooled", 0, normal.path(forward(others, steps), steps), X),
        ("joint", 0, normal.path(together, steps), X),
    ]
    if fold.regime == "local" and fold.held_out in elsewhere:
        ways.append(("elsewhere", 0, normal.path(elsewhere[fold.held_out], steps), X))
    ways += [
        ("random", repeat, normal.path(random_orders(m, d, seed + repeat), steps), X)
        for repeat in range(N_RANDOM)
    ]
    axes = components(problem.X[fold.pool])
    turned = problem.X @ axes
    rotated = _moments(problem, fold.pool, turned).one_vs_rest()
    ways.append(("pca", 0, rotated.path(np.tile(np.arange(d), (m, 1)), steps), turned[tests]))
    for how, repeat, path, values in ways:
        own, rest = _right(path, values, problem.codes[tests])
        for code in np.flatnonzero(known):
            yield _record(
                problem, fold, key, int(code), how, repeat, path.order[code, :steps],
                importance[code] if how == "ranked" else np.zeros(0), own[code], rest[code],
            )  # fmt: skip


def _right(
    path: RidgePath, X: NDArray[np.float64], codes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count what each classifier puts right, shape (m, K + 1): of the class, of the rest."""
    said = path.decide(X)
    own = np.arange(len(path.order))[:, None] == codes
    return (
        (said & own[:, :, None]).sum(axis=1, dtype=np.int64),
        (~said & ~own[:, :, None]).sum(axis=1, dtype=np.int64),
    )


def _record(
    problem: Problem, fold: Fold, key: list[str], code: int, how: str, repeat: int,
    order: NDArray[np.int64], importance: NDArray[np.float64], own: NDArray[np.int64],
    rest: NDArray[np.int64],
) -> Ablation:  # fmt: skip
    tests = fold.tests[fold.regime]
    n_own = int((problem.codes[tests] == code).sum())
    return Ablation(
        key=content_key([*key, problem.classes[code], "ridge", how, repeat]),
        fold=fold.name,
        regime=fold.regime,
        place=fold.held_out,
        label=problem.classes[code],
        model="ridge",
        how=how,
        repeat=repeat,
        n_train=len(fold.pool),
        n_own=n_own,
        n_rest=len(tests) - n_own,
        order=order,
        importance=importance,
        own=own,
        rest=rest,
    )

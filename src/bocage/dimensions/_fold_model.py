"""The linear model of a comparison on one fold: with all dimensions, and with few."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, Kind
from bocage.dimensions._problem import Problem
from bocage.splits import Fold, InnerMaker

MOST_LABELS = 5_000
"""Labels that a fold learns from at most."""

TRIALS = 4
"""Penalties that are tried, as in `compare`."""


@dataclass(frozen=True, slots=True)
class FoldModel:
    """Logistic or ridge regression on one fold: what it says with all dimensions, and with few.

    Attributes
    ----------
    features : Matrix
    target : ndarray, shape (n,)
        Of all samples of the task.
    kind : Kind
    n_classes : int
    params : dict
        The penalty that was chosen for all dimensions; empty where nothing can be learned.
    pool, tests : ndarray of int64
        Rows learned from, and tested.
    order : ndarray of int64
        Dimensions, the first to be used first; chosen without the tested rows.
    said : ndarray, shape (n_tests,)
        With all dimensions.
    """

    features: Any
    target: NDArray[Any]
    kind: Kind
    n_classes: int
    params: dict[str, Any]
    pool: Ints
    tests: Ints
    order: Ints
    said: NDArray[Any]

    @classmethod
    def of(cls, problem: Problem, fold: Fold, order: Ints) -> "FoldModel":
        """Learn with all dimensions, as a comparison does with all labels."""
        from bocage.methods import Effort, Recipe, Views, linear_head, parse_method

        task, tests, pool = problem.task, fold.tests[fold.regime], fold.pool
        if len(pool) > MOST_LABELS:
            rng = np.random.default_rng(0)
            pool = np.sort(rng.choice(pool, MOST_LABELS, replace=False))
        method = parse_method(f"{problem.name}:{linear_head(task.kind)}")
        views = Views(task)
        features = views.table((problem.name,))
        known = np.unique(task.target[pool])
        said: NDArray[Any]
        if len(known) < 2:  # noqa: PLR2004 - one class, or one number: nothing is learned
            said, params = np.full(len(tests), known[0]), {}
        else:
            inner = InnerMaker(task, problem.split).make(fold, pool)
            fitted = method.fit(views, pool, inner, Effort(TRIALS, Recipe(), 0))
            said, params = fitted.learner.predict(tests), fitted.params
        return cls(
            features, task.target, task.kind, problem.n_classes, params, pool, tests, order, said
        )

    def few(self, k: int) -> NDArray[Any]:
        """Predict the tested samples with the first k dimensions."""
        return self.with_only(self.order[:k])

    def with_only(self, at: Ints) -> NDArray[Any]:
        """Predict the tested samples with some dimensions, under the same penalty."""
        from bocage.methods import Head, linear_head

        if not self.params:
            return self.said
        head = Head(
            linear_head(self.kind), self.kind.name, self.params, self.n_classes,
            self.features.standardise[at],
        ).fit(self.features.values[np.ix_(self.pool, at)], self.target[self.pool])  # fmt: skip
        return np.asarray(head.predict(self.features.values[np.ix_(self.tests, at)]))

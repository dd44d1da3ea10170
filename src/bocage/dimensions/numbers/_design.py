"""Straight lines on every fold: what they learn from, and what they say."""

from dataclasses import dataclass

import numpy as np

from bocage.core import Floats, Ints
from bocage.dimensions._linear_path import ALPHA, NormalEquations
from bocage.dimensions._problem import Problem
from bocage.splits import Fold


def normal_of(X: Floats, y: Floats) -> tuple[NormalEquations, float]:
    """Give the normal equations of a number, m = 1, and the mean that is to be added.

    Parameters
    ----------
    X : ndarray of float64, shape (n, d)
        Near 0, or digits are lost.
    y : ndarray of float64, shape (n,)
    """
    n, middle = len(X), float(y.mean())
    cross = (y - middle) @ X / n
    return NormalEquations.of(X.mean(axis=0)[None], cross[None], (X.T @ X / n)[None]), middle


@dataclass(frozen=True, slots=True, eq=False)
class ScaledFold:
    """The dimensions of one fold on the scale of its labels: what any numbers of these share.

    Attributes
    ----------
    X : ndarray of float64, shape (n, d)
        Of all samples.
    fold : Fold
    normal : NormalEquations
        Of the numbers as they are.
    middle : float
        Mean number of the labels.
    """

    X: Floats
    fold: Fold
    normal: NormalEquations
    middle: float

    @classmethod
    def of(cls, problem: Problem, fold: Fold) -> "ScaledFold":
        """Standardise by the labels that a fold learns from."""
        return cls(problem.X, fold, *normal_of(problem.X[fold.pool], problem.target[fold.pool]))

    @property
    def tested(self) -> Floats:
        """Standardised values of the tests, shape (n_tests, d)."""
        made = self.X[self.fold.tests[self.fold.regime]] - self.normal.mean[0]
        return np.asarray(made * self._scale, np.float64)

    @property
    def _scale(self) -> Floats:
        """What values are multiplied by; 0 for dimensions that never vary among the labels."""
        varies = np.einsum("jj->j", self.normal.gram[0]) > 0
        return np.where(varies, 1.0 / self.normal.spread[0], 0.0)

    def alone(self, target: Floats) -> Floats:
        """Predict from each dimension by itself, shape (d, n_tests)."""
        middle, goal = self._goals(target[None])
        return np.asarray(middle[0] + (self.tested * (goal[0] / (1.0 + ALPHA))).T, np.float64)

    def whole(self, targets: Floats) -> Floats:
        """Predict each of r numbers, shape (r, n), from all dimensions: (r, n_tests)."""
        middle, goal = self._goals(targets)
        gram = self.normal.gram[0] + ALPHA * np.eye(self.X.shape[1])
        weights = np.linalg.solve(gram, goal.T)
        return np.asarray(middle[:, None] + (self.tested @ weights).T, np.float64)

    def _goals(self, targets: Floats) -> tuple[Floats, Floats]:
        """Give means of numbers, shape (r,), and their covariances with dimensions, (r, d)."""
        y = targets[:, self.fold.pool]
        middle = y.mean(axis=1)
        goal = (y - middle[:, None]) @ self.X[self.fold.pool] / y.shape[1]
        return middle, goal * self._scale

    def steps(self, order: Ints, k: int) -> Floats:
        """Predict from the first 1, 2, ... k dimensions of an order, and from all: (k + 1, n)."""
        path = self.normal.path(order[None], k)
        weights = path.coef[0] * self.normal.spread[0, order]
        return np.asarray(self.middle + weights @ self.tested[:, order].T, np.float64)

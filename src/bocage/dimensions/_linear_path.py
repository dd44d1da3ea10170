"""Ridge classifiers on nested subsets of dimensions, all from one factorisation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Ints

ALPHA = 1e-2
"""Ridge penalty beside standardised dimensions with a mean square of 1."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the samples of each class: all that a ridge classifier learns from.

    They add up: those of several places are the sum of the places', and each one-vs-rest problem
    takes its own class from the total.

    Attributes
    ----------
    n : ndarray of float64, shape (n_classes,)
        Samples, or sums of their weights.
    first : ndarray of float64, shape (n_classes, d)
        Sums of the dimensions.
    second : ndarray of float64, shape (n_classes, d, d)
        Sums of products of two dimensions.
    """

    n: Floats
    first: Floats
    second: Floats

    @classmethod
    def of(cls, X: Floats, codes: Ints, n_classes: int) -> "Moments":
        """Sum samples; values should lie near 0, or digits are lost.

        Parameters
        ----------
        X : ndarray of float64, shape (n, d)
        codes : ndarray of int64, shape (n,)
        n_classes : int
        """
        parts = [X[codes == code] for code in range(n_classes)]
        return cls(
            np.array([float(len(part)) for part in parts]),
            np.stack([part.sum(axis=0) for part in parts]),
            np.stack([part.T @ part for part in parts]),
        )

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.n + other.n, self.first + other.first, self.second + other.second)

    def __mul__(self, weight: float) -> "Moments":
        return Moments(self.n * weight, self.first * weight, self.second * weight)

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(self.n - other.n, self.first - other.first, self.second - other.second)

    def one_vs_rest(self) -> "NormalEquations":
        """Weigh each class as much as all others together; one without samples learns nothing."""
        n, first, second = self.n, self.first, self.second
        rest = n.sum() - n
        able = (n > 0) & (rest > 0)
        own, other = (0.5 * able / np.where(able, part, 1.0) for part in (n, rest))
        mine, theirs = first * own[:, None], (first.sum(axis=0) - first) * other[:, None]
        both = second * own[:, None, None]
        both += (second.sum(axis=0) - second) * other[:, None, None]
        # The mean label is 0, so that the covariance needs no centring.
        return NormalEquations.of(mine + theirs, mine - theirs, both)


@dataclass(frozen=True, slots=True)
class NormalEquations:
    """Normal equations of linear models on standardised dimensions.

    Attributes
    ----------
    mean, spread : ndarray of float64, shape (m, d)
        Of each problem's weighted samples; a spread of 0 is put to 1.
    gram : ndarray of float64, shape (m, d, d)
        Correlations between dimensions.
    goal : ndarray of float64, shape (m, d)
        Covariance of each dimension with what is to be told: the label (1 or -1), or a number.
    """

    mean: Floats
    spread: Floats
    gram: Floats
    goal: Floats

    @classmethod
    def of(cls, mean: Floats, cross: Floats, both: Floats) -> "NormalEquations":
        """Centre and scale weighted means.

        Parameters
        ----------
        mean : ndarray of float64, shape (m, d)
            Of the dimensions.
        cross : ndarray of float64, shape (m, d)
            Of the products of a dimension with what is to be told, whose mean is 0.
        both : ndarray of float64, shape (m, d, d)
            Of the products of two dimensions.
        """
        gram = both - mean[:, :, None] * mean[:, None, :]
        variance = np.einsum("mjj->mj", gram)
        # What is left of a constant dimension is rounding.
        is_flat = ~(variance > 1e-12 * np.einsum("mjj->mj", both))
        spread = np.sqrt(np.where(is_flat, 1.0, variance))
        goal = np.where(is_flat, 0.0, cross / spread)
        gram = gram / (spread[:, :, None] * spread[:, None, :])
        gram[np.broadcast_to(is_flat[:, :, None] | is_flat[:, None, :], gram.shape)] = 0.0
        return cls(mean, spread, gram, goal)

    def weights(self, alpha: float = ALPHA) -> Floats:
        """Return weights of all dimensions, standardised, shape (m, d)."""
        gram = self.gram + alpha * np.eye(self.gram.shape[-1])
        found = np.linalg.solve(gram, self.goal[..., None])
        return np.asarray(found[..., 0], np.float64)

    def path(self, order: Ints, steps: int | None = None, alpha: float = ALPHA) -> "RidgePath":
        """Fit ridge classifiers on the first 1, 2, ... dimensions of an order, and on all.

        The Cholesky factor of a leading block is the leading block of the factor, and so for its
        inverse: one factorisation a problem gives all subsets.

        Parameters
        ----------
        order : ndarray of int64, shape (m, d)
            Dimensions of each problem, the first to be used first.
        steps : int, optional
            Subsets of 1, 2, ... so many dimensions; d unless given.
        alpha : float
            Penalty.
        """
        m, d = order.shape
        k = min(steps or d, d)
        at, first = np.arange(m)[:, None], order[:, :k]
        gram = self.gram[at[:, :, None], first[:, :, None], first[:, None, :]]
        inverse = np.linalg.inv(np.linalg.cholesky(gram + alpha * np.eye(k)))
        reduced = np.einsum("mij,mj->mi", inverse, self.goal[at, first])
        weights = np.zeros((m, k + 1, d))
        # Row k sums what rows up to k of the inverse factor contribute: weights of the first k.
        np.cumsum(inverse * reduced[:, :, None], axis=1, out=weights[:, :k, :k])
        weights[:, k] = weights[:, k - 1] if k == d else self.weights(alpha)[at, order]
        weights /= self.spread[at, order][:, None, :]
        return RidgePath(order, weights, -np.einsum("mkj,mj->mk", weights, self.mean[at, order]))


@dataclass(frozen=True, slots=True)
class RidgePath:
    """Linear classifiers on nested subsets.

    Attributes
    ----------
    order : ndarray of int64, shape (m, d)
        Dimensions in the order in which they are added.
    coef : ndarray of float64, shape (m, K + 1, d)
        Row k: weights of the first k + 1 dimensions of the order, 0 for the others; at last, of
        all.
    intercept : ndarray of float64, shape (m, K + 1)
    """

    order: Ints
    coef: Floats
    intercept: Floats

    def decide(self, X: Floats) -> NDArray[np.bool_]:
        """Tell which samples each classifier takes for its class, shape (m, n, K + 1)."""
        made = [
            X[:, order] @ coef.T + intercept
            for order, coef, intercept in zip(self.order, self.coef, self.intercept, strict=True)
        ]
        return np.stack(made) > 0

"""Orders in which dimensions are used, from what a ridge classifier learns from."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints
from bocage.dimensions._linear_path import ALPHA, NormalEquations


def ranked(normal: NormalEquations) -> tuple[Ints, NDArray[np.float64]]:
    """Order dimensions by the size of their standardised weight.

    Returns
    -------
    order : ndarray of int64, shape (m, d)
    importance : ndarray of float64, shape (m, d)
        Sizes of the weights; sum 1, or 0 where nothing was learned.
    """
    weights = abs(normal.weights())
    total = weights.sum(axis=1, keepdims=True)
    importance = weights / np.where(total > 0, total, 1.0)
    return np.argsort(-importance, axis=1, kind="stable"), importance


def forward(
    normal: NormalEquations,
    steps: int,
    alpha: float = ALPHA,
    *,
    joint: NDArray[np.bool_] | None = None,
) -> Ints:
    """Add, one by one, the dimension that explains most of what the others left.

    Parameters
    ----------
    normal : NormalEquations
    steps : int
        Dimensions to choose; the others follow in their own order.
    alpha : float
        Penalty, above 0: what is left of a dimension never falls below it.
    joint : ndarray of bool, shape (m,), optional
        One order for these classes: the dimension that explains most of them on average. A class
        with a handful of samples should not be among them: noise explains it best.

    Returns
    -------
    ndarray of int64, shape (m, d)
    """
    m, d = normal.goal.shape
    steps = min(steps, d)
    goal = normal.goal.copy()
    # What each dimension has of its own beside the chosen ones; their rows of a pivoted Cholesky
    # factor tell it, so that the whole matrix is never updated.
    own = np.einsum("mjj->mj", normal.gram) + alpha
    factor = np.zeros((m, steps, d))
    at = np.arange(m)
    left = np.ones((m, d), dtype=bool)
    order = np.empty((m, d), dtype=np.int64)
    for step in range(steps):
        gain = np.square(goal) / own
        if joint is not None:
            gain = np.tile(gain[joint].mean(axis=0), (m, 1))
        chosen = np.where(left, gain, -1.0).argmax(axis=1)
        order[:, step] = chosen
        left[at, chosen] = False
        pivot = np.sqrt(own[at, chosen])[:, None]
        before = factor[:, :step]
        held = before[at, :, chosen]
        row = (normal.gram[at, chosen] - (held[:, None] @ before)[:, 0]) / pivot
        row[at, chosen] = pivot[:, 0]
        factor[:, step] = row
        goal -= row * (goal[at, chosen][:, None] / pivot)
        # Of the chosen one nothing is left, and it is not looked at again.
        own = np.where(left, own - np.square(row), 1.0)
    for number in range(m):
        order[number, steps:] = np.flatnonzero(left[number])
    return order


def random_orders(m: int, d: int, seed: int) -> Ints:
    """Shuffle the dimensions for each class."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.permutation(d) for _ in range(m)])


def components(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return principal axes as columns, the one of the largest variance first, shape (d, d)."""
    _, axes = np.linalg.eigh(np.cov(X, rowvar=False))
    return np.ascontiguousarray(axes[:, ::-1])

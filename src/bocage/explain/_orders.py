"""Orders in which dimensions are used, from what a ridge classifier learns from."""

import numpy as np
from numpy.typing import NDArray

from bocage.explain._linear_path import ALPHA, Normal

Ints = NDArray[np.int64]

NOTHING = 1e-10
"""Variance that a standardised dimension keeps where others hold it already."""


def ranked(normal: Normal) -> tuple[Ints, NDArray[np.float64]]:
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


def forward(normal: Normal, steps: int, alpha: float = ALPHA, *, joint: bool = False) -> Ints:
    """Add, one by one, the dimension that explains most of what the others left.

    Parameters
    ----------
    normal : Normal
    steps : int
        Dimensions to choose; the others follow in their own order.
    alpha : float
    joint : bool
        One order for all classes: the dimension that explains most of all of them.

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
        # A dimension that the chosen ones hold already has nothing of its own left.
        able = left & (own > NOTHING)
        gain = np.where(able, np.square(goal) / np.where(able, own, 1.0), -1.0)
        if joint:
            gain = np.tile(gain.mean(axis=0), (m, 1))
        chosen = np.where(gain.max(axis=1) < 0, left.argmax(axis=1), gain.argmax(axis=1))
        order[:, step] = chosen
        left[at, chosen] = False
        pivot = np.sqrt(np.where(able[at, chosen], own[at, chosen], 1.0))[:, None]
        before = factor[:, :step]
        held = before[at, :, chosen]
        row = (normal.gram[at, chosen] - (held[:, None] @ before)[:, 0]) / pivot
        row[at, chosen] = pivot[:, 0]
        row *= able[at, chosen][:, None]
        factor[:, step] = row
        goal -= row * (goal[at, chosen][:, None] / pivot)
        own = own - np.square(row)
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

"""How much each dimension matters to a fitted tree model."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags
from bocage.dimensions._tree_path import FittedTrees, Floats32, PredictFlags, shares

IMPORTANCES = ("impurity", "permutation", "shap")
"""What a model's splits remove (or gain), what shuffling a dimension costs, and SHAP values."""

ROUNDS = 5


def permutation(
    predict: PredictFlags, X: Floats32, y: Flags, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return what shuffling each dimension costs in balanced accuracy.

    Parameters
    ----------
    predict : callable
        Of a model that has not seen these samples.
    X : ndarray of float32, shape (n, d)
    y : ndarray of bool, shape (n,)
        Some of each.
    rng : Generator

    Returns
    -------
    ndarray of float64, shape (d,)
        Mean loss over five shufflings (Breiman 2001), 0 where shuffling helps; sums to 1 unless
        all are 0.
    """
    whole = _balanced(predict(X), y)
    loss = np.zeros(X.shape[1])
    for at in range(X.shape[1]):
        for _ in range(ROUNDS):
            other = X.copy()
            other[:, at] = rng.permutation(other[:, at])
            loss[at] += whole - _balanced(predict(other), y)
    return shares(np.clip(loss / ROUNDS, 0, None))


def shap(fitted: FittedTrees, X: Floats32) -> NDArray[np.float64]:
    """Return mean sizes of SHAP values (Lundberg et al. 2020).

    Parameters
    ----------
    fitted : FittedTrees
    X : ndarray of float32, shape (n, d)
    """
    return shares(np.abs(fitted.contributions(X)).mean(axis=0))


def _balanced(said: Flags, y: Flags) -> float:
    return float(said[y].mean() + (~said[~y]).mean()) / 2

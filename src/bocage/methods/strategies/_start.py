"""The linear head that every training starts from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ABSENT = -20.0
"""Score of a class without a label: no training could teach it."""


@dataclass(frozen=True, slots=True)
class Start:
    """A linear head on standardised features.

    Attributes
    ----------
    weight : ndarray of float64, shape (n_outputs, width)
    bias : ndarray of float64, shape (n_outputs,)
    mean, spread : ndarray of float64, shape (width,)
        Of the features of the labels; fixed from here on.
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]


def values_start(
    X: NDArray[np.float64], y: NDArray[np.float64], params: Mapping[str, Any]
) -> Start:
    """Fit a linear head for values on frozen features; see `codes_start`.

    Parameters
    ----------
    X : ndarray of float64, shape (n, width)
    y : ndarray of float64, shape (n,)
    params : mapping
        Parameters of ridge regression: its penalty.
    """
    from sklearn.linear_model import Ridge
    from threadpoolctl import threadpool_limits

    mean, spread = _scaling(X)
    with threadpool_limits(1, "blas"):
        ridge = Ridge(**params).fit((X - mean) / spread, y)
    return Start(np.atleast_2d(ridge.coef_), np.atleast_1d(ridge.intercept_), mean, spread)


def codes_start(
    X: NDArray[np.float64], y: NDArray[Any], n_classes: int, params: Mapping[str, Any]
) -> Start:
    """Fit a linear head for classes on frozen features: linear probing, then fine-tuning.

    After Kumar et al. 2022 (arXiv 2202.10054), who show that training from a random head distorts
    what was pretrained. It is the head of the frozen network, so that a training that never
    started is that method.

    Parameters
    ----------
    X : ndarray of float64, shape (n, width)
    y : ndarray of int64, shape (n,)
        Codes.
    n_classes : int
    params : mapping
        Parameters of logistic regression: its penalty.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    mean, spread = _scaling(X)
    Z = (X - mean) / spread
    classes, codes = np.unique(y, return_inverse=True)
    weight = np.zeros((n_classes, X.shape[1]))
    bias = np.full(n_classes, ABSENT)
    if len(classes) == 1:
        bias[classes] = 0.0
        return Start(weight, bias, mean, spread)
    # Products this small are quickest on one thread.
    with threadpool_limits(1, "blas"):
        head = LogisticRegression(max_iter=2000, class_weight="balanced", **params).fit(Z, codes)
    coef, intercept = head.coef_, head.intercept_
    if len(coef) == 1:
        coef = np.concatenate([-coef / 2, coef / 2])
        intercept = np.concatenate([-intercept / 2, intercept / 2])
    weight[classes], bias[classes] = coef, intercept
    return Start(weight, bias, mean, spread)


def plain_start(width: int, bias: NDArray[np.float64]) -> Start:
    """Make a small random head that answers its bias: where a network without past starts.

    Features of random weights hardly differ between samples; a head fitted on them would blow
    every step up. The seed is PyTorch's.
    """
    from torch import nn

    layer = nn.Linear(width, len(bias))
    weight = 0.1 * layer.weight.detach().numpy().astype(np.float64)
    return Start(weight, bias, np.zeros(width), np.ones(width))


def _scaling(X: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean, spread = X.mean(axis=0), X.std(axis=0)
    # A feature that does not move among the labels says nothing; see `bocage.methods.Head`.
    still = spread <= len(X) * np.finfo(np.float32).eps * np.abs(mean)
    return mean, np.where(still, 1.0, spread)

"""Proper scores of predicted probabilities."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Codes, Floats
from bocage.metrics._confusion import check_codes


def brier_losses(true: Codes, probability: NDArray[Any]) -> Floats:
    """Squared distance between predicted and true class probabilities, one a sample.

    Parameters
    ----------
    true : ndarray of int, shape (n,)
    probability : ndarray of float, shape (n, C)

    Returns
    -------
    ndarray of float64, shape (n,)
        Sum over classes of (p - [true])^2, from 0 to 2 (Brier 1950, 10.1175/1520-0493(1950)078).
    """
    p = np.asarray(probability, np.float64)
    hit = p[_rows(true, p), true]
    # (1 - p)^2 - p^2 = 1 - 2 p would lose digits near p = 1, so the true class is taken apart.
    others = np.square(p)
    others[np.arange(len(p)), true] = 0.0
    return np.asarray(others.sum(axis=1) + np.square(1.0 - hit), np.float64)


def brier(true: Codes, probability: NDArray[Any]) -> float:
    """Mean of `brier_losses`: 0 is perfect, 2 is certain and always wrong.

    Equal to scikit-learn's ``brier_score_loss(scale_by_half=False)``; that function halves the
    figure for two classes unless told otherwise. NaN without samples.

    Examples
    --------
    >>> import numpy as np
    >>> brier(np.array([0, 1]), np.array([[1.0, 0.0], [0.5, 0.5]]))
    0.25
    """
    return _mean(brier_losses(true, probability))


def log_losses(true: Codes, probability: NDArray[Any]) -> Floats:
    """Negative natural logarithm of the probability given to the true class, one a sample.

    Probabilities are clipped to [eps, 1 - eps], with eps the machine precision of the type they
    come in (2.2e-16 for float64, 1.2e-7 for float32), as in scikit-learn.

    Parameters
    ----------
    true : ndarray of int, shape (n,)
    probability : ndarray of float, shape (n, C)

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    p = np.asarray(probability)
    hit = p[_rows(true, p), true].astype(np.float64)
    eps = float(np.finfo(p.dtype).eps) if p.dtype.kind == "f" else np.finfo(np.float64).eps
    # + 0.0 turns the -0.0 of a certain hit into 0.0.
    return np.asarray(-np.log(np.clip(hit, eps, 1.0 - eps)) + 0.0, np.float64)


def log_loss(true: Codes, probability: NDArray[Any]) -> float:
    """Mean of `log_losses`, in nats; equal to scikit-learn's ``log_loss``. NaN without samples."""
    return _mean(log_losses(true, probability))


def _rows(true: Codes, p: NDArray[Any]) -> NDArray[np.int64]:
    if p.ndim != 2 or len(p) != len(true):  # noqa: PLR2004
        raise ValueError(
            f"probabilities of shape {p.shape} for {len(true)} samples; expected shape "
            "(samples, classes)"
        )
    check_codes(true, p.shape[1], "true")
    return np.arange(len(p))


def _mean(losses: Floats) -> float:
    return float(losses.mean()) if len(losses) else float("nan")

"""One temperature that makes stated probabilities come true; it changes no class."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOTTEST = 50.0
"""Temperatures lie between 1 / `HOTTEST` and `HOTTEST`."""

WIDTH = 1.0
"""Standard deviation of the logarithm of a temperature before any label was held out: it is a
factor of 2.7, so that few labels move it little and fifty decide alone."""

_TINY = float(np.finfo(np.float64).tiny)
_NEAR = 1e-3


@dataclass(frozen=True, slots=True)
class Temperature:
    """Divides logarithms of probabilities, which are then brought to a sum of 1.

    The order of the classes stays, and with it every prediction.

    Attributes
    ----------
    value : float
        1 leaves probabilities as they are; more makes them less certain.
    least : float
        Probabilities below it count as this much: shares of few trees or neighbours are often 0,
        and no temperature would make more of it.
    """

    value: float = 1.0
    least: float = 0.0

    def __call__(self, proba: NDArray[Any]) -> Floats:
        """Return tempered probabilities, shape (n, k), of classes that were learned."""
        if self.value == 1.0:
            return np.asarray(proba, np.float64)
        return _softmax(logarithms(proba, self.least) / self.value)


def logarithms(proba: NDArray[Any], least: float) -> Floats:
    """Return logarithms of probabilities, none below that of `least`."""
    return np.log(np.maximum(np.asarray(proba, np.float64), max(least, _TINY)))


def fit_temperature(logs: Floats, true: NDArray[np.integer[Any]]) -> float:
    """Fit a temperature to probabilities of samples that were held out.

    It minimises the log loss (Guo et al. 2017, arXiv 1706.04599, section 4.2), here summed, plus
    the penalty of a normal prior for its logarithm; so it stays near 1 where few were held out.

    Parameters
    ----------
    logs : ndarray of float64, shape (n, k)
        Logarithms of probabilities; minus infinity for classes that were not learned.
    true : ndarray of int, shape (n,)
        Columns of the true classes. Samples whose class was not learned are left out.

    Returns
    -------
    float
        To three digits; 1 where nothing was held out.

    Examples
    --------
    Certain of one thing and right three times out of four, 400 times:

    >>> logs = np.log(np.tile([0.99, 0.01], (400, 1)))
    >>> hot = fit_temperature(logs, np.arange(400) % 4 // 3)
    >>> Temperature(hot)(np.array([[0.99, 0.01]])).round(2).tolist()
    [[0.75, 0.25]]
    """
    from scipy.optimize import minimize_scalar

    logs, true = _learned(logs, true)
    if not len(true):
        return 1.0

    def loss(power: float) -> float:
        return float(_losses(logs, true, np.exp(power)).sum() + (power / WIDTH) ** 2 / 2)

    bound = float(np.log(HOTTEST))
    found = minimize_scalar(loss, bounds=(-bound, bound), method="bounded",
                            options={"xatol": _NEAR / 4})  # fmt: skip
    return float(f"{np.exp(float(found.x)):.3g}")


def mean_log_loss(logs: Floats, true: NDArray[np.integer[Any]], value: float = 1.0) -> float:
    """Return the mean log loss under a temperature; infinity where nothing can be scored.

    Parameters
    ----------
    logs, true
        As `fit_temperature` takes them.
    value : float
    """
    logs, true = _learned(logs, true)
    return float(_losses(logs, true, value).mean()) if len(true) else float("inf")


def _learned(logs: Floats, true: NDArray[Any]) -> tuple[Floats, NDArray[Any]]:
    known = np.isfinite(logs[np.arange(len(true)), true]) if len(true) else np.zeros(0, bool)
    return logs[known], true[known]


def _losses(logs: Floats, true: NDArray[Any], value: float) -> Floats:
    scaled = logs / value
    scaled -= scaled.max(axis=1, keepdims=True)
    total = np.log(np.exp(scaled).sum(axis=1))
    return np.asarray(total - scaled[np.arange(len(true)), true])


def _softmax(scores: Floats) -> Floats:
    scores = scores - scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores

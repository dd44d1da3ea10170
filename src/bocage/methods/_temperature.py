"""A temperature and a share of noise make stated probabilities come true; no class changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats

HOTTEST = 50.0
"""Temperatures lie between 1 / `HOTTEST` and `HOTTEST`."""

WIDTH = 1.0
"""Standard deviation of the logarithm of a temperature before any label was held out: it is a
factor of 2.7, so that few labels move it little and fifty decide alone."""

USUAL_NOISE = 0.005
"""Mean share of noise before any label was held out (exponential prior): ten labels that were
held out can't show any, and a thousand show a few percent."""

MOST_NOISE = 0.5

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


@dataclass(frozen=True, slots=True)
class Confidence:
    """What was fitted to probabilities of samples that were held out.

    Attributes
    ----------
    temperature : float
    noise : float
        Share of samples that may be of any class whatever is seen of them, as where labels are
        wrong. A temperature alone could only make everything less certain for their sake.
    """

    temperature: float = 1.0
    noise: float = 0.0


def with_noise(proba: NDArray[Any], noise: float, n_classes: int) -> NDArray[Any]:
    """Bound probabilities by a share of samples that may be of any class, whatever is seen.

    The order of classes stays. Class shares weigh probabilities before it: they say how frequent
    classes are, and not how frequent errors of labels.

    Parameters
    ----------
    proba : ndarray, any shape
        Of any of the classes.
    noise : float
    n_classes : int
        Of the task, also those that were not learned.

    Examples
    --------
    >>> with_noise(np.array([1.0, 0.0]), 0.04, 2).round(3).tolist()
    [0.98, 0.02]
    """
    return (1 - noise) * proba + noise / n_classes if noise else proba


def logarithms(proba: NDArray[Any], least: float) -> Floats:
    """Return logarithms of probabilities, none below that of `least`."""
    return np.log(np.maximum(np.asarray(proba, np.float64), max(least, _TINY)))


def fit_temperature(logs: Floats, true: NDArray[np.integer[Any]]) -> float:
    """Fit a temperature alone, without noise; see `fit_confidence`."""
    logs, true = _learned(logs, true)

    def loss(value: float) -> float:
        return float(_losses(logs, true, value).sum())

    return _best(loss) if len(true) else 1.0


def fit_confidence(logs: Floats, true: NDArray[np.integer[Any]]) -> Confidence:
    """Fit a temperature and a share of noise to probabilities of samples that were held out.

    A class has the probability (1 - noise) p + noise / k, where p is under the temperature (Guo et
    al. 2017, arXiv 1706.04599, section 4.2) and there are k classes. The log loss is minimised,
    here summed, plus the penalties of a normal prior for the temperature's logarithm and of an
    exponential one for the noise; so few held-out samples change little.

    Parameters
    ----------
    logs : ndarray of float64, shape (n, k)
        Logarithms of probabilities, up to a constant a row; minus infinity for classes that were
        not learned.
    true : ndarray of int, shape (n,)
        Columns of the true classes. Samples whose class was not learned are left out.

    Returns
    -------
    Confidence
        To three digits; no change where nothing was held out.

    Examples
    --------
    Certain of one thing and right three times out of four, 400 times:

    >>> logs = np.log(np.tile([0.99, 0.01], (400, 1)))
    >>> found = fit_confidence(logs, np.arange(400) % 4 // 3)
    >>> tempered = Temperature(found.temperature)(np.array([[0.99, 0.01]]))
    >>> with_noise(tempered, found.noise, 2).round(2).tolist()
    [[0.75, 0.25]]
    """
    logs, true = _learned(logs, true)
    if not len(true):
        return Confidence()
    even = 1.0 / logs.shape[1]

    def loss(value: float) -> float:
        own = np.exp(-_losses(logs, true, value))
        noise = _noise(own, even)
        return float(-np.log(_noisy(own, noise, even)).sum() + noise / USUAL_NOISE)

    value = _best(loss)
    noise = _noise(np.exp(-_losses(logs, true, value)), even)
    return Confidence(value, float(f"{noise:.3g}"))


def mean_log_loss(logs: Floats, true: NDArray[np.integer[Any]], value: float = 1.0) -> float:
    """Return the mean log loss under a temperature; infinity where nothing can be scored.

    Parameters
    ----------
    logs, true
        As `fit_confidence` takes them.
    value : float
    """
    logs, true = _learned(logs, true)
    return float(_losses(logs, true, value).mean()) if len(true) else float("inf")


def _best(loss: Callable[[float], float]) -> float:
    """Return the temperature of the smallest loss with its penalty, to three digits."""
    from scipy.optimize import minimize_scalar

    bound = float(np.log(HOTTEST))
    found = minimize_scalar(
        lambda power: loss(np.exp(power)) + (power / WIDTH) ** 2 / 2,
        bounds=(-bound, bound), method="bounded", options={"xatol": _NEAR / 4},
    )  # fmt: skip
    return float(f"{np.exp(float(found.x)):.3g}")


def _noise(own: Floats, even: float) -> float:
    """Return the most probable share of noise.

    Parameters
    ----------
    own : ndarray of float64, shape (n,)
        Probability of each true class without noise.
    even : float
        Probability of any class where there is nothing else.
    """
    low, high = 0.0, MOST_NOISE

    def slope(noise: float) -> float:
        # Falls with the noise: the likelihood is concave. Without any it has no end where a true
        # class has no probability.
        with np.errstate(over="ignore"):
            return float(((even - own) / _noisy(own, noise, even)).sum()) - 1.0 / USUAL_NOISE

    if slope(low) <= 0:
        return low
    while high - low > _NEAR / 4:
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return (low + high) / 2


def _noisy(own: Floats, noise: float, even: float) -> Floats:
    return np.maximum(own + noise * (even - own), _TINY)


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

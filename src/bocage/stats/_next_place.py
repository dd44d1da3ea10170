"""Prediction intervals for a new place."""

import numpy as np

from bocage.core import Floats
from bocage.stats._estimate import Estimate


def next_place(
    values: Floats,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    level: float = 0.95,
    *,
    least: float = 0.0,
) -> Estimate:
    """Predict the score of one more place from the scores of those seen.

    Parameters
    ----------
    values : ndarray of float64, shape (G,)
        Scores of the places seen; NaN for those without.
    bounds : (float, float)
        Smallest and largest value of the figure.
    level : float
    least : float
        For figures from 0 to 1: standard deviation, on the scale of the notes, that the places'
        few samples make where the places are all alike.

    Returns
    -------
    Estimate
        The middle and the ends of the prediction interval; only the middle where fewer than
        two places have a score.

    Notes
    -----
    Student's prediction interval for one more draw, mean +- t(G-1) s sqrt(1 + 1/G) (Geisser
    1993, Predictive Inference), on a scale that stays in bounds: the arc sine of the root for
    figures from 0 to 1, the logarithm of the distance from the one bound of others. It supposes
    that places are drawn as the next one is. A share of n samples has on the first of these
    scales a variance of 1 / 4n, whatever it is (Anscombe 1948, Biometrika 35:246,
    10.1093/biomet/35.3-4.246): places that were all found alike on a handful of samples are not
    known to be.
    """
    from scipy.special import ndtri, stdtrit

    kept = values[np.isfinite(values)]
    if not len(kept):
        return Estimate(float("nan"))
    scaled = _scale(kept, bounds)
    middle = float(scaled.mean())
    if len(kept) < 2:  # noqa: PLR2004
        return Estimate(float(_unscale(np.array([middle]), bounds)[0]))
    g = len(kept)
    seen = stdtrit(g - 1, 0.5 + level / 2) * scaled.std(ddof=1)
    # What samples make is no estimate: normal, not Student's.
    half = float(max(seen, ndtri(0.5 + level / 2) * least) * np.sqrt(1 + 1 / g))
    ends = np.array([middle, middle - half, middle + half])
    found = _unscale(ends, bounds)
    return Estimate(float(found[0]), float(found[1:].min()), float(found[1:].max()))


_LEAST = 1e-9


def _scale(values: Floats, bounds: tuple[float, float]) -> Floats:
    low, high = bounds
    if np.isfinite(low) and np.isfinite(high):
        return np.asarray(np.arcsin(np.sqrt(np.clip((values - low) / (high - low), 0, 1))))
    if np.isfinite(low):
        return np.asarray(np.log(np.maximum(values - low, _LEAST)))
    if np.isfinite(high):
        return np.asarray(np.log(np.maximum(high - values, _LEAST)))
    return values


def _unscale(values: Floats, bounds: tuple[float, float]) -> Floats:
    low, high = bounds
    if np.isfinite(low) and np.isfinite(high):
        angle = np.clip(values, 0.0, np.pi / 2)
        return np.asarray(low + (high - low) * np.square(np.sin(angle)))
    if np.isfinite(low):
        return np.asarray(low + np.exp(values))
    if np.isfinite(high):
        return np.asarray(high - np.exp(values))
    return values

"""Whether values can be those of the same bands in the same unit."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats

FAR = 3.0
"""Spans beyond the lowest and highest value that were learned from."""

TINY = 1 / 50
"""Share of what was learned from below which values were left undivided, or divided twice."""


def far_off(values: Floats, low: Floats, mean: Floats, high: Floats) -> NDArray[np.bool_]:
    """Tell which bands are on another scale than the values that were learned from.

    Parameters
    ----------
    values : ndarray of float64, shape (n_bands, n), n > 0
    low, mean, high : ndarray of float64, shape (n_bands,)
        Smallest, mean and largest value of each band that was learned from.

    Returns
    -------
    ndarray of bool, shape (n_bands,)
    """
    span = np.maximum(high - low, 1e-12)
    middle = np.median(values, axis=1)
    far = (middle < low - FAR * span) | (middle > high + FAR * span)
    spread = np.ptp(np.quantile(values, [0.05, 0.95], axis=1), axis=0)
    return np.asarray(far | ((np.abs(middle) < TINY * np.abs(mean)) & (spread < TINY * span)))

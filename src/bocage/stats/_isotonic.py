"""Curves that never fall."""

import numpy as np

from bocage.core import Floats


def isotonic(curves: Floats) -> Floats:
    """Fit the closest curve that never falls to each row (monotone least squares).

    By the max-min formula (Barlow et al. 1972, Statistical Inference under Order Restrictions):
    the fit at k is the largest, over i <= k, of the smallest, over j >= k, mean of the values i
    to j.

    Parameters
    ----------
    curves : ndarray of float64, shape (n, K)

    Returns
    -------
    ndarray of float64, shape (n, K)

    Examples
    --------
    >>> import numpy as np
    >>> isotonic(np.array([[1.0, 3.0, 2.0, 4.0]])).tolist()
    [[1.0, 2.5, 2.5, 4.0]]
    """
    n, k = curves.shape
    sums = np.concatenate([np.zeros((n, 1)), np.cumsum(curves, axis=1)], axis=1)
    fit = np.full((n, k), -np.inf)
    for start in range(k):
        length = np.arange(1, k - start + 1)
        means = (sums[:, start + 1 :] - sums[:, [start]]) / length
        # Smallest mean of those that reach at least to each position.
        least = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]
        fit[:, start:] = np.maximum(fit[:, start:], least)
    return fit

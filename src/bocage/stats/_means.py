"""Means over a few units (places, repeats), and what they might have been."""

from collections.abc import Sequence

import numpy as np

from bocage.core import Floats
from bocage.stats._named_random import N_RESAMPLES, normal_weights, student_scale


def resample_means(
    values: Floats,
    names: Sequence[str],
    *,
    n: int = N_RESAMPLES,
    overlap: float = 0.0,
    seed: int = 0,
) -> Floats:
    """Resample means over units as a multivariate Student's t.

    Parameters
    ----------
    values : ndarray of float64, shape (U, M)
        M figures of each of U units; NaN where a unit has none. A figure is the mean over the
        units that have it.
    names : sequence of str, length U
        Units of one name get the same weights wherever they are resampled, so that differences
        between two calls are paired.
    n : int
    overlap : float
        Test over training samples where each unit was tested by a model that learned from the
        others: variance s^2 (1 / U + overlap) in place of s^2 / U (Nadeau and Bengio 2003,
        Machine Learning 52:239).
    seed : int

    Returns
    -------
    ndarray of float64, shape (n, M)
        Percentiles of a column are Student's interval with (units - 1) degrees of freedom;
        those of differences of columns, or of a largest column, keep their dependence. NaN
        where fewer than two units have a figure.
    """
    known = np.isfinite(values)
    count = known.sum(axis=0)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan)
    away = np.where(known, values - mean, 0.0)
    few = count < 2  # noqa: PLR2004
    spread = np.sqrt(np.where(few, np.nan, count * (count - 1.0) / (1.0 + count * overlap)))
    out = normal_weights(names, n, seed) @ away / spread
    # One chi-square for all columns of as many units, so that their differences stay Student's.
    for df in np.unique(count[~few]) - 1:
        out[:, count == df + 1] *= student_scale(n, float(df), seed)[:, None]
    return np.asarray(mean + out, np.float64)

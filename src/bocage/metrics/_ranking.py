"""How well a score ranks the samples of one class before the others."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats


def roc_auc(positive: NDArray[np.bool_], score: NDArray[Any]) -> float:
    """Area under the receiver operating characteristic curve; NaN where a side is empty.

    The share of pairs of a positive and a negative sample in which the positive one has the higher
    score, ties counted half (Hanley and McNeil 1982, 10.1148/radiology.143.1.7063747). Equal to
    scikit-learn's ``roc_auc_score``.

    Parameters
    ----------
    positive : ndarray of bool, shape (n,)
    score : ndarray, shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> roc_auc(np.array([True, True, False]), np.array([0.9, 0.4, 0.4]))
    0.75
    """
    hits, misses = _steps(positive, score)
    pairs = hits.sum() * misses.sum()
    if not pairs:
        return float("nan")
    before = np.cumsum(hits) - hits
    return float((misses * (before + hits / 2)).sum() / pairs)


def average_precision(positive: NDArray[np.bool_], score: NDArray[Any]) -> float:
    """Area under the curve of precision over recall, without interpolation; NaN without positives.

    Equal to scikit-learn's ``average_precision_score``. A score that knows nothing has about the
    share of the positive samples.

    Parameters
    ----------
    positive : ndarray of bool, shape (n,)
    score : ndarray, shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> average_precision(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.4, 0.1]))
    0.8333333333333333
    """
    hits, misses = _steps(positive, score)
    if not hits.sum():
        return float("nan")
    found = np.cumsum(hits)
    return float((hits * found / (found + np.cumsum(misses))).sum() / hits.sum())


def _steps(positive: NDArray[np.bool_], score: NDArray[Any]) -> tuple[Floats, Floats]:
    """Count positives and negatives at each value of the score, the highest first."""
    values, at = np.unique(score, return_inverse=True)
    n = len(values)
    sides = (np.bincount(at.ravel(), side.astype(np.float64), n) for side in (positive, ~positive))
    hits, misses = (np.asarray(counts, np.float64)[::-1] for counts in sides)
    return hits, misses

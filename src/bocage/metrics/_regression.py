"""Regression figures from sums that add up over folds and blocks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.metrics._confusion import check_codes, ratio

MOMENTS = ("n", "sum_y", "sum_y2", "sum_e", "sum_e2", "sum_abs_e")
"""Names of the six sums; e is prediction minus truth, y is truth minus the reference."""

_NO_SPREAD = 1e-13


def regression_moments(
    true: Floats, pred: Floats, reference: float = 0.0, weights: Floats | None = None
) -> Floats:
    """Sum what R2, RMSE, MAE and bias need.

    Parameters
    ----------
    true, pred : ndarray of float, shape (n,)
        In the unit of the target.
    reference : float
        Subtracted from the truth first, so that sums of squares don't cancel where the target
        stands far from zero (temperatures in kelvin). Any value near the mean will do; moments
        that are added must share it. No figure depends on it otherwise.
    weights : ndarray of float64, shape (n,), optional

    Returns
    -------
    ndarray of float64, shape (6,)
        Sums named in `MOMENTS`.

    Examples
    --------
    >>> import numpy as np
    >>> m = regression_moments(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 5.0]), reference=2.0)
    >>> m.tolist()
    [3.0, 0.0, 2.0, 2.0, 4.0, 2.0]
    >>> float(r2(m)), float(mae(m))
    (-1.0, 0.6666666666666666)
    """
    if np.shape(pred) != np.shape(true):
        raise ValueError(
            f"truth has shape {np.shape(true)}, and prediction has shape {np.shape(pred)}; "
            "expected equal shapes"
        )
    terms = _terms(true, pred, reference)
    return np.asarray(terms.sum(axis=1) if weights is None else terms @ weights, np.float64)


def block_regression_moments(
    true: Floats,
    pred: Floats,
    block: NDArray[np.integer[Any]],
    n_blocks: int,
    reference: float = 0.0,
) -> Floats:
    """Return `regression_moments` of each block, shape (..., n_blocks, 6).

    Parameters
    ----------
    true : ndarray of float, shape (n,)
    pred : ndarray of float, shape (..., n)
        Of one model, or of several.
    block : ndarray of int, shape (n,)
    n_blocks : int
    reference : float
    """
    check_codes(block, n_blocks, "block")
    terms = _terms(true, pred, reference)
    shape = terms.shape[1:-1]
    n_models = int(np.prod(shape))
    at = (np.arange(n_models)[:, None] * n_blocks + block).ravel()
    sums = [np.bincount(at, term.ravel(), n_models * n_blocks) for term in terms]
    made = np.stack(sums, axis=1).reshape(*shape, n_blocks, len(MOMENTS))
    return np.asarray(made, np.float64)


def r2(moments: Floats) -> Floats:
    """Coefficient of determination, 1 - sum e^2 / sum (y - mean y)^2, shape (...).

    Equal to scikit-learn's ``r2_score``, but NaN where the truth has no spread or no sample.
    """
    n, y, y2 = moments[..., 0], moments[..., 1], moments[..., 2]
    spread = y2 - ratio(np.square(y), n)
    # What is left of a constant truth is rounding, and any figure from it would be made up.
    spread = np.where(spread > _NO_SPREAD * y2, spread, 0.0)
    return np.asarray(1.0 - ratio(moments[..., 4], spread), np.float64)[()]


def rmse(moments: Floats) -> Floats:
    """Root of the mean squared error, in the target's unit, shape (...); NaN without samples."""
    return np.sqrt(ratio(moments[..., 4], moments[..., 0]))


def mae(moments: Floats) -> Floats:
    """Mean absolute error, in the target's unit, shape (...); NaN without samples."""
    return ratio(moments[..., 5], moments[..., 0])


def bias(moments: Floats) -> Floats:
    """Mean of prediction minus truth, in the target's unit, shape (...); NaN without samples."""
    return ratio(moments[..., 3], moments[..., 0])


def spearman(true: Floats, pred: Floats) -> float:
    """Correlation of ranks; samples of one value share the mean of their ranks.

    Equal to ``scipy.stats.spearmanr``. NaN where either side is constant. It is no sum over
    samples, so it can't be pooled from folds.
    """
    a, b = _ranks(np.asarray(true, np.float64)), _ranks(np.asarray(pred, np.float64))
    a, b = a - a.mean() if len(a) else a, b - b.mean() if len(b) else b
    return float(ratio(a @ b, np.sqrt((a @ a) * (b @ b))))


def _ranks(values: Floats) -> Floats:
    order = values.argsort()
    ordered = values[order]
    out = np.empty(len(values))
    out[order] = np.arange(1.0, len(values) + 1.0)
    if not (ordered[1:] != ordered[:-1]).all():
        first, last = ordered.searchsorted(ordered, "left"), ordered.searchsorted(ordered, "right")
        out[order] = 0.5 * (first + last + 1)
    return out


def _terms(true: Floats, pred: Floats, reference: float) -> Floats:
    y, fitted = np.asarray(true, np.float64), np.asarray(pred, np.float64)
    if y.shape != fitted.shape[-1:] or y.ndim != 1:
        raise ValueError(
            f"truth has shape {y.shape}, and prediction has shape {fitted.shape}; expected "
            "one truth per prediction"
        )
    out = np.empty((6, *fitted.shape))
    out[0] = 1.0
    out[1] = y - reference
    np.square(out[1], out=out[2])
    np.subtract(fitted, y, out=out[3])
    np.square(out[3], out=out[4])
    np.abs(out[3], out=out[5])
    return out

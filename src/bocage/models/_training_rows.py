"""Training rows before distances are taken: checked, numbered by fold, brought to one scale."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import DataError, Floats


def check_training(X: Floats, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """Check samples and the weights of their bands; weights are 1 if not given."""
    if X.ndim != 2 or len(X) < 2 or not np.isfinite(X).all():  # noqa: PLR2004
        raise DataError(
            f"training features of shape {X.shape}; expected finite values of at least 2 samples"
        )
    weight = np.ones(X.shape[1]) if weights is None else np.asarray(weights, np.float64)
    if weight.shape != X.shape[1:] or not np.isfinite(weight).all() or (weight < 0).any():
        raise DataError(
            f"weights of shape {weight.shape} for {X.shape[1]} bands; expected one finite weight "
            "of 0 or more per band"
        )
    return np.asarray(X, np.float64), weight


def codes_of(X: Floats, folds: ArrayLike | None) -> NDArray[np.int64]:
    """Give each sample the number of its fold."""
    # Without folds every sample is a fold of its own.
    given = np.arange(len(X)) if folds is None else np.asarray(folds)
    if given.shape != X.shape[:1]:
        raise DataError(f"{given.size} folds for {len(X)} samples; expected one fold per sample")
    names, codes = np.unique(given, return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004
        raise DataError(
            "all training samples are in one fold, so no sample can be compared with those of "
            "another fold; give at least 2 folds, or none"
        )
    return codes.astype(np.int64)


def scale_of(X: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return what is taken off each band, and what the rest is multiplied by."""
    mean, spread = X.mean(axis=0), X.std(axis=0, ddof=1)
    # The mean of equal values may be off by rounding, and their spread a little above zero.
    moves = spread > len(X) * np.finfo(np.float64).eps * np.abs(mean)
    factor = np.divide(weight, spread, out=np.zeros_like(spread), where=moves)
    if not factor.any():
        raise DataError(
            "no band with a weight above 0 varies in the training data; expected features that "
            "differ between samples"
        )
    return mean, factor


def whisker_of(index: Floats) -> float:
    """Return the upper whisker, and no more than the maximum."""
    low, high = np.quantile(index, [0.25, 0.75])
    return float(min(high + 1.5 * (high - low), index.max()))

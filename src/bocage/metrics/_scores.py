"""All figures of one set of predictions, in one call."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION, Floats, Kind, find_kind
from bocage.metrics._calibration import N_BINS, ece_both
from bocage.metrics._confusion import (
    class_table,
    confusion,
    margins,
    mean_of_defined,
    ratio,
    reweight,
    signed_area_error,
)
from bocage.metrics._regression import bias, mae, r2, regression_moments, rmse, spearman

CLASS_FAMILIES = ("f1", "iou", "recall", "precision", "area_error")
"""Figures given class by class, named ``family:class``."""

_NAMES: Mapping[Kind, tuple[str, ...]] = {
    CLASSIFICATION: (
        "accuracy",
        "balanced_accuracy",
        "macro_f1",
        "brier",
        "log_loss",
        "ece",
        "ece_equal_mass",
    ),
    REGRESSION: ("r2", "rmse", "mae", "bias", "spearman"),
    SEGMENTATION: ("miou", "accuracy", "macro_f1"),
}


@lru_cache(maxsize=64)
def _names(kind: Kind, classes: tuple[str, ...]) -> tuple[str, ...]:
    by_class = CLASS_FAMILIES if kind.has_classes else ()
    return (*_NAMES[kind], *(f"{f}:{c}" for f in by_class for c in classes))


def score_names(kind: Kind | str, classes: Sequence[str] = ()) -> tuple[str, ...]:
    """Names of all figures, in the order in which they are given.

    >>> score_names("regression")
    ('r2', 'rmse', 'mae', 'bias', 'spearman')
    """
    return _names(find_kind(kind), tuple(classes))


def classification_scores(
    true: NDArray[np.integer[Any]],
    pred: NDArray[np.integer[Any]],
    confidence: NDArray[Any] | None,
    brier_sum: float,
    log_loss_sum: float,
    classes: Sequence[str],
    *,
    area: Floats | None = None,
    prevalence: ArrayLike | None = None,
    n_bins: int = N_BINS,
) -> dict[str, float]:
    """Score one set of predictions.

    Parameters
    ----------
    true, pred : ndarray of int, shape (n,)
        Class codes.
    confidence : ndarray of float, shape (n,), optional
        Probability of the predicted class; None for methods without probabilities, whose
        calibration figures are then NaN.
    brier_sum, log_loss_sum : float
        Sums of `brier_losses` and `log_losses` over the samples; NaN without probabilities.
    classes : sequence of str
    area : ndarray of float64, shape (n,), optional
        Area of each sample; it weights the area error and nothing else.
    prevalence : array_like, shape (C,), optional
        Reference shares of the classes. They reweight all figures that come from the confusion
        counts; calibration, Brier score and log loss stay those of the samples.
    n_bins : int
        Bins of the calibration errors.

    Returns
    -------
    dict of str to float
        Keys as in `score_names`; NaN where a figure is not defined.
    """
    n = len(true)
    counts = confusion(true, pred, len(classes))
    areas = None if area is None else confusion(true, pred, len(classes), area)
    if prevalence is not None:
        counts = reweight(counts, prevalence)
        areas = None if areas is None else reweight(areas, prevalence)
    hits, rows, columns = margins(counts)
    table = class_table(hits, rows, columns)
    if areas is not None:
        table[-1] = signed_area_error(areas)
    nan = float("nan")
    equal_width, equal_mass = (
        (nan, nan) if confidence is None else ece_both(confidence, true == pred, n_bins)
    )
    f1, _, recalls, *_ = table
    figures = (
        float(ratio(hits.sum(), rows.sum())),
        float(mean_of_defined(recalls)),
        float(mean_of_defined(f1)),
        float(brier_sum) / n if n else nan,
        float(log_loss_sum) / n if n else nan,
        equal_width,
        equal_mass,
        *table.ravel().tolist(),
    )
    return dict(zip(score_names(CLASSIFICATION, classes), figures, strict=True))


def segmentation_scores(
    counts: NDArray[np.integer[Any]], classes: Sequence[str]
) -> dict[str, float]:
    """Score pixels that were counted by true and predicted class.

    Parameters
    ----------
    counts : ndarray of int, shape (C, C)
        Rows true, summed over chips.
    classes : sequence of str

    Returns
    -------
    dict of str to float
        Keys as in `score_names`; NaN where a figure is not defined.
    """
    hits, rows, columns = margins(counts)
    table = class_table(hits, rows, columns)
    f1, iou, *_ = table
    figures = (
        float(mean_of_defined(iou)),
        float(ratio(hits.sum(), rows.sum())),
        float(mean_of_defined(f1)),
        *table.ravel().tolist(),
    )
    return dict(zip(score_names(SEGMENTATION, classes), figures, strict=True))


def regression_scores(true: Floats, pred: Floats) -> dict[str, float]:
    """Score one set of predicted values; keys as in `score_names`.

    The mean of the truth is the reference of the moments, so no unit loses digits.
    """
    reference = float(np.mean(true)) if len(true) else 0.0
    moments = regression_moments(true, pred, reference)
    return {
        "r2": float(r2(moments)),
        "rmse": float(rmse(moments)),
        "mae": float(mae(moments)),
        "bias": float(bias(moments)),
        "spearman": spearman(true, pred),
    }

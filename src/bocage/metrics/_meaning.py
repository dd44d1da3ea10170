"""What a figure means: which way is better, and what guessing gives."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION, Kind
from bocage.metrics._confusion import (
    accuracy,
    balanced_accuracy,
    class_f1,
    class_iou,
    macro_f1,
    precision,
    recall,
)
from bocage.metrics._segmentation import mean_iou

PRIMARY: Mapping[Kind, str] = MappingProxyType(
    {CLASSIFICATION: "balanced_accuracy", REGRESSION: "r2", SEGMENTATION: "miou"}
)
"""The figure that a verdict stands on, by kind of task."""

TOO_GOOD = 0.995
"""A balanced accuracy from which on a mistake is likelier than an easy task."""

HIGHER_IS_BETTER: Mapping[str, bool] = MappingProxyType(
    {
        "accuracy": True,
        "balanced_accuracy": True,
        "brier": False,
        "ece": False,
        "ece_equal_mass": False,
        "f1": True,
        "iou": True,
        "log_loss": False,
        "macro_f1": True,
        "mae": False,
        "miou": True,
        "precision": True,
        "r2": True,
        "recall": True,
        "rmse": False,
        "spearman": True,
    }
)
"""Which way is better, by `family` of figure.

`bias` and `area_error` are missing on purpose: they have a sign, and nearer to zero is better.
"""

_FROM_COUNTS: Mapping[str, Any] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": macro_f1,
    "miou": mean_iou,
}
_FROM_COUNTS_BY_CLASS: Mapping[str, Any] = {
    "f1": class_f1,
    "iou": class_iou,
    "precision": precision,
    "recall": recall,
}
_ZERO = ("area_error", "bias", "ece", "ece_equal_mass", "r2", "spearman")


def family(name: str) -> str:
    """Return what a figure is called apart from its class.

    >>> family("f1:winter wheat"), family("macro_f1")
    ('f1', 'macro_f1')
    """
    return name.split(":", 1)[0]


def chance_level(name: str, prevalence: ArrayLike | None = None, index: int = 0) -> float:
    """Score of a guess that sees no feature and knows the class shares alone.

    Labels are drawn at random with the shares of the classes; the shares themselves are the
    probabilities. (Always naming the largest class has a higher accuracy, its share, and the
    same balanced accuracy.) For regression the mean is predicted.

    Parameters
    ----------
    name : str
        A figure from `score_names`.
    prevalence : array_like, shape (C,), optional
        Shares of the classes; equal shares of C classes are ``[1] * C``. Needed for
        classification figures.
    index : int
        Which class, for figures given class by class.

    Returns
    -------
    float
        NaN where there is no such level (RMSE and MAE depend on the target's spread).

    Raises
    ------
    ValueError
        If a classification figure is asked for without shares, or the figure is unknown.

    Examples
    --------
    >>> chance_level("balanced_accuracy", [1, 1, 1, 1])
    0.25
    """
    kind = family(name)
    if kind in _ZERO:
        return 0.0
    if kind in ("mae", "rmse"):
        return float("nan")
    if kind not in HIGHER_IS_BETTER:
        raise ValueError(f"score {name!r} is unknown; expected one of score_names()")
    if prevalence is None:
        raise ValueError(
            f"the chance level of {name!r} depends on the class shares; expected prevalence"
        )
    share = np.asarray(prevalence, np.float64)
    share = share / share.sum()
    if kind == "brier":
        return float(1.0 - share @ share)
    if kind == "log_loss":
        known = share[share > 0]
        return float(-(known @ np.log(known)))
    guess = np.outer(share, share)
    if kind in _FROM_COUNTS:
        return float(_FROM_COUNTS[kind](guess))
    return float(_FROM_COUNTS_BY_CLASS[kind](guess)[index])


def too_good(score: float) -> tuple[str, ...]:
    """Doubt a balanced accuracy that land hardly ever gives.

    >>> too_good(0.93), len(too_good(0.998))
    ((), 1)
    """
    if not score >= TOO_GOOD:
        return ()
    words = (
        "check for a feature derived from the target (leakage), or the same place under "
        "several names"
    )
    return (f"a score of {score:.3f} is suspiciously high: {words}",)


_ABBREVIATED = {
    "r2": "R²", "mae": "MAE", "rmse": "RMSE", "miou": "mIoU", "iou": "IoU", "f1": "F1",
    "macro_f1": "macro-F1",
}  # fmt: skip


def in_words(metric: str) -> str:
    """Write the name of a figure as it stands in a sentence.

    >>> in_words("balanced_accuracy"), in_words("r2"), in_words("f1:winter wheat")
    ('balanced accuracy', 'R²', 'F1 of winter wheat')
    """
    name, _, label = metric.partition(":")
    words = _ABBREVIATED.get(name, name.replace("_", " "))
    return f"{words} of {label}" if label else words

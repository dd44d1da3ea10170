"""The figure that methods are compared by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage import metrics
from bocage.core import SettingsError

Floats = NDArray[np.float64]
Kind = Literal["classification", "regression", "segmentation"]

_BY_CLASS = {
    "f1": metrics.class_f1,
    "iou": metrics.class_iou,
    "precision": metrics.precision,
    "recall": metrics.recall,
}
_FUNCTIONS: dict[str, dict[str, Any]] = {
    "classification": {
        "accuracy": metrics.accuracy,
        "balanced_accuracy": metrics.balanced_accuracy,
        "macro_f1": metrics.macro_f1,
        **_BY_CLASS,
    },
    # Counts of pixels.
    "segmentation": {
        "accuracy": metrics.accuracy,
        "macro_f1": metrics.macro_f1,
        "miou": metrics.mean_iou,
        **_BY_CLASS,
    },
    "regression": {"mae": metrics.mae, "r2": metrics.r2, "rmse": metrics.rmse},
}
# Sums over errors divided by something that the truth alone decides: the mean of scores over
# repeats is then the score of the mean counts.
_LINEAR = {"accuracy", "balanced_accuracy", "recall", "mae", "r2"}
# Figures that give every class its own say, whatever its number of samples.
_PER_CLASS = {"balanced_accuracy", "macro_f1", "miou"}


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that can be computed from counts that add up.

    Attributes
    ----------
    name : str
        As in `bocage.metrics`: ``balanced_accuracy``, ``macro_f1``, ``r2``, ``f1``, ...
    index : int
        Which class, for figures given class by class (``f1``, ``iou``, ...); else -1.
    prevalence : tuple of float
        Shares of the classes in a reference population, which the counts are reweighted to;
        empty to keep the samples' own.
    """

    name: str
    index: int = -1
    prevalence: tuple[float, ...] = ()

    def __call__(self, counts: Floats) -> Floats:
        """Score counts of shape (..., C, C) or (..., 6); shape (...)."""
        table = metrics.reweight(counts, self.prevalence) if self.prevalence else counts
        kinds = ("classification", "segmentation", "regression")
        kind = next(kind for kind in kinds if self.name in _FUNCTIONS[kind])
        scores = _FUNCTIONS[kind][self.name](table)
        return np.asarray(scores[..., self.index] if self.name in _BY_CLASS else scores, np.float64)

    @property
    def sign(self) -> int:
        """1 where higher is better, -1 where lower is."""
        return 1 if metrics.HIGHER_IS_BETTER[self.name] else -1

    @property
    def has_unit(self) -> bool:
        """Whether the figure is in the target's unit, so that no margin fits every task."""
        return self.name in {"mae", "rmse"}

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest value that the figure can take."""
        if self.name not in _FUNCTIONS["regression"]:
            return 0.0, 1.0
        return (-np.inf, 1.0) if self.name == "r2" else (0.0, np.inf)

    @property
    def is_linear(self) -> bool:
        """Whether the score of mean counts is the mean of the scores."""
        return self.name in _LINEAR

    def sizes(self, counts: Floats) -> Floats:
        """Give what each block counts for, shape (B, parts), from counts of shape (B, ...).

        Parts are the classes where the figure gives each of them its own say, else one.
        """
        if counts.ndim == 2:  # noqa: PLR2004 - moments
            return np.asarray(counts[:, :1], np.float64)
        true = np.asarray(counts.sum(axis=-1), np.float64)
        if self.name in _BY_CLASS:
            true = true[:, [self.index]]
        elif self.name not in _PER_CLASS:
            true = true.sum(axis=-1, keepdims=True)
        return true


def find_metric(
    kind: Kind,
    name: str = "",
    classes: Sequence[str] = (),
    prevalence: Sequence[float] = (),
) -> Metric:
    """Find the figure that scores stand on.

    Parameters
    ----------
    kind : {"classification", "regression", "segmentation"}
    name : str
        ``f1:water`` for one class; the task's primary figure unless given.
    classes : sequence of str
    prevalence : sequence of float
        Reference shares of the classes.

    Raises
    ------
    SettingsError
        If the figure does not follow from counts, or does not fit the kind of task.

    Examples
    --------
    >>> find_metric("classification").name
    'balanced_accuracy'
    """
    name = name or metrics.PRIMARY[kind]
    base, _, label = name.partition(":")
    known = _FUNCTIONS[kind]
    if base not in known or (base in _BY_CLASS) != bool(label):
        shown = ", ".join(f"{k}:CLASS" if k in _BY_CLASS else k for k in sorted(known))
        raise SettingsError(
            f"no {kind} score {name!r} to compare methods by; choose one of {shown}"
        )
    if label and label not in classes:
        raise SettingsError(f"score {name!r}: no class {label!r}; classes are {', '.join(classes)}")
    return Metric(base, classes.index(label) if label else -1, tuple(map(float, prevalence)))

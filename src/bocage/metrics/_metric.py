"""The figure that methods are compared by, and how it is summed over places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bocage.core import (
    CLASSIFICATION,
    REGRESSION,
    SEGMENTATION,
    Floats,
    Kind,
    SettingsError,
    did_you_mean,
    find_kind,
)
from bocage.metrics._confusion import (
    accuracy,
    balanced_accuracy,
    class_f1,
    class_iou,
    macro_f1,
    mean_of_defined,
    precision,
    ratio,
    recall,
)
from bocage.metrics._meaning import HIGHER_IS_BETTER, PRIMARY, in_words
from bocage.metrics._regression import mae, r2, rmse
from bocage.metrics._segmentation import mean_iou

_BY_CLASS = {"f1": class_f1, "iou": class_iou, "precision": precision, "recall": recall}
_FUNCTIONS: Mapping[Kind, Mapping[str, Any]] = {
    CLASSIFICATION: {
        "accuracy": accuracy,
        "balanced_accuracy": balanced_accuracy,
        "macro_f1": macro_f1,
        **_BY_CLASS,
    },
    # Counts of pixels.
    SEGMENTATION: {"accuracy": accuracy, "macro_f1": macro_f1, "miou": mean_iou, **_BY_CLASS},
    REGRESSION: {"mae": mae, "r2": r2, "rmse": rmse},
}
_ALL = {name: f for functions in _FUNCTIONS.values() for name, f in functions.items()}
# Sums over errors divided by something that the truth alone decides: the mean of scores over
# repeats is then the score of the mean counts.
_LINEAR = {"accuracy", "balanced_accuracy", "recall", "mae", "r2"}
# Figures that give every class its own say, whatever its number of samples.
_PER_CLASS = {"balanced_accuracy", "macro_f1", "miou"}
# Columns of `MOMENTS` that regression figures are made of.
_MOMENTS = {"mae": [5], "rmse": [4], "r2": [4, 2]}


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that can be computed from counts that add up, and averaged over places.

    Attributes
    ----------
    name : str
        As in `bocage.metrics`: ``balanced_accuracy``, ``macro_f1``, ``r2``, ``f1``, ...
    index : int
        Which class, for figures given class by class (``f1``, ``iou``, ...); else -1.
    prevalence : tuple of float
        Shares of the classes in a reference population, which the counts are reweighted to;
        empty to keep the samples' own.
    label : str
        The class in words, of figures of one class.

    Notes
    -----
    *How a score is summed.* A figure is made of parts, each a sum over samples divided by what
    the truth alone decides (`terms`). A part is averaged over the places that hold it, every
    place once, and the figure follows from these averages (`finish`):

    - balanced accuracy and recall: the recall of a class is averaged over the places that hold
      the class, then classes are averaged; one class always named then scores 1 / C, whatever
      the places hold;
    - R2: one minus the mean squared error over the mean squared distance from the reference
      that the moments were made with (the mean of the labels that can be learned from),
      both averaged over places; a place without variance of its own then weighs as any other;
    - accuracy, MAE, RMSE: errors per sample, averaged over places;
    - F1, IoU, precision, and everything at a reference prevalence: confusion counts per sample
      (per true sample of a class, at a prevalence), averaged over places, make one table.
    """

    name: str
    index: int = -1
    prevalence: tuple[float, ...] = ()
    label: str = ""

    def __call__(self, counts: Floats) -> Floats:
        """Score counts of one place, shape (..., C, C) or (..., 6); shape (...)."""
        return self.finish(ratio(*self.terms(counts)))

    def terms(self, counts: Floats) -> tuple[Floats, Floats]:
        """Split counts into sums over samples, and what they are divided by.

        Parameters
        ----------
        counts : ndarray of float64, shape (..., C, C) or (..., 6)

        Returns
        -------
        top, bottom : ndarray of float64, shape (..., P)
            One column a part of the figure; `bottom` follows from the truth alone, and is 0
            where a place does not hold the part.
        """
        if self.name in _MOMENTS:
            top = counts[..., _MOMENTS[self.name]]
            return top, np.broadcast_to(counts[..., :1], top.shape)
        rows = counts.sum(axis=-1)
        hits = counts.diagonal(axis1=-2, axis2=-1)
        if self.name == "balanced_accuracy":
            return hits, rows
        if self.name == "recall":
            return hits[..., [self.index]], rows[..., [self.index]]
        flat = counts.reshape(*counts.shape[:-2], -1)
        if self.prevalence:
            return flat, np.repeat(rows, counts.shape[-1], axis=-1)
        n = rows.sum(axis=-1, keepdims=True)
        if self.name == "accuracy":
            return hits.sum(axis=-1, keepdims=True), n
        return flat, np.broadcast_to(n, flat.shape)

    def finish(self, parts: Floats) -> Floats:
        """Make the figure from its parts, averaged over places.

        Parameters
        ----------
        parts : ndarray of float64, shape (..., P)
            NaN where no place holds the part.

        Returns
        -------
        ndarray of float64, shape (...)
            NaN where the figure is not defined.
        """
        if self.name == "balanced_accuracy":
            return mean_of_defined(parts)
        if self.name == "rmse":
            return np.asarray(np.sqrt(parts[..., 0]), np.float64)
        if self.name == "r2":
            return np.asarray(1.0 - ratio(parts[..., 0], parts[..., 1]), np.float64)
        if parts.shape[-1] == 1:
            return np.asarray(parts[..., 0], np.float64)
        side = round(parts.shape[-1] ** 0.5)
        table = parts.reshape(*parts.shape[:-1], side, side)
        if self.prevalence:
            share = np.asarray(self.prevalence)[:, None]
            # Nothing is known of a class that has a share and no sample.
            table = np.where(share > 0, table * share, 0.0)
        scores = _ALL[self.name](table)
        return np.asarray(scores[..., self.index] if self.name in _BY_CLASS else scores, np.float64)

    @property
    def title(self) -> str:
        """The figure as it is asked for: ``f1:water``."""
        return f"{self.name}:{self.label}" if self.label else self.name

    @property
    def sign(self) -> int:
        """1 where higher is better, -1 where lower is."""
        return 1 if HIGHER_IS_BETTER[self.name] else -1

    @property
    def has_unit(self) -> bool:
        """Whether the figure is in the target's unit, so that no margin fits every task."""
        return self.name in {"mae", "rmse"}

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest value that the figure can take."""
        return score_bounds(self.name)

    @property
    def is_linear(self) -> bool:
        """Whether the score of mean counts is the mean of the scores."""
        return self.name in _LINEAR

    @property
    def has_chance_level(self) -> bool:
        """Whether every answer that sees no feature scores 1 / C, whatever class it names."""
        return self.name == "balanced_accuracy"

    @property
    def weighs_classes(self) -> bool:
        """Whether a class has the same say in every place that holds it, however many samples."""
        return self.name in {"balanced_accuracy", "recall"} or bool(self.prevalence)

    def sizes(self, counts: Floats) -> Floats:
        """Give what each block counts for, shape (B, parts), from counts of shape (B, ...).

        Parts are the classes where the figure gives each of them its own say, else one.
        """
        if self.name in _MOMENTS:
            return np.asarray(counts[:, :1], np.float64)
        true = np.asarray(counts.sum(axis=-1), np.float64)
        if self.name in _BY_CLASS:
            true = true[:, [self.index]]
        elif self.name not in _PER_CLASS:
            true = true.sum(axis=-1, keepdims=True)
        return true


def score_bounds(name: str) -> tuple[float, float]:
    """Return the smallest and the largest value that a figure can take.

    Parameters
    ----------
    name : str
        As a metric is asked for (``f1:water``), or as it stands in a sentence (``F1 of water``).

    Examples
    --------
    >>> score_bounds("f1:water"), score_bounds("r2"), score_bounds("R²")
    ((0.0, 1.0), (-inf, 1.0), (-inf, 1.0))
    """
    base = next((known for known in _MOMENTS if name in {known, in_words(known)}), "")
    if not base:
        return 0.0, 1.0
    return (-np.inf, 1.0) if base == "r2" else (0.0, np.inf)


def summed_figures(kind: Kind | str) -> tuple[str, ...]:
    """Name the figures of no single class that are made of sums, and so averaged over places.

    >>> summed_figures("regression")
    ('mae', 'r2', 'rmse')
    """
    return tuple(name for name in _FUNCTIONS[find_kind(kind)] if name not in _BY_CLASS)


def find_metric(
    kind: Kind | str,
    name: str = "",
    classes: Sequence[str] = (),
    prevalence: Sequence[float] = (),
) -> Metric:
    """Find the figure that scores stand on.

    Parameters
    ----------
    kind : Kind or str
        Of the task, or its name.
    name : str
        ``f1:water`` for one class; the task's primary figure unless given.
    classes : sequence of str
    prevalence : sequence of float
        Reference shares of the classes.

    Returns
    -------
    Metric

    Raises
    ------
    SettingsError
        If the figure does not follow from counts, or does not fit the kind of task.

    Examples
    --------
    >>> find_metric("classification").name
    'balanced_accuracy'
    """
    kind = find_kind(kind)
    name = name or PRIMARY[kind]
    base, _, label = name.partition(":")
    known = _FUNCTIONS[kind]
    if base not in known or (base in _BY_CLASS) != bool(label):
        shown = ", ".join(f"{k}:CLASS" if k in _BY_CLASS else k for k in sorted(known))
        raise SettingsError(
            f"{name!r} is not a {kind} score for comparing methods; choose one of {shown}"
            f"{did_you_mean(base, set(known) - {base})}"
        )
    if label and label not in classes:
        raise SettingsError(
            f"score {name!r}: class {label!r} is unknown; the classes are {', '.join(classes)}"
            f"{did_you_mean(label, classes)}"
        )
    at = classes.index(label) if label else -1
    return Metric(base, at, tuple(map(float, prevalence)), label)

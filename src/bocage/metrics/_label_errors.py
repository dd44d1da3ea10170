"""Suspect labels: predictions that disagree with them and are sure enough."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CONFIDENT = 0.5
"""Least probability of the predicted class where a label is suspect."""

UNLIKELY = 0.1
"""Largest probability of the labelled class where a label is suspect."""


def suspect_labels(
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64],
    confidence: NDArray[Any],
    own: NDArray[Any],
) -> NDArray[np.bool_]:
    """Tell which labels deserve a check: a model is sure of another class.

    The mean probability of a class over the samples that are labelled so is the confidence that
    is usual for it. A label is suspect where another class is predicted with at least the
    confidence that is usual for that one, and at least `CONFIDENT`, while the labelled class has a
    probability of at most `UNLIKELY`. Probabilities must be calibrated, and of models that have
    not learned from the samples.

    Parameters
    ----------
    labels : ndarray of int64, shape (n,)
        Codes of the classes as labelled.
    predicted : ndarray of int64, shape (n,)
        Codes of the most probable classes.
    confidence : ndarray, shape (n,)
        Probability of the predicted class.
    own : ndarray, shape (n,)
        Probability of the labelled class.

    Returns
    -------
    ndarray of bool, shape (n,)
        False where a probability is not known.

    Notes
    -----
    Northcutt, Jiang & Chuang 2021 (10.1613/jair.1.12125): the off-diagonal cells of the confident
    joint, where the class that is counted is the predicted one. Their thresholds fall with the
    accuracy of a model: one that is right in half of the cases called a third of good labels wrong.
    So the probabilities must speak for themselves as well: as few labels are wrong, one is more
    likely right than wrong unless its class has a small probability. Theirs also hold samples whose
    predicted class is below its threshold and another one is not; these need the probabilities of
    all classes, and are not counted here.

    Examples
    --------
    >>> labels, predicted = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1])
    >>> confidence = np.array([0.9, 0.8, 0.9, 0.8, 0.7])
    >>> own = np.array([0.9, 0.8, 0.1, 0.8, 0.7])
    >>> suspect_labels(labels, predicted, confidence, own).tolist()
    [False, False, True, False, False]
    """
    sure = (confidence >= CONFIDENT) & (own <= UNLIKELY)
    found: NDArray[np.bool_] = off_the_diagonal(labels, predicted, confidence, own) & sure
    return found


def off_the_diagonal(
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64],
    confidence: NDArray[Any],
    own: NDArray[Any],
) -> NDArray[np.bool_]:
    """Tell which samples the confident joint counts off its diagonal; see `suspect_labels`."""
    known = np.isfinite(confidence) & np.isfinite(own)
    n = int(max(labels.max(initial=-1), predicted.max(initial=-1))) + 1
    count = np.bincount(labels[known], minlength=n)
    total = np.bincount(labels[known], weights=own[known], minlength=n)
    usual = np.full(n, np.inf)
    np.divide(total, count, out=usual, where=count > 0)
    found: NDArray[np.bool_] = known & (labels != predicted) & (confidence >= usual[predicted])
    return found

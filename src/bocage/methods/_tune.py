"""Tune a head on inner folds within its labels, then refit it on all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.features import Matrix
from bocage.methods._head import Head
from bocage.methods._models import MODELS
from bocage.splits import Inner


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model refitted on all its labels, and how it was chosen.

    Attributes
    ----------
    learner : Learner
        Predicts for rows of the task; what `fit_tuned` returns is the bare `Head`.
    params : dict
        Parameters in use.
    trials : int
        Settings that were compared; 0 where defaults or fixed values were used.
    why : str
        ``tuned``, ``fixed``, ``nothing to tune`` or why the published defaults stand.
    """

    learner: Any
    params: dict[str, Any]
    trials: int
    why: str


def fit_tuned(
    method: Any,
    features: Matrix,
    target: NDArray[Any],
    rows: NDArray[np.int64],
    inner: Inner | None,
    *,
    kind: str,
    n_classes: int,
    trials: int,
    seed: int,
) -> Fitted:
    """Choose among `trials` settings on inner folds, then learn from all rows.

    Classification is tuned on balanced accuracy over the classes that both sides of a fold hold,
    regression on squared error over all held-out rows. Ties go to the earlier setting.

    Parameters
    ----------
    method : ShallowMethod or PretrainedMethod
        Names the head, its parameters and what is tried.
    features : Matrix
        Features of all samples.
    target : ndarray, shape (n_samples,)
    rows : ndarray of int64
        Rows to learn from.
    inner : Inner or None
        Folds as positions within `rows`.
    kind : str
    n_classes : int
    trials : int
        Settings tried, the same number for every method.
    seed : int
    """
    X, y = features.values[rows], target[rows]

    def make(params: dict[str, Any]) -> Head:
        return Head(method.head(kind), kind, params, n_classes, features.standardise, seed)

    if not method.is_tuned(kind):
        params = dict(method.parameters)
        return Fitted(make(params).fit(X, y), params, 0, "fixed")
    grid = method.grid(kind)
    defaults = dict(grid[0])
    tried = grid[:trials]
    if len(tried) < 2:  # noqa: PLR2004
        return Fitted(make(defaults).fit(X, y), defaults, 0, "nothing to tune")
    if inner is None or not inner.folds:
        why = "published defaults: fewer than two groups or blocks hold labels"
        return Fitted(make(defaults).fit(X, y), defaults, 0, why)
    lighter = dict(MODELS[method.head(kind)].lighter)
    scores = [_inner_score(make(dict(params) | lighter), X, y, inner, kind) for params in tried]
    if not np.isfinite(scores).any():
        why = "published defaults: no setting can be scored on the inner folds of so few labels"
        return Fitted(make(defaults).fit(X, y), defaults, 0, why)
    params = dict(tried[int(np.argmax(scores))])
    return Fitted(make(params).fit(X, y), params, len(tried), "tuned")


def held_out_score(
    true: NDArray[Any], predicted: NDArray[Any], learned: NDArray[Any], kind: str
) -> tuple[float, float]:
    """Score one inner fold: higher is better.

    Parameters
    ----------
    true, predicted : ndarray, shape (n,)
        Of the held-out rows: codes or values.
    learned : ndarray
        Targets that were learned from.
    kind : str

    Returns
    -------
    score, weight : float
        Minus the sum of squares with weight 1, or balanced accuracy over the classes that both
        sides hold, weighted by their number; weight 0 where there is none.
    """
    if kind == "regression":
        return -float(np.square(true - predicted).sum()), 1.0
    n_classes = int(max(true.max(), predicted.max(), learned.max())) + 1
    # A class absent from an inner fold is left out of that fold's score.
    count = np.bincount(true, minlength=n_classes)
    right = np.bincount(true[true == predicted], minlength=n_classes)
    seen = (count > 0) & (np.bincount(learned, minlength=n_classes) > 0)
    if not seen.any():
        return 0.0, 0.0
    return float((right[seen] / count[seen]).mean()), float(seen.sum())


def _inner_score(
    head: Head, X: NDArray[np.float64], y: NDArray[Any], inner: Inner, kind: str
) -> float:
    scores, weights = [], []
    for train, held in inner.folds:
        try:
            head.fit(X[train], y[train])
        except (DataError, ValueError):
            # A setting that can't learn from these few labels loses.
            return -np.inf
        score, weight = held_out_score(y[held], head.predict(X[held]), y[train], kind)
        scores.append(score)
        weights.append(weight)
    score = float(np.average(scores, weights=weights)) if any(weights) else -np.inf
    # NumPy's argmax would take a NaN for the best.
    return score if np.isfinite(score) else -np.inf

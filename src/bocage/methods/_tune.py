"""Tune a head on inner folds within its labels, then refit it on all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Kind, find_kind
from bocage.features import Matrix
from bocage.methods._head import Head
from bocage.methods._trial import InnerScore, choose, of_values, shared_recall
from bocage.methods.heads import HEADS
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
    temperature : float
        Of its probabilities, fitted to those of the inner folds; 1 where there were none. The
        learner has it: it changes no class.
    noise : float
        What bounds its confidence (`with_noise`), fitted to the inner folds as well. The learner
        does not have it: class shares, where they are known, come before it.
    """

    learner: Any
    params: dict[str, Any]
    trials: int
    why: str
    temperature: float = 1.0
    noise: float = 0.0


def fit_tuned(
    method: Any,
    features: Matrix,
    target: NDArray[Any],
    rows: NDArray[np.int64],
    inner: Inner | None,
    *,
    kind: Kind | str,
    n_classes: int,
    trials: int,
    seed: int,
) -> Fitted:
    """Choose among `trials` settings on inner folds, then learn from all rows.

    Classification is tuned on balanced accuracy over the classes that both sides of a fold hold,
    ties broken by log loss (`bocage.methods._trial.choose`), and what the chosen setting said of
    held-out rows gives the temperature of its probabilities, and their noise. Regression is tuned
    on squared error over all held-out rows; there ties go to the earlier setting.

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
    kind : Kind or str
        What the head does, classification or regression; or its name.
    n_classes : int
    trials : int
        Settings tried, the same number for every method.
    seed : int
    """
    kind = find_kind(kind)
    y = target[rows]

    def make(params: dict[str, Any]) -> Head:
        return Head(method.head(kind), kind.name, params, n_classes, features.standardise, seed)

    is_tuned = method.is_tuned(kind)
    grid = method.grid(kind) if is_tuned else (method.parameters,)
    defaults, tried = dict(grid[0]), grid[:trials]
    why = "nothing to tune" if is_tuned else "fixed"
    is_choice = is_tuned and len(tried) > 1
    if is_choice and (inner is None or not inner.folds):
        why = "published defaults: fewer than two groups or blocks have labels"
    # A single setting is held against inner folds for its temperature alone.
    asks = is_choice or (kind.has_classes and HEADS[method.head(kind)].needs_input)
    if not asks or inner is None or not inner.folds:
        return Fitted(make(defaults).fit(features.values[rows], y), defaults, 0, why)
    X = features.values[rows]
    lighter = dict(HEADS[method.head(kind)].lighter)
    found = choose([held_out(make(dict(params) | lighter), X, y, inner) for params in tried])
    params, n = defaults, 0
    if is_choice and found.at is None:
        why = "published defaults: no setting can be scored on inner folds with so few labels"
    elif is_choice and found.at is not None:
        params, n, why = dict(tried[found.at]), len(tried), "tuned"
    # The head scales a copy: where there are many labels, one at a time is enough.
    del X
    head = make(params).fit(features.values[rows], y)
    sure = found.confidence
    head.heat(sure.temperature)
    return Fitted(head, params, n, why, sure.temperature, sure.noise)


def held_out(
    head: Head, X: NDArray[np.float64], y: NDArray[Any], inner: Inner
) -> tuple[InnerScore, ...]:
    """Fit a setting on one side of each inner fold, and note what it says of the other.

    Parameters
    ----------
    head : Head
        Left as the last fold fitted it.
    X : ndarray of float64, shape (n, n_bands)
    y : ndarray, shape (n,)
    inner : Inner
    """
    found = []
    for train, held in inner.folds:
        try:
            head.fit(X[train], y[train])
        except (DataError, ValueError):
            # A setting that can't learn from these few labels loses.
            found.append(InnerScore(-np.inf, 0.0))
            continue
        if not head.has_classes:
            found.append(of_values(y[held], head.predict(X[held])))
            continue
        logs = head.log_proba(X[held])
        score = shared_recall(y[held], logs.argmax(axis=1), y[train])
        found.append(InnerScore(*score, logs, y[held]))
    return tuple(found)

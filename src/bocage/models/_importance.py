"""How much each band counts in a fitted head: what distances are weighted by."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.models._nearest import FoldRows

if TYPE_CHECKING:
    from bocage.methods import Head


MOST_FOLDS = 5
"""Folds that a head is fitted for once more, spread over all."""

MOST_LEARNED, MOST_TESTED = 500, 100
"""Rows of a fold that are learned from, and that bands are shuffled in."""


def importance(head: "Head", X: Floats, y: NDArray[Any], folds: Sequence[FoldRows]) -> Floats:
    """Return the weight of each band, shape (n_bands,); all are 1 where none counts.

    Of a linear head the spread of its coefficients over classes, of standardised bands; of trees
    the gain of all splits on a band; of any other the mean rise of the held-out error when a band
    is shuffled (permutation importance, Breiman 2001, 10.1023/A:1010933404324), below 0 taken as 0.

    Parameters
    ----------
    head : Head
        Fitted.
    X : ndarray of float64, shape (n_samples, n_bands)
        What it learned from, as values.
    y : ndarray, shape (n_samples,)
    folds : sequence of FoldRows
    """
    if head.has_classes and len(head.classes_) < 2:  # noqa: PLR2004 - says one thing
        return np.ones(X.shape[1])
    how = head.spec.importance
    if how == "shuffled":
        found = _shuffled(head, X, y, folds)
    elif how == "coefficients":
        found = _coefficients(head, X)
    else:
        found = how(head.estimator_, X.shape[1])
    found = np.maximum(found, 0.0)
    usable = np.isfinite(found).all() and found.any()
    return found / found.mean() if usable else np.ones(X.shape[1])


def _coefficients(head: "Head", X: Floats) -> Floats:
    form = head.linear_form
    assert form is not None  # noqa: S101 - its spec says so
    weights = form[0]
    # What all classes have in common decides nothing.
    size = np.abs(weights[0]) if len(weights) == 1 else weights.std(axis=0)
    spread = X.std(axis=0)
    if head.scaling is not None:
        spread[head.scaling[0]] = 1.0
    return np.asarray(size * spread)


def _shuffled(head: "Head", X: Floats, y: NDArray[Any], folds: Sequence[FoldRows]) -> Floats:
    """Shuffle one band at a time in held-out rows, for heads that never saw these rows."""
    from sklearn.base import clone

    rng = np.random.default_rng(0)
    total, n = np.zeros(X.shape[1]), 0
    some = np.unique(np.linspace(0, len(folds) - 1, MOST_FOLDS).round().astype(int))
    for fold in (folds[i] for i in some):
        learned = _few(fold.learned, MOST_LEARNED, rng)
        tested = _few(fold.tested, MOST_TESTED, rng)
        if head.has_classes and len(np.unique(y[learned])) < 2:  # noqa: PLR2004
            continue
        other = clone(head).fit(X[learned], y[learned])
        truth, d = y[tested], X.shape[1]
        # All at once, which costs neighbours and networks less: the first as they are.
        moved = np.repeat(X[tested][None], d + 1, axis=0)
        for band in range(d):
            moved[band + 1, :, band] = rng.permutation(moved[0, :, band])
        errors = _error(other, moved.reshape(-1, d), np.tile(truth, d + 1)).reshape(d + 1, -1)
        total += (errors[1:] - errors[0]).sum(axis=1)
        n += len(tested)
    return total / max(n, 1)


def _few(rows: NDArray[np.int64], n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return rows if len(rows) <= n else np.sort(rng.choice(rows, n, replace=False))


def _error(head: "Head", X: Floats, y: NDArray[Any]) -> Floats:
    """Absolute error, or Brier score, which moves before a class does; shape (n,)."""
    if not head.has_classes:
        return np.asarray(np.abs(head.predict(X) - y), np.float64)
    found = head.predict_proba(X, raw=True)
    found[np.arange(len(y)), y] -= 1.0
    return np.asarray(np.square(found).sum(axis=1))

"""Heads on single pixels: the shallow models, with chips cut into their pixels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.features import Matrix
from bocage.methods._head import Head
from bocage.methods._method import Method
from bocage.methods._tune import Fitted, fit_tuned
from bocage.methods.chips._scenes import Chips
from bocage.splits import Inner

MOST = 20_000
"""Pixels that a head learns from at most, the same number of each chip: neighbours say the same."""

BLOCK = 16
"""Chips predicted at a time."""


@dataclass(frozen=True, slots=True)
class PixelHead:
    """A fitted head that predicts masks."""

    head: Head
    chips: Chips

    @property
    def warnings_(self) -> tuple[str, ...]:
        """Warnings of the fit."""
        return self.head.warnings_

    def predict_masks(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Predict the class of every pixel, shape (n, height, width)."""
        height, width = self.chips.masks.shape[1:]
        parts = []
        for start in range(0, len(rows), BLOCK):
            values = self.chips.values[rows[start : start + BLOCK]]
            X = np.moveaxis(values, 1, -1).reshape(-1, values.shape[1]).astype(np.float64)
            parts.append(np.asarray(self.head.predict(X)).reshape(-1, height, width))
        return np.concatenate(parts)


def fit_pixels(
    method: Method,
    chips: Chips,
    rows: NDArray[np.int64],
    inner: Inner | None,
    *,
    n_classes: int,
    trials: int,
    seed: int,
) -> Fitted:
    """Fit a shallow model on the labelled pixels of some chips.

    Parameters
    ----------
    method : Method
    chips : Chips
    rows : ndarray of int64
        Chips to learn from.
    inner : Inner or None
        Folds as positions within `rows`: all pixels of a chip stay together.
    n_classes, trials, seed
        As in `bocage.methods.fit_tuned`.
    """
    X, y, owner = draw_pixels(chips, rows, seed)
    folds = None
    if inner is not None:
        folds = Inner(
            tuple(
                (np.flatnonzero(np.isin(owner, learn)), np.flatnonzero(np.isin(owner, held)))
                for learn, held in inner.folds
            ),
            inner.by,
        )
    bands = tuple(str(i) for i in range(X.shape[1]))
    fitted = fit_tuned(
        method,
        Matrix(X, chips.standardise, bands),
        y,
        np.arange(len(y)),
        folds,
        kind="classification",
        n_classes=n_classes,
        trials=trials,
        seed=seed,
    )
    return Fitted(PixelHead(fitted.head, chips), fitted.params, fitted.trials, fitted.why)


def draw_pixels(
    chips: Chips, rows: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.float64], NDArray[Any], NDArray[np.int64]]:
    """Draw labelled pixels evenly from chips.

    Returns
    -------
    X : ndarray of float64, shape (n_pixels, bands)
    y : ndarray of int64, shape (n_pixels,)
    owner : ndarray of int64, shape (n_pixels,)
        Position of the pixel's chip within `rows`.
    """
    luck = np.random.default_rng(seed)
    share = max(1, MOST // len(rows))
    parts, labels, owners = [], [], []
    for position, row in enumerate(rows.tolist()):
        known = np.flatnonzero(chips.masks[row].ravel() >= 0)
        if len(known) > share:
            known = np.sort(luck.choice(known, share, replace=False))
        flat = chips.values[row].reshape(chips.values.shape[1], -1)
        parts.append(flat[:, known].T.astype(np.float64))
        labels.append(chips.masks[row].ravel()[known].astype(np.int64))
        owners.append(np.full(len(known), position))
    return np.concatenate(parts), np.concatenate(labels), np.concatenate(owners)

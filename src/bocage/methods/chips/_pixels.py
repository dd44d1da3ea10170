"""Heads on single pixels: the shallow models, with chips cut into their pixels."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import CLASSIFICATION
from bocage.features import Matrix
from bocage.methods._head import Head
from bocage.methods._learner import Learned
from bocage.methods._size import Size, head_size
from bocage.methods._tune import Fitted, fit_tuned
from bocage.methods.chips._layers import FrozenLayer
from bocage.methods.chips._scenes import Chips, draw_pixels
from bocage.splits import Inner

MOST = 20_000
"""Pixels that a head learns from at most, the same number of each chip: neighbours say the same."""

MOST_DRAWN_OUT = 5_000
"""The same for maps of a frozen network, whose pixels lie between a few cells."""

AT_ONCE = 2**24
"""Numbers (pixels x bands) predicted at a time."""


@dataclass(frozen=True, slots=True)
class PixelLearner:
    """A fitted head that predicts masks; see `bocage.methods.Learner`.

    Attributes
    ----------
    head : Head
    chips : Chips
    n_encoder : int
        Parameters of the frozen encoders that it stands on.
    n_labels : tuple of int
        Pixels of each class that it learned from: some of each chip.
    """

    head: Head
    chips: Chips
    n_encoder: int = 0
    n_labels: tuple[int, ...] = ()

    @property
    def warnings_(self) -> tuple[str, ...]:
        """Warnings of the fit."""
        return self.head.warnings_

    @property
    def size(self) -> Size:
        """What must be shipped."""
        return head_size(self.head, self.n_encoder)

    def predict_masks(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Predict the class of every pixel, shape (n, height, width)."""
        if self.head.spec.has_logits and isinstance(self.chips.only, FrozenLayer):
            return self._drawn_out(self.chips.only, rows)
        chips = self.chips
        shape = chips.masks.shape[1:]
        every = np.arange(shape[0] * shape[1])
        made = np.empty((len(rows), len(every)), dtype=np.int64)
        step = max(1, AT_ONCE // chips.n_bands)
        # Several small chips at once, or one large chip in parts.
        group = max(1, step // len(every))
        for start in range(0, len(rows), group):
            some = rows[start : start + group].tolist()
            for at in range(0, len(every), step):
                part = every[at : at + step]
                X = np.concatenate([chips.pixels(row, part) for row in some]).astype(np.float64)
                codes = np.asarray(self.head.predict(X)).reshape(len(some), -1)
                made[start : start + group, at : at + step] = codes
        return made.reshape(len(rows), *shape)

    def predict_shares(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return probabilities, shape (n, n_classes, height, width)."""
        shape = self.chips.masks.shape[1:]
        every = np.arange(shape[0] * shape[1])
        made = np.empty((len(rows), self.head.n_classes, len(every)), dtype=np.float32)
        step = max(1, AT_ONCE // self.chips.n_bands)
        for position, row in enumerate(rows.tolist()):
            for at in range(0, len(every), step):
                X = self.chips.pixels(row, every[at : at + step]).astype(np.float64)
                made[position, :, at : at + step] = self.head.predict_proba(X).T
        return made.reshape(len(rows), -1, *shape)

    def learned(self) -> Learned:
        """Return the head."""
        return self.head, {}

    def _drawn_out(self, layer: FrozenLayer, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Score the cells of a network's maps and draw out the scores: the same, and quicker."""
        made = np.empty((len(rows), *self.chips.masks.shape[1:]), dtype=np.int64)
        for at, row in enumerate(rows.tolist()):
            chip = np.asarray(layer.frozen.maps()[row], dtype=np.float64)
            cells = self.head.linear_scores(chip.reshape(len(chip), -1).T)
            assert cells is not None  # noqa: S101 - the head is linear
            scores = np.where(np.isfinite(cells), cells, -1e9).T.reshape(-1, *chip.shape[1:])
            made[at] = layer.drawn_out(scores).argmax(axis=0)
        return made


def fit_pixels(
    method: Any,
    chips: Chips,
    rows: NDArray[np.int64],
    inner: Inner | None,
    *,
    n_classes: int,
    trials: int,
    seed: int,
    n_encoder: int = 0,
) -> Fitted:
    """Fit a shallow model on the labelled pixels of some chips.

    Parameters
    ----------
    method : Method
        With a shallow head.
    chips : Chips
    rows : ndarray of int64
        Chips to learn from.
    inner : Inner or None
        Folds as positions within `rows`: all pixels of a chip stay together.
    n_classes, trials, seed
        As in `bocage.methods.fit_tuned`.
    n_encoder : int
        Parameters of the frozen encoders that it stands on.
    """
    most = MOST_DRAWN_OUT if isinstance(chips.only, FrozenLayer) else MOST
    X, y, owner = draw_pixels(chips, rows, most, seed)
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
        kind=CLASSIFICATION,
        n_classes=n_classes,
        trials=trials,
        seed=seed,
    )
    counts = np.bincount(y, minlength=n_classes).tolist()
    learner = PixelLearner(fitted.learner, chips, n_encoder, tuple(counts))
    return replace(fitted, learner=learner)

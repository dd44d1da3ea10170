"""Train a network on chips, with the recipe that all networks share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bocage.methods._size import Size
from bocage.methods._tune import Fitted
from bocage.methods.chips._nets import NETS
from bocage.methods.chips._scenes import Chips
from bocage.methods.strategies._recipe import Recipe
from bocage.methods.strategies._tuning import Tuning, fit_lesson
from bocage.methods.strategies._wiring import count
from bocage.metrics import chip_confusion, mean_iou
from bocage.splits import Inner

BLOCK = 16
"""Chips predicted at a time."""


class Segmenter(nn.Module):
    """A network on standardised chips.

    Parameters
    ----------
    chips : Chips
    inner : nn.Module
        From (n, bands, height, width) to (n, classes, height, width).
    rows : ndarray of int64
        Chips that the scale is learned on.
    """

    def __init__(self, chips: Chips, inner: nn.Module, rows: NDArray[np.int64]) -> None:
        super().__init__()
        self.chips = chips
        self.inner = inner
        self.mean: Tensor
        self.spread: Tensor
        mean, spread = chips.scale(rows)
        self.register_buffer("mean", torch.from_numpy(mean)[:, None, None])
        self.register_buffer("spread", torch.from_numpy(spread)[:, None, None])

    def forward(self, rows: NDArray[np.int64]) -> Tensor:
        """Score every pixel of some chips, shape (n, classes, height, width)."""
        values = torch.from_numpy(np.ascontiguousarray(self.chips.values[rows]))
        return self.score(values)

    def score(self, values: Tensor) -> Tensor:
        """Score chips given as values."""
        return self.inner((values - self.mean) / self.spread)  # type: ignore[no-any-return]

    def pair(self, rows: NDArray[np.int64], true: Tensor, turn: int) -> tuple[Tensor, Tensor]:
        """Score chips in one of the eight positions of a square, with their labels turned too."""
        values = torch.from_numpy(np.ascontiguousarray(self.chips.values[rows]))
        return self.score(turned(values, turn)), turned(true, turn)

    @torch.no_grad()
    def masks(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Predict the class of every pixel in evaluation mode, shape (n, height, width)."""
        was = self.training
        self.eval()
        parts = [self(rows[at : at + BLOCK]).argmax(1) for at in range(0, len(rows), BLOCK)]
        self.train(was)
        return np.asarray(torch.cat(parts).numpy())


def turned(values: Tensor, turn: int) -> Tensor:
    """Turn and mirror pictures: `turn` 0 to 7, 0 leaves them as they are."""
    out = torch.rot90(values, turn % 4, (-2, -1))
    return out.flip(-1) if turn >= 4 else out  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class ChipLearner:
    """A network that learned to segment."""

    network: Segmenter
    warnings_: tuple[str, ...] = ()

    def predict_masks(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Predict the class of every pixel, shape (n, height, width)."""
        return self.network.masks(rows)

    @property
    def size(self) -> Size:
        """Parameters; all of them are learned and shipped, and so are running means."""
        n = count(self.network.inner)
        kept = sum(part.numel() for part in self.network.buffers())
        return Size(trained=n, encoder=0, decoder=0, head=n, n_bytes=4 * (n + kept))


@dataclass(frozen=True, slots=True)
class ChipLesson:
    """What every training of a run shares; see `bocage.methods.strategies`."""

    chips: Chips
    model: str
    n_classes: int
    seed: int

    def network(self, rows: NDArray[np.int64]) -> tuple[Segmenter, Tensor]:
        """Build a network from random weights, with the masks to learn."""
        inner = NETS[self.model].build(self.chips.values.shape[1], self.n_classes)
        masks = torch.from_numpy(self.chips.masks[rows].astype(np.int64))
        return Segmenter(self.chips, inner, rows), masks

    def loss(self, rows: NDArray[np.int64]) -> Callable[[Tensor, Tensor], Tensor]:
        """Return cross entropy over labelled pixels, classes balanced."""
        masks = self.chips.masks[rows]
        number = np.bincount(masks[masks >= 0].ravel(), minlength=self.n_classes)
        known = number > 0
        weight = np.zeros(self.n_classes)
        weight[known] = number.sum() / (known.sum() * number[known])
        balance = torch.tensor(weight, dtype=torch.float32)

        def loss(scores: Tensor, true: Tensor) -> Tensor:
            each = nn.functional.cross_entropy(
                scores, true, weight=balance, ignore_index=-1, reduction="sum"
            )
            labelled = (true >= 0).sum()
            # A batch without a label has nothing to say, and no mean.
            return each / labelled.clamp(min=1)

        return loss

    def score(
        self, network: Any, own: NDArray[np.int64], tests: NDArray[np.int64]
    ) -> tuple[float, float]:
        """Score held-out chips: mean IoU of the classes that occur, weight their number."""
        del own
        made = chip_confusion(self.chips.masks[tests], network.masks(tests), self.n_classes)
        return float(mean_iou(made.sum(axis=0))), float(len(tests))

    def learner(self, network: Any) -> ChipLearner:
        """Wrap a trained network."""
        return ChipLearner(network)


def fit_net(
    chips: Chips,
    model: str,
    rows: NDArray[np.int64],
    inner: Inner | None,
    *,
    n_classes: int,
    trials: int,
    recipe: Recipe,
    seed: int,
    rate: float | None = None,
) -> Fitted:
    """Train a network for chips; learning rate and epochs are chosen on inner folds.

    Parameters
    ----------
    chips : Chips
    model : str
        A name in `NETS`.
    rows : ndarray of int64
        Chips to learn from.
    inner : Inner or None
    n_classes, trials, recipe, seed
        As in `bocage.methods.fit_network`.
    rate : float, optional
        Learning rate that the user set.
    """
    rates = NETS[model].rates[:trials] if rate is None else (rate,)
    lesson = ChipLesson(chips, model, n_classes, seed)
    return fit_lesson(lesson, rows, inner, Tuning(rates, recipe, seed))

"""Train a network on chips, with the recipe that all networks share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bocage.methods._learner import Learned
from bocage.methods._size import Size
from bocage.methods._trial import InnerScore
from bocage.methods.backbones import fixed_numerics, own_tensor, turned
from bocage.methods.chips._nets import NETS
from bocage.methods.chips._scenes import Chips
from bocage.methods.strategies._wiring import count, fill, learned_numbers
from bocage.metrics import chip_confusion, mean_iou

BLOCK = 16
"""Chips predicted at a time."""

JUDGED = 2_000
"""Pixels of an inner fold that a temperature is fitted to: neighbours say the same."""


class Segmenter(nn.Module, ABC):
    """A network from row numbers of chips to a score a class and pixel."""

    def __init__(self) -> None:
        super().__init__()
        # Of its probabilities, fitted after training; it travels with what was learned.
        self.temperature: Tensor
        self.register_buffer("temperature", torch.ones(()))

    @abstractmethod
    def forward(self, rows: NDArray[np.int64], turn: int = 0) -> Tensor:
        """Score every pixel of chips turned one way, shape (n, classes, height, width)."""

    @property
    @abstractmethod
    def size(self) -> Size:
        """Parameters, and what must be shipped."""

    def pair(self, rows: NDArray[np.int64], true: Tensor, turn: int) -> tuple[Tensor, Tensor]:
        """Score chips in one of the eight positions of a square, with their labels turned too."""
        return self(rows, turn), turned(true, turn)

    @torch.no_grad()
    @fixed_numerics()
    def masks(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Predict the class of every pixel in evaluation mode, shape (n, height, width)."""
        parts = [scores.argmax(1) for scores in self._blocks(rows)]
        return np.asarray(torch.cat(parts).numpy())

    @torch.no_grad()
    @fixed_numerics()
    def shares(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return probabilities in evaluation mode, shape (n, classes, height, width)."""
        parts = [(scores / self.temperature).softmax(1) for scores in self._blocks(rows)]
        return np.asarray(torch.cat(parts).numpy())

    @torch.no_grad()
    @fixed_numerics()
    def judged(
        self, rows: NDArray[np.int64], some: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Predict the class of every pixel, with the scores of some pixels of each chip.

        Parameters
        ----------
        rows : ndarray of int64, shape (n,)
        some : ndarray of int64, shape (n, k)
            Pixels of each chip, row by row.

        Returns
        -------
        masks : ndarray of int64, shape (n, height, width)
        scores : ndarray of float64, shape (n, k, n_classes)
        """
        masks, scores = [], []
        for at, block in enumerate(self._blocks(rows)):
            masks.append(block.argmax(1).numpy())
            flat, mine = block.flatten(2), torch.from_numpy(some[at * BLOCK : (at + 1) * BLOCK])
            taken = flat.gather(2, mine[:, None].expand(-1, flat.shape[1], -1))
            scores.append(taken.double().numpy().transpose(0, 2, 1))
        return np.concatenate(masks), np.concatenate(scores)

    @torch.no_grad()
    def _blocks(self, rows: NDArray[np.int64]) -> Iterator[Tensor]:
        """Score some chips at a time in evaluation mode."""
        was = self.training
        self.eval()
        for at in range(0, len(rows), BLOCK):
            yield self(rows[at : at + BLOCK])
        self.train(was)


class NetSegmenter(Segmenter):
    """A network on standardised chips.

    Parameters
    ----------
    chips : Chips
    inner : nn.Module
        From (n, bands, height, width) to (n, classes, height, width).
    rows : ndarray of int64
        Chips that the scale is learned on; none for a network that is filled later.
    """

    def __init__(self, chips: Chips, inner: nn.Module, rows: NDArray[np.int64]) -> None:
        super().__init__()
        self.chips = chips
        self.inner = inner
        self.mean: Tensor
        self.spread: Tensor
        mean, spread = chips.scale(rows) if len(rows) else np.zeros((2, chips.n_bands), np.float32)
        self.register_buffer("mean", torch.from_numpy(mean)[:, None, None])
        self.register_buffer("spread", torch.from_numpy(spread)[:, None, None])

    def forward(self, rows: NDArray[np.int64], turn: int = 0) -> Tensor:
        """Score every pixel."""
        values = turned(own_tensor(self.chips.take(rows)), turn)
        return self.inner((values - self.mean) / self.spread)  # type: ignore[no-any-return]

    def on(self, chips: Chips) -> Self:
        """Return the same network, reading other chips."""
        other = copy(self)
        other.chips = chips
        return other

    @property
    def size(self) -> Size:
        """Parameters; all of them are learned and shipped, and so are running means."""
        n = count(self.inner)
        kept = sum(part.numel() for part in self.buffers())
        encoder, decoder = self._part("encoder"), self._part("decoder")
        return Size(n, encoder, decoder, n - encoder - decoder, 4 * (n + kept))

    def _part(self, name: str) -> int:
        part = getattr(self.inner, name, None)
        return count(part) if isinstance(part, nn.Module) else 0


@dataclass(frozen=True, slots=True)
class ChipLearner:
    """A network that learned to segment; see `bocage.methods.Learner`."""

    network: Segmenter
    warnings_: tuple[str, ...] = ()

    def predict_masks(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Predict the class of every pixel, shape (n, height, width)."""
        return self.network.masks(rows)

    def predict_shares(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return probabilities, shape (n, n_classes, height, width)."""
        return self.network.shares(rows)

    def learned(self) -> Learned:
        """Return what the network learned."""
        return None, learned_numbers(self.network)

    @property
    def size(self) -> Size:
        """Parameters, and what must be shipped."""
        return self.network.size


@dataclass(frozen=True, slots=True)
class ChipLesson(ABC):
    """What every training on chips shares; see `bocage.methods.strategies.Lesson`."""

    chips: Chips
    n_classes: int

    @abstractmethod
    def segmenter(self, rows: NDArray[np.int64]) -> Segmenter:
        """Build a fresh network for these chips."""

    def network(self, rows: NDArray[np.int64]) -> tuple[Segmenter, Tensor]:
        """Build a network, with the masks to learn."""
        return self.segmenter(rows), torch.from_numpy(self.chips.masks[rows].astype(np.int64))

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

    def judge(self, network: Any, own: NDArray[np.int64], tests: NDArray[np.int64]) -> InnerScore:
        """Score held-out chips by mean IoU of the classes that occur; weight their number.

        What is said of some pixels of each chip is kept too.
        """
        true = self.chips.masks[tests].reshape(len(tests), -1)
        rng = np.random.default_rng(0)
        some = rng.integers(true.shape[1], size=(len(tests), max(1, JUDGED // len(tests))))
        masks, scores = network.judged(tests, some)
        made = chip_confusion(self.chips.masks[tests], masks, self.n_classes)
        codes = np.take_along_axis(true, some, axis=1)
        known = np.isin(codes, np.unique(self.chips.masks[own])) & (codes >= 0)
        score = float(mean_iou(made.sum(axis=0)))
        return InnerScore(score, float(len(tests)), scores[known], codes[known].astype(np.int64))

    def learner(self, network: Any) -> ChipLearner:
        """Wrap a trained network."""
        return ChipLearner(network)

    @abstractmethod
    def empty(self, weights: Mapping[str, NDArray[Any]]) -> Segmenter:
        """Build a network that is filled later with what one like it has learned."""

    def restore(self, weights: Mapping[str, NDArray[Any]]) -> ChipLearner:
        """Build a network that knows what `Learner.learned` gave."""
        network = self.empty(weights)
        fill(network, weights)
        return ChipLearner(network.eval())


@dataclass(frozen=True, slots=True)
class NetLesson(ChipLesson):
    """A network of `NETS` from random weights."""

    model: str

    def segmenter(self, rows: NDArray[np.int64]) -> Segmenter:
        """Build the network; the seed is PyTorch's."""
        inner = NETS[self.model].build(self.chips.n_bands, self.n_classes)
        return NetSegmenter(self.chips, inner, rows)

    def empty(self, weights: Mapping[str, NDArray[Any]]) -> Segmenter:
        """Build the network without a scale."""
        del weights
        return self.segmenter(np.zeros(0, dtype=np.int64))

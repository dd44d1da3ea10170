"""One training: the same optimiser, batches and loss for every strategy."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bocage.methods.backbones import fixed_numerics
from bocage.methods.strategies._schedule import BATCH
from bocage.methods.strategies._wiring import trained

DECAY = 0.01
CLIP = 1.0
WARM_UP = 0.1
"""Share of the steps in which the learning rate rises; it is constant after that, so that a
training can be stopped at any epoch without having known it before."""


KEEP = 0.95
"""Share of the running average that stays at each step."""


class Average:
    """A running average of what learns in a network.

    It starts fast: after `step` steps it keeps step / (step + 9), and `KEEP` at most. Statistics of
    batch normalisation belong to the weights that made them, and are taken anew.

    Parameters
    ----------
    network : nn.Module
    pieces : sequence of ndarray of int64
        Rows of the training in batches.
    """

    def __init__(self, network: nn.Module, pieces: Sequence[NDArray[np.int64]]) -> None:
        self._network = network
        self._pieces = pieces
        self._own = trained(network)
        self._mean = [part.detach().clone() for part in self._own]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take a step into the average."""
        new = 1 - min(KEEP, step / (step + 9))
        for mean, part in zip(self._mean, self._own, strict=True):
            mean.lerp_(part, new)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Put the average into the network for a while."""
        kept = [part.detach().clone() for part in self._own]
        state = {name: part.clone() for name, part in self._network.named_buffers()}
        self.settle()
        try:
            yield
        finally:
            _fill(self._own, kept)
            buffers = dict(self._network.named_buffers())
            for name, part in state.items():
                buffers[name].copy_(part)

    def settle(self) -> None:
        """Put the average into the network."""
        _fill(self._own, self._mean)
        # Does nothing where there is no batch normalisation.
        torch.optim.swa_utils.update_bn(self._pieces, self._network)


@torch.no_grad()
def _fill(parts: Sequence[Tensor], values: Sequence[Tensor]) -> None:
    for part, value in zip(parts, values, strict=True):
        part.copy_(value)


def batches(n: int, epoch: int, seed: int) -> list[NDArray[np.int64]]:
    """Shuffle positions into batches of nearly equal size: there is no small last one."""
    order = np.random.default_rng([seed, epoch]).permutation(n)
    return [np.sort(part) for part in np.array_split(order, math.ceil(n / BATCH))]


@fixed_numerics()
def train(
    network: nn.Module,
    rows: NDArray[np.int64],
    true: Tensor,
    loss: Callable[[Tensor, Tensor], Tensor],
    *,
    rate: float,
    n_epochs: int,
    seed: int,
    turns: int = 8,
    marks: Sequence[int] = (),
    look: Callable[[int], None] | None = None,
) -> float:
    """Train a network in place; what it holds in the end is a running average of its weights.

    At a constant rate single steps are noisy, and the average is not (Polyak and Juditsky 1992);
    no schedule would allow a training to be stopped at any epoch.

    Parameters
    ----------
    network : nn.Module
        Called with row numbers. Where it has a method ``pair``, batches are turned and mirrored.
    rows : ndarray of int64, shape (n,)
        Samples to learn from.
    true : Tensor, shape (n,)
        Codes, or values in units of the network's scale.
    loss : callable (scores, true) -> Tensor
    rate : float
        Learning rate of AdamW.
    n_epochs : int
    seed : int
        Decides the order of the batches.
    turns : int
        Positions of a square, at most 8, among which chips are turned and mirrored.
    marks : sequence of int
        Epochs after which `look` is called.
    look : callable (epoch), optional

    Returns
    -------
    float
        Mean loss of the last epoch; NaN without any.

    Raises
    ------
    FloatingPointError
        If the loss is not a number.
    """
    parts = trained(network)
    optimiser = torch.optim.AdamW(parts, lr=rate, weight_decay=DECAY, fused=True)
    warm = max(1, round(WARM_UP * n_epochs * math.ceil(len(rows) / BATCH)))
    average = Average(network, [rows[piece] for piece in batches(len(rows), 0, seed)])
    step, mean = 0, float("nan")
    network.train()
    if look is not None and 0 in marks:
        look(0)
    for epoch in range(n_epochs):
        total = torch.zeros(())
        pieces = batches(len(rows), epoch, seed)
        for piece in pieces:
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1.0, step / warm)
            labels = true[torch.from_numpy(piece)]
            pair: Any = getattr(network, "pair", None)
            if pair is not None:
                # The same turn for a batch and its labels; it follows from the seed alone.
                turn = int(np.random.default_rng([seed, step]).integers(turns))
                value = loss(*pair(rows[piece], labels, turn))
            else:
                value = loss(network(rows[piece]), labels)
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parts, CLIP)
            optimiser.step()
            average.update(step)
            total += value.detach()
        mean = float(total) / len(pieces)
        if not math.isfinite(mean):
            raise FloatingPointError(
                f"the loss is not finite in epoch {epoch + 1} at learning rate {rate:g}"
            )
        if look is not None and epoch + 1 in marks:
            with average.in_place():
                look(epoch + 1)
    if step:
        average.settle()
    return mean

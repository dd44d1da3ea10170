"""An encoder with a head: what a strategy trains, and what predicts."""

from collections.abc import Mapping
from copy import copy
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bocage.methods.backbones import Frozen, fixed_numerics, own_tensor
from bocage.methods.strategies._start import Start
from bocage.methods.strategies._strategy import Value
from bocage.methods.strategies._wiring import open_encoder

BATCH = 256
"""Samples predicted at a time."""


class Network(nn.Module):
    """An encoder and a linear head on its features.

    Features are standardised with the mean and spread that the training labels' features have
    before the first step; that stays fixed.

    Parameters
    ----------
    frozen : Frozen
        Gives the encoder, and what of it is computed once.
    strategy : str
    options : mapping of str to value
    start : Start
        Where the head starts from.
    scale : float
        Spread of a regression's values; 1 for classification.
    """

    def __init__(
        self,
        frozen: Frozen,
        strategy: str,
        options: Mapping[str, Value],
        start: Start,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        self.frozen = frozen
        self.scale = scale
        self.encoder = frozen.copy()
        self.first = open_encoder(self.encoder, strategy, options)
        # What comes before the first block that changes is read from disk.
        self.cached = strategy in {"adapter", "lora"}
        self.mean: Tensor
        self.spread: Tensor
        self.register_buffer("mean", torch.tensor(start.mean, dtype=torch.float32))
        self.register_buffer("spread", torch.tensor(start.spread, dtype=torch.float32))
        # Of its probabilities, fitted after training; it travels with what was learned.
        self.temperature: Tensor
        self.register_buffer("temperature", torch.ones(()))
        self.head = nn.Linear(*start.weight.T.shape)
        with torch.no_grad():
            self.head.weight.copy_(torch.from_numpy(start.weight))
            self.head.bias.copy_(torch.from_numpy(start.bias))

    def on(self, frozen: Frozen) -> Self:
        """Return the same network, reading other samples."""
        other = copy(self)
        other.frozen = frozen
        return other

    def features(self, rows: NDArray[np.int64]) -> Tensor:
        """Encode samples, shape (n, width)."""
        encoder = self.encoder
        if not self.cached:
            return encoder(self.frozen.batch(rows))  # type: ignore[no-any-return]
        tokens = own_tensor(self.frozen.tokens(self.first)[rows])
        return encoder.pool(encoder.through(tokens, self.first))

    def forward(self, rows: NDArray[np.int64]) -> Tensor:
        """Score samples: shape (n, n_classes), or (n, 1) in units of `scale`."""
        return self.head((self.features(rows) - self.mean) / self.spread)  # type: ignore[no-any-return]

    @torch.no_grad()
    @fixed_numerics()
    def outputs(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Predict in evaluation mode: raw probabilities (n, n_classes), or values (n,)."""
        was = self.training
        self.eval()
        parts = [self(rows[at : at + BATCH]).double() for at in range(0, len(rows), BATCH)]
        self.train(was)
        made = torch.cat(parts)
        if made.shape[1] == 1:
            return np.asarray(made[:, 0].numpy() * self.scale)
        return np.asarray(torch.softmax(made, dim=1).numpy())

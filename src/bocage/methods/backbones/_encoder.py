"""The face of every encoder: a stem, blocks, and what is read from their tokens."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn

Tensors = Mapping[str, Tensor]

N_LEVELS = 4
"""Depths that a decoder reads, evenly spaced; the last one is the whole encoder."""


class Encoder(nn.Module, ABC):
    """A network cut at its blocks, so that frozen parts can be computed once.

    Attributes
    ----------
    blocks : nn.ModuleList
        Transformer blocks, each from tokens to tokens.
    widths : tuple of int
        Width of the tokens that leave each block.
    attention, mlp : tuple of str
        Names of the linear layers of a block.
    """

    attention: tuple[str, ...]
    mlp: tuple[str, ...]
    widths: tuple[int, ...]
    blocks: nn.ModuleList

    @abstractmethod
    def stem(self, batch: Tensors) -> Tensor:
        """Embed samples; shape (n, n_tokens, width)."""

    @abstractmethod
    def pool(self, tokens: Tensor) -> Tensor:
        """Turn the last block's tokens into features; shape (n, width)."""

    def picture(self, tokens: Tensor, depth: int) -> Tensor:
        """Lay the tokens that leave block number `depth` out as a map.

        Returns
        -------
        Tensor, shape (n, channels, rows, columns)
            Coarser than the chip by the size of a patch; normalised after the last block.

        Raises
        ------
        TypeError
            If the network reads no chips.
        """
        raise TypeError(
            f"{type(self).__name__} reads no chips: its tokens {tuple(tokens.shape)} after block "
            f"{depth} have no position in an image"
        )

    @property
    def depths(self) -> tuple[int, ...]:
        """Numbers of blocks after which a decoder reads a map; the last is all of them."""
        n = len(self.blocks)
        return tuple(max(1, round(n * part / N_LEVELS)) for part in range(1, N_LEVELS + 1))

    def through(self, tokens: Tensor, first: int = 0, last: int | None = None) -> Tensor:
        """Apply the blocks from `first` up to `last`."""
        for block in self.blocks[first:last]:
            tokens = block(tokens)
        return tokens

    def pictures(self, tokens: Tensor, first: int = 0) -> list[Tensor]:
        """Return the maps of all `depths` that lie behind block `first`, which the tokens enter."""
        found, at = [], first
        for depth in self.depths:
            if depth > first:
                tokens = self.through(tokens, at, depth)
                at = depth
                found.append(self.picture(tokens, depth))
        return found

    def forward(self, batch: Tensors) -> Tensor:
        """Encode samples; shape (n, width)."""
        return self.pool(self.through(self.stem(batch)))

    @staticmethod
    def turn(batch: Tensors, turn: int) -> dict[str, Tensor]:
        """Turn and mirror chips; everything else stays as it is."""
        return {name: turned(part, turn) if name == "x" else part for name, part in batch.items()}


def turned(values: Tensor, turn: int) -> Tensor:
    """Turn and mirror pictures by their last two axes: `turn` 0 to 7, 0 leaves them as they are."""
    out = torch.rot90(values, turn % 4, (-2, -1))
    return out.flip(-1) if turn >= 4 else out  # noqa: PLR2004

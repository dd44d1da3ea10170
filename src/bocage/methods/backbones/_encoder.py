"""The face of every encoder: a stem, blocks, and a pooled output."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn

Batch = Mapping[str, Tensor]


class Encoder(nn.Module):
    """A network cut at its blocks, so that frozen parts can be computed once.

    Attributes
    ----------
    blocks : nn.ModuleList
        Transformer blocks, each from tokens to tokens.
    attention, mlp : tuple of str
        Names of the linear layers of a block.
    """

    attention: ClassVar[tuple[str, ...]]
    mlp: ClassVar[tuple[str, ...]]
    blocks: nn.ModuleList

    def stem(self, batch: Batch) -> Tensor:
        """Embed samples; shape (n, n_tokens, width)."""
        raise NotImplementedError

    def pool(self, tokens: Tensor) -> Tensor:
        """Turn the last block's tokens into features; shape (n, width)."""
        raise NotImplementedError

    def through(self, tokens: Tensor, first: int = 0, last: int | None = None) -> Tensor:
        """Apply the blocks from `first` up to `last`."""
        for block in self.blocks[first:last]:
            tokens = block(tokens)
        return tokens

    def forward(self, batch: Batch) -> Tensor:
        """Encode samples; shape (n, width)."""
        return self.pool(self.through(self.stem(batch)))

"""Galileo's encoder, cut at its blocks; the layers are those of rslearn."""

from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from bocage.methods.backbones._encoder import Batch, Encoder

NANO: dict[str, Any] = {
    "embedding_size": 128,
    "depth": 4,
    "num_heads": 8,
    "mlp_ratio": 4,
    "max_sequence_length": 24,
    "max_patch_size": 8,
}
"""The published configuration of the smallest model; its stochastic depth is left out: with a few
labels it only adds noise, and it would make the first step differ from the frozen network."""

PIXEL_METRES = 10


class Plain(nn.Module):
    """A block that takes tokens alone."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, tokens: Tensor) -> Tensor:
        """Apply self-attention without a mask: hidden tokens are not there at all."""
        return self.inner(tokens, None, None)  # type: ignore[no-any-return]


class GalileoEncoder(Encoder):
    """Galileo nano on samples of one pixel.

    Parameters
    ----------
    inner : nn.Module
        The published encoder.
    """

    attention: ClassVar[tuple[str, ...]] = ("attn.q", "attn.k", "attn.v", "attn.proj")
    mlp: ClassVar[tuple[str, ...]] = ("mlp.fc1", "mlp.fc2")

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner: Any = inner
        self.blocks = nn.ModuleList(Plain(block) for block in inner.blocks)  # type: ignore[union-attr]

    @classmethod
    def from_file(cls, path: Path | None) -> Self:
        """Build the encoder; random weights without a file."""
        from rslearn.models.galileo.single_file_galileo import Encoder as Published

        inner = Published(**NANO)
        if path is not None:
            state = torch.load(path, map_location="cpu", weights_only=True)
            # Saved from a wrapped model.
            inner.load_state_dict({k.replace(".backbone", ""): v for k, v in state.items()})
        return cls(inner)

    def stem(self, batch: Batch) -> Tensor:
        """Embed each group of bands at each date, and leave hidden ones out."""
        inner = self.inner
        n, _, _, n_dates, _ = batch["s_t_x"].shape
        masks = (
            batch["s_t_m"][:, None, None, None].expand(n, 1, 1, n_dates, -1),
            batch["sp_m"][:, None, None].expand(n, 1, 1, -1),
            batch["t_m"][:, None].expand(n, n_dates, -1),
            batch["st_m"].expand(n, -1),
        )
        parts = [batch[name] for name in ("s_t_x", "sp_x", "t_x", "st_x")]
        made = inner.apply_linear_projection(*parts, *masks, patch_size=1)
        tokens = inner.apply_encodings(
            *made[:4], batch["months"], patch_size=1, input_res=PIXEL_METRES
        )
        joined, mask = inner.collapse_and_combine_hwtc(*tokens, *made[4:])
        return joined[:, mask[0] == 0]  # type: ignore[no-any-return]

    def pool(self, tokens: Tensor) -> Tensor:
        """Normalise the tokens, then average them, as the publication does for one patch."""
        return self.inner.norm(tokens).mean(dim=1)  # type: ignore[no-any-return]

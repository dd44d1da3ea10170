"""Galileo's encoder, cut at its blocks; the layers are those of rslearn."""

from pathlib import Path
from typing import Any, Self

from torch import Tensor, nn

from bocage.methods.backbones._encoder import Encoder, Tensors, turned
from bocage.methods.backbones._state import load_state, read_state

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
    """Galileo nano on samples of one pixel, or on chips.

    Parameters
    ----------
    inner : nn.Module
        The published encoder.
    patch : int
        Pixels of a chip that become one token; 1 for series.
    side : int
        Tokens along a chip.
    n_placed : int
        Tokens that lie somewhere: of every place, date and visible group of bands.
    """

    def __init__(self, inner: nn.Module, patch: int, side: int, n_placed: int) -> None:
        super().__init__()
        self.attention = ("attn.q", "attn.k", "attn.v", "attn.proj")
        self.mlp = ("mlp.fc1", "mlp.fc2")
        self.inner: Any = inner
        self.patch = patch
        self.blocks = nn.ModuleList(Plain(block) for block in inner.blocks)  # type: ignore[union-attr]
        self.widths = (int(NANO["embedding_size"]),) * len(self.blocks)
        self.side, self.n_placed = side, n_placed

    @classmethod
    def from_file(cls, path: Path | None, patch: int, side: int, n_placed: int) -> Self:
        """Build the encoder; random weights without a file."""
        from rslearn.models.galileo.single_file_galileo import Encoder as Published

        inner = Published(**NANO)
        if path is not None:
            # Saved from a wrapped model.
            state = {k.replace(".backbone", ""): v for k, v in read_state(path).items()}
            load_state(inner, state, "galileo")
        return cls(inner, patch, side, n_placed)

    def stem(self, batch: Tensors) -> Tensor:
        """Embed each group of bands at each place and date, and leave hidden ones out."""
        inner, patch = self.inner, self.patch
        n, height, width, n_dates, _ = batch["s_t_x"].shape
        masks = (
            batch["s_t_m"][:, None, None, None].expand(n, height, width, n_dates, -1),
            batch["sp_m"][:, None, None].expand(n, height, width, -1),
            batch["t_m"][:, None].expand(n, n_dates, -1),
            batch["st_m"].expand(n, -1),
        )
        parts = [batch[name] for name in ("s_t_x", "sp_x", "t_x", "st_x")]
        made = inner.apply_linear_projection(*parts, *masks, patch_size=patch)
        tokens = inner.apply_encodings(
            *made[:4], batch["months"], patch_size=patch, input_res=PIXEL_METRES
        )
        joined, mask = inner.collapse_and_combine_hwtc(*tokens, *made[4:])
        return joined[:, mask[0] == 0]  # type: ignore[no-any-return]

    @staticmethod
    def turn(batch: Tensors, turn: int) -> dict[str, Tensor]:
        """Turn what has a place; here the place comes before dates and bands."""
        out = dict(batch)
        out["s_t_x"] = turned(batch["s_t_x"].movedim((1, 2), (-2, -1)), turn).movedim(
            (-2, -1), (1, 2)
        )
        out["sp_x"] = turned(batch["sp_x"].movedim((1, 2), (-2, -1)), turn).movedim(
            (-2, -1), (1, 2)
        )
        return out

    def picture(self, tokens: Tensor, depth: int) -> Tensor:
        """Average the tokens of each place over dates and groups of bands."""
        if depth == len(self.blocks):
            tokens = self.inner.norm(tokens)
        # They come first, those of one place together.
        n, side = len(tokens), self.side
        places = tokens[:, : self.n_placed].reshape(n, side, side, -1, tokens.shape[-1])
        return places.mean(dim=3).permute(0, 3, 1, 2)

    def pool(self, tokens: Tensor) -> Tensor:
        """Normalise the tokens, then average them, as the publication does for one patch."""
        return self.inner.norm(tokens).mean(dim=1)  # type: ignore[no-any-return]

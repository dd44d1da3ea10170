"""Clay's encoder; the layers are those of TerraTorch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from bocage.methods.backbones._encoder import Tensors
from bocage.methods.backbones._patches import PatchEncoder, gate, layout_of, quietly, still
from bocage.methods.backbones._state import load_state, read_state

PIXEL_METRES = 10.0
"""Clay is told the size of a pixel; its Sentinel-2 statistics hold at 10 m."""


class ResidualPair(nn.Module):
    """Attention and MLP, each with its residual, as one block."""

    def __init__(self, attn: nn.Module, ff: nn.Module) -> None:
        super().__init__()
        self.attn = attn
        self.ff = ff

    def forward(self, tokens: Tensor) -> Tensor:
        """Apply both."""
        tokens = self.attn(tokens) + tokens
        return self.ff(tokens) + tokens  # type: ignore[no-any-return]


class ClayEncoder(PatchEncoder):
    """Clay on one date; the time of day and year is left unknown."""

    def embed(self, batch: Tensors) -> Any:
        """Embed chips with the size of a pixel, and the place where it is given."""
        x = batch["x"] if batch["x"].ndim == 4 else batch["x"][:, :, 0]  # noqa: PLR2004
        return self.inner.forward_features(x, latlon=batch.get("latlon"), gsd=PIXEL_METRES)  # type: ignore[operator]


def clay_encoder(
    path: Path | None, shape: Sequence[int], names: Sequence[str], patch: int
) -> ClayEncoder:
    """Build the encoder for chips of some shape and bands."""
    with quietly():
        # The class behind `timm_clay_v1_base`: the registry would hide it in a wrapper.
        from terratorch.models.backbones.clay_v1.embedder import Embedder

        inner = Embedder(img_size=shape[-1], bands=list(names))
    if path is not None:
        state = inner.transform_state_dict({"state_dict": read_state(path)}, inner)
        load_state(inner, state, "clay", more=True)
    still(inner)
    inner.requires_grad_(requires_grad=True)
    transformer = inner.clay_encoder.transformer
    blocks = [ResidualPair(*pair) for pair in transformer.layers]
    norm = transformer.norm
    transformer.layers, transformer.norm = gate(pair=True), nn.Identity()
    names_of = (("attn.to_qkv", "attn.to_out"), ("ff.net.1", "ff.net.3"))
    return ClayEncoder(inner, blocks, norm, 768, layout_of(shape, patch), names_of)

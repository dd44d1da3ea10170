"""Prithvi's encoder; the layers are those of TerraTorch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from bocage.methods.backbones._encoder import Tensors
from bocage.methods.backbones._patches import PatchEncoder, from_registry, gate, layout_of, still
from bocage.methods.backbones._state import load_state, read_state


class PrithviEncoder(PatchEncoder):
    """Prithvi, with place and time where it was pretrained on them."""

    def embed(self, batch: Tensors) -> Any:
        """Embed chips; dates stand after the bands."""
        x = batch["x"] if batch["x"].ndim == 5 else batch["x"].unsqueeze(2)  # noqa: PLR2004
        return self.inner.forward_features(x, batch.get("when"), batch.get("latlon"))  # type: ignore[operator]


def prithvi_encoder(
    key: str, path: Path | None, shape: Sequence[int], bands: tuple[str, ...], patch: int
) -> PrithviEncoder:
    """Build the encoder for chips of some shape and bands."""
    layout = layout_of(shape, patch)
    inner = from_registry(key, bands=list(bands), num_frames=layout.dates)
    if path is not None:
        from terratorch.models.backbones.prithvi_vit import checkpoint_filter_fn_vit

        state = read_state(path)
        fit = checkpoint_filter_fn_vit(state, inner, inner.pretrained_bands, inner.model_bands)
        load_state(inner, fit, key)
    still(inner)
    blocks, norm, width = list(inner.blocks), inner.norm, inner.embed_dim
    inner.blocks, inner.norm = gate(), nn.Identity()
    # The registry's own `forward` is a closure that keeps the network alive.
    inner.__dict__.pop("forward", None)
    return PrithviEncoder(inner, blocks, norm, width, layout)

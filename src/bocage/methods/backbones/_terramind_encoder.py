"""TerraMind's encoder; the layers are those of TerraTorch."""

from collections.abc import Sequence
from pathlib import Path

from torch import nn

from bocage.methods.backbones._patches import PatchEncoder, from_registry, gate, layout_of, still
from bocage.methods.backbones._state import load_state, read_state


def terramind_encoder(
    key: str,
    path: Path | None,
    shape: Sequence[int],
    modality: str,
    bands: list[str],
    patch: int,
) -> PatchEncoder:
    """Build the encoder for chips of one modality."""
    inner = from_registry(key, modalities=[modality], merge_method=None)
    if path is not None:
        # The published reader would leave what is missing random, with no more than a log line.
        load_state(inner, read_state(path), key, more=True)
    _keep_bands(inner, modality, bands)
    still(inner)
    blocks, norm, width = list(inner.encoder), inner.encoder_norm, inner.out_channels[0]
    inner.encoder, inner.encoder_norm = gate(), nn.Identity()
    # A gated MLP has a third layer.
    gated = hasattr(blocks[0].mlp, "fc3")
    names = (("attn.qkv", "attn.proj"), ("mlp.fc1", "mlp.fc2", *(("mlp.fc3",) if gated else ())))
    return PatchEncoder(inner, blocks, norm, width, layout_of(shape, patch, extra=0), names)


def _keep_bands(inner: nn.Module, modality: str, bands: list[str]) -> None:
    """Keep the weights of the bands that are there."""
    from terratorch.models.backbones.terramind.model import terramind_register as published

    published.select_modality_patch_embed_weights(
        inner, {modality: bands}, published.PRETRAINED_BANDS
    )

"""DOFA's encoder; the layers are those of torchgeo, the names those of TerraTorch."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from bocage.methods.backbones._patches import PatchEncoder, from_registry, gate, layout_of, still
from bocage.methods.backbones._state import load_state, read_state


def dofa_encoder(
    key: str,
    path: Path | None,
    shape: Sequence[int],
    bands: list[str],
    width: int,
    patch: int,
) -> PatchEncoder:
    """Build the encoder for chips of some shape and bands."""
    inner = from_registry(key, model_bands=bands, weights=None, img_size=shape[-1])
    network = inner.dofa_model
    network.head, network.fc_norm = nn.Identity(), nn.Identity()
    if path is not None:
        state = read_state(path)
        state["pos_embed"] = resized(state["pos_embed"], shape[-1] // patch)
        load_state(network, state, key, more=True)
    still(inner)
    blocks = list(network.blocks)
    network.blocks = gate()
    # The registry's wrapper applies no normalisation after the last block.
    return PatchEncoder(inner, blocks, nn.Identity(), width, layout_of(shape, patch))


def resized(position: Tensor, side: int) -> Tensor:
    """Stretch the position embedding of square chips to `side` x `side` patches.

    Parameters
    ----------
    position : Tensor, shape (1, 1 + patches, width)
        The first belongs to the class token.
    side : int
    """
    own = round((position.shape[1] - 1) ** 0.5)
    if own == side:
        return position
    grid = position[:, 1:].reshape(1, own, own, -1).permute(0, 3, 1, 2)
    grid = nn.functional.interpolate(grid, (side, side), mode="bilinear", align_corners=False)
    return torch.cat([position[:, :1], grid.flatten(2).transpose(1, 2)], dim=1)

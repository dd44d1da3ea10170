"""Pretrained networks: what they read, where their weights are, and how they are built."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods.backbones._backbone import Arrays, Backbone, Weights, lacking, need_torch, plain
from bocage.methods.backbones._bands import arrange, scale_known, sentinel2
from bocage.methods.backbones._registry import BACKBONES

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import N_LEVELS, Encoder, turned
    from bocage.methods.backbones._frozen import Frozen, Passing, block_stage, level_stage
    from bocage.methods.backbones._numerics import fixed_numerics, own_tensor

__all__ = [
    "BACKBONES",
    "N_LEVELS",
    "Arrays",
    "Backbone",
    "Encoder",
    "Frozen",
    "Passing",
    "Weights",
    "arrange",
    "block_stage",
    "fixed_numerics",
    "lacking",
    "level_stage",
    "need_torch",
    "own_tensor",
    "plain",
    "scale_known",
    "sentinel2",
    "turned",
]

# These import torch.
__getattr__ = lazy(
    __name__,
    {
        "Encoder": "_encoder",
        "Frozen": "_frozen",
        "Passing": "_frozen",
        "block_stage": "_frozen",
        "level_stage": "_frozen",
        "N_LEVELS": "_encoder",
        "turned": "_encoder",
        "fixed_numerics": "_numerics",
        "own_tensor": "_numerics",
    },
)

"""Segmentation of chips: heads on single pixels, and networks, from scratch or pretrained."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods.chips._layers import ChipGrid, ChipLayer, FrozenLayer, InputLayer, PlaceLayer
from bocage.methods.chips._nets import NETS
from bocage.methods.chips._scenes import Chips, draw_pixels

if TYPE_CHECKING:
    from bocage.methods.chips._backbone import BackboneLesson
    from bocage.methods.chips._learner import NetLesson
    from bocage.methods.chips._pixels import PixelLearner, fit_pixels

__all__ = [
    "NETS",
    "BackboneLesson",
    "ChipGrid",
    "ChipLayer",
    "Chips",
    "FrozenLayer",
    "InputLayer",
    "NetLesson",
    "PixelLearner",
    "PlaceLayer",
    "draw_pixels",
    "fit_pixels",
]

# These import scikit-learn, and torch.
_MODULES = {
    "_backbone": ("BackboneLesson",),
    "_learner": ("NetLesson",),
    "_pixels": ("PixelLearner", "fit_pixels"),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})

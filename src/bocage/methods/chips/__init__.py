"""Segmentation of chips: heads on single pixels, and networks trained from scratch."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods.chips._nets import NETS, ChipNet
from bocage.methods.chips._scenes import Chips

if TYPE_CHECKING:
    from bocage.methods.chips._learner import fit_net
    from bocage.methods.chips._pixels import PixelHead, fit_pixels

__all__ = ["NETS", "ChipNet", "Chips", "PixelHead", "fit_net", "fit_pixels"]

# These import scikit-learn, and torch.
__getattr__ = lazy(
    __name__, {"PixelHead": "_pixels", "fit_net": "_learner", "fit_pixels": "_pixels"}
)

"""What turns windows of a raster into layers of a map: kernels on pixels, networks on chips."""

from bocage.mapping.painters._chips import ChipPainter
from bocage.mapping.painters._pixels import PixelPainter
from bocage.mapping.painters._samples import SamplePainter
from bocage.mapping.painters._tiles import Tiling
from bocage.mapping.painters._window_predictor import WindowPredictor

__all__ = ["ChipPainter", "PixelPainter", "SamplePainter", "Tiling", "WindowPredictor"]

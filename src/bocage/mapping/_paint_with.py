"""Which painter a model gets."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bocage.areas import row_areas
from bocage.core import DataError, SettingsError, three_digits
from bocage.mapping._request import TRUST
from bocage.mapping.outputs import Layer
from bocage.mapping.painters import (
    ChipPainter,
    PixelPainter,
    SamplePainter,
    Tiling,
    WindowPredictor,
)
from bocage.methods import FittedMethod
from bocage.models import MapModel
from bocage.predict import kernel_of
from bocage.sources import Source

PIXEL_OFF = 0.2
"""Pixels may be so much larger or smaller than those of training."""


def painter_of(
    model: MapModel,
    raster: Source,
    places: tuple[int, ...],
    layers: Mapping[str, Layer],
    weights: NDArray[np.float64] | None,
    overlap: float,
) -> WindowPredictor:
    """Choose a painter: a kernel where there is one.

    Parameters
    ----------
    model : MapModel
    raster : Source
    places : tuple of int
        Position of each of the model's bands among the raster's.
    layers : mapping of str to Layer
        What is painted, by name.
    weights : ndarray of float64, shape (n_classes,), optional
        What each class's probability is multiplied by.
    overlap : float
        Share of a chip that it has in common with the next.

    Raises
    ------
    BocageError
        If the model can't be used on such a raster.
    """
    coding, head = raster.coding.take(places), model.head
    if not isinstance(head, FittedMethod):
        wanted = model.applicability if set(layers) & set(TRUST) else None
        kernel = kernel_of(head, coding, raster.dtype, prior=weights)
        return PixelPainter(kernel, places, coding, layers, model.noise, wanted)
    if not head.is_chips:
        return SamplePainter(head, places, coding, layers, model.noise, weights)
    _check_pixels(head.pixel_metres, raster)
    tiling = Tiling(head.chip, overlap)
    return ChipPainter(head, places, coding, layers, model.noise, weights, tiling=tiling)


def _check_pixels(metres: float, raster: Source) -> None:
    """Refuse a raster whose pixels are larger or smaller than those of training."""
    try:
        areas = row_areas(raster.grid)
    except DataError:
        # Without a known unit there is nothing to compare.
        return
    found = float(np.sqrt(areas[len(areas) // 2]))
    if np.isfinite(metres) and abs(found / metres - 1) > PIXEL_OFF:
        raise SettingsError(
            f"the pixels of {raster.about.name} are {three_digits(found)} m wide, and the model "
            f"was trained on chips with pixels of {three_digits(metres)} m; expected the same "
            "pixel size: resample the raster first (gdalwarp), or fit a model on chips of its "
            "pixel size"
        )

"""A map, reduced to the pixels of a picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._profile import MEMORY
from bocage.sources import Grid

_COARSE = 600
"""Height and width of the picture from which limits are taken."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One band of a map, reduced.

    Attributes
    ----------
    stored : ndarray, shape (height, width)
        Stored numbers: of classes the most frequent, of others the mean.
    grid : Grid
        Of the map, not of the picture.
    reduction : float
        How many pixels of the map, along a side, one pixel of the picture stands for; below 1
        where it is enlarged.
    """

    stored: NDArray[Any]
    grid: Grid
    reduction: float

    def has_data(self, layer: Layer) -> NDArray[np.bool_]:
        """Tell which pixels have data."""
        known: NDArray[np.bool_]
        known = ~np.isnan(self.stored) if np.isnan(layer.nodata) else self.stored != layer.nodata
        return known

    def values(self, layer: Layer) -> NDArray[np.float64]:
        """Turn stored numbers into values, NaN without data."""
        values = self.stored.astype(np.float64) * layer.scale + layer.offset
        return np.where(self.has_data(layer), values, np.nan)


def grid_of(path: Path) -> Grid:
    """Read where a map lies.

    Raises
    ------
    DataError
        If the file is no raster, or has no coordinate system.
    """
    with _opened(path) as file:
        if file.crs is None:
            raise DataError(f"{path} has no coordinate reference system; expected a map with one")
        transform = file.transform
        return Grid(file.crs.to_wkt(), tuple(transform)[:6], file.height, file.width)


def read_picture(path: Path, layer: Layer, size: tuple[int, int], band: int = 1) -> Picture:
    """Read a band of a map at some height and width, from its overviews.

    Raises
    ------
    DataError
        If the file is no raster.
    """
    import rasterio
    from rasterio.enums import Resampling

    grid = grid_of(path)
    height, width = min(size[0], grid.height), min(size[1], grid.width)
    way = Resampling.mode if layer.is_class else Resampling.average
    with rasterio.Env(GDAL_CACHEMAX=MEMORY), _opened(path) as file:
        stored = file.read(band, out_shape=(height, width), resampling=way)
    # What is smaller than the picture is enlarged, without made-up colours in between.
    rows = np.arange(size[0]) * height // size[0]
    columns = np.arange(size[1]) * width // size[1]
    reduction = max(grid.height / size[0], grid.width / size[1])
    return Picture(stored[np.ix_(rows, columns)], grid, reduction)


def value_limits(path: Path, layer: Layer, band: int = 1) -> tuple[float, float]:
    """Find values between which nearly all of a map lie, for the ends of a colour scale.

    Parameters
    ----------
    path : Path
        Of a map that was written.
    layer : Layer
    band : int

    Returns
    -------
    tuple of float
        The 2nd and the 98th percentile of the map, taken from an overview; 0 and 1 where no pixel
        has data.

    Raises
    ------
    DataError
        If the file is no raster.
    """
    values = read_picture(path, layer, (_COARSE, _COARSE), band).values(layer)
    known = values[np.isfinite(values)]
    if not known.size:
        return 0.0, 1.0
    low, high = np.percentile(known, [2, 98])
    return float(low), float(high)


def has_values(path: Path) -> bool:
    """Tell whether any pixel of a map has data."""
    with _opened(path) as file:
        windows = (window for _, window in file.block_windows(1))
        return any(file.read_masks(1, window=window).any() for window in windows)


def _opened(path: Path) -> Any:
    import rasterio
    from rasterio.errors import RasterioIOError

    try:
        return rasterio.open(path)
    except RasterioIOError as error:
        raise DataError(f"{path} can't be read; expected a map in GeoTIFF") from error

"""Values at points: each block is read once, whatever stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.sources._block_by_block import by_block, read_each
from bocage.sources._georeference import to_crs
from bocage.sources._grid import Window
from bocage.sources._source import Source
from bocage.sources._turns import turned


@dataclass(frozen=True, slots=True)
class Sampled:
    """Values at places.

    Attributes
    ----------
    features : ndarray of float64, shape (n, n_bands)
        NaN where there is no data, or the place lies outside.
    n_pixels : ndarray of int64, shape (n,)
        Pixels with data that each row comes from; 0 where there are none, -1 outside the raster.
    n_asked : ndarray of float64, shape (n,)
        Pixels that a row would come from if all had data. Those outside the raster are counted by
        their area.
    n_zeros : ndarray of int64, shape (n,)
        Those of `n_pixels` that hold 0 in all bands (`Pixels.all_zero`).
    """

    features: NDArray[np.float64]
    n_pixels: NDArray[np.int64]
    n_asked: NDArray[np.float64]
    n_zeros: NDArray[np.int64]


def sample_points(
    raster: Source,
    xy: NDArray[np.float64],
    crs: Any = "EPSG:4326",
    *,
    bands: Sequence[int] | None = None,
    threads: int | None = None,
) -> Sampled:
    """Read the pixel that each point stands in.

    Points are brought to the raster's coordinate system; pixels are never resampled. Points in
    one block are read together, so that time grows with the blocks that hold points, and memory
    with the size of a block.

    Parameters
    ----------
    raster : Source
    xy : ndarray of float64, shape (n, 2)
        x before y (longitude before latitude), in `crs`.
    crs : any that pyproj takes
    bands : sequence of int, optional
        Positions among the raster's bands; all unless given.
    threads : int, optional
        Blocks read at a time; as many as there are cores unless given.

    Raises
    ------
    DataError
        If the raster can't be read, or coordinates can't be converted.
    """
    chosen = list(range(len(raster.names))) if bands is None else list(bands)
    row, column = raster.grid.pixel(turned(to_crs(crs, raster.grid.crs, xy), raster.grid))
    inside = np.flatnonzero(row >= 0)
    values = np.full((len(xy), len(chosen)), np.nan)
    n_pixels = np.where(row >= 0, 0, -1)
    n_zeros = np.zeros(len(xy), dtype=np.int64)

    def read(part: NDArray[np.int64]) -> None:
        window = _around(row[part], column[part])
        pixels = raster.pixels(window, chosen)
        found = pixels.at(row[part] - window.row, column[part] - window.column)
        values[part] = found.values.T
        n_pixels[part] = ~found.missing
        n_zeros[part] = found.all_zero

    read_each(raster, list(by_block(raster, row, column, inside)), read, threads, "points")
    return Sampled(values, n_pixels, np.ones(len(xy)), n_zeros)


def _around(row: NDArray[np.int64], column: NDArray[np.int64]) -> Window:
    top, left = int(row.min()), int(column.min())
    return Window(top, left, int(row.max()) - top + 1, int(column.max()) - left + 1)

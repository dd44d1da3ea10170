"""Scenes cut into chips."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.sources import check_raster, file_masks, open_raster, projected, reading, xy_of


@dataclass(frozen=True, slots=True)
class Scene:
    """A raster in memory.

    Attributes
    ----------
    values : ndarray, shape (bands, height, width)
    transform : tuple of float
        Column and row to x and y: (a, b, c, d, e, f) with x = a col + b row + c.
    crs : str
        As EPSG code or WKT.
    nodata : float, optional
        Value that the file declares to be none.
    unmasked : ndarray of bool, shape (height, width), optional
        Where the file's masks say that there is data; everywhere unless given.
    """

    values: NDArray[Any]
    transform: tuple[float, ...]
    crs: str
    nodata: float | None = None
    unmasked: NDArray[np.bool_] | None = None

    def centres(self, side: int) -> NDArray[np.float64]:
        """Return the centre of each chip of `side` pixels in degrees, shape (n, 2), row by row."""
        _, height, width = self.values.shape
        rows, columns = np.meshgrid(
            np.arange(height // side) + 0.5, np.arange(width // side) + 0.5, indexing="ij"
        )
        row, column = rows.ravel() * side, columns.ravel() * side
        return projected(self.crs, 4326, xy_of(self.transform, row, column))


def read_scene(path: Path) -> Scene:
    """Read a raster whole.

    Raises
    ------
    DataError
        If it can't be read, or has no coordinate system.
    """
    with reading(path.name, str(path)):
        check_raster(path)
        with open_raster(path) as source:
            if source.crs is None:
                raise DataError(
                    f"{path.name} has no coordinate reference system; expected a georeferenced "
                    "raster"
                )
            return Scene(
                source.read(),
                tuple(source.transform)[:6],
                source.crs.to_wkt(),
                source.nodata,
                file_masks(source),
            )


def cut(values: NDArray[Any], side: int) -> NDArray[Any]:
    """Cut a scene into chips that do not overlap; a rest at the right and lower edge is left out.

    Parameters
    ----------
    values : ndarray, shape (height, width) or (bands, height, width)
    side : int
        Pixels.

    Returns
    -------
    ndarray, shape (n, side, side) or (n, bands, side, side)
        Row by row, from the upper left.

    Examples
    --------
    >>> cut(np.arange(16).reshape(4, 4), 2)[1].tolist()
    [[2, 3], [6, 7]]
    """
    flat = values if values.ndim == 3 else values[None]  # noqa: PLR2004
    bands, height, width = flat.shape
    rows, columns = height // side, width // side
    if not rows or not columns:
        raise DataError(f"a scene of {height} x {width} pixels contains no chip of {side} pixels")
    whole = flat[:, : rows * side, : columns * side]
    chips = whole.reshape(bands, rows, side, columns, side).transpose(1, 3, 0, 2, 4)
    chips = np.ascontiguousarray(chips.reshape(-1, bands, side, side))
    return chips if values.ndim == 3 else chips[:, 0]  # noqa: PLR2004

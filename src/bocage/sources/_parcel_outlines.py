"""Parcels on the grid of a raster, and the pixels that lie in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.sources._georeference import to_crs
from bocage.sources._grid import Grid, Window
from bocage.sources._pixels import Pixels
from bocage.sources._source import Source
from bocage.sources._turns import turned_shapes

PIECE = 512
"""Side of the pieces that a parcel is read in."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Parcels in the coordinate system of a raster.

    Attributes
    ----------
    raster : Source
    shapes : ndarray of shapely geometries, shape (n,)
    windows : tuple of Window or None
        Pixels that each may touch, be they on the grid or not; None if none of them are.
    n_beyond : ndarray of float64, shape (n,)
        How many pixels of each lie beyond the grid, by their area.
    """

    raster: Source
    shapes: NDArray[Any]
    windows: tuple[Window | None, ...]
    n_beyond: NDArray[np.float64]

    @classmethod
    def of(cls, raster: Source, shapes: NDArray[Any], crs: Any) -> Self:
        """Bring shapes to the raster's grid.

        Raises
        ------
        DataError
            If coordinates can't be converted.
        """
        here = turned_shapes(_projected(shapes, crs, raster.grid.crs), raster.grid)
        windows = tuple(_covered(raster, shape) for shape in here)
        near = np.array([at for at, window in enumerate(windows) if window], dtype=np.int64)
        return cls(raster, here, windows, _beyond(here, raster.grid, near))

    @property
    def n_pixels(self) -> NDArray[np.int64]:
        """Zero for each parcel that may have pixels, -1 for those that lie outside."""
        return np.array([-1 if window is None else 0 for window in self.windows], dtype=np.int64)

    @property
    def corners(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of each window's first pixel; 0 where there is none."""
        found = [(0, 0) if w is None else (w.row, w.column) for w in self.windows]
        row, column = np.array(found, dtype=np.int64).reshape(-1, 2).T
        return row, column

    def pieces(
        self, at: int, bands: Sequence[int]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Pixels]]:
        """Read the pixels whose centre lies in a parcel, piece by piece.

        A parcel that holds no centre gets the pixel that its inner point stands in; where that is
        outside, nothing. A large parcel is read in pieces: memory follows the piece.

        Yields
        ------
        row, column : ndarray of int64, shape (n,)
            Counted from the parcel's window: the same whatever tiles it lies on.
        pixels : Pixels
        """
        import shapely

        window, grid = self.windows[at], self.raster.grid
        assert window is not None  # noqa: S101 - only those inside are asked for
        is_empty = True
        for tile in _pieces(window, grid):
            mask = _centres_in(self.shapes[at], grid, tile)
            if mask.any():
                is_empty = False
                row, column = np.nonzero(mask)
                found = self.raster.pixels(tile, bands).at(mask)
                yield row + tile.row - window.row, column + tile.column - window.column, found
        if is_empty:
            point = shapely.get_coordinates(shapely.point_on_surface(self.shapes[at]))
            row, column = grid.pixel(point)
            if row[0] >= 0:
                one = Window(int(row[0]), int(column[0]), 1, 1)
                found = self.raster.pixels(one, bands).at(0)
                yield row - window.row, column - window.column, found


def _projected(shapes: NDArray[Any], source: Any, target: str) -> NDArray[Any]:
    import shapely

    # A self-crossing ring would hold other centres than its outline shows.
    valid = shapely.make_valid(shapes)
    return np.asarray(shapely.transform(valid, lambda xy: to_crs(source, target, xy)))


def _covered(raster: Source, shape: Any) -> Window | None:
    import shapely

    bounds = shapely.bounds(shape)
    if not np.isfinite(bounds).all():
        return None
    window = raster.grid.touched(tuple(bounds))
    return window if window.meet(raster.grid.whole) else None


def _pieces(window: Window, grid: Grid) -> Iterator[Window]:
    """Cut the pixels around a parcel, and leave out what is beyond the grid.

    Pieces are counted from the parcel and not from the file, so that sums are the same bits
    whatever tiles a parcel lies on.
    """
    inside = window.meet(grid.whole)
    assert inside is not None  # noqa: S101 - only parcels that touch the grid are asked for
    for piece in grid.tiles((PIECE, PIECE), inside.within(window)):
        yield Window(
            piece.row + window.row, piece.column + window.column, piece.height, piece.width
        )


def _beyond(shapes: NDArray[Any], grid: Grid, near: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how many pixels of each shape lie beyond the grid, of those `near` it; else 0."""
    import shapely

    corners = grid.xy(
        np.array([0.0, 0.0, grid.height, grid.height]), np.array([0.0, grid.width, grid.width, 0.0])
    )
    beyond = shapely.difference(shapely.make_valid(shapes[near]), shapely.polygons(corners))
    out = np.zeros(len(shapes))
    out[near] = shapely.area(beyond) / grid.pixel_area
    return out


def _centres_in(shape: Any, grid: Grid, tile: Window) -> NDArray[np.bool_]:
    """Tell which pixels of a tile have their centre in a shape, shape (height, width)."""
    import shapely

    rows, columns = np.meshgrid(
        np.arange(tile.height) + tile.row + 0.5,
        np.arange(tile.width) + tile.column + 0.5,
        indexing="ij",
    )
    xy = grid.xy(rows.ravel(), columns.ravel())
    shapely.prepare(shape)
    found = shapely.intersects_xy(shape, xy[:, 0], xy[:, 1])
    return np.asarray(found).reshape(tile.height, tile.width)

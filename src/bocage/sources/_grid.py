"""Where pixels lie: a grid, and windows of it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.sources._georeference import pixel_area, rowcol_of, to_crs, xy_of


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A rectangle of pixels.

    Attributes
    ----------
    row, column : int
        Of its first pixel.
    height, width : int
    """

    row: int
    column: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index arrays of the whole grid."""
        return (
            slice(self.row, self.row + self.height),
            slice(self.column, self.column + self.width),
        )

    def within(self, other: "Window") -> "Window":
        """Return the same pixels, counted from the corner of another window."""
        return Window(self.row - other.row, self.column - other.column, self.height, self.width)

    def meet(self, other: "Window") -> "Window | None":
        """Return the pixels that are in both; None where there are none."""
        row, column = max(self.row, other.row), max(self.column, other.column)
        height = min(self.row + self.height, other.row + other.height) - row
        width = min(self.column + self.width, other.column + other.width) - column
        return Window(row, column, height, width) if height > 0 and width > 0 else None


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of pixels on the ground.

    Attributes
    ----------
    crs : str
        As WKT, or as an authority's code such as ``EPSG:32633``.
    transform : tuple of float
        a, b, c, d, e, f: x = a column + b row + c and y = d column + e row + f, of the corner of
        a pixel. A positive e is a raster whose first row lies in the south, as AlphaEarth's do.
    height, width : int

    Examples
    --------
    >>> grid = Grid("EPSG:32633", (10, 0, 500_000, 0, 10, 5_000_000), 100, 100)
    >>> grid.is_bottom_up
    True
    """

    crs: str
    transform: tuple[float, float, float, float, float, float]
    height: int
    width: int

    @property
    def whole(self) -> Window:
        """All of it."""
        return Window(0, 0, self.height, self.width)

    @property
    def is_bottom_up(self) -> bool:
        """Whether the first row lies in the south."""
        return self.transform[4] > 0

    @property
    def pixel_area(self) -> float:
        """Area of a pixel in squares of the CRS's unit."""
        return pixel_area(self.transform)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Smallest x, smallest y, largest x and largest y."""
        corners = self.xy(
            np.array([0.0, 0.0, self.height, self.height]),
            np.array([0.0, self.width, 0.0, self.width]),
        )
        (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
        return float(left), float(low), float(right), float(high)

    def crop(self, window: Window) -> "Grid":
        """Return the grid of a window."""
        a, b, _, d, e, _ = self.transform
        corner = self.xy(np.array([float(window.row)]), np.array([float(window.column)]))[0]
        transform = (a, b, float(corner[0]), d, e, float(corner[1]))
        return Grid(self.crs, transform, window.height, window.width)

    def xy(self, row: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn rows and columns (a pixel's centre is at a half) into x and y, shape (n, 2)."""
        return xy_of(self.transform, row, column)

    def rowcol(self, xy: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn x and y into rows and columns, with what is left of a pixel; see `xy`."""
        return rowcol_of(self.transform, xy)

    def lonlat(self, row: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn rows and columns into longitude and latitude in degrees (WGS84), shape (n, 2)."""
        found = to_crs(self.crs, "EPSG:4326", self.xy(row, column))
        # Rasters of the whole Earth may run from 0 to 360.
        lon = found[:, 0]
        beyond = np.isfinite(lon) & (np.abs(lon) > 180)  # noqa: PLR2004
        found[beyond, 0] = (lon[beyond] + 180) % 360 - 180
        return found

    def pixel(self, xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the row and column of the pixel that holds each place; -1 outside and for NaN.

        A place on an edge between pixels belongs to the one of the larger row and column.
        """
        row, column = map(np.floor, self.rowcol(xy))
        with np.errstate(invalid="ignore"):
            inside = (row >= 0) & (row < self.height) & (column >= 0) & (column < self.width)
        return (
            np.where(inside, row, -1.0).astype(np.int64),
            np.where(inside, column, -1.0).astype(np.int64),
        )

    def window_of(self, bounds: tuple[float, float, float, float]) -> Window | None:
        """Return the window of all pixels that touch a box of x and y; None if there are none."""
        return self.touched(bounds).meet(self.whole)

    def touched(self, bounds: tuple[float, float, float, float]) -> Window:
        """Return the pixels that touch a box of x and y as if the grid went on for ever."""
        left, low, right, high = bounds
        corners = np.array([[left, low], [left, high], [right, low], [right, high]])
        row, column = self.rowcol(corners)
        top, first = math.floor(row.min()), math.floor(column.min())
        # A box of no extent still touches the pixel that it stands in.
        below, last = max(math.ceil(row.max()), top + 1), max(math.ceil(column.max()), first + 1)
        return Window(top, first, below - top, last - first)

    def tiles(self, size: tuple[int, int], area: Window | None = None) -> Iterator[Window]:
        """Cut the grid, or a window of it, along the lines of blocks of some height and width."""
        area = area or self.whole
        height, width = size
        for row in range(area.row // height * height, area.row + area.height, height):
            for column in range(area.column // width * width, area.column + area.width, width):
                tile = Window(row, column, height, width).meet(area)
                if tile is not None:
                    yield tile

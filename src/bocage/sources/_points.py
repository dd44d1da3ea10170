"""Values at points and in parcels: each block is read once, whatever stands in it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError, open_threads, progress
from bocage.sources._grid import Grid, Window, to_crs
from bocage.sources._raster import Raster
from bocage.sources._turns import turned, turned_shapes

PIECE = 512
"""Side of the pieces that a parcel is read in."""

STATISTICS = ("mean", "std", "min", "max")


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
    """

    features: NDArray[np.float64]
    n_pixels: NDArray[np.int64]
    n_asked: NDArray[np.float64]


def sample_points(
    raster: Raster,
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
    raster : Raster
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
    chosen = list(range(len(raster.bands))) if bands is None else list(bands)
    row, column = raster.grid.pixel(turned(to_crs(crs, raster.grid.crs, xy), raster.grid))
    inside = np.flatnonzero(row >= 0)
    values = np.full((len(xy), len(chosen)), np.nan)
    n_pixels = np.where(row >= 0, 0, -1)

    def read(part: NDArray[np.int64]) -> None:
        window = _around(row[part], column[part])
        pixels = raster.pixels(window, chosen)
        found = pixels.at(row[part] - window.row, column[part] - window.column)
        values[part] = found.values.T
        n_pixels[part] = ~found.missing

    _each(raster, list(_by_block(raster, row, column, inside)), read, threads, "points")
    return Sampled(values, n_pixels, np.ones(len(xy)))


def sample_parcels(
    raster: Raster,
    shapes: NDArray[Any],
    crs: Any,
    *,
    statistics: Sequence[str] = ("mean",),
    bands: Sequence[int] | None = None,
    threads: int | None = None,
) -> Sampled:
    """Summarise the pixels whose centre lies in each parcel.

    A parcel that holds no centre gets the pixel that its inner point stands in. Pixels without
    data do not count.

    Parameters
    ----------
    raster : Raster
    shapes : ndarray of shapely polygons, shape (n,)
    crs : any that pyproj takes
    statistics : sequence of {"mean", "std", "min", "max"}
        Columns are all bands of the first, then of the next. `std` divides by the number of
        pixels.
    bands, threads
        As in `sample_points`.

    Raises
    ------
    SettingsError
        If a statistic is unknown.
    DataError
        If the raster can't be read, or coordinates can't be converted.
    """
    import shapely

    unknown = [name for name in statistics if name not in STATISTICS]
    if unknown or not statistics:
        raise SettingsError(
            f"no statistic {(unknown or [''])[0]!r}; expected some of {', '.join(STATISTICS)}"
        )
    chosen = list(range(len(raster.bands))) if bands is None else list(bands)
    grid = raster.grid
    here = turned_shapes(_projected(shapes, crs, grid.crs), grid)
    windows = [_covered(raster, shape) for shape in here]
    values = np.full((len(here), len(chosen) * len(statistics)), np.nan)
    n_pixels = np.array([-1 if window is None else 0 for window in windows])
    n_asked = _outside(here, grid, np.flatnonzero(n_pixels == 0))

    def read(part: NDArray[np.int64]) -> None:
        for i in part:
            window = windows[i]
            assert window is not None  # noqa: S101 - only those inside are asked for
            totals = _Totals(len(chosen))
            # A large parcel is read piece by piece: memory follows the piece, not the parcel.
            for tile in _pieces(window, grid):
                mask = _centres_in(here[i], raster, tile)
                if mask.any():
                    totals.add(raster.pixels(tile, chosen).at(mask).values)
            if not totals.asked:
                point = shapely.get_coordinates(shapely.point_on_surface(here[i]))
                row, column = grid.pixel(point)
                if row[0] < 0:
                    n_pixels[i] = -1
                    continue
                one = raster.pixels(Window(int(row[0]), int(column[0]), 1, 1), chosen)
                totals.add(one.at(0).values)
            n_pixels[i] = totals.n
            n_asked[i] += totals.asked
            if totals.n:
                values[i] = np.concatenate([totals.statistic(name) for name in statistics])

    inside = np.flatnonzero(n_pixels == 0)
    row = np.array([0 if w is None else w.row for w in windows], dtype=np.int64)
    column = np.array([0 if w is None else w.column for w in windows], dtype=np.int64)
    _each(raster, list(_by_block(raster, row, column, inside)), read, threads, "parcels")
    return Sampled(values, n_pixels, n_asked)


class _Totals:
    """Sums of the pixels of a parcel."""

    def __init__(self, n_bands: int) -> None:
        self.asked = 0
        self.n = 0
        self._mean = np.zeros(n_bands)
        self._square = np.zeros(n_bands)
        self._low = np.full(n_bands, np.inf)
        self._high = np.full(n_bands, -np.inf)

    def add(self, values: NDArray[np.float64]) -> None:
        """Add pixels, shape (n_bands, n); those without data only count as asked for."""
        self.asked += values.shape[1]
        known = values[:, np.isfinite(values).all(axis=0)]
        n = known.shape[1]
        if not n:
            return
        # Means and squares of parts are put together as Chan et al. (1979) do: no large sums.
        mean = known.mean(axis=1)
        square = np.square(known - mean[:, None]).sum(axis=1)
        moved = mean - self._mean
        total = self.n + n
        self._square += square + np.square(moved) * (self.n * n / total)
        self._mean += moved * (n / total)
        self.n = total
        self._low = np.minimum(self._low, known.min(axis=1))
        self._high = np.maximum(self._high, known.max(axis=1))

    def statistic(self, name: str) -> NDArray[np.float64]:
        """Return one statistic of each band."""
        if name == "std":
            return np.sqrt(self._square / self.n)
        return {"mean": self._mean, "min": self._low, "max": self._high}[name]


def _projected(shapes: NDArray[Any], source: Any, target: str) -> NDArray[Any]:
    import shapely

    # A self-crossing ring would hold other centres than its outline shows.
    valid = shapely.make_valid(shapes)
    return np.asarray(shapely.transform(valid, lambda xy: to_crs(source, target, xy)))


def _covered(raster: Raster, shape: Any) -> Window | None:
    """Return the pixels that a shape may touch, be they on the grid or not; None if none are."""
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


def _outside(shapes: NDArray[Any], grid: Grid, near: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how many pixels of each shape lie beyond the grid, of those `near` it; else 0."""
    import shapely

    corners = grid.xy(
        np.array([0.0, 0.0, grid.height, grid.height]), np.array([0.0, grid.width, grid.width, 0.0])
    )
    beyond = shapely.difference(shapely.make_valid(shapes[near]), shapely.polygons(corners))
    out = np.zeros(len(shapes))
    out[near] = shapely.area(beyond) / grid.pixel_area
    return out


def _centres_in(shape: Any, raster: Raster, tile: Window) -> NDArray[np.bool_]:
    """Tell which pixels of a tile have their centre in a shape, shape (height, width)."""
    import shapely

    rows, columns = np.meshgrid(
        np.arange(tile.height) + tile.row + 0.5,
        np.arange(tile.width) + tile.column + 0.5,
        indexing="ij",
    )
    xy = raster.grid.xy(rows.ravel(), columns.ravel())
    shapely.prepare(shape)
    found = shapely.intersects_xy(shape, xy[:, 0], xy[:, 1])
    return np.asarray(found).reshape(tile.height, tile.width)


def _around(row: NDArray[np.int64], column: NDArray[np.int64]) -> Window:
    top, left = int(row.min()), int(column.min())
    return Window(top, left, int(row.max()) - top + 1, int(column.max()) - left + 1)


def _by_block(
    raster: Raster, row: NDArray[np.int64], column: NDArray[np.int64], inside: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Split rows by the block that their pixel lies in."""
    if not len(inside):
        return
    height, width = raster.block
    across = raster.grid.width // width + 1
    block = row[inside] // height * across + column[inside] // width
    order = np.argsort(block, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
        yield inside[part]


def _each(
    raster: Raster,
    parts: Sequence[NDArray[np.int64]],
    read: Any,
    threads: int | None,
    what: str,
) -> None:
    total = sum(len(part) for part in parts)
    count = max(1, min(threads or os.cpu_count() or 1, len(parts)))
    with open_threads(count) as pool, progress(what, total) as advance:
        for part, _ in zip(parts, pool.map(read, parts), strict=True):
            advance(len(part))
    raster.close()

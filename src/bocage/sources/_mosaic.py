"""Tiles of one grid behind the face of one raster."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, listed
from bocage.sources._georeference import is_same_crs
from bocage.sources._grid import Grid, Window
from bocage.sources._pixels import Pixels
from bocage.sources._raster import About, Raster
from bocage.sources._source import Source, names_of_files
from bocage.sources._undeclared_nodata import Watch

OFF = 1e-3
"""Tiles may lie so many pixels off their common grid."""


@dataclass(frozen=True)
class Mosaic(Raster):
    """Tiles put together; where several lie, the first that has data is taken.

    Attributes
    ----------
    tiles : tuple of Raster
    places : tuple of Window
        Where each lies on the common grid.
    """

    tiles: tuple[Raster, ...] = ()
    places: tuple[Window, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Files of all tiles, each once."""
        return tuple(dict.fromkeys(path for tile in self.tiles for path in tile.paths))

    @property
    def facts(self) -> list[Any]:
        """List what decides the values that are read; see `Raster.facts`."""
        return [*super().facts, [tile.facts for tile in self.tiles]]

    @property
    def files(self) -> tuple[Path, ...]:
        """Local files of all tiles; see `Raster.files`."""
        return tuple(dict.fromkeys(path for tile in self.tiles for path in tile.files))

    def read(self, window: Window, bands: Sequence[int] | None = None) -> NDArray[Any]:
        """Read stored numbers of a window; nodata where no tile lies. See `Raster.read`."""
        return self.pixels(window, bands).stored

    def pixels(self, window: Window, bands: Sequence[int] | None = None) -> Pixels:
        """Read the pixels of a window; none hold data where no tile lies. See `Raster.pixels`."""
        chosen = list(range(len(self.bands)) if bands is None else bands)
        shape = (window.height, window.width)
        stored = np.full((len(chosen), *shape), self._blank, dtype=self.dtype)
        missing = np.ones(shape, dtype=bool)
        # The first tile comes last, and stays where it has data.
        for tile, place in reversed(list(zip(self.tiles, self.places, strict=True))):
            part = window.meet(place)
            if part is None:
                continue
            found = tile.pixels(part.within(place), chosen)
            here = part.within(window).slices
            under = stored[(slice(None), *here)]
            gone = found.missing
            stored[(slice(None), *here)] = (
                np.where(gone, under, found.stored) if gone.any() else found.stored
            )
            missing[here] &= gone
        return Pixels(stored, missing, self.coding.take(chosen))

    def watched(self, watch: Watch) -> Self:
        """Return the tiles with a watch on each; see `Raster.watched`."""
        return replace(self, tiles=tuple(tile.watched(watch) for tile in self.tiles))

    @property
    def _blank(self) -> float:
        if self.coding.nodata is not None:
            return self.coding.nodata
        return np.nan if np.dtype(self.dtype).kind == "f" else 0

    def close(self) -> None:
        """Close the files that this thread has opened."""
        for tile in self.tiles:
            tile.close()


def join_tiles(sources: Sequence[Source]) -> Source:
    """Put tiles together; one alone is given back as it is.

    GDAL's virtual rasters refuse files whose first row lies in the south, as AlphaEarth's do.

    Parameters
    ----------
    sources : sequence of Source
        At least one; several have to be files (`Raster`).

    Raises
    ------
    DataError
        If they do not lie on one grid, or their bands, coding or product differ.
    """
    if len(sources) == 1:
        return sources[0]
    rasters = [source for source in sources if isinstance(source, Raster)]
    if len(rasters) < len(sources):
        other = next(source for source in sources if not isinstance(source, Raster))
        raise DataError(
            f"{other.about.name} is no file and can't be joined with other tiles; expected files, "
            "or one source alone: make a map of each"
        )
    first = rasters[0]
    for other in rasters[1:]:
        _check_same(first, other)
    corners = [_corner(first.grid, tile) for tile in rasters]
    top, left = min(row for row, _ in corners), min(column for _, column in corners)
    places = tuple(
        Window(row - top, column - left, tile.grid.height, tile.grid.width)
        for (row, column), tile in zip(corners, rasters, strict=True)
    )
    a, b, _, d, e, _ = first.grid.transform
    x, y = first.grid.xy(np.array([float(top)]), np.array([float(left)]))[0]
    grid = Grid(
        first.grid.crs,
        (a, b, float(x), d, e, float(y)),
        max(place.row + place.height for place in places),
        max(place.column + place.width for place in places),
    )
    years = sorted({year for tile in rasters for year in tile.about.years})
    about: About = replace(first.about, name=tiles_in_words(rasters), years=tuple(years))
    # Each tile knows its own number for no data.
    alike = all(tile.coding == first.coding for tile in rasters)
    coding = first.coding if alike else replace(first.coding, nodata=None)
    return Mosaic(
        first.bands, grid, coding, first.dtype, first.block, about, first.overview,
        tiles=tuple(rasters), places=places,
    )  # fmt: skip


def join_where_possible(rasters: Sequence[Source]) -> list[Source]:
    """Put those together that lie on one grid.

    Parameters
    ----------
    rasters : sequence of Source

    Returns
    -------
    list of Source
        Fewer where some could be joined, in the order of their first tiles.
    """
    groups: list[list[Source]] = []
    for raster in rasters:
        for group in groups:
            try:
                join_tiles([group[0], raster])
            except DataError:
                continue
            group.append(raster)
            break
        else:
            groups.append([raster])
    return [join_tiles(group) for group in groups]


def tiles_in_words(rasters: Sequence[Source]) -> str:
    """Name the first file of tiles, and say how many more there are."""
    return listed([name for raster in rasters for name in names_of_files(raster)], 1)


def bands_of(rasters: Sequence[Source]) -> tuple[str, ...]:
    """Return the bands of tiles, on one grid or on several.

    Raises
    ------
    DataError
        If bands, scaling or years differ.
    """
    first = rasters[0]
    for other in rasters[1:]:
        if other.names != first.names or not other.coding.same_values(first.coding):
            raise DataError(
                f"{other.about.name} has other bands or another scale than {first.about.name}; "
                "expected tiles of one product: sample them separately"
            )
        if other.about.years != first.about.years:
            raise DataError(
                f"{other.about.name} is of {other.about.years or 'an unknown year'} and "
                f"{first.about.name} of {first.about.years or 'an unknown year'}; expected tiles "
                "of one year: sample them separately, or declare --year"
            )
    return first.names


def _corner(grid: Grid, tile: Raster) -> tuple[int, int]:
    """Return row and column of a tile's first pixel on the grid of another."""
    (row,), (column,) = grid.rowcol(tile.grid.xy(np.zeros(1), np.zeros(1)))
    if max(abs(row - round(row)), abs(column - round(column))) > OFF:
        raise DataError(
            f"{tile.about.name} lies {row % 1:.2f} rows and {column % 1:.2f} columns off the grid "
            "of the first raster; expected tiles of one grid: make a map of each"
        )
    return round(row), round(column)


def _check_same(first: Raster, other: Raster) -> None:
    """Refuse a tile that is not like the first."""
    if not is_same_crs(first.grid.crs, other.grid.crs):
        raise DataError(
            f"{first.about.name} and {other.about.name} are in different coordinate reference "
            "systems, such as two UTM zones; expected tiles of one grid: make a map of each"
        )
    a, b, _, d, e, _ = first.grid.transform
    step = other.grid.transform
    if not np.allclose([step[0], step[1], step[3], step[4]], [a, b, d, e], rtol=1e-6, atol=0):
        raise DataError(
            f"pixels of {other.about.name} differ in size or direction from those of "
            f"{first.about.name}; expected tiles of one grid: make a map of each"
        )
    if not other.coding.same_values(first.coding):
        raise DataError(
            f"{other.about.name} differs from {first.about.name} in its scaling; expected tiles of "
            "one raster: make a map of each"
        )
    for found, expected, what in (
        (other.names, first.names, "bands"),
        (other.dtype, first.dtype, "data type"),
        (other.about.product, first.about.product, "product"),
        (other.about.version, first.about.version, "version"),
        (other.about.years, first.about.years, "years"),
    ):
        if found != expected:
            raise DataError(
                f"{other.about.name} differs from {first.about.name} in its {what}; expected tiles "
                "of one raster: make a map of each"
            )

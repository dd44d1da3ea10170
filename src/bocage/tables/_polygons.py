"""Features of polygons from rasters: statistics of their pixels, or single pixels drawn in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Ints, part_of
from bocage.sources import (
    AEF_BANDS,
    ParcelPixels,
    Sampled,
    Source,
    draw_parcel_pixels,
    join_where_possible,
    sample_parcels,
)

N_PIXELS, HOMOGENEITY = "n_pixels", "homogeneity"
"""Further columns of statistics; the second is the length of the mean of unit vectors."""

ZEROS = (
    "where all bands are 0, a common way to write masked pixels: declare --nodata 0 if nothing was "
    "measured there"
)
"""End of a note."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What rasters tell of n polygons, as m rows.

    Attributes
    ----------
    columns : tuple of str
    values : ndarray of float64, shape (m, n_columns)
    n_pixels : ndarray of int64, shape (n,)
        Pixels with data; 0 where there are none, -1 outside.
    polygon : ndarray of int64, shape (m,)
        Position of the polygon that each row is of.
    more : mapping of str to ndarray, shape (m,)
        Columns that are no features.
    notes : tuple of str
    lonlat : ndarray of float64, shape (m, 2), optional
        Where the rows stand, where these are single pixels: degrees (WGS84) of their centres.
    """

    columns: tuple[str, ...]
    values: Floats
    n_pixels: Ints
    polygon: Ints
    more: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    lonlat: Floats | None = None


def polygon_statistics(
    rasters: Sequence[Source],
    shapes: NDArray[Any],
    crs: Any,
    *,
    statistics: Sequence[str] = ("mean",),
    only: Sequence[str] = (),
) -> Features:
    """Summarise the pixels of each polygon, one row a polygon.

    Parameters
    ----------
    rasters : sequence of Source
        Tiles with the same bands; a polygon takes all its pixels from all tiles of one grid, each
        once, and of several grids the one that holds most of it.
    shapes : ndarray of shapely polygons, shape (n,)
    crs : any that pyproj takes
    statistics : sequence of str
        The mean stands under a band's own name, others behind it (``A00_std``). A mean of
        AlphaEarth's unit vectors is brought back to length 1.
    only : sequence of str
        Bands to keep; all unless given.

    Raises
    ------
    BocageError
        If a statistic is unknown, or rasters can't be read.
    """
    # A mean of AlphaEarth's vectors needs all of its bands for its length.
    names = rasters[0].names
    made = [
        sample_parcels(raster, shapes, crs, statistics=statistics)
        for raster in join_where_possible(rasters)
    ]
    best = _Best.of(made)
    values = np.stack([one.features for one in made])[best.raster, np.arange(len(shapes))]
    more: dict[str, NDArray[Any]] = {N_PIXELS: np.maximum(best.n_pixels, 0)}
    if "mean" in statistics and tuple(names) == AEF_BANDS:
        values, more[HOMOGENEITY] = _unit(values, list(statistics).index("mean"))
    columns = [
        name if kind == "mean" else f"{name}_{kind}" for kind in statistics for name in names
    ]
    places = [names.index(band) for band in only] or list(range(len(names)))
    kept = [at + len(names) * number for number in range(len(statistics)) for at in places]
    return Features(
        tuple(columns[at] for at in kept),
        values[:, kept],
        best.n_pixels,
        np.arange(len(shapes)),
        more,
        best.notes(f": {N_PIXELS} gives their number"),
    )


def polygon_pixels(
    rasters: Sequence[Source],
    shapes: NDArray[Any],
    crs: Any,
    most: int | None,
    *,
    seed: int = 0,
    only: Sequence[str] = (),
) -> Features:
    """Draw single pixels of each polygon, one row a pixel.

    Parameters
    ----------
    rasters, shapes, crs, only
        As in `polygon_statistics`; the polygon's pixels are those that its mean would be of.
    most : int or None
        Pixels of a polygon at most; all if None.
    seed : int

    Raises
    ------
    BocageError
        If `most` is below 1, or rasters can't be read.
    """
    names = rasters[0].names
    chosen = [names.index(band) for band in only] or list(range(len(names)))
    made = [
        draw_parcel_pixels(raster, shapes, crs, most, seed=seed, bands=chosen)
        for raster in join_where_possible(rasters)
    ]
    best = _Best.of(made)
    parts = [best.raster[one.parcel] == number for number, one in enumerate(made)]
    polygon = np.concatenate([one.parcel[kept] for one, kept in zip(made, parts, strict=True)])
    values = np.concatenate([one.features[kept] for one, kept in zip(made, parts, strict=True)])
    lonlat = np.concatenate([one.lonlat[kept] for one, kept in zip(made, parts, strict=True)])
    order = np.argsort(polygon, kind="stable")
    return Features(
        tuple(names[at] for at in chosen),
        values[order],
        best.n_pixels,
        polygon[order],
        notes=best.notes(),
        lonlat=lonlat[order],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    """The raster that holds most of each polygon.

    Attributes
    ----------
    raster, n_pixels : ndarray of int64, shape (n,)
    n_asked : ndarray of float64, shape (n,)
    n_zeros : ndarray of int64, shape (n,)
    in_several : ndarray of bool, shape (n,)
        Whether others have pixels of it too.
    """

    raster: Ints
    n_pixels: Ints
    n_asked: Floats
    n_zeros: Ints
    in_several: NDArray[np.bool_]

    @classmethod
    def of(cls, made: Sequence[Sampled] | Sequence[ParcelPixels]) -> "_Best":
        every = np.stack([one.n_pixels for one in made])
        best, rows = every.argmax(axis=0), np.arange(every.shape[1])
        n_asked = np.stack([one.n_asked for one in made])[best, rows]
        n_zeros = np.stack([one.n_zeros for one in made])[best, rows]
        return cls(best, every[best, rows], n_asked, n_zeros, (every > 0).sum(0) > 1)

    def notes(self, more: str = "") -> tuple[str, ...]:
        """Say where that is not all of a polygon, or may be more than was measured."""
        n, notes = len(self.n_pixels), []
        some = self.n_pixels > 0
        torn = some & self.in_several & (self.n_pixels < np.floor(self.n_asked))
        if torn.any():
            part = part_of(int(torn.sum()), n, "parcel", "lies", "lie")
            notes.append(
                f"{part} on tiles that can't be joined (different grids or zones): each is read "
                "from the tile that covers most of it"
            )
        few = some & (self.n_pixels < self.n_asked / 2)
        if few.any():
            one = "has data in fewer than half of its pixels"
            many = "have data in fewer than half of their pixels"
            notes.append(part_of(int(few.sum()), n, "parcel", one, many) + more)
        held = self.n_zeros > 0
        if held.any():
            part = part_of(int(held.sum()), n, "parcel", "holds pixels", "hold pixels")
            notes.append(f"{part} {ZEROS}")
        return tuple(notes)


def _unit(values: Floats, position: int) -> tuple[Floats, Floats]:
    """Bring means of unit vectors back to length 1, and give the length that they had."""
    n = len(AEF_BANDS)
    part = slice(position * n, (position + 1) * n)
    length = np.linalg.norm(values[:, part], axis=1)
    values = values.copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        values[:, part] /= length[:, None]
    return values, length

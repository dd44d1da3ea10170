"""Labels with the pixels that they stand on: a table that is ready to be compared."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Origin, SettingsError, part_of
from bocage.sources import (
    Source,
    Watch,
    bands_of,
    local_files,
    look_around,
    names_of_files,
    sample_points,
    watched,
)
from bocage.tables._away import exchanged, extent
from bocage.tables._geometry import crossing_notes
from bocage.tables._label_table import LabelTable
from bocage.tables._names import listed
from bocage.tables._pairs import Pairs
from bocage.tables._places import read_places
from bocage.tables._polygons import ZEROS, Features, polygon_pixels, polygon_statistics
from bocage.tables._read import Paths, find_files
from bocage.tables._sampled_table import rows_of_labels, rows_of_pixels
from bocage.tables._target import as_words

if TYPE_CHECKING:
    import pandas as pd


def sample_labels(
    paths: "Paths | pd.DataFrame",
    rasters: Sequence[Source],
    *,
    layer: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    crs: str | None = None,
    statistics: Sequence[str] = ("mean",),
    pixels: int | None = None,
    seed: int = 0,
    only: Sequence[str] = (),
    keep_all: bool = False,
    rename: Pairs | None = None,
) -> LabelTable:
    """Add features from rasters to labels: pixels at points, statistics or pixels of polygons.

    Parameters
    ----------
    paths : str, Path or several, or DataFrame or GeoDataFrame
        Label tables; see `read_rows`.
    rasters : sequence of Source
        Tiles with the same bands; a point takes the first that holds data for it, a polygon all
        its pixels from all tiles of one grid, each pixel once.
    layer, lon, lat, crs : str, optional
        As of `read_task`.
    statistics : sequence of str
        Of the pixels of a polygon. The mean stands under a band's own name, others behind it
        (``A00_std``). A mean of AlphaEarth's unit vectors is brought back to length 1.
    pixels : int, optional
        Pixels of a polygon that are drawn at most, one row each, in place of statistics. The
        column ``parcel`` names the polygon, ``pixel`` numbers the pixels within it.
    seed : int
        Of the draw; the first 5 of 10 pixels are those that 5 would give.
    only : sequence of str
        Bands to keep; all unless given. At points no others are read; a mean of AlphaEarth's
        vectors needs all of them for its length.
    keep_all : bool
        Keep labels without pixels, with gaps.
    rename : mapping of str to str, or path, optional
        Columns of the labels that are to have another name.

    Raises
    ------
    BocageError
        If labels or rasters can't be read, do not fit, or no label has pixels; if pixels hold a
        usual mark for nothing that nobody declared; or if `pixels` is given for points.
    """
    names = bands_of(rasters)
    chosen = _positions(names, only)
    rasters = [_watched(raster, chosen) for raster in rasters]
    places = read_places(paths, lon=lon, lat=lat, crs=crs, layer=layer, rename=rename)
    rows, lonlat, (shapes, system) = places.rows, places.lonlat, places.geometry
    polygons = _is_polygons(shapes, rows.names)
    if pixels is not None:
        _check_pixels(rows.names, polygons=polygons, keep_all=keep_all)
        features = polygon_pixels(rasters, shapes, system, pixels, seed=seed, only=only)
    elif polygons:
        features = polygon_statistics(rasters, shapes, system, statistics=statistics, only=only)
    else:
        features = _at_points(rasters, shapes, system, chosen)
    n_pixels, n = features.n_pixels, len(shapes)
    blank = ~np.isfinite(lonlat).all(axis=1)
    outside, empty = (n_pixels < 0) & ~blank, n_pixels == 0
    other = exchanged(rasters, shapes[outside], system)
    if not (n_pixels > 0).any():
        raise DataError(
            f"none of the {n:,} labels has pixels: {outside.sum():,} lie outside "
            f"{listed(r.about.name for r in rasters)}, {empty.sum():,} where there is no data; "
            f"expected labels within {extent(rasters[0])}"
            + (f"; {other}" if other else ": check the source and the labels' CRS")
        )
    end = "kept with missing values" if keep_all else "left out"
    remarks = dict.fromkeys(r.about.remark for r in rasters if r.about.remark)
    crossing = crossing_notes(shapes, listed(rows.names)) if polygons else ()
    notes = [*places.notes, *remarks, *crossing]
    if blank.any():
        part = part_of(int(blank.sum()), n, "label", "has", "have")
        notes.append(f"{part} no geometry: {end}")
    if outside.any():
        part = part_of(int(outside.sum()), n, "label", "lies", "lie")
        notes.append(f"{part} outside the raster: {end}" + (other and f"; {other}"))
    if empty.any():
        part = part_of(int(empty.sum()), n, "label", "lies", "lie")
        notes.append(f"{part} where there is no data: {end}")
    notes += features.notes
    if pixels is None:
        frame = rows_of_labels(
            rows, lonlat, shapes, system, features.values, features.columns, features.more
        )
        if not keep_all:
            frame = frame[n_pixels > 0].reset_index(drop=True)
    else:
        frame, said = rows_of_pixels(rows, shapes, features)
        notes += [*_about_few(n_pixels, pixels), *said]
    notes += _about_years(rows.frame, rasters[0].about.years)
    files = find_files(paths) if isinstance(paths, str | Path | Sequence) else ()
    read = [*files, *(path for raster in rasters for path in local_files(raster))]
    n_polygons = int((n_pixels > 0).sum()) if pixels is not None else 0
    origins = (*rows.origins, _origin(rasters, features.columns))
    return LabelTable(frame, tuple(notes), tuple(read), n_polygons=n_polygons, origins=origins)


def _origin(rasters: Sequence[Source], columns: Sequence[str]) -> Origin:
    """Say where features come from: tiles are of one product and year."""
    about = rasters[0].about
    found = Origin(
        tuple(columns), about.product, about.version, tuple(sorted(about.years)), about.licence,
        about.attribution,
    )  # fmt: skip
    return found.named(name for raster in rasters for name in names_of_files(raster))


def _check_pixels(names: Sequence[str], *, polygons: bool, keep_all: bool) -> None:
    if not polygons:
        raise SettingsError(
            f"{listed(names)} holds points, but --pixels draws pixels of polygons; expected "
            "polygons: omit --pixels, as a point takes the pixel that it lies in"
        )
    if keep_all:
        raise SettingsError(
            "--keep-all keeps labels without pixels, but --pixels makes a row of each pixel; "
            "expected one of them: omit the other"
        )


def _at_points(
    rasters: Sequence[Source], shapes: NDArray[Any], crs: Any, chosen: list[int]
) -> Features:
    """Take each point from the first raster that has data for it."""
    made = [sample_points(raster, _xy(shapes), crs, bands=chosen) for raster in rasters]
    values, n_pixels = made[0].features.copy(), made[0].n_pixels.copy()
    n_zeros = made[0].n_zeros.copy()
    for other in made[1:]:
        better = (n_pixels <= 0) & (other.n_pixels > n_pixels)
        values[better], n_pixels[better] = other.features[better], other.n_pixels[better]
        n_zeros[better] = other.n_zeros[better]
    columns = tuple(rasters[0].names[at] for at in chosen)
    n, held = len(shapes), int((n_zeros > 0).sum())
    part = part_of(held, n, "label", "lies on a pixel", "lie on pixels")
    notes = (f"{part} {ZEROS}",) if held else ()
    return Features(columns, values, n_pixels, np.arange(n), notes=notes)


def _about_few(n_pixels: NDArray[np.int64], most: int) -> list[str]:
    few = (n_pixels > 0) & (n_pixels < most)
    if not few.any():
        return []
    part = part_of(int(few.sum()), int((n_pixels > 0).sum()), "polygon", "has", "have")
    return [f"{part} fewer than {most} pixels with data: all of them are used"]


def _watched(raster: Source, chosen: list[int]) -> Source:
    """Refuse numbers that stand for nothing, now and as they are read."""
    raster = watched(raster, Watch())
    look_around(raster, raster.grid.whole, tuple(chosen))
    raster.close()
    return raster


def _positions(names: tuple[str, ...], only: Sequence[str]) -> list[int]:
    """Find the bands to keep, in the order asked for."""
    lost = [band for band in only if band not in names]
    if lost:
        raise DataError(
            f"the source has no band {listed(lost)}; it has {listed(names)}: name others, or use "
            "the raster that they were chosen from"
        )
    return [names.index(band) for band in only] or list(range(len(names)))


def _is_polygons(shapes: NDArray[Any], names: Sequence[str]) -> bool:
    import shapely

    known = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    kinds = set(shapely.get_type_id(known).tolist())
    if kinds <= {0}:
        return False
    if kinds <= {3, 6}:
        return True
    found = sorted({shape.geom_type for shape in known})
    raise DataError(
        f"{listed(names)} holds {', '.join(found)}; expected only points, or only polygons: "
        "split the file, or use centroids"
    )


def _xy(shapes: NDArray[Any]) -> NDArray[np.float64]:
    import shapely

    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def _about_years(frame: "pd.DataFrame", years: tuple[int, ...]) -> list[str]:
    """Say where labels are of other years than the pixels."""
    column = next((name for name in frame.columns if str(name).lower() == "year"), None)
    if column is None or not years:
        return []
    # A gap turns whole numbers into fractions, and tells nothing itself.
    words, gone = as_words(frame[column])
    other = ~np.isin(words, [str(year) for year in years]) & ~gone
    if not other.any():
        return []
    span = ", ".join(map(str, years))
    part = part_of(int(other.sum()), len(frame), "label", "is", "are")
    return [f"{part} of a year other than that of the raster ({span})"]

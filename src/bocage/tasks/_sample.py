"""Labels with the pixels that they stand on: a table that is ready to be compared."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Origin, part_of
from bocage.sources import (
    AEF_BANDS,
    Raster,
    Sampled,
    Watch,
    join_where_possible,
    look_around,
    sample_parcels,
    sample_points,
)
from bocage.tasks._away import exchanged, extent
from bocage.tasks._coordinates import check_coordinates, find_coordinates, from_geometry
from bocage.tasks._label_table import LabelTable
from bocage.tasks._names import LAT_NAMES, LON_NAMES, listed
from bocage.tasks._pairs import Pairs
from bocage.tasks._read import Paths, Rows, find_files, read_rows
from bocage.tasks._target import as_numbers, as_words, is_numeric

if TYPE_CHECKING:
    import pandas as pd

SAME_PLACE = 1e-4
"""Degrees that coordinates in columns may lie off the geometry: they were rounded."""

N_PIXELS, HOMOGENEITY = "n_pixels", "homogeneity"
"""Further columns of parcels; the second is the length of the mean of unit vectors."""


def sample_labels(
    paths: Paths,
    rasters: Sequence[Raster],
    *,
    layer: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    statistics: Sequence[str] = ("mean",),
    only: Sequence[str] = (),
    keep_all: bool = False,
    rename: Pairs | None = None,
) -> LabelTable:
    """Add features from rasters to labels: pixels at points, statistics over polygons.

    Parameters
    ----------
    paths : str, Path or several
        Label tables; see `read_rows`.
    rasters : sequence of Raster
        Tiles with the same bands; a point takes the first that holds data for it, a polygon all
        its pixels from all tiles of one grid, each pixel once.
    layer, lon, lat : str, optional
    statistics : sequence of str
        Of the pixels of a polygon. The mean stands under a band's own name, others behind it
        (``A00_std``). A mean of AlphaEarth's unit vectors is brought back to length 1.
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
        If labels or rasters can't be read, do not fit, or no label has pixels; or if pixels hold a
        usual mark for nothing that nobody declared.
    """
    names = _bands_of(rasters)
    chosen = _positions(names, only)
    rasters = [_watched(raster, chosen) for raster in rasters]
    rows = read_rows(paths, layer=layer, rename=rename)
    shapes, crs, lonlat = _places(rows, lon, lat)
    polygons = _is_polygons(shapes, rows.names)
    if polygons:
        # A parcel may lie on several tiles: all its pixels count, each once.
        joined = join_where_possible(rasters)
        found, about_tiles = _fullest(
            [sample_parcels(raster, shapes, crs, statistics=statistics) for raster in joined]
        )
    else:
        about_tiles = []
        found = _first_with_data(
            [sample_points(raster, _xy(shapes), crs, bands=chosen) for raster in rasters]
        )
    columns = [names[at] for at in chosen]
    if polygons:
        columns = [n if kind == "mean" else f"{n}_{kind}" for kind in statistics for n in names]
    values = found.features
    more: dict[str, NDArray[Any]] = {}
    if polygons:
        more[N_PIXELS] = found.n_pixels
        if "mean" in statistics and tuple(names) == AEF_BANDS:
            values, more[HOMOGENEITY] = _unit(values, list(statistics).index("mean"))
        kept = [at + len(names) * number for number in range(len(statistics)) for at in chosen]
        columns, values = [columns[at] for at in kept], values[:, kept]
    _check_free([*columns, *more], rows)
    frame = _table(rows, lonlat, shapes, crs, values, columns, more)
    blank = ~np.isfinite(lonlat).all(axis=1)
    outside, empty = (found.n_pixels < 0) & ~blank, found.n_pixels == 0
    other = exchanged(rasters, shapes[outside], crs)
    if not (found.n_pixels > 0).any():
        raise DataError(
            f"none of the {len(frame):,} labels has pixels: {outside.sum():,} lie outside "
            f"{listed(r.about.name for r in rasters)}, {empty.sum():,} where there is no data; "
            f"expected labels within {extent(rasters[0])}"
            + (f"; {other}" if other else ": check the source and the labels' CRS")
        )
    end = "kept with gaps" if keep_all else "left out"
    notes = [*rows.notes, *dict.fromkeys(r.about.remark for r in rasters if r.about.remark)]
    if blank.any():
        part = part_of(int(blank.sum()), len(frame), "label", "has", "have")
        notes.append(f"{part} no geometry: {end}")
    if outside.any():
        part = part_of(int(outside.sum()), len(frame), "label", "lies", "lie")
        notes.append(f"{part} outside the raster: {end}" + (other and f"; {other}"))
    if empty.any():
        part = part_of(int(empty.sum()), len(frame), "label", "stands", "stand")
        notes.append(f"{part} on no data: {end}")
    notes += about_tiles
    notes += _about_years(frame, rasters[0].about.years)
    if not keep_all:
        frame = frame[found.n_pixels > 0].reset_index(drop=True)
    read = [*find_files(paths), *(path for raster in rasters for path in raster.files)]
    origins = (*rows.origins, _origin(rasters, columns))
    return LabelTable(frame, tuple(notes), tuple(read), origins)


def _origin(rasters: Sequence[Raster], columns: Sequence[str]) -> Origin:
    """Say where features come from: tiles are of one product and year."""
    about = rasters[0].about
    found = Origin(
        tuple(columns), about.product, about.version, tuple(sorted(about.years)), about.licence,
        about.attribution,
    )  # fmt: skip
    return found.named(name for raster in rasters for name in raster.file_names)


def _bands_of(rasters: Sequence[Raster]) -> tuple[str, ...]:
    first = rasters[0]
    for other in rasters[1:]:
        if other.names != first.names or not other.coding.same_values(first.coding):
            raise DataError(
                f"{other.about.name} has other bands or another scale than {first.about.name}; "
                "expected tiles of one product: sample them apart"
            )
        if other.about.years != first.about.years:
            raise DataError(
                f"{other.about.name} is of {other.about.years or 'an unknown year'} and "
                f"{first.about.name} of {first.about.years or 'an unknown year'}; expected tiles "
                "of one year: sample them apart, or declare --year"
            )
    return first.names


def _watched(raster: Raster, chosen: list[int]) -> Raster:
    """Refuse numbers that stand for nothing, now and as they are read."""
    raster = raster.watched(Watch())
    look_around(raster, raster.grid.whole, tuple(chosen))
    raster.close()
    return raster


def _positions(names: tuple[str, ...], only: Sequence[str]) -> list[int]:
    """Find the bands to keep, in the order asked for."""
    lost = [band for band in only if band not in names]
    if lost:
        raise DataError(
            f"the source has no band {listed(lost)}; it has {listed(names)}: name others, or the "
            "raster that they were chosen from"
        )
    return [names.index(band) for band in only] or list(range(len(names)))


def _places(
    rows: Rows, lon: str | None, lat: str | None
) -> tuple[NDArray[Any], Any, NDArray[np.float64]]:
    """Return geometry in the labels' own CRS, that CRS, and degrees."""
    import shapely

    lonlat, columns = find_coordinates(rows, lon, lat)
    check_coordinates(lonlat, () if from_geometry(rows, lon) else columns)
    if lon is None and rows.shapes is not None:
        return rows.shapes, rows.crs, lonlat
    return shapely.points(lonlat), "EPSG:4326", lonlat


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
        f"{listed(names)} holds {', '.join(found)}; expected points alone, or polygons alone: "
        "split the file, or use centroids"
    )


def _xy(shapes: NDArray[Any]) -> NDArray[np.float64]:
    import shapely

    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def _first_with_data(made: Sequence[Sampled]) -> Sampled:
    values, n_pixels = made[0].features.copy(), made[0].n_pixels.copy()
    for other in made[1:]:
        better = (n_pixels <= 0) & (other.n_pixels > n_pixels)
        values[better], n_pixels[better] = other.features[better], other.n_pixels[better]
    return Sampled(values, n_pixels, made[0].n_asked)


def _fullest(made: Sequence[Sampled]) -> tuple[Sampled, list[str]]:
    """Take each parcel from the raster that holds most of it, and say where that is not all."""
    n_pixels = np.stack([one.n_pixels for one in made])
    best, rows = n_pixels.argmax(axis=0), np.arange(n_pixels.shape[1])
    found = Sampled(
        np.stack([one.features for one in made])[best, rows],
        n_pixels[best, rows],
        np.stack([one.n_asked for one in made])[best, rows],
    )
    notes = []
    some = found.n_pixels > 0
    torn = some & ((n_pixels > 0).sum(axis=0) > 1) & (found.n_pixels < np.floor(found.n_asked))
    if torn.any():
        part = part_of(int(torn.sum()), len(torn), "parcel", "lies", "lie")
        notes.append(
            f"{part} on tiles that can't be joined (other grids or zones): each comes from the one "
            "that holds most of it"
        )
    few = some & (found.n_pixels < found.n_asked / 2)
    if few.any():
        notes.append(
            part_of(
                int(few.sum()),
                len(few),
                "parcel",
                "has data in under half of its pixels",
                "have data in under half of their pixels",
            )
            + f": {N_PIXELS} says in how many"
        )
    return found, notes


def _unit(
    values: NDArray[np.float64], position: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n = len(AEF_BANDS)
    part = slice(position * n, (position + 1) * n)
    length = np.linalg.norm(values[:, part], axis=1)
    values = values.copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        values[:, part] /= length[:, None]
    return values, length


def _check_free(columns: Sequence[str], rows: Rows) -> None:
    taken = [name for name in columns if name in rows.frame.columns]
    if taken:
        raise DataError(
            f"{listed(rows.names)} already has columns {listed(taken)}; expected labels without "
            "them: remove or rename them"
        )


def _table(
    rows: Rows,
    lonlat: NDArray[np.float64],
    shapes: NDArray[Any],
    crs: Any,
    values: NDArray[np.float64],
    columns: Sequence[str],
    more: dict[str, NDArray[Any]],
) -> "pd.DataFrame":
    import pandas as pd

    parts = [rows.frame]
    if rows.shapes is not None and not _tells_place(rows.frame, lonlat):
        parts.append(pd.DataFrame(lonlat, columns=["lon", "lat"]))
    parts += [pd.DataFrame(more), pd.DataFrame(values, columns=list(columns))]
    frame = pd.concat(parts, axis=1)
    if rows.shapes is None:
        return frame
    import geopandas as gpd

    made: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=list(shapes), crs=crs)
    return made


def _tells_place(frame: "pd.DataFrame", lonlat: NDArray[np.float64]) -> bool:
    """Whether columns already tell where labels stand, or bear the names that would be added."""
    for at, names in enumerate((LON_NAMES, LAT_NAMES)):
        named = [column for column in frame.columns if str(column).lower() in names]
        if {"lon", "lat"} & {str(column).lower() for column in named}:
            return True
        if len(named) != 1 or not is_numeric(frame[named[0]]):
            return False
        apart = np.abs(as_numbers(frame[named[0]]) - lonlat[:, at])
        if not np.nanmax(apart, initial=0.0) < SAME_PLACE:
            return False
    return True


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
    return [f"{part} of another year than the raster ({span})"]

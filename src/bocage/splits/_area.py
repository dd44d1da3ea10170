"""The area to be mapped: points spread evenly over polygons, or over the pixels of a raster."""

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Floats, content_key, refuse_special, unit_vectors
from bocage.sources import Grid, check_raster, open_raster, reading, to_crs
from bocage.splits._distances import nearest
from bocage.splits._extent import Cells, Extent, Outline
from bocage.tables import read_outline, split_layer
from bocage.tasks import EARTH_METRES, on_the_ground

N_POINTS = 2000
"""Points of an area: enough for a curve of distances, whatever the area."""

RASTER = (".tif", ".tiff", ".vrt", ".jp2", ".img")

_PIXELS = 1_000_000
"""A raster is looked at on at most about so many of its pixels."""

_VECTOR_BANDS = 8
"""Rasters with at least so many bands hold vectors, of which those of length 0 are no data."""

_WHOLE_TURN = 1.5
"""Half-widths of an area, in radii of the Earth, beyond which no plane shows it."""


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """Where a map is wanted.

    Attributes
    ----------
    name : str
        Of its file.
    lonlat : ndarray of float64, shape (m, 2)
        Points spread evenly over it, degrees (WGS84).
    spacing : float
        Metres from a point to its neighbours.
    extent : Extent, optional
        What it holds; known by its points alone where not given.
    notes : tuple of str
        On how its file was read.
    key : str
        Hash of the points.
    """

    name: str
    lonlat: Floats
    spacing: float
    extent: Extent | None = None
    notes: tuple[str, ...] = ()
    key: str = field(init=False)

    def __post_init__(self) -> None:
        places = np.round(self.lonlat, 7) + 0.0
        object.__setattr__(self, "key", content_key(places.tolist()))

    def holds(self, lonlat: Floats) -> NDArray[np.bool_]:
        """Tell which places, in degrees, stand in it."""
        return self.is_near(lonlat) if self.extent is None else self.extent.holds(lonlat)

    def is_near(self, lonlat: Floats) -> NDArray[np.bool_]:
        """Tell which places stand no further from a point of it than points lie apart."""
        far = nearest(on_the_ground(lonlat), on_the_ground(self.lonlat))
        return np.asarray(far <= self.spacing)


def read_area(path: Path, n: int = N_POINTS) -> Area:
    """Read where a map is wanted.

    Parameters
    ----------
    path : Path
        Vector file of polygons (``area.gpkg:fields`` names a layer), or a raster whose valid
        pixels are the area.
    n : int
        About how many points are spread over it.

    Raises
    ------
    DataError
        If it can't be read, or holds no area.
    """
    path, layer = split_layer(path.expanduser())
    refuse_special(path, "the area to be mapped")
    if not path.is_file():
        raise DataError(
            f"there is no file {str(path)!r}; expected the area to be mapped, as polygons "
            "(GeoJSON, GeoPackage) or a raster: check the path"
        )
    if path.suffix.lower() in RASTER:
        return _of_raster(path, n)
    shape, crs, notes = read_outline(path, layer)
    return replace(_of_shape(path.name, shape, crs, n), notes=notes)


def _of_shape(name: str, shape: Any, crs: Any, n: int) -> Area:
    """Lay a square grid of equal areas over polygons."""
    import shapely

    extent = Outline(shape, crs)
    # An edge is straight in its own system: bent ones are followed by short pieces.
    west, south, east, north = shapely.bounds(shape)
    shape = shapely.segmentize(shape, max(east - west, north - south) / 50)
    # The outline of the whole Earth is a meridian: what lies within must be looked at too.
    within = shapely.get_coordinates(shapely.point_on_surface(shapely.get_parts(shape)))
    outline = np.concatenate([shapely.get_coordinates(shape), within])
    plane = _plane_about(name, to_crs(crs, "EPSG:4326", outline))
    shape = shapely.make_valid(shapely.transform(shape, lambda xy: to_crs(crs, plane, xy)))
    if not shapely.area(shape) > 0:
        raise DataError(f"the polygons of {name} have no area; expected the area to be mapped")
    side = math.sqrt(shapely.area(shape) / n)
    found = []
    for part in shapely.get_parts(shape):
        low_x, low_y, high_x, high_y = (value / side for value in shapely.bounds(part))
        columns = np.arange(math.floor(low_x), math.ceil(high_x)) + 0.5
        rows = np.arange(math.floor(low_y), math.ceil(high_y)) + 0.5
        x, y = (axis.ravel() * side for axis in np.meshgrid(columns, rows))
        inside = shapely.contains_xy(part, x, y)
        found.append(np.column_stack([x, y])[inside])
    points = np.concatenate(found)
    if not len(points):
        # Parts so small and scattered that all fall between the points of the grid.
        points = shapely.get_coordinates(shapely.point_on_surface(shapely.get_parts(shape)))
    return Area(name, to_crs(plane, "EPSG:4326", points), side, extent)


def _plane_about(name: str, lonlat: Floats) -> str:
    """Choose the equal-area plane about the middle of some places."""
    xyz = unit_vectors(lonlat)
    middle = xyz.mean(axis=0)
    length = float(np.linalg.norm(middle))
    far = 2.0 if length < 1e-9 else float(np.linalg.norm(xyz - middle / length, axis=1).max())  # noqa: PLR2004
    if far > _WHOLE_TURN:
        raise DataError(
            f"the area of {name} spans more than a hemisphere; expected a smaller one: evaluate a "
            "map of the whole Earth region by region (--leave with a group column of regions)"
        )
    lon = math.degrees(math.atan2(middle[1], middle[0]))
    lat = math.degrees(math.atan2(middle[2], math.hypot(middle[0], middle[1])))
    return f"+proj=laea +lat_0={lat:.3f} +lon_0={lon:.3f} +R={EARTH_METRES} +units=m"


def _of_raster(path: Path, n: int) -> Area:
    """Take every so manieth valid pixel of a raster, row by row and column by column."""
    with reading(path.name, str(path)):
        check_raster(path)
        with open_raster(path) as dataset:
            if dataset.crs is None:
                raise DataError(
                    f"{path.name} has no coordinate reference system; expected a georeferenced "
                    "raster: assign its projection"
                )
            step = math.ceil(math.sqrt(max(1.0, dataset.height * dataset.width / _PIXELS)))
            shape = max(1, dataset.height // step), max(1, dataset.width // step)
            valid = _valid(dataset, shape)
            a, b, c, d, e, f = tuple(dataset.transform)[:6]
            down, right = dataset.height / shape[0], dataset.width / shape[1]
            thinned = (a * right, b * down, c, d * right, e * down, f)
            grid = Grid(dataset.crs.to_wkt(), thinned, *shape)
    row, column = np.nonzero(valid)
    if not len(row):
        raise DataError(
            f"{path.name} has no valid pixel; expected a raster whose valid pixels are the area"
        )
    apart = max(1, round(math.sqrt(len(row) / n)))
    chosen = (row % apart == apart // 2) & (column % apart == apart // 2)
    if not chosen.any():
        chosen = np.arange(len(row)) % max(1, len(row) // n) == 0
    lonlat = grid.lonlat(row[chosen] + 0.5, column[chosen] + 0.5)
    return Area(path.name, lonlat, _spacing(lonlat), Cells(valid, grid))


def _valid(dataset: Any, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Tell the valid pixels of a raster, thinned to a shape."""
    from rasterio.enums import ColorInterp

    valid = np.asarray(dataset.read_masks(1, out_shape=shape)) > 0
    first = dataset.read(1, out_shape=shape)
    if dataset.nodata is not None:
        # Where a file has a mask too, GDAL asks that alone.
        valid &= first != dataset.nodata
    if first.dtype.kind == "f":
        valid &= np.isfinite(first)
    for band, meaning in enumerate(dataset.colorinterp, 1):
        if meaning == ColorInterp.alpha:
            valid &= dataset.read(band, out_shape=shape) > 0
    if dataset.count >= _VECTOR_BANDS:
        some = dataset.read(list(range(1, _VECTOR_BANDS + 1)), out_shape=(_VECTOR_BANDS, *shape))
        valid &= (some != 0).any(axis=0)
    return valid


def _spacing(lonlat: Floats) -> float:
    """Measure how far neighbouring points of an area lie apart."""
    from bocage.splits._distances import nearest_other

    places = on_the_ground(lonlat)
    return float(np.median(nearest_other(places))) if len(places) > 1 else 0.0

"""The classified map that lies under the labels of the interactive one."""

import base64
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError, listed
from bocage.mapping.outputs import Ramp, legend_of, paint
from bocage.sources import Grid, to_crs
from bocage.study import Study

SIDE = 1200
"""Most pixels of the picture along a side."""

RADIUS = 6_378_137.0
"""Of the sphere of web Mercator, in metres."""

LIMIT = 85.05112878
"""Latitude at which web Mercator ends."""

NOTHING = 255
_EDGE = 64
"""Points along each side of a raster by which its bounds are found."""

_TARGET = "bocage_target"


@dataclass(frozen=True, slots=True)
class Under:
    """A map as a picture in web Mercator.

    Attributes
    ----------
    name : str
        Of its file.
    picture : str
        PNG as a data address.
    bounds : tuple of float
        West, south, east and north in degrees; east may lie beyond 180.
    names, colours : tuple of str
        Of its classes; empty of a number.
    metres : float
        Side of a pixel of the picture, roughly; larger than the map's own where it is reduced.
    """

    name: str
    picture: str
    bounds: tuple[float, float, float, float]
    names: tuple[str, ...]
    colours: tuple[str, ...]
    metres: float


def raster_under(study: Study, named: Path | None = None) -> Path | None:
    """Find the map that belongs under the labels of a study.

    Parameters
    ----------
    study : Study
    named : Path, optional
        The one to take; else the one in the study's folder that is of the study's target.

    Returns
    -------
    Path or None
        None where none was named and there is none.

    Raises
    ------
    DataError
        If the one that is named is no map of the study's target.
    SettingsError
        If there are several, and none was named.
    """
    target = study.settings.target or study.task.title
    if named is not None:
        if not _is_map_of(named, target):
            raise DataError(
                f"{named} is no map of {target} made by Bocage; expected one that 'bocage map "
                f"{study.folder}' has written, of classes or values"
            )
        return named
    found = [p for p in sorted(study.folder.glob("*.tif*")) if _is_map_of(p, target)]
    if len(found) > 1:
        raise SettingsError(
            f"{study.folder} holds several maps ({listed([p.name for p in found], 4)}); expected "
            f"one: name it with --map-raster {found[0]}"
        )
    return found[0] if found else None


def _is_map_of(path: Path, target: str) -> bool:
    """Whether a file is the layer of classes or values of a map of a target."""
    import rasterio
    from rasterio.errors import RasterioIOError

    if not path.is_file():
        return False
    try:
        with rasterio.open(path, driver="GTiff") as file:
            of = file.tags().get(_TARGET)
            if of is None or file.crs is None or " ".join(of.split()) != " ".join(target.split()):
                return False
            return legend_of(path) is not None or _is_value(file, of)
    except (RasterioIOError, DataError):
        return False


def _is_value(file: Any, target: str) -> bool:
    return bool(file.count == 1 and file.dtypes[0] == "float32" and file.descriptions[0] == target)


def picture_of(path: Path, near: float, ramp: Ramp | None) -> Under:
    """Reproject a map to web Mercator, reduced to a picture of at most `SIDE` pixels a side.

    Parameters
    ----------
    path : Path
    near : float
        Longitude beside which the picture is laid: longitudes are counted on where they cross
        180 degrees.
    ramp : Ramp or None
        Colours of a map of numbers.

    Raises
    ------
    DataError
        If the file can't be read.
    """
    import rasterio
    from rasterio.errors import RasterioIOError

    try:
        with rasterio.open(path, driver="GTiff") as file:
            transform = tuple(file.transform)[:6]
            grid = Grid(file.crs.to_wkt(), transform, file.height, file.width)
            bounds, centre = _bounds(grid)
            shape, step = _shape(bounds, min(SIDE, 2 * max(file.height, file.width)))
            codes = _warped(path, file, bounds, centre, shape, ramp)
    except RasterioIOError as error:
        raise DataError(f"{path} can't be read; expected a map in GeoTIFF") from error
    legend = legend_of(path)
    if legend is not None:
        colours = legend.colours
    else:
        assert ramp is not None  # noqa: S101 - values come with one
        low, high = ramp.limits
        shades = paint(np.linspace(low, high, NOTHING), ramp)
        colours = tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in shades.tolist())
    west, south, east, north = bounds
    turn = 360.0 * round((near - (west + east) / 2) / 360)
    return Under(
        path.name,
        "data:image/png;base64," + base64.b64encode(_png(codes, colours)).decode("ascii"),
        (west + turn, south, east + turn, north),
        legend.names if legend is not None else (),
        legend.colours if legend is not None else (),
        step * float(np.cos(np.radians((south + north) / 2))),
    )


def _bounds(grid: Grid) -> tuple[tuple[float, float, float, float], float]:
    """Find west, south, east and north of a grid, and the longitude of its middle."""
    along = np.linspace(0, 1, _EDGE)
    zero, one = np.zeros(_EDGE), np.ones(_EDGE)
    row = np.concatenate([zero, one, along, along, [0.5]]) * grid.height
    column = np.concatenate([along, along, zero, one, [0.5]]) * grid.width
    places = to_crs(grid.crs, "EPSG:4326", grid.xy(row, column))
    places = places[np.isfinite(places).all(axis=1)]
    centre = float(places[-1, 0])
    lon, lat = places[:, 0], np.clip(places[:, 1], -LIMIT, LIMIT)
    if np.ptp(lon) < 180 or not _is_plain(grid):  # noqa: PLR2004
        lon = (lon - centre + 180) % 360 - 180 + centre
    return (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())), centre


def _is_plain(grid: Grid) -> bool:
    """Whether x and y are degrees, so that a row may go round the Earth."""
    from pyproj import CRS

    return bool(CRS.from_user_input(grid.crs).is_geographic)


def _shape(bounds: tuple[float, float, float, float], side: int) -> tuple[tuple[int, int], float]:
    """Choose height and width of the picture, and the metres of its pixels at the equator."""
    west, south, east, north = bounds
    wide = RADIUS * np.radians(east - west)
    high = _mercator(north) - _mercator(south)
    step = max(wide, high, 1.0) / side
    return (max(1, round(high / step)), max(1, round(wide / step))), float(step)


def _mercator(lat: float) -> float:
    return float(RADIUS * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)))


def _warped(
    path: Path,
    file: Any,
    bounds: tuple[float, float, float, float],
    centre: float,
    shape: tuple[int, int],
    ramp: Ramp | None,
) -> NDArray[np.uint8]:
    """Reproject to codes; of numbers, their place on the scale."""
    import rasterio
    from rasterio.transform import from_bounds
    from rasterio.warp import Resampling, reproject

    # From the coarsest overview that is still finer than the picture: a large map is read fast.
    factor = max(file.height, file.width) / max(shape)
    levels = [i for i, by in enumerate(file.overviews(1)) if by <= factor]
    at = {"overview_level": levels[-1]} if levels else {}
    west, south, east, north = bounds
    # Round its own middle, so that no map is cut at 180 degrees.
    crs = f"+proj=merc +a={RADIUS} +b={RADIUS} +lon_0={centre} +units=m +nadgrids=@null +no_defs"
    x = RADIUS * np.radians([west - centre, east - centre])
    transform = from_bounds(x[0], _mercator(south), x[1], _mercator(north), shape[1], shape[0])
    is_class = ramp is None
    fill = NOTHING if is_class else np.nan
    made = np.full(shape, fill, np.uint8 if is_class else np.float32)
    with rasterio.open(path, driver="GTiff", **at) as source:
        reproject(
            rasterio.band(source, 1),
            made,
            dst_transform=transform,
            dst_crs=crs,
            src_nodata=source.nodata,
            dst_nodata=fill,
            resampling=Resampling.mode if is_class else Resampling.average,
        )
    if ramp is None:
        return made
    low, high = ramp.limits
    share = np.clip((made - low) / (high - low), 0, 1) * (NOTHING - 1)
    return np.where(np.isnan(made), NOTHING, np.rint(np.nan_to_num(share))).astype(np.uint8)


def _png(codes: NDArray[np.uint8], colours: tuple[str, ...]) -> bytes:
    """Write codes as a picture with a palette (PNG, ISO/IEC 15948); `NOTHING` is transparent."""
    height, width = codes.shape
    palette = np.zeros((NOTHING + 1, 3), np.uint8)
    palette[: len(colours)] = [list(bytes.fromhex(colour[1:])) for colour in colours]
    opaque = bytes([255] * NOTHING + [0])
    # Each row begins with its filter, which is none.
    rows = np.pad(codes, ((0, 0), (1, 0)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"tRNS", opaque),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

"""Scenes of HLS Burn Scars: where they lie, and what they hold."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.tasks._burn_scar_files import Pair
from bocage.tasks._chips import Scene, read_scene
from bocage.tasks._windows import Window, convert, place

if TYPE_CHECKING:
    from rasterio import DatasetReader

BANDS = ("B02", "B03", "B04", "B8A", "B11", "B12")
"""Bands of the scenes in their order, named as in HLS S30."""

SCALE = 10_000
FILL = -0.0999
"""Reflectances at or below this are no measurement: HLS fills with -1000 (-0.1) and -9999."""

BRIGHTEST = 2.0
TOO_MANY = 0.01
"""Share of reflectances above `BRIGHTEST` from which the scale is taken to be wrong."""


def look(pair: Pair) -> Window:
    """Read where a scene lies, and check that its mask lies there too.

    Raises
    ------
    DataError
        If a file can't be read, or is not what the archive holds.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    at = pair.image
    try:
        with rasterio.open(pair.image) as image:
            window = Window(
                pair,
                (int(image.height), int(image.width)),
                tuple(image.transform)[:6],
                _metric_crs(image, pair.image.name),
            )
            if image.count != len(BANDS) or not image.dtypes[0].startswith("float"):
                raise DataError(
                    f"{at.name} holds {image.count} bands of {image.dtypes[0]}; expected "
                    f"{len(BANDS)} bands of float32 reflectance ({', '.join(BANDS)}): unpack the "
                    "archive again"
                )
            at = pair.mask
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                with rasterio.open(pair.mask) as mask:
                    _check_mask(mask, window)
    except RasterioError as error:
        raise _unreadable(at, error) from error
    return window


def _unreadable(path: Path, error: Exception) -> DataError:
    said = " ".join(str(error).split()).replace(str(path), path.name)
    return DataError(
        f"{path.name} can't be read as a raster ({said[:160]}); expected a GeoTIFF: unpack the "
        "archive again"
    )


def _metric_crs(image: "DatasetReader", name: str) -> str:
    crs = image.crs
    if crs is None or not crs.is_projected or crs.linear_units_factor[1] != 1.0:
        raise DataError(
            f"{name} lies in {_shown(crs)}; expected a projected coordinate system in metres, such "
            "as UTM: unpack the archive again"
        )
    return str(crs.to_wkt())


def _check_mask(mask: "DatasetReader", window: Window) -> None:
    pair = window.pair
    if mask.count != 1:
        raise DataError(f"{pair.mask.name} holds {mask.count} bands; expected one, of codes")
    if mask.shape != window.shape:
        raise DataError(
            f"{pair.mask.name} has {mask.height} x {mask.width} pixels and its image "
            f"{window.shape[0]} x {window.shape[1]}; expected the same size: unpack the archive "
            "again"
        )
    if mask.crs is None and mask.transform.is_identity:
        # It says nothing of its place, so it can only lie on its image.
        return
    if _apart(mask, window) > 0.5:  # noqa: PLR2004
        raise DataError(
            f"{pair.mask.name} lies elsewhere than its image (in {_shown(mask.crs)}); expected a "
            "mask with the same corners: unpack the archive again"
        )


def _shown(crs: Any) -> str:
    return "no coordinate system" if crs is None else " ".join(str(crs).split())[:120]


def _apart(mask: "DatasetReader", window: Window) -> float:
    """Return how far the corners of a mask lie from those of its image, in pixels.

    Programs write one projection in different words, so places are compared and not words.
    """
    crs = window.crs if mask.crs is None else str(mask.crs.to_wkt())
    other = Window(window.pair, window.shape, tuple(mask.transform)[:6], crs)
    height, width = window.shape
    row, column = np.array([0.0, 0, height, height]), np.array([0.0, width, 0, width])
    there = convert(other.crs, window.crs, place(other, row, column))
    distance = np.hypot(*(there - place(window, row, column)).T) / window.pixel_area**0.5
    return float(np.nan_to_num(distance, nan=np.inf).max())


def read(window: Window) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Read a scene and its mask.

    Returns
    -------
    values : ndarray of int16, shape (6, height, width)
        Reflectance x 10000; 0 without data.
    mask : ndarray of int16, shape (height, width)
        1 burned, 0 unburned, -1 without label or data.

    Raises
    ------
    DataError
        If a file can't be read, its values are no reflectances, or the mask holds other codes.
    """
    image, label = read_scene(window.pair.image), read_codes(window.pair.mask)
    values, known = to_int16(image, window.pair.image.name)
    return values, np.where(known, label, np.int16(-1))


def read_codes(path: Path) -> NDArray[np.int16]:
    """Read the codes of a mask, shape (height, width).

    Raises
    ------
    DataError
        If it can't be read, or holds codes outside -1 to 1.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as source:
                codes = source.read(1)
    except RasterioError as error:
        raise _unreadable(path, error) from error
    wrong = np.unique(codes[~np.isin(codes, (-1, 0, 1))])
    if len(wrong):
        shown = ", ".join(f"{value:g}" for value in wrong[:4].tolist())
        raise DataError(
            f"{path.name} holds codes {shown}; expected 1 (burned), 0 (unburned) and -1 (no data): "
            "this is another mask, unpack the archive again"
        )
    return np.asarray(codes, dtype=np.int16)


def to_int16(scene: Scene, name: str) -> tuple[NDArray[np.int16], NDArray[Any]]:
    """Turn reflectances into whole numbers, x 10000, and tell where there are data.

    Returns
    -------
    values : ndarray of int16, shape (6, height, width)
    known : ndarray of bool, shape (height, width)
        False where a band has no value, a fill value, or all six are 0.

    Raises
    ------
    DataError
        If the values are too large for reflectances.
    """
    values = scene.values
    lost = ~np.isfinite(values) | (values <= FILL)
    if scene.nodata is not None:
        lost |= values == scene.nodata
    known = ~lost.any(axis=0) & (values != 0).any(axis=0)
    seen = values[:, known]
    if seen.size and float(np.mean(seen > BRIGHTEST)) > TOO_MANY:
        raise DataError(
            f"{name} holds values up to {float(seen.max()):.6g}; expected reflectance, nearly all "
            "of it between 0 and 1: divide it by its scale factor"
        )
    limit = np.iinfo(np.int16).max
    scaled = np.clip(np.rint(np.where(known, values, 0) * SCALE), -limit, limit)
    return scaled.astype(np.int16), known

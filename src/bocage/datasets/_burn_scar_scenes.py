"""Scenes of HLS Burn Scars: where they lie, and what they hold."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.datasets._burn_scar_embeddings import (
    check_embedding,
    check_place,
    check_size,
    read_embedding,
    shown,
    unreadable,
)
from bocage.datasets._burn_scar_files import SceneFiles
from bocage.datasets._chips import Scene, read_scene
from bocage.datasets._windows import SceneWindow
from bocage.sources import file_masks, open_raster

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


def look(pair: SceneFiles) -> SceneWindow:
    """Read where a scene lies, and check that its mask and embedding lie there too.

    Raises
    ------
    DataError
        If a file can't be read, or is not what the archive holds.
    """
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    at = pair.image
    try:
        with open_raster(pair.image) as image:
            window = SceneWindow(
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
                with open_raster(pair.mask) as mask:
                    _check_mask(mask, window)
                if pair.embedding is not None:
                    at = pair.embedding
                    with open_raster(pair.embedding) as embedding:
                        check_embedding(embedding, window)
    except RasterioError as error:
        raise unreadable(at, error) from error
    return window


def _metric_crs(image: "DatasetReader", name: str) -> str:
    crs = image.crs
    if crs is None or not crs.is_projected or crs.linear_units_factor[1] != 1.0:
        raise DataError(
            f"{name} is in {shown(crs)}; expected a projected coordinate reference system in "
            "metres, such as UTM: unpack the archive again"
        )
    return str(crs.to_wkt())


def _check_mask(mask: "DatasetReader", window: SceneWindow) -> None:
    pair = window.pair
    if mask.count != 1:
        raise DataError(f"{pair.mask.name} holds {mask.count} bands; expected one, of class codes")
    again = "unpack the archive again"
    check_size(mask, window, pair.mask.name, again)
    if mask.crs is None and mask.transform.is_identity:
        # It says nothing of its place, so it can only lie on its image.
        return
    check_place(mask, window, pair.mask.name, again)


@dataclass(frozen=True, slots=True)
class SceneContent:
    """What a scene holds.

    Attributes
    ----------
    values : ndarray of int16, shape (6, height, width)
        Reflectance x 10000; 0 without data.
    mask : ndarray of int16, shape (height, width)
        1 burned, 0 unburned, -1 without label or without data in one of the inputs.
    burned : ndarray of bool, shape (height, width)
        Burned ground that the image shows, whether the embedding does or not.
    embedding : ndarray of float16, shape (64, height, width), optional
        Vectors of length 1; 0 without data.
    """

    values: NDArray[np.int16]
    mask: NDArray[np.int16]
    burned: NDArray[np.bool_]
    embedding: NDArray[np.float16] | None = None


def read(window: SceneWindow) -> SceneContent:
    """Read a scene, its mask, and the embedding where one lies beside it.

    Raises
    ------
    DataError
        If a file can't be read, its values are no reflectances or no embedding, or the mask holds
        other codes.
    """
    pair = window.pair
    image, label = read_scene(pair.image), read_codes(pair.mask)
    values, known = to_int16(image, pair.image.name)
    label = np.where(known, label, np.int16(-1))
    burned, embedding = label == 1, None
    if pair.embedding is not None:
        embedding, seen = read_embedding(pair.embedding)
        label = np.where(seen, label, np.int16(-1))
    return SceneContent(values, label, burned, embedding)


def read_codes(path: Path) -> NDArray[np.int16]:
    """Read the codes of a mask, shape (height, width).

    Raises
    ------
    DataError
        If it can't be read, or holds codes outside -1 to 1.
    """
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with open_raster(path) as source:
                codes = source.read(1)
                masked = ~file_masks(source)
    except RasterioError as error:
        raise unreadable(path, error) from error
    wrong = np.unique(codes[~np.isin(codes, (-1, 0, 1)) & ~masked])
    if len(wrong):
        shown = ", ".join(f"{value:g}" for value in wrong[:4].tolist())
        raise DataError(
            f"{path.name} holds codes {shown}; expected 1 (burned), 0 (unburned) and -1 (no data): "
            "this is a different mask, unpack the archive again"
        )
    return np.where(masked, np.int16(-1), codes.astype(np.int16))


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
    if scene.unmasked is not None:
        known &= scene.unmasked
    seen = values[:, known]
    if seen.size and float(np.mean(seen > BRIGHTEST)) > TOO_MANY:
        raise DataError(
            f"{name} holds values up to {float(seen.max()):.6g}; expected reflectance, nearly all "
            "of it between 0 and 1: divide it by its scale factor"
        )
    limit = np.iinfo(np.int16).max
    scaled = np.clip(np.rint(np.where(known, values, 0) * SCALE), -limit, limit)
    return scaled.astype(np.int16), known

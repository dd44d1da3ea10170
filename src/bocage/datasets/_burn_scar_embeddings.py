"""Embeddings that a user laid beside the scenes of HLS Burn Scars, on the same pixels."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.datasets._chips import read_scene
from bocage.datasets._windows import SceneWindow, convert, place
from bocage.sources import AEF_BANDS, INT8_NODATA, UNIT_NORM, UNIT_SHARE
from bocage.tables import dequantise_int8, looks_int8, unusable

if TYPE_CHECKING:
    from rasterio import DatasetReader

WARP = "warp the embedding to the grid of its scene"
LATTICE = 127
NEAR = 0.5
"""Pixels by which corners may lie apart."""


def unreadable(path: Path, error: Exception) -> DataError:
    """Say in one line that a file is no raster."""
    said = " ".join(str(error).split()).replace(str(path), path.name)
    to_do = WARP if path.stem.endswith("_embedding") else "unpack the archive again"
    return DataError(
        f"{path.name} can't be read as a raster ({said[:160]}); expected a GeoTIFF: {to_do}"
    )


def check_size(other: "DatasetReader", window: SceneWindow, name: str, to_do: str) -> None:
    """Check that a file has as many pixels as its scene.

    Raises
    ------
    DataError
        If it has not.
    """
    if other.shape != window.shape:
        raise DataError(
            f"{name} has {other.height} x {other.width} pixels and its image "
            f"{window.shape[0]} x {window.shape[1]}; expected the same size: {to_do}"
        )


def check_place(other: "DatasetReader", window: SceneWindow, name: str, to_do: str) -> None:
    """Check that the corners of a file lie where those of its scene do, to half a pixel.

    Raises
    ------
    DataError
        If they do not.
    """
    if _apart(other, window) > NEAR:
        raise DataError(
            f"{name} covers another area than its image (in {shown(other.crs)}); expected the same "
            f"corners: {to_do}"
        )


def shown(crs: Any) -> str:
    """Name a coordinate system for a message."""
    return "no coordinate reference system" if crs is None else " ".join(str(crs).split())[:120]


def _apart(other: "DatasetReader", window: SceneWindow) -> float:
    """Return how far the corners of a file lie from those of its scene, in pixels.

    Programs write one projection in different words, so places are compared and not words.
    """
    crs = window.crs if other.crs is None else str(other.crs.to_wkt())
    there = SceneWindow(window.pair, window.shape, tuple(other.transform)[:6], crs)
    height, width = window.shape
    row, column = np.array([0.0, 0, height, height]), np.array([0.0, width, 0, width])
    found = convert(there.crs, window.crs, place(there, row, column))
    distance = np.hypot(*(found - place(window, row, column)).T) / window.pixel_area**0.5
    return float(np.nan_to_num(distance, nan=np.inf).max())


def check_embedding(embedding: "DatasetReader", window: SceneWindow) -> None:
    """Check that an embedding has 64 bands and the pixels of its scene.

    Raises
    ------
    DataError
        If it has not.
    """
    name = "" if window.pair.embedding is None else window.pair.embedding.name
    if embedding.count != len(AEF_BANDS):
        raise DataError(
            f"{name} holds {embedding.count} bands; expected the {len(AEF_BANDS)} of an AlphaEarth "
            f"embedding ({AEF_BANDS[0]} to {AEF_BANDS[-1]}, in this order): write it again with "
            "all of them"
        )
    check_size(embedding, window, name, WARP)
    check_place(embedding, window, name, WARP)


def read_embedding(path: Path) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
    """Read an embedding, as raw int8 or as vectors of length 1.

    Parameters
    ----------
    path : Path
        64 bands: whole numbers in -128 to 127 (in any type), or numbers of which each pixel's
        have length 1.

    Returns
    -------
    values : ndarray of float16, shape (64, height, width)
        Vectors; zeros without data. Half precision is 30 times finer than the steps of the raw
        values, and halves the memory.
    known : ndarray of bool, shape (height, width)
        False where a band is -128 (raw), not a number or the file's own value for no data, or all
        are 0.

    Raises
    ------
    DataError
        If the file can't be read, or its values are no embedding's.
    """
    scene = read_scene(path)
    bands, height, width = scene.values.shape
    values = scene.values.reshape(bands, -1)
    whole = values.dtype.kind in "iu"
    lost = values == INT8_NODATA if whole else unusable(values) | (values == INT8_NODATA)
    if scene.nodata is not None:
        lost |= values == scene.nodata
    known = ~lost.any(axis=0) & (values != 0).any(axis=0)
    if scene.unmasked is not None:
        known &= scene.unmasked.ravel()
    seen: NDArray[Any] = values[:, known].T.astype(np.float64)
    if whole and np.abs(seen).max(initial=0) > LATTICE:
        raise DataError(
            f"{path.name} holds values from {seen.min():g} to {seen.max():g}; expected raw int8 "
            f"from {INT8_NODATA} to {LATTICE}, or vectors of length 1: write the embedding again"
        )
    vectors = dequantise_int8(seen) if whole or looks_int8(seen) else seen
    _check_length(path.name, vectors)
    out = np.zeros((bands, height * width), dtype=np.float16)
    out[:, known] = vectors.T
    return out.reshape(bands, height, width), known.reshape(height, width)


def _check_length(name: str, vectors: NDArray[np.float64]) -> None:
    low, high = UNIT_NORM
    norm = np.linalg.norm(vectors, axis=1)
    good = (norm >= low) & (norm <= high)
    if len(norm) and good.mean() < UNIT_SHARE:
        raise DataError(
            f"{name}: {int((~good).sum())} of {len(norm)} pixels hold vectors far from length 1 "
            f"(median {np.median(norm):.3g}); expected {low} to {high}, or raw int8: warp raw "
            "values with nearest-neighbour resampling (they can't be averaged), or divide each "
            "vector by its length"
        )

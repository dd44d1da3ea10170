"""Synthetic files in the layout of AlphaEarth's: int8, 64 bands stored apart, first row south."""

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.windows import Window

NORTH = (500_000.0, 5_000_000.0)
SOUTH = (500_000.0, 8_000_000.0)
"""Lower left corners in UTM, of the northern and the southern zone."""


def codes(n, seed=0, n_bands=64):
    """Return vectors of length 1 as int8, shape (n_bands, n)."""
    vectors = np.random.default_rng(seed).normal(size=(n_bands, n))
    vectors /= np.linalg.norm(vectors, axis=0)
    stored = np.round(127.5 * np.sign(vectors) * np.sqrt(np.abs(vectors)))
    return np.clip(stored, -127, 127).astype(np.int8)


def write_alphaearth(
    path,
    height=96,
    width=80,
    *,
    block=32,
    seed=0,
    crs="EPSG:32633",
    corner=NORTH,
    bottom_up=True,
    holes=True,
    named=True,
    n_bands=64,
    values=None,
):
    """Write a file; returns the stored numbers as the file's rows lie, (n_bands, height, width)."""
    stored = values
    if stored is None:
        stored = codes(height * width, seed, n_bands).reshape(n_bands, height, width)
        if holes:
            stored = stored.copy()
            stored[:, 5:9, 7:13] = -128
    x, y = corner
    transform = (
        Affine(10, 0, x, 0, 10, y) if bottom_up else Affine(10, 0, x, 0, -10, y + 10 * height)
    )
    with rasterio.open(
        path, "w", driver="GTiff", BIGTIFF="YES", height=height, width=width, count=n_bands,
        dtype="int8", crs=crs, transform=transform, nodata=-128, tiled=True, blockxsize=block,
        blockysize=block, interleave="band", compress="zstd",
    ) as out:  # fmt: skip
        out.write(stored)
        if named:
            out.descriptions = tuple(f"A{band:02d}" for band in range(n_bands))
    return stored


def write_large(path, side, *, block=1024, seed=0, n_kinds=4096, field=16, noise=2):
    """Write a large square file block by block: fields of one vector each, and noise in codes."""
    pool = codes(n_kinds, seed)
    rng = np.random.default_rng(seed)
    with rasterio.open(
        Path(path), "w", driver="GTiff", BIGTIFF="YES", height=side, width=side, count=64,
        dtype="int8", crs="EPSG:32633", transform=Affine(10, 0, NORTH[0], 0, 10, NORTH[1]),
        nodata=-128, tiled=True, blockxsize=block, blockysize=block, interleave="band",
        compress="zstd", num_threads="all_cpus",
    ) as out:  # fmt: skip
        for row in range(0, side, block):
            for column in range(0, side, block):
                shape = min(block, side - row), min(block, side - column)
                fields = rng.integers(n_kinds, size=(-(-shape[0] // field), -(-shape[1] // field)))
                kind = np.kron(fields, np.ones((field, field), dtype=np.int64))
                kind = kind[: shape[0], : shape[1]]
                window = Window(column, row, shape[1], shape[0])
                for band in range(64):
                    off = rng.integers(-noise, noise + 1, size=shape, dtype=np.int16)
                    made = np.clip(pool[band].astype(np.int16)[kind] + off, -127, 127)
                    out.write(made.astype(np.int8), band + 1, window=window)
        out.descriptions = tuple(f"A{band:02d}" for band in range(64))


def class_codes(truth, seed=0, noise=0.6):
    """Return vectors of length 1 as int8 that lie around one direction a class."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(truth.max() + 1, 64))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    vectors = centres[truth.ravel()] + rng.normal(size=(truth.size, 64)) * noise / 8
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    stored = np.round(127.5 * np.sign(vectors) * np.sqrt(np.abs(vectors)))
    stored = np.clip(stored, -127, 127).astype(np.int8)
    return stored.T.reshape(64, *truth.shape)


def patches(height, width, n_classes, seed=0, size=12):
    """Return a map of square patches of classes, shape (height, width)."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(n_classes, size=(-(-height // size), -(-width // size)))
    return np.kron(coarse, np.ones((size, size), dtype=int))[:height, :width]


def write_fields(folder, group, target, *, side=160, n=240):
    """Write a raster of fields, labels on it and an area: aef.tif, other.tif, labels.gpkg, ..."""
    import geopandas as gpd
    import shapely

    folder = Path(folder)
    truth = patches(side, side, 3)
    write_alphaearth(folder / "aef.tif", side, side, values=class_codes(truth))
    other = patches(side, side, 3, seed=1)
    write_alphaearth(folder / "other.tif", side, side, values=class_codes(other))
    rng = np.random.default_rng(0)
    row, column = rng.integers(side, size=(2, n))
    xy = np.column_stack([NORTH[0] + 10 * (column + 0.5), NORTH[1] + 10 * (row + 0.5)])
    names = np.array(["maize", "water", "wheat"])[truth[row, column]]
    place = np.array([f"district {4 * at // side}" for at in column])
    labels = {target: names, group: place}
    points = shapely.points(xy)
    gpd.GeoDataFrame(labels, geometry=points, crs=32633).to_file(folder / "labels.gpkg")
    area = shapely.box(NORTH[0] + 200, NORTH[1] + 300, NORTH[0] + 900, NORTH[1] + 1000)
    outline = gpd.GeoDataFrame(geometry=[area], crs=32633).to_crs(4326)
    outline.to_file(folder / "area.geojson")

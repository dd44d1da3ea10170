"""Scenes whose western third holds a filler that is no data, said in each way that GDAL knows."""

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp

BANDS = ("B2", "B3", "B4", "B8")
FILLER = 7
SIDE = 48
WEST, NORTH = 500_000.0, 5_000_000.0
WAYS = (
    "internal mask", "sidecar mask", "alpha", "alpha of bytes", "nodata in a sidecar",
    "nodata by band", "mask beside a nodata", "mask of one band",
)  # fmt: skip


def is_masked(side=SIDE):
    """Tell the pixels without data, shape (side, side)."""
    return np.broadcast_to(np.arange(side) < side // 3, (side, side))


def write_scene(path, way, *, side=SIDE, seed=0, corner=(WEST, NORTH), values=None):
    """Write bands of reflectance whose masked pixels hold a filler; returns the numbers."""
    path, gone = Path(path), is_masked(side)
    rng = np.random.default_rng(seed)
    stored = rng.integers(20, 240, (4, side, side)) if values is None else values.copy()
    dtype = "uint8" if way == "alpha of bytes" else "uint16"
    stored = np.where(gone, FILLER, stored).astype(dtype)
    has_alpha = way.startswith("alpha")
    settings = {
        "driver": "GTiff", "height": side, "width": side, "count": 4 + has_alpha, "dtype": dtype,
        "crs": "EPSG:32633", "transform": Affine(10, 0, corner[0], 0, -10, corner[1]),
        "tiled": True, "blockxsize": 16, "blockysize": 16, "photometric": "MINISBLACK",
    }  # fmt: skip
    if way == "mask beside a nodata":
        settings["nodata"] = 9999
    inside = way not in ("sidecar mask", "mask of one band")
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside),
        rasterio.open(path, "w", **settings) as out,
    ):
        if has_alpha:
            # Before the pixels: afterwards it would stand in a file beside.
            out.colorinterp = [ColorInterp.gray, *[ColorInterp.undefined] * 3, ColorInterp.alpha]
        out.write(stored, [1, 2, 3, 4])
        out.descriptions = BANDS + (("alpha",) if has_alpha else ())
        if has_alpha:
            out.write(np.where(gone, 0, 255).astype(dtype), 5)
        elif "mask" in way and way != "mask of one band":
            out.write_mask(~gone)
    if way == "mask beside a nodata":
        with rasterio.open(path, "r+") as out:
            out.write(np.full((1, 1), 9999, dtype), 2, window=((5, 6), (40, 41)))
    if way == "nodata in a sidecar":
        _aux(path, [FILLER] * 4)
    if way == "nodata by band":
        fillers = [FILLER, 0, 9999, 1]
        with rasterio.open(path, "r+") as out:
            for band, filler in enumerate(fillers, 1):
                out.write(np.where(gone, filler, stored[band - 1]).astype(dtype), band)
        _aux(path, fillers)
    if way == "mask of one band":
        _mask_of_third(path, settings)
    return stored


def _mask_of_third(path, settings):
    """Lay a mask of the third band alone beside a file."""
    gone = is_masked(settings["height"])
    beside = path.with_name(f"{path.name}.msk.tif")
    with rasterio.open(beside, "w", **settings | {"dtype": "uint8"}) as out:
        for band in range(1, 5):
            out.write(np.where(gone & (band == 3), 0, 255).astype("uint8"), band)
        out.update_tags(**{f"INTERNAL_MASK_FLAGS_{band}": "0" for band in range(1, 5)})
    beside.rename(path.with_name(f"{path.name}.msk"))


def _aux(path, nodata):
    bands = "".join(
        f'<PAMRasterBand band="{i}"><NoDataValue>{value}</NoDataValue></PAMRasterBand>'
        for i, value in enumerate(nodata, 1)
    )
    path.with_name(f"{path.name}.aux.xml").write_text(f"<PAMDataset>{bands}</PAMDataset>")

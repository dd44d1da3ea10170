"""Clay v1: a vision transformer that takes any bands by their wavelength (Clay Foundation)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input
from bocage.methods.backbones._backbone import Arrays, Backbone, OwnFile
from bocage.methods.backbones._bands import need_places, sentinel2
from bocage.methods.backbones._chip_arrays import ChipBands, normals

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

NAMES = ("B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12")
WORDS = dict(
    zip(
        NAMES,
        (*("blue", "green", "red", "rededge1", "rededge2", "rededge3", "nir"),
         *("nir08", "swir16", "swir22")),
        strict=True,
    )
)  # fmt: skip
NORMAL = normals(
    NAMES,
    (1105, 1355, 1552, 1887, 2422, 2630, 2743, 2785, 2388, 1835),
    (1809, 1757, 1888, 1870, 1732, 1697, 1742, 1648, 1470, 1379),
)
"""Sentinel-2 L2A statistics that Clay publishes with its weights, in reflectance x 10,000."""

PATCH = 8
RULES = ChipBands("clay", sentinel2(*NAMES), NORMAL, PATCH, square=True)


def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
    """Check and normalise chips; places become sines and cosines."""
    made = RULES.arrays(item)
    if place:
        need_places(lonlat, "clay")
        lon, lat = np.radians(lonlat).T
        parts = [np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)]
        made["latlon"] = np.stack(parts, axis=1).astype(np.float32)
    return made


def build(path: Path | None, arrays: Arrays) -> "Encoder":
    """Build Clay's encoder, with weights from a file or random ones."""
    from bocage.methods.backbones._clay_encoder import clay_encoder

    names = tuple(WORDS[band] for band in RULES.present(arrays))
    return clay_encoder(path, arrays["x"].shape, names, PATCH)


CLAY = Backbone(
    name="clay",
    title="Clay v1",
    forms=("chips",),
    n_blocks=12,
    bands=NAMES,
    file=OwnFile("weights/clay", "clay-v1-base.ckpt", "made-with-clay/Clay-legacy"),
    arrays=arrays,
    build=build,
    library="terratorch",
    source="Clay v1; Apache-2.0",
    registry="timm_clay_v1_base",
)

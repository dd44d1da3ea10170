"""Prithvi-EO: vision transformers for harmonised Landsat and Sentinel-2 chips (IBM and NASA).

Prithvi-EO-1.0: Jakubik et al. 2023, arXiv 2310.18660; 2.0: Szwarcman et al. 2024, arXiv 2412.02732.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input
from bocage.methods.backbones._backbone import Arrays, Backbone, OwnFile
from bocage.methods.backbones._bands import need_places, sentinel2
from bocage.methods.backbones._chip_arrays import TERRATORCH_BANDS, ChipBands, normals

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

NAMES = ("B2", "B3", "B4", "B8A", "B11", "B12")
NORMAL_2 = normals(
    NAMES, (1087, 1342, 1433, 2734, 1958, 1363), (2248, 2179, 2178, 1850, 1242, 1049)
)
NORMAL_1 = normals(NAMES, (775, 1081, 1229, 2497, 2204, 1611), (1282, 1270, 1399, 1368, 1292, 1155))
"""Statistics of the pretraining chips, in reflectance x 10,000; those of the published code."""

PATCH = 16


def _prithvi(
    name: str,
    key: str,
    n_blocks: int,
    hub: tuple[str, str] | None,
    *,
    patch: int = PATCH,
) -> Backbone:
    first = "v1" in key
    rules = ChipBands(name, sentinel2(*NAMES), NORMAL_1 if first else NORMAL_2, patch, dates=4)
    knows_place = key.endswith("_tl")

    def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
        made = rules.arrays(item)
        if place and knows_place:
            need_places(lonlat, name)
            made["latlon"] = np.ascontiguousarray(lonlat[:, ::-1], dtype=np.float32)
            if item.months is not None and len(item.years) == 1:
                # Months are known, days are not: the middle of each.
                day = (item.months - 0.5) * (365 / 12)
                made["when"] = np.stack([np.full(day.shape, item.years[0]), day], axis=-1).astype(
                    np.float32
                )
        return made

    def build(path: Path | None, arrays: Arrays) -> "Encoder":
        from bocage.methods.backbones._prithvi_encoder import prithvi_encoder

        bands = tuple(TERRATORCH_BANDS[band] for band in rules.present(arrays))
        return prithvi_encoder(key, path, arrays["x"].shape, bands, patch)

    return Backbone(
        name=name,
        title=f"Prithvi-EO ({key.removeprefix('prithvi_eo_')})",
        forms=("chips",),
        n_blocks=n_blocks,
        bands=NAMES,
        file=None if hub is None else OwnFile(f"weights/{name}", hub[1], hub[0]),
        arrays=arrays,
        build=build,
        library="terratorch",
        source="Prithvi-EO, arXiv 2310.18660 and 2412.02732; Apache-2.0",
        registry=f"terratorch_{key}",
    )


_HUB = "ibm-nasa-geospatial/Prithvi-EO"
PRITHVIS = (
    _prithvi(
        "prithvi-tiny",
        "prithvi_eo_v2_tiny_tl",
        12,
        (f"{_HUB}-2.0-tiny-TL", "Prithvi_EO_V2_tiny_TL.pt"),
    ),
    _prithvi(
        "prithvi-100",
        "prithvi_eo_v2_100_tl",
        12,
        (f"{_HUB}-2.0-100M-TL", "Prithvi_EO_V2_100M_TL.pt"),
    ),
    _prithvi(
        "prithvi-300",
        "prithvi_eo_v2_300",
        24,
        (f"{_HUB}-2.0-300M", "Prithvi_EO_V2_300M.pt"),
    ),
    _prithvi(
        "prithvi-300-tl",
        "prithvi_eo_v2_300_tl",
        24,
        (f"{_HUB}-2.0-300M-TL", "Prithvi_EO_V2_300M_TL.pt"),
    ),
    _prithvi(
        "prithvi-600",
        "prithvi_eo_v2_600",
        32,
        (f"{_HUB}-2.0-600M", "Prithvi_EO_V2_600M.pt"),
        patch=14,
    ),
    _prithvi(
        "prithvi-600-tl",
        "prithvi_eo_v2_600_tl",
        32,
        (f"{_HUB}-2.0-600M-TL", "Prithvi_EO_V2_600M_TL.pt"),
        patch=14,
    ),
    _prithvi(
        "prithvi-v1-100",
        "prithvi_eo_v1_100",
        12,
        (f"{_HUB}-1.0-100M", "Prithvi_EO_V1_100M.pt"),
    ),
)

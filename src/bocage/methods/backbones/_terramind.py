"""TerraMind 1.0 on Sentinel-2 chips (Jakubik et al. 2025, arXiv 2504.11171)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input
from bocage.methods.backbones._backbone import Arrays, Backbone, OwnFile, plain
from bocage.methods.backbones._bands import sentinel2
from bocage.methods.backbones._chip_arrays import TERRATORCH_BANDS, ChipBands, normals

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

L2A = ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B11", "B12")
L1C = ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B10", "B11", "B12")
L2A_NORMAL = normals(
    L2A,
    (1390.458, 1503.317, 1718.197, 1853.91, 2199.1, 2779.975, 2987.011, 3083.234, 3132.22,
     3162.988, 2424.884, 1857.648),
    (2106.761, 2141.107, 2038.973, 2134.138, 2085.321, 1889.926, 1820.257, 1871.918, 1753.829,
     1797.379, 1434.261, 1334.311),
)  # fmt: skip
L1C_NORMAL = normals(
    L1C,
    (2357.089, 2137.385, 2018.788, 2082.986, 2295.651, 2854.537, 3122.849, 3040.56, 3306.481,
     1473.847, 506.07, 2472.825, 1838.929),
    (1624.683, 1675.806, 1557.708, 1833.702, 1823.738, 1733.977, 1732.131, 1679.732, 1727.26,
     1024.687, 442.165, 1331.411, 1160.419),
)  # fmt: skip
"""Statistics of the pretraining chips, as published with the code; in reflectance x 10,000."""

PATCH = 16


def _terramind(size: str, n_blocks: int) -> Backbone:
    name = f"terramind-{size}"
    surface = ChipBands(name, sentinel2(*L2A), L2A_NORMAL, PATCH)
    top = ChipBands(name, sentinel2(*L1C), L1C_NORMAL, PATCH)

    def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
        del lonlat, place
        # The cirrus band is in top-of-atmosphere products alone.
        is_top = "B10" in {plain(band) for band in item.bands}
        return (top if is_top else surface).arrays(item)

    def build(path: Path | None, arrays: Arrays) -> "Encoder":
        from bocage.methods.backbones._terramind_encoder import terramind_encoder

        is_top = arrays["bands"].shape[1] == len(L1C)
        bands = [TERRATORCH_BANDS[b] for b in (top if is_top else surface).present(arrays)]
        modality = "S2L1C" if is_top else "S2L2A"
        return terramind_encoder(
            f"terramind_v1_{size}", path, arrays["x"].shape, modality, bands, PATCH
        )

    return Backbone(
        name=name,
        title=f"TerraMind 1.0 {size}",
        forms=("chips",),
        n_blocks=n_blocks,
        bands=L1C,
        file=OwnFile(
            f"weights/{name}", f"TerraMind_v1_{size}.pt", f"ibm-esa-geospatial/TerraMind-1.0-{size}"
        ),
        arrays=arrays,
        build=build,
        library="terratorch",
        source="TerraMind, arXiv 2504.11171; Apache-2.0",
        registry=f"terratorch_terramind_v1_{size}",
    )


TERRAMINDS = (
    _terramind("tiny", 12),
    _terramind("small", 12),
    _terramind("base", 12),
    _terramind("large", 24),
)

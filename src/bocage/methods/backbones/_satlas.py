"""Satlas: Swin transformers pretrained on Sentinel-2 chips (Bastani et al. 2023, arXiv 2211.15660).

The visible bands were pretrained as ESA's 8-bit true-colour image. Of reflectance, its authors'
own evaluation code takes a 3,000th, cut at 1, in its place; so do we.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input
from bocage.methods.backbones._backbone import Arrays, Backbone, OwnFile
from bocage.methods.backbones._bands import sentinel2
from bocage.methods.backbones._chip_arrays import BandScaling, ChipBands

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

NAMES = ("B4", "B3", "B2", "B5", "B6", "B7", "B8", "B11", "B12")
VISIBLE, OTHER = 3000.0, 8160.0
NORMAL = {
    name: BandScaling(0.0, top, top)
    for name, top in zip(NAMES, (*[VISIBLE] * 3, *[OTHER] * 6), strict=True)
}
PATCH = 32
"""Chips are halved five times: a fourth by the patches, then three times by merging."""


def _satlas(size: str, key: str, n_blocks: int, file: str) -> Backbone:
    name = f"satlas-{size}"
    rules = ChipBands(name, sentinel2(*NAMES), NORMAL, PATCH, needs_all=True)

    def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
        del lonlat, place
        return rules.arrays(item)

    def build(path: Path | None, arrays: Arrays) -> "Encoder":
        from bocage.methods.backbones._satlas_encoder import satlas_encoder

        del arrays
        return satlas_encoder(key, path)

    return Backbone(
        name=name,
        title=f"Satlas Swin-v2 {size}, single image",
        forms=("chips",),
        n_blocks=n_blocks,
        bands=NAMES,
        file=OwnFile(f"weights/{name}", file, "torchgeo/satlas"),
        arrays=arrays,
        build=build,
        library="terratorch",
        source="Satlas, arXiv 2211.15660; ODC-BY",
        registry=f"terratorch_{key}",
        # All of what LoRA can change is its MLP; see `SatlasEncoder`.
        placements=("all", "mlp"),
    )


SATLASES = (
    _satlas("tiny", "satlas_swin_t_sentinel2_si_ms", 12, "sentinel2_swint_si_ms-bc68e396.pth"),
    _satlas("base", "satlas_swin_b_sentinel2_si_ms", 24, "sentinel2_swinb_si_ms-fe22a12c.pth"),
)

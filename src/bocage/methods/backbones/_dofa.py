"""DOFA: a vision transformer that takes any bands by their wavelength (Xiong et al. 2024).

arXiv 2403.15356. It was pretrained on 8-bit chips of Satlas: the visible bands as true colour, the
others as a 32nd of the digital number.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input
from bocage.methods.backbones._backbone import Arrays, Backbone, OwnFile
from bocage.methods.backbones._bands import sentinel2
from bocage.methods.backbones._chip_arrays import TERRATORCH_BANDS, BandScaling, ChipBands
from bocage.methods.backbones._satlas import NAMES, OTHER, VISIBLE

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

MEANS = (114.1099739, 114.81779093, 126.63977424, 84.33539309, 97.84789168, 103.94461911,
         101.435633, 72.32804172, 56.66528851)  # fmt: skip
SPREADS = (77.84352553, 69.96844919, 67.42465279, 64.57022983, 61.72545487, 61.34187099,
           60.29744676, 47.88519516, 42.55886798)  # fmt: skip
"""Statistics of the 8-bit chips that the authors publish, in the order of `NAMES`."""

BYTE = 255.0
NORMAL = {
    # (255 x / top - mean) / spread, written as (x - centre) / width.
    name: BandScaling(mean * top / BYTE, spread * top / BYTE, top)
    for name, mean, spread, top in zip(
        NAMES, MEANS, SPREADS, (*[VISIBLE] * 3, *[OTHER] * 6), strict=True
    )
}
PATCH = 16


def _dofa(size: str, width: int, n_blocks: int, file: str) -> Backbone:
    name = f"dofa-{size}"
    rules = ChipBands(name, sentinel2(*NAMES), NORMAL, PATCH, square=True)

    def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
        del lonlat, place
        return rules.arrays(item)

    def build(path: Path | None, arrays: Arrays) -> "Encoder":
        from bocage.methods.backbones._dofa_encoder import dofa_encoder

        bands = [TERRATORCH_BANDS[band] for band in rules.present(arrays)]
        return dofa_encoder(
            f"dofa_{size}_patch16_224", path, arrays["x"].shape, bands, width, PATCH
        )

    return Backbone(
        name=name,
        title=f"DOFA {size}",
        forms=("chips",),
        n_blocks=n_blocks,
        bands=NAMES,
        file=OwnFile(f"weights/{name}", file, "torchgeo/dofa") if file else None,
        arrays=arrays,
        build=build,
        library="terratorch",
        source="DOFA, arXiv 2403.15356; CC-BY-4.0",
        registry=f"terratorch_dofa_{size}_patch16_224",
    )


DOFAS = (
    _dofa("small", 384, 12, ""),
    _dofa("base", 768, 12, "dofa_base_patch16_224-a0275954.pth"),
    _dofa("large", 1024, 24, "dofa_large_patch16_224-0ff904d3.pth"),
)

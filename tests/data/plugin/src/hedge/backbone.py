"""A backbone of one's own: random convolutions over time, the idea of ROCKET.

Dempster et al. 2020 (10.1007/s10618-020-00701-z). Nothing of it is pretrained: its weights are
random, and methods with it say so.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bocage.core import Input
from bocage.methods.backbones import Arrays, Backbone, arrange, sentinel2

if TYPE_CHECKING:
    from bocage.methods.backbones import Encoder

BANDS = sentinel2("B2", "B3", "B4", "B8", "B11", "B12")
N_KERNELS, WIDTH = 64, 3


def arrays(item: Input, lonlat: np.ndarray, place: bool) -> dict[str, np.ndarray]:  # noqa: ARG001
    """Check bands and units, and bring reflectance near to 1; x is (n, dates, bands)."""
    values, present = arrange(item, BANDS, "kernels")
    return {"x": values[..., list(present)] / np.float32(3000)}


def build(path: Path | None, arrays: Arrays) -> "Encoder":  # noqa: ARG001
    """Build the network for as many bands as there are."""
    from torch import Tensor, nn

    from bocage.methods.backbones import Encoder

    class Kernels(Encoder):
        """Convolutions over time, and of each the largest value and the share above zero."""

        def __init__(self, n_bands: int) -> None:
            super().__init__()
            self.attention, self.mlp = (), ()
            self.blocks = nn.ModuleList([nn.Conv1d(n_bands, N_KERNELS, WIDTH, padding="same")])
            self.widths = (N_KERNELS,)

        def stem(self, batch: Any) -> Tensor:
            return batch["x"].transpose(1, 2)

        def pool(self, tokens: Tensor) -> Tensor:
            import torch

            return torch.cat((tokens.amax(-1), (tokens > 0).float().mean(-1)), dim=1)

    return Kernels(arrays["x"].shape[-1])


def make_kernels() -> Backbone:
    """Return the backbone: an entry point may lead to a function."""
    return Backbone(
        name="kernels",
        title="random kernels over time",
        forms=("series",),
        n_blocks=0,
        bands=tuple(band.name for band in BANDS),
        file=None,
        arrays=arrays,
        build=build,
        library="torch",
        source="after ROCKET, Dempster et al. 2020, 10.1007/s10618-020-00701-z",
    )

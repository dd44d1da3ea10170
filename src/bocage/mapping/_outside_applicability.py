"""The share of a map that lies beyond what its method was tested on."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bocage.mapping.outputs import INSIDE, Layer


def beyond(files: Mapping[str, Path], layers: Mapping[str, Layer]) -> str:
    """Say how many pixels lie beyond the threshold of applicability; empty without that layer."""
    name = "applicability"
    if name not in files:
        return ""
    import rasterio

    outside = known = 0
    with rasterio.open(files[name]) as made:
        for _, window in made.block_windows(1):
            stored = made.read(1, window=window)
            has_data = stored != layers[name].nodata
            known += int(np.count_nonzero(has_data))
            outside += int(np.count_nonzero(has_data & (stored > INSIDE)))
    if not known:
        return ""
    return (
        f"{outside / known:.1%} of {known:,} pixels lie outside the area of applicability, where "
        "the score may not hold"
    )

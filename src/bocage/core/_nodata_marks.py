"""Numbers that stand for nothing measured."""

import numpy as np

NODATA = (
    -9999.0,
    -99999.0,
    -32768.0,
    1e20,
    float(np.finfo(np.float32).min),
    -1.7976931348623157e308,
)
"""Numbers that stand for nothing measured in common raster formats."""

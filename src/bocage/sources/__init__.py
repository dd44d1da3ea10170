"""Where pixels come from: rasters with declared bands and coding, and samples of them."""

from bocage.sources._coding import INT8_NODATA, Coding
from bocage.sources._grid import Grid, Window, to_crs

__all__ = ["INT8_NODATA", "Coding", "Grid", "Window", "to_crs"]

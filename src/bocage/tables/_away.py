"""Labels that lie outside of all rasters, and why that may be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.sources import Source, to_crs


def exchanged(rasters: Sequence[Source], shapes: NDArray[Any], crs: Any) -> str:
    """Say so where most labels outside of all rasters would lie within one if x were y."""
    import shapely

    if not len(shapes):
        return ""
    yx = shapely.get_coordinates(shapely.centroid(shapes))[:, ::-1]
    within = np.zeros(len(yx), dtype=bool)
    for raster in rasters:
        left, low, right, high = raster.grid.bounds
        x, y = to_crs(crs, raster.grid.crs, yx).T
        within |= (x >= left) & (x <= right) & (y >= low) & (y <= high)
    if within.mean() <= 1 / 2:
        return ""
    return (
        f"{within.sum():,} of the {len(within):,} outside would lie inside with x and y swapped: "
        "swap longitude and latitude (--lon, --lat, or x and y of the geometry)"
    )


def extent(raster: Source) -> str:
    """Write the longitudes and latitudes that a raster covers."""
    left, low, right, high = raster.grid.bounds
    corners = np.array([[left, low], [left, high], [right, low], [right, high]])
    degrees = to_crs(raster.grid.crs, "EPSG:4326", corners)
    (west, south), (east, north) = degrees.min(axis=0), degrees.max(axis=0)
    return f"longitudes {west:.3f} to {east:.3f} and latitudes {south:.3f} to {north:.3f}"

"""Synthetic fields with parcels on them, on a raster whose classes are known pixel by pixel."""

from pathlib import Path

import numpy as np
from tests.data.alphaearth import NORTH, class_codes, patches, write_alphaearth

SIDE, FIELD, STEP = 96, 12, 10
NAMES = np.array(["maize", "water", "wheat"])


def box(row, column, height, width):
    """Return a box of whole pixels, rows counted from the south."""
    import shapely

    x, y = NORTH[0] + STEP * column, NORTH[1] + STEP * row
    return shapely.box(x, y, x + STEP * width, y + STEP * height)


def write_parcels(folder, *, noise=3.0):
    """Write aef.tif, its halves west.tif and east.tif, and parcels.gpkg; return the truth.

    Parcels are 8 by 8 pixels in fields of 12 by 12; every fourth lies on both halves. The truth has
    rows from the south, as the file has.
    """
    import geopandas as gpd

    folder = Path(folder)
    truth = patches(SIDE, SIDE, 3, size=FIELD)
    stored = class_codes(truth, noise=noise)
    write_alphaearth(folder / "aef.tif", SIDE, SIDE, values=stored)
    cut = SIDE // 2 + FIELD // 2
    write_alphaearth(folder / "west.tif", SIDE, cut, values=stored[:, :, :cut])
    corner = (NORTH[0] + STEP * cut, NORTH[1])
    write_alphaearth(folder / "east.tif", SIDE, SIDE - cut, values=stored[:, :, cut:],
                     corner=corner)  # fmt: skip
    at = [(r, c) for r in range(2, SIDE, FIELD) for c in range(2, SIDE, FIELD)]
    crop = [NAMES[truth[r, c]] for r, c in at]
    table = {"crop": crop, "district": [f"d{4 * c // SIDE}" for _, c in at]}
    shapes = [box(r, c, 8, 8) for r, c in at]
    gpd.GeoDataFrame(table, geometry=shapes, crs=32633).to_file(folder / "parcels.gpkg")
    return truth

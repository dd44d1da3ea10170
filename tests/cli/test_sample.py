"""Labels with the pixels of rasters, on the command line: what is named, and what is said."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

SIDE = 20


def _write(path, column=0):
    path.parent.mkdir(exist_ok=True)
    values = np.random.default_rng(column).integers(1, 9, (2, SIDE, SIDE)).astype("int16")
    with rasterio.open(
        path, "w", driver="GTiff", height=SIDE, width=SIDE, count=2, dtype="int16",
        crs="EPSG:32633", transform=Affine(10, 0, 5e5 + 10 * column, 0, -10, 5e6),
    ) as out:  # fmt: skip
        out.write(values)
        out.descriptions = ("red", "nir")


@pytest.fixture
def labels(tmp_path):
    """Two tiles of one name, and points on both."""
    _write(tmp_path / "west" / "s2.tif")
    _write(tmp_path / "east" / "s2.tif", SIDE)
    xy = [(5e5 + x, 5e6 - 55) for x in range(15, 400, 60)]
    made = gpd.GeoDataFrame({"crop": ["a"] * len(xy)}, geometry=shapely.points(xy), crs=32633)
    made.to_file(tmp_path / "labels.gpkg", layer="fields")
    return made


def test_tiles_are_all_counted(bocage, labels):
    tiles = ["--source", "west/s2.tif", "--source", "east/s2.tif"]
    code, out, err = bocage("sample", "labels.gpkg", *tiles, "-o", "s.csv")
    assert code == 0, err
    assert f"{len(labels)} labels with 2 bands of s2.tif and 1 more in s.csv" in out
    assert len(pd.read_csv("s.csv")) == len(labels)
    _, out, _ = bocage("sample", "labels.gpkg", *tiles[:2], "-o", "s.csv")
    assert "labels with 2 bands of s2.tif in s.csv" in out

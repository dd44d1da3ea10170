"""Rasters that hold AlphaEarth's int8 as another type, or by other names, are decoded."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from tests.data.alphaearth import NORTH, codes, write_alphaearth

from bocage.core import DataError
from bocage.sources import AEF_BANDS, AEF_CODING, Declared, names_for, open_source

SIDE = 20
STORED = codes(SIDE * SIDE).reshape(64, SIDE, SIDE)
HOLE = np.s_[:, 3:5, 7:9]
COUNTED = tuple(f"b{i}" for i in range(1, 65))


def _write(path, dtype, nodata, names=COUNTED, values=None):
    stored = (STORED if values is None else values).astype(dtype)
    if nodata is not None:
        stored[HOLE] = nodata
    with rasterio.open(
        path, "w", driver="GTiff", height=SIDE, width=SIDE, count=64, dtype=dtype, nodata=nodata,
        crs="EPSG:32633", transform=Affine(10, 0, NORTH[0], 0, -10, NORTH[1]),
    ) as out:  # fmt: skip
        out.write(stored)
        if names:
            out.descriptions = names
    return path


@pytest.mark.parametrize("names", [COUNTED, AEF_BANDS, ()], ids=["b1", "A00", "none"])
@pytest.mark.parametrize(
    ("dtype", "nodata"),
    [
        ("int8", -128), ("int16", None), ("int16", -32768), ("int16", 9999), ("int16", -9999),
        ("float32", np.nan), ("float32", -9999), ("float64", 255), ("int32", 0),
    ],
)  # fmt: skip
def test_codes_of_any_type_become_the_same_values(tmp_path, dtype, nodata, names):
    raster = open_source(_write(tmp_path / "x.tif", dtype, nodata, names))
    found = raster.pixels(raster.grid.whole)
    missing = np.zeros((SIDE, SIDE), dtype=bool)
    missing[HOLE[1:]] = nodata is not None
    np.testing.assert_array_equal(found.missing, missing)
    expected = AEF_CODING.decode(STORED)
    np.testing.assert_array_equal(found.values[:, ~missing], expected[:, ~missing])
    assert raster.about.product == "AlphaEarth Foundations Satellite Embedding"
    assert raster.names == (names or AEF_BANDS)
    assert names_for(raster, ["A00", "A63"]) == AEF_BANDS
    if dtype != "int8":
        assert raster.about.remark == f"x.tif holds AlphaEarth's int8 as {dtype}, and is decoded"


def test_vectors_by_other_names_are_found_and_keep_them(tmp_path):
    values = AEF_CODING.decode(STORED)
    raster = open_source(_write(tmp_path / "x.tif", "float32", None, values=values))
    assert raster.names == COUNTED
    assert (raster.about.product, raster.about.remark) == ("", "")
    assert names_for(raster, ["A05"]) == AEF_BANDS
    assert names_for(raster, ["b5"]) == COUNTED
    assert names_for(raster, ["A05", "slope"]) == COUNTED


def test_other_numbers_in_64_bands_are_what_they_are(tmp_path):
    other = np.random.default_rng(0).integers(0, 90, STORED.shape)
    raster = open_source(_write(tmp_path / "x.tif", "int16", None, values=other))
    np.testing.assert_array_equal(raster.pixels(raster.grid.whole).values, other)
    assert names_for(raster, ["A05"]) == COUNTED


def test_a_scale_that_is_declared_counts(tmp_path):
    raster = open_source(_write(tmp_path / "x.tif", "int16", None), Declared(scale=2.0))
    np.testing.assert_array_equal(raster.pixels(raster.grid.whole).values, STORED * 2.0)


def test_a_raster_without_a_system_lies_where_it_is_said_to(tmp_path):
    write_alphaearth(tmp_path / "whole.tif")
    write_alphaearth(tmp_path / "bare.tif", crs=None)
    with pytest.raises(DataError, match=r"no coordinate reference system.*--source-crs EPSG:"):
        open_source(tmp_path / "bare.tif")
    told = Declared(crs="EPSG:32633")
    assert open_source(tmp_path / "bare.tif", told).grid == open_source(tmp_path / "whole.tif").grid
    assert open_source(tmp_path / "whole.tif", told).grid.crs
    for name, crs, words in (
        ("whole.tif", "EPSG:32634", "says that it is in EPSG:32633"),
        ("bare.tif", "EPSG:99999999", "is not a coordinate reference system"),
        ("bare.tif", "north", "is not a coordinate reference system"),
    ):
        with pytest.raises(Exception, match=words):
            open_source(tmp_path / name, Declared(crs=crs))

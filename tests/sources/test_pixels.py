"""Where there is data: what any number, mask or band of a file says counts, and so do zeros."""

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from tests.data.alphaearth import codes
from tests.data.masked import BANDS, SIDE, WAYS, is_masked, write_scene

from bocage.sources import (
    AEF_BANDS,
    AEF_CODING,
    Declared,
    Window,
    join_tiles,
    open_source,
    sample_parcels,
    sample_points,
)


@pytest.mark.parametrize("way", WAYS)
def test_whatever_says_that_there_is_no_data_counts(tmp_path, way):
    write_scene(tmp_path / "scene.tif", way)
    raster = open_source(tmp_path / "scene.tif")
    assert raster.names == BANDS
    found = raster.pixels(raster.grid.whole)
    expected = is_masked().copy()
    if way == "mask beside a nodata":
        expected[5, 40] = True
    np.testing.assert_array_equal(found.missing, expected)
    np.testing.assert_array_equal(np.isnan(found.values).all(axis=0), expected)
    window = Window(7, 10, 20, 9)
    part = raster.pixels(window, (2, 0))
    np.testing.assert_array_equal(part.missing, expected[window.slices])
    rows, columns = np.arange(SIDE) + 0.5, np.full(SIDE, 4.5)
    points = sample_points(raster, raster.grid.xy(rows, columns), raster.grid.crs)
    assert (points.n_pixels == 0).all()
    left, low, right, high = raster.grid.bounds
    whole = sample_parcels(raster, np.array([shapely.box(left, low, right, high)]), "EPSG:32633")
    assert whole.n_pixels[0] == (~expected).sum()
    raster.close()


def test_a_mask_that_a_band_does_not_have_says_nothing_of_it(tmp_path):
    write_scene(tmp_path / "scene.tif", "mask of one band")
    raster = open_source(tmp_path / "scene.tif")
    assert not raster.pixels(raster.grid.whole, (0, 1, 3)).missing.any()


def test_a_mask_of_an_overview_counts_too(tmp_path):
    write_scene(tmp_path / "scene.tif", "internal mask")
    with rasterio.open(tmp_path / "scene.tif", "r+") as file:
        file.build_overviews([2], rasterio.enums.Resampling.nearest)
    raster = open_source(tmp_path / "scene.tif", Declared(overview=0))
    found = raster.pixels(raster.grid.whole).missing
    np.testing.assert_array_equal(found, is_masked(SIDE // 2))


def test_a_fourth_band_of_bytes_is_a_band_where_it_has_the_name_of_one(tmp_path):
    """GDAL takes the fourth of four bands of bytes for a mask."""
    settings = {
        "driver": "GTiff", "height": 8, "width": 8, "count": 4, "dtype": "uint8",
        "crs": "EPSG:32633", "transform": Affine(10, 0, 5e5, 0, -10, 5e6),
    }  # fmt: skip
    with rasterio.open(tmp_path / "rgb.tif", "w", **settings) as file:
        file.write(np.full((4, 8, 8), 9, np.uint8))
    told = ("B2", "B3", "B4", "B8")
    assert open_source(tmp_path / "rgb.tif", Declared(bands=told)).names == told
    assert open_source(tmp_path / "rgb.tif", Declared(bands=told[:3])).names == told[:3]
    masked = open_source(tmp_path / "rgb.tif", Declared(bands=(*told[:3], "alpha")))
    assert masked.names == told[:3]


def test_what_is_declared_does_not_undo_what_the_file_says(tmp_path):
    write_scene(tmp_path / "scene.tif", "mask beside a nodata")
    stored = open_source(tmp_path / "scene.tif").read(Window(0, 20, 1, 1), (0,))
    raster = open_source(tmp_path / "scene.tif", Declared(nodata=float(stored[0, 0, 0])))
    found = raster.pixels(raster.grid.whole).missing
    assert found[0, 20]
    assert found[5, 40]
    assert (found >= is_masked()).all()


def test_files_beside_a_local_raster_are_seen(tmp_path):
    values = np.arange(64, dtype=np.int16).reshape(1, 8, 8)
    settings = {"driver": "ENVI", "height": 8, "width": 8, "count": 1, "dtype": "int16"}
    place = {"crs": "EPSG:32633", "transform": Affine(10, 0, 5e5, 0, -10, 5e6)}
    with rasterio.open(tmp_path / "ndvi.dat", "w", **settings, **place) as file:
        file.write(values)
    raster = open_source(tmp_path / "ndvi.dat", Declared(bands=("ndvi",)))
    np.testing.assert_array_equal(raster.read(raster.grid.whole), values)
    assert {path.name for path in raster.files} >= {"ndvi.dat", "ndvi.hdr"}
    write_scene(tmp_path / "scene.tif", "alpha")
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(tmp_path / "scene.tif", "r+") as file:
        file.build_overviews([2], rasterio.enums.Resampling.nearest)
    assert (tmp_path / "scene.tif.ovr").exists()
    assert open_source(tmp_path / "scene.tif", Declared(overview=0)).grid.height == SIDE // 2


def _float(path, values, **more):
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[1], width=values.shape[2],
        count=len(values), dtype=values.dtype, crs="EPSG:32633",
        transform=Affine(10, 0, 5e5, 0, -10, 5e6), tiled=True, blockxsize=16, blockysize=16, **more,
    ) as out:  # fmt: skip
        out.write(values)
        if len(values) == 64:
            out.descriptions = AEF_BANDS
    return path


def _clipped(dtype, side=48):
    """Vectors, of which a third is zeros; a single band that is 0 is a number like others."""
    stored = codes(side * side).reshape(64, side, side).copy()
    stored[5, :4, side // 2 :] = 0
    gone = is_masked(side)
    values = stored if dtype == "int8" else AEF_CODING.decode(stored).astype(dtype)
    return np.where(gone, 0, values).astype(dtype), gone


@pytest.mark.parametrize("dtype", ["float32", "int8"])
@pytest.mark.parametrize("bands", [None, (5,), (5, 6), (60, 3, 5)])
def test_a_vector_of_zeros_is_no_data_whichever_of_its_bands_are_read(tmp_path, dtype, bands):
    values, gone = _clipped(dtype)
    raster = open_source(_float(tmp_path / "aef.tif", values))
    found = raster.pixels(raster.grid.whole, bands)
    np.testing.assert_array_equal(found.missing, gone)


def test_a_sparse_file_is_no_data_where_nothing_was_written(tmp_path):
    stored = codes(32 * 32).reshape(64, 32, 32)
    path = tmp_path / "sparse.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=64, width=64, count=64, dtype="int8", crs="EPSG:32633",
        transform=Affine(10, 0, 5e5, 0, -10, 5e6), tiled=True, blockxsize=32, blockysize=32,
        sparse_ok=True,
    ) as out:  # fmt: skip
        out.write(stored, window=((32, 64), (32, 64)))
    raster = open_source(path)
    assert raster.coding == AEF_CODING
    found = raster.pixels(raster.grid.whole).missing
    assert found.sum() == 3 * 32 * 32
    assert not found[32:, 32:].any()


def test_zeros_are_no_data_in_tiles_in_stacks_and_under_other_names(tmp_path):
    values, gone = _clipped("float32")
    _float(tmp_path / "aef.tif", values)
    _float(tmp_path / "ndvi.tif", np.full((1, 48, 48), 0.5, "float32"))
    stack = open_source([tmp_path / "aef.tif", tmp_path / "ndvi.tif"])
    np.testing.assert_array_equal(stack.pixels(stack.grid.whole, (64, 3)).missing, gone)
    # The other bands of a file have data of their own.
    assert not stack.pixels(stack.grid.whole, (64,)).missing.any()
    names = tuple(f"emb{i}" for i in range(64))
    other = open_source(tmp_path / "aef.tif", Declared(bands=names))
    np.testing.assert_array_equal(other.pixels(other.grid.whole).missing, gone)
    _float(tmp_path / "int8.tif", _clipped("int8")[0])
    other = open_source([tmp_path / "int8.tif", tmp_path / "ndvi.tif"])
    np.testing.assert_array_equal(other.pixels(other.grid.whole).missing, gone)
    tiles = [open_source(tmp_path / "aef.tif"), open_source(_float(tmp_path / "b.tif", values))]
    joined = join_tiles(tiles)
    np.testing.assert_array_equal(joined.pixels(joined.grid.whole).missing, gone)


def test_bands_that_are_no_vector_may_all_be_zero(tmp_path):
    """Rain of twenty dry months is 0, and data."""
    raster = open_source(
        _float(tmp_path / "rain.tif", np.zeros((20, 16, 16), "float32")),
        Declared(bands=tuple(f"rain{i}" for i in range(20))),
    )
    assert not raster.pixels(raster.grid.whole).missing.any()


def test_tiles_with_other_numbers_for_no_data_join_and_keep_their_own(tmp_path):
    made = []
    for i, nodata in enumerate((0, 255, None)):
        path = tmp_path / f"{i}.tif"
        with rasterio.open(
            path, "w", driver="GTiff", height=4, width=4, count=1, dtype="uint8", nodata=nodata,
            crs="EPSG:32633", transform=Affine(10, 0, 80.0 * i, 0, -10, 0),
        ) as file:  # fmt: skip
            file.write(np.array([0, 255, 3, 4] * 4, np.uint8).reshape(1, 4, 4))
        made.append(open_source(path, Declared(bands=("x",))))
    joined = join_tiles(made)
    found = joined.pixels(joined.grid.whole)
    tile, between = [False] * 4, [True] * 4
    first, second = [True, *tile[1:]], [False, True, False, False]
    row = [*first, *between, *second, *between, *tile]
    np.testing.assert_array_equal(found.missing, [row] * 4)
    assert found.values[0, 0, 8] == 0

"""Rasters: stored numbers as they are, recognised, checked, and refused in words."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from affine import Affine
from tests.data.alphaearth import SOUTH, write_alphaearth

from bocage.core import DataError, DownloadError, SettingsError
from bocage.sources import AEF_BANDS, AEF_CODING, Declared, Window, open_source


@pytest.fixture
def aef(tmp_path):
    path = tmp_path / "aef.tif"
    return path, write_alphaearth(path)


def test_an_alphaearth_file_is_recognised(aef):
    raster = open_source(aef[0])
    assert raster.names == AEF_BANDS
    assert raster.coding == AEF_CODING
    assert raster.grid.is_bottom_up
    assert (raster.block, raster.dtype) == ((32, 32), "int8")
    assert raster.about.licence == "CC-BY-4.0"
    assert "Google DeepMind" in raster.about.attribution


def test_its_year_is_read_from_the_published_folders(tmp_path):
    folder = tmp_path / "v1" / "annual" / "2023" / "33N"
    folder.mkdir(parents=True)
    write_alphaearth(folder / "x.tif")
    assert open_source(folder / "x.tif").about.years == (2023,)
    assert open_source(folder / "x.tif", Declared(years=(2020,))).about.years == (2020,)


def test_bands_without_names_are_alphaearths_in_order(tmp_path):
    write_alphaearth(tmp_path / "x.tif", named=False)
    assert open_source(tmp_path / "x.tif").names == AEF_BANDS


@pytest.mark.parametrize(
    "window", [Window(0, 0, 96, 80), Window(31, 30, 40, 7), Window(95, 79, 1, 1)]
)
@pytest.mark.parametrize("bands", [None, [3, 1, 63], []])
def test_windows_and_bands_are_read_as_they_are_stored(aef, window, bands):
    path, stored = aef
    found = open_source(path).read(window, bands)
    chosen = stored if bands is None else stored[bands]
    np.testing.assert_array_equal(found, chosen[(slice(None), *window.slices)])
    assert found.flags.c_contiguous


def test_threads_and_processes_may_read_at_once(aef):
    path, stored = aef
    raster = open_source(path)
    windows = list(raster.grid.tiles((32, 32))) * 4
    with ThreadPoolExecutor(4) as pool:
        for window, found in zip(windows, pool.map(raster.read, windows), strict=True):
            np.testing.assert_array_equal(found, stored[(slice(None), *window.slices)])
    other = pickle.loads(pickle.dumps(raster))  # noqa: S301 - our own
    np.testing.assert_array_equal(other.read(raster.grid.whole), stored)


def test_the_south_and_north_up_files_have_their_places(tmp_path):
    write_alphaearth(tmp_path / "s.tif", crs="EPSG:32733", corner=SOUTH, bottom_up=False)
    grid = open_source(tmp_path / "s.tif").grid
    assert not grid.is_bottom_up
    assert grid.bounds == (500_000.0, 8_000_000.0, 500_800.0, 8_000_960.0)


def test_vectors_of_another_length_are_refused(tmp_path):
    stored = write_alphaearth(tmp_path / "x.tif")
    write_alphaearth(tmp_path / "wrong.tif", values=(stored // 2).astype(np.int8), holes=False)
    with pytest.raises(DataError, match=r"vectors are 0\.2.* long"):
        open_source(tmp_path / "wrong.tif")


def test_decoded_exports_are_recognised_too(tmp_path):
    stored = write_alphaearth(tmp_path / "x.tif")
    values = AEF_CODING.decode(stored).astype(np.float32)
    with rasterio.open(
        tmp_path / "float.tif", "w", driver="GTiff", height=96, width=80, count=64,
        dtype="float32", crs="EPSG:32633", transform=Affine(10, 0, 5e5, 0, -10, 5e6),
    ) as out:  # fmt: skip
        out.write(values)
        out.descriptions = AEF_BANDS
    raster = open_source(tmp_path / "float.tif")
    assert raster.coding.kind == "linear"
    assert raster.about.product.startswith("AlphaEarth")
    assert raster.coding.missing(raster.read(raster.grid.whole)).sum() == 24


def _one_band(path, value, **changes):
    settings = {
        "driver": "GTiff", "height": 20, "width": 30, "count": 1, "dtype": "int16",
        "crs": "EPSG:32633", "transform": Affine(10, 0, 5e5, 0, -10, 5e6), "nodata": -9999,
    } | changes  # fmt: skip
    with rasterio.open(path, "w", **settings) as out:
        shape = (settings["count"], settings["height"], settings["width"])
        out.write(np.full(shape, value, settings["dtype"]))
    return path


def test_files_of_one_grid_stand_one_after_the_other(tmp_path):
    paths = [_one_band(tmp_path / f"ndvi_{i}.tif", 1000 * i) for i in (1, 2, 3)]
    raster = open_source(paths, Declared(scale=1e-4))
    assert raster.names == ("ndvi_1", "ndvi_2", "ndvi_3")
    found = raster.coding.decode(raster.read(Window(0, 0, 1, 1), [2, 0]))
    np.testing.assert_allclose(found.ravel(), [0.3, 0.1])
    named = open_source(paths, Declared(bands=("a", "b", "c")))
    assert named.names == ("a", "b", "c")


@pytest.mark.parametrize(
    ("changes", "tells"),
    [
        ({"height": 21}, "21 x 30 pixels"),
        ({"transform": Affine(10, 0, 5e5 + 5, 0, -10, 5e6)}, "another position"),
        ({"crs": "EPSG:32634"}, "another coordinate reference system"),
    ],
)
def test_files_that_do_not_fit_each_other_are_refused(tmp_path, changes, tells):
    first = _one_band(tmp_path / "a.tif", 1)
    other = _one_band(tmp_path / "b.tif", 1, **changes)
    with pytest.raises(DataError, match=tells):
        open_source([first, other])


def test_files_that_store_numbers_in_other_ways_are_read_as_values(tmp_path):
    """Embeddings, reflectance and radar: three types, three marks for no data."""
    aef, s2, s1 = tmp_path / "aef.tif", tmp_path / "s2.tif", tmp_path / "s1.tif"
    stored = write_alphaearth(aef, 20, 30, bottom_up=False, holes=False)
    place = Affine(10, 0, 500_000.0, 0, -10, 5_000_200.0)
    _one_band(s2, 3000, dtype="uint16", nodata=0, transform=place)
    _one_band(s1, -12.5, dtype="float32", nodata=np.nan, transform=place)
    with rasterio.open(s2, "r+") as file:
        file.write(np.zeros((1, 1), np.uint16), 1, window=((4, 5), (7, 8)))
    raster = open_source([aef, s2, s1])
    assert raster.names == (*AEF_BANDS, "s2", "s1")
    found = raster.read(raster.grid.whole, (3, 65, 64, 0))
    expected = AEF_CODING.decode(stored)
    np.testing.assert_allclose(found[0], expected[3], rtol=1e-6)
    np.testing.assert_allclose(found[3], expected[0], rtol=1e-6)
    assert (found[1] == -12.5).all()
    gone = np.isnan(found[2])
    assert gone[4, 7]
    assert gone.sum() == 1
    assert (found[2][~gone] == 3000).all()
    assert raster.coding.missing(found)[4, 7]
    assert "Google DeepMind" in raster.about.attribution
    raster.close()


def test_what_can_not_be_read_is_said_in_words(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="there is no file"):
        open_source(tmp_path / "none.tif")
    (tmp_path / "text.tif").write_text("hello")
    with pytest.raises(DataError, match="can't be read as a raster"):
        open_source(tmp_path / "text.tif")
    _one_band(tmp_path / "bare.tif", 1, crs=None)
    with pytest.raises(DataError, match="no coordinate reference system"):
        open_source(tmp_path / "bare.tif")
    _one_band(tmp_path / "many.tif", 1, count=3)
    with pytest.raises(SettingsError, match="have no names"):
        open_source(tmp_path / "many.tif")
    with pytest.raises(SettingsError, match="2 band names for 3 bands"):
        open_source(tmp_path / "many.tif", Declared(bands=("a", "b")))
    with pytest.raises(SettingsError, match="0 overviews"):
        open_source(tmp_path / "many.tif", Declared(overview=0))
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    with pytest.raises(DownloadError, match="BOCAGE_OFFLINE"):
        open_source("http://localhost:1/x.tif")


def test_a_torn_file_is_an_error_and_no_pixels(aef):
    path, _ = aef
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def read_whole():
        raster = open_source(path)
        raster.read(raster.grid.whole)

    with pytest.raises(DataError, match="can't be read"):
        read_whole()


def test_an_overview_is_a_coarser_raster_at_the_same_place(aef):
    path, _ = aef
    with rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2, 4], rasterio.enums.Resampling.nearest)
    fine = open_source(path)
    coarse = open_source(path, Declared(overview=0))
    assert (coarse.grid.height, coarse.grid.width) == (48, 40)
    np.testing.assert_allclose(coarse.grid.bounds, fine.grid.bounds)
    assert coarse.read(coarse.grid.whole).shape == (64, 48, 40)


def test_a_file_is_read_over_http_by_windows(aef, loopback):
    path, stored = aef
    raster = open_source(loopback(path.parent) + "/aef.tif")
    window = Window(40, 40, 8, 8)
    np.testing.assert_array_equal(raster.read(window), stored[(slice(None), *window.slices)])
    with pytest.raises(DownloadError, match=r"can't be read .* check the address"):
        open_source(loopback(path.parent) + "/none.tif")

"""One contract for every source of pixels: files, tiles, stacks, arrays, those of packages."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
import shapely
import xarray
from rasterio.transform import Affine

from bocage.core import DataError, Plugin, SettingsError, content_key
from bocage.sources import (
    ArraySource,
    Coding,
    Declared,
    Grid,
    Watch,
    Window,
    called,
    is_remote,
    join_tiles,
    local_files,
    open_source,
    sample_parcels,
    sample_points,
    tiles_in_words,
    watched,
)
from bocage.sources._schemes import Opened, _check

HEIGHT, WIDTH, BANDS = 50, 40, ("red", "nir", "swir")
STEP, WEST, NORTH = 10.0, 500_000.0, 5_000_000.0
NODATA, SCALE = -99, 0.01
GRID = Grid("EPSG:32633", (STEP, 0.0, WEST, 0.0, -STEP, NORTH), HEIGHT, WIDTH)
CODING = Coding("linear", NODATA, (SCALE,))
PLUGIN = Plugin("tests", "bocage.sources", "hedge 1.0", EntryPoint("tests", "x:y", "z"))


def _stored():
    """Numbers that tell band, row and column; and pixels without data in one band or in all."""
    band, row, column = np.indices((len(BANDS), HEIGHT, WIDTH))
    stored = (band * 10_000 + row * 100 + column).astype(np.int16)
    stored[1, 3, 4] = stored[:, 20:25, 7:9] = NODATA
    return stored


def _values(stored):
    values = stored.astype(np.float64) * SCALE
    values[:, (stored == NODATA).any(axis=0)] = np.nan
    return values


def _write(path, stored, row=0, column=0, bands=BANDS, scale=SCALE):
    place = Affine(STEP, 0, WEST + column * STEP, 0, -STEP, NORTH - row * STEP)
    count, height, width = stored.shape
    with rasterio.open(
        path, "w", driver="GTiff", count=count, height=height, width=width, dtype=stored.dtype,
        crs=GRID.crs, transform=place, nodata=NODATA, tiled=True, blockxsize=16, blockysize=16,
    ) as file:  # fmt: skip
        file.write(stored)
        file.descriptions = bands
        file.scales = (scale,) * count
    return path


def _file(folder, stored):
    return open_source(_write(folder / "scene.tif", stored))


def _tiles(folder, stored):
    parts = [(0, 0, 32, 40), (32, 0, 18, 16), (32, 16, 18, 24)]
    return join_tiles(
        [
            open_source(_write(folder / f"t{r}_{c}.tif", stored[:, r : r + h, c : c + w], r, c))
            for r, c, h, w in parts
        ]
    )


def _stack(folder, stored):
    one = _write(folder / "two.tif", stored[:2], bands=BANDS[:2])
    # Numbers are stored in two ways, so that both are read as values.
    other = _write(folder / "one.tif", stored[2:].astype(np.float64), bands=BANDS[2:])
    return open_source([one, other])


def _array(_, stored):
    return ArraySource(stored, GRID, BANDS, CODING, block=(16, 16))


def _xarray(stored):
    return xarray.DataArray(
        stored,
        {
            "band": list(BANDS),
            "y": NORTH - STEP * (np.arange(HEIGHT) + 0.5),
            "x": WEST + STEP * (np.arange(WIDTH) + 0.5),
        },
        ("band", "y", "x"),
        attrs={"_FillValue": NODATA, "scale_factor": SCALE},
    ).assign_coords(spatial_ref=((), 0, {"crs_wkt": rasterio.CRS.from_epsg(32633).to_wkt()}))


def _from_xarray(_, stored):
    return ArraySource.from_xarray(_xarray(stored))


def _from_dask(_, stored):
    # The order of axes and the direction of rows are the array's own business.
    array = _xarray(stored).transpose("x", "band", "y").chunk(x=16, y=16, band=2)
    return ArraySource.from_xarray(array)


def _opened(_, stored):
    return Opened(_array(_, stored), PLUGIN, BANDS, CODING, ())


MAKERS = (_file, _tiles, _stack, _array, _from_xarray, _from_dask, _opened)


@pytest.fixture(params=MAKERS, ids=lambda make: make.__name__.strip("_"))
def make(request, tmp_path):
    def made(stored):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return request.param(folder, stored)

    return made


@pytest.fixture
def source(make):
    return make(_stored())


def test_a_source_says_what_it_holds(source):
    assert source.names == BANDS
    assert (source.grid.height, source.grid.width) == (HEIGHT, WIDTH)
    assert source.grid.bounds == GRID.bounds
    assert np.dtype(source.dtype) in (np.int16, np.float32)
    assert all(side > 0 for side in source.block)
    assert source.about.name
    assert not is_remote(source)
    assert tiles_in_words([source])


@pytest.mark.parametrize(
    "window", [GRID.whole, Window(3, 4, 1, 1), Window(18, 5, 20, 30), Window(49, 39, 1, 1)]
)
def test_a_window_holds_its_pixels_and_says_which_lack_data(source, window):
    found = source.pixels(window)
    expected = _values(_stored())[(slice(None), *window.slices)]
    np.testing.assert_allclose(found.values, expected, rtol=1e-6)
    np.testing.assert_array_equal(found.missing, np.isnan(expected[0]))
    assert found.stored.shape == (len(BANDS), window.height, window.width)


def test_bands_come_in_the_order_that_is_asked_for(source):
    expected = _values(_stored())
    found = source.pixels(Window(30, 10, 5, 5), [2, 0])
    np.testing.assert_allclose(found.values, expected[[2, 0], 30:35, 10:15], rtol=1e-6)
    # Where a band is not asked for, what it lacks says nothing.
    assert not source.pixels(Window(3, 4, 1, 1), [0]).missing.any()


def test_what_is_read_is_not_the_sources_own_memory(source):
    source.pixels(GRID.whole).stored[:] = 7
    np.testing.assert_allclose(source.pixels(GRID.whole).values, _values(_stored()), rtol=1e-6)


def test_threads_read_at_once_and_a_closed_source_reads_again(source):
    expected = _values(_stored())
    windows = list(GRID.tiles((7, 11)))

    def read(window):
        return source.pixels(window).values

    with ThreadPoolExecutor(4) as pool:
        for window, found in zip(windows, pool.map(read, windows), strict=True):
            np.testing.assert_allclose(found, expected[(slice(None), *window.slices)], rtol=1e-6)
    source.close()
    np.testing.assert_allclose(read(GRID.whole), expected, rtol=1e-6)
    source.close()


def test_a_worker_reads_what_was_sent_to_it(source):
    sent = pickle.loads(pickle.dumps(source))  # noqa: S301 - our own
    np.testing.assert_allclose(sent.pixels(GRID.whole).values, _values(_stored()), rtol=1e-6)
    assert content_key(sent.key) == content_key(source.key)


def test_the_key_changes_with_a_pixel_and_not_by_itself(make, source):
    other = _stored()
    other[0, 40, 30] += 1
    assert content_key(source.key) == content_key(source.key)
    assert content_key(make(other).key) != content_key(source.key)


def test_points_and_polygons_take_the_pixels_that_they_cover(source):
    rows, columns = np.array([0, 3, 22, 49]), np.array([0, 4, 8, 39])
    xy = GRID.xy(rows + 0.5, columns + 0.5)
    beyond = np.vstack([xy, [[WEST - 50, NORTH]]])
    found = sample_points(source, beyond, GRID.crs)
    expected = _values(_stored())
    np.testing.assert_allclose(found.features[:4], expected[:, rows, columns].T, rtol=1e-6)
    assert found.n_pixels.tolist() == [1, 0, 0, 1, -1]
    field = shapely.box(WEST + 100, NORTH - 300, WEST + 200, NORTH - 150)
    means = sample_parcels(source, np.array([field]), GRID.crs)
    np.testing.assert_allclose(means.features[0], expected[:, 15:30, 10:20].mean((1, 2)), rtol=1e-6)
    assert means.n_pixels.tolist() == [150]


def test_a_watch_refuses_a_mark_that_nobody_declared_in_any_source(make):
    stored = _stored()
    stored[:, 30:33, :] = -9999
    looked = watched(make(stored), Watch())
    assert (looked.names, looked.grid.bounds) == (BANDS, GRID.bounds)
    looked.pixels(Window(0, 0, 20, 20))
    with pytest.raises(DataError, match=r"-9999 in all bands.*--nodata -9999"):
        looked.pixels(GRID.whole)


def test_a_source_can_be_called_otherwise(source):
    other = called(source, "all tiles")
    assert other.about.name == "all tiles"
    assert other.about == replace(source.about, name="all tiles")
    np.testing.assert_array_equal(
        other.pixels(Window(0, 0, 2, 2)).stored, source.pixels(Window(0, 0, 2, 2)).stored
    )


def test_only_files_are_protected_and_joined(source, tmp_path):
    files = local_files(source)
    assert all(tmp_path in path.parents for path in files)
    if not files:
        with pytest.raises(DataError, match="no file and can't be joined"):
            join_tiles([source, source])
    assert join_tiles([source]) is source


def test_an_array_with_alphaearths_bands_is_what_its_file_is():
    codes = np.array([[[127, 0]], [[-51, 0]]], np.int8)
    grid = Grid("EPSG:32633", (10, 0, 0, 0, -10, 0), 1, 2)
    array = xarray.DataArray(codes, {"band": ["A00", "A01"], "y": [0], "x": [0, 10]})
    with pytest.raises(DataError, match="no two coordinates on axis y"):
        ArraySource.from_xarray(array, crs="EPSG:32633")
    source = ArraySource(codes, grid, ("A00", "A01"), Coding("square", -128))
    # A vector of length 0 is no measurement, though no number says so.
    assert source.pixels(grid.whole).missing.tolist() == [[False, True]]
    assert source.pixels(grid.whole, [1]).missing.tolist() == [[False, True]]
    two = np.concatenate([codes, codes], axis=1)
    array = xarray.DataArray(two, {"band": ["A00", "A01"], "y": [10, 0], "x": [0, 10]})
    assert ArraySource.from_xarray(array, crs="EPSG:32633").coding == Coding("square", -128)


def test_an_array_that_does_not_fit_its_grid_is_refused():
    with pytest.raises(DataError, match=r"shape \(2, 50, 40\); expected \(3, 50, 40\)"):
        ArraySource(_stored()[:2], GRID, BANDS)
    with pytest.raises(DataError, match="band a occurs 2 times"):
        ArraySource(_stored()[:2], GRID, ("a", "a"))
    with pytest.raises(DataError, match="holds complex128; expected numbers"):
        ArraySource(_stored().astype(complex), GRID, BANDS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a.rename(y="up"), "expected one of lat, latitude, northing, y"),
        (lambda a: a.drop_vars("spatial_ref"), "nothing of its coordinate system"),
        (lambda a: a.assign_coords(x=np.arange(WIDTH) ** 2.0), "not in even steps"),
        (lambda a: a.expand_dims("time"), "one axis of bands"),
    ],
)
def test_an_xarray_without_a_grid_is_refused(change, said):
    with pytest.raises(DataError, match=said):
        ArraySource.from_xarray(change(_xarray(_stored())))


def test_what_is_declared_counts_before_what_a_package_says(monkeypatch):
    monkeypatch.setattr("bocage.sources._schemes.plugins", lambda _: {"tests": PLUGIN})
    monkeypatch.setattr(Plugin, "load", lambda _: lambda what: _array(what, _stored()))
    declared = Declared(("a", "b", "c"), scale=2.0, nodata=100, years=(2020,))
    source = open_source("tests:here", declared)
    assert (source.names, source.about.years) == (("a", "b", "c"), (2020,))
    # 100 is row 1, column 0 of the first band; what the source lacks stays away.
    found = source.pixels(Window(0, 0, 4, 5))
    assert found.missing.sum() == 2
    assert found.missing[1, 0]
    assert found.missing[3, 4]
    assert found.values[1, 0, 3] == 2 * 10_003
    for told, said in (
        (Declared(("a",)), "1 different names for 3 bands"),
        (Declared(nodata=1e9), "can't be stored"),
        (Declared(overview=1), "--overview is of files"),
        (Declared(crs="EPSG:4326"), "--source-crs is of files"),
    ):
        with pytest.raises(SettingsError, match=said):
            open_source("tests:here", told)
    with pytest.raises(SettingsError, match="can't be stacked with files"):
        open_source(["tests:here", "aef.tif"])


def test_a_broken_source_names_its_package_in_one_line():
    good = _array("", _stored())
    members = ("names", "grid", "coding", "dtype", "block", "about", "key", "pixels", "close")
    whole = {name: getattr(good, name) for name in members}
    _check(PLUGIN, SimpleNamespace(**whole))
    for name in members:
        rest = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(SettingsError, match=rf"hedge 1\.0 .*no '{name}'"):
            _check(PLUGIN, SimpleNamespace(**rest))
    for wrong, said in (
        ({"grid": 3}, "'grid' of type int, not Grid"),
        ({"key": [object()]}, "'key' that is no list"),
        ({"dtype": "nonsense"}, "'dtype' that is no type"),
        ({"names": ("a", "a", "b")}, "two of one name"),
    ):
        with pytest.raises(SettingsError, match=said):
            _check(PLUGIN, SimpleNamespace(**whole | wrong))
    torn = SimpleNamespace(**whole | {"pixels": lambda *_: 1 / 0})
    with pytest.raises(SettingsError, match=r"hedge 1\.0 can't read its pixels \(ZeroDivision"):
        Opened(torn, PLUGIN, BANDS, CODING, ()).pixels(GRID.whole)
    small = SimpleNamespace(**whole | {"pixels": lambda *_: good.pixels(Window(0, 0, 1, 1))})
    with pytest.raises(SettingsError, match=r"no pixels of shape \(3, 50, 40\)"):
        Opened(small, PLUGIN, BANDS, CODING, ()).pixels(GRID.whole)

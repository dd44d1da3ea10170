"""Pixels stay where they are, classes stay classes, and a file is whole or not there."""

import hashlib
import subprocess
import sys
import warnings
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from hypothesis import given, settings
from hypothesis import strategies as st
from rio_cogeo.cogeo import cog_validate

from bocage.colours import legend_for
from bocage.core import DataError, StoreError
from bocage.mapping.outputs import (
    Draft,
    applicability_layer,
    class_layer,
    confidence_layer,
    density_layer,
    error_layer,
    finish,
    legend_of,
    probability_layer,
    value_layer,
    write_cog,
)
from bocage.sources import Grid, Window

from .conftest import PLACES, cut, listing, longest_file, make_classes, make_grid


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_valid(path):
    good, errors, notes = cog_validate(path, strict=True, quiet=True)
    assert (errors, notes) == ([], [])
    return good


def value_at(path, xy):
    """What stands at places on the ground, as rasterio finds it."""
    with rasterio.open(path) as file:
        return np.array([values[0] for values in file.sample(xy)])


@pytest.mark.parametrize("bottom_up", [False, True], ids=["north-up", "bottom-up"])
@pytest.mark.parametrize("place", list(PLACES))
def test_pixels_stay_where_they_are_on_the_ground(tmp_path, layer, place, bottom_up):
    grid = make_grid(place, bottom_up=bottom_up)
    stored = make_classes(grid)
    write_cog(tmp_path / "map.tif", grid, layer, cut(grid, stored, (300, 411), seed=1))
    rng = np.random.default_rng(0)
    row, column = rng.integers(0, grid.height, 400), rng.integers(0, grid.width, 400)
    xy = grid.xy(row + 0.5, column + 0.5)
    np.testing.assert_array_equal(value_at(tmp_path / "map.tif", xy), stored[row, column])
    with rasterio.open(tmp_path / "map.tif") as file:
        assert file.transform.e < 0, "the first row must lie in the north"
        assert file.bounds == pytest.approx(grid.bounds)
        assert file.crs == rasterio.crs.CRS.from_user_input(grid.crs)
    assert is_valid(tmp_path / "map.tif")


def test_a_turned_grid_keeps_its_pixels_too(tmp_path, layer):
    grid = Grid("EPSG:32633", (8.0, 3.0, 500_000.0, -3.0, 8.0, 5_000_000.0), 60, 40)
    stored = make_classes(grid)
    write_cog(tmp_path / "map.tif", grid, layer, [(grid.whole, stored)])
    row, column = np.mgrid[0:60, 0:40].reshape(2, -1)
    xy = grid.xy(row + 0.5, column + 0.5)
    np.testing.assert_array_equal(value_at(tmp_path / "map.tif", xy), stored[row, column])


@pytest.mark.parametrize("bottom_up", [False, True], ids=["north-up", "bottom-up"])
def test_order_and_size_of_windows_and_threads_change_no_byte(tmp_path, layer, bottom_up):
    grid = make_grid(height=1300, width=1100, bottom_up=bottom_up)
    stored = make_classes(grid)
    found = set()
    for i, (size, seed, threads) in enumerate(
        [((512, 512), None, 1), ((512, 512), 3, 2), ((97, 1100), 4, 1), ((1024, 700), 5, 3)]
    ):
        path = tmp_path / f"{i}.tif"
        write_cog(path, grid, layer, cut(grid, stored, size, seed), threads=threads)
        found.add(digest(path))
    assert len(found) == 1


@settings(deadline=None, max_examples=15)
@given(
    height=st.integers(1, 60),
    width=st.integers(1, 60),
    step=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    bottom_up=st.booleans(),
    seed=st.integers(0, 99),
)
def test_any_cut_of_any_grid_comes_back(tmp_path_factory, height, width, step, bottom_up, seed):
    grid = make_grid(height=height, width=width, bottom_up=bottom_up)
    stored = np.random.default_rng(seed).random((height, width), dtype=np.float32)
    path = tmp_path_factory.mktemp("any") / "map.tif"
    write_cog(path, grid, value_layer("v"), cut(grid, stored, step, seed))
    with rasterio.open(path) as file:
        np.testing.assert_array_equal(file.read(1), stored[::-1] if bottom_up else stored)


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (511, 513)], ids=["pixel", "strip", "tile"])
def test_areas_smaller_than_a_tile_and_single_pixels_are_written(tmp_path, layer, size):
    grid = make_grid(height=size[0], width=size[1])
    stored = np.full(size, 2, np.uint8)
    write_cog(tmp_path / "map.tif", grid, layer, [(grid.whole, stored)])
    assert is_valid(tmp_path / "map.tif")
    with rasterio.open(tmp_path / "map.tif") as file:
        np.testing.assert_array_equal(file.read(1), stored)


def test_what_no_window_covers_is_without_data(tmp_path, grid, layer):
    window = Window(100, 600, 50, 40)
    write_cog(tmp_path / "map.tif", grid, layer, [(window, np.zeros((50, 40), np.uint8))])
    with rasterio.open(tmp_path / "map.tif") as file:
        found = file.read(1)
        mask = file.read_masks(1)
    assert (found[window.slices] == 0).all()
    assert (found == 0).sum() == 50 * 40
    np.testing.assert_array_equal(mask > 0, found != 255)


def test_colours_and_names_are_read_back(tmp_path, grid):
    legend = legend_for(["water", "Mato Grosso <&> \"é\" 'ß'", "树", "a\tb\x01c"])
    path = tmp_path / "map.tif"
    stored = make_classes(grid, 4)
    write_cog(path, grid, class_layer(legend, {"study": "a & <b>"}), cut(grid, stored))
    assert legend_of(path) == legend
    with rasterio.open(path) as file:
        levels = range(-1, len(file.overviews(1)))
        assert file.tags()["study"] == "a & <b>"
        assert file.descriptions == ("class",)
    for level in levels:
        with rasterio.open(path, **({} if level < 0 else {"overview_level": level})) as file:
            colours = file.colormap(1)
            assert file.nodata == 255
        for i, colour in enumerate(legend.colours):
            assert "#{:02x}{:02x}{:02x}".format(*colours[i][:3]) == colour
            assert colours[i][3] == 255
        assert colours[255][3] == 0, "no data must not be drawn"
    # A virtual copy has the names that GDAL itself finds.
    rasterio.shutil.copy(path, tmp_path / "copy.vrt", driver="VRT")
    root = ET.parse(tmp_path / "copy.vrt")  # noqa: S314 - our own
    names = [node.text for node in root.iter("Category")]
    assert names == [*legend.names[:3], "a\tb c"]


def test_a_layer_without_classes_has_no_legend(tmp_path, grid):
    write_cog(tmp_path / "map.tif", grid, confidence_layer(), [])
    assert legend_of(tmp_path / "map.tif") is None
    assert listing(tmp_path) == ["map.tif"]


def test_what_described_the_old_map_goes_with_it(tmp_path, grid, layer):
    path = tmp_path / "map.tif"
    write_cog(path, grid, layer, [])
    assert path.with_name("map.tif.aux.xml").exists()
    write_cog(path, grid, confidence_layer(), [])
    assert listing(tmp_path) == ["map.tif"]


def test_coarse_pixels_of_a_class_map_are_the_class_of_most_with_data(tmp_path):
    grid = make_grid(height=1024, width=1024)
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 6, (1024, 1024), dtype=np.uint8)
    stored[rng.random(stored.shape) < 0.6] = 255
    layer = class_layer(legend_for([f"type {i}" for i in range(6)]))
    write_cog(tmp_path / "map.tif", grid, layer, cut(grid, stored))
    with rasterio.open(tmp_path / "map.tif", overview_level=0) as file:
        coarse = file.read(1)
    below = stored.reshape(512, 2, 512, 2).transpose(0, 2, 1, 3).reshape(512, 512, 4)
    counts = np.stack([(below == i).sum(axis=-1) for i in range(6)], axis=-1)
    has_data = counts.sum(axis=-1) > 0
    np.testing.assert_array_equal(coarse == 255, ~has_data)
    taken = np.take_along_axis(counts, np.where(has_data, coarse, 0)[..., None].astype(int), -1)
    np.testing.assert_array_equal(taken[..., 0], counts.max(axis=-1))


@pytest.mark.parametrize(
    ("layer", "scale"),
    [
        (confidence_layer(), 1.0),
        (probability_layer(["a", "b", "c", "d"]), 0.004),
        (applicability_layer(0.5), 0.005),
        (density_layer(0.5), 1.0),
        (error_layer(0.6, is_share=False, unit="t/ha"), 1.0),
        (value_layer("biomass", "t/ha"), 1.0),
    ],
    ids=["confidence", "probability", "applicability", "density", "error", "value"],
)
def test_coarse_pixels_of_quantities_are_means_of_those_with_data(tmp_path, layer, scale):
    grid = make_grid(height=1024, width=600)
    rng = np.random.default_rng(0)
    values = rng.uniform(0, 0.9, (len(layer.bands), 1024, 600))
    values[:, rng.random((1024, 600)) < 0.6] = np.nan
    stored = layer.encode(values * (100 if layer.name == "confidence" else 1))
    write_cog(tmp_path / "map.tif", grid, layer, cut(grid, stored))
    assert is_valid(tmp_path / "map.tif")
    with rasterio.open(tmp_path / "map.tif") as file:
        np.testing.assert_array_equal(file.read(), stored)
        assert file.scales == (scale,) * len(layer.bands)
        assert file.units == (layer.unit or None,) * len(layer.bands)
        assert file.descriptions == layer.bands
        # Three or four bands must not be taken for a photograph and its mask.
        assert rasterio.enums.ColorInterp.alpha not in file.colorinterp
        assert rasterio.enums.ColorInterp.red not in file.colorinterp
    with rasterio.open(tmp_path / "map.tif", overview_level=0) as file:
        coarse = file.read(masked=True)
    known = np.ma.masked_invalid(np.ma.masked_equal(stored, layer.nodata)).astype(float)
    below = known.reshape(-1, 512, 2, 300, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        means = below.mean(axis=(2, 4))
    np.testing.assert_array_equal(np.ma.getmaskarray(coarse), np.ma.getmaskarray(means))
    np.testing.assert_allclose(coarse.compressed(), means.compressed(), atol=0.501)


@pytest.mark.parametrize(
    "crs", ["EPSG:3035", "EPSG:3857", "+proj=laea +lat_0=-12 +lon_0=-58 +datum=WGS84 +units=m"]
)
def test_the_coordinate_system_is_read_back(tmp_path, layer, crs):
    grid = Grid(crs, (10.0, 0.0, 0.0, 0.0, -10.0, 0.0), 4, 5)
    write_cog(tmp_path / "map.tif", grid, layer, [])
    with rasterio.open(tmp_path / "map.tif") as file:
        assert file.crs == rasterio.crs.CRS.from_user_input(crs)


def test_an_unknown_coordinate_system_is_refused(tmp_path, layer):
    grid = Grid("EPSG:1", (10.0, 0.0, 0.0, 0.0, -10.0, 0.0), 4, 5)
    with pytest.raises(DataError, match="EPSG:1"):
        write_cog(tmp_path / "map.tif", grid, layer, [])
    assert not listing(tmp_path)


@pytest.mark.parametrize(
    ("window", "shape"),
    [
        (Window(0, 0, 10, 10), (10, 11)),
        (Window(695, 0, 10, 10), (10, 10)),
        (Window(-1, 0, 10, 10), (10, 10)),
    ],
    ids=["shape", "below", "above"],
)
def test_a_window_that_leaves_the_grid_or_has_another_shape_is_refused(
    tmp_path, grid, layer, window, shape
):
    with pytest.raises(DataError, match="window"):
        write_cog(tmp_path / "map.tif", grid, layer, [(window, np.zeros(shape, np.uint8))])
    assert not listing(tmp_path)


def test_an_error_in_the_midst_leaves_the_old_map_and_nothing_else(tmp_path, grid, layer):
    path = tmp_path / "map.tif"
    write_cog(path, grid, layer, cut(grid, make_classes(grid)))
    before = digest(path)

    def windows():
        yield Window(0, 0, 10, 10), np.zeros((10, 10), np.uint8)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_cog(path, grid, layer, windows())
    assert digest(path) == before
    assert listing(tmp_path) == ["map.tif", "map.tif.aux.xml"]


def test_a_file_that_can_not_grow_is_refused_whatever_its_limit(tmp_path, grid, layer, capfd):
    path = tmp_path / "map.tif"
    windows = cut(grid, make_classes(grid, seed=3))
    write_cog(path, grid, layer, windows)
    whole, good = path.stat().st_size, digest(path)
    path.unlink()
    draft = Draft(tmp_path / "draft", grid, layer)
    for window, stored in windows:
        draft.put(window, stored)
    limits = [*np.linspace(0, whole, 12, dtype=int)[:-1], whole - 4000, whole - 400, whole - 1]
    for limit in map(int, limits):
        with longest_file(limit), pytest.raises(StoreError, match="map") as caught:
            finish(draft, path)
        assert "\n" not in str(caught.value)
        assert not path.exists()
        with longest_file(limit), pytest.raises(StoreError, match="map"):
            write_cog(path, grid, layer, windows)
        assert listing(tmp_path) == ["draft", "map.tif.aux.xml"]
    finish(draft, path)
    assert digest(path) == good
    capfd.readouterr()  # GDAL grumbles on its own


def test_a_full_disk_is_one_line_and_leaves_nothing(small_disk, grid, layer):
    path = small_disk / "map.tif"
    with pytest.raises(StoreError, match=r"map\.tif .*full.*1\.0 MB are needed") as caught:
        write_cog(path, grid, layer, [])
    assert "\n" not in str(caught.value)
    assert not listing(small_disk)


def test_a_disk_that_fills_up_while_the_map_is_made_keeps_the_draft(
    small_disk, tmp_path, grid, layer, capfd
):
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 5, (grid.height, grid.width), dtype=np.uint8)
    with Draft(tmp_path / "draft", grid, layer) as draft:
        draft.put(grid.whole, stored)
    (small_disk / "filled").write_bytes(bytes(150_000))
    with pytest.raises(StoreError, match="full"):
        finish(draft, small_disk / "map.tif")
    assert listing(small_disk) == ["filled"]
    (small_disk / "filled").unlink()
    finish(draft, tmp_path / "map.tif")
    with rasterio.open(tmp_path / "map.tif") as file:
        np.testing.assert_array_equal(file.read(1), stored)
    capfd.readouterr()


def test_a_folder_that_is_a_file_is_one_line(tmp_path, grid, layer):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file/map"):
        write_cog(tmp_path / "file" / "map.tif", grid, layer, [])


MEMORY = """
import resource
from pathlib import Path
import numpy as np
from bocage.mapping.outputs import probability_layer, write_cog
from bocage.sources import Grid
grid = Grid("EPSG:32633", (10, 0, 5e5, 0, 10, 5e6), 4096, 4096)
layer = probability_layer(list("abcdefgh"))
patches = np.random.default_rng(0).integers(0, 251, (8, 64, 64))
stored = np.kron(patches, np.ones((1, 16, 16))).astype(np.uint8)
write_cog(Path("small.tif"), Grid(grid.crs, grid.transform, 9, 9), layer, [])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
write_cog(Path("map.tif"), grid, layer, ((w, stored) for w in grid.tiles((1024, 1024))))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_map(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], check=True, cwd=tmp_path, capture_output=True, text=True
    )
    # The map has 134 MB.
    assert float(done.stdout) < 90

"""Grids: pixels are found where rasterio finds them, in both directions of rows."""

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import rowcol

from bocage.core import DataError
from bocage.sources import Grid, Window, to_crs

UTM = "EPSG:32633"
NORTH_UP = Grid(UTM, (10.0, 0.0, 500_000.0, 0.0, -10.0, 5_000_000.0), 40, 30)
BOTTOM_UP = Grid(UTM, (10.0, 0.0, 500_000.0, 0.0, 10.0, 4_999_600.0), 40, 30)


@pytest.mark.parametrize("grid", [NORTH_UP, BOTTOM_UP])
def test_places_are_found_where_rasterio_finds_them(grid):
    xy = np.random.default_rng(0).uniform((499_990, 4_999_590), (500_310, 5_000_010), (2000, 2))
    rows, columns = rowcol(Affine(*grid.transform), xy[:, 0], xy[:, 1])
    rows, columns = np.asarray(rows), np.asarray(columns)
    inside = (rows >= 0) & (rows < 40) & (columns >= 0) & (columns < 30)
    found = grid.pixel(xy)
    np.testing.assert_array_equal(found[0], np.where(inside, rows, -1))
    np.testing.assert_array_equal(found[1], np.where(inside, columns, -1))
    assert inside.any()
    assert not inside.all()


@pytest.mark.parametrize("grid", [NORTH_UP, BOTTOM_UP])
def test_the_centre_of_each_pixel_lies_in_it(grid):
    rows, columns = np.divmod(np.arange(40 * 30), 30)
    found = grid.pixel(grid.xy(rows + 0.5, columns + 0.5))
    np.testing.assert_array_equal(found, [rows, columns])


def test_a_place_that_is_none_lies_nowhere():
    found = NORTH_UP.pixel(np.array([[np.nan, 5e6], [0.0, 0.0]]))
    np.testing.assert_array_equal(found, [[-1, -1], [-1, -1]])


def test_orientation_and_bounds():
    assert BOTTOM_UP.is_bottom_up
    assert not NORTH_UP.is_bottom_up
    assert NORTH_UP.bounds == BOTTOM_UP.bounds == (500_000.0, 4_999_600.0, 500_300.0, 5_000_000.0)


@given(
    st.integers(0, 39), st.integers(0, 29), st.integers(1, 40), st.integers(1, 30),
    st.integers(1, 17), st.integers(1, 17),
)  # fmt: skip
def test_tiles_cover_a_window_once_and_keep_to_the_lines(row, column, height, width, high, wide):
    area = Window(row, column, min(height, 40 - row), min(width, 30 - column))
    count = np.zeros((40, 30), dtype=int)
    for tile in NORTH_UP.tiles((high, wide), area):
        count[tile.slices] += 1
        assert tile.row // high == (tile.row + tile.height - 1) // high
        assert tile.column // wide == (tile.column + tile.width - 1) // wide
    expected = np.zeros((40, 30), dtype=int)
    expected[area.slices] = 1
    np.testing.assert_array_equal(count, expected)


@pytest.mark.parametrize("grid", [NORTH_UP, BOTTOM_UP])
def test_a_cropped_grid_has_its_pixels_at_the_same_places(grid):
    window = Window(7, 3, 5, 4)
    inner = grid.crop(window)
    expected = grid.xy(np.array([8.5]), np.array([4.5]))
    np.testing.assert_allclose(inner.xy(np.array([1.5]), np.array([1.5])), expected)


@pytest.mark.parametrize("grid", [NORTH_UP, BOTTOM_UP])
def test_a_box_smaller_than_a_pixel_gets_the_pixel(grid):
    place = grid.xy(np.array([7.5]), np.array([3.5]))[0]
    box = (place[0] - 1, place[1] - 1, place[0] + 1, place[1] + 1)
    assert grid.window_of(box) == Window(7, 3, 1, 1)
    assert grid.window_of((0.0, 0.0, 10.0, 10.0)) is None


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [(2056, 6.85, 47.13), (27700, -1.2, 51.7), (31467, 9.0, 48.5), (4267, -100.0, 40.0)],
)
@pytest.mark.parametrize(
    "plane", ["+proj=sinu +R=6371007.181", "+proj=aea +lat_1=30 +lat_2=50 +ellps=GRS80"]
)
def test_the_shift_of_datums_is_made_on_the_way_to_a_system_that_names_none(crs, lon, lat, plane):
    place = np.array([[lon, lat]])
    there = to_crs("EPSG:4326", f"EPSG:{crs}", place)
    expected = to_crs("EPSG:4326", plane, place)
    np.testing.assert_allclose(to_crs(f"EPSG:{crs}", plane, there), expected, atol=0.1)
    np.testing.assert_allclose(to_crs(plane, f"EPSG:{crs}", expected), there, atol=0.1)


def test_an_unknown_crs_is_an_error_in_words():
    with pytest.raises(DataError, match="can't be converted"):
        to_crs("EPSG:4326", "EPSG:999999", np.zeros((1, 2)))

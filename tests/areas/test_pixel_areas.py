"""Areas of pixels: what an ellipsoid says, in degrees and in projections."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from bocage.areas import mapped_areas, row_areas
from bocage.core import DataError
from bocage.sources import Grid


def geodesic_area(west, south, width, height, n=400):
    """Area between meridians and parallels: parallels are no geodesics, so in many steps."""
    step = np.linspace(0, 1, n)
    longitude = np.r_[west + width * step, west + width * step[::-1]]
    latitude = np.r_[np.full(n, south), np.full(n, south + height)]
    return abs(Geod(ellps="WGS84").polygon_area_perimeter(longitude, latitude)[0])


@pytest.mark.parametrize("e", [-0.25, 0.25])
def test_pixels_in_degrees_have_the_geodesic_area_of_their_row(e):
    grid = Grid("EPSG:4326", (0.25, 0.0, 10.0, 0.0, e, 60.0), 4, 3)
    found = row_areas(grid)
    low = 60.0 + e * np.arange(4) + min(e, 0.0)
    expected = [geodesic_area(10.0, south, 0.25, 0.25) for south in low]
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_the_whole_earth_has_the_area_of_its_ellipsoid():
    grid = Grid("EPSG:4326", (1.0, 0.0, -180.0, 0.0, -1.0, 90.0), 180, 360)
    assert row_areas(grid).sum() * 360 == pytest.approx(510_065_621.7e6, rel=1e-9)


def test_utm_pixels_count_as_their_plane_area():
    grid = Grid("EPSG:32633", (10.0, 0.0, 166_000.0, 0.0, 10.0, 5e6), 5, 4)
    np.testing.assert_array_equal(row_areas(grid), np.full(5, 100.0))


def test_feet_are_turned_into_metres():
    grid = Grid("EPSG:2263", (10.0, 0.0, 984_250.0, 0.0, -10.0, 200_000.0), 2, 2)
    np.testing.assert_allclose(row_areas(grid), 100 * (1200 / 3937) ** 2)


def test_web_mercator_is_not_four_times_too_large():
    grid = Grid("EPSG:3857", (100.0, 0.0, 0.0, 0.0, -100.0, 8_399_737.9), 3, 4)
    # One degree is 111,412 m north to south and 55,800 m east to west at 60 degrees.
    width, height = 100 / (6_378_137 * np.pi / 180), 100 / (6_378_137 * np.pi / 180) * 0.5
    expected = geodesic_area(0.0, 60.0 - height, width, height)
    assert row_areas(grid)[0] == pytest.approx(expected, rel=1e-4)


def test_a_raster_across_the_date_line_has_ordinary_pixels():
    grid = Grid("EPSG:3857", (1000.0, 0.0, 20_036_000.0, 0.0, -1000.0, 8e6), 2, 4)
    inland = Grid("EPSG:3857", (1000.0, 0.0, 1_000_000.0, 0.0, -1000.0, 8e6), 2, 4)
    np.testing.assert_allclose(row_areas(grid), row_areas(inland), rtol=1e-6)


@pytest.mark.parametrize(
    ("grid", "why"),
    [
        (Grid("EPSG:4326", (0.1, 0.01, 0.0, 0.01, -0.1, 50.0), 4, 4), "rotated"),
        (Grid("EPSG:4326", (10.0, 0.0, 5e5, 0.0, -10.0, 5e6), 4, 4), "in degrees"),
        (Grid("EPSG:0", (1.0, 0.0, 0.0, 0.0, -1.0, 0.0), 4, 4), "unknown"),
        (Grid("EPSG:4978", (1.0, 0.0, 0.0, 0.0, -1.0, 0.0), 4, 4), "neither"),
    ],
)
def test_grids_without_areas_are_refused(grid, why):
    with pytest.raises(DataError, match=why):
        row_areas(grid)


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=6))
def test_areas_by_row_and_in_all_agree_for_equal_pixels(rows):
    by_row = mapped_areas(rows, np.full(len(rows), 100.0))
    np.testing.assert_allclose(by_row, mapped_areas(np.sum(rows, axis=0), 100.0))


def test_counts_that_don_t_fit_the_areas_are_refused():
    with pytest.raises(DataError, match="shape"):
        mapped_areas([1, 2, 3], [100.0, 100.0, 100.0])
    with pytest.raises(DataError, match="0 or more"):
        mapped_areas([1, -2], 100.0)
    with pytest.raises(DataError, match="above 0"):
        mapped_areas([1, 2], 0.0)

"""Where a map lies in degrees, across the 180th meridian and at the poles too."""

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, Polygon, box, shape

from bocage.core import DataError
from bocage.mapping.outputs._footprint import footprint
from bocage.sources import Grid, to_crs

from .conftest import PLACES, make_grid


def is_whole(geometry):
    found = shape(geometry)
    assert found.is_valid
    west, south, east, north = found.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    for part in shapely.get_parts(found):
        assert part.exterior.is_ccw, "RFC 7946 wants exteriors against the clock"
    return found


@pytest.mark.parametrize("bottom_up", [False, True])
@pytest.mark.parametrize("place", list(PLACES))
def test_every_pixel_lies_in_the_footprint_and_nothing_beside_it(place, bottom_up):
    grid = make_grid(place, bottom_up=bottom_up)
    geometry, bounds = footprint(grid)
    found = is_whole(geometry)
    row, column = np.mgrid[0:700:23, 0:900:31].reshape(2, -1) + 0.5
    lonlat = to_crs(grid.crs, "EPSG:4326", grid.xy(row, column))
    assert shapely.contains_xy(found, lonlat).all()
    outside = to_crs(grid.crs, "EPSG:4326", grid.xy(np.array([-20.0]), np.array([450.0])))
    assert not shapely.contains_xy(found, outside).any()
    assert bounds == pytest.approx(found.bounds)


def test_a_small_map_has_few_corners_and_a_large_one_follows_its_curve():
    small, _ = footprint(make_grid(height=100, width=100))
    assert len(small["coordinates"][0]) < 12
    wide = Grid("EPSG:3035", (1000.0, 0.0, 2.5e6, 0.0, -1000.0, 5.5e6), 4000, 4000)
    assert len(footprint(wide)[0]["coordinates"][0]) > 40


def test_a_map_across_the_180th_meridian_is_cut_there():
    # Zone 60 south, Fiji: its east lies beyond the meridian.
    x = to_crs("EPSG:4326", "EPSG:32760", np.array([[180.0, -17.0]]))[0]
    grid = Grid("EPSG:32760", (10.0, 0.0, x[0] - 40_000, 0.0, -10.0, x[1]), 4000, 8000)
    geometry, bounds = footprint(grid)
    found = is_whole(geometry)
    assert geometry["type"] == "MultiPolygon"
    assert bounds[0] == pytest.approx(179.62, abs=0.01)
    assert bounds[2] == pytest.approx(-179.62, abs=0.01)
    assert shapely.contains_xy(found, [179.9, -179.9, 0.0], [-17.2] * 3).tolist() == [1, 1, 0]


def test_a_map_that_ends_at_the_180th_meridian_is_not_cut():
    east = footprint(Grid("EPSG:4326", (0.1, 0.0, 170.0, 0.0, -0.1, 10.0), 100, 100))
    assert east[0]["type"] == "Polygon"
    assert east[1] == (170.0, 0.0, 180.0, 10.0)
    west = footprint(Grid("EPSG:4326", (0.1, 0.0, -180.0, 0.0, -0.1, 10.0), 100, 100))
    assert west[1] == (-180.0, 0.0, -170.0, 10.0)


def test_the_whole_earth_is_the_whole_earth():
    geometry, bounds = footprint(Grid("EPSG:4326", (1.0, 0.0, -180.0, 0.0, -1.0, 90.0), 180, 360))
    assert bounds == (-180.0, -90.0, 180.0, 90.0)
    assert is_whole(geometry).area == pytest.approx(360 * 180)


@pytest.mark.parametrize(("crs", "pole"), [("EPSG:3413", 90.0), ("EPSG:3031", -90.0)])
def test_a_map_around_a_pole_holds_it(crs, pole):
    grid = Grid(crs, (1000.0, 0.0, -1e6, 0.0, -1000.0, 1e6), 2000, 2000)
    geometry, bounds = footprint(grid)
    found = is_whole(geometry)
    near = pole - np.sign(pole) * 0.5
    assert shapely.contains_xy(found, [0.0, 90.0, -179.0, 179.0], [near] * 4).all()
    assert not shapely.contains_xy(found, [0.0, 90.0], [0.0, 45.0]).any()
    assert bounds[0] == -180.0
    assert bounds[2] == 180.0
    assert pole in bounds


def test_the_area_with_data_has_its_holes():
    grid = make_grid()
    left, low, right, high = grid.bounds
    middle = Point((left + right) / 2, (low + high) / 2)
    area = box(left, low, right, high).difference(middle.buffer(1000))
    geometry, _ = footprint(grid, area)
    found = is_whole(geometry)
    assert len(geometry["coordinates"]) == 2
    lonlat = to_crs(grid.crs, "EPSG:4326", np.array([[middle.x, middle.y]]))
    assert not shapely.contains_xy(found, lonlat).any()


def _seen(grid, area):
    """Places in and around an area, and which of them lie in it and in its footprint."""
    left, low, right, high = area.bounds
    x, y = np.random.default_rng(0).uniform(-0.7, 0.7, (2, 4000))
    xy = np.column_stack(
        [(left + right) / 2 + x * (right - left), (low + high) / 2 + y * (high - low)]
    )
    lonlat = to_crs(grid.crs, "EPSG:4326", xy)
    return shapely.contains_xy(area, xy), shapely.contains_xy(
        is_whole(footprint(grid, area)[0]), lonlat
    )


@pytest.mark.parametrize("crs", ["EPSG:3995", "EPSG:3031"])
@pytest.mark.parametrize("at", [0.0, 5e5], ids=["around the pole", "beside it"])
def test_a_hole_at_a_pole_is_a_hole(crs, at):
    area = box(-2e6, -2e6, 2e6, 2e6).difference(Point(at, at).buffer(4e5))
    grid = Grid(crs, (1e4, 0.0, -2e6, 0.0, -1e4, 2e6), 400, 400)
    truth, found = _seen(grid, area)
    assert 0.02 < 1 - truth.mean() < 0.6
    assert (truth != found).mean() < 0.004


def test_areas_on_both_sides_of_the_180th_meridian_are_where_they_are():
    x = to_crs("EPSG:4326", "EPSG:32760", np.array([[180.0, -17.0]]))[0]
    places = [(-60_000, 0), (-10_000, 5_000), (30_000, -9_000), (70_000, 20_000)]
    area = shapely.union_all([Point(x[0] + a, x[1] + b).buffer(12_000) for a, b in places])
    area = area.difference(Point(x[0] + 2_000, x[1] + 5_000).buffer(3_000))
    grid = Grid("EPSG:32760", (100.0, 0.0, x[0] - 1e5, 0.0, -100.0, x[1] + 1e5), 2000, 2000)
    truth, found = _seen(grid, area)
    assert (truth != found).mean() < 0.002
    west, _, east, _ = footprint(grid, area)[1]
    assert west == pytest.approx(179.32, abs=0.02)
    assert east == pytest.approx(-179.23, abs=0.02)


@pytest.mark.parametrize("area", [Point(0, 0), Polygon()])
def test_an_area_without_surface_is_refused(area):
    with pytest.raises(DataError, match="a geometry of area 0"):
        footprint(make_grid(), area)


def test_a_map_that_is_not_on_the_earth_is_refused():
    with pytest.raises(DataError, match="Earth"):
        footprint(Grid("EPSG:32633", (1e25, 0.0, 1e30, 0.0, -1e25, 1e30), 10, 10))

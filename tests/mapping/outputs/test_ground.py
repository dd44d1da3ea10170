"""Lengths and directions on the ground, against what geodesy says."""

import numpy as np
import pytest
from pyproj import CRS, Geod, Proj

from bocage.mapping.outputs._ground import ground_of
from bocage.sources import Grid

GEOD = Geod(ellps="WGS84")


def centred(crs, x, y, size, *, bottom_up=False, pixels=200):
    """A grid whose centre lies at a place."""
    half = pixels / 2 * size
    transform = (size, 0.0, x - half, 0.0, size if bottom_up else -size, y + half)
    if bottom_up:
        transform = (*transform[:5], y - half)
    return Grid(crs, transform, pixels, pixels)


@pytest.mark.parametrize("lat", [0.0, 45.0, -60.0, 80.0])
def test_a_pixel_in_degrees_narrows_to_the_pole(lat):
    ground = ground_of(centred("EPSG:4326", 10.0, lat, 1e-4))
    metres = GEOD.inv(10.0, lat, 10.0 + 1e-4, lat)[2]
    assert ground.across == pytest.approx(metres, rel=1e-6)
    assert ground.down == pytest.approx(GEOD.inv(10.0, lat, 10.0, lat + 1e-4)[2], rel=1e-4)
    assert (ground.lon, ground.lat) == pytest.approx((10.0, lat))
    assert ground.north == pytest.approx(0.0, abs=1e-6)


def test_a_metre_of_a_web_map_is_half_a_metre_at_60_degrees():
    x, y = Proj("EPSG:3857")(15.0, 60.0)
    ground = ground_of(centred("EPSG:3857", x, y, 10.0))
    assert ground.across == pytest.approx(5.0, rel=0.004)
    assert ground.down == pytest.approx(5.0, rel=0.004)


@pytest.mark.parametrize("bottom_up", [False, True])
@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [("EPSG:32633", 17.0, 45.0), ("EPSG:32733", 13.0, -30.0), ("EPSG:3413", -80.0, 77.0)],
)
def test_the_north_is_where_the_meridian_runs(crs, lon, lat, bottom_up):
    projection = Proj(CRS(crs))
    x, y = projection(lon, lat)
    ground = ground_of(centred(crs, x, y, 10.0, bottom_up=bottom_up))
    factors = projection.get_factors(lon, lat)
    # The map's top is the grid's north, whichever row comes first in a drawn file; a grid that
    # is not drawn yet is seen from its first row.
    expected = -factors.meridian_convergence
    if bottom_up:
        expected = 180 - expected
    assert (ground.north - expected + 180) % 360 - 180 == pytest.approx(0.0, abs=0.01)
    assert ground.across == pytest.approx(10.0 / factors.parallel_scale, rel=1e-5)


def test_a_turned_grid_is_seen_as_turned():
    angle = np.radians(20.0)
    a, b = 10 * np.cos(angle), 10 * np.sin(angle)
    ground = ground_of(Grid("EPSG:32633", (a, b, 5e5, b, -a, 5e6), 100, 100))
    # Its columns run uphill to the right, so the north leans to the right.
    assert ground.north == pytest.approx(20.0, abs=0.1)
    assert ground.across == pytest.approx(10.0, rel=1e-3)


def test_lengths_change_over_a_map_that_is_high_in_degrees():
    assert ground_of(centred("EPSG:4326", 0.0, 50.0, 0.1)).change > 0.2
    assert ground_of(centred("EPSG:32633", 5e5, 5e6, 10.0)).change < 1e-4


def test_a_map_of_the_pole_has_a_scale():
    ground = ground_of(centred("EPSG:3413", 0.0, 0.0, 100.0))
    assert ground.across == pytest.approx(100.0, rel=0.04)
    assert abs(ground.lat) == pytest.approx(90.0)


def test_a_place_that_is_not_on_the_earth_has_no_scale():
    assert ground_of(Grid("EPSG:32633", (10.0, 0.0, 1e30, 0.0, -10.0, 5e6), 10, 10)) is None

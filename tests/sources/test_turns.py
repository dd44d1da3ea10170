"""One place, whole turns apart: rasters from 0 to 360 degrees and data across 180."""

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from bocage.sources import (
    Grid,
    is_in_degrees,
    open_source,
    sample_parcels,
    sample_points,
    turned,
    unrolled,
)

EVERY = Grid("EPSG:4326", (1, 0, 0, 0, -1, 90), 180, 360)


@pytest.fixture
def globe(tmp_path):
    """A raster of the whole Earth from 0 to 360 degrees, whose values are their longitudes."""
    path = tmp_path / "globe.tif"
    values = np.tile(np.arange(360.0) + 0.5, (180, 1))
    with rasterio.open(
        path, "w", driver="GTiff", height=180, width=360, count=1, dtype="float32",
        crs="EPSG:4326", transform=Affine(1, 0, 0, 0, -1, 90),
    ) as out:  # fmt: skip
        out.write(values.astype("float32"), 1)
        out.descriptions = ("lon",)
    return open_source(path)


def test_points_west_of_greenwich_lie_on_a_raster_that_counts_to_360(globe):
    xy = np.array([[-75.5, 4.0], [20.5, 4.0], [179.5, -8.0], [-179.5, -8.0]])
    found = sample_points(globe, xy, "EPSG:4326")
    assert found.features[:, 0].tolist() == [284.5, 20.5, 179.5, 180.5]


def test_a_polygon_that_180_degrees_cut_in_two_has_the_pixels_of_both_parts(globe):
    parts = [shapely.box(178, -20, 180, -18), shapely.box(-180, -20, -179, -18)]
    found = sample_parcels(globe, np.array([shapely.MultiPolygon(parts)]), "EPSG:4326")
    assert found.n_pixels.tolist() == [6]
    assert found.features[0, 0] == pytest.approx(179.5)


def test_places_of_a_grid_from_0_to_360_are_told_in_the_usual_degrees():
    lonlat = EVERY.lonlat(np.array([90.0, 90.0]), np.array([20.5, 284.5]))
    np.testing.assert_allclose(lonlat, [[20.5, 0.0], [-75.5, 0.0]], atol=1e-9)


def test_metres_are_never_turned():
    grid = Grid("EPSG:32633", (10, 0, 500_000, 0, -10, 5_000_000), 100, 100)
    xy = np.array([[499_000.0, 4_999_000.0]])
    assert turned(xy, grid) is xy
    assert not is_in_degrees("EPSG:32633")


@pytest.mark.parametrize(
    ("longitude", "expected"),
    [
        ([179.0, -179.5, 178.0], [179.0, 180.5, 178.0]),
        ([-20.0, 30.0], [-20.0, 30.0]),
        ([-170.0, -60.0, 0.0, 60.0, 170.0], [-170.0, -60.0, 0.0, 60.0, 170.0]),
        ([np.nan, 179.0, -179.0], [np.nan, 179.0, 181.0]),
        ([-180.0, 180.0], [180.0, 180.0]),
    ],
)
def test_longitudes_across_180_are_counted_on(longitude, expected):
    np.testing.assert_array_equal(unrolled(np.array(longitude)), expected)

"""Samples: the bits of the pixel that holds the point, at block edges and in both hemispheres."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.features import geometry_mask
from tests.data.alphaearth import NORTH, SOUTH, write_alphaearth

from bocage.core import SettingsError
from bocage.sources import AEF_CODING, open_source, sample_parcels, sample_points, to_crs

PLACES = [("EPSG:32633", NORTH), ("EPSG:32733", SOUTH)]


@pytest.fixture(params=[(place, up) for place in PLACES for up in (True, False)])
def layout(request, tmp_path):
    (crs, corner), bottom_up = request.param
    path = tmp_path / "aef.tif"
    write_alphaearth(path, crs=crs, corner=corner, bottom_up=bottom_up)
    return path


def _by_rasterio(path, xy):
    with rasterio.open(path) as dataset:
        stored = np.array(list(dataset.sample(xy))).T
        outside = [
            not (0 <= r < dataset.height and 0 <= c < dataset.width)
            for r, c in (dataset.index(*place) for place in xy)
        ]
    values = AEF_CODING.decode(stored)
    values[:, outside] = np.nan
    return values.T


def _points(raster, n=400):
    rng = np.random.default_rng(1)
    left, low, right, high = raster.grid.bounds
    xy = rng.uniform((left - 40, low - 40), (right + 40, high + 40), (n, 2))
    # Lines between blocks and between pixels, and the corners of the raster.
    edges = np.arange(0, 6) * 160.0
    on_lines = np.array([(left + x, low + y) for x in edges for y in edges if x < 800 and y < 960])
    return np.concatenate([xy, on_lines + 5.0, on_lines + 0.01, [[left + 1, high - 1]]])


def test_points_get_the_bits_that_rasterio_reads(layout):
    raster = open_source(layout)
    xy = _points(raster)
    found = sample_points(raster, xy, raster.grid.crs)
    expected = _by_rasterio(layout, xy)
    np.testing.assert_array_equal(found.features, expected)
    assert np.isnan(expected).any()
    assert (found.n_pixels == -1).sum() == np.sum([not r for r in raster.grid.pixel(xy)[0] >= 0])


def test_labels_are_brought_to_the_pixels_and_not_the_pixels_to_the_labels(layout):
    raster = open_source(layout)
    xy = _points(raster)
    lonlat = to_crs(raster.grid.crs, "EPSG:4326", xy)
    found = sample_points(raster, lonlat, bands=[5, 0])
    expected = _by_rasterio(layout, to_crs("EPSG:4326", raster.grid.crs, lonlat))
    np.testing.assert_array_equal(found.features, expected[:, [5, 0]])


def test_each_block_is_read_once(layout, monkeypatch):
    from bocage.sources import Raster

    raster, seen = open_source(layout), []
    read = Raster.read

    def counted(self, window, bands=None):
        seen.append((window.row // 32, window.column // 32))
        assert (window.row + window.height - 1) // 32 == window.row // 32
        return read(self, window, bands)

    monkeypatch.setattr(Raster, "read", counted)
    sample_points(raster, _points(raster, 2000), raster.grid.crs)
    assert len(seen) == len(set(seen)) == 9


def test_no_data_is_told_apart_from_outside(tmp_path):
    write_alphaearth(tmp_path / "x.tif")
    raster = open_source(tmp_path / "x.tif")
    hole, good, outside = raster.grid.xy(np.array([6.5, 20.5, -1.0]), np.array([8.5, 8.5, 1.0]))
    found = sample_points(raster, np.array([hole, good, outside]), raster.grid.crs)
    np.testing.assert_array_equal(found.n_pixels, [0, 1, -1])
    np.testing.assert_array_equal(np.isnan(found.features).all(axis=1), [True, False, True])


def _parcels(raster):
    left, low, _, _ = raster.grid.bounds
    shapes = [
        shapely.box(left + 33, low + 21, left + 391, low + 402),
        shapely.Point(left + 300, low + 330).buffer(70),
        # Over the hole, over the edge of the raster, and smaller than a pixel.
        shapely.box(left - 50, low + 10, left + 150, low + 950),
        shapely.box(left + 303, low + 303, left + 304, low + 304),
        shapely.box(left - 500, low, left - 400, low + 50),
    ]
    return np.array(shapes)


def test_parcels_summarise_the_pixels_whose_centre_lies_in_them(layout):
    raster = open_source(layout)
    shapes = _parcels(raster)
    kinds = ("mean", "std", "min", "max")
    found = sample_parcels(raster, shapes, raster.grid.crs, statistics=kinds)
    with rasterio.open(layout) as dataset:
        values = AEF_CODING.decode(dataset.read())
        for i, shape in enumerate(shapes[:3]):
            mask = ~geometry_mask([shape], values.shape[1:], dataset.transform)
            inside = values[:, mask]
            inside = inside[:, np.isfinite(inside).all(axis=0)]
            assert found.n_pixels[i] == inside.shape[1] > 0
            expected = [inside.mean(axis=1), inside.std(axis=1), inside.min(axis=1)]
            expected = np.concatenate([*expected, inside.max(axis=1)])
            np.testing.assert_allclose(found.features[i], expected, atol=1e-13)
    tiny = sample_points(raster, np.array([[*shapes[3].centroid.coords[0]]]), raster.grid.crs)
    np.testing.assert_array_equal(found.features[3, :64], tiny.features[0])
    assert found.n_pixels[3:].tolist() == [1, -1]
    assert np.isnan(found.features[4]).all()


def test_parcels_in_degrees_cover_the_same_pixels(layout):
    raster = open_source(layout)
    shapes = _parcels(raster)
    degrees = gpd.GeoSeries(shapes, crs=raster.grid.crs).to_crs(4326)
    expected = sample_parcels(raster, shapes, raster.grid.crs)
    found = sample_parcels(raster, np.array(degrees, dtype=object), degrees.crs)
    np.testing.assert_array_equal(found.n_pixels, expected.n_pixels)
    np.testing.assert_allclose(found.features, expected.features, atol=1e-12)


def test_an_unknown_statistic_is_refused(tmp_path):
    write_alphaearth(tmp_path / "x.tif")
    raster = open_source(tmp_path / "x.tif")
    with pytest.raises(SettingsError, match="unknown statistic 'median'"):
        sample_parcels(raster, _parcels(raster), raster.grid.crs, statistics=("median",))

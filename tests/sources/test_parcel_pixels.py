"""Pixels drawn in parcels: those that lie in them, each once, the same whatever tiles hold them."""

import numpy as np
import pytest
import shapely
from tests.data.alphaearth import NORTH, codes, write_alphaearth
from tests.data.parcels import box

from bocage.core import SettingsError
from bocage.sources import (
    Mosaic,
    _parcel_outlines,
    draw_parcel_pixels,
    join_tiles,
    open_source,
    sample_parcels,
    sample_points,
)

SIDE, UTM = 40, "EPSG:32633"


@pytest.fixture
def stored():
    made = codes(SIDE * SIDE).reshape(64, SIDE, SIDE).copy()
    made[:, 10:14, 10:20] = -128
    return made


@pytest.fixture
def raster(tmp_path, stored):
    write_alphaearth(tmp_path / "aef.tif", SIDE, SIDE, values=stored)
    return open_source(tmp_path / "aef.tif")


def _places(lonlat):
    """Row and column of degrees on the raster, which are pixel centres."""
    from pyproj import Transformer

    move = Transformer.from_crs(4326, 32633, always_xy=True)
    xy = np.column_stack(move.transform(*lonlat.T))
    at = (xy - NORTH) / 10 - 0.5
    np.testing.assert_allclose(at, at.round(), atol=1e-3)
    return tuple(at.round().astype(int)[:, ::-1].T)


def test_all_pixels_of_a_parcel_are_drawn_once_without_its_hole_and_where_there_is_no_data(
    raster, stored
):
    hole = box(8, 8, 3, 3)
    shape = np.array([box(6, 6, 12, 10).difference(hole)])
    found = draw_parcel_pixels(raster, shape, UTM, None)
    inside = np.zeros((SIDE, SIDE), dtype=bool)
    inside[6:18, 6:16] = True
    inside[8:11, 8:11] = False
    assert found.n_asked.tolist() == [inside.sum()]
    inside &= stored[0] != -128
    assert found.n_pixels.tolist() == [inside.sum()] == [len(found.parcel)]
    row, column = _places(found.lonlat)
    drawn = np.zeros((SIDE, SIDE), dtype=int)
    np.add.at(drawn, (row, column), 1)
    np.testing.assert_array_equal(drawn, inside)
    expected = sample_points(raster, found.lonlat).features
    np.testing.assert_array_equal(found.features, expected)
    # The mean is that of the very same pixels.
    mean = sample_parcels(raster, shape, UTM).features[0]
    np.testing.assert_allclose(found.features.mean(axis=0), mean, atol=1e-12)


def test_few_pixels_are_the_first_of_many_and_other_seeds_draw_others(raster):
    shapes = np.array([box(16, 1, 20, 30), box(2, 22, 5, 5)])
    many = draw_parcel_pixels(raster, shapes, UTM, 12)
    few = draw_parcel_pixels(raster, shapes, UTM, 5)
    for parcel in (0, 1):
        first = many.features[many.parcel == parcel][:5]
        np.testing.assert_array_equal(few.features[few.parcel == parcel], first)
    other = draw_parcel_pixels(raster, shapes, UTM, 5, seed=1)
    assert not np.array_equal(other.lonlat, few.lonlat)
    # A parcel's draw hangs on no other parcel.
    alone = draw_parcel_pixels(raster, shapes[1:], UTM, 5)
    np.testing.assert_array_equal(alone.features, few.features[few.parcel == 1])


def test_every_pixel_is_drawn_as_often_as_any_other(raster):
    shape = np.array([box(20, 20, 4, 5)])
    times = np.zeros((SIDE, SIDE), dtype=int)
    for seed in range(400):
        row, column = _places(draw_parcel_pixels(raster, shape, UTM, 5, seed=seed).lonlat)
        np.add.at(times, (row, column), 1)
    found = times[20:24, 20:25]
    assert found.sum() == times.sum() == 2000
    # Each is drawn with probability 1/4: 100 times, give or take 8.7 (a standard deviation).
    assert abs(found - 100).max() < 4 * 8.7


@pytest.mark.parametrize("piece", [512, 7])
def test_tiles_give_the_pixels_of_the_whole(tmp_path, raster, stored, monkeypatch, piece):
    shapes = np.array([box(3, 12, 20, 20), box(30, 19, 1, 2), box(35, 1, 4, 30)])
    expected = draw_parcel_pixels(raster, shapes, UTM, 9)
    monkeypatch.setattr(_parcel_outlines, "PIECE", piece)
    write_alphaearth(tmp_path / "west.tif", SIDE, 20, values=stored[:, :, :20], block=16)
    corner = (NORTH[0] + 150, NORTH[1])
    write_alphaearth(tmp_path / "east.tif", SIDE, 25, values=stored[:, :, 15:], corner=corner)
    tiles = [open_source(tmp_path / name) for name in ("east.tif", "west.tif")]
    for order in (tiles, tiles[::-1]):
        joined = join_tiles(order)
        assert isinstance(joined, Mosaic)
        found = draw_parcel_pixels(joined, shapes, UTM, 9)
        np.testing.assert_array_equal(found.features, expected.features)
        np.testing.assert_array_equal(found.parcel, expected.parcel)
        # Rounded to 0.1 mm: corners of tiles are added up in another order.
        np.testing.assert_allclose(found.lonlat, expected.lonlat, atol=2e-9)


def test_small_parcels_empty_ones_and_those_outside(raster):
    tiny = shapely.Point(NORTH[0] + 251, NORTH[1] + 251).buffer(0.5)
    shapes = np.array([tiny, box(11, 12, 2, 3), box(60, 60, 3, 3), None], dtype=object)
    found = draw_parcel_pixels(raster, shapes, UTM, 9)
    assert found.n_pixels.tolist() == [1, 0, -1, -1]
    assert found.parcel.tolist() == [0]
    assert _places(found.lonlat) == (np.array([25]), np.array([25]))


def test_parcels_that_overlap_each_have_their_pixels_at_the_same_places(raster):
    shapes = np.array([box(20, 20, 4, 4), box(20, 20, 4, 4).union(box(20, 24, 4, 1))])
    found = draw_parcel_pixels(raster, shapes, UTM, None)
    one, two = (set(map(tuple, found.lonlat[found.parcel == p])) for p in (0, 1))
    assert len(one) == 16
    assert one < two


def test_less_than_a_pixel_is_refused(raster):
    with pytest.raises(SettingsError, match="0 pixels per polygon are requested"):
        draw_parcel_pixels(raster, np.array([box(1, 1, 2, 2)]), UTM, 0)


def test_a_statistic_named_twice_is_refused(raster):
    with pytest.raises(SettingsError, match="'mean' is named twice"):
        sample_parcels(raster, np.array([box(1, 1, 2, 2)]), UTM, statistics=("mean", "mean"))

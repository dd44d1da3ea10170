"""Square blocks: the largest that the labels allow, on land whose answer is known."""

import numpy as np
import pytest
from pyproj import Geod

from bocage.splits import RULES, cut, metric_xy

DEGREE = 111_319.49  # metres on the equator
KM = np.arange(-9.5, 10) * 1000


def _lattice(lon=0.0):
    """20 x 20 samples, one a square kilometre, about a point of the equator."""
    x, y = (part.ravel() for part in np.meshgrid(KM, KM))
    lonlat = np.column_stack([x / DEGREE + lon, y / DEGREE])
    lonlat[:, 0] = (lonlat[:, 0] + 180) % 360 - 180
    return lonlat, x, y


UNIT = np.arange(400)


def test_the_largest_side_of_the_first_rule_is_taken():
    # 20 and 10 km make four blocks, 5 km sixteen of 25 samples each.
    lonlat, x, y = _lattice()
    found = cut(lonlat, UNIT, None)
    assert (found.side, found.rule) == (5000.0, RULES[0])
    np.testing.assert_array_equal(found.cell, np.floor(np.column_stack([x, y]) / 5000))


def test_no_class_makes_smaller_blocks_however_rare_or_close_together():
    lonlat, x, y = _lattice()
    corner = ((x < -8000) & (y < -8000)).astype(int)
    speck = np.zeros(400, int)
    speck[:3] = 1
    for codes in (corner, speck):
        found = cut(lonlat, UNIT, codes)
        assert (found.side, found.rule) == (5000.0, RULES[0])


def test_a_stand_across_a_line_of_the_grid_lies_in_one_block():
    # Blocks of 5 km hold steps of 250 m together: 40 samples 100 m apart, half on either side of
    # x = 0, and beside them 40 of another class 400 m apart.
    lonlat, x, y = _lattice()
    step = np.arange(40) - 19.5
    near, far = (
        np.column_stack([step * 100, 0 * step + 700]),
        np.column_stack([step * 400, 0 * step - 700]),
    )
    lonlat = np.concatenate([lonlat, near / DEGREE, far / DEGREE])
    codes = np.repeat([0, 1, 2], [400, 40, 40])
    found = cut(lonlat, np.arange(480), codes, side=5000.0)
    assert len(np.unique(found.cell[400:440], axis=0)) == 1
    assert len(np.unique(found.cell[440:], axis=0)) == 4
    np.testing.assert_array_equal(found.cell[:400], np.floor(np.column_stack([x, y]) / 5000))
    assert not len(found.torn)
    # Without classes nothing holds it together; of two classes that alternate neither hangs on.
    assert len(np.unique(cut(lonlat, np.arange(480), None, side=5000.0).cell[400:440], axis=0)) == 2
    mixed = codes.copy()
    mixed[400:440] = 1 + 2 * (np.arange(40) // 10 % 2)
    assert len(np.unique(cut(lonlat, np.arange(480), mixed, side=5000.0).cell[400:440], axis=0)) > 1


def test_a_stand_longer_than_a_block_is_cut_and_named():
    # Every second row of the lattice is one class, in steps of 1 km: held together from 20 km on.
    lonlat, _, y = _lattice()
    codes = (np.round(y / 1000 - 0.5).astype(int) % 2) * 4
    found = cut(lonlat, UNIT, codes, side=5000.0)
    assert not len(found.torn)
    dense = np.concatenate(
        [
            lonlat,
            lonlat[y == 500] + [0.002, 0],
            lonlat[y == 500] + [0.004, 0],
            lonlat[y == 500] + [0.006, 0],
            lonlat[y == 500] + [0.0075, 0],
        ]
    )
    codes = np.concatenate([codes * 0, np.full(80, 7)])
    found = cut(dense, np.arange(480), codes, side=8000.0)
    assert found.torn.tolist() == [7]
    assert len(np.unique(found.cell[400:], axis=0)) > 1


def test_blocks_never_become_so_small_that_any_rule_holds():
    # Nearly all samples within 30 m: blocks of 10 m would keep the share and mean nothing.
    lonlat, _, _ = _lattice()
    corner = lonlat[0] + np.random.default_rng(0).uniform(0, 30, (4000, 2)) / DEGREE
    found = cut(np.concatenate([lonlat, corner]), np.arange(4400), None)
    assert (found.side, found.rule) == (0.0, None)


def test_samples_at_one_place_can_not_be_cut():
    found = cut(np.full((30, 2), 10.0), np.arange(30), None)
    assert (found.side, found.rule) == (0.0, None)
    assert not found.cell.any()


def test_a_side_that_was_asked_for_stands_and_names_the_rule_it_keeps():
    lonlat, _, _ = _lattice()
    for side, rule in ((2000.0, RULES[0]), (10_000.0, RULES[3]), (100_000.0, RULES[3])):
        found = cut(lonlat, UNIT, None, side=side)
        assert found.side == side
        assert found.rule == rule
    # Shifted, all samples lie in one block of 100 km, and no rule holds.
    shifted = lonlat + 0.2
    assert cut(shifted, UNIT, None, side=100_000.0).rule is None


@pytest.mark.parametrize("factor", [0.4, 2.0])
def test_a_factor_changes_the_side_that_was_chosen(factor):
    lonlat, x, y = _lattice()
    found = cut(lonlat, UNIT, None, factor=factor)
    assert found.side == 5000 * factor
    np.testing.assert_array_equal(found.cell, np.floor(np.column_stack([x, y]) / found.side))


def test_a_parcel_across_a_border_lies_in_one_block():
    # Ten parcels of 40 samples, each a strip of 20 km from west to east: borders every 5 km.
    lonlat, _, y = _lattice()
    unit = np.searchsorted(KM[::2], y, side="right")
    found = cut(lonlat, unit, None, side=5000.0)
    assert len(np.unique(unit)) == 10
    for number in np.unique(unit):
        assert len(np.unique(found.cell[unit == number], axis=0)) == 1


def test_the_date_line_cuts_nothing():
    here, there = (cut(_lattice(lon)[0], UNIT, None) for lon in (0.0, 180.0))
    assert here.side == there.side
    np.testing.assert_array_equal(here.cell, there.cell)


@pytest.mark.parametrize("centre", [(0, 0), (180, -17), (25, 69), (-60, -89)])
def test_metres_are_metres_and_areas_are_kept(centre):
    geod = Geod(ellps="WGS84")
    rng = np.random.default_rng(0)
    azimuth, metres = rng.uniform(-180, 180, 200), rng.uniform(0, 50_000, 200)
    lon, lat, _ = geod.fwd(*np.tile(centre, (200, 1)).T, azimuth, metres)
    xy = metric_xy(np.column_stack([lon, lat]))
    _, _, true = geod.inv(lon[:100], lat[:100], lon[100:], lat[100:])
    found = np.linalg.norm(xy[:100] - xy[100:], axis=1)
    np.testing.assert_allclose(found, true, rtol=1e-4)
    if centre[1] == 69:
        corners = np.array([[24.5, 68.8], [25.5, 68.8], [25.5, 69.2], [24.5, 69.2]])
        edge = np.concatenate(
            [
                np.linspace(a, b, 200, endpoint=False)
                for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)
            ]
        )
        x, y = metric_xy(edge).T
        area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
        # A parallel is no geodesic: the ring of many points is what is compared.
        assert area == pytest.approx(geod.polygon_area_perimeter(*edge.T)[0], rel=1e-5)


def test_a_few_more_samples_leave_the_grid_where_it_was():
    lonlat, _, _ = _lattice(lon=10.25)
    more = np.concatenate([lonlat, lonlat[:3] + 0.01])
    np.testing.assert_allclose(metric_xy(more)[:400], metric_xy(lonlat), atol=1e-6)

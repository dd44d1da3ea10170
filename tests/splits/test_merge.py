"""Many groups become few folds of neighbours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocage.splits._merge import bisect, have_own_places, merge_groups


def _sites(n_side, per, spread, seed=0):
    """Sites on a lattice, 100 km apart, named against their order on the ground."""
    rng = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(n_side), np.arange(n_side)), -1).reshape(-1, 2) * 1e5
    group = np.repeat(np.arange(n_side**2), per)
    return corner[group] + rng.normal(0, spread, (len(group), 2)), group


@pytest.mark.parametrize("n_groups", [2, 10])
def test_up_to_ten_groups_stay_folds(n_groups):
    names = [f"g{n}" for n in range(n_groups)]
    fold = merge_groups(names, np.repeat(np.arange(n_groups), 3))
    assert fold.tolist() == list(range(n_groups))


def test_more_groups_than_were_asked_for_are_merged_and_no_fewer_folds_made():
    for n_groups in (11, 15, 300):
        names = [f"g{n}" for n in range(n_groups)]
        fold = merge_groups(names, np.repeat(np.arange(n_groups), 3))
        assert set(fold.tolist()) == set(range(10))
    assert len(set(merge_groups(["a", "b", "c"], np.arange(3), most=2).tolist())) == 2


def test_sites_are_merged_with_their_neighbours_on_the_ground():
    xy, group = _sites(6, 5, 5e3)
    names = [f"s{n}" for n in range(36)]
    fold = merge_groups(names, group, xy)
    assert sorted(np.bincount(fold[group]).tolist()) == [15] * 4 + [20] * 6
    # The rectangles around the sites of each fold hold no site of another.
    centre = np.stack([xy[group == number].mean(axis=0) for number in range(36)])
    for number in range(10):
        mine = centre[fold == number]
        inside = ((centre >= mine.min(axis=0)) & (centre <= mine.max(axis=0))).all(axis=1)
        assert inside.sum() == len(mine)


def test_a_lattice_is_merged_the_same_way_whatever_the_last_bits():
    xy, group = _sites(6, 5, 0.0)
    names = [f"s{n}" for n in range(36)]
    noise = np.random.default_rng(1).normal(0, 1e-6, xy.shape)
    np.testing.assert_array_equal(
        merge_groups(names, group, xy), merge_groups(names, group, xy + noise)
    )


def test_years_at_the_same_places_are_merged_with_their_neighbours_in_time():
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(20), 30)
    years = [str(2019 - n) for n in range(20)]
    fold = merge_groups(years, group, rng.uniform(0, 1e5, (600, 2)))
    for number in range(10):
        mine = [int(years[at]) for at in np.flatnonzero(fold == number)]
        assert len(mine) == 2
        assert abs(mine[0] - mine[1]) == 1


def test_many_small_groups_have_no_places_of_their_own_by_chance():
    rng = np.random.default_rng(0)
    xy, group = rng.uniform(0, 1e5, (400, 2)), np.repeat(np.arange(200), 2)
    assert not have_own_places(xy, group)
    assert have_own_places(*_sites(5, 4, 1e4))
    # Sensors: one place each.
    assert have_own_places(xy[:40], np.arange(40))
    assert not have_own_places(np.zeros((8, 2)), np.repeat([0, 1], 4))


@given(
    st.lists(st.integers(1, 1000), min_size=2, max_size=30),
    st.integers(1, 10),
    st.integers(0, 5),
)
def test_every_fold_has_a_group_however_unequal_they_are(sizes, n_folds, seed):
    n_folds = min(n_folds, len(sizes))
    position = np.random.default_rng(seed).normal(size=(len(sizes), 2))
    fold = bisect(position, np.array(sizes), n_folds)
    assert set(fold.tolist()) == set(range(n_folds))


def test_folds_in_a_row_are_of_about_equal_size():
    size = np.random.default_rng(0).integers(1, 20, 60)
    fold = bisect(np.arange(60.0)[:, None], size, 6)
    assert (np.diff(fold) >= 0).all()
    total = np.bincount(fold, weights=size)
    assert total.max() - total.min() <= 2 * size.max()

"""The splitters in scikit-learn's own loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from bocage.core import DataError, SplitError
from bocage.splits import BlockKFold, ClusterKFold, LeaveGroups, metric_xy


@pytest.fixture(scope="module")
def place():
    """Synthetic land in patches of 10 km: neighbours have one class, features know nothing."""
    rng = np.random.default_rng(0)
    lonlat = np.column_stack([10 + rng.uniform(0, 1, 600), 45 + rng.uniform(0, 1, 600)])
    xy = metric_xy(lonlat)
    patch = np.floor(xy / 10_000).astype(int)
    target = (patch[:, 0] * 7 + patch[:, 1] * 13) % 5 % 2
    return lonlat, xy, target


def test_blocks_show_that_coordinates_learn_the_place_and_not_the_land(place):
    lonlat, xy, target = place
    head = KNeighborsClassifier(1)
    flattered = cross_val_score(head, xy, target, cv=KFold(5, shuffle=True, random_state=0)).mean()
    honest = cross_val_score(head, xy, target, cv=BlockKFold(lonlat, 5, side=20_000)).mean()
    assert flattered > 0.75
    assert honest < flattered - 0.15


@pytest.mark.parametrize("make", [lambda p: BlockKFold(p, 4), lambda p: ClusterKFold(p, 4)])
def test_every_sample_is_tested_once_and_never_learned_from_then(place, make):
    lonlat, xy, target = place
    cv = make(lonlat)
    tested = []
    for train, test in cv.split(xy, target):
        assert not set(train) & set(test)
        assert len(train) + len(test) == 600
        tested += test.tolist()
    assert sorted(tested) == list(range(600))
    assert cv.get_n_splits() == 4


def test_blocks_keep_folds_apart(place):
    lonlat, xy, _ = place
    side = 25_000
    block = np.floor(metric_xy(lonlat) / side).astype(int)
    for train, test in BlockKFold(lonlat, 5, side=side).split(xy):
        shared = {tuple(b) for b in block[train]} & {tuple(b) for b in block[test]}
        assert not shared


def test_groups_are_left_out_whole_in_cross_val_score_and_in_a_search(place):
    _, xy, target = place
    region = np.repeat(["a", "b", "c"], 200)
    cv = LeaveGroups()
    assert cv.get_n_splits(groups=region) == 3
    for train, test in cv.split(xy, target, region):
        assert not set(region[train]) & set(region[test])
    head = LogisticRegression()
    assert len(cross_val_score(head, xy, target, groups=region, cv=cv)) == 3
    search = GridSearchCV(head, {"C": [0.1, 1.0]}, cv=cv).fit(xy, target, groups=region)
    assert search.n_splits_ == 3


def test_many_groups_are_merged_whole(place):
    _, xy, target = place
    town = np.array([f"t{n % 40}" for n in range(600)])
    cv = LeaveGroups()
    assert 5 <= cv.get_n_splits(groups=town) <= 10
    for train, test in cv.split(xy, target, town):
        assert not set(town[train]) & set(town[test])


def test_folds_do_not_depend_on_row_order(place):
    lonlat, xy, target = place
    order = np.random.default_rng(1).permutation(600)
    plain = {frozenset(test.tolist()) for _, test in BlockKFold(lonlat, 5).split(xy, target)}
    turned = {
        frozenset(order[test].tolist())
        for _, test in BlockKFold(lonlat[order], 5).split(xy[order], target[order])
    }
    assert plain == turned


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(200)))
@pytest.mark.parametrize("make", [BlockKFold, ClusterKFold], ids=["blocks", "clusters"])
def test_any_row_order_gives_the_same_folds(make, order):
    rng = np.random.default_rng(3)
    lonlat, target = rng.uniform(0, 1, (200, 2)), rng.integers(0, 3, 200)
    order = np.array(order)
    plain = {frozenset(test.tolist()) for _, test in make(lonlat, 4).split(lonlat, target)}
    turned = make(lonlat[order], 4).split(lonlat[order], target[order])
    assert plain == {frozenset(order[test].tolist()) for _, test in turned}


@pytest.mark.parametrize("make", [BlockKFold, ClusterKFold], ids=["blocks", "clusters"])
def test_rows_of_one_parcel_stay_together(make):
    # Pairs of rows 3 km apart belong to one parcel.
    rng = np.random.default_rng(3)
    first = rng.uniform(0, 1, (150, 2))
    lonlat = np.concatenate([first, first + np.array([0.03, 0])])
    parcel = np.tile([f"p{n}" for n in range(150)], 2)
    target = np.arange(300) % 2
    for train, test in make(lonlat, 4).split(lonlat, target, parcel):
        assert not set(parcel[train]) & set(parcel[test])
    torn = [set(parcel[a]) & set(parcel[b]) for a, b in make(lonlat, 4).split(lonlat, target)]
    assert any(torn)


@pytest.mark.parametrize("number", [2, 3, 7, 8, 11])
def test_places_on_a_lattice_give_as_many_clusters_as_folds(number):
    lonlat = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), -1).reshape(-1, 2) / 100
    cv = ClusterKFold(lonlat, number)
    target = np.tile([0, 1], 18)
    folds = list(cv.split(lonlat, target))
    assert len(folds) == cv.get_n_splits() == number
    assert all(len(train) and len(test) for train, test in folds)


def test_one_group_or_none_is_said():
    X = np.zeros((6, 1))
    with pytest.raises(SplitError, match=r"needs groups="):
        list(LeaveGroups().split(X))
    with pytest.raises(SplitError, match="all rows belong to one group"):
        list(LeaveGroups().split(X, groups=["a"] * 6))
    with pytest.raises(SplitError, match="too few places"):
        list(BlockKFold(np.full((6, 2), 3.0), 2).split(X))
    with pytest.raises(SplitError, match="1 place only"):
        list(ClusterKFold(np.full((6, 2), 3.0), 2).split(X))


def test_numbers_of_a_regression_are_no_classes(place):
    # Every value is its own: taken for classes, no block size could hold each in four blocks.
    lonlat, xy, _ = place
    cv = BlockKFold(lonlat, 5)
    rain = lonlat[:, 0] * 10 + lonlat[:, 1]
    scores = cross_val_score(LinearRegression(), xy, rain, cv=cv, scoring="r2")
    assert len(scores) == 5
    assert cv.n_blocks_ >= 10
    assert scores.min() > 0.99


def test_a_splitter_says_what_it_was_made_with_and_changes_nothing(place):
    lonlat, xy, target = place
    before = lonlat.copy()
    cv = BlockKFold(lonlat, 3, side=20_000)
    first = [test.tolist() for _, test in cv.split(xy, target)]
    assert [test.tolist() for _, test in cv.split(xy, target)] == first
    np.testing.assert_array_equal(lonlat, before)
    assert "n_splits=3" in repr(cv)


def test_too_few_blocks_or_other_rows_are_said(place):
    lonlat, xy, target = place
    with pytest.raises(SplitError, match="1 block of 1e"):
        list(BlockKFold(lonlat, 5, side=1e7).split(xy, target))
    for cv in (BlockKFold(lonlat[:10], 5), ClusterKFold(lonlat[:10], 5)):
        with pytest.raises(DataError, match=r"X has 600 rows but .* 10 coordinates"):
            list(cv.split(xy, target))


@pytest.mark.parametrize("make", [lambda p: BlockKFold(p, 4), lambda p: ClusterKFold(p, 4)])
def test_coordinates_of_a_table_are_taken_by_name(place, make):
    lonlat, xy, _ = place
    table = pd.DataFrame({"Latitude": lonlat[:, 1], "crop": "maize", "Longitude": lonlat[:, 0]})
    for (_, one), (_, other) in zip(make(lonlat).split(xy), make(table).split(xy), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(DataError, match="a table with x, y; expected columns lon and lat"):
        next(make(pd.DataFrame(lonlat, columns=["x", "y"])).split(xy))
    with pytest.raises(DataError, match=r"shape \(600, 1\); expected .* 2 columns"):
        next(make(lonlat[:, :1]).split(xy))

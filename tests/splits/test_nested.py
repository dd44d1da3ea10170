"""The splitters within one another, and what they say of coordinates that can't be used."""

import copy

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import sklearn
from pyproj import Transformer
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate
from sklearn.neighbors import KNeighborsClassifier

from bocage.core import DataError, SettingsError, SplitError
from bocage.splits import BlockKFold, ClusterKFold, LeaveGroups, metric_xy

SIDE = 10_000.0
UTM = "EPSG:32632"


@pytest.fixture(scope="module")
def plots():
    """36 plots of 8 samples, each in the middle of its own square and each with its own class.

    One nearest neighbour is right if a sample of the same plot was learned from, and never else.
    """
    rng = np.random.default_rng(0)
    at = np.stack(np.meshgrid(np.arange(6), np.arange(6)), -1).reshape(-1, 2)
    middle = np.repeat((at - 3 + 0.5) * SIDE, 8, axis=0)
    xy = middle + rng.uniform(-500, 500, middle.shape)
    laea = "+proj=laea +lat_0=45 +lon_0=9 +datum=WGS84 +units=m"
    lonlat = np.column_stack(Transformer.from_crs(laea, 4326, always_xy=True).transform(*xy.T))
    # Coordinates are the feature: whoever has a neighbour in training knows the answer.
    return lonlat, metric_xy(lonlat), np.repeat(np.arange(36), 8)


def search(cv):
    return GridSearchCV(KNeighborsClassifier(1), {"weights": ["uniform", "distance"]}, cv=cv)


def inner_scores(found):
    return [model.cv_results_["mean_test_score"].tolist() for model in found["estimator"]]


FORMS = {
    "array": lambda lonlat: lonlat,
    "geometry": lambda lonlat: gpd.GeoSeries.from_xy(*lonlat.T, crs=4326),
    "geometry array": lambda lonlat: gpd.GeoSeries.from_xy(*lonlat.T, crs=4326).array,
    "metres": lambda lonlat: gpd.GeoSeries.from_xy(*lonlat.T, crs=4326).to_crs(UTM),
    "table": lambda lonlat: pd.DataFrame({"lat": lonlat[:, 1], "lon": lonlat[:, 0]}),
}


@pytest.mark.parametrize("form", FORMS)
def test_folds_of_a_search_within_folds_are_blocks_too(plots, form):
    lonlat, X, y = plots
    given = FORMS[form](lonlat)
    cv = BlockKFold(side=SIDE)
    found = cross_validate(
        search(BlockKFold(n_splits=3, side=SIDE)),
        X,
        y,
        groups=given,
        params={"groups": given},
        cv=cv,
        return_estimator=True,
    )
    assert found["test_score"].tolist() == [0.0] * 5
    assert inner_scores(found) == [[0.0, 0.0]] * 5
    # The same with folds that tear plots apart: a place that is known makes everything right.
    torn = cross_validate(
        search(KFold(3, shuffle=True, random_state=0)), X, y, groups=given, cv=cv,
        return_estimator=True,
    )  # fmt: skip
    assert inner_scores(torn) == [[1.0, 1.0]] * 5


@pytest.mark.parametrize("name", ["groups", "coordinates"])
def test_metadata_routing_carries_coordinates_to_both_loops(plots, name):
    lonlat, X, y = plots
    with sklearn.config_context(enable_metadata_routing=True):
        found = cross_validate(
            search(BlockKFold(n_splits=3, side=SIDE)),
            X,
            y,
            params={name: lonlat},
            cv=BlockKFold(side=SIDE),
            return_estimator=True,
        )
    assert found["test_score"].tolist() == [0.0] * 5
    assert inner_scores(found) == [[0.0, 0.0]] * 5


def test_a_request_under_another_name_is_kept(plots):
    lonlat, X, y = plots
    with sklearn.config_context(enable_metadata_routing=True):
        cv = BlockKFold(side=SIDE).set_split_request(coordinates="where")
        scores = cross_val_score(KNeighborsClassifier(1), X, y, params={"where": lonlat}, cv=cv)
    assert scores.tolist() == [0.0] * 5


def test_parcels_beside_coordinates_stay_whole_in_both_loops(plots):
    lonlat, X, y = plots
    # Every parcel has a sample in two plots: six times six classes are known from the other half.
    parcel = np.arange(len(y)) % (len(y) // 2)
    with sklearn.config_context(enable_metadata_routing=True):
        for train, test in BlockKFold(side=SIDE).split(X, y, parcel, coordinates=lonlat):
            assert not set(parcel[train]) & set(parcel[test])
            inner = BlockKFold(n_splits=3, side=SIDE)
            for a, b in inner.split(X[train], y[train], parcel[train], lonlat[train]):
                assert not set(parcel[train][a]) & set(parcel[train][b])


def test_coordinates_of_all_rows_in_the_constructor_do_not_pass_for_those_of_a_fold(plots):
    lonlat, X, y = plots
    inner = search(BlockKFold(lonlat, 3, side=SIDE))
    with pytest.raises(DataError, match=r"but BlockKFold was given 288 coordinates.*groups="):
        cross_val_score(inner, X, y, groups=lonlat, cv=BlockKFold(side=SIDE), error_score="raise")


def test_all_forms_of_coordinates_give_the_same_folds(plots):
    lonlat, X, y = plots
    frame = gpd.GeoDataFrame({"a": y}, geometry=gpd.points_from_xy(*lonlat.T), crs=4326)
    metres = frame.to_crs(UTM)
    table = pd.DataFrame(X, columns=["x", "y"]).assign(lon=lonlat[:, 0], lat=lonlat[:, 1])
    xy = np.column_stack([metres.geometry.x, metres.geometry.y])
    squares = metres.geometry.buffer(50)

    def folds(cv, X=X, **given):
        return [test.tolist() for _, test in cv.split(X, y, **given)]

    known = folds(BlockKFold(lonlat, side=SIDE))
    here = BlockKFold(side=SIDE)
    for given in (lonlat, lonlat.tolist(), frame, frame.geometry, frame.geometry.array,
                  metres.geometry, squares):  # fmt: skip
        assert folds(here, groups=given) == known
        assert folds(here, coordinates=given) == known
    assert folds(BlockKFold(side=SIDE, crs=UTM), groups=xy) == known
    assert folds(BlockKFold(xy, side=SIDE, crs="EPSG:32632")) == known
    bare = np.asarray(frame.geometry)
    assert folds(BlockKFold(side=SIDE, crs=4326), groups=bare) == known
    assert folds(here, table) == known


def test_random_state_shuffles_blocks_and_is_kept_to(plots):
    lonlat, X, y = plots

    def folds(**given):
        return [t.tolist() for _, t in BlockKFold(lonlat, side=SIDE, **given).split(X, y)]

    assert folds(random_state=3) == folds(random_state=3)
    assert folds(random_state=3) != folds(random_state=4) != folds()
    assert folds(random_state=np.random.RandomState(1)) == folds(
        random_state=np.random.RandomState(1)
    )
    assert sorted(row for test in folds(random_state=None) for row in test) == list(range(len(y)))


@pytest.mark.parametrize("cv", [BlockKFold(n_splits=3), ClusterKFold(n_splits=3), LeaveGroups()])
def test_copies_of_a_splitter_make_the_same_folds(plots, cv):
    lonlat, X, y = plots
    groups = y if isinstance(cv, LeaveGroups) else lonlat
    made = [t.tolist() for _, t in cv.split(X, y, groups)]
    other = clone(search(cv)).cv
    assert other is not cv
    assert [t.tolist() for _, t in other.split(X, y, groups)] == made
    assert repr(copy.deepcopy(cv)) == repr(cv)
    if not isinstance(cv, LeaveGroups):
        assert cv.get_n_splits(X, y, groups) == len(made) == 3


def test_a_splitter_is_written_as_it_was_made_without_a_page_of_coordinates():
    assert repr(BlockKFold()) == "BlockKFold()"
    made = BlockKFold(np.zeros((600, 2)), n_splits=3, side=2e4, crs=UTM, random_state=7)
    assert repr(made) == (
        "BlockKFold(lonlat=<600 rows>, n_splits=3, side=20000.0, crs='EPSG:32632', random_state=7)"
    )


def refused(error, match, given=None, cv=None, X=None, **more):
    cv = cv or BlockKFold(side=SIDE)
    X = np.zeros((8, 1)) if X is None else X
    with pytest.raises(error, match=match):
        next(cv.split(X, None, given, **more))


def test_coordinates_that_cannot_be_used_are_told_apart():
    metres = np.column_stack([np.linspace(5e5, 6e5, 8), np.linspace(5e6, 5.1e6, 8)])
    degrees = np.column_stack([np.linspace(9, 10, 8), np.linspace(45, 46, 8)])
    refused(SplitError, "has no coordinates; expected longitude and latitude of each row")
    refused(DataError, r"all 8 rows are outside the range of degrees.*look like metres", metres)
    refused(DataError, "look like degrees", degrees, BlockKFold(crs=UTM))
    refused(DataError, "look swapped", np.column_stack([degrees[:, 1], degrees[:, 0] + 100]))
    hole = degrees.copy()
    hole[5, 0] = np.nan
    refused(DataError, r"1 of 8 rows has no coordinates .*the first is row 5", hole)
    refused(DataError, "crs='nowhere' is no geographic", degrees, BlockKFold(crs="nowhere"))
    bare = gpd.GeoSeries.from_xy(*degrees.T)
    refused(DataError, "has no coordinate reference system", bare)
    refused(DataError, "has no coordinate reference system", np.asarray(bare))
    named = gpd.GeoSeries.from_xy(*degrees.T, crs=4326)
    refused(DataError, "is in EPSG:4326, but crs is EPSG:32632", named, BlockKFold(crs=UTM))
    empty = gpd.GeoSeries([*named[:7], shapely.Point()], crs=4326)
    refused(DataError, r"1 of 8 rows has no coordinates .*the first is row 7", empty)
    lost = gpd.GeoDataFrame({"a": range(8)})
    refused(DataError, "no active geometry", lost)
    refused(
        DataError, r"outside the range of EPSG:32632", np.full((8, 2), 1e9), BlockKFold(crs=UTM)
    )
    refused(SettingsError, "both say where rows stand", degrees, coordinates=degrees)


def test_numbers_of_folds_that_cannot_be_are_told():
    degrees = np.column_stack([np.linspace(9.6, 9.9, 8), np.linspace(45.6, 45.9, 8)])
    for n in (1, 0, 2.5, True, "3"):
        with pytest.raises(SettingsError, match="expected a whole number of 2 or more"):
            BlockKFold(n_splits=n).get_n_splits()
        refused(SettingsError, "expected a whole number", degrees, ClusterKFold(n_splits=n))
    refused(SettingsError, r"expected, for the number of folds, BlockKFold\(n_splits=5\)",
            cv=BlockKFold(5))  # fmt: skip
    refused(SplitError, "1 block of 1e.*one split, with nothing to train on", degrees,
            BlockKFold(side=1e7))  # fmt: skip
    refused(SettingsError, "expected metres, more than 0", degrees, BlockKFold(side=-5))
    refused(SplitError, r"8 samples at 1 place can't be cut", np.full((8, 2), 9.0), BlockKFold())
    refused(SplitError, "expected one name per row", degrees, LeaveGroups())

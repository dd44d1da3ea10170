"""Groups: dealt evenly, clustered into as many as were asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocage.core import SplitError
from bocage.splits._groups import CLUSTER_CELLS, assign_folds, cluster_places, group_names


@given(st.lists(st.integers(1, 50), min_size=5, max_size=30), st.integers(2, 5), st.integers(0, 3))
def test_parts_are_dealt_evenly_and_by_name_alone(sizes, n_folds, seed):
    names = np.array([f"part {n}" for n in range(len(sizes))])
    size = np.array(sizes)
    fold = assign_folds(names, size, n_folds, salt="test", seed=seed)
    total = np.bincount(fold, weights=size, minlength=n_folds)
    # A part goes where least is: folds differ by one part at most.
    assert total.max() - total.min() <= size.max()
    turned = assign_folds(names[::-1], size[::-1], n_folds, salt="test", seed=seed)[::-1]
    np.testing.assert_array_equal(fold, turned)


def test_ties_of_height_do_not_cost_a_cluster():
    # All merges of a lattice are equally high: a cut by height gave 6 clusters for 7 and 8.
    lattice = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), -1).reshape(-1, 2) * 1000
    for number in range(1, 12):
        label = cluster_places(lattice, number)
        assert sorted(set(label.tolist())) == list(range(1, number + 1))


def test_clusters_are_the_towns_from_west_to_east():
    rng = np.random.default_rng(0)
    towns = np.array([[90_000, 0], [0, 0], [40_000, 70_000]])
    which = rng.integers(3, size=500)
    label = cluster_places(towns[which] + rng.normal(0, 2000, (500, 2)), 3)
    np.testing.assert_array_equal(label, np.array([3, 1, 2])[which])


def test_many_places_are_clustered_within_the_limit_of_memory():
    rng = np.random.default_rng(0)
    xy = rng.uniform(0, 1e6, (20_000, 2))
    assert len(np.unique(np.floor(xy / 1000), axis=0)) > CLUSTER_CELLS
    label = cluster_places(xy, 5)
    share = np.bincount(label)[1:] / 20_000
    assert len(share) == 5
    assert share.min() > 0.05


def test_too_few_places_for_the_clusters_is_said():
    with pytest.raises(SplitError, match="2 places only; expected at least 3"):
        cluster_places(np.array([[0.0, 0.0], [5000.0, 0.0], [0.0, 0.0]]), 3)


def test_an_unknown_column_names_the_known_ones(toy):
    with pytest.raises(SplitError, match=r"no group column 'biome'.*has: region, year"):
        group_names(toy, "region+biome")
    with pytest.raises(SplitError, match="no group column ''"):
        group_names(toy, "region+")
    assert set(group_names(toy, "blocks")) == {"all"}
    assert set(group_names(toy, " year + region ")) == {
        f"{year}+{region}" for year in (2020, 2021) for region in ("east", "north", "south")
    }

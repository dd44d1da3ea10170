"""kNNDM: the published figures, and what must hold on any land."""

import numpy as np
import pytest

from bocage.core import SplitError
from bocage.splits import _knndm as inside
from bocage.splits import knndm
from bocage.splits._distances import mismatch, nearest
from bocage.tasks import on_the_ground

LABELS = np.array([(1, 1), (1, 2), (2, 2), (2, 3), (1, 4), (5, 4)], float)


def _grid(size, n):
    ticks = (np.arange(n) + 0.5) * size / n
    return np.column_stack([part.ravel() for part in np.meshgrid(ticks, ticks)])


def _clustered(n=300, n_clusters=15, seed=7):
    """Labels in tight clusters of a square of 100 by 100."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(5, 95, (n_clusters, 2))
    return centres[rng.integers(0, n_clusters, n)] + rng.normal(0, 1.5, (n, 2))


def test_the_example_of_the_published_package_is_met():
    x, y = 0.419019 + 2.236068 * np.arange(5), 1.485171 + 2.236068 * np.arange(4)
    area = np.column_stack([part.ravel() for part in np.meshgrid(x, y)])
    assert (area < 10).all()
    found = knndm(LABELS, area, 2, largest=0.8)
    assert found.n_clusters == 3
    assert found.fold.tolist() == [0, 0, 0, 0, 1, 1]
    assert found.mismatch == pytest.approx(1.091896, abs=5e-7)


def test_labels_all_over_the_area_get_random_folds_of_one_size():
    points = np.random.default_rng(3).uniform(0, 100, (205, 2))
    found = knndm(points, _grid(100, 30), 10)
    assert found.is_random
    assert found.p_value >= 0.05
    assert set(np.bincount(found.fold)) == {20, 21}
    # Each place is a cluster of its own, so that nothing else is kept together.
    assert sorted(found.cluster.tolist()) == list(range(205))
    # Neighbours are on both sides: no direction of the plane tells the fold.
    assert np.ptp([points[found.fold == k].mean(axis=0) for k in range(10)], axis=0).max() < 40


def test_clustered_labels_are_tested_as_far_away_as_the_map_lies():
    points, area = _clustered(), _grid(100, 40)
    found = knndm(points, area, 10)
    assert not found.is_random
    mapped = nearest(area, points)
    random = np.random.default_rng(0).integers(0, 10, len(points))
    near = inside.nearest_in_training(points, random)
    assert found.mismatch < 0.4 * mismatch(near, mapped)
    assert found.mismatch == pytest.approx(mismatch(found.tested, mapped))
    assert np.bincount(found.fold).max() <= 150
    assert len(np.unique(found.fold)) == 10
    # Clusters are never torn apart.
    pairs = np.unique(np.column_stack([found.cluster, found.fold]), axis=0)
    assert len(pairs) == len(np.unique(found.cluster)) == found.n_clusters


@pytest.mark.parametrize("points", [_clustered(), _grid(100, 15) + 0.01])
def test_the_order_of_rows_changes_nothing(points):
    area = _grid(100, 20)
    order = np.random.default_rng(5).permutation(len(points))
    first, second = knndm(points, area, 5), knndm(points[order], area, 5)
    np.testing.assert_array_equal(first.fold[order], second.fold)
    np.testing.assert_array_equal(first.cluster[order], second.cluster)
    np.testing.assert_array_equal(first.tested[order], second.tested)
    assert first.mismatch == second.mismatch


def test_places_count_as_many_samples_as_they_hold():
    points = _clustered(60, 6)
    weight = np.ones(60, int)
    weight[0] = 50  # a parcel of 50 samples of 109
    found = knndm(points, _grid(100, 20), 4, weight=weight)
    sizes = np.bincount(found.fold, weights=weight)
    assert sizes.max() <= 0.5 * 109
    heavy = weight.copy()
    heavy[0] = 100
    with pytest.raises(SplitError, match="one place or parcel contains 63% of the samples"):
        knndm(points, _grid(100, 20), 4, weight=heavy)


def test_too_few_places_are_refused_in_words():
    with pytest.raises(SplitError, match=r"6 places can't be divided into 5 folds.*at least 7"):
        knndm(LABELS, _grid(10, 5), 5)


def test_many_places_are_clustered_by_k_means(monkeypatch):
    points, area = _clustered(), _grid(100, 40)
    ward = knndm(points, area, 10)
    monkeypatch.setattr(inside, "MOST_FOR_WARD", 100)
    monkeypatch.setattr("scipy.cluster.hierarchy.linkage", None)
    found = knndm(points, area, 10)
    assert found.mismatch < 1.5 * ward.mismatch
    order = np.random.default_rng(5).permutation(len(points))
    np.testing.assert_array_equal(found.fold[order], knndm(points[order], area, 10).fold)


def test_metres_on_the_ground_hold_across_the_date_line_and_at_the_pole():
    here = on_the_ground(np.array([[179.9995, 0.0], [-179.9995, 0.0], [0.0, 89.9995]]))
    there = on_the_ground(np.array([[180.0, 89.9995]]))
    assert np.linalg.norm(here[0] - here[1]) == pytest.approx(111.19, abs=0.03)
    assert np.linalg.norm(here[2] - there[0]) == pytest.approx(111.19, abs=0.03)

"""Planted dimensions are found, and nothing is found where nothing is planted."""

import numpy as np
import pytest

from bocage.datasets.landscape import LandscapeSettings, landscape_samples
from bocage.dimensions import contrast
from bocage.dimensions._contrast import judged
from bocage.dimensions._null import positions
from bocage.splits import SplitSettings, make_split
from bocage.tasks import build_task

SOMEWHERE = np.random.default_rng(5).uniform(0, 1, (1000, 2))


def _country(seed, n_regions=20, **more):
    settings = LandscapeSettings(seed=seed, mixing="planted", n_regions=n_regions, **more)
    samples, truth = landscape_samples(settings)
    task = build_task(samples)
    split = make_split(task, SplitSettings("region", sensitivity=False))
    item = task.inputs["aef"]
    X = np.asarray(item.values, np.float64)
    xy = positions(task.lonlat, split.group)
    found = contrast(X, task.target, task.n_classes, split.group, split.block, xy)
    planted = np.zeros_like(found.found)
    for band, names in truth.roles.items():
        for name in names:
            planted[task.classes.index(name), item.bands.index(band)] = True
    return found, planted


@pytest.mark.parametrize("seeds", [1, pytest.param(4, marks=pytest.mark.truth)])
def test_specialists_and_generalists_are_found_and_nothing_else(seeds):
    right = said = there = 0
    for seed in range(seeds):
        found, planted = _country(seed)
        assert found.over_places
        raised = found.found & (found.effect > 0)
        right += (raised & planted).sum()
        said += raised.sum()
        there += planted.sum()
        # Specialists are raised in one class, generalists in several: as planted, dimension by
        # dimension.
        served = raised.sum(axis=0)
        assert ((served == 1) == (planted.sum(axis=0) == 1)).mean() > 0.96
        assert ((served > 1) == (planted.sum(axis=0) > 1)).mean() > 0.96
    assert right / said >= 0.9
    assert right / there >= 0.9


@pytest.mark.parametrize("n_regions", [4, 20])
def test_nothing_is_found_where_nothing_is_planted(n_regions):
    for seed in range(3):
        found, planted = _country(seed, n_regions, signal=False)
        assert not planted.any()
        assert not found.found.any()


def test_what_goes_with_a_class_in_one_place_only_is_not_found():
    rng = np.random.default_rng(0)
    place = np.repeat(np.arange(10), 80)
    codes = rng.integers(0, 3, 800)
    X = rng.normal(size=(800, 5))
    X[:, 0] += 2.0 * (codes == 1)
    X[:, 1] += 5.0 * ((codes == 1) & (place == 3))
    found = contrast(X, codes, 3, place, place * 10 + rng.integers(0, 10, 800), SOMEWHERE[:800])
    assert found.found[1, 0]
    assert not found.found[:, 1:].any()
    # The others differ from class 1 too, but not from the typical other class.
    assert not found.found[[0, 2], 0].any()


def test_neighbours_are_not_independent():
    # Patches of one class each: ten samples of a patch are one observation.
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(20):
        block = np.repeat(np.arange(24), 10)
        codes = np.repeat(rng.permutation(np.arange(24) % 2), 10)
        X = np.repeat(rng.normal(size=(24, 64)), 10, axis=0) + 0.1 * rng.normal(size=(240, 64))
        at = np.repeat(rng.uniform(0, 1, (24, 2)), 10, axis=0) + rng.normal(0, 0.01, (240, 2))
        wrong += contrast(X, codes, 2, np.zeros(240, int), block, at).found.any()
    # Chance does so in 1 table of 20; samples taken one by one would show something in each.
    assert wrong <= 3


def test_an_effect_is_twice_the_area_under_the_curve_less_one():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 300)
    X = rng.normal(size=(300, 3)) + codes[:, None] * [0.0, 0.5, -1.0]
    found = contrast(X, codes, 2, np.zeros(300, int), np.arange(300) // 10, SOMEWHERE[:300])
    expected = [2 * roc_auc_score(codes, X[:, j]) - 1 for j in range(3)]
    np.testing.assert_allclose(found.effect[1], expected, atol=1e-12)
    np.testing.assert_allclose(found.effect[0], -np.array(expected), atol=1e-12)


def test_a_class_that_is_missing_from_places_is_judged_by_the_others():
    rng = np.random.default_rng(0)
    place = np.repeat(np.arange(12), 60)
    codes = rng.integers(0, 3, 720)
    codes[(codes == 2) & (place < 3)] = 0
    X = rng.normal(size=(720, 4))
    X[:, 2] += 2.0 * (codes == 2)
    found = contrast(X, codes, 4, place, place, SOMEWHERE[:720])
    assert found.found[2, 2]
    assert np.isnan(found.by_place[:3, 2]).all()
    assert np.isnan(found.effect[3]).all()
    assert not found.found[3].any()


def test_a_class_in_one_block_of_a_place_is_not_compared():
    rng = np.random.default_rng(0)
    for n_places, n_blocks in ((4, 1), (1, 24)):
        place = np.repeat(np.arange(n_places), 120)
        block = place * 100 + np.tile(np.arange(120) * n_blocks // 120, n_places)
        codes = rng.integers(0, 2, len(place)) + 1
        codes[block % 100 == 0] = 0 if n_blocks > 1 else codes[block % 100 == 0]
        X = rng.normal(size=(len(place), 40))
        X += rng.normal(size=(block.max() + 1, 40))[block]
        found = contrast(X, codes, 3, place, block, SOMEWHERE[: len(place)])
        assert not found.found[0].any()
        assert n_blocks > 1 or not found.found.any()


def test_of_all_ways_to_change_signs_the_largest_twentieth_is_beyond_chance():
    effects = np.random.default_rng(3).normal(size=(8, 1, 1))
    ways = 1.0 - 2.0 * (np.arange(128)[:, None] >> np.arange(8) & 1)
    changed = ways[:, :, None, None] * effects
    t = abs(changed.mean(axis=1) / changed.std(axis=1, ddof=1)).ravel()
    order = np.argsort(-t)
    # Six of 128 are 4.7 %, seven would be 5.5 %; whatever the seed, as all ways are looked at.
    for rank, way in enumerate(order[:9]):
        for seed in range(12):
            rng = np.random.default_rng(seed)
            found = judged(changed[way], lambda: changed[0], rng)
            assert (abs(found.effect) > found.limit).all() == (rank < 6), (rank, seed)

"""Distances of labels that are polygons of many pixels: every one is from pixel to pixel."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from tests.conftest import make_samples

from bocage.core import metres_in_words
from bocage.report._study_use import use_of
from bocage.report._use import QUANTILES
from bocage.splits import Area, SplitSettings, knndm, look_at_use, make_split
from bocage.splits._distances import mismatch, nearest_other
from bocage.tasks import build_task, on_the_ground

TICKS = (np.arange(40) + 0.5) / 40


def layout(n=60, clusters=0, seed=3):
    """Polygons of 1 to 12 pixels that stand far apart from each other, all over a square."""
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 13, n)
    of = np.repeat(np.arange(n), size)
    middle = rng.uniform(0, 0.1, (n, 2))
    if clusters:
        middle = middle[:clusters][rng.integers(0, clusters, n)] + rng.uniform(0, 0.008, (n, 2))
    lonlat = 10 + middle[of] + rng.uniform(0, 0.004, (len(of), 2))
    return of, lonlat


def square():
    x, y = np.meshgrid(10 + 0.1 * TICKS, 10 + 0.1 * TICKS)
    return Area("square.gpkg", np.column_stack([x.ravel(), y.ravel()]), 280.0)


def task_of(of, lonlat):
    """A task whose samples are these pixels."""
    task = build_task(make_samples(n=3 * -(-len(of) // 3))).take(np.arange(len(of)))
    return replace(task, lonlat=lonlat, unit=of, polygon=of, groups={}, leave="")


def brute(task, split, area):
    """From map to pixel, from pixel to one of another polygon, from test to training, by domain."""
    ground = on_the_ground(task.lonlat)
    between = cdist(ground, ground)
    found = {
        "map": cdist(on_the_ground(area.lonlat), ground).min(axis=1),
        "apart": np.where(task.polygon[:, None] != task.polygon, between, np.inf).min(axis=1),
    }
    for domain in split.domains:
        found[domain] = np.concatenate(
            [
                between[np.ix_(fold.tests[domain], fold.pool)].min(axis=1)
                for fold in split.folds
                if domain in fold.tests
            ]
        )
    return found


@pytest.fixture(scope="module", params=[0, 6], ids=["all over", "in clusters"])
def case(request):
    task, area = task_of(*layout(clusters=request.param)), square()
    return task, make_split(task, SplitSettings("knndm", group_folds=5, area=area)), area


def test_the_medians_that_are_printed_are_those_from_pixel_to_pixel(case):
    task, split, area = case
    true = {key: metres_in_words(float(np.median(d))) for key, d in brute(*case).items()}
    [note] = [text for text in split.notes if text.startswith("these folds (kNNDM)")]
    assert f"Half of the map lies within {true['map']} of a labelled pixel, half of" in note
    assert f"half of the test samples within {true['local']} of a training" in note
    reason = look_at_use(task, split, area, "").advice.reason
    assert f"half of square.gpkg lies within {true['map']} of a labelled pixel" in reason
    words = f"half of the labelled pixels within {true['apart']} of one of another polygon"
    assert words in reason
    for name, domain in (("random folds", "random"), ("kNNDM's folds", "local")):
        assert re.search(rf"{name} test [a-z ]+\({re.escape(true[domain])}\)", reason), reason


def test_what_is_called_nearer_or_further_is_so_from_pixel_to_pixel(case):
    true = {key: float(np.median(d)) for key, d in brute(*case).items()}
    reason = look_at_use(*case, "").advice.reason
    for name, domain in (("random folds", "random"), ("kNNDM's folds", "local")):
        [said] = re.findall(rf"{name} test at ([a-z ]+) distance \(", reason)
        ratio = true[domain] / true["map"]
        near = {"a smaller": ratio < 0.75, "a greater": ratio > 1.25}
        assert near.get(said, 0.75 <= ratio <= 1.25), (said, ratio)


def test_the_page_draws_the_same_distances_and_no_test_nearer_than_labels_stand(case, monkeypatch):
    task, split, area = case
    settings = SimpleNamespace(sampling="", area="square.gpkg", block_metres=None)
    study = SimpleNamespace(task=task, split=split, settings=settings, area=area)
    monkeypatch.setattr("bocage.report._study_use.block_ranges", lambda _: ())
    curves = {c.title: np.array(c.metres) for c in use_of(study).curves}
    true = brute(*case)
    titles = {
        "map (square.gpkg) to labelled pixel": "map",
        "pixel to another polygon's pixel": "apart",
        "test to training: kNNDM folds (local)": "local",
        "test to training: random folds (random)": "random",
    }
    assert set(curves) == set(titles)
    for title, key in titles.items():
        expected = np.quantile(true[key], np.linspace(0, 1, QUANTILES))
        np.testing.assert_allclose(curves[title], expected, atol=1e-6)
    # Training is some of the other polygons.
    for title in list(titles)[2:]:
        assert (curves[title] >= curves["pixel to another polygon's pixel"] - 1e-6).all()


def test_knndm_matches_from_pixel_to_pixel(case):
    task, _, area = case
    points, ground = on_the_ground(task.lonlat), on_the_ground(area.lonlat)
    found = knndm(points, ground, 5, place=task.polygon)
    fold = found.fold[task.polygon]
    between = cdist(points, points)
    tested = np.where(fold[:, None] != fold, between, np.inf).min(axis=1)
    np.testing.assert_allclose(found.tested, tested, atol=1e-6)
    mapped = cdist(ground, points).min(axis=1)
    assert found.mismatch == pytest.approx(mismatch(tested, mapped))
    assert len(found.fold) == len(np.unique(task.polygon))
    # By middles of polygons the map would look further from its labels than it is.
    size = np.bincount(task.polygon)
    middle = np.stack([np.bincount(task.polygon, c) / size for c in points.T], axis=1)
    assert np.median(cdist(ground, middle).min(axis=1)) > 1.05 * np.median(mapped)


def test_the_order_of_pixels_changes_no_fold(case):
    task, _, area = case
    points, ground = on_the_ground(task.lonlat), on_the_ground(area.lonlat)
    order = np.random.default_rng(5).permutation(len(points))
    first = knndm(points, ground, 5, place=task.polygon)
    second = knndm(points[order], ground, 5, place=task.polygon[order])
    np.testing.assert_array_equal(first.fold, second.fold)
    np.testing.assert_array_equal(first.tested[order], second.tested)
    assert first.mismatch == second.mismatch


def test_points_are_places_of_one_position():
    rng = np.random.default_rng(2)
    points, area = np.round(rng.uniform(0, 1000, (80, 2)), 2), rng.uniform(0, 1000, (500, 2))
    weight = rng.integers(1, 5, 80)
    plain = knndm(points, area, 4, weight=weight)
    named = knndm(points, area, 4, place=np.arange(80), weight=weight)
    np.testing.assert_array_equal(plain.fold, named.fold)
    assert (plain.mismatch, plain.p_value) == (named.mismatch, named.p_value)


def test_the_pixels_of_a_polygon_are_no_more_evidence_that_labels_stand_close():
    """Labels drawn all over an area, as polygons of very many pixels, still get random folds."""
    rng = np.random.default_rng(8)
    middle, area = rng.uniform(0, 10_000, (100, 2)), rng.uniform(0, 10_000, (2000, 2))
    of = np.repeat(np.arange(100), 30)
    pixels = middle[of] + rng.uniform(-5, 5, (len(of), 2))
    few, many = knndm(middle, area, 5), knndm(pixels, area, 5, place=of)
    assert few.p_value > 0.05
    assert many.is_random
    assert many.p_value == pytest.approx(few.p_value, abs=0.1)


@pytest.mark.parametrize("n_things", [2, 3, 8, 9, 50])
def test_the_nearest_of_another_thing_is_found_among_many_points(n_things):
    rng = np.random.default_rng(n_things)
    points, of = rng.normal(size=(200, 3)), rng.integers(0, n_things, 200) * 7
    expected = np.where(of[:, None] != of, cdist(points, points), np.inf).min(axis=1)
    np.testing.assert_allclose(nearest_other(points, of), expected)

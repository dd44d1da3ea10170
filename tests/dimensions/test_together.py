"""A subset does for a model of all classes, by the score that a comparison gives."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t
from tests.conftest import make_samples
from tests.data.scripts import load_script
from tests.dimensions.test_explanation import _problem

from bocage.core import Input
from bocage.dimensions import Problem, explain, linear_ablations
from bocage.dimensions._fold_model import FoldModel
from bocage.dimensions._recalls import HeldOutClasses
from bocage.dimensions._together import bounded, chosen_without, together
from bocage.report import beside, sentence
from bocage.splits import SplitSettings, make_split
from bocage.stats import MOST_CROSSED
from bocage.tasks import Samples, build_task


def _held_out(place, block, codes=None, enough=8):
    codes = np.zeros(len(place), np.int64) if codes is None else codes
    return HeldOutClasses.of(
        codes, np.asarray(place), np.asarray(block), int(codes.max()) + 1, enough
    )


def test_a_loss_averages_classes_over_the_places_that_hold_them():
    place = np.repeat([0, 1, 2], 8)
    codes = np.concatenate([np.repeat([0, 1], 4), np.zeros(8, int), np.repeat([0, 1], [6, 2])])
    block = np.tile(np.arange(8), 3)
    every = np.ones(24, bool)
    few = every.copy()
    few[[0, 8, 9, 22]] = False
    found = _held_out(place, block, codes).loss(few, every)
    # Class 0: 3/4, 6/8, 6/6 in three places; class 1: 4/4 and 1/2 in two.
    assert found.full == 1
    np.testing.assert_allclose(found.by_class, [0.5 / 3, 0.25])
    assert found.score == pytest.approx(1 - np.mean([0.5 / 3, 0.25]))
    np.testing.assert_allclose(found.by_place, [0.125, 0.25, 0.25])
    assert found.loss.low < found.loss.value < found.bound < found.loss.high
    assert found.class_bound > found.bound


def test_one_block_in_each_place_tells_nothing_of_how_far_a_loss_may_be_off():
    found = _held_out(np.repeat([0, 1], 10), np.repeat([0, 1], 10)).loss(
        np.arange(20) > 3, np.ones(20, bool)
    )
    assert found.loss.value == pytest.approx(0.2)
    assert np.isnan(found.bound)
    assert np.isnan(found.class_bound)


def test_what_folds_of_whole_places_share_widens_the_bound():
    rng = np.random.default_rng(4)
    place = np.repeat(np.arange(12), 30)
    few, every = rng.random(360) < 0.7, rng.random(360) < 0.75
    made = {
        n_folds: HeldOutClasses.of(np.zeros(360, int), place, place, 1, enough, n_folds).loss(
            few, every
        )
        for n_folds, enough in ((0, 8), (6, 8))
    }
    wide = [found.bound - found.loss.value for found in made.values()]
    assert wide[1] / wide[0] == pytest.approx(np.sqrt(1 + 6 / 5))
    wide = [found.class_bound - found.loss.value for found in made.values()]
    assert wide[1] / wide[0] == pytest.approx(np.sqrt(1 + 6 / 5))


def test_what_few_lose_in_blocks_is_widened_by_what_their_folds_taught_one_another():
    rng = np.random.default_rng(5)
    n, each = 40, 30
    block = np.repeat(np.arange(n), each)
    few, every = rng.random(n * each) < 0.7, rng.random(n * each) < 0.75
    found = _held_out(np.zeros(n * each, int), block).loss(few, every)
    lost = (every.astype(float) - few).reshape(n, each).mean(axis=1)
    half = t.ppf(0.975, n - 1) * lost.std(ddof=1) / np.sqrt(n)
    assert found.loss.value == pytest.approx(lost.mean())
    # Resamples know the ends to a few percent.
    wide = (found.loss.high - found.loss.low) / 2 / half
    assert wide == pytest.approx(MOST_CROSSED, rel=0.06)
    above = (found.bound - found.loss.value) / (t.ppf(0.95, n - 1) / t.ppf(0.975, n - 1) * half)
    assert above == pytest.approx(MOST_CROSSED, rel=0.06)


def test_folds_that_leave_places_out_are_counted_and_those_within_them_are_not():
    task = build_task(make_samples(n=720))
    region = np.array([f"r{at % 9}" for at in range(720)])
    task = replace(task, groups={**task.groups, "region": region})
    split = make_split(task, SplitSettings("region", sensitivity=False))
    problem = Problem.of(task, split, "good")
    every = np.ones(3, dtype=bool)
    for where in ("out", "local"):
        folds = [fold for fold in problem.folds if fold.regime == where]
        models = [
            FoldModel.of(problem, f, chosen_without(problem, f.tests[where], every)) for f in folds
        ]
        tested, losses = bounded(problem, where, models, [1])
        assert tested.whole_places
        assert tested.n_folds == (len(folds) if where == "out" else 0)
        ((k, found),) = losses
        assert k == 1
        assert np.isfinite(found.bound)


@pytest.mark.parametrize(("n_places", "n_blocks"), [(4, 10), (10, 8)])
def test_the_bound_of_a_loss_holds(n_places, n_blocks):
    script = load_script("explain_null")
    made = [script.losses(n_places, n_blocks, 70_000 + seed) for seed in range(60)]
    held = np.mean([found.bound >= truth for found, truth in made])
    assert held >= 0.88  # 0.95 less 2.5 standard errors
    assert np.mean([found.class_bound >= truth for found, truth in made]) >= 0.88
    assert np.mean([found.loss.value for found, _ in made]) == pytest.approx(0.02, abs=0.005)


@pytest.mark.slow
def test_bounds_hold_of_models_that_learn_from_mostly_the_same_places():
    script = load_script("explain_bounds")
    world = script.Gradient(12, 40, 6)
    held = np.mean([script.holds(world, "out", 60_000 + seed) for seed in range(10)], axis=0)
    assert (held >= 0.8).all()  # 0.95 less two standard errors


def test_what_is_tested_chooses_nothing_and_the_search_ends_at_the_first_failure():
    problem = _problem(d=20)
    done = linear_ablations(problem)
    every = np.ones(3, bool)
    found = together(problem, done, "out", every, margin=0.06)
    assert [trial.k for trial in found.trials] == [16, 12, 8, 6, 4, 3, 2, 1]
    assert [trial.is_enough for trial in found.trials] == [True] * 7 + [False]
    assert set(found.bands) == {"D0003", "D0008"}
    assert found.trials[-1].worst_loss > 0.2
    strict = together(problem, done, "out", every, margin=1e-6)
    assert (strict.k, strict.bands, len(strict.trials)) == (0, (), 1)
    careful = together(problem, done, "out", every, margin=0.9, class_margin=0.05)
    assert careful.k == 2
    assert careful.trials[-1].found.bound < 0.9
    # Labels of the fold that is tested are not seen by its model.
    fold = next(fold for fold in problem.folds if fold.regime == "out")
    tests = fold.tests["out"]
    target = problem.codes.copy()
    target[tests] = (target[tests] + 1) % 3
    other = replace(problem, task=replace(problem.task, target=target))
    order = chosen_without(problem, tests, every)
    np.testing.assert_array_equal(chosen_without(other, tests, every), order)


def test_a_class_told_by_two_dimensions_together_is_told_by_trees_alone():
    rng = np.random.default_rng(1)
    n = 600
    X = rng.normal(size=(n, 6))
    label = np.where((X[:, 0] > 0) ^ (X[:, 1] > 0), "c", np.where(X[:, 2] > 0, "a", "b"))
    bands = tuple(f"E{at:02d}" for at in range(6))
    place = np.repeat(["p", "q", "r"], n // 3)
    lonlat = rng.uniform(0, 0.8, (n, 2)) + np.repeat([0, 1, 2], n // 3)[:, None]
    samples = Samples(
        "xor", "classification", label, lonlat, {"e": Input("e", X, bands)}, {"region": place},
        leave="region", synthetic=True,
    )  # fmt: skip
    task = build_task(samples)
    split = make_split(task, SplitSettings("region", sensitivity=False))
    problem = Problem.of(task, split, "e")
    found = explain(problem, linear_ablations(problem))
    assert found.where == "out"
    assert found.left_out == ("c",)
    (one,) = found.bent
    assert set(one.bands) == {"E00", "E01"}
    assert one.score > 0.9
    assert one.chance < 0.5
    said = " ".join(beside(found))
    assert "not distinguished by a linear model, and therefore by no subset here: c" in said
    assert "boosted trees distinguish c with E0" in said
    assert "no better" not in sentence(found)
    # Where nothing else is told, the headline says so.
    alone = replace(found, curves=tuple(c for c in found.curves if not c.is_known))
    assert sentence(alone).startswith(
        "No linear model distinguishes any class from the others in held-out places; boost"
    )


@pytest.mark.parametrize("patchy", [True, False])
def test_strangers_in_patches_are_not_told(patchy):
    script = load_script("explain_null")
    world = replace(script.Strangers(n_places=3, per_place=100, n_bands=8), patchy=patchy)
    told, apart = [], []
    for seed in range(8):
        problem = script.strangers(world, 40_000 + seed)
        told.append(script.is_told(problem, "local"))
        apart.append(script.stands_apart(problem))
    # One in 20 may be; of 8, more than two are in 1 of 100 cases.
    assert sum(told) <= 2
    assert sum(apart) <= 2


@pytest.mark.parametrize("n_places", [3, 4])
def test_intervals_over_few_places_hold_the_truth(n_places):
    script = load_script("explain_null")
    score, number = np.mean(
        [script.place_curves(n_places, 60_000 + seed) for seed in range(80)], axis=0
    )
    assert score >= 0.88  # a plain bootstrap: 0.76 and 0.69
    assert number >= 0.88

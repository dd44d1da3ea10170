"""A number is explained: on made-up inputs whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler
from tests.conftest import make_samples
from tests.data.scripts import load_script

from bocage.core import DataError, Input, SettingsError
from bocage.dimensions import Problem, explain_number, read_subset, write_subset
from bocage.dimensions.numbers import _tested
from bocage.dimensions.numbers._design import ScaledFold
from bocage.dimensions.numbers._enough import DimensionLoss
from bocage.dimensions.numbers._gradients import order_without
from bocage.dimensions.numbers._random_targets import Meaningless
from bocage.splits import SplitSettings, make_split
from bocage.study import references
from bocage.tasks import build_task

D = 12


def problem_of(make=None, n=360, leave="region", seed=7):
    """Twelve dimensions of noise, of which the number follows D03 and, half as much, D08."""
    task = build_task(make_samples(n=n, kind="regression"))
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, D))
    noise = rng.normal(size=n)
    y = 5 + 2 * X[:, 3] - X[:, 8] + noise if make is None else make(X, noise)
    item = Input("made", X, tuple(f"D{at:02d}" for at in range(X.shape[1])))
    task = replace(task, target=y, inputs={"made": item})
    split = make_split(task, SplitSettings(leave, sensitivity=False))
    return Problem.of(task, split, "made")


@pytest.fixture(scope="module")
def found():
    return explain_number(problem_of())


def by_band(found):
    return {one.band: one for one in found.dimensions}


def test_the_dimensions_that_decide_are_found_and_are_enough(found):
    assert found.where == "out"
    assert found.is_told
    assert found.together.bands == ("D03", "D08")
    assert found.together.chosen.found.bound < found.together.margin == 0.02
    own = by_band(found)
    assert [own[band].role for band in ("D03", "D08")] == ["needed", "needed"]
    assert {one.role for one in found.dimensions if one.band not in {"D03", "D08"}} == {"none"}
    assert (own["D03"].rank, own["D08"].rank) == (1, 2)
    assert own["D03"].follows > 0.6
    assert own["D08"].follows < -0.3
    assert (own["D08"].n_same, own["D08"].n_places) == (3, 3)
    # The variance is 4 + 1 + 1: a straight line on D03 knows two thirds of it.
    assert own["D03"].alone.value == pytest.approx(4 / 6, abs=0.06)
    assert own["D03"].alone.low < 4 / 6 < own["D03"].alone.high
    assert own["D08"].alone.value == pytest.approx(1 / 6, abs=0.06)
    assert own["D03"].cost.loss == pytest.approx(4 / 6, abs=0.06)
    assert own["D08"].cost.least > 0.05
    assert found.together.chosen.found.full == pytest.approx(5 / 6, abs=0.06)


def test_scores_are_those_of_scikit_learn_and_of_a_study(found):
    """R2 by hand: errors over those of the mean elsewhere, places weighing the same."""
    problem = found.problem
    errors, squares = np.zeros((3, D + 1)), np.zeros(3)
    for fold in problem.folds:
        if fold.regime != "out":
            continue
        tests, pool = fold.tests["out"], fold.pool
        place = problem.split.groups.index(fold.held_out)
        scaler = StandardScaler().fit(problem.X[pool])
        X, new = scaler.transform(problem.X[pool]), scaler.transform(problem.X[tests])
        y, true = problem.target[pool], problem.target[tests]
        elsewhere = problem.target[problem.split.group != place].mean()
        squares[place] = np.square(true - elsewhere).mean()
        for at in range(D + 1):
            columns = [at] if at < D else list(range(D))
            said = Ridge(1e-2 * len(pool)).fit(X[:, columns], y).predict(new[:, columns])
            errors[place, at] = np.square(said - true).mean()
    r2 = 1 - errors.mean(axis=0) / squares.mean()
    np.testing.assert_allclose([one.alone.value for one in found.dimensions], r2[:D], atol=1e-9)
    curve = found.curve("out", "forward")
    assert curve.full == pytest.approx(r2[D], abs=1e-9)
    assert curve.score[-1] == pytest.approx(r2[D], abs=1e-9)
    assert len(curve.score) == D


def test_a_correlation_is_that_within_places(found):
    problem = found.problem
    each = [
        spearmanr(problem.X[rows, 3], problem.target[rows]).statistic
        for rows in (np.flatnonzero(problem.split.group == place) for place in range(3))
    ]
    assert by_band(found)["D03"].follows == pytest.approx(np.mean(each))
    # A shift of a whole place changes nothing within it.
    shifted = replace(problem.task, target=problem.target + 100 * problem.split.group)
    again = explain_number(Problem.of(shifted, problem.split, "made"), "local")
    assert by_band(again)["D03"].follows == pytest.approx(np.mean(each))


def test_a_number_without_meaning_tells_nothing():
    found = explain_number(problem_of(lambda _, noise: noise))
    assert not found.is_told
    assert found.together.bands == ()
    assert found.together.trials == ()
    assert {one.role for one in found.dimensions} == {"none"}
    assert not found.curved.is_told


def test_what_no_straight_line_tells_is_told_by_trees():

    def crossed(X, noise):
        return 3 * X[:, 3] * np.sign(X[:, 5]) + 0.5 * noise

    found = explain_number(problem_of(crossed, seed=3))
    assert not found.is_told
    assert found.curved.is_told
    assert set(found.curved.bands) == {"D03", "D05"}
    assert found.curved.score > 0.4
    assert found.curved.chance < 0.3


def test_a_bend_beside_a_line_is_said():
    found = explain_number(problem_of(lambda X, noise: X[:, 3] + 2 * abs(X[:, 4]) + 0.3 * noise))
    assert found.is_told
    assert found.curved.is_more
    straight = explain_number(problem_of())
    assert not straight.curved.is_more


def test_what_is_tested_chooses_nothing():
    problem = problem_of()
    fold = next(fold for fold in problem.folds if fold.regime == "out")
    tests = fold.tests["out"]
    target = problem.target.copy()
    target[tests] = 50 * problem.X[tests, 1]
    other = Problem.of(replace(problem.task, target=target), problem.split, "made")
    np.testing.assert_array_equal(order_without(other, tests), order_without(problem, tests))
    assert order_without(problem, tests)[0] == 3


def test_a_choice_among_copies_needs_none_of_them():
    """Of two dimensions that say the same, neither is needed, and one may be left out."""

    def copied(X, noise):
        X[:, 5] = X[:, 3] + 0.01 * X[:, 5]
        return 2 * X[:, 3] + noise

    found = explain_number(problem_of(copied))
    assert found.together.k == 1
    own = by_band(found)
    assert own["D05"].tells
    assert own["D03"].tells
    assert {own["D03"].role, own["D05"].role} == {"needed", "helps"}
    assert (3, 5) in found.redundancy.groups


def test_roles_follow_from_what_is_shown(found):
    one = by_band(found)["D00"]
    assert one.role == "none"
    assert replace(one, cost=DimensionLoss(0.1, 0.01)).role == "needed"
    assert replace(one, cost=DimensionLoss(0.1, -0.01)).role == "helps"
    assert replace(one, cost=DimensionLoss(0.1, float("nan"))).role == "helps"
    assert replace(one, is_steady=True).role == "helps"
    assert replace(one, chance=one.alone.value - 1).role == "helps"


@pytest.mark.parametrize("way", [0, 1], ids=["shifted", "exchanged"])
def test_meaningless_numbers_keep_their_neighbours_and_the_means_of_few_places(way):
    problem = problem_of()
    y = problem.task.lonlat[:, 0] * 10 + 100.0 * problem.split.group
    moved = Meaningless(problem).ways[way](y, np.random.default_rng(1))
    group = problem.split.group
    means = [np.bincount(group, part) / np.bincount(group) for part in (y, moved)]
    np.testing.assert_allclose(*means)
    assert not np.allclose(moved, y)
    # A smooth map stays smooth: the nearest sample is hardly different.
    own = np.flatnonzero(group == 0)
    at = problem.xy[own]
    apart = np.square(at[:, None] - at).sum(axis=2) + np.diag(np.full(len(own), np.inf))
    nearest = apart.argmin(axis=1)
    steps = abs(moved[own] - moved[own][nearest]).mean()
    assert steps < 0.25 * abs(moved[own] - np.random.default_rng(0).permutation(moved[own])).mean()


def test_means_of_many_places_move_among_them():
    script = load_script("explain_number")
    apart = script.Apart(script.Strangers(n_places=8, per_place=30, n_bands=4), 1.0)
    problem = script.stranger_number(apart, 1)
    group, rng = problem.split.group, np.random.default_rng(0)
    n, move = np.bincount(group), Meaningless(problem).ways[0]
    before = np.bincount(group, problem.target) / n
    other = [np.bincount(group, move(problem.target, rng)) / n for _ in range(8)]
    assert any(not np.allclose(before, after) for after in other)
    for after in other:
        assert all(np.isclose(before, value).any() for value in after)


def test_what_r2_holds_errors_against_is_the_mean_elsewhere():
    problem = problem_of()
    y, group = problem.target, problem.split.group
    made = references(y, problem.split)
    for place in range(3):
        np.testing.assert_allclose(made[group == place], y[group != place].mean())
    alone = problem_of(n=360, leave="blocks")
    one = replace(alone.split, groups=("all",), group=np.zeros(360, np.int64))
    np.testing.assert_allclose(references(y, one), y.mean())


def test_a_constant_dimension_tells_nothing_and_breaks_nothing():
    def flat(X, noise):
        X[:, 2] = 4.0
        return 5 + 2 * X[:, 3] + noise

    found = explain_number(problem_of(flat))
    own = by_band(found)["D02"]
    assert own.role == "none"
    assert own.follows == 0
    assert own.weight == 0
    assert any("D02 never varies" in note for note in found.notes)


def test_one_place_is_explained_by_its_blocks():
    task = problem_of(n=1080).task
    task = task.take(np.flatnonzero(task.groups["region"] == "east"))
    split = make_split(task, SplitSettings("blocks", sensitivity=False))
    found = explain_number(Problem.of(task, split, "made"))
    assert found.where == "local"
    assert found.together.bands[0] == "D03"
    assert found.together.chosen.found.bound < 0.02
    assert any(
        "there is only one place, so nothing can be concluded for other places" in note
        for note in found.notes
    )
    with pytest.raises(SettingsError, match="this split has no tests of 'out'"):
        explain_number(found.problem, "out")


def test_too_few_samples_are_refused_in_words():
    with pytest.raises(DataError, match="no fold has 10 training samples"):
        explain_number(problem_of(n=12))


def test_a_subset_file_of_a_number_comes_back(found, tmp_path):
    path = write_subset(found, tmp_path / "subset.yaml")
    assert read_subset(path) == ("D03", "D08")
    text = path.read_text()
    assert "model: ridge regression, R2" in text
    assert "D03: needed" in text
    assert "classes" not in text
    with pytest.raises(DataError, match="no dimensions for corn"):
        read_subset(path, "corn")
    nothing = replace(found, together=replace(found.together, bands=()))
    with pytest.raises(DataError, match="there is no subset"):
        write_subset(nothing, tmp_path / "none.yaml")


def test_unit_and_origin_of_the_number_change_nothing(found):
    problem = found.problem
    other = replace(problem.task, target=1e6 + 1e-3 * problem.target)
    again = explain_number(Problem.of(other, problem.split, "made"))
    assert again.together.bands == found.together.bands
    np.testing.assert_allclose(
        [one.alone.value for one in again.dimensions],
        [one.alone.value for one in found.dimensions], atol=1e-6,
    )  # fmt: skip


def test_a_design_predicts_other_numbers_as_its_own():
    problem = problem_of()
    fold = _tested.Tested.of(problem, "out").folds[0]
    design = ScaledFold.of(problem, fold)
    whole = design.whole(problem.target[None])[0]
    np.testing.assert_allclose(whole, design.steps(np.arange(D), D)[-1])
    np.testing.assert_allclose(
        design.alone(problem.target)[0], design.steps(np.arange(D), D)[0], atol=1e-9
    )


@pytest.mark.parametrize("patchy", [True, False])
def test_strangers_are_not_told(patchy):
    script = load_script("explain_number")
    world = script.Strangers(n_places=4, per_place=60, n_bands=6, patchy=patchy)
    found = [
        script.found_in(script.stranger_number(script.Apart(world, offset), 50_000 + seed), "out")
        for seed in range(5)
        for offset in (0.0, 1.0)
    ]
    # One in 20 may be; of 10, more than three are in 1 of 1000 cases.
    assert (np.sum(found, axis=0) <= 3).all()


@pytest.mark.parametrize(("where", "n_places"), [("local", 3), ("out", 4)])
def test_intervals_and_bounds_hold_the_truth(where, n_places):
    script = load_script("explain_number")
    world = script.Gradient(n_places, 100, 6)
    held = np.mean([script.holds(world, where, 60_000 + seed) for seed in range(20)], axis=0)
    assert (held >= 0.8).all()  # 0.95 less three standard errors

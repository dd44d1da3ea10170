"""The whole answer on made-up inputs whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from tests.conftest import make_samples

from bocage.core import SEGMENTATION, DataError, Input, SettingsError
from bocage.dimensions import (
    Ablation,
    Moments,
    Problem,
    curves,
    explain,
    forward,
    linear_ablations,
    read_subset,
    role_of,
    write_subset,
)
from bocage.report import beside, sentence
from bocage.splits import SplitSettings, make_split
from bocage.tasks import build_task


def _problem(extra=None, d=None, n=360):
    """Two dimensions that decide, others of noise; or what `extra` makes of them."""
    task = build_task(make_samples(n=n))
    rng = np.random.default_rng(7)
    code = task.target
    X = rng.normal(size=(len(task), d or 12))
    X[:, 3] += 4.0 * (code == 0)
    X[:, 8 if X.shape[1] > 8 else 1] += 4.0 * (code == 1)
    X = X if extra is None else extra(X)
    item = Input("made", X, tuple(f"D{i:04d}" for i in range(X.shape[1])))
    task = replace(task, inputs={"made": item})
    split = make_split(task, SplitSettings("region", sensitivity=False))
    return Problem.of(task, split, "made")


def _explained(problem):
    return explain(problem, linear_ablations(problem))


@pytest.fixture(scope="module")
def found():
    return _explained(_problem())


def test_the_dimensions_that_decide_are_chosen_first(found):
    own = {s.label: s.bands for s in found.subsets}
    assert own["crop"][0] == "D0003"
    assert own["tree"][0] == "D0008"
    assert set(own["water"][:2]) == {"D0003", "D0008"}
    assert set(found.together.bands[:2]) == {"D0003", "D0008"}
    assert len(found.together.bands) < 6
    assert found.together.chosen.found.bound < 0.02
    assert found.one_vs_rest.score >= 0.98 * found.one_vs_rest.full


def test_roles_follow_from_what_is_needed_and_raised(found):
    raised = {r.band: r for r in found.raised}
    assert raised["D0003"].classes == ("crop",)
    assert raised["D0008"].classes == ("tree",)
    assert {r.name for r in found.raised if r.band not in {"D0003", "D0008"}} == {"uninterpreted"}
    assert raised["D0003"].agreement == {"region": 1, "year": 1}
    needed = {r.band: r.classes for r in found.needed}
    assert "crop" in needed["D0003"]
    assert "water" in needed["D0003"]
    assert role_of(0) == "uninterpreted"
    assert role_of(9) == "high-generalist"


def test_labels_without_a_pattern_have_no_smallest_subset():
    problem = _problem()
    # At its level one draw in 20 is told; how often is asked in test_together.
    rng = np.random.default_rng(1)
    task = replace(problem.task, target=rng.permutation(problem.task.target))
    nothing = _explained(Problem.of(task, problem.split, "made"))
    assert not nothing.is_told
    assert not any(role.classes for role in (*nothing.needed, *nothing.raised))
    assert nothing.together.trials == ()
    assert sentence(nothing).startswith(
        "No class is distinguished from the others better than by chance"
    )
    assert len(beside(nothing)) == 0


def test_constant_and_double_dimensions_are_named_and_marked(found):
    def more(X):
        return np.column_stack([X, np.full(len(X), 2.0), X[:, 3] + 1e-6])

    problem = _problem(more)
    both = explain(problem, linear_ablations(problem))
    assert "input 'made': D0012 never varies and carries no information" in both.notes
    assert (3, 13) in both.redundancy.groups
    assert "copies of D0003 without further information: D0013" in both.notes
    chosen = {band for s in both.subsets for band in s.bands}
    assert "D0012" not in chosen
    assert not {"D0003", "D0013"} <= set(both.subsets[0].bands)
    kept = "D0003" if "D0003" in both.subsets[0].bands else "D0013"
    other = {"D0003": "D0013", "D0013": "D0003"}[kept]
    assert both.shadows["crop", other] == kept
    assert both.one_vs_rest.full == pytest.approx(found.one_vs_rest.full, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("d", [2, 128, pytest.param(1024, marks=pytest.mark.truth)])
def test_embeddings_of_another_size_work(d):
    problem = _problem(d=d, n=180) if d > 3 else _problem(lambda X: X[:, [3, 8]], n=180)
    if d > 100:
        # Fewer folds: each takes the cube of the dimensions.
        split = make_split(problem.task, SplitSettings("blocks", sensitivity=False))
        problem = Problem.of(problem.task, split, "made")
    made = _explained(problem)
    assert len(made.needed) == d
    assert made.contrast.effect.shape == (3, d)
    assert d != 128 or made.contrast.found[0, 3]


def test_a_class_with_few_samples_is_left_out_and_said():
    problem = _problem()
    target = problem.task.target.copy()
    rare = np.flatnonzero(target == 2)[8:]
    target[rare] = 0
    task = replace(problem.task, target=target)
    made = _explained(Problem.of(task, problem.split, "made"))
    assert made.curve(made.where, "forward", "water") is None
    assert any("fewer than 20 samples: water" in note for note in made.notes)
    assert made.subsets[2].bands == ()
    assert made.left_out == ("water",)
    assert any("2 of 3 classes" in line for line in beside(made))
    assert any("not tested: water; too few samples" in line for line in beside(made))


def test_what_can_not_be_explained_is_refused():
    problem = _problem()
    with pytest.raises(SettingsError, match="no input 'other'"):
        Problem.of(problem.task, problem.split, "other")
    flat = replace(problem.task.inputs["made"], values=np.ones((360, 12)))
    with pytest.raises(DataError, match="no column of input 'made' varies"):
        Problem.of(replace(problem.task, inputs={"made": flat}), problem.split, "made")
    one = Input("made", np.random.default_rng(0).normal(size=(360, 1)), ("D0",))
    with pytest.raises(DataError, match="only one dimension"):
        Problem.of(replace(problem.task, inputs={"made": one}), problem.split, "made")
    pixels = replace(problem.task, kind=SEGMENTATION)
    with pytest.raises(SettingsError, match="is a segmentation"):
        Problem.of(pixels, problem.split, "made")


def test_one_place_without_groups_is_explained_by_its_blocks():
    task = _problem(n=1080).task
    task = task.take(np.flatnonzero(task.groups["region"] == "east"))
    split = make_split(task, SplitSettings("blocks", sensitivity=False))
    alone = _explained(Problem.of(task, split, "made"))
    assert alone.where == "local"
    assert alone.subsets[0].bands[0] == "D0003"
    assert alone.elsewhere.bands == ()
    assert any(
        "there is only one place, so nothing can be concluded for other places" in note
        for note in alone.notes
    )
    assert "within this place" in sentence(alone)
    with pytest.raises(SettingsError, match="this split has no tests of 'out'"):
        explain(alone.problem, linear_ablations(alone.problem), "out")


def test_labels_that_are_too_few_or_of_one_class_a_place_are_said():
    few = _problem(n=24)
    with pytest.raises(DataError, match="no class has 10 training samples"):
        _explained(few)
    problem = _problem()
    region = problem.task.groups["region"]
    task = replace(problem.task, target=(region == "south").astype(np.int64), classes=("x", "y"))
    split = make_split(task, SplitSettings("region", sensitivity=False))
    made = explain(*_ablated(Problem.of(task, split, "made")))
    assert made.curve("local", "forward", "x") is None


def _ablated(problem):
    return problem, linear_ablations(problem)


def test_forward_selection_equals_trying_every_dimension():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(400, 6)) @ rng.normal(size=(6, 6))
    codes = (X[:, 1] + 0.5 * X[:, 4] + rng.normal(size=400) > 0).astype(np.int64)
    normal = Moments.of(X, codes, 2).one_vs_rest()
    order = forward(normal, 6)[1]
    gram, goal = normal.gram[1] + 1e-2 * np.eye(6), normal.goal[1]
    chosen = []
    for step in range(6):

        def explained(j):
            at = [*chosen, j]
            return goal[at] @ np.linalg.solve(gram[np.ix_(at, at)], goal[at])

        best = max((j for j in range(6) if j not in chosen), key=explained)
        assert order[step] == best
        chosen.append(best)


def _ablation(place, own, rest, how="forward", label="a"):
    nothing = np.zeros(0)
    return Ablation(
        f"{place}{how}", place, "local", place, label, "ridge", how, 0, 50, 10, 90,
        np.arange(len(own) - 1), nothing, np.array(own), np.array(rest),
    )  # fmt: skip


def test_the_rule_of_98_percent_on_counts_that_are_known():
    # Recall .5, .9, 1, 1 of the class, 1 of the rest: scores .5, .9, 1, and 1 of all.
    (curve,) = curves([_ablation("p", [5, 9, 10, 10], [90, 90, 90, 90])])
    np.testing.assert_allclose(curve.score, [0.5, 0.9, 1.0])
    assert curve.few.k == 3
    # By accuracy 95 of 100 is not enough, 99 is: a rare class hardly counts.
    assert curve.few_published.k == 2
    assert np.isnan(curve.low).all()


def test_a_score_that_shuffled_labels_reach_has_no_smallest_subset():
    real = _ablation("p", [4, 4, 4], [60, 60, 60])
    (curve,) = curves([real], {("local", "a"): 0.1})
    assert curve.full == pytest.approx(0.0667, abs=1e-4)
    assert not curve.is_known
    assert curve.few.k is None
    assert curves([real], {("local", "a"): 0.05})[0].is_known


def test_intervals_are_over_places():
    parts = [_ablation("p", [10, 10, 10], [90, 90, 90]), _ablation("q", [5, 10, 10], [90, 90, 90])]
    (curve,) = curves(parts)
    assert curve.score[0] == pytest.approx(0.75)
    # Student's with one degree of freedom: two places say next to nothing.
    assert (curve.low[0], curve.high[0]) == (-1, 1)
    assert (curve.few.k, curve.few.low, curve.few.high) == (2, 1, 2)
    more = [_ablation(f"{n}", [5 + n % 2, 10, 10], [90, 90, 90]) for n in range(10)]
    (curve,) = curves(more)
    half = 2.262 * 0.05 / 3  # t(9) s / root n, s = 0.05 root(10 / 9)
    assert curve.low[0] == pytest.approx(0.55 - half, abs=0.004)
    assert curve.high[0] == pytest.approx(0.55 + half, abs=0.004)
    assert (curve.few.low, curve.few.high) == (2, 2)


def test_a_subset_file_comes_back(found, tmp_path):
    path = write_subset(found, tmp_path / "subset.yaml")
    assert read_subset(path) == found.together.bands
    assert read_subset(path, "crop") == found.subsets[0].bands
    with pytest.raises(DataError, match="no dimensions for corn"):
        read_subset(path, "corn")
    (tmp_path / "other.yaml").write_text("bands: [A, B]")
    with pytest.raises(DataError, match="is not a subset file"):
        read_subset(tmp_path / "other.yaml")
    with pytest.raises(DataError, match="can't be read"):
        read_subset(tmp_path / "none.yaml")
    path.write_text(path.read_text().replace("bands:", "bands:\n- D0003\n- D0003", 1))
    with pytest.raises(DataError, match="names D0003 more than once"):
        read_subset(path)

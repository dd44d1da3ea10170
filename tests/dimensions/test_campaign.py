"""Campaigns: the same experiments whoever does them, and no finished one twice."""

from dataclasses import replace

import numpy as np
import pytest
from tests.dimensions.test_explanation import _ablation, _problem

from bocage.core import DataError, SettingsError, Workers
from bocage.dimensions import (
    CampaignSettings,
    Problem,
    explain,
    linear_ablations,
    plan_campaign,
    run_campaign,
)
from bocage.dimensions._curves import smallest
from bocage.dimensions._experiment import run_experiment
from bocage.dimensions._published import _median, _range, line, published

SMALL = CampaignSettings(12, ("lightgbm", "xgboost"), depth=4)


@pytest.fixture(scope="module")
def problem():
    return _problem()


@pytest.fixture(scope="module")
def done(problem, tmp_path_factory):
    return run_campaign(problem, SMALL, tmp_path_factory.mktemp("campaign"), Workers())


def _bits(found):
    return [(a.key, a.order.tobytes(), a.own.tobytes(), a.rest.tobytes()) for a in found]


def test_the_dimensions_that_decide_are_found(done):
    assert len(done) == 12
    for item in done:
        wanted = {"crop": {3}, "tree": {8}, "water": {3, 8}}[item.label]
        assert item.order[0] in wanted
        assert len(item.order) == 4
        assert item.n_train % 2 == 0


def test_roles_follow_from_the_experiments(problem, tmp_path):
    settings = replace(SMALL, experiments=54, splits=("inside", "out"), depth=3)
    done = run_campaign(problem, settings, tmp_path, Workers())
    found = explain(problem, (*linear_ablations(problem), *done)).campaign
    served = {role.band: role.classes for role in found.roles}
    assert "crop" in served["D0003"]
    assert "tree" in served["D0008"]
    assert {line.split for line in found.lines} == {"inside", "out"}
    assert all(line.low <= line.k_corrected <= line.high for line in found.lines)
    (first,) = (role for role in found.roles if role.band == "D0003")
    assert first.low <= len(first.classes) <= first.high
    assert first.agreement["models"] == 1


@pytest.mark.slow
def test_two_processes_give_the_same_bits_as_one(problem, done, tmp_path):
    assert _bits(run_campaign(problem, SMALL, tmp_path, Workers(2))) == _bits(done)


@pytest.mark.slow
def test_dask_gives_the_same_bits_too(problem, done, tmp_path):
    assert _bits(run_campaign(problem, SMALL, tmp_path, Workers(2, "local"))) == _bits(done)


@pytest.mark.parametrize("importance", ["permutation", "shap"])
def test_other_importances_find_them_too(problem, tmp_path, importance):
    settings = replace(SMALL, experiments=6, importance=importance)
    found = run_campaign(problem, settings, tmp_path, Workers())
    for item in found:
        assert item.how == importance
        assert item.order[0] in {"crop": {3}, "tree": {8}, "water": {3, 8}}[item.label]


@pytest.mark.slow
def test_shap_values_of_forests_need_a_package(problem, tmp_path, monkeypatch):
    settings = replace(SMALL, experiments=4, models=("forest", "boosting"), importance="shap")
    for item in run_campaign(problem, settings, tmp_path, Workers()):
        assert item.order[0] in {"crop": {3}, "tree": {8}, "water": {3, 8}}[item.label]
    monkeypatch.setattr("bocage.dimensions._campaign_settings.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="SHAP values of forest need the package shap"):
        CampaignSettings(models=("forest", "xgboost"), importance="shap")


def test_what_is_finished_is_not_done_again(problem, done, tmp_path, monkeypatch):
    run_campaign(problem, SMALL, tmp_path, Workers())
    files = {p: p.stat().st_mtime_ns for p in (tmp_path / "runs").iterdir()}
    # More experiments do not change those that are there.
    more = run_campaign(problem, replace(SMALL, experiments=20), tmp_path, Workers())
    assert _bits(more[:12]) == _bits(done)
    assert all(p.stat().st_mtime_ns == at for p, at in files.items())
    monkeypatch.setattr("bocage.dimensions._campaign.run_experiment", pytest.fail)
    assert _bits(run_campaign(problem, SMALL, tmp_path, Workers())) == _bits(done)


@pytest.mark.parametrize("harm", ["cut", "flip"])
def test_a_damaged_file_is_set_aside_and_done_again(problem, done, tmp_path, harm):
    run_campaign(problem, SMALL, tmp_path, Workers())
    path = min((tmp_path / "runs").glob("*.parquet"))
    content = bytearray(path.read_bytes())
    # Of the first pages: some bits of a file decide nothing.
    content[60] ^= 0xFF
    path.write_bytes(content if harm == "flip" else content[: len(content) // 2])
    assert _bits(run_campaign(problem, SMALL, tmp_path, Workers())) == _bits(done)
    assert list((tmp_path / "runs").glob("*.damaged"))


def test_other_labels_are_other_experiments(problem):
    target = problem.task.target.copy()
    target[0] = (target[0] + 1) % 3
    other = Problem.of(replace(problem.task, target=target), problem.split, "made")
    keys = [{e.key for b in plan_campaign(p, SMALL) for e in b.runs} for p in (problem, other)]
    assert not keys[0] & keys[1]


def test_nothing_that_is_tested_is_learned_from(problem, monkeypatch):
    seen = []

    def fit(_model, X, _y, _seed):
        from bocage.dimensions._tree_path import FittedTrees

        seen.append(X)
        width = X.shape[1]
        return FittedTrees(
            lambda new: seen.append(new) or new[:, 0] > 0, np.ones(width) / width, np.zeros_like
        )

    monkeypatch.setattr("bocage.dimensions._experiment.fit_trees", fit)
    for batch in plan_campaign(problem, SMALL):
        for experiment in batch.runs:
            seen.clear()
            run_experiment(problem, SMALL, experiment)
            full = [X for X in seen if X.shape[1] == 12]
            train, tests = ({tuple(row) for row in X.tolist()} for X in (full[0], full[-1]))
            assert train
            assert tests
            assert not train & tests


def test_shuffled_labels_give_no_roles(problem, tmp_path):
    rng = np.random.default_rng(0)
    task = replace(problem.task, target=rng.permutation(problem.task.target))
    nothing = Problem.of(task, problem.split, "made")
    settings = CampaignSettings(24, ("lightgbm",), depth=3)
    done = run_campaign(nothing, settings, tmp_path, Workers())
    made = published(nothing, done)
    known = [line for line in made.lines if np.isfinite(line.k_corrected)]
    assert len(known) <= 2
    # Each side has a quarter of its samples among the tests, so that no class is ever missing.
    assert all(item.n_own > 0 and item.n_rest > 0 for item in done)


def test_the_smallest_number_by_experiment():
    one, three = np.array([1.0, 1.0, 1.0, 1.0]), np.array([0.5, 0.97, 0.985, 1.0])
    none, below = np.array([0.5, 0.6, 0.7, 1.0]), np.array([-0.1, 0.0, 0.1, -0.1])
    assert smallest(np.stack([one, three, none, below])).tolist() == [1, 3, 0, 0]
    assert _median([one, none, three], list("abc")) == 3
    assert np.isnan(_median([one, none, below], list("abc")))
    # Each place weighs the same, however many experiments it has.
    assert _median([three] * 9 + [one] * 2, ["a"] * 9 + ["b", "c"]) == 1
    assert _range([three] * 9 + [one] * 2, ["a"] * 9 + ["b", "c"]) == (1, 3)
    assert _range([one, none], ["a", "b"]) == (1, np.inf)
    assert np.isnan(_range([one, three], ["a", "a"])).all()


def test_chance_of_experiments_counts_places_and_classes():
    rng = np.random.default_rng(0)
    beyond, several = [], []
    for _ in range(400):
        # Three places whose luck is shared by their experiments: labels mean nothing anywhere.
        score = np.repeat(0.1 * rng.normal(size=3), 4)
        items = [
            replace(
                _ablation(f"p{number // 4}", [0, 0], [0, 0]), n_own=100_000, n_rest=100_000,
                own=np.full(2, int(50_000 * (1 + s))), rest=np.full(2, 50_000), chance=c,
            )
            for number, (s, c) in enumerate(zip(2 * score, 0.1 * rng.normal(size=12), strict=True))
        ]  # fmt: skip
        found = [line(items, n) for n in (1, 9)]
        beyond.append(found[0].full > found[0].chance)
        several.append(found[1].full > found[1].chance)
    assert np.mean(beyond) < 0.08
    assert np.mean(several) < 0.02
    assert line(items[::4], 1).chance == np.inf


def test_what_can_not_be_run_is_refused(problem):
    with pytest.raises(SettingsError, match="model 'trees' is unknown"):
        CampaignSettings(models=("trees",))
    with pytest.raises(SettingsError, match="split 'far' is unknown"):
        CampaignSettings(splits=("far",))
    few = replace(problem.task, target=np.where(np.arange(360) < 4, 1, 0))
    with pytest.raises(DataError, match="no class has 10 samples"):
        plan_campaign(Problem.of(few, problem.split, "made"), SMALL)

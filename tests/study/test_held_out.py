"""What is said of held-out samples one by one, and which labels are called wrong."""

import dataclasses

import numpy as np
import pytest
from tests.conftest import make_samples
from tests.data.studies import make_study

from bocage.splits import SplitSettings
from bocage.study import Protocol, Workers, held_out
from bocage.tasks import build_task

LEAVE = SplitSettings("region", sensitivity=False)


@pytest.fixture(scope="module")
def flipped(tmp_path_factory):
    """A study of the toy samples, 5 % of whose labels were replaced; and which ones."""
    samples = make_samples()
    rng = np.random.default_rng(1)
    wrong = rng.random(len(samples.target)) < 0.05
    names = np.array(["crop", "tree", "water"])
    code = np.searchsorted(names, samples.target)
    off = names[(code + rng.integers(1, 3, len(code))) % 3]
    task = build_task(dataclasses.replace(samples, target=np.where(wrong, off, samples.target)))
    folder = tmp_path_factory.mktemp("flipped")
    methods = ("prior", "good:logistic:C=10")
    study = make_study(folder, task, methods, ("5", "all"), LEAVE, Protocol())
    study.run(Workers())
    return study, wrong[task.row]


def test_labels_that_were_flipped_are_found_and_come_first(flipped):
    study, wrong = flipped
    found = held_out(study.results(), study.methods[1], "out", study.budgets[-1])
    assert found.judged_in == ("local",)
    listed = found.worst_first(has_classes=True)
    hit = wrong[found.rows[listed]]
    doubtful = found.doubtful[listed]
    assert wrong.sum() == 19
    assert hit[doubtful].mean() >= 0.9
    assert hit[doubtful].sum() >= 0.8 * wrong.sum()
    n = int(doubtful.sum())
    assert doubtful[:n].all()
    assert not doubtful[n:].any()
    own = found.true_probability[listed]
    assert (np.diff(own[:n]) >= 0).all()
    assert (np.diff(own[n:]) >= 0).all()


def test_each_sample_stands_with_its_own_fold_group_and_truth(flipped):
    study, _ = flipped
    results, task = study.results(), study.task
    found = held_out(results, study.methods[1], "local", study.budgets[-1])
    assert sorted(found.rows.tolist()) == list(range(len(task)))
    assert (found.group == task.groups["region"][found.rows]).all()
    assert (found.truth == task.target[found.rows]).all()
    tests = {fold.name: set(fold.tests["local"].tolist()) for fold in results.folds("local")}
    assert all(row in tests[name] for row, name in zip(found.rows, found.fold, strict=True))
    parts = results.predictions(study.methods[1], "local", study.budgets[-1], 0)
    assert (found.predicted == np.concatenate([p.predicted for p in parts.values()])).all()
    right = found.predicted == found.truth
    # One is stored in 65,535 steps, the other is not rounded.
    assert np.abs(found.confidence - found.true_probability)[right].max() < 1e-4
    assert (found.confidence > found.true_probability)[~right].all()


def test_draws_that_are_wrong_are_counted(finished):
    """Two draws of five labels a class: some samples are wrong in one of them only."""
    results, task = finished.results(), finished.task
    method, budget = finished.methods[1], finished.budgets[0]
    found = held_out(results, method, "out", budget)
    assert set(found.draws.tolist()) == {2}
    wrong = np.zeros(len(task), int)
    for repeat in range(2):
        for part in results.predictions(method, "out", budget, repeat).values():
            wrong[part.rows] += part.predicted != task.target[part.rows]
    assert (found.draws_wrong == wrong[found.rows]).all()
    assert {0, 1, 2} == set(wrong.tolist())


def test_nothing_is_called_wrong_by_models_that_do_not_know_the_place(flipped):
    study, _ = flipped
    results = study.results()
    results._cells = {k: v for k, v in results._cells.items() if k[1].startswith("out")}
    found = held_out(results, study.methods[1], "out", study.budgets[-1])
    assert len(found) == len(study.task)
    assert found.judged_in == ()
    assert not found.doubtful.any()


def test_a_regression_lists_every_residual_the_largest_first(toy_regression, tmp_path):
    study = make_study(
        tmp_path, toy_regression, ("prior", "good:ridge"), ("all",), LEAVE, Protocol()
    )
    study.run(Workers())
    found = held_out(study.results(), study.methods[1], "out", study.budgets[0])
    listed = found.worst_first(has_classes=False)
    assert len(listed) == len(study.task)
    assert (np.diff(np.abs(found.residual[listed])) <= 0).all()
    assert found.typical == np.median(np.abs(found.predicted - found.truth))
    assert np.isnan(found.confidence).all()

"""An answer at any time: what comes first, and what is said of a study before its end."""

import time
from contextlib import contextmanager

import numpy as np
import pytest

from bocage.core import Pool, SerialExecutor
from bocage.study import Workers, _forecast, answer, forecast, prepare
from bocage.study._results import Results
from bocage.study._stages import STAGES

MORE = {"budgets": ["5", "10", "15", "all"]}


def test_a_first_answer_needs_one_draw_of_two_budgets(settings, tmp_path):
    study = prepare(settings(**MORE), tmp_path / "study")
    plan, folds = study.plan, study.split.folds
    assert [batch.stage for batch in plan.batches] == sorted(b.stage for b in plan.batches)
    first = [run for batch in plan.first for run in batch.runs]
    assert {str(run.cell.budget) for run in first} == {"5", "15"}
    assert {run.cell.repeat for run in first} == {0}
    # Its place is the one that the verdict is asked for: elsewhere.
    assert {folds[run.cell.fold].regime for run in first} == {"out"}
    assert {run.method for run in first} == set(range(len(study.methods)))
    assert len(first) == plan.n_first < plan.n_runs / 3


def test_the_budget_that_is_asked_for_is_in_the_first_answer(settings, tmp_path):
    study = prepare(settings(**MORE, at="all"), tmp_path / "study")
    runs = [run for batch in study.plan.first for run in batch.runs]
    assert {str(run.cell.budget) for run in runs} == {"5", "all"}


def test_the_place_that_is_asked_for_is_in_the_first_answer(settings, tmp_path):
    study = prepare(settings(where="local"), tmp_path / "study")
    folds = {batch.fold for batch in study.plan.first}
    assert {study.split.folds[fold].regime for fold in folds} == {"local"}


def test_where_there_are_no_numbers_the_first_answer_is_of_all(settings, tmp_path):
    study = prepare(settings(budgets=["all"]), tmp_path / "study")
    runs = [run for batch in study.plan.first for run in batch.runs]
    assert {str(run.cell.budget) for run in runs} == {"all"}


def test_what_a_first_answer_needed_is_not_done_again(finished, settings, outcome, tmp_path):
    study = prepare(settings(), tmp_path / "study")
    study.run(Workers(), first_only=True)
    assert len(study.store.refresh()) == study.plan.n_first
    assert {line.budget for line in answer(study).lines["out"]} == {"up to 5 labels per class"}
    files = {path: path.stat().st_mtime_ns for path in study.store.runs.iterdir()}
    study.run(Workers(), first_only=True)
    assert set(study.store.runs.iterdir()) == set(files)
    study.run(Workers())
    assert {path: path.stat().st_mtime_ns for path in files} == files
    kept = {run.key for batch in study.plan.first for run in batch.runs}
    assert not kept & {
        record.key
        for path in set(study.store.runs.iterdir()) - set(files)
        for record in study.store.decode(path.read_bytes())
    }
    assert outcome(study) == outcome(finished)


def test_every_method_has_an_answer_when_a_stage_has_passed(settings, tmp_path):
    study = prepare(settings(**MORE), tmp_path / "study")
    seen = []

    def passed():
        found = answer(study)
        seen.append(
            (
                study.n_missing,
                {line.budget for line in found.lines["out"]},
                {t.methods for (where, _), t in found.tallies.items() if where == "out"},
            )
        )

    study.run(Workers(), passed=passed)
    names = tuple(method.name for method in study.methods)
    two = {f"up to {n} labels per class" for n in (5, 15)}
    every = two | {"up to 10 labels per class", "all labels"}
    assert [budgets for _, budgets, _ in seen] == [two, every, every]
    assert [methods for *_, methods in seen] == [{names}] * 3
    assert seen[0][0] == study.plan.n_runs - study.plan.n_first
    assert seen[0][0] > seen[1][0] > seen[2][0] > 0 == study.n_missing


def test_a_forecast_is_the_sum_of_its_runs_shared_by_the_workers(settings, tmp_path, monkeypatch):
    study = prepare(settings(**MORE), tmp_path / "study")

    def seconds(_context, batch):
        return 0.5 * batch.method + 0.01 * batch.runs[0].cell.n_train

    @contextmanager
    def pool(context, workers, *, prepare):
        prepare()
        time.sleep(0.01)
        yield Pool(SerialExecutor(), workers, context)

    monkeypatch.setattr(_forecast, "_seconds", seconds)
    monkeypatch.setattr(_forecast, "open_pool", pool)
    true = {}
    for batch in study.plan.batches:
        for run in batch.runs:
            name = STAGES[batch.stage]
            true[name] = true.get(name, 0.0) + seconds(None, batch.only("", [run]))
    found = forecast(study, 3)
    assert {stage.name: 3 * stage.seconds for stage in found.stages} == pytest.approx(true)
    assert sum(stage.n_runs for stage in found.stages) == study.plan.n_runs
    assert found.untimed == ()
    assert found.startup >= 0.01


def _results(study, keep):
    """What a study says where only some of its runs are done."""
    done = study.store.refresh()
    kept = {
        run.key: done[run.key]
        for batch in study.plan.batches
        for run in batch.runs
        if keep(study.methods[run.method].name, run.cell.repeat)
    }
    return Results(study.task, study.split, study.methods, study.budgets, study.plan, kept)


def test_a_method_that_is_further_is_compared_by_the_draws_that_all_have(finished):
    last = finished.methods[-1].name
    some = _results(finished, lambda method, repeat: repeat == 0 or method != last)
    first = _results(finished, lambda _, repeat: repeat == 0)
    budget = finished.budgets[0]
    assert some.n_begun("out", budget) == 2
    assert some.n_repeats("out", budget) == first.n_repeats("out", budget) == 1
    assert some.complete("out", budget) == finished.methods
    np.testing.assert_array_equal(
        some.tally("out", budget).counts, first.tally("out", budget).counts
    )
    # What is done is not lost: it stands in the table.
    assert len(some.score_table()) > len(first.score_table())


def test_a_method_that_has_not_begun_holds_up_nobody(finished):
    last = finished.methods[-1].name
    some = _results(finished, lambda method, _: method != last)
    budget = finished.budgets[0]
    assert some.n_repeats("out", budget) == 2
    assert some.complete("out", budget) == finished.methods[:-1]


def test_a_method_that_failed_holds_up_nobody(finished):
    from dataclasses import replace

    done = dict(finished.store.refresh())
    last = len(finished.methods) - 1
    for batch in finished.plan.batches:
        for run in batch.runs:
            if run.method == last and run.cell.repeat == 1:
                done[run.key] = replace(done[run.key], status="failed", reason="no memory")
    some = Results(
        finished.task, finished.split, finished.methods, finished.budgets, finished.plan, done
    )
    budget = finished.budgets[0]
    assert some.n_repeats("out", budget) == 2
    assert some.complete("out", budget) == finished.methods[:-1]

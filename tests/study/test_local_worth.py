"""The worth of labels from the runs of a study: by labels really drawn, of what may be advised."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import mean_count
from bocage.splits import Budget
from bocage.study import answer, field_visits, resample
from bocage.study._local_worth import local_worth

GOOD = "good:logistic:C=10"


def _pools(study, regime):
    return np.mean([len(fold.pool) for fold in study.split.folds if fold.regime == regime])


def _resampled(tallies, study):
    return {key: resample(tally, study.metric) for key, tally in tallies.items()}


def test_labels_are_counted_as_they_were_drawn(finished):
    found = {w.method: w for w in answer(finished).worth}[GOOD]
    assert found.unit == "labels"
    assert found.smallest == 15
    assert found.largest == pytest.approx(_pools(finished, "local"))
    assert found.n_elsewhere == pytest.approx(_pools(finished, "out"))
    assert (found.n_classes, found.filled) == (3, 15)
    assert f"({mean_count(found.n_elsewhere)} on average)" in found.sentence


def test_floors_and_controls_are_worth_nothing(finished):
    assert "prior" in answer(finished).tallies["out", "all"].methods
    assert [w.method for w in answer(finished).worth] == [GOOD, "noise:knn3:metric=euclidean"]


def test_visits_are_of_the_smallest_budget_that_reaches_the_score(finished):
    found = answer(finished)
    # Any score reaches that of all labels from elsewhere here, or none does.
    easy = {
        key: replace(t, counts=np.flip(t.counts, -2)) if key == ("out", "all") else t
        for key, t in found.tallies.items()
    }
    made = {w.method: w for w in local_worth(finished, easy, _resampled(easy, finished))}[GOOD]
    assert made.labels == 0
    assert made.visits == field_visits(finished.task, finished.split, 5, "region")
    assert made.sentence.endswith(made.visits.sentence)
    hard = {
        key: replace(t, counts=np.flip(t.counts, -2)) if key[0] == "local" else t
        for key, t in found.tallies.items()
    }
    made = {w.method: w for w in local_worth(finished, hard, _resampled(hard, finished))}[GOOD]
    assert np.isinf(made.labels)
    assert made.visits is None


def test_nothing_is_said_without_a_method_that_has_all_runs(finished):
    found = answer(finished)
    some = {
        key: t.take_methods(["prior"] if key == ("local", "5") else t.methods)
        for key, t in found.tallies.items()
    }
    assert local_worth(finished, some, _resampled(some, finished)) == ()
    del some["out", "all"]
    assert local_worth(finished, some, _resampled(some, finished)) == ()


def test_budgets_of_any_kind_stand_on_one_curve(finished):
    shared = replace(finished, budgets=(Budget(0.2, "fraction"), *finished.budgets))
    # The study has not run it, and says nothing of it.
    assert ("local", "20%") not in shared.drawn
    assert [w.smallest for w in answer(shared).worth] == [15, 15]

"""Tuning within the labels: the same number of trials, nothing seen that is tested."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from bocage.features import matrix
from bocage.methods import MODELS, fit_tuned, parse_method
from bocage.splits import Budget, Drawer, InnerMaker, SplitSettings, make_split


@pytest.fixture(scope="module")
def case(toy):
    split = make_split(toy, SplitSettings("region"))
    fold = next(fold for fold in split.folds if fold.regime == "out")
    rows = Drawer(toy, split).draw(fold, Budget(10), 0).rows
    inner = InnerMaker(toy, split).make(fold, rows)
    return toy, fold, rows, inner


def _tuned(case, text, *, inner="own", trials=4, target=None):
    task, _, rows, own = case
    method = parse_method(text)
    features = matrix(task.inputs, task.lonlat, method.inputs)
    return fit_tuned(
        method,
        features,
        task.target if target is None else target,
        rows,
        own if inner == "own" else inner,
        kind="classification",
        n_classes=task.n_classes,
        trials=trials,
        seed=0,
    )


def test_inner_folds_hold_out_whole_training_groups(case):
    task, fold, rows, inner = case
    assert inner.by == "groups"
    assert set(rows) <= set(fold.pool)
    for train, held in inner.folds:
        assert set(train) | set(held) == set(range(len(rows)))
        region = task.groups["region"][rows]
        assert not set(region[train]) & set(region[held])


def test_every_model_gets_as_many_trials_as_its_grid_holds_up_to_the_number_asked(case):
    for name, model in MODELS.items():
        grid = model.grid.get("classification", ())
        if len(grid) < 2:
            continue
        assert len(grid) >= 4, name
        if name in {"logistic", "knn3", "bands"}:
            assert _tuned(case, f"good:{name}").trials == 4


def test_the_best_setting_is_the_one_a_plain_loop_finds(case):
    task, _, rows, inner = case
    X, y = task.inputs["good"].values[rows], task.target[rows]
    scores = []
    for C in (10.0, 1.0, 100.0, 0.1):
        found, weight = [], []
        for train, held in inner.folds:
            mean, spread = X[train].mean(axis=0), X[train].std(axis=0)
            head = LogisticRegression(C=C, max_iter=2000, class_weight="balanced")
            head.fit((X[train] - mean) / spread, y[train])
            predicted = head.predict((X[held] - mean) / spread)
            found.append(balanced_accuracy_score(y[held], predicted))
            weight.append(len(np.unique(y[held])))
        scores.append(np.average(found, weights=weight))
    tuned = _tuned(case, "good:logistic")
    assert tuned.params == {"C": (10.0, 1.0, 100.0, 0.1)[int(np.argmax(scores))]}
    assert tuned.why == "tuned"


def test_the_refit_learns_from_all_labels(case):
    rows = case[2]
    tuned = _tuned(case, "good:knn3")
    assert len(tuned.head.estimator_._fit_X) == len(rows)
    assert _tuned(case, "good:forest").head.estimator_.n_estimators == 100


def test_labels_of_tested_samples_are_never_looked_at(case):
    task, _, rows, _ = case
    spoiled = (task.target + 1) % task.n_classes
    spoiled[rows] = task.target[rows]
    a, b = _tuned(case, "good:logistic"), _tuned(case, "good:logistic", target=spoiled)
    X = task.inputs["good"].values
    assert a.params == b.params
    np.testing.assert_array_equal(a.head.predict_proba(X), b.head.predict_proba(X))


def test_fixed_and_untunable_say_so(case):
    assert _tuned(case, "good:logistic:C=3").why == "fixed"
    assert _tuned(case, "good:logistic:C=3").trials == 0
    assert _tuned(case, "good:logistic", trials=1).why == "nothing to tune"
    few = _tuned(case, "good:logistic", inner=None)
    assert few.params == {"C": 10.0}
    assert few.why.startswith("published defaults")

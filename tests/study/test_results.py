"""A study's scores, against scikit-learn doing the same by hand."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    jaccard_score,
    log_loss,
    mean_absolute_error,
    r2_score,
)

from bocage.metrics import ece
from bocage.study import Workers, answer, make_settings, prepare

LOGISTIC = "good:logistic:C=10"


def _by_hand(study, regime):
    """Fit the same head on the same folds, all labels; group by held-out place."""
    task = study.task
    X = task.inputs["good"].values
    found = {}
    for fold in study.split.folds:
        if fold.regime != regime:
            continue
        rows = np.sort(np.concatenate([fold.pool, fold.always]))
        mean, spread = X[rows].mean(axis=0), X[rows].std(axis=0)
        head = LogisticRegression(C=10, max_iter=2000, class_weight="balanced")
        head.fit((X[rows] - mean) / spread, task.target[rows])
        for domain, test in fold.tests.items():
            proba = head.predict_proba((X[test] - mean) / spread)
            found.setdefault((domain, fold.held_out), []).append((task.target[test], proba))
    return {
        key: (np.concatenate([t for t, _ in parts]), np.concatenate([p for _, p in parts]))
        for key, parts in found.items()
    }


@pytest.mark.parametrize("regime", ["out", "local", "both", "random"])
def test_scores_equal_a_loop_over_the_same_folds(finished, regime):
    table = finished.results().score_table()
    table = table[(table["method"] == LOGISTIC) & (table["budget"] == "all")]
    expected = _by_hand(finished, regime)
    assert expected
    for (domain, group), (true, proba) in expected.items():
        mine = table[(table["domain"] == domain) & (table["group"] == group)]
        value = dict(zip(mine["metric"], mine["value"], strict=True))
        pred = proba.argmax(axis=1)
        right = (pred == true).astype(float)
        labels = [0, 1, 2]
        known = {
            "accuracy": accuracy_score(true, pred),
            "balanced_accuracy": balanced_accuracy_score(true, pred),
            "macro_f1": f1_score(true, pred, average="macro", labels=labels),
            "log_loss_before": log_loss(true, proba, labels=labels),
            "brier_before": np.square(proba - np.eye(3)[true]).sum(axis=1).mean(),
            "ece_before": ece(proba.max(axis=1).astype(np.float32), right),
        }
        for at, name in enumerate(finished.task.classes):
            known[f"f1:{name}"] = f1_score(true, pred, average=None, labels=labels)[at]
            known[f"iou:{name}"] = jaccard_score(true, pred, average=None, labels=labels)[at]
        for metric, figure in known.items():
            assert value[metric] == pytest.approx(figure, abs=1e-6), (domain, group, metric)
        assert (mine["n"] == len(true)).all()


def test_the_same_samples_are_tested_with_labels_from_elsewhere_from_here_and_both(finished):
    table = finished.results().score_table()
    table = table[(table["budget"] == "all") & (table["metric"] == "accuracy")]
    sizes = table.pivot_table(index=["method", "group"], columns="domain", values="n")
    for group in finished.split.groups:
        n = int((finished.task.groups["region"] == group).sum())
        rows = sizes[sizes.index.get_level_values("group") == group]
        assert (rows[["out", "local", "both"]] == n).all(axis=None)


def test_budgets_pay_for_exactly_what_they_say(finished):
    table = finished.results().score_table()
    five = table[(table["budget"] == "5") & table["domain"].isin(["out", "local", "random"])]
    assert (five["n_labels"] == 15).all()


def test_good_input_is_taken_and_noise_is_not(finished):
    found = answer(finished)
    for line in found.lines["local"]:
        assert line.verdict.best == LOGISTIC
    losses = {loss.method: loss for loss in found.lines["out"][-1].verdict.losses}
    assert losses["noise:knn3:metric=euclidean"].score.value == pytest.approx(1 / 3, abs=0.1)


def test_regression_scores_equal_a_loop(tmp_path):
    import pandas as pd
    from sklearn.linear_model import Ridge
    from tests.conftest import make_samples

    samples = make_samples(kind="regression")
    frame = pd.DataFrame(samples.inputs["good"].values, columns=["g1", "g2", "g3"])
    frame["lon"], frame["lat"] = samples.lonlat.T
    frame["region"], frame["mass"] = samples.groups["region"], samples.target
    frame.to_csv(tmp_path / "mass.csv", index=False)
    values = {
        "task": str(tmp_path / "mass.csv"),
        "target": "mass",
        "leave": "region",
        "inputs": {"good": "g?"},
        "methods": ["good:ridge:alpha=1"],
        "budgets": ["20", "all"],
        "repeats": 2,
    }
    study = prepare(make_settings(values), tmp_path / "study")
    study.run(Workers())
    table = study.results().score_table()
    table = table[(table["method"] == "good:ridge:alpha=1") & (table["budget"] == "all")]
    task = study.task
    for fold in study.split.folds:
        if fold.regime != "out":
            continue
        X = task.inputs["good"].values
        mean, spread = X[fold.pool].mean(axis=0), X[fold.pool].std(axis=0)
        head = Ridge(alpha=1.0).fit((X[fold.pool] - mean) / spread, task.target[fold.pool])
        test = fold.tests["out"]
        pred = head.predict((X[test] - mean) / spread)
        mine = table[(table["domain"] == "out") & (table["group"] == fold.held_out)]
        value = dict(zip(mine["metric"], mine["value"], strict=True))
        assert value["r2"] == pytest.approx(r2_score(task.target[test], pred), abs=1e-9)
        assert value["mae"] == pytest.approx(mean_absolute_error(task.target[test], pred))
    assert answer(study).lines["out"][-1].verdict.best == "good:ridge:alpha=1"

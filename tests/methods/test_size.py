"""What must be shipped: counted by hand for every head that can be."""

import numpy as np
import pytest

from bocage.methods import HEADS, Head, head_size

CLASSIFIERS = [name for name, model in HEADS.items() if "classification" in model.grid]
REGRESSORS = [name for name, model in HEADS.items() if "regression" in model.grid]
SCALE = 2 * 5  # mean and spread of five bands


def _pair(head):
    size = head_size(head)
    return size.trained, size.n_bytes


def _data(n=120, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(classes, size=n)
    return rng.normal(size=(n, 5)) + 2 * np.eye(5)[y], y


@pytest.mark.parametrize("model", sorted({*CLASSIFIERS, *REGRESSORS}))
def test_size_is_positive_and_no_parameter_is_free(model):
    kind = "classification" if model in CLASSIFIERS else "regression"
    X, y = _data()
    target = y if kind == "classification" else X[:, 0]
    head = Head(model, kind, dict(HEADS[model].grid[kind][0]), 3).fit(X, target)
    size = head_size(head)
    n_parameters, n_bytes = size.trained, size.n_bytes
    assert n_parameters > 0
    assert isinstance(n_parameters, int)
    assert isinstance(n_bytes, int)
    assert n_bytes >= n_parameters


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("logistic", 3 * 5 + 3 + SCALE),
        ("bands", 2 * 3 * 5 + 3 + SCALE),  # mean and variance, and the share of each class
        ("knn1", 120 * 5 + 120 + SCALE),  # all samples and their labels
        ("knn3", 120 * 5 + 120 + SCALE),
        ("mlp", 5 * 64 + 64 + 64 * 3 + 3 + SCALE),
        ("prior", 3),
    ],
)
def test_parameters_of_classifiers_are_those_counted_by_hand(model, expected):
    X, y = _data()
    params = dict(HEADS[model].grid["classification"][0])
    flags = np.zeros(5, bool) if model == "prior" else None
    head = Head(model, "classification", params, 3, flags).fit(X, y)
    assert _pair(head) == (expected, 8 * expected)


@pytest.mark.parametrize(
    ("model", "expected"),
    [("ridge", 5 + 1 + SCALE), ("bands", 1 + 1 + SCALE), ("mlp", 5 * 64 + 64 + 64 + 1 + SCALE)],
)
def test_parameters_of_regressors_are_those_counted_by_hand(model, expected):
    X, y = _data()
    params = dict(HEADS[model].grid["regression"][0])
    head = Head(model, "regression", params).fit(X, X[:, 0] + y)
    assert _pair(head) == (expected, 8 * expected)


def test_bands_that_keep_their_scale_store_none():
    X, y = _data()
    flags = np.array([True, False, False, False, True])
    assert _pair(Head("logistic", n_classes=3, standardise=flags).fit(X, y))[0] == 18 + 4
    none = np.zeros(5, bool)
    assert _pair(Head("logistic", n_classes=3, standardise=none).fit(X, y))[0] == 18


def test_a_forest_of_stumps_is_three_nodes_a_tree():
    X, y = _data(classes=2)
    head = Head("forest", params={"n_estimators": 7, "max_depth": 1}, n_classes=2).fit(X, y)
    # A node holds its band, its threshold, two children and the shares of two classes.
    assert _pair(head) == (7 * 3 * 6, 7 * 3 * 6 * 8)


@pytest.mark.parametrize("model", ["forest", "xgboost", "lightgbm", "knn1"])
def test_more_trees_or_samples_are_larger(model):
    small, large = _data(60), _data(240)
    if model == "knn1":
        found = [_pair(Head(model, n_classes=3).fit(*data)) for data in (small, large)]
    else:
        found = [
            _pair(Head(model, params={"n_estimators": n}, n_classes=3).fit(*large)) for n in (5, 50)
        ]
    assert found[0][0] < found[1][0]
    assert found[0][1] < found[1][1]


def test_tree_files_are_as_long_as_their_safe_formats(tmp_path):
    X, y = _data()
    boosted = Head("xgboost", params={"n_estimators": 20}, n_classes=3).fit(X, y)
    boosted.estimator_.save_model(tmp_path / "model.ubj")
    assert _pair(boosted)[1] == pytest.approx((tmp_path / "model.ubj").stat().st_size, rel=0.05)
    light = Head("lightgbm", params={"n_estimators": 20}, n_classes=3).fit(X, y)
    light.estimator_.booster_.save_model(tmp_path / "model.txt")
    assert _pair(light)[1] == pytest.approx((tmp_path / "model.txt").stat().st_size, rel=0.05)

"""Every model behind the one layer: classes, weights, scales, seeds."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier

from bocage.core import DataError
from bocage.methods import MODELS, Head, head_size

CLASSIFIERS = [name for name, model in MODELS.items() if "classification" in model.grid]
REGRESSORS = [name for name, model in MODELS.items() if "regression" in model.grid]


def _data(n=120, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(classes, size=n)
    return rng.normal(size=(n, 5)) + 2 * np.eye(5)[y], y


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_probabilities_cover_all_classes_of_the_task_also_unseen_ones(model):
    X, y = _data()
    codes = np.array([1, 3, 4])[y]
    head = Head(model, "classification", dict(MODELS[model].grid["classification"][0]), 6).fit(
        X, codes
    )
    proba = head.predict_proba(X)
    assert proba.shape == (120, 6)
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
    assert not proba[:, [0, 2, 5]].any()
    assert set(head.predict(X)) <= {1, 3, 4}
    if model != "prior":
        assert (head.predict(X) == codes).mean() > 0.8


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_a_seed_decides_everything(model):
    X, y = _data()
    params = dict(MODELS[model].grid["classification"][0])
    a, b = (Head(model, params=params, n_classes=3, seed=5).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))


@pytest.mark.parametrize("model", REGRESSORS)
def test_regressors_give_finite_values(model):
    X, y = _data()
    target = X @ [1.0, 2.0, 0.0, 0.0, 0.0] + y
    head = Head(model, "regression", dict(MODELS[model].grid["regression"][0])).fit(X, target)
    found = head.predict(X)
    assert found.shape == (120,)
    assert np.isfinite(found).all()
    if model == "prior":
        np.testing.assert_allclose(found, target.mean())
    else:
        assert np.corrcoef(found, target)[0, 1] > 0.5


@pytest.mark.parametrize("model", sorted({*CLASSIFIERS, *REGRESSORS}))
def test_size_is_positive_and_grows_with_what_is_stored(model):
    kind = "classification" if model in CLASSIFIERS else "regression"
    X, y = _data()
    target = y if kind == "classification" else X[:, 0]
    head = Head(model, kind, dict(MODELS[model].grid[kind][0]), 3).fit(X, target)
    n_parameters, n_bytes = head_size(head)
    assert n_parameters > 0
    assert n_bytes >= n_parameters


def test_size_of_a_logistic_regression_is_its_coefficients_and_its_scale():
    X, y = _data()
    assert head_size(Head("logistic", n_classes=3).fit(X, y)) == (3 * 5 + 3 + 2 * 5, 8 * 28)


def test_classes_weigh_alike_as_in_scikit_learn():
    X, y = _data(200)
    rare = np.flatnonzero((y != 2) | (np.arange(200) % 8 == 0))
    X, y = X[rare], y[rare]
    keep = np.zeros(5, bool)
    for model, other in (
        ("logistic", LogisticRegression(C=10.0, max_iter=2000, class_weight="balanced")),
        ("forest", RandomForestClassifier(100, class_weight="balanced", random_state=3)),
    ):
        params = {"C": 10.0} if model == "logistic" else {}
        mine = Head(model, "classification", params, 3, keep, 3).fit(X, y)
        np.testing.assert_allclose(mine.predict_proba(X), other.fit(X, y).predict_proba(X))


def test_weighted_samples_do_what_repeated_samples_would():
    # Class 1 has a third of the samples of class 0: a weight of three is three copies.
    X, y = _data(90, 2)
    some = np.concatenate([np.flatnonzero(y == 0)[:30], np.flatnonzero(y == 1)[:10]])
    repeated = np.concatenate([some[:30], *[some[30:]] * 3])
    keep = np.zeros(5, bool)
    head = Head("logistic", "classification", {"C": 1.0}, 2, keep).fit(X[some], y[some])
    # Balanced weights sum to the number of samples: 40 instead of 60, so C is scaled.
    plain = LogisticRegression(C=40 / 60, max_iter=2000).fit(X[repeated], y[repeated])
    np.testing.assert_allclose(head.predict_proba(X), plain.predict_proba(X), atol=1e-3)


def test_scales_are_learned_on_training_rows_alone():
    X, y = _data()
    far = X.copy()
    far[60:] = far[60:] * 1000 + 500  # what is tested later must not matter
    a = Head("logistic", n_classes=3).fit(X[:60], y[:60])
    b = Head("logistic", n_classes=3).fit(far[:60], y[:60])
    np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))


def test_marked_bands_are_standardised_and_others_are_not():
    X, y = _data()
    X = X * [1, 100, 1, 1, 1]
    flags = np.array([False, True, False, False, False])
    mine = Head("knn1", "classification", None, 3, flags).fit(X, y)
    scaled = X.copy()
    scaled[:, 1] = (X[:, 1] - X[:, 1].mean()) / X[:, 1].std()
    new = _data(seed=1)[0] * [1, 100, 1, 1, 1]
    moved = new.copy()
    moved[:, 1] = (new[:, 1] - X[:, 1].mean()) / X[:, 1].std()
    expected = KNeighborsClassifier(1).fit(scaled, y).predict(moved)
    np.testing.assert_array_equal(mine.predict(new), expected)


def test_a_band_that_never_moves_in_training_changes_nothing():
    X, y = _data()
    still = np.column_stack([X, np.full(len(X), 7.0)])
    new = np.column_stack([X, np.linspace(-1e6, 1e6, len(X))])
    new[:, 5] = 7.0
    a, b = Head("ridge", "regression").fit(X, y), Head("ridge", "regression").fit(still, y)
    np.testing.assert_allclose(a.predict(X), b.predict(new))
    expected = Ridge().fit((X - X.mean(axis=0)) / X.std(axis=0), y)
    np.testing.assert_allclose(a.predict(X), expected.predict((X - X.mean(axis=0)) / X.std(axis=0)))


def test_too_few_labels_for_three_neighbours_is_said():
    X, y = _data(2)
    with pytest.raises(DataError, match="3 labels or more; found 2"):
        Head("knn3", n_classes=3).fit(X, y)


def test_rows_and_labels_must_be_as_many():
    X, y = _data()
    with pytest.raises(DataError, match="120 rows of features but 119 labels"):
        Head(n_classes=3).fit(X, y[1:])

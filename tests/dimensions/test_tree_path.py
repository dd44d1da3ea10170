"""Tree models are their libraries' own, and say what each dimension adds."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from bocage.dimensions._importance import permutation, shap
from bocage.dimensions._tree_path import TREES, fit_trees


def _samples(n=300, d=10, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.random(n) < 0.2
    X = rng.normal(size=(n, d)) + y[:, None] * np.linspace(0, 1.2, d)
    stored = np.clip(np.round(X * 30), -127, 127)
    return (np.sign(stored) * (stored / 127.5) ** 2).astype(np.float32), y


@pytest.mark.parametrize(
    ("model", "library"),
    [("forest", RandomForestClassifier), ("boosting", GradientBoostingClassifier)],
)
def test_the_trees_are_scikit_learns_own(model, library):
    X, y = _samples()
    new, _ = _samples(seed=5)
    expected = library(n_estimators=100, random_state=1).fit(X, y)
    found = fit_trees(model, X, y, 1)
    np.testing.assert_array_equal(found.predict(new), expected.predict(new))
    np.testing.assert_array_equal(found.importance, expected.feature_importances_)
    other = fit_trees(model, X, y, 6)
    assert (other.importance != expected.feature_importances_).any()


@pytest.mark.parametrize("model", TREES)
def test_shap_values_add_up_to_what_is_decided(model):
    X, y = _samples(400)
    found = fit_trees(model, X, y, 0)
    values = found.contributions(X)
    assert values.shape == X.shape
    # What is left is one constant, the same for every sample: the sign of the sum decides.
    total = values.sum(axis=1)
    said = found.predict(X)
    assert total[said].min() > total[~said].max() - 1e-9
    assert shap(found, X).argmax() in {8, 9}


@pytest.mark.parametrize("model", ["forest", "boosting"])
def test_shap_values_explain_the_chance_that_the_library_gives(model):
    from shap import TreeExplainer

    X, y = _samples(200)
    if model == "forest":
        library = RandomForestClassifier(100, random_state=0).fit(X, y)
        expected = library.predict_proba(X)[:, 1]
        start = TreeExplainer(library).expected_value[1]
    else:
        library = GradientBoostingClassifier(random_state=0).fit(X, y)
        expected = library.decision_function(X)
        start = TreeExplainer(library).expected_value
    values = fit_trees(model, X, y, 0).contributions(X)
    np.testing.assert_allclose(values.sum(axis=1) + start, expected, atol=1e-6)


@pytest.mark.parametrize("model", ["forest", "boosting"])
def test_trees_that_can_not_split_say_nothing(model):
    X = np.zeros((20, 3), np.float32)
    found = fit_trees(model, X, np.arange(20) < 10, 0)
    np.testing.assert_array_equal(found.importance, 0)
    np.testing.assert_array_equal(found.contributions(X), 0)


def test_shuffling_costs_what_the_model_leans_on():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4)).astype(np.float32)
    y = X[:, 2] > 0
    found = permutation(lambda values: values[:, 2] > 0, X, y, rng)
    np.testing.assert_array_equal(found, [0, 0, 1, 0])
    nothing = permutation(lambda values: np.ones(len(values), bool), X, y, rng)
    np.testing.assert_array_equal(nothing, 0)


@pytest.mark.parametrize("model", TREES)
def test_the_strongest_dimension_matters_most(model):
    X, y = _samples(600)
    found = fit_trees(model, X, y, 0)
    assert found.importance.argmax() in {8, 9}
    assert found.importance.sum() == pytest.approx(1)
    again = fit_trees(model, X, y, 0)
    np.testing.assert_array_equal(found.predict(X), again.predict(X))
    assert (found.predict(X) == y).mean() > 0.95

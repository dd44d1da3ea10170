"""Models that leave out what their library repeats are the library's own models."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from bocage.explain._importance import permutation, shap
from bocage.explain._tree_path import TREES, fit_trees


def _samples(n=300, d=10, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.random(n) < 0.2
    X = rng.normal(size=(n, d)) + y[:, None] * np.linspace(0, 1.2, d)
    stored = np.clip(np.round(X * 30), -127, 127)
    return (np.sign(stored) * (stored / 127.5) ** 2).astype(np.float32), y


@pytest.mark.parametrize("seed", [0, 1])
def test_the_forest_is_scikit_learns_but_for_splits_that_are_equally_good(seed):
    X, y = _samples()
    new, _ = _samples(seed=5)
    library = RandomForestClassifier(100, random_state=seed, n_jobs=1).fit(X, y)
    found = fit_trees("forest", X, y, seed)
    assert (found.predict(new) == library.predict(new)).mean() >= 0.99
    np.testing.assert_allclose(found.importance, library.feature_importances_, atol=0.01)
    # Not another forest that happens to be as good.
    other = fit_trees("forest", X, y, seed + 5)
    near, far = (abs(m.importance - library.feature_importances_).max() for m in (found, other))
    assert near < far / 2


@pytest.mark.parametrize("seed", [0, 1])
def test_boosting_is_scikit_learns(seed):
    X, y = _samples()
    new, _ = _samples(seed=5)
    library = GradientBoostingClassifier(random_state=seed).fit(X, y)
    found = fit_trees("boosting", X, y, seed)
    np.testing.assert_array_equal(found.predict(new), library.predict(new))
    np.testing.assert_allclose(found.importance, library.feature_importances_, atol=1e-9)


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


def test_shap_values_of_boosting_are_those_of_the_librarys_own_model():
    from shap import TreeExplainer

    X, y = _samples(200)
    library = GradientBoostingClassifier(random_state=0).fit(X, y)
    expected = TreeExplainer(library).shap_values(X)
    found = fit_trees("boosting", X, y, 0).contributions(X)
    np.testing.assert_allclose(found, expected, atol=1e-6)


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

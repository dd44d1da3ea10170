"""One factorisation gives what refitting gives, subset by subset."""

import time

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from bocage.dimensions._linear_path import ALPHA, Moments


def _samples(n=600, d=12, k=4, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.choice(k, n, p=np.arange(1, k + 1) / np.arange(1, k + 1).sum())
    X = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=(k, d))[codes]
    return X, codes


def _refitted(X, y, order, k):
    """The same classifier by scikit-learn: weighted standardisation, then ridge on k dimensions."""
    weight = np.where(y, 0.5 / y.sum(), 0.5 / (~y).sum())
    mean = weight @ X
    spread = np.sqrt(weight @ (X - mean) ** 2)
    spread[spread < 1e-9] = 1
    chosen = order[:k]
    Z = ((X - mean) / spread)[:, chosen]
    fitted = Ridge(alpha=ALPHA, solver="cholesky").fit(Z, np.where(y, 1, -1), sample_weight=weight)
    coef = np.zeros(X.shape[1])
    coef[chosen] = fitted.coef_ / spread[chosen]
    return coef, fitted.intercept_ - coef @ mean


def test_every_subset_of_the_path_equals_a_refit():
    X, codes = _samples()
    normal = Moments.of(X, codes, 4).one_vs_rest()
    order = np.argsort(-abs(normal.weights()), axis=1)
    path = normal.path(order)
    for label in range(4):
        for k in range(1, 13):
            coef, intercept = _refitted(X, codes == label, order[label], k)
            found = np.zeros(12)
            found[order[label]] = path.coef[label, k - 1]
            np.testing.assert_allclose(found, coef, atol=1e-6)
            assert path.intercept[label, k - 1] == pytest.approx(intercept, abs=1e-6)


def test_a_short_path_is_the_beginning_of_the_whole_and_all_dimensions():
    X, codes = _samples()
    normal = Moments.of(X, codes, 4).one_vs_rest()
    order = np.argsort(-abs(normal.weights()), axis=1)
    whole, short = normal.path(order), normal.path(order, 5)
    assert short.coef.shape == (4, 6, 12)
    np.testing.assert_allclose(short.coef[:, :5], whole.coef[:, :5], atol=1e-10)
    np.testing.assert_allclose(short.coef[:, 5], whole.coef[:, 11], atol=1e-8)
    np.testing.assert_allclose(short.intercept[:, 5], whole.intercept[:, 11], atol=1e-8)


def test_decisions_are_those_of_the_refit():
    X, codes = _samples()
    path = Moments.of(X, codes, 4).one_vs_rest().path(np.tile(np.arange(12), (4, 1)))
    coef, intercept = _refitted(X, codes == 2, np.arange(12), 5)
    np.testing.assert_array_equal(path.decide(X)[2, :, 4], X @ coef + intercept > 0)


def test_moments_of_places_add_up():
    X, codes = _samples()
    here = np.arange(len(X)) < 200
    whole = Moments.of(X, codes, 4)
    parts = Moments.of(X[here], codes[here], 4) + Moments.of(X[~here], codes[~here], 4)
    np.testing.assert_allclose(parts.second, whole.second)
    np.testing.assert_allclose(parts.one_vs_rest().goal, whole.one_vs_rest().goal)


def test_constant_and_double_dimensions_change_nothing():
    X, codes = _samples()
    more = np.column_stack([X, np.full(len(X), 0.3), X[:, 0]])
    normal = Moments.of(more, codes, 4).one_vs_rest()
    weights = normal.weights()
    assert np.isfinite(weights).all()
    assert (weights[:, 12] == 0).all()
    # Copies share what the dimension has to say.
    np.testing.assert_allclose(weights[:, 0], weights[:, 13])
    path = normal.path(np.tile(np.arange(14), (4, 1)))
    np.testing.assert_array_equal(path.decide(more)[:, :, 11], path.decide(more)[:, :, 12])


def test_a_class_without_samples_learns_nothing_and_harms_no_other():
    X, codes = _samples()
    kept = codes != 3
    normal = Moments.of(X[kept], codes[kept], 4).one_vs_rest()
    assert (normal.weights()[3] == 0).all()
    path = normal.path(np.tile(np.arange(12), (4, 1)))
    assert not path.decide(X)[3].any()
    expected = Moments.of(X[kept], codes[kept], 3).one_vs_rest().weights()
    np.testing.assert_allclose(normal.weights()[:3], expected)


@pytest.mark.slow
def test_a_path_of_64_costs_at_most_three_full_fits():
    X, codes = _samples(2880, 64, 9)

    def full():
        weight = np.where(codes == 1, 0.5 / (codes == 1).sum(), 0.5 / (codes != 1).sum())
        mean = weight @ X
        Z = (X - mean) / np.sqrt(weight @ (X - mean) ** 2)
        y = np.where(codes == 1, 1.0, -1.0)
        Ridge(alpha=ALPHA, solver="cholesky").fit(Z, y, sample_weight=weight)

    def paths():
        normal = Moments.of(X, codes, 9).one_vs_rest()
        normal.path(np.argsort(-abs(normal.weights()), axis=1))

    def quickest(call):
        found = []
        for _ in range(7):
            start = time.process_time()
            call()
            found.append(time.process_time() - start)
        return min(found)

    assert quickest(paths) < 3 * 9 * quickest(full)

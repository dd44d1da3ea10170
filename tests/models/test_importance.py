"""Weights of distances: of the bands that the fitted head uses, however it is built."""

import numpy as np
import pytest

from bocage.methods import Head
from bocage.models._importance import importance
from bocage.models._nearest import FoldRows

N = 240


def _table(kind):
    """Band 1 decides, band 0 is noise and large, band 2 is noise and small."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 3)) * [50.0, 1.0, 0.01]
    y = (X[:, 1] > 0).astype(int) if kind == "classification" else 3.0 * X[:, 1]
    return X, y


def _folds():
    rows = np.arange(N)
    return [FoldRows(rows[rows % 4 != k], rows[rows % 4 == k]) for k in range(4)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("logistic", "classification"),
        ("centroid", "classification"),
        ("forest", "classification"),
        ("xgboost", "classification"),
        ("lightgbm", "regression"),
        ("ridge", "regression"),
        ("knn3", "classification"),
        ("knn3", "regression"),
        ("bands", "classification"),
        ("bands", "regression"),
    ],
)
def test_the_band_that_decides_counts_most(name, kind):
    X, y = _table(kind)
    found = importance(Head(name, kind, n_classes=2).fit(X, y), X, y, _folds())
    assert found.mean() == pytest.approx(1.0)
    assert found.argmax() == 1
    assert found[1] > 3 * max(found[0], found[2])


def test_coefficients_are_those_of_standardised_bands():
    X, y = _table("regression")
    heads = [Head("ridge", "regression", {"alpha": 1e-9}, standardise=np.full(3, is_standardised))
             for is_standardised in (True, False)]  # fmt: skip
    one, other = (importance(head.fit(X, y), X, y, _folds()) for head in heads)
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_what_all_classes_have_in_common_counts_for_nothing():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 50)
    # The centroids of every class lie equally far out on band 1.
    X = np.column_stack([y + rng.normal(0, 0.1, 150), 9.0 + rng.normal(0, 0.1, 150)])
    found = importance(Head("centroid", n_classes=3).fit(X, y), X, y, [])
    assert found[1] < 0.1 * found[0]


def test_bands_count_the_same_where_nothing_is_learned():
    X = np.random.default_rng(0).normal(size=(20, 3))
    one = np.zeros(20, int)
    assert importance(Head("knn1").fit(X, one), X, one, []).tolist() == [1, 1, 1]
    two = np.arange(20) % 2
    # Shuffling changes nothing where all that is held out is one and the same.
    X[:4] = X[0]
    folds = [FoldRows(np.arange(4, 20), np.arange(4))]
    assert importance(Head("knn1").fit(X, two), X, two, folds).tolist() == [1, 1, 1]

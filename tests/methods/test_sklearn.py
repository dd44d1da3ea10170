"""Heads as estimators of scikit-learn: its own checks, and what they say before they learn."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator

from bocage.methods import HEADS, Head, HeadClassifier, HeadRegressor

EVERY = [
    *(HeadClassifier(name) for name, spec in HEADS.own.items() if "classification" in spec.grid),
    *(HeadRegressor(name) for name, spec in HEADS.own.items() if "regression" in spec.grid),
]


@pytest.mark.slow
@pytest.mark.parametrize("head", EVERY, ids=lambda head: f"{head.model}-{head._kind}")
def test_scikit_learns_own_checks_pass(head):
    check_estimator(head, on_skip=None)


@pytest.mark.parametrize("head", [Head(), HeadClassifier(), HeadRegressor()])
def test_a_head_that_has_learned_nothing_says_so(head):
    with pytest.raises(NotFittedError, match="fit"):
        head.predict(np.zeros((2, 3)))


def test_labels_of_any_kind_come_back_with_the_predictions_of_a_head():
    rng = np.random.default_rng(0)
    code = np.arange(60) % 3
    X = rng.normal(size=(60, 4)) + 2 * np.eye(4)[code]
    names = np.array(["bog", "fen", "heath"])
    mine = HeadClassifier("logistic").fit(X, names[code])
    params = dict(HEADS["logistic"].grid["classification"][0])
    head = Head("logistic", "classification", params, 3).fit(X, code)
    np.testing.assert_array_equal(mine.predict(X), names[head.predict(X)])
    np.testing.assert_array_equal(mine.predict_proba(X), head.predict_proba(X))


def test_heads_are_chosen_by_a_search_of_scikit_learn():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 150)
    ring = np.arange(150) % 2
    X = (1 + 2 * ring[:, None]) * np.column_stack([np.cos(angle), np.sin(angle)])
    search = GridSearchCV(HeadClassifier(), {"model": ["logistic", "knn1"]}, cv=3).fit(X, ring)
    # No straight line parts a ring from what lies within.
    assert search.best_params_ == {"model": "knn1"}


def test_an_unknown_head_or_one_of_another_kind_is_refused():
    X, y = np.eye(4), np.arange(4.0)
    for name in ("ridgy", "logistic"):
        with pytest.raises(ValueError, match=f"no head '{name}' for regression"):
            HeadRegressor(name).fit(X, y)

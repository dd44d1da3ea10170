"""Suspect labels: by hand, beside cleanlab, and where nothing is known."""

import numpy as np
import pytest

from bocage.metrics import suspect_labels
from bocage.metrics._label_errors import off_the_diagonal


def said(proba, labels):
    each = np.arange(len(labels))
    predicted = proba.argmax(axis=1)
    return labels, predicted, proba[each, predicted], proba[each, labels]


def noisy(seed, n=400, k=4):
    """Probabilities of classes, one of them easily confused, and labels of which some are off."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, k, n)
    logits = rng.normal(0, 1, (n, k))
    logits[np.arange(n), true] += np.where(true == 0, 1.0, 4.0)
    proba = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    off = rng.random(n) < 0.08
    return np.where(off, (true + rng.integers(1, k, n)) % k, true), proba, off


def test_a_class_that_is_always_unsure_needs_less_confidence():
    """0.6 is more than usual for class 0 (mean 0.5), and less than usual for class 1 (0.9)."""
    labels = np.array([0, 0, 1, 1, 1, 0])
    proba = np.array([[0.6, 0.4], [0.5, 0.5], [0.1, 0.9], [0.0, 1.0], [0.6, 0.4], [0.35, 0.65]])
    own = [proba[labels == c, c].mean() for c in (0, 1)]
    assert own[0] < 0.6 < own[1]
    assert own[1] > 0.65
    assert np.flatnonzero(off_the_diagonal(*said(proba, labels))).tolist() == [4]


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_confident_joint_of_cleanlab_where_the_prediction_is_counted(seed):
    filters = pytest.importorskip("cleanlab.filter")
    count = pytest.importorskip("cleanlab.count")
    labels, proba, off = noisy(seed)
    found = off_the_diagonal(*said(proba, labels))
    theirs = filters.find_label_issues(labels, proba, filter_by="confident_learning", n_jobs=1)
    assert found.any()
    # Theirs also counts another class than the predicted one, where only that one is sure enough.
    usual = count.get_confident_thresholds(labels, proba)
    sure = proba.max(axis=1) >= usual[proba.argmax(axis=1)]
    assert found.tolist() == (theirs & sure).tolist()
    assert (theirs & ~sure).sum() <= 0.1 * theirs.sum()
    assert off[found].mean() > 0.5


def test_labels_are_not_suspect_because_a_model_is_weak():
    """Half of its predictions are wrong, all labels are right, and its probabilities say so."""
    rng = np.random.default_rng(0)
    proba = rng.dirichlet([1.2] * 5, 4000)
    labels = np.array([rng.choice(5, p=p) for p in proba])
    predicted = proba.argmax(axis=1)
    assert 0.4 < (predicted != labels).mean() < 0.6
    found = suspect_labels(*said(proba, labels))
    # Confident learning alone calls a third of these labels wrong.
    assert off_the_diagonal(*said(proba, labels)).mean() > 0.3
    assert found.mean() < 0.1


def test_what_is_not_known_is_never_called_wrong():
    labels, predicted = np.array([0, 1, 0]), np.array([1, 1, 2])
    confidence, own = np.array([np.nan, 0.9, 0.99]), np.array([0.1, 0.9, 0.01])
    # Nobody is labelled 2, so nothing is usual for it.
    assert not suspect_labels(labels, predicted, confidence, own).any()
    none = np.zeros(0, np.int64)
    assert len(suspect_labels(none, none, none.astype(float), none.astype(float))) == 0

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from bocage import metrics


def draw(seed, n, n_classes):
    rng = np.random.default_rng(seed)
    return rng.integers(0, n_classes, n), rng.dirichlet(np.full(n_classes, 0.3), n)


def test_known_losses():
    true = np.array([0, 1, 2])
    p = np.array([[1.0, 0, 0], [0.5, 0.5, 0], [0.5, 0.5, 0]])
    np.testing.assert_allclose(metrics.brier_losses(true, p), [0, 0.5, 1.5])
    assert metrics.brier(true, p) == pytest.approx(2 / 3)
    losses = metrics.log_losses(true, p)
    np.testing.assert_allclose(losses[:2], [0, np.log(2)], atol=1e-15)
    assert losses[2] == pytest.approx(-np.log(np.finfo(float).eps))


def test_uniform_guess_gives_the_chance_level():
    p = np.full((8, 4), 0.25)
    true = np.arange(8) % 4
    assert metrics.brier(true, p) == pytest.approx(metrics.chance_level("brier", [1] * 4))
    assert metrics.log_loss(true, p) == pytest.approx(metrics.chance_level("log_loss", [1] * 4))


@given(st.integers(0, 2**32 - 1), st.integers(1, 80), st.integers(2, 6))
@settings(deadline=None)
def test_figures_equal_scikit_learn(seed, n, n_classes):
    true, p = draw(seed, n, n_classes)
    labels = np.arange(n_classes)
    assert metrics.log_loss(true, p) == pytest.approx(oracle.log_loss(true, p, labels=labels))
    expected = oracle.brier_score_loss(
        true, p if n_classes > 2 else p[:, 1], labels=labels, pos_label=None, scale_by_half=False
    )
    assert metrics.brier(true, p) == pytest.approx(expected)


def test_single_precision_clips_where_scikit_learn_does():
    true = np.array([0, 1])
    p = np.array([[0.0, 1.0], [0.5, 0.5]], np.float32)
    assert metrics.log_loss(true, p) == pytest.approx(oracle.log_loss(true, p), rel=1e-6)


def test_loss_near_certainty_keeps_its_digits():
    p = np.array([[1 - 1e-9, 1e-9]])
    assert metrics.brier(np.array([0]), p) == pytest.approx(2e-18, rel=1e-6)


def test_no_samples_give_nan():
    nothing = np.empty(0, int)
    assert np.isnan(metrics.brier(nothing, np.empty((0, 3))))
    assert np.isnan(metrics.log_loss(nothing, np.empty((0, 3))))


def test_truth_beyond_the_columns_is_refused():
    with pytest.raises(ValueError, match="expected 0 to 1"):
        metrics.log_losses(np.array([0, -1]), np.full((2, 2), 0.5))
    with pytest.raises(ValueError, match="shape"):
        metrics.brier_losses(np.array([0, 1]), np.full((3, 2), 0.5))

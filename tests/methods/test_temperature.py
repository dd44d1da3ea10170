"""Temperatures: fitted to what was held out, near 1 without evidence, changing no class."""

import warnings

import numpy as np
import pytest

from bocage.methods._temperature import (
    Confidence,
    Temperature,
    fit_confidence,
    fit_temperature,
    logarithms,
    mean_log_loss,
    with_noise,
)


def _labels(n, factor, seed=0):
    """Draw classes as probabilities say, and state these `factor` times too sharply."""
    rng = np.random.default_rng(seed)
    logs = rng.normal(size=(n, 3))
    shares = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    true = (rng.random(n)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    return factor * logs, true


@pytest.mark.parametrize("factor", [0.2, 1.0, 5.0])
def test_the_factor_by_which_logits_were_sharpened_is_found(factor):
    assert fit_temperature(*_labels(20_000, factor)) == pytest.approx(factor, rel=0.05)


def test_few_labels_move_it_little_and_none_not_at_all():
    logs, true = _labels(20_000, 5.0)
    few = fit_temperature(logs[:6], true[:6])
    assert 1 < few < fit_temperature(logs[:500], true[:500])
    assert fit_temperature(logs[:0], true[:0]) == 1
    # Ten labels that are all said rightly do not make a model certain.
    right = np.log(np.where(np.eye(2)[np.arange(10) % 2] == 1, 0.9, 0.1))
    cold = Temperature(fit_temperature(right, np.arange(10) % 2))(np.array([[0.9, 0.1]]))
    assert 0.9 < cold[0, 0] < 0.99


def test_classes_that_were_not_learned_say_nothing():
    logs, true = _labels(2_000, 3.0)
    wide = np.column_stack([logs, np.full(len(logs), -np.inf)])
    more = np.vstack([wide, wide[:50]])
    codes = np.append(true, np.full(50, 3))
    assert fit_temperature(more, codes) == fit_temperature(logs, true)
    assert mean_log_loss(more, codes) == pytest.approx(mean_log_loss(logs, true))


def test_shares_of_nothing_count_as_the_least_and_order_stays():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(5, 0.2), 500)
    shares[shares < 0.05] = 0
    for value in (0.1, 0.9, 3.0, 50.0):
        made = Temperature(value, 1e-3)(shares)
        assert (made > 0).all() or value < 1
        np.testing.assert_allclose(made.sum(axis=1), 1)
        np.testing.assert_array_equal(made.argmax(axis=1), shares.argmax(axis=1))
    np.testing.assert_array_equal(Temperature(1.0, 1e-3)(shares), shares)
    assert logarithms(shares, 1e-3).min() == np.log(1e-3)


@pytest.mark.parametrize("noise", [0.04, 0.1])
def test_wrong_labels_are_told_from_a_model_that_is_too_sure(noise):
    """A temperature alone would doubt everything for the sake of labels that are just wrong."""
    rng = np.random.default_rng(1)
    logs = rng.normal(0, 4, (20_000, 3))
    shares = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    true = (rng.random(20_000)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    wrong = rng.random(20_000) < noise
    true[wrong] = rng.integers(3, size=wrong.sum())
    found = fit_confidence(3 * logs, true)
    assert found.temperature == pytest.approx(3.0, rel=0.1)
    assert found.noise == pytest.approx(noise, abs=0.01)

    def furthest(made):
        sure, right = made.max(axis=1), made.argmax(axis=1) == true
        bins = np.minimum((10 * sure).astype(int), 9)
        own = [bins == one for one in range(10) if (bins == one).sum() > 500]
        return max(abs(sure[part].mean() - right[part].mean()) for part in own)

    alone = fit_temperature(3 * logs, true) / 3
    assert furthest(Temperature(alone)(shares)) > 0.05
    both = with_noise(Temperature(found.temperature / 3)(shares), found.noise, 3)
    assert furthest(both) < 0.04


def test_few_labels_show_no_noise_and_clean_ones_next_to_none():
    logs, true = _labels(20_000, 1.0)
    wrong = np.append((true[:19]), (logs[19].argmin()))
    assert fit_confidence(logs[:20], wrong).noise == 0
    assert fit_confidence(logs, true).noise < 0.01
    assert fit_confidence(logs[:0], true[:0]) == Confidence()


def test_noise_bounds_confidence_and_changes_no_order():
    shares = np.random.default_rng(0).dirichlet(np.full(5, 0.2), 500)
    made = with_noise(shares, 0.05, 5)
    np.testing.assert_allclose(made.sum(axis=1), 1)
    np.testing.assert_array_equal(made.argsort(axis=1), shares.argsort(axis=1))
    assert made.max() <= 0.96 + 1e-12
    assert made.min() >= 0.01
    assert with_noise(shares, 0.0, 5) is shares
    # As float32 stays what it is: a map's probabilities.
    assert with_noise(shares.astype(np.float32), 0.05, 5).dtype == np.float32


def test_certain_and_wrong_many_times_is_noise_and_no_warning():
    # Logarithms this small leave the true class no probability at any temperature that is tried.
    logs = np.tile([0.0, -3e4], (40, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fit_confidence(logs, np.arange(40) % 2)
    assert found.noise > 0

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchmetrics.functional.classification import multiclass_calibration_error

from bocage import metrics


def draw(seed, n, n_classes, votes=None):
    """Draw probabilities (shares of `votes` voters: many ties, some of exactly 1) and labels."""
    rng = np.random.default_rng(seed)
    if votes is None:
        p = rng.dirichlet(np.full(n_classes, 0.5), n)
    else:
        p = rng.multinomial(votes, np.full(n_classes, 1 / n_classes), n) / votes
    true = rng.integers(0, n_classes, n)
    return true, p, p.max(1), p.argmax(1) == true


def torch_ece(true, p, n_bins):
    return float(
        multiclass_calibration_error(
            torch.tensor(p), torch.tensor(true), num_classes=p.shape[1], n_bins=n_bins
        )
    )


def test_known_gap():
    confidence = np.array([0.9] * 10 + [0.6] * 10)
    correct = np.array([True] * 8 + [False] * 2 + [True] * 7 + [False] * 3)
    assert metrics.ece(confidence, correct) == pytest.approx(0.5 * 0.1 + 0.5 * 0.1)
    # Equal mass, two bins: the same two groups.
    assert metrics.ece_equal_mass(confidence, correct, 2) == pytest.approx(0.1)
    # One bin: mean accuracy 0.75 and mean confidence 0.75 hide both gaps.
    assert metrics.ece(confidence, correct, 1) == pytest.approx(0.0, abs=1e-12)
    assert metrics.ece_equal_mass(confidence, correct, 1) == pytest.approx(0.0, abs=1e-12)


def test_certain_and_right_has_no_error_and_certain_and_wrong_has_all():
    one = np.ones(7)
    assert metrics.ece(one, one == 1) == 0
    assert metrics.ece(one, one == 0) == 1
    assert metrics.ece_equal_mass(one, one == 0) == 1


@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.integers(2, 6), st.integers(1, 40))
@settings(deadline=None)
def test_equal_width_equals_torchmetrics(seed, n, n_classes, n_bins):
    true, p, confidence, correct = draw(seed, n, n_classes)
    ours = metrics.ece(confidence, correct, n_bins)
    assert ours == pytest.approx(torch_ece(true, p, n_bins), abs=2e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from([1, 2, 3, 5, 10, 15, 30]))
@settings(deadline=None)
def test_ties_on_bin_edges_equal_torchmetrics(seed, n, votes):
    true, p, confidence, correct = draw(seed, n, 3, votes)
    assert metrics.ece(confidence, correct) == pytest.approx(torch_ece(true, p, 15), abs=2e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from([None, 3, 5]))
def test_row_order_changes_nothing(seed, n, votes):
    _, _, confidence, correct = draw(seed, n, 3, votes)
    order = np.random.default_rng(seed).permutation(n)
    for figure in (metrics.ece, metrics.ece_equal_mass):
        value = figure(confidence[order], correct[order])
        assert value == pytest.approx(figure(confidence, correct), abs=1e-12)
        assert 0 <= value <= 1


def test_equal_mass_bins_hold_equally_many():
    confidence = np.linspace(0.3, 0.99, 60)
    correct = np.arange(60) % 4 > 0
    groups = np.arange(60).reshape(15, 4)
    expected = np.mean([abs(correct[g].mean() - confidence[g].mean()) for g in groups])
    assert metrics.ece_equal_mass(confidence, correct) == pytest.approx(expected)


def test_counts_of_blocks_add_up_and_give_the_same_error():
    _, _, confidence, correct = draw(3, 200, 4)
    block = np.arange(200) % 5
    parts = metrics.block_calibration_counts(confidence, correct, block, 5)
    whole = metrics.calibration_counts(confidence, correct)
    np.testing.assert_allclose(parts.sum(0), whole)
    assert whole[:, 0].sum() == 200
    assert metrics.ece_from_counts(whole) == pytest.approx(metrics.ece(confidence, correct))
    one_by_one = [metrics.ece(confidence[block == b], correct[block == b]) for b in range(5)]
    np.testing.assert_allclose(metrics.ece_from_counts(parts), one_by_one)
    weighted = metrics.calibration_counts(confidence, correct, weights=(block == 2) * 1.0)
    np.testing.assert_allclose(weighted, parts[2])


def test_reliability_tabulates_each_bin():
    confidence = np.array([0.1, 0.55, 0.6, 1.0])
    table = metrics.reliability(confidence, np.array([False, True, False, True]), n_bins=2)
    np.testing.assert_allclose(table.edges, [0, 0.5, 1, 1])
    np.testing.assert_array_equal(table.counts, [1, 2, 1])
    np.testing.assert_allclose(table.confidence, [0.1, 0.575, 1])
    np.testing.assert_allclose(table.accuracy, [0, 0.5, 1])
    empty = metrics.reliability(np.array([0.1]), np.array([True]), n_bins=2)
    assert np.isnan(empty.accuracy[1:]).all()


def test_no_samples_give_nan():
    nothing = np.empty(0)
    assert np.isnan(metrics.ece(nothing, nothing))
    assert np.isnan(metrics.ece_equal_mass(nothing, nothing))


def test_forest_shares_past_one_by_rounding_are_taken_as_one():
    assert metrics.ece(np.array([1.0 + 1e-12]), np.array([True])) == 0


@pytest.mark.parametrize("bad", [[np.nan], [-0.1], [1.1], [63.0]])
def test_confidence_that_is_no_probability_is_refused(bad):
    with pytest.raises(ValueError, match="expected values from 0 to 1"):
        metrics.ece(np.array(bad), np.array([True]))


def test_lengths_that_differ_are_refused():
    with pytest.raises(ValueError, match="shape"):
        metrics.ece(np.ones(3), np.ones(1))

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from sklearn import metrics as oracle

from bocage import metrics

values = hnp.arrays(
    np.float64, st.shared(st.integers(2, 40), key="n"), elements=st.integers(-50, 50)
)


def test_known_errors():
    m = metrics.regression_moments(np.array([1.0, 2, 3, 4]), np.array([2.0, 2, 2, 6]), 2.5)
    assert metrics.bias(m) == pytest.approx(0.5)
    assert metrics.mae(m) == pytest.approx(1.0)
    assert metrics.rmse(m) == pytest.approx(np.sqrt(1.5))
    assert metrics.r2(m) == pytest.approx(1 - 6 / 5)


def test_mean_as_prediction_has_r2_zero_and_truth_has_one():
    y = np.array([1.0, 2, 6])
    assert metrics.r2(metrics.regression_moments(y, np.full(3, 3.0))) == pytest.approx(0)
    assert metrics.r2(metrics.regression_moments(y, y)) == 1


@given(values, values)
@settings(deadline=None)
def test_figures_equal_scikit_learn_and_scipy(true, pred):
    m = metrics.regression_moments(true, pred, float(true.mean()))
    assert metrics.mae(m) == pytest.approx(oracle.mean_absolute_error(true, pred))
    assert metrics.rmse(m) == pytest.approx(oracle.root_mean_squared_error(true, pred))
    if np.ptp(true) == 0:
        assert np.isnan(metrics.r2(m))
    else:
        assert metrics.r2(m) == pytest.approx(oracle.r2_score(true, pred))
    if np.ptp(true) and np.ptp(pred):
        expected = stats.spearmanr(true, pred).statistic
        assert metrics.spearman(true, pred) == pytest.approx(expected)
    else:
        assert np.isnan(metrics.spearman(true, pred))


def test_target_far_from_zero_keeps_its_digits_with_a_reference():
    rng = np.random.default_rng(0)
    true = 1e9 + rng.normal(size=200)
    pred = true + rng.normal(scale=0.5, size=200)
    exact = oracle.r2_score(true - 1e9, pred - 1e9)
    m = metrics.regression_moments(true, pred, 1e9)
    assert metrics.r2(m) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 / 3])
def test_constant_truth_has_no_r2_whatever_the_rounding(constant):
    true = np.full(7, constant)
    assert np.isnan(metrics.r2(metrics.regression_moments(true, true + 1, reference=0.05)))


@given(values, values, st.integers(0, 2**32 - 1))
def test_blocks_add_up_and_a_doubled_block_is_a_repeated_one(true, pred, seed):
    block = np.random.default_rng(seed).integers(0, 3, len(true))
    parts = metrics.block_regression_moments(true, pred, block, 3, reference=1.0)
    np.testing.assert_allclose(parts.sum(0), metrics.regression_moments(true, pred, 1.0))
    again = np.concatenate([np.arange(len(true)), np.flatnonzero(block == 1)])
    expected = metrics.regression_moments(true[again], pred[again], 1.0)
    np.testing.assert_allclose(np.array([1.0, 2, 1]) @ parts, expected)
    weighted = metrics.regression_moments(true, pred, 1.0, np.array([1.0, 2, 1])[block])
    np.testing.assert_allclose(weighted, expected)


def test_figures_work_over_leading_axes_and_reference_does_not_matter():
    rng = np.random.default_rng(1)
    true, pred = rng.normal(size=(2, 5, 30))
    stacks = [
        np.array([metrics.regression_moments(true[i], pred[i], ref) for i in range(5)])
        for ref in (0.0, 3.0)
    ]
    for figure in (metrics.r2, metrics.rmse, metrics.mae, metrics.bias):
        np.testing.assert_allclose(figure(stacks[0]), figure(stacks[1]))
        np.testing.assert_allclose(figure(stacks[0]), [figure(row) for row in stacks[0]])


def test_no_samples_give_nan():
    empty = np.zeros(6)
    for figure in (metrics.r2, metrics.rmse, metrics.mae, metrics.bias):
        assert np.isnan(figure(empty))
    assert np.isnan(metrics.spearman(np.empty(0), np.empty(0)))


def test_shapes_that_would_broadcast_are_refused():
    with pytest.raises(ValueError, match="shape"):
        metrics.regression_moments(np.ones(3), np.ones(1))


def test_several_models_are_counted_as_each_alone():
    rng = np.random.default_rng(0)
    true, pred, block = rng.normal(size=30), rng.normal(size=(2, 3, 30)), rng.integers(0, 4, 30)
    made = metrics.block_regression_moments(true, pred, block, 5, 0.5)
    assert made.shape == (2, 3, 5, 6)
    alone = metrics.block_regression_moments(true, pred[1, 2], block, 5, 0.5)
    np.testing.assert_array_equal(made[1, 2], alone)
    assert (made[..., 4, 0] == 0).all()
    with pytest.raises(ValueError, match="prediction"):
        metrics.block_regression_moments(true, pred.T, block, 5)
    with pytest.raises(ValueError, match="prediction"):
        metrics.regression_moments(true, pred[0])

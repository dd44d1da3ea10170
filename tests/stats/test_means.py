"""Means over a few units: Student's interval, alone and together."""

import numpy as np
import pytest
from scipy import stats

from bocage.stats import interval, mean_estimate, resample_means

NAMES = [f"place {i}" for i in range(30)]


@pytest.mark.parametrize("n", [3, 5, 30])
def test_resampled_means_give_students_interval(n):
    values = np.random.default_rng(n).normal(0.6, 0.1, (n, 1))
    found = interval(float(values.mean()), resample_means(values, NAMES[:n], n=20_000)[:, 0])
    exact = mean_estimate(values[:, 0])
    half = stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)
    assert exact.high - exact.value == pytest.approx(half)
    assert (found.high - found.low) / (2 * half) == pytest.approx(1, abs=0.06)


def test_the_interval_over_three_places_holds_the_mean_95_times_in_100():
    draws = np.random.default_rng(7).normal(0.6, 0.1, (2000, 3))
    held = [m.low <= 0.6 <= m.high for m in map(mean_estimate, draws)]
    assert 0.93 <= np.mean(held) <= 0.97


def test_differences_of_columns_are_paired_and_gaps_count_for_none():
    values = np.random.default_rng(0).normal(0.6, 0.1, (6, 1)) + np.array([[0.0, 0.05, 0.0]])
    values[5, 2] = np.nan
    found = resample_means(values, NAMES[:6], n=500)
    assert found[:, 1] - found[:, 0] == pytest.approx(np.full(500, 0.05))
    short = resample_means(values[:5, [2]], NAMES[:5], n=500)
    assert found[:, 2] == pytest.approx(short[:, 0])


def test_one_unit_has_a_mean_and_no_interval():
    assert np.isnan(resample_means(np.array([[0.5]]), NAMES[:1], n=3)).all()
    assert mean_estimate(np.array([0.5, np.nan])).value == 0.5
    assert np.isnan(mean_estimate(np.array([0.5, np.nan])).low)
    assert np.isnan(mean_estimate(np.array([np.nan])).value)

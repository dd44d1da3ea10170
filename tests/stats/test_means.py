"""Means over a few units: Student's interval, alone and together."""

import numpy as np
import pytest
from scipy import stats

from bocage.stats import interval, resample_means

NAMES = [f"place {i}" for i in range(30)]


@pytest.mark.parametrize("n", [3, 5, 30])
def test_resampled_means_give_students_interval(n):
    values = np.random.default_rng(n).normal(0.6, 0.1, (n, 1))
    found = interval(float(values.mean()), resample_means(values, NAMES[:n], n=20_000)[:, 0])
    half = stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)
    assert (found.high - found.low) / (2 * half) == pytest.approx(1, abs=0.06)


def test_the_interval_over_three_places_holds_the_mean_95_times_in_100():
    # Each column is a world of its own, all resampled at once.
    draws = np.random.default_rng(7).normal(0.6, 0.1, (3, 2000))
    low, high = np.percentile(resample_means(draws, NAMES[:3]), [2.5, 97.5], axis=0)
    assert 0.93 <= np.mean((low <= 0.6) & (high >= 0.6)) <= 0.97


def test_differences_of_columns_are_paired_and_gaps_count_for_none():
    values = np.random.default_rng(0).normal(0.6, 0.1, (6, 1)) + np.array([[0.0, 0.05, 0.0]])
    values[5, 2] = np.nan
    found = resample_means(values, NAMES[:6], n=500)
    assert found[:, 1] - found[:, 0] == pytest.approx(np.full(500, 0.05))
    short = resample_means(values[:5, [2]], NAMES[:5], n=500)
    assert found[:, 2] == pytest.approx(short[:, 0])


def test_one_unit_tells_nothing_of_others():
    assert np.isnan(resample_means(np.array([[0.5]]), NAMES[:1], n=3)).all()


def test_means_of_models_that_share_what_they_learned_vary_more():
    values = np.random.default_rng(1).normal(0.6, 0.1, (4, 1))
    apart, shared = (
        resample_means(values, NAMES[:4], overlap=o) - values.mean() for o in (0, 1 / 3)
    )
    assert shared == pytest.approx(np.sqrt(1 + 4 / 3) * apart)

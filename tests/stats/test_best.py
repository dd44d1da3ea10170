"""Comparisons with the best: both kinds of error, and what may not matter."""

import numpy as np
import pytest
from scipy import stats

from bocage.stats import compare_with_best, normal_weights, student_scale

MARGIN = 0.02


def compare(scores, n=1000, seed=0):
    """Compare methods, shape (places, methods), by their means over places."""
    names, places = [f"{seed} {i}" for i in range(len(scores))], len(scores)
    away = (scores - scores.mean(axis=0)) / np.sqrt(places * (places - 1))
    plain, scale = normal_weights(names, n) @ away, student_scale(n, places - 1, seed)
    family = range(scores.shape[1])
    return compare_with_best(scores.mean(axis=0), plain, scale, places - 1, family, MARGIN)


def world(rng, true, places, noise=0.03):
    shared = rng.normal(0, 0.1, (places, 1))
    return np.asarray(true) + shared + rng.normal(0, noise, (places, len(true)))


def test_two_methods_are_compared_by_one_sided_t():
    x = world(np.random.default_rng(0), [0.7, 0.65], 12)
    found = compare(x, n=40_000)
    gap = x[:, 0] - x[:, 1]
    half = stats.t.ppf(0.95, 11) * gap.std(ddof=1) / np.sqrt(12)
    assert found.loss == pytest.approx([0, gap.mean()])
    assert found.upper[1] == pytest.approx(gap.mean() + half, rel=0.03)
    assert found.lower[1] == pytest.approx(max(0, gap.mean() - half), rel=0.06)
    assert found.better[1] + found.alike[1] + found.worse[1] == pytest.approx(1)


@pytest.mark.parametrize("places", [4, 10])
def test_equal_methods_are_seldom_called_worse_and_losers_seldom_within(places):
    """Percentiles of the loss against the best of 11 would call 7 to 30 % of equals worse."""
    rng = np.random.default_rng([places, 5])
    equal, at_margin, within = [], [], []
    for trial in range(120):
        found = compare(world(rng, [0.7] * 11, places), seed=trial)
        equal.append((found.lower > 0).mean())
        found = compare(world(rng, [0.7 - MARGIN, *[0.7] * 10], places), seed=trial)
        at_margin.append(found.lower[0] > MARGIN)
        within.append(found.upper[0] < MARGIN)
    assert np.mean(equal) <= 0.07
    assert np.mean(at_margin) <= 0.07
    assert np.mean(within) <= 0.05


def test_others_are_compared_and_change_nothing():
    x = world(np.random.default_rng(3), [0.7, 0.68, 0.9, 0.3], 10)
    plain = normal_weights([str(i) for i in range(10)], 500) @ (x - x.mean(axis=0)) / 9
    point, scale = x.mean(axis=0), np.ones(500)
    all_ = compare_with_best(point, plain, scale, 1e9, [0, 1], MARGIN)
    two = compare_with_best(point[:2], plain[:, :2], scale, 1e9, [0, 1], MARGIN)
    for name in ("loss", "lower", "upper"):
        assert getattr(all_, name)[:2] == pytest.approx(getattr(two, name))
    assert all_.loss[2] < -0.1
    assert all_.upper[2] < 0
    assert all_.lower[3] > 0.2


def test_what_never_differs_has_no_error():
    point = np.array([0.7, 0.69, 0.7])
    plain = np.random.default_rng(0).normal(0, 0.1, (200, 1)) + np.zeros(3)
    found = compare_with_best(point, plain, np.ones(200), 50.0, range(3), MARGIN)
    assert found.lower == pytest.approx([0, 0.01, 0])
    assert found.upper == pytest.approx([0, 0.01, 0])

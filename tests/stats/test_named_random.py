"""Weights that depend on names alone, and Student's scale."""

import numpy as np
import pytest
from scipy import stats

from bocage.stats import exponential_weights, normal_weights, student_scale

WEIGHTS = [0.117853244, 0.35117395, 0.5155581]


@pytest.mark.parametrize(
    ("draw", "law"), [(exponential_weights, "expon"), (normal_weights, "norm")]
)
def test_weights_follow_their_law_and_depend_on_the_name_alone(draw, law):
    names = [f"block {i}" for i in range(40)]
    weights = draw(names, 2000)
    assert stats.kstest(weights.ravel()[::7], law).pvalue > 0.01
    assert np.abs(np.corrcoef(weights.T) - np.eye(40)).max() < 0.12
    assert (draw(["other", names[3]], 2000)[:, 1] == weights[:, 3]).all()
    assert not (draw([names[3]], 2000, seed=1)[:, 0] == weights[:, 3]).any()


def test_weights_are_the_same_on_every_machine():
    assert exponential_weights(["block 7"], 3)[:, 0] == pytest.approx(WEIGHTS)


def test_scaled_normal_deviates_are_students():
    scale = student_scale(20_000, 4.0)
    t = scale * np.random.default_rng(0).standard_normal(20_000)
    assert stats.kstest(t, stats.t(4).cdf).pvalue > 0.01

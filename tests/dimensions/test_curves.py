"""Intervals of ablation curves: places that were left out in turn share what was learned."""

import numpy as np
import pytest
from tests.data.scripts import load_script

from bocage.dimensions import Ablation, curves

claims = load_script("claims_answers")


def width(regime, n_places):
    rng = np.random.default_rng(n_places)
    counts = np.arange(1)
    done = [
        Ablation(
            f"{at}", f"{at}", regime, f"place {at}", "a", "ridge", "forward", 0, 50, 100, 100,
            counts, np.zeros(0), *(rng.integers(55, 75, (2, 1)) + np.zeros((1, 2), int)),
        )
        for at in range(n_places)
    ]  # fmt: skip
    (curve,) = curves(done)
    return float(curve.high[0] - curve.low[0])


@pytest.mark.parametrize("n_places", [3, 8])
def test_few_places_left_out_in_turn_are_given_a_wider_interval_than_places_of_their_own(n_places):
    wider = np.sqrt(1 + n_places / (n_places - 1))
    assert width("out", n_places) == pytest.approx(wider * width("local", n_places))
    assert width("out", 12) == pytest.approx(width("local", 12))


def test_their_interval_holds_what_so_many_places_give():
    found = np.array([claims.left_out_in_turn(3, seed) for seed in range(840_000, 840_150)])
    truth = found[:, 0].mean()
    assert 0.9 <= np.mean((found[:, 1] <= truth) & (truth <= found[:, 2])) <= 0.99

"""What a small budget costs against the best at the largest (synthetic)."""

import numpy as np
import pytest
from tests.data.scripts import load_script

from bocage.study import Cost
from bocage.study._budgets import verdicts

claims = load_script("claims_answers")


def lines_of(tallies, **more):
    price = {m: Cost(10, 1 + i, 1) for i, m in enumerate(tallies["all"].methods)}
    settings = {"where": "out", "margin": 0.02} | more
    return verdicts(tallies, dict.fromkeys(tallies, price), **settings)


def test_budgets_that_are_equally_good_are_seldom_said_to_differ():
    """Percentiles against the best of each resample would say so in three of these."""
    said = []
    for seed in range(640_000, 640_020):
        line = lines_of(claims.two_budgets(5, 10, 0.0, seed))[0]
        said.append(line.short.low > 0)
    assert np.mean(said) <= 0.05


def test_at_the_largest_budget_it_is_the_loss_of_the_verdict():
    for groups in (4, 12):
        line = lines_of(claims.two_budgets(groups, 3, 0.0, 1))[-1]
        assert (line.short.low, line.short.value, line.short.high) == pytest.approx(
            (line.verdict.shown.lower, line.verdict.shown.loss, line.verdict.shown.upper)
        )


def test_few_new_places_are_compared_over_places():
    """Blocks of four places know these places well, and the next one no better for it."""
    tallies = claims.two_budgets(4, 2, 0.05, 3)
    new, here = lines_of(tallies)[0].short, lines_of(tallies, where="local")[0].short
    assert new.value == pytest.approx(here.value)
    assert new.high - new.value > 1.3 * (here.high - here.value)

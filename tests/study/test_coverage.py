"""Do intervals hold the truth, and verdicts their promise, over many seeds? (synthetic)"""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.scripts import load_script

from bocage.study._cost import Cost
from bocage.study._unit_counts import UnitCounts
from bocage.study._verdict import verdict

coverage = load_script("interval_coverage")

# Fewer worlds in the suite, in bounds as much wider as chance asks for.
WORLDS = pytest.mark.parametrize(
    ("seeds", "slack"), [pytest.param(150, 0.0, marks=pytest.mark.truth), (60, 0.07)]
)


@pytest.mark.slow
@WORLDS
@pytest.mark.parametrize("world", coverage.WORLDS, ids=lambda world: world.name)
def test_nominal_95_percent_intervals_hold_the_truth_about_that_often(world, seeds, slack):
    inside, _, bias = coverage.coverage(world, seeds, first=10_000)
    assert 0.91 - slack <= inside[0] <= 0.985 + slack
    assert 0.91 - slack <= inside[1] <= 0.99 + slack
    assert abs(bias).max() < 0.006 + slack / 20


def chance(seed, *, groups, n_methods=15, blocks=10, repeats=5):
    """Predictions that know nothing, though each block and method has its favourite classes."""
    rng = np.random.default_rng([seed, groups])
    n_rows = groups * blocks
    truth = rng.multinomial(25, rng.dirichlet([0.7] * 4, n_rows))
    counts = np.zeros((n_methods + 1, repeats, n_rows, 4, 4))
    counts[-1, ..., 0] = truth  # the floor: always the first class
    taste = rng.dirichlet([0.7] * 4, (n_methods, 1, n_rows))
    taste = 0.5 * taste + 0.5 * rng.dirichlet([0.7] * 4, (n_methods, repeats, n_rows))
    for c in range(4):
        counts[:-1, ..., c, :] = rng.multinomial(truth[:, c], taste)
    group = np.repeat(np.arange(groups), blocks)
    names = tuple(f"seed {seed} {g}/{i}" for i, g in enumerate(group))
    methods = (*(f"m{i}" for i in range(n_methods)), "prior")
    return UnitCounts("classification", methods, counts, names, group)


def ask(tally):
    price = {name: Cost(10, at, 1) for at, name in enumerate(tally.methods)}
    return verdict(tally, price, where="out", budget="10 labels a class", floors=["prior"])


@pytest.mark.slow
@pytest.mark.parametrize("groups", [4, 8])
def test_no_signal_ends_undecided(groups):
    found = [ask(chance(seed, groups=groups)) for seed in range(50)]
    assert np.mean([v.status == "undecided" for v in found]) >= 0.95
    assert np.mean(["No method is shown to beat the baseline" in v.sentence for v in found]) >= 0.9


@pytest.mark.slow
def test_a_clear_best_is_chosen():
    base = np.array([0.85, 0.70, 0.69, 0.5, 0.3])
    for world in (coverage.THESE, coverage.NEW):
        found = [ask(coverage.simulate(world, seed, base)[0]) for seed in range(20)]
        assert np.mean([v.chosen == "m0" for v in found]) >= 0.95


@pytest.mark.slow
def test_a_method_that_loses_more_than_the_margin_is_seldom_chosen():
    """The cheapest truly loses 0.03: one-sided 95 % bounds may be wrong in one of twenty."""
    world = replace(coverage.NEW, n_groups=30, n_folds=10, spread=0.03, icc=0.02, n_repeats=3)
    base = np.array([0.67, 0.70])
    found = [ask(coverage.simulate(world, seed, base)[0]) for seed in range(50)]
    wrong = [v.status == "decided" and v.chosen == "m0" for v in found]
    assert np.mean(wrong) <= 0.09
    # Taken or not, what is said to be lost at most with it is not less than what is.
    assert np.mean([v.loss_of("m0").upper >= 0.03 for v in found]) >= 0.9

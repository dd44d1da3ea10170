"""Claims of the sentence for these places alone, and of advice on numbers: see `claims.py`."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from claim import Claim, ask, mean
from interval_coverage import N_CLASSES, THESE, simulate

from bocage.metrics import find_metric, regression_moments
from bocage.study import UnitCounts

CHANCE = 1 / N_CLASSES

BLOCKS, SIZE = 6, 25
CENTRE, SPREAD, BIAS, NOISE = 0.6, 0.25, 0.25, 0.3
"""Of places: deviation of their means, of the log of their spread, of biases, of log noise."""


def only_here(seeds: range) -> Iterator[Claim]:
    """'Is better than the floor (coordinates) in these N places', and it is not."""
    for groups in (3, 5, 7):
        for n in (2, 10):
            world = replace(THESE, n_groups=groups, n_folds=groups, n_repeats=3)
            floor, place, said = [], [], []
            for seed in seeds:
                tally, truth = simulate(world, seed, np.full(n, CHANCE))
                found = ask(tally, floors=())
                told = "is better than the baseline that uses no features" in found.sentence
                here = told or found.status in {"alike", "decided"}
                at = tally.methods.index(found.chosen or found.best)
                floor.append(here and bool(truth[at] <= CHANCE))
                said.append(here)
                tally, truth = simulate(world, seed, np.full(n + 1, 0.70))
                found = ask(tally, floors=(), controls={tally.methods[0]: "coordinates"})
                told = "is better than coordinates alone" in found.sentence
                here = told or found.status in {"alike", "decided"}
                at = tally.methods.index(found.chosen or found.best)
                place.append(here and bool(truth[at] <= truth[0]))
            about = f"{n} methods, {groups} places"
            k, often = len(floor), f" (said in {100 * mean(said):.0f} %)"
            yield Claim(f"'better than the floor here' is false: {about}{often}", 0, 0.05,
                        mean(floor), k)  # fmt: skip
            yield Claim(f"'better than coordinates here' is false: {about}", 0, 0.05,
                        mean(place), k)  # fmt: skip


def useless_numbers(groups: int, n: int, seed: int) -> UnitCounts:
    """Methods whose squared errors in a new place are, on average, its variance: R2 is 0.

    The floor answers the mean of the other places, and does worse.
    """
    rng = np.random.default_rng([seed, groups, n, 23])
    group = np.repeat(np.arange(groups), BLOCKS)
    centre, spread = rng.normal(0, CENTRE, groups), np.exp(rng.normal(0, SPREAD, groups))
    variance = np.exp(2 * SPREAD**2) + CENTRE**2
    # One part of a block's noise is alike in all of it.
    noise = np.sqrt((variance - BIAS**2) / (1 + NOISE**2) / np.exp(2 * NOISE**2))
    bias = rng.normal(0, BIAS, (n, groups))
    own = noise * np.exp(rng.normal(0, NOISE, (n, groups)))
    floor = (centre.sum() - centre) / (groups - 1)
    counts = np.empty((n + 1, 1, len(group), 6))
    for row, at in enumerate(group.tolist()):
        true = centre[at] + spread[at] * rng.normal(size=SIZE)
        counts[0, 0, row] = regression_moments(true, np.full(SIZE, floor[at]))
        for method in range(n):
            luck = NOISE * rng.normal() + rng.normal(size=SIZE)
            error = bias[method, at] + own[method, at] * luck
            counts[method + 1, 0, row] = regression_moments(true, true + error)
    names = tuple(f"{seed} {g}/{i}" for i, g in enumerate(group))
    return UnitCounts("regression", ("floor", *(f"m{i}" for i in range(n))), counts, names, group)


def nothing_explained(seeds: range) -> Iterator[Claim]:
    """Methods that explain nothing of a new place, though more than the mean of the others."""
    metric = find_metric("regression", "r2")
    for groups in (3, 5, 7, 12):
        for n in (1, 4):
            used = []
            for seed in seeds:
                found = ask(useless_numbers(groups, n, seed), floors=("floor",), metric=metric)
                used.append(found.status in {"alike", "decided"})
            about = f"{n} methods of R2 0, {groups} places"
            yield Claim(f"advice though nothing is explained: {about}", 0, 0.05, mean(used),
                        len(used))  # fmt: skip


SENTENCES: tuple[Callable[[range], Iterator[Claim]], ...] = (only_here, nothing_explained)

"""Classes that no straight line tells, but several dimensions together do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import content_key
from bocage.explain._campaign import (
    INSIDE,
    SPLITS,
    CampaignSettings,
    Experiment,
    able_places,
    run_experiment,
)
from bocage.explain._problem import Problem
from bocage.explain._published import line

MODEL = "lightgbm"

SETTINGS = CampaignSettings(models=(MODEL,), depth=4, importance="permutation")
"""What shuffling costs tells dimensions that do nothing by themselves."""

N_TRIES = 12
"""Experiments on each class: the places in turn."""


@dataclass(frozen=True, slots=True)
class Bent:
    """A class that a ridge classifier can't tell, and tree models can.

    Attributes
    ----------
    label : str
    bands : tuple of str
        By what shuffling them costs, as many as are enough; empty where more than four are needed.
    score, chance : float
        Mean 2 x balanced accuracy - 1 of boosted trees of all dimensions, and what labels without
        meaning exceed for any of the classes asked in 1 of 20 cases.
    """

    label: str
    bands: tuple[str, ...]
    score: float
    chance: float


def bent(problem: Problem, regime: str, labels: Sequence[str]) -> tuple[Bent, ...]:
    """Ask tree models about the classes that no straight line tells.

    Parameters
    ----------
    problem : Problem
    regime : str
        Place that is judged; the random split asks random quarters inside each place.
    labels : sequence of str
    """
    split = regime if regime in SPLITS else INSIDE
    made = []
    for label in labels:
        code = problem.classes.index(label)
        places = able_places(problem, split, code)
        if not places:
            continue
        done = [
            run_experiment(
                problem, SETTINGS,
                Experiment(
                    content_key(["bent", problem.key, split, label, number]), number, split,
                    *places[number % len(places)], MODEL, code,
                ),
            )
            for number in range(N_TRIES)
        ]  # fmt: skip
        found = line(done, len(labels))
        if found.full > found.chance:
            order = np.argsort(-np.mean([a.importance for a in done], axis=0), kind="stable")
            few = order[: int(found.k_corrected)] if np.isfinite(found.k_corrected) else order[:0]
            bands = tuple(problem.bands[at] for at in few)
            made.append(Bent(label, bands, found.full, found.chance))
    return tuple(made)

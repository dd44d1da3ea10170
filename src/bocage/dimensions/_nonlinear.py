"""Classes that no straight line tells, but several dimensions together do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import content_key
from bocage.dimensions._campaign_settings import INSIDE, SPLITS, CampaignSettings
from bocage.dimensions._experiment import Experiment, able_places, run_experiment
from bocage.dimensions._problem import Problem
from bocage.dimensions._published import CampaignLine, line

MODEL = "lightgbm"

SCREEN = CampaignSettings(models=(MODEL,), depth=1)
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
        found, _ = _asked(problem, split, label, SCREEN, len(labels))
        if found is None or not found.full > found.chance:
            continue
        few, importance = _asked(problem, split, label, SETTINGS, len(labels))
        order = np.argsort(-importance, kind="stable")
        k = few.k_corrected if few is not None else float("nan")
        bands = tuple(problem.bands[at] for at in order[: int(np.nan_to_num(k))])
        made.append(Bent(label, bands, found.full, found.chance))
    return tuple(made)


def _asked(
    problem: Problem, split: str, label: str, settings: CampaignSettings, n_classes: int
) -> tuple[CampaignLine | None, NDArray[np.float64]]:
    """Ask for one class, and return the mean importance of each dimension beside the answer."""
    code = problem.classes.index(label)
    places = able_places(problem, split, code)
    done = []
    for number in range(N_TRIES if places else 0):
        key = content_key(["bent", problem.key, split, label, number])
        place = places[number % len(places)]
        experiment = Experiment(key, number, split, *place, MODEL, code)
        done.append(run_experiment(problem, settings, experiment))
    if not done:
        return None, np.zeros(len(problem.bands))
    return line(done, n_classes), np.mean([item.importance for item in done], axis=0)

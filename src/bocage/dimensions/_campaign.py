"""Campaigns of one-vs-rest experiments with tree models, as published and on better splits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from bocage.core import DataError, Workers, content_key, release_of, undone, work_off
from bocage.dimensions._ablation import Ablation
from bocage.dimensions._campaign_settings import CampaignSettings
from bocage.dimensions._experiment import Experiment, able_places, run_experiment
from bocage.dimensions._experiment_store import AblationShelf
from bocage.dimensions._problem import FEW, Problem
from bocage.dimensions._tree_path import fit_trees

BATCH = 4
"""Experiments sent to a worker together."""

CAMPAIGN_VERSION = 4


@dataclass(frozen=True, slots=True)
class ExperimentBatch:
    """Experiments that are stored in one file."""

    name: str
    runs: tuple[Experiment, ...]

    def only(self, name: str, runs: Sequence[Experiment]) -> "ExperimentBatch":
        """Return some of them under another name."""
        return replace(self, name=name, runs=tuple(runs))


def plan_campaign(problem: Problem, settings: CampaignSettings) -> tuple[ExperimentBatch, ...]:
    """Draw place, class and model of every experiment.

    Raises
    ------
    DataError
        If no class has enough samples in any place.
    """
    able = {
        split: [
            (*place, code)
            for code in range(problem.n_classes)
            for place in able_places(problem, split, code)
        ]
        for split in settings.splits
    }
    regimes = [name for name, found in able.items() if found]
    if not regimes:
        raise DataError(
            f"no class has {FEW} samples, and {FEW} samples of other classes, in any one place; "
            f"expected more labels than the {len(problem.task):,} of {problem.n_classes} classes"
        )
    made = []
    for number in range(settings.experiments):
        rng = np.random.default_rng([settings.seed, number])
        regime = regimes[number % len(regimes)]
        # A class first, so that those of few places come as often as others.
        code = int(rng.choice(sorted({item[2] for item in able[regime]})))
        places = [item for item in able[regime] if item[2] == code]
        fold, place, _ = places[int(rng.integers(len(places)))]
        model = settings.models[int(rng.integers(len(settings.models)))]
        key = content_key(
            [CAMPAIGN_VERSION, problem.key, settings.seed, number, settings.depth, settings.most,
             settings.importance, regime, fold, place, model, problem.classes[code],
             _version(model)]
        )  # fmt: skip
        made.append(Experiment(key, number, regime, fold, place, model, code))
    parts = [tuple(made[at : at + BATCH]) for at in range(0, len(made), BATCH)]
    return tuple(ExperimentBatch(content_key([e.key for e in part]), part) for part in parts)


def run_campaign(
    problem: Problem, settings: CampaignSettings, folder: Path, workers: Workers
) -> tuple[Ablation, ...]:
    """Run what is missing of a campaign; stop and start again at any moment.

    Parameters
    ----------
    problem : Problem
    settings : CampaignSettings
    folder : Path
        Finished experiments stand in ``runs/``.
    workers : Workers

    Raises
    ------
    BocageError
        If nothing can be run, or files can't be written.
    """
    batches = plan_campaign(problem, settings)
    planned = {run.key: run for batch in batches for run in batch.runs}

    def check(found: Ablation) -> None:
        run = planned.get(found.key)
        if run is None:
            return
        same = found.label == problem.classes[run.code] and found.model == run.model
        if not same or len(found.importance) != problem.X.shape[1]:
            raise ValueError("an experiment does not match the class, model or input of its key")

    shelf = AblationShelf(folder, check)
    work_off(
        (problem, settings), run_batch, undone(batches, shelf), shelf, workers,
        n_all=sum(len(batch.runs) for batch in batches), what="experiments",
        prepare=partial(_load, settings.models),
    )  # fmt: skip
    done = shelf.refresh()
    return tuple(done[run.key] for batch in batches for run in batch.runs)


def run_batch(
    shared: tuple[Problem, CampaignSettings], batch: ExperimentBatch
) -> tuple[Ablation, ...]:
    """Do the experiments of a batch."""
    return tuple(run_experiment(*shared, experiment) for experiment in batch.runs)


@cache
def _version(model: str) -> str:
    from bocage.methods import HEADS

    # Boosting that is no head is scikit-learn's.
    name = HEADS.own[model].libraries[0] if model in HEADS.own else "scikit-learn"
    return release_of(name) or "not installed"


def _load(models: Sequence[str]) -> Any:
    """Import what experiments need, in a new process."""
    X = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    return [fit_trees(model, X, X[:, 0] > 0, 0) for model in models]

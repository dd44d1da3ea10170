"""Campaigns of one-vs-rest experiments with tree models, as published and on better splits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError, Workers, content_key, undone, work_off
from bocage.explain._ablation import Ablation
from bocage.explain._importance import IMPORTANCES, permutation, shap
from bocage.explain._null import Ground
from bocage.explain._problem import FEW, Problem
from bocage.explain._shelf import AblationShelf
from bocage.explain._tree_path import (
    TREES,
    WITH_SHAP,
    FittedTrees,
    Flags,
    Floats32,
    fit_trees,
)

Ints = NDArray[np.int64]

INSIDE = "inside"
"""Three quarters of a place's samples, drawn at random, against the rest: as published."""

SPLITS = (INSIDE, "local", "out")

TRAIN_SHARE = 0.75

BATCH = 4
"""Experiments sent to a worker together."""

CAMPAIGN_VERSION = 4

MOVES = 20
"""Moves of the labels that are tried until both sides stand among those learned and tested."""


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """What decides a campaign.

    Attributes
    ----------
    experiments : int
    models : tuple of str
        Of `TREES`; one is drawn for each experiment.
    splits : tuple of str
        Of `SPLITS`; one after the other.
    depth : int
        Subsets of 1, 2, ... so many dimensions are tried.
    importance : str
        Of `IMPORTANCES`: what orders the dimensions.
    most : int
        Samples of a class, and as many of all others, that an experiment learns from at most.
    seed : int
    """

    experiments: int = 200
    models: tuple[str, ...] = TREES
    splits: tuple[str, ...] = SPLITS
    depth: int = 30
    importance: str = "impurity"
    most: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        for name, found, known in (
            ("model", self.models, TREES),
            ("split", self.splits, SPLITS),
            ("importance", (self.importance,), IMPORTANCES),
        ):
            strange = [part for part in found if part not in known]
            if strange or not found:
                raise SettingsError(
                    f"{name} {', '.join(strange) or 'none'!r} is unknown; expected "
                    f"{', '.join(known)}"
                )
        silent = [name for name in self.models if name not in WITH_SHAP]
        if self.importance == "shap" and silent and find_spec("shap") is None:
            raise SettingsError(
                f"SHAP values of {', '.join(silent)} need the package shap: pip install "
                f"'bocage[shap]'; or choose --models {','.join(WITH_SHAP)}, whose libraries "
                "compute them"
            )


@dataclass(frozen=True, slots=True)
class Experiment:
    """One class told from all others in one place, with one model.

    Attributes
    ----------
    key : str
    number : int
    split, fold, place, model : str
    code : int
        The class.
    """

    key: str
    number: int
    split: str
    fold: str
    place: str
    model: str
    code: int


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
            f"no class has {FEW} samples, and {FEW} others beside them, in any place; expected "
            f"more labels than the {len(problem.task):,} of {problem.n_classes} classes"
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


def able_places(problem: Problem, split: str, code: int) -> list[tuple[str, str]]:
    """List the folds, and their places, on which a class can be asked for."""
    places = (
        [("", place) for place in problem.split.groups]
        if split == INSIDE
        else [(fold.name, fold.held_out) for fold in problem.folds if fold.regime == split]
    )
    return [place for place in places if _able(problem, *place, code)]


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
    shelf = AblationShelf(folder)
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


def run_experiment(
    problem: Problem, settings: CampaignSettings, experiment: Experiment
) -> Ablation:
    """Fit a model of all dimensions, rank them, and fit it again on the first 1, 2, ... of them."""
    start = perf_counter()
    seed = int(experiment.key[:7], 16)
    rng = np.random.default_rng(seed)
    pool, tests = _rows(problem, experiment.fold, experiment.place, experiment.code, seed)
    train = _balanced(problem.codes[pool] == experiment.code, pool, settings.most, rng)
    # Trees of scikit-learn and LightGBM see float32; so do all, in one order of bytes.
    X = np.ascontiguousarray(problem.X[train], dtype=np.float32)
    new = np.ascontiguousarray(problem.X[tests], dtype=np.float32)
    y, truth = (problem.codes[rows] == experiment.code for rows in (train, tests))
    whole = fit_trees(experiment.model, X, y, seed)
    importance = _importance(settings.importance, whole, experiment.model, X, y, seed)
    order = np.argsort(-importance, kind="stable")[: settings.depth]
    said = []
    for k in range(1, len(order) + 1):
        part = np.ascontiguousarray(X[:, order[:k]])
        fitted = fit_trees(experiment.model, part, y, seed)
        said.append(fitted.predict(np.ascontiguousarray(new[:, order[:k]])))
    said.append(whole.predict(new))
    right = np.stack(said) == truth
    return Ablation(
        key=experiment.key,
        fold=experiment.fold or f"{INSIDE}/{experiment.place}/{experiment.number}",
        regime=experiment.split,
        place=experiment.place,
        label=problem.classes[experiment.code],
        model=experiment.model,
        how=settings.importance,
        repeat=experiment.number,
        n_train=len(train),
        n_own=int(truth.sum()),
        n_rest=int((~truth).sum()),
        order=order.astype(np.int64),
        importance=importance,
        own=right[:, truth].sum(axis=1).astype(np.int64),
        rest=right[:, ~truth].sum(axis=1).astype(np.int64),
        seconds=perf_counter() - start,
        chance=_by_chance(problem, settings, experiment, pool, tests),
    )


def _by_chance(
    problem: Problem, settings: CampaignSettings, experiment: Experiment, pool: Ints, tests: Ints
) -> float:
    """Score the same model on labels without meaning; NaN where a side of them is missing."""
    seed = int(experiment.key[:7], 16)
    rng = np.random.default_rng([seed, 3])
    rows = np.concatenate([pool, tests])
    ground = Ground(problem.task.lonlat[rows], problem.split.group[rows])
    for _ in range(MOVES):
        moved = ground.move(problem.codes[rows] == experiment.code, rng)
        own, truth = np.split(moved, [len(pool)])
        if 1 < own.sum() < len(own) - 1 and 0 < truth.sum() < len(truth):
            break
    else:
        return float("nan")
    at = _balanced(own, np.arange(len(pool)), settings.most, rng)
    X = np.ascontiguousarray(problem.X[pool[at]], dtype=np.float32)
    new = np.ascontiguousarray(problem.X[tests], dtype=np.float32)
    said = fit_trees(experiment.model, X, own[at], seed).predict(new)
    return float(said[truth].mean() + (~said[~truth]).mean() - 1)


def _importance(
    kind: str, whole: FittedTrees, model: str, X: Floats32, y: Flags, seed: int
) -> NDArray[np.float64]:
    """Measure importance with the training samples alone."""
    if kind == "impurity":
        return whole.importance
    if kind == "shap":
        return shap(whole, X)
    # Shuffling tells most on samples that the model has not seen: a quarter of each side.
    rng = np.random.default_rng([seed, 2])
    held = np.zeros(len(y), dtype=bool)
    for side in (y, ~y):
        at = rng.permutation(np.flatnonzero(side))
        held[at[: max(1, len(at) // 4)]] = True
    learned = fit_trees(model, np.ascontiguousarray(X[~held]), y[~held], seed)
    return permutation(learned.predict, X[held], y[held], rng)


def _rows(problem: Problem, fold: str, place: str, code: int, seed: int) -> tuple[Ints, Ints]:
    """Return rows to learn from and rows to test; a random quarter holds a quarter of each side."""
    if fold:
        found = next(item for item in problem.folds if item.name == fold)
        return found.pool, found.tests[found.regime]
    here = problem.split.group == problem.split.groups.index(place)
    own = problem.codes == code
    rng = np.random.default_rng([seed, 1])
    train, tests = [], []
    for side in (own, ~own):
        rows = rng.permutation(np.flatnonzero(here & side))
        cut = round(TRAIN_SHARE * len(rows))
        train.append(rows[:cut])
        tests.append(rows[cut:])
    return np.sort(np.concatenate(train)), np.sort(np.concatenate(tests))


def _able(problem: Problem, fold: str, place: str, code: int) -> bool:
    train, tests = _rows(problem, fold, place, code, 0)
    there = int((problem.codes[tests] == code).sum())
    return bool(problem.known(train)[code]) and 0 < there < len(tests)


def _balanced(own: NDArray[np.bool_], rows: Ints, most: int, rng: np.random.Generator) -> Ints:
    """Draw as many samples of the class as of all others."""
    n = min(int(own.sum()), int((~own).sum()), most)
    drawn = [rng.choice(rows[part], n, replace=False) for part in (own, ~own)]
    return np.sort(np.concatenate(drawn))


@cache
def _version(model: str) -> str:
    from importlib.metadata import version

    return version(model if model in {"xgboost", "lightgbm"} else "scikit-learn")


def _load(models: Sequence[str]) -> Any:
    """Import what experiments need, in a new process."""
    X = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    return [fit_trees(model, X, X[:, 0] > 0, 0) for model in models]

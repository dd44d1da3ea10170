"""One class told from all others in one place by a tree model, and what chance does there."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags, Ints
from bocage.dimensions._ablation import Ablation
from bocage.dimensions._campaign_settings import INSIDE, CampaignSettings
from bocage.dimensions._importance import permutation, shap
from bocage.dimensions._null import Neighbours
from bocage.dimensions._problem import Problem
from bocage.dimensions._tree_path import FittedTrees, Floats32, fit_trees

TRAIN_SHARE = 0.75

MOVES = 20
"""Moves of the labels that are tried until both sides stand among those learned and tested."""


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


def able_places(problem: Problem, split: str, code: int) -> list[tuple[str, str]]:
    """List the folds, and their places, on which a class can be asked for."""
    places = (
        [("", place) for place in problem.split.groups]
        if split == INSIDE
        else [(fold.name, fold.held_out) for fold in problem.folds if fold.regime == split]
    )
    return [place for place in places if _able(problem, *place, code)]


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
    """Score the same model on randomised labels; NaN where a side of them is missing."""
    seed = int(experiment.key[:7], 16)
    rng = np.random.default_rng([seed, 3])
    rows = np.concatenate([pool, tests])
    ground = Neighbours(problem.xy[rows], problem.split.group[rows])
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

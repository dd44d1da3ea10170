"""Do bounds of what a few dimensions lose of classes hold, with models that really learn?

    python benchmarks/explain_bounds.py [SEEDS] [--first SEED]

The worlds are those of `explain_number.py`, their number cut into three classes: models of several
folds learn from mostly the same samples, as in use, which made-up tallies (`explain_null.py`) leave
out. Truth is read from twenty times as many samples of the same places, or of 240 others.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from claim import Claim, mean
from explain_number import CLASSES, FEW, FIRST, Gradient, Place, codes_of, nearest_rows, of_first

from bocage.dimensions import Problem
from bocage.dimensions._fold_model import FoldModel
from bocage.dimensions._together import bounded, chosen_without
from bocage.stats import MOST_CROSSED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N_CLASSES = len(CLASSES)

WORLDS = (
    (Gradient(4), "local"),
    (Gradient(4, patchy=False), "local"),
    (Gradient(4, patchy=False), "out"),
    (Gradient(8, 60), "out"),
    (Gradient(8, 60, patchy=False), "out"),
    (Gradient(20, 60), "out"),
    (Gradient(4), "out"),
    (Gradient(4, n_bands=64, patchy=False), "local"),
    (Gradient(4, n_bands=64, patchy=False), "out"),
)


def holds(world: Gradient, where: str, seed: int) -> tuple[bool, ...]:
    """Whether interval and bound of what few dimensions lose hold the truth.

    Then the same without what they are widened by over blocks.
    """
    rng = np.random.default_rng([seed, world.n_places, world.patchy, 2])
    n = world.per_place
    parts = [world.place(rng, 21 * n) for _ in range(world.n_places)]
    problem = of_first(parts, n, classes=True)
    every = np.ones(N_CLASSES, dtype=bool)
    folds = [fold for fold in problem.folds if fold.regime == where]
    models = [
        FoldModel.of(problem, fold, chosen_without(problem, fold.tests[where], every))
        for fold in folds
    ]
    tested, ((_, found),) = bounded(problem, where, models, [FEW])
    if tested.whole_places:
        new = [world.place(rng, 100) for _ in range(240)]
        each = [_recalls(model, [X for _, X, _ in new], [y for _, _, y in new]) for model in models]
        truth = np.mean([_loss(one) for one in each])
    else:
        truth = _loss(_here(problem, models, [tuple(a[n:] for a in part) for part in parts]))
    away = truth - found.loss.value
    wide = 1.0 if tested.whole_places else MOST_CROSSED
    below, above, bound = (
        end - found.loss.value for end in (found.loss.low, found.loss.high, found.bound)
    )
    return tuple(
        bool(held)
        for by in (1.0, wide)
        for held in (below / by <= away <= above / by, away <= bound / by)
    )


def _said(model: FoldModel, X: Floats) -> Ints:
    """Predict new samples with few dimensions and with all, shape (2, n)."""
    values = model.features.values
    wider = replace(
        model,
        features=replace(model.features, values=np.concatenate([values, X])),
        tests=np.arange(len(values), len(values) + len(X)),
    )
    return np.stack([wider.few(FEW), wider.few(values.shape[1])])


def _recalls(model: FoldModel, X: list[Floats], y: list[Floats]) -> Floats:
    """Recall of each class in each place, few and all, shape (2, P, n_classes)."""
    said, codes = _said(model, np.concatenate(X)), codes_of(np.concatenate(y))
    place = np.repeat(np.arange(len(y)), [len(one) for one in y])
    return _of_place(said == codes, codes, place)


def _of_place(right: NDArray[np.bool_], codes: Ints, place: Ints) -> Floats:
    made = np.full((2, int(place.max()) + 1, N_CLASSES), np.nan)
    for at in range(made.shape[1]):
        for code in range(N_CLASSES):
            rows = (place == at) & (codes == code)
            if rows.any():
                made[:, at, code] = right[:, rows].mean(axis=1)
    return made


def _loss(recalls: Floats) -> float:
    few, every = np.nanmean(recalls, axis=1).mean(axis=1)
    return float(every - few)


def _here(problem: Problem, models: list[FoldModel], parts: list[Place]) -> Floats:
    """Recalls on new samples of these places, each nearest to a sample that a fold tests."""
    rights, codes, places = [], [], []
    for number, (points, X, y) in enumerate(parts):
        nearest = nearest_rows(problem, number, points)
        truth = codes_of(y)
        right = np.zeros((2, len(y)), dtype=bool)
        for model in models:
            mine = np.isin(nearest, model.tests)
            if mine.any():
                right[:, mine] = _said(model, X[mine]) == truth[mine]
        rights.append(right)
        codes.append(truth)
        places.append(np.full(len(y), number))
    return _of_place(np.concatenate(rights, axis=1), np.concatenate(codes), np.concatenate(places))


def bounded_classes(seeds: range) -> Iterator[Claim]:
    """What two dimensions lose of the balanced accuracy of all: its interval and its bound."""
    for world, where in WORLDS:
        held = np.array([holds(world, where, seed) for seed in seeds])
        about = f"{where}, {world.n_places} places" + (", patches" if world.patchy else "")
        about += f", {world.n_bands} dimensions"
        for at, name in enumerate(("interval", "bound")):
            share, plain = (mean(held[:, column].tolist()) for column in (at, at + 2))
            said = f"{name} of what {FEW} lose of classes: {about} (without {100 * plain:.1f} %)"
            yield Claim(said, 0.93, 1.0, share, len(held))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", type=int, nargs="?", default=100)
    parser.add_argument("--first", type=int, default=FIRST, help="the first seed")
    args = parser.parse_args()
    start = time.perf_counter()
    for claim in bounded_classes(range(args.first, args.first + args.seeds)):
        print(claim, f" {time.perf_counter() - start:.0f} s", flush=True)

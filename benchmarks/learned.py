"""Do intervals of a score hold its truth, with models that really learn, and from one another?

    python benchmarks/learned.py [SEEDS] [--first SEED] [--bands N ...] [--forests]

Four places without patches; a number follows two of its bands, not alike in each place, or is cut
into three classes. Heads learn from all labels of their fold, as a comparison lets them, and are
tested on the other places or on other folds of their own. The samples of one fold so teach the
models that are tested on another. Truth is what these models score on twenty times as many new
samples of the same places, each nearest to a sample that a fold tests.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from claim import Claim, mean
from explain_number import CLASSES, Gradient, Place, codes_of, nearest_rows, of_first

from bocage.dimensions import Problem
from bocage.methods import Effort, Recipe, Views, parse_method
from bocage.metrics import block_confusion, block_regression_moments, find_metric, in_words
from bocage.splits import Fold, InnerMaker
from bocage.study import UnitCounts, crossed, references, resample, scores

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST = 930_000
MORE = 20
TRIALS = 4
CLASSED = "classification"
HEADS = {"regression": ("ridge", "knn3"), "classification": ("logistic", "knn3")}
FOREST = "forest"


@dataclass(frozen=True)
class Learned:
    """Models of all folds, and what they scored.

    Attributes
    ----------
    problem : Problem
    folds : tuple of Fold
    heads : tuple of Head
        One a fold.
    name : str
        Of the method.
    """

    problem: Problem
    folds: tuple[Fold, ...]
    heads: tuple[Any, ...]
    name: str

    @classmethod
    def of(cls, problem: Problem, where: str, model: str) -> "Learned":
        """Fit a head on every fold, with settings chosen as a comparison chooses them."""
        task = problem.task
        method = parse_method(f"e:{model}")
        views, maker = Views(task), InnerMaker(task, problem.split)
        folds = tuple(fold for fold in problem.folds if fold.regime == where)
        heads = []
        for fold in folds:
            inner = maker.make(fold, fold.pool)
            fitted = method.fit(views, fold.pool, inner, Effort(TRIALS, Recipe(), 0))
            heads.append(fitted.learner.learned()[0])
        return cls(problem, folds, tuple(heads), method.name)

    def tally(self, where: str) -> UnitCounts:
        """Count what the tests of all folds gave, block by block."""
        task, split = self.problem.task, self.problem.split
        rows = np.concatenate([fold.tests[where] for fold in self.folds])
        blocks, at = np.unique(split.block[rows], return_inverse=True)
        values = task.inputs["e"].values
        said = np.concatenate([
            head.predict(values[fold.tests[where]])
            for fold, head in zip(self.folds, self.heads, strict=True)
        ])  # fmt: skip
        group = np.zeros(len(blocks), np.int64)
        group[at] = split.group[rows]
        counts = self._counts(task.target[rows], said, at, len(blocks), split.group[rows])
        return self._tally(counts, group, crossed(task, [parse_method(self.name)], self.folds))

    def truth(self, where: str, parts: list[Place]) -> UnitCounts:
        """Count new samples of these places, each by the model that tests its nearest sample."""
        counts = []
        for number, (points, X, y) in enumerate(parts):
            nearest = nearest_rows(self.problem, number, points)
            said = np.zeros(len(y))
            for fold, head in zip(self.folds, self.heads, strict=True):
                mine = np.isin(nearest, fold.tests[where])
                if mine.any():
                    said[mine] = head.predict(X[mine])
            place, one = np.full(len(y), number), np.zeros(len(y), np.int64)
            counts.append(self._counts(codes_of(y) if self.has_classes else y, said, one, 1, place))
        return self._tally(np.concatenate(counts), np.arange(len(parts)))

    @property
    def has_classes(self) -> bool:
        """Whether heads name classes."""
        return self.problem.task.kind.has_classes

    def _counts(self, y: Floats, said: Floats, block: Ints, n: int, place: Ints) -> Floats:
        task, split = self.problem.task, self.problem.split
        if self.has_classes:
            made = block_confusion(y, said.astype(np.int64), block, n, len(CLASSES))
        else:
            first = np.array(
                [np.flatnonzero(split.group == p)[0] for p in range(len(split.groups))]
            )
            middle = references(task.target, split)[first][place]
            made = block_regression_moments(y - middle, said[None] - middle, block, n)[0]
        return np.asarray(made, np.float64)

    def _tally(self, counts: Floats, group: Ints, widen: tuple[float, ...] = ()) -> UnitCounts:
        names = tuple(f"b{at}" for at in range(len(group)))
        kind = self.problem.task.kind
        return UnitCounts(kind, (self.name,), counts[None, None], names, group, widen)


@dataclass(frozen=True)
class Held:
    """Whether an interval holds its truth, and would without what folds taught one another.

    Attributes
    ----------
    held, held_plain : bool
    away : float
        Score less truth, in standard deviations that the interval is made of.
    """

    held: bool
    held_plain: bool
    away: float


def holds(world: Gradient, kind: str, model: str, where: str, seed: int) -> Held:
    """Ask one interval of one world."""
    rng = np.random.default_rng([seed, world.n_bands, 11])
    n = world.per_place
    parts = [world.place(rng, (1 + MORE) * n) for _ in range(world.n_places)]
    learned = Learned.of(of_first(parts, n, classes=kind == CLASSED), where, model)
    metric = find_metric(kind)
    tally = learned.tally(where)
    drawn = resample(tally, metric, unit="blocks")
    plain = resample(replace(tally, crossed=()), metric, unit="blocks")
    new = learned.truth(where, [(p[n:], X[n:], y[n:]) for p, X, y in parts])
    (truth,) = scores(new, metric)
    held, without = (
        bool(found.low <= truth <= found.high)
        for found in (made.estimate(learned.name) for made in (drawn, plain))
    )
    return Held(held, without, float((drawn.point[0] - truth) / drawn.values.std()))


def learned_scores(
    seeds: range, bands: Sequence[int] = (8, 64), heads: Mapping[str, Sequence[str]] = HEADS
) -> Iterator[Claim]:
    """Intervals of the score of heads that learn from all labels of their folds."""
    for kind, models in heads.items():
        for n_bands in bands:
            world = Gradient(n_bands=n_bands, patchy=False)
            for model in models:
                for where in ("out", "local"):
                    found = [holds(world, kind, model, where, seed) for seed in seeds]
                    plain = mean([one.held_plain for one in found])
                    away = float(np.std([one.away for one in found]))
                    about = f"{model}, {n_bands} bands, 4 places {where}"
                    about += f" (off by {away:.2f} sd; without {100 * plain:.1f} %)"
                    share = mean([one.held for one in found])
                    yield Claim(f"interval of {metric_name(kind)}: {about}", 0.93, 1.0, share,
                                len(found))  # fmt: skip


def metric_name(kind: str) -> str:
    """Name what heads of a kind are scored by."""
    return in_words(find_metric(kind).name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", type=int, nargs="?", default=100)
    parser.add_argument("--first", type=int, default=FIRST, help="the first seed")
    parser.add_argument("--bands", type=int, nargs="+", default=[8, 64])
    parser.add_argument("--forests", action="store_true", help="forests instead: long")
    args = parser.parse_args()
    start = time.perf_counter()
    asked = dict.fromkeys(HEADS, (FOREST,)) if args.forests else HEADS
    seeds = range(args.first, args.first + args.seeds)
    for claim in learned_scores(seeds, args.bands, asked):
        print(claim, f" {time.perf_counter() - start:.0f} s", flush=True)

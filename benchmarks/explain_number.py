"""Does `explain` find nothing in numbers without meaning, and do its intervals hold the truth?

    python benchmarks/explain_number.py [SEEDS] [--first SEED] [--trees] [--only CHECK]

Strangers: a number and features that have nothing to do with each other, both in patches or both
without, with places that differ or not. What is printed is the share of such worlds in which the
number is told, a dimension tells it alone, follows it, or is needed. Then intervals and bounds:
worlds in which the number follows two of 8 dimensions, or of 64, not alike in each place, and whose
truth is read from twenty times as many samples of the same places, or of 240 others.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from claim import Claim, mean
from explain_null import PATCHES, Strangers, _fields

from bocage.core import Input
from bocage.dimensions import Problem, explain_number
from bocage.dimensions.numbers._design import ScaledFold
from bocage.dimensions.numbers._enough import costs, enough, losses_of, models_of
from bocage.dimensions.numbers._follows import follows
from bocage.dimensions.numbers._gradients import order_without
from bocage.dimensions.numbers._random_targets import luck_of
from bocage.dimensions.numbers._tested import Tested
from bocage.splits import Fold, SplitSettings, make_split
from bocage.tasks import Samples, build_task

Floats = NDArray[np.float64]

FIRST = 900_000
MORE = 10
FEW = 2
"""Dimensions of a subset whose loss is bounded."""


@dataclass(frozen=True)
class Apart:
    """Strangers whose places differ, in the number and in the features, by so much."""

    world: Strangers
    offset: float = 0.0

    @property
    def name(self) -> str:
        return self.world.name + (", places that differ" if self.offset else "")


def stranger_number(apart: Apart, seed: int) -> Problem:
    """A number in square places, and features that know nothing of it."""
    world = apart.world
    rng = np.random.default_rng([seed, world.n_places, world.patchy, 7])
    at, target, values = [], [], []
    for _ in range(world.n_places):
        points = rng.random((world.per_place, 2))
        fields = _fields(rng, points, world) if world.patchy else rng.normal(
            size=(len(points), world.n_bands + 2)
        )  # fmt: skip
        fields = (fields - fields.mean(axis=0)) / fields.std(axis=0)
        fields += apart.offset * rng.normal(size=fields.shape[1])
        at.append(points + corner(len(at)))
        target.append(fields[:, 0])
        values.append(fields[:, 2:])
    return problem_of(np.concatenate(at), np.concatenate(target), values)


def corner(place: int) -> Floats:
    return np.array([10 + 1.5 * place, 45])


def problem_of(lonlat: Floats, target: NDArray[Any], values: list[Floats]) -> Problem:
    """Make a problem of places: of a number, or of classes where the target names them."""
    bands = tuple(f"E{band:02d}" for band in range(values[0].shape[1]))
    names = [f"r{number:02d}" for number in range(len(values))]
    place = np.repeat(names, [len(part) for part in values])
    leave = "region" if len(values) > 1 else "blocks"
    kind = "classification" if target.dtype.kind == "U" else "regression"
    samples = Samples(
        "synthetic", kind, target, lonlat, {"e": Input("e", np.concatenate(values), bands)},
        {"region": place}, leave=leave, synthetic=True,
    )  # fmt: skip
    task = build_task(samples)
    return Problem.of(task, make_split(task, SplitSettings(leave, sensitivity=False)), "e")


def found_in(problem: Problem, where: str) -> tuple[bool, bool, bool]:
    """Whether the number is told, a dimension tells it alone, or is needed."""
    tested = Tested.of(problem, where)
    designs = {fold.name: ScaledFold.of(problem, fold) for fold in tested.folds}
    luck = luck_of(problem, [tested], where, designs)
    y = problem.target
    whole = tested.scores(["all"], lambda fold: designs[fold.name].whole(y[None]), y)
    alone = tested.scores(problem.bands, lambda fold: designs[fold.name].alone(y), y)
    told = bool(whole[0] > luck.whole[where])
    needed = False
    if told:
        models = models_of(tested)
        bands = enough(tested, models, 0.02).bands
        made = costs(tested, models, bands) if bands else {}
        needed = any(cost.is_shown for cost in made.values())
    return told, bool((alone > luck.alone).any()), needed


Place = tuple[Floats, Floats, Floats]
"""Points, features and numbers."""

CUTS = (-0.8, 0.8)
CLASSES = np.array(["low", "mid", "top"])


def codes_of(y: Floats) -> NDArray[np.int64]:
    """Cut a number into classes."""
    return np.asarray(np.digitize(y, CUTS))


def of_first(parts: list[Place], n: int, *, classes: bool = False) -> Problem:
    """Make a problem of the first n samples of each place."""
    y = np.concatenate([y[:n] for _, _, y in parts])
    lonlat = np.concatenate([points[:n] + corner(at) for at, (points, _, _) in enumerate(parts)])
    return problem_of(lonlat, CLASSES[codes_of(y)] if classes else y, [X[:n] for _, X, _ in parts])


@dataclass(frozen=True)
class Gradient:
    """A number that follows two of its dimensions."""

    n_places: int = 4
    per_place: int = 150
    n_bands: int = 8
    patchy: bool = True
    unlike: float = 0.3  # spread of the slopes from place to place

    def place(self, rng: np.random.Generator, n: int) -> Place:
        """Draw points, features and numbers of one place."""
        points = rng.random((n, 2))
        world = replace(PATCHES, n_bands=self.n_bands, n_patches=60)
        smooth = np.zeros((n, self.n_bands + 1))
        if self.patchy:
            smooth = _fields(rng, points, world)[:, : self.n_bands + 1]
            smooth = smooth / smooth.std(axis=0)
        X = smooth[:, 1:] + rng.normal(size=(n, self.n_bands))
        slope = np.zeros(self.n_bands)
        slope[:2] = np.array([1.0, 0.5]) + self.unlike * rng.normal(size=2)
        y = X @ slope + smooth[:, 0] + rng.normal(size=n) + 0.5 * rng.normal()
        return points, X, y


def holds(world: Gradient, where: str, seed: int) -> tuple[bool, bool, bool]:
    """Whether the intervals of R2, alone and of all, and the bound of a loss hold the truth."""
    rng = np.random.default_rng([seed, world.n_places, world.patchy])
    more = 20 * world.per_place
    parts = [world.place(rng, world.per_place + more) for _ in range(world.n_places)]
    n = world.per_place
    problem = of_first(parts, n)
    tested = Tested.of(problem, where)
    designs = {fold.name: ScaledFold.of(problem, fold) for fold in tested.folds}
    orders = {f.name: order_without(problem, f.tests[where]) for f in tested.folds}
    first = np.arange(world.n_bands)

    def said(fold: Fold, X: Floats) -> Floats:
        """Predict from the first dimension, from all, and from the few that were chosen."""
        design = designs[fold.name]
        return np.stack([
            _line(design, first, 0, X), _line(design, first, -1, X),
            _line(design, orders[fold.name], FEW - 1, X),
        ])  # fmt: skip

    tally = tested.tally(
        ["one", "all", "few"], lambda f: said(f, problem.X[f.tests[where]]),
        n_dimensions=[1, world.n_bands, FEW],
    )  # fmt: skip
    drawn = tested.resampled(tally)
    two = tally.take_methods(("all", "few"))
    (loss,) = losses_of(tested, two, tested.resampled(two, nested=True))
    if drawn.unit == "groups":
        parts = [world.place(rng, 100) for _ in range(240)]
        truth = _elsewhere(problem, tested, said, parts)
    else:
        truth = _here(problem, tested, said, [(p[n:], X[n:], y[n:]) for p, X, y in parts])
    ends = [drawn.estimate(name) for name in ("one", "all")]
    inside = [e.low <= r2 <= e.high for e, r2 in zip(ends, truth, strict=False)]
    return inside[0], inside[1], bool(loss.bound >= truth[1] - truth[2])


Said = Callable[[Fold, Floats], Floats]


def _line(design: ScaledFold, order: NDArray[np.int64], row: int, X: Floats) -> Floats:
    path = design.normal.path(order[None])
    return np.asarray(X[:, order] @ path.coef[0, row] + path.intercept[0, row] + design.middle)


def nearest_rows(problem: Problem, number: int, points: Floats) -> NDArray[np.int64]:
    """Find the sample of a place that is nearest to each of its points."""
    from scipy.spatial import KDTree

    rows = np.flatnonzero(problem.split.group == number)
    nearest = KDTree(problem.task.lonlat[rows]).query(points + corner(number))[1]
    return np.asarray(rows[nearest])


def _here(problem: Problem, tested: Tested, said: Said, parts: list[Place]) -> Floats:
    """R2 of the folds' models on new samples of these places, each nearest to a tested one."""
    errors, squares = [], []
    for number, (points, X, y) in enumerate(parts):
        nearest = nearest_rows(problem, number, points)
        error = np.zeros((3, len(y)))
        for fold in tested.folds:
            mine = np.isin(nearest, fold.tests[tested.regime])
            if mine.any():
                error[:, mine] = said(fold, X[mine] - problem.mean) - y[mine]
        outside = problem.split.group != number
        middle = problem.target[outside if outside.any() else ...].mean()
        errors.append(np.square(error).mean(axis=1))
        squares.append(np.square(y - middle).mean())
    return np.asarray(1 - np.mean(errors, axis=0) / np.mean(squares))


def _elsewhere(problem: Problem, tested: Tested, said: Said, parts: list[Place]) -> Floats:
    """R2 of the folds' models, on average, on places that nobody has seen."""
    errors = [
        np.square(said(fold, X - problem.mean) - y).mean(axis=1)
        for fold in tested.folds for _, X, y in parts
    ]  # fmt: skip
    squares = [np.square(y - problem.target.mean()).mean() for _, _, y in parts]
    return np.asarray(1 - np.mean(errors, axis=0) / np.mean(squares))


WORLDS = (
    Apart(PATCHES),
    Apart(replace(PATCHES, n_places=4)),
    Apart(replace(PATCHES, n_places=3, size=0.2, n_patches=15)),
    Apart(PATCHES, 1.0),
    Apart(replace(PATCHES, n_places=4), 1.0),
    Apart(replace(PATCHES, n_places=20, per_place=40), 1.0),
    Apart(replace(PATCHES, patchy=False)),
    Apart(replace(PATCHES, n_places=4, patchy=False)),
)

GRADIENTS = (
    (Gradient(3), "local"),
    (Gradient(4), "local"),
    (Gradient(4), "out"),
    (Gradient(8), "out"),
    (Gradient(20, 60), "out"),
    (Gradient(4, patchy=False), "local"),
    (Gradient(8, patchy=False), "out"),
    (Gradient(4, n_bands=64, patchy=False), "local"),
    (Gradient(4, n_bands=64, patchy=False), "out"),
)


def meaningless_numbers(seeds: range) -> Iterator[Claim]:
    """Numbers and features that have nothing to do with each other: what `explain` finds."""
    for apart in WORLDS:
        problems = [stranger_number(apart, seed) for seed in seeds]
        for where in ("out", "local"):
            found = np.array([found_in(problem, where) for problem in problems])
            for at, name in enumerate(("told", "told by one dimension", "needed")):
                about = f"a number is {name}, {where}: {apart.name}"
                yield Claim(about, 0, 0.05, mean(found[:, at].tolist()), len(seeds))


def followed_numbers(seeds: range) -> Iterator[Claim]:
    """The same of rising and falling with a dimension; nothing is fitted, so of more worlds."""
    for apart in WORLDS:
        more = range(seeds.start, seeds.start + MORE * len(seeds))
        found = [bool(follows(stranger_number(apart, seed)).found.any()) for seed in more]
        yield Claim(f"a number is followed: {apart.name}", 0, 0.05, mean(found), len(found))


def meaningless_trees(seeds: range) -> Iterator[Claim]:
    """The same of boosted trees, which are asked where no straight line tells the number."""
    for apart in WORLDS[1:5:3]:
        told = [explain_number(stranger_number(apart, seed)).curved.is_told for seed in seeds]
        yield Claim(f"a number is told by trees, out: {apart.name}", 0, 0.05, mean(told), len(told))


def explained_numbers(seeds: range) -> Iterator[Claim]:
    """Intervals of R2, and bounds of what a few dimensions lose of it."""
    for world, where in GRADIENTS:
        held = np.array([holds(world, where, seed) for seed in seeds])
        about = f"{where}, {world.n_places} places" + (", patches" if world.patchy else "")
        about += f", {world.n_bands} dimensions"
        for at, name in enumerate(("one dimension", "all")):
            share = mean(held[:, at].tolist())
            yield Claim(f"interval of R2 of {name}: {about}", 0.93, 1.0, share, len(seeds))
        share = mean(held[:, 2].tolist())
        yield Claim(f"bound of what {FEW} lose of R2: {about}", 0.93, 1.0, share, len(seeds))


NUMBERS = (meaningless_numbers, followed_numbers, explained_numbers)
"""Checks of `claims.py`; trees take long."""


def main(n_seeds: int, first: int, trees: bool, only: str | None) -> None:
    checks = (*NUMBERS, meaningless_trees) if trees else NUMBERS
    checks = tuple(check for check in checks if only in (None, check.__name__))
    for check in checks:
        start = time.perf_counter()
        for claim in check(range(first, first + n_seeds)):
            print(claim, flush=True)
        print(f"       {check.__name__}: {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", type=int, nargs="?", default=100)
    parser.add_argument("--first", type=int, default=FIRST, help="the first seed")
    parser.add_argument("--trees", action="store_true", help="boosted trees too: long")
    parser.add_argument(
        "--only", choices=[check.__name__ for check in (*NUMBERS, meaningless_trees)]
    )
    args = parser.parse_args()
    main(args.seeds, args.first, args.trees, args.only)

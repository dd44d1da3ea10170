"""Does `explain` find nothing where there is nothing, and do its intervals hold the truth?

    python benchmarks/explain_null.py [SEEDS] [--trees]

Strangers: classes and features that have nothing to do with each other, both in patches or both
without, on points spread evenly or in clusters. What is printed is the share of such worlds in
which any class is told, or any class stands apart in any dimension. Then intervals: places whose
scores vary about a curve that is known, and blocks whose errors come together.
"""

import sys
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input
from bocage.dimensions import ENOUGH_PLACES, Ablation, Problem, chance, contrast, curves
from bocage.dimensions._chance import scores_of
from bocage.dimensions._curves import smallest
from bocage.dimensions._nonlinear import bent
from bocage.dimensions._recalls import HeldOutClasses, ScoreLoss
from bocage.splits import SplitSettings, make_split
from bocage.tasks import Samples, build_task

Floats = NDArray[np.float64]

ALIKE = 0.7
"""Share of the samples that both models find equally hard."""


@dataclass(frozen=True)
class Strangers:
    """Where classes and features come from that have nothing to do with each other."""

    n_places: int = 8
    per_place: int = 150
    n_bands: int = 16
    size: float = 0.08  # of a patch, beside a place of 1
    n_patches: int = 40
    patchy: bool = True
    clustered: bool = False

    @property
    def name(self) -> str:
        how = f"patches of {self.size:g}" if self.patchy else "no patches"
        points = "clusters of 10 points" if self.clustered else "points spread evenly"
        return f"{self.n_places} places, {how}, {points}"


def strangers(world: Strangers, seed: int) -> Problem:
    """Four classes in square places."""
    rng = np.random.default_rng([seed, world.n_places, world.patchy, world.clustered])
    at, target, values = [], [], []
    for _ in range(world.n_places):
        points = rng.random((world.per_place, 2))
        if world.clustered:
            centre = np.repeat(rng.random((-(-world.per_place // 10), 2)), 10, axis=0)
            points = centre[: world.per_place] + rng.normal(0, 0.02, points.shape)
        fields = _fields(rng, points, world) if world.patchy else rng.normal(
            size=(len(points), world.n_bands + 2)
        )  # fmt: skip
        at.append(points + np.array([10 + 1.5 * len(at), 45]))
        target.append((fields[:, 0] > 0) + 2 * (fields[:, 1] > 0))
        values.append(fields[:, 2:])
    bands = tuple(f"E{band:02d}" for band in range(world.n_bands))
    place = np.repeat([f"r{number}" for number in range(world.n_places)], world.per_place)
    samples = Samples(
        "strangers", "classification", np.array(list("abcd"))[np.concatenate(target)],
        np.concatenate(at), {"e": Input("e", np.concatenate(values), bands)}, {"region": place},
        leave="region", synthetic=True,
    )  # fmt: skip
    task = build_task(samples)
    return Problem.of(task, make_split(task, SplitSettings("region", sensitivity=False)), "e")


def _fields(rng: np.random.Generator, points: Floats, world: Strangers) -> Floats:
    """Smooth random fields at some points, one a column."""
    made = []
    for _ in range(world.n_bands + 2):
        low, high = points.min(axis=0), points.max(axis=0)
        centres = rng.uniform(low, high, (world.n_patches, 2))
        apart = np.square(points[:, None] - centres).sum(axis=2)
        made.append(np.exp(-apart / world.size**2) @ rng.normal(size=world.n_patches))
    return np.column_stack(made)


def is_told(problem: Problem, regime: str) -> bool:
    """Whether a straight line tells any class: only then has a dimension a needed role."""
    limit = chance(problem)
    folds = [fold for fold in problem.folds if fold.regime == regime]
    found = scores_of(problem, folds, problem.codes)
    limits = [limit[regime, label] for label in problem.classes]
    return bool((found > limits).any())


def stands_apart(problem: Problem) -> bool:
    """Whether any class stands apart in any dimension: only then is a role raised."""
    split = problem.split
    made = contrast(
        problem.X, problem.codes, problem.n_classes, split.group, split.block, problem.xy
    )
    return bool(made.found.any())


def place_curves(n_places: int, seed: int) -> tuple[bool, bool]:
    """Whether intervals over places hold the score with one dimension, and how many are enough."""
    rng = np.random.default_rng([seed, n_places, 1])
    truth = np.array([0.55, 0.7, 0.78, 0.83, 0.86, 0.88, 0.9, 0.91, 0.915, 0.915])
    n = 400
    done = []
    for place in range(n_places):
        luck = 0.05 * rng.normal() + 0.02 * rng.normal(size=len(truth))
        right = np.clip(truth + luck, 0, 1)
        own, rest = (rng.binomial(n, right) for _ in range(2))
        done.append(
            Ablation(
                f"{place}", f"{place}", "local", f"place {seed}/{place}", "a", "ridge", "forward",
                0, 50, n, n, np.arange(len(truth) - 1), np.zeros(0), own, rest,
            )
        )  # fmt: skip
    (curve,) = curves(done)
    score = 2 * truth[0] - 1
    k, few = int(smallest(2 * truth - 1)), curve.few
    # Where no number keeps 98 %, nothing is said.
    holds_k = few.low is None or few.high is None or few.low <= k <= few.high
    return bool(curve.low[0] <= score <= curve.high[0]), holds_k


def losses(n_places: int, n_blocks: int, seed: int, loss: float = 0.02) -> tuple[ScoreLoss, float]:
    """Two models of which one loses so much in the mean of these places, and the true loss."""
    rng = np.random.default_rng([seed, n_places, n_blocks])
    m, size = 3, 12
    n_units = n_places * n_blocks
    unit = np.repeat(np.arange(n_units), m * size)
    codes = np.tile(np.repeat(np.arange(m), size), n_units)
    base = 0.8 + 0.08 * rng.normal(size=(n_places, m))
    # Many places are a sample of all; few are what is spoken of.
    gap = loss + (0.03 * rng.normal(size=(n_places, m)) if n_places >= ENOUGH_PLACES else 0.0)
    block = 0.1 * rng.normal(size=(n_units, m))
    own = 0.05 * rng.normal(size=(n_units, m))
    place = np.arange(n_units) // n_blocks
    chances = np.clip((base[place] + block)[unit, codes], 0.02, 0.98)
    lost = np.clip(chances - (np.broadcast_to(gap, base.shape)[place] + own)[unit, codes], 0, 1)
    luck = rng.random(len(codes))
    shared = rng.random(len(codes)) < ALIKE
    other = np.where(shared, luck, rng.random(len(codes)))
    tested = HeldOutClasses.of(codes, place[unit], unit, m, ENOUGH_PLACES)
    names = tuple(f"{seed}/{name}" for name in tested.names)
    return replace(tested, names=names).loss(other < lost, luck < chances), loss


PATCHES = Strangers()
WORLDS = (
    PATCHES,
    replace(PATCHES, n_places=4),
    replace(PATCHES, n_places=3, size=0.2, n_patches=15),
    replace(PATCHES, n_places=4, clustered=True),
    replace(PATCHES, patchy=False),
    replace(PATCHES, n_places=4, patchy=False),
)


def main(n_seeds: int, trees: bool) -> None:
    print(f"strangers, {n_seeds} worlds each: share in which something is found (at most 5 %)")
    for world in WORLDS:
        start, found = time.perf_counter(), []
        for seed in range(n_seeds):
            problem = strangers(world, 900_000 + seed)
            row = [is_told(problem, "out"), is_told(problem, "local"), stands_apart(problem)]
            row += [bool(bent(problem, "out", problem.classes))] if trees else []
            found.append(row)
        shares = " ".join(f"{100 * part:6.1f}" for part in np.mean(found, axis=0))
        print(f"{world.name:60s} {shares} %  {time.perf_counter() - start:6.1f} s", flush=True)
    print("columns: told, out; told, local; stands apart" + ("; told by trees, out" * trees))
    print("intervals over places: share that holds the truth (95 %), score and number enough")
    for n_places in (3, 4, 8, 20):
        held = np.mean([place_curves(n_places, seed) for seed in range(10 * n_seeds)], axis=0)
        print(f"{n_places:3d} places {100 * held[0]:6.1f} % {100 * held[1]:6.1f} %", flush=True)
    print("bounds of a loss: share above the truth (95 %)")
    for n_places, n_blocks in ((1, 20), (4, 10), (4, 30), (8, 10), (20, 5)):
        made = [losses(n_places, n_blocks, seed) for seed in range(10 * n_seeds)]
        held = np.mean([found.bound >= truth for found, truth in made])
        print(f"{n_places:3d} places x {n_blocks} blocks {100 * held:6.1f} %", flush=True)


if __name__ == "__main__":
    numbers = [int(part) for part in sys.argv[1:] if part.isdigit()]
    main(numbers[0] if numbers else 100, "--trees" in sys.argv)

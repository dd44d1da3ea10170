"""Do 95 % intervals hold the truth 95 times in 100?  Synthetic tallies whose truth is known.

    python benchmarks/interval_coverage.py [SEEDS]

Two methods are scored by balanced accuracy on places (groups) cut into blocks of unequal size,
each with its own mix of classes. Errors come in clusters: a place is harder or easier than
others, and so is a block within a place (beta-binomial), in part for both methods alike. Each
draw of labels makes a method a little better or worse everywhere.
"""

import sys
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr

from bocage.metrics import find_metric
from bocage.study._resample import resample
from bocage.study._unit_counts import UnitCounts

Floats = NDArray[np.float64]

METRIC = find_metric("classification")
N_CLASSES = 4
BASE = np.array([0.72, 0.70])
SHARED = 0.6  # correlation of two methods' luck in a place or block


@dataclass(frozen=True)
class World:
    """Where tallies come from."""

    n_groups: int
    n_blocks: int
    n_folds: int
    conditional: bool
    spread: float = 0.1  # of the expected recall of places
    icc: float = 0.15  # of errors in a block
    size: float = 25.0  # samples in a block
    uneven: float = 0.6  # log-sd of block sizes
    mix: float = 0.7  # Dirichlet parameter of a block's classes; small = few classes a block
    n_repeats: int = 5
    draw_sd: float = 0.01

    @property
    def name(self) -> str:
        kind = "places" if self.conditional else "new places"
        return f"{self.n_groups} groups x {self.n_blocks} blocks, {self.n_folds} folds, {kind}"


def shared_normal(rng: np.random.Generator, shape: tuple[int, ...], n_methods: int) -> Floats:
    both = rng.standard_normal(shape)
    own = rng.standard_normal((n_methods, *shape))
    return np.sqrt(SHARED) * both + np.sqrt(1 - SHARED) * own


def simulate(world: World, seed: int, base: Floats = BASE) -> tuple[UnitCounts, Floats]:
    """One tally, and each method's true score."""
    rng = np.random.default_rng([seed, world.n_groups, world.n_blocks, world.n_folds])
    m, g, b, c, r = len(base), world.n_groups, world.n_blocks, N_CLASSES, world.n_repeats
    # Expected recall of each method in each place and class: a beta with mean `base`.
    k = BASE.mean() * (1 - BASE.mean()) / world.spread**2 - 1
    # A place is hard as a whole, and for each class by itself.
    luck = np.sqrt(0.5) * (shared_normal(rng, (g, 1), m) + shared_normal(rng, (g, c), m))
    mean = np.broadcast_to(np.asarray(base)[:, None, None], (m, g, c))
    place = betaincinv(mean * k, (1 - mean) * k, ndtr(luck))
    truth = place.mean(axis=(1, 2)) if world.conditional else np.asarray(base, float)
    k_block = 1 / world.icc - 1
    luck = shared_normal(rng, (g, b, c), m)
    p = place[:, :, None, :].clip(0.03, 0.97)
    if world.conditional:
        truth = p.mean(axis=(1, 2, 3))
    recall = betaincinv(p * k_block, (1 - p) * k_block, ndtr(luck))
    n = np.maximum(4, world.size * np.exp(world.uneven * rng.standard_normal((g, b)))).astype(int)
    share = rng.dirichlet([world.mix] * c, (g, b))
    n_true = rng.multinomial(n, share)  # (g, b, c)
    counts = np.zeros((m, r, g * b, c, c))
    draw = world.draw_sd * shared_normal(rng, (r,), m)
    for repeat in range(r):
        chance = (recall + draw[:, repeat, None, None, None]).clip(0, 1)
        hits = rng.binomial(n_true, chance).reshape(m, g * b, c)
        wrong = n_true.reshape(g * b, c) - hits
        for true in range(c):
            counts[:, repeat, :, true, (true + 1) % c] = wrong[:, :, true]
            counts[:, repeat, :, true, true] = hits[:, :, true]
    group = np.repeat(np.arange(g), b)
    names = tuple(f"seed {seed} place {i // b}/{i % b}" for i in range(g * b))
    methods = tuple(f"m{i}" for i in range(m))
    return UnitCounts("classification", methods, counts, names, group), truth


def coverage(world: World, n_seeds: int, first: int = 0) -> tuple[Floats, Floats, Floats]:
    """Share of seeds whose interval holds the truth, mean width, bias: score, difference."""
    inside, width = np.zeros(2), np.zeros(2)
    centre = np.zeros(2)
    for seed in range(first, first + n_seeds):
        tally, truth = simulate(world, seed)
        found = resample(tally, METRIC, seed=seed)
        targets = [truth[0], truth[0] - truth[1]]
        points = [found.point[0], found.point[0] - found.point[1]]
        drawn = [found.values[:, 0], found.values[:, 0] - found.values[:, 1]]
        for i in range(2):
            low, high = np.percentile(drawn[i], [2.5, 97.5])
            inside[i] += low <= targets[i] <= high
            width[i] += high - low
            centre[i] += points[i] - targets[i]
    return inside / n_seeds, width / n_seeds, centre / n_seeds


NEW = World(8, 12, 8, conditional=False)
THESE = World(4, 10, 4, conditional=True)
WORLDS = (
    NEW,
    replace(NEW, n_groups=12, n_folds=6),
    replace(NEW, n_groups=30, n_folds=10),
    THESE,
    replace(THESE, n_blocks=20),
)
HARDER = (
    replace(THESE, icc=0.4),
    replace(THESE, icc=0.02),
    replace(THESE, uneven=1.0, mix=0.3),
    replace(THESE, n_groups=2),
    replace(THESE, n_groups=1, n_folds=1),
    replace(THESE, n_groups=6, n_folds=6, n_repeats=10, draw_sd=0.03),
    replace(NEW, draw_sd=0.03, n_repeats=5),
    replace(NEW, n_groups=30, n_folds=10, n_blocks=2, uneven=1.0),
)


def main(n_seeds: int) -> None:
    print("95 % intervals of balanced accuracy on synthetic tallies,", n_seeds, "seeds each")
    print(f"{'world':50s} {'score':>6s} {'width':>6s} {'diff':>6s} {'width':>6s} {'bias':>7s}")
    for title, worlds in (("main", WORLDS), ("harder", HARDER)):
        print(f"-- {title}")
        for world in worlds:
            start = time.perf_counter()
            inside, width, bias = coverage(world, n_seeds)
            extra = ""
            if title == "harder":
                extra = (
                    f" icc {world.icc:g} uneven {world.uneven:g} mix {world.mix:g}"
                    f" draw {world.draw_sd:g}"
                )
            print(
                f"{world.name:50s} {inside[0]:6.3f} {width[0]:6.3f} {inside[1]:6.3f} "
                f"{width[1]:6.3f} {bias[0]:+7.4f} {time.perf_counter() - start:5.1f} s{extra}",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)

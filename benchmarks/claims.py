"""Do the claims that Bocage prints hold at their stated level?  Synthetic worlds of known truth.

    python benchmarks/claims.py [SEEDS]

Prints a line a claim: the level that is promised, and the share of worlds in which it held. The
worlds are those of `interval_coverage.py` (errors in clusters, places harder or easier than
others, methods that share their luck) and some made for one claim; nothing was tuned on their
seeds.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from interval_coverage import METRIC, NEW, THESE, simulate

from bocage.metrics import find_metric
from bocage.study import Cost, Tally, drops, resample, verdict

Floats = NDArray[np.float64]

FIRST = 700_000
MARGIN = 0.02


@dataclass(frozen=True)
class Claim:
    """What is promised, and what was found."""

    name: str
    low: float
    high: float
    found: float
    n: int

    @property
    def holds(self) -> bool:
        return self.low <= self.found <= self.high

    def __str__(self) -> str:
        mark = "holds" if self.holds else "FAILS"
        promised = f"{100 * self.low:.0f} to {100 * self.high:.0f} %"
        return f"{mark}  {100 * self.found:5.1f} %  ({promised}, {self.n} worlds)  {self.name}"


def ask(tally: Tally, **more: object) -> object:
    """Ask for the verdict of a tally; later methods are dearer."""
    price = {name: Cost(10, 1 + at, 1) for at, name in enumerate(tally.methods)}
    settings = {"where": "out", "budget": "10 labels a class", **more}
    return verdict(tally, price, **settings)


def these_places(seeds: range) -> Iterator[Claim]:
    """The interval of a score of these places."""
    for world in (THESE, replace(THESE, n_blocks=20), replace(THESE, n_groups=2, n_folds=2)):
        held = []
        for seed in seeds:
            tally, truth = simulate(world, seed)
            found = resample(tally, METRIC, seed=seed).estimate("m0")
            held.append(found.low <= truth[0] <= found.high)
        yield Claim(f"interval of these places: {world.name}", 0.93, 0.97, mean(held), len(held))


def next_places(seeds: range) -> Iterator[Claim]:
    """What one more place may give: tested on a place of the same world."""
    for groups in (3, 5, 10, 30):
        # One group more, of which the last is the place that nobody has seen.
        world = replace(NEW, n_groups=groups + 1, n_folds=groups + 1)
        held = []
        for seed in seeds:
            tally, _ = simulate(world, seed)
            last = tally.group == groups
            seen, new = tally.take_blocks(~last), tally.take_blocks(last)
            score = float(resample(new, METRIC, unit="blocks", n=10).point[0])
            found = ask(seen.take_methods(("m0",)), floors=()).losses[0].next_place
            held.append(found.low <= score <= found.high)
        yield Claim(
            f"what one more place may give: {groups} groups", 0.90, 0.98, mean(held), len(held)
        )


def equal_inputs(seeds: range) -> Iterator[Claim]:
    """Two inputs that are equally good in places like these, and not in each of them."""
    for groups in (3, 4, 5, 7):
        world = replace(NEW, n_groups=groups, n_folds=groups)
        told = []
        for seed in seeds:
            tally, _ = simulate(world, seed, np.array([0.70, 0.70]))
            told.append(ask(tally, floors=()).status == "decided")
        yield Claim(
            f"'use' one of two equal inputs: {groups} groups", 0, 0.10, mean(told), len(told)
        )


def rivals(seeds: range) -> Iterator[Claim]:
    """Flags of many methods: equal ones, and one that loses exactly the margin."""
    for groups in (4, 10, 30):
        for n in (10, 20):
            base = np.full(n + 1, 0.70)
            base[0] -= MARGIN
            world = replace(NEW, n_groups=groups, n_folds=groups, n_repeats=3)
            equal, at_margin, within = [], [], []
            for seed in seeds:
                tally, _ = simulate(world, seed, base)
                v = ask(tally, floors=(), margin=MARGIN)
                one = v.loss_of("m0")
                at_margin.append(one.worse)
                within.append(one.within)
                rest = tally.take_methods(tally.methods[1:])
                w = ask(rest, floors=(), margin=1e-6)
                equal.append(np.mean([loss.worse for loss in w.losses]))
            about = f"{n} rivals, {groups} groups"
            k = len(equal)
            yield Claim(f"'worse' of equal methods: {about}", 0, 0.07, mean(equal), k)
            yield Claim(f"'worse' of one at the margin: {about}", 0, 0.07, mean(at_margin), k)
            yield Claim(f"'within' of one at the margin: {about}", 0, 0.05, mean(within), k)


def missing_classes(seeds: range) -> Iterator[Claim]:
    """A drop between domains where half of the places lack a hard class: the truth is none."""
    metric = find_metric("classification")
    held = []
    for seed in seeds:
        rng = np.random.default_rng([seed, 3])
        recall = np.array([0.9, 0.85, 0.5])
        held.append(_drop_holds_zero(rng, metric, recall, seed))
    yield Claim("drop interval with missing classes holds none", 0.92, 1.0, mean(held), len(held))


def _drop_holds_zero(rng: np.random.Generator, metric: object, recall: Floats, seed: int) -> bool:
    groups, blocks = 10, 8
    group = np.repeat(np.arange(groups), blocks)
    n_true = rng.multinomial(20, [0.4, 0.4, 0.2], len(group))
    n_true[group % 2 == 1, 2] = 0
    hard = np.clip(recall + rng.normal(0, 0.05, (groups, 3)), 0.02, 0.98)[group]
    names = tuple(f"{seed} {g}/{i}" for i, g in enumerate(group))

    def counted(rows: NDArray[np.bool_]) -> Tally:
        hits = rng.binomial(n_true[rows], hard[rows])
        counts = np.zeros((1, 1, int(rows.sum()), 3, 3))
        for c in range(3):
            counts[0, 0, :, c, c] = hits[:, c]
            counts[0, 0, :, c, (c + 1) % 3] = n_true[rows][:, c] - hits[:, c]
        kept = tuple(name for name, keep in zip(names, rows, strict=True) if keep)
        return Tally("classification", ("m",), counts, kept, group[rows])

    held_back = np.arange(len(group)) % blocks < blocks // 4
    found = drops(
        {"out": counted(np.ones(len(group), bool)), "in": counted(held_back)}, metric=metric
    )
    return bool(found[0].drop.low <= 0 <= found[0].drop.high)


def mean(values: list[float] | list[bool]) -> float:
    return float(np.mean(values))


CLAIMS: tuple[Callable[[range], Iterator[Claim]], ...] = (
    these_places,
    next_places,
    equal_inputs,
    rivals,
    missing_classes,
)


def main(n_seeds: int) -> int:
    """Check every claim; the exit code is the number of those that fail."""
    failed = 0
    for check in CLAIMS:
        start = time.perf_counter()
        for claim in check(range(FIRST, FIRST + n_seeds)):
            print(claim, flush=True)
            failed += not claim.holds
        print(f"       {check.__name__}: {time.perf_counter() - start:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))

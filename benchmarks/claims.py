"""Do the claims that Bocage prints hold at their stated level?  Synthetic worlds of known truth.

    python benchmarks/claims.py [SEEDS] [NAME ...] [--first N]

Prints a line a claim: the level that is promised, and the share of worlds in which it held; "holds
by luck" where it lies outside by less than 2.6 standard errors of so many worlds. Names choose
checks (`these_places`, `rivals`, ...). The worlds are those of `interval_coverage.py` (errors in
clusters, places harder or easier than others, methods that share their luck), of
`explain_null.py`, and some made for one claim; nothing was tuned on their seeds.
"""

import argparse
import functools
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parent))

from claim import MARGIN, Claim, Floats, ask, mean
from claims_answers import ANSWERS
from claims_land import LAND
from claims_sentences import SENTENCES
from explain_bounds import bounded_classes
from explain_null import PATCHES, is_told, losses, place_curves, stands_apart, strangers
from explain_number import NUMBERS
from interval_coverage import METRIC, NEW, THESE, simulate
from learned import learned_scores

from bocage.core import Input
from bocage.methods import parse_method
from bocage.metrics import Metric, ece, find_metric
from bocage.splits import SplitSettings, make_split, parse_budget
from bocage.study import (
    Protocol,
    Study,
    UnitCounts,
    Workers,
    drops,
    make_plan,
    make_settings,
    resample,
)
from bocage.tasks import Samples, build_task

FIRST = 700_000
NEAR = 0.05  # of a perfectly calibrated method
RARE = 0.5  # of a standard deviation: the third class is the rarest


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


def _drop_holds_zero(rng: np.random.Generator, metric: Metric, recall: Floats, seed: int) -> bool:
    groups, blocks = 10, 8
    group = np.repeat(np.arange(groups), blocks)
    n_true = rng.multinomial(20, [0.4, 0.4, 0.2], len(group))
    n_true[group % 2 == 1, 2] = 0
    hard = np.clip(recall + rng.normal(0, 0.05, (groups, 3)), 0.02, 0.98)[group]
    names = tuple(f"{seed} {g}/{i}" for i, g in enumerate(group))

    def counted(rows: NDArray[np.bool_]) -> UnitCounts:
        hits = rng.binomial(n_true[rows], hard[rows])
        counts = np.zeros((1, 1, int(rows.sum()), 3, 3))
        for c in range(3):
            counts[0, 0, :, c, c] = hits[:, c]
            counts[0, 0, :, c, (c + 1) % 3] = n_true[rows][:, c] - hits[:, c]
        kept = tuple(name for name, keep in zip(names, rows, strict=True) if keep)
        return UnitCounts("classification", ("m",), counts, kept, group[rows])

    held_back = np.arange(len(group)) % blocks < blocks // 4
    found = drops(
        {"out": counted(np.ones(len(group), bool)), "in": counted(held_back)}, metric=metric
    )
    return bool(found[0].drop.low <= 0 <= found[0].drop.high)


def nothing_told(seeds: range) -> Iterator[Claim]:
    """Classes and features that have nothing to do with each other, with patches and without."""
    few = range(seeds.start, seeds.start + max(10, len(seeds) // 8))
    for world in (PATCHES, replace(PATCHES, n_places=4), replace(PATCHES, patchy=False)):
        problems = [strangers(world, seed) for seed in few]
        for regime in ("out", "local"):
            told = [is_told(problem, regime) for problem in problems]
            about = f"explain tells of strangers, {regime}: {world.name}"
            yield Claim(about, 0, 0.05, mean(told), len(told))
        apart = [stands_apart(problem) for problem in problems]
        yield Claim(f"explain, a class stands apart: {world.name}", 0, 0.05, mean(apart), len(few))


def explained_places(seeds: range) -> Iterator[Claim]:
    """Intervals over places of a curve, and bounds of a loss."""
    for n_places in (3, 4, 8, 20):
        held = [place_curves(n_places, seed)[0] for seed in seeds]
        about = f"explain's interval over {n_places} places"
        yield Claim(about, 0.93, 0.98, mean(held), len(held))
    for n_places, n_blocks in ((4, 10), (8, 10)):
        made = [losses(n_places, n_blocks, seed) for seed in seeds]
        held = [found.bound >= truth for found, truth in made]
        about = f"explain's bound of a loss, {n_places} places x {n_blocks} blocks"
        yield Claim(about, 0.93, 1.0, mean(held), len(held))


def calibrated(seeds: range) -> Iterator[Claim]:
    """Confidence in the place: calibration error beside that of a perfectly calibrated method."""
    import tempfile

    few = range(seeds.start, seeds.start + max(2, len(seeds) // 40))
    excess: dict[str, list[float]] = {}
    for seed in few:
        with tempfile.TemporaryDirectory() as folder:
            for name, value in _excess(seed, Path(folder)).items():
                excess.setdefault(name, []).append(value)
    for name, values in excess.items():
        about = f"calibration error above a perfect one's at most 0.05, in the place: {name}"
        yield Claim(f"{about} ({np.mean(values):.3f})", 0.9, 1.0, mean([v <= NEAR for v in values]),
                    len(values))  # fmt: skip


def _excess(seed: int, folder: Path) -> dict[str, float]:
    rng = np.random.default_rng([seed, 5])
    n, lonlat = 600, rng.uniform(0, 0.5, (600, 2)) + np.array([10.0, 45.0])
    centres = rng.uniform(0, 0.5, (40, 2)) + np.array([10.0, 45.0])
    fields = np.exp(-np.square(lonlat[:, None] - centres).sum(axis=2) / 0.05**2)
    smooth = fields @ rng.normal(size=(40, 4))
    code = (smooth[:, 0] + 0.5 * rng.normal(size=n) > 0).astype(int) + (smooth[:, 1] > RARE)
    features = np.column_stack([smooth, rng.normal(size=(n, 4))]) + 0.5 * rng.normal(size=(n, 8))
    bands = tuple(f"E{band}" for band in range(8))
    samples = Samples(
        "made", "classification", np.array(list("abc"))[code], lonlat,
        {"e": Input("e", features, bands)}, {}, leave="blocks", synthetic=True,
    )  # fmt: skip
    task = build_task(samples)
    split = make_split(task, SplitSettings("blocks", sensitivity=False))
    heads = ("logistic", "knn3", "forest", "xgboost", "bands", "centroid")
    methods = tuple(parse_method(name) for name in ("prior", *(f"e:{head}" for head in heads)))
    budgets = (parse_budget("all", "class"),)
    protocol = Protocol()
    plan = make_plan(task, split, methods, budgets, protocol, repeats=1)
    study = Study(make_settings({"task": "made"}), folder, task, split, methods, budgets, protocol,
                  plan)  # fmt: skip
    with threadpool_limits(1):
        study.run(Workers())
    found = {}
    for method in methods[1:]:
        made = study.results().whole(method, "local", budgets[0], 0)
        right = made.predicted == task.target[made.rows]
        perfect = [ece(made.confidence, rng.random(n) < made.confidence) for _ in range(50)]
        found[method.model] = float(ece(made.confidence, right) - np.mean(perfect))
    return found


def _fewer(check: Callable[[range], Iterator[Claim]]) -> Callable[[range], Iterator[Claim]]:
    """Check a fifth of the worlds: each is explained whole."""

    @functools.wraps(check)
    def some(seeds: range) -> Iterator[Claim]:
        yield from check(range(seeds.start, seeds.start + max(10, len(seeds) // 5)))

    return some


CLAIMS: tuple[Callable[[range], Iterator[Claim]], ...] = (
    these_places,
    next_places,
    equal_inputs,
    rivals,
    missing_classes,
    explained_places,
    nothing_told,
    calibrated,
    *(_fewer(check) for check in (*NUMBERS, bounded_classes, learned_scores)),
    *ANSWERS,
    *LAND,
    *SENTENCES,
)


def main(n_seeds: int, names: list[str], first: int) -> int:
    """Check every claim, or some; the exit code is the number of those that fail."""
    failed = 0
    for check in CLAIMS:
        if names and check.__name__ not in names:
            continue
        start = time.perf_counter()
        for claim in check(range(first, first + n_seeds)):
            print(claim, flush=True)
            failed += not claim.holds
        print(f"       {check.__name__}: {time.perf_counter() - start:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("seeds", type=int, nargs="?", default=200)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--first", type=int, default=FIRST, help="number of the first world")
    given = parser.parse_args()
    sys.exit(main(given.seeds, given.names, given.first))

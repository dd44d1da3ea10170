"""Claims of sentences, budgets, values, field visits and pretraining: see `claims.py`."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from claim import MARGIN, Claim, Floats, ask, mean, prices
from interval_coverage import METRIC, N_CLASSES, NEW, THESE, World, simulate

from bocage.core import CLASSIFICATION
from bocage.dimensions import Ablation, curves
from bocage.metrics import find_metric, regression_moments
from bocage.stats import next_place
from bocage.study import UnitCounts, field_visits, group_scores, resample, scores, verdicts

QUIET = replace(NEW, n_groups=16, n_folds=10, spread=0.05, icc=0.05, n_repeats=3)
"""Places that are much alike: methods can then be told apart, or nearly."""

WANTED = 5
"""Labels of the rarest class."""

CHANCE = 1 / N_CLASSES

HERE = replace(THESE, spread=0.05, icc=0.05, n_repeats=3)


def two_budgets(groups: int, n: int, gap: float, seed: int) -> dict[str, UnitCounts]:
    """Make n methods that are equally good with all labels, and lose so much with ten."""
    base = np.concatenate([np.full(n, 0.70), np.full(n, 0.70 - gap)])
    world = replace(NEW, n_groups=groups, n_folds=groups, n_repeats=3)
    both, _ = simulate(world, seed, base)
    names = both.methods[:n]
    return {
        "10": replace(both, methods=names, counts=both.counts[n:]),
        "all": replace(both, methods=names, counts=both.counts[:n]),
    }


def handful(seeds: range) -> Iterator[Claim]:
    """A few test samples, nearly all right: scores, differences and the next place."""
    for groups, blocks, size, classes in ((2, 3, 2, 2), (3, 6, 4, 4), (10, 6, 5, 4)):
        for chance in (0.75, 0.95):
            score, difference, another = [], [], []
            for seed in seeds:
                both = few_samples(seed, chance, groups + 1, blocks, size, classes)
                tally = both.take_blocks(both.group < groups)
                found = resample(tally, METRIC, seed=seed)
                one = found.estimate("m0")
                score.append(one.low <= chance <= one.high)
                low, high = np.percentile(found.values[:, 0] - found.values[:, 1], [2.5, 97.5])
                difference.append(low <= 0 <= high)
                range_ = ask(tally, floors=()).loss_of("m0").next_place
                another.append(range_.low <= group_scores(both, METRIC)[0, -1] <= range_.high)
            about = f"{groups * blocks * size} samples of {classes} classes, {chance:g} right"
            yield Claim(f"interval of these places: {about}", 0.93, 1, mean(score), len(score))
            yield Claim(f"of a difference: {about}", 0.93, 1, mean(difference), len(score))
            yield Claim(f"what one more place may give: {about}", 0.9, 1, mean(another), len(score))


def few_samples(
    seed: int, chance: float, groups: int, blocks: int, size: int, n_classes: int
) -> UnitCounts:
    """Score two methods on independent samples, each class right with one chance."""
    rng = np.random.default_rng([seed, 7])
    n_true = np.zeros((groups * blocks, n_classes), int)
    while (n_true.sum(axis=0) == 0).any():
        n_true = rng.multinomial(size, [1 / n_classes] * n_classes, groups * blocks)
    counts = np.zeros((2, 1, groups * blocks, n_classes, n_classes))
    for method, true in np.ndindex(2, n_classes):
        hits = rng.binomial(n_true[:, true], chance)
        counts[method, 0, :, true, true] = hits
        counts[method, 0, :, true, (true + 1) % n_classes] = n_true[:, true] - hits
    group = np.repeat(np.arange(groups), blocks)
    names = tuple(f"{seed} {block}" for block in range(len(group)))
    return UnitCounts("classification", ("m0", "m1"), counts, names, group)


def small_budgets(seeds: range) -> Iterator[Claim]:
    """What a small budget costs against the largest, and whether it is enough."""
    for groups, n in ((5, 2), (5, 10), (12, 10)):
        above, below, enough = [], [], []
        for seed in seeds:
            for gap in (0.0, MARGIN):
                tallies = two_budgets(groups, n, gap, seed)
                price = prices(tallies["all"])
                found, _ = verdicts(
                    tallies, dict.fromkeys(tallies, price), where="out", margin=MARGIN
                )
                above.append(found.short.low > gap)
                below.append(found.short.high < gap)
            enough.append(found.enough)
        about = f"{n} methods, {groups} groups"
        yield Claim(f"what a small budget costs, below: {about}", 0, 0.05, mean(above), len(above))
        yield Claim(f"what a small budget costs, above: {about}", 0, 0.05, mean(below), len(below))
        yield Claim(f"'enough' that loses the margin: {about}", 0, 0.05, mean(enough), len(enough))


def one_verdict(world: World, loss: float, seed: int) -> tuple[str, bool]:
    """Status where the cheapest of five loses so much, and whether what is said is false."""
    tally, truth = simulate(world, seed, np.array([0.70 - loss, *[0.70] * 4]))
    found = ask(tally, floors=(), where="local" if world.conditional else "out")
    if found.status not in {"alike", "decided"}:
        return found.status, False
    at = tally.methods.index(found.chosen)
    return found.status, bool(truth.max() - truth[at] > found.shown.upper)


def nothing_learned(seeds: range) -> Iterator[Claim]:
    """Methods at chance, and coordinates as good as any other: nothing is advised."""
    for groups in (3, 5, 7, 12):
        for n in (2, 10):
            world = replace(NEW, n_groups=groups, n_folds=groups, n_repeats=3)
            beaten, advised = [], []
            for seed in seeds:
                tally, _ = simulate(world, seed, np.full(n, CHANCE))
                beaten.append(any(loss.beats_floor for loss in ask(tally, floors=()).losses))
                tally, _ = simulate(world, seed, np.full(n + 1, 0.70))
                kinds = {tally.methods[0]: "coordinates"}
                answer = ask(tally, floors=(), controls=kinds)
                advised.append(answer.status in {"alike", "decided"})
            about = f"{n} methods, {groups} groups"
            k = len(beaten)
            yield Claim(f"methods at chance beat it: {about}", 0, 0.05, mean(beaten), k)
            yield Claim(f"advice though coordinates do as well: {about}", 0, 0.05, mean(advised), k)


def told_apart(seeds: range) -> Iterator[Claim]:
    """'At most so much is lost', by the method that is to be taken."""
    for world, place in ((QUIET, "new places"), (HERE, "these places")):
        for loss in (0.0, 0.03, 0.08):
            made = [one_verdict(world, loss, seed) for seed in seeds]
            said = mean([status == "alike" for status, _ in made])
            about = f"{place}, the cheapest loses {loss:g} ('alike' in {100 * said:.0f} %)"
            wrong = mean([false for _, false in made])
            yield Claim(f"'at most X is lost' is false: {about}", 0, 0.05, wrong, len(made))


def values_of_places(groups: int, seed: int) -> UnitCounts:
    """Sums of errors of a number in places of their own mean, spread, noise and bias."""
    rng = np.random.default_rng([seed, groups, 7])
    blocks, size = 6, 25
    group = np.repeat(np.arange(groups), blocks)
    centre, offset = rng.normal(0, 0.6, groups), rng.normal(0, 0.25, groups)
    spread = np.exp(rng.normal(0, 0.25, groups))
    noise = 0.6 * np.exp(rng.normal(0, 0.3, groups))
    counts = np.empty((1, 1, len(group), 6))
    for row, at in enumerate(group):
        true = centre[at] + spread[at] * rng.normal(size=size)
        error = offset[at] + noise[at] * (0.3 * rng.normal() + rng.normal(size=size))
        counts[0, 0, row] = regression_moments(true, true + error)
    names = tuple(f"{seed} {g}/{i}" for i, g in enumerate(group))
    return UnitCounts("regression", ("m",), counts, names, group)


def next_values(seeds: range) -> Iterator[Claim]:
    """What one more place may give, of R2 and of errors."""
    for name in ("r2", "mae", "rmse"):
        metric = find_metric("regression", name)
        for groups in (3, 5, 10, 30):
            held = []
            for seed in seeds:
                tally = values_of_places(groups + 1, seed)
                seen = tally.take_blocks(tally.group < groups)
                found = next_place(group_scores(seen, metric)[0], metric.bounds)
                # Held against the spread of all places, as the score is.
                new = group_scores(tally, metric)[0, -1]
                held.append(found.low <= new <= found.high)
            about = f"what one more place may give, {name}: {groups} groups"
            yield Claim(about, 0.90, 0.98, mean(held), len(held))


def visits(seeds: range) -> Iterator[Claim]:
    """Whether the visits that are called enough give the labels of the rarest class."""
    for n in (60, 300):
        gives = []
        for seed in seeds:
            rng = np.random.default_rng([seed, n, 11])
            shares = rng.dirichlet(np.full(5, 1.5), 3)
            # A class that is next to never met has no labels that could be counted.
            shares = np.maximum(shares, 0.02) / np.maximum(shares, 0.02).sum(axis=1, keepdims=True)
            target = np.concatenate([rng.choice(5, n, p=share) for share in shares])
            task: Any = SimpleNamespace(
                kind=CLASSIFICATION,
                target=target,
                n_classes=5,
                classes=tuple("abcde"),
                polygon=None,
            )
            split: Any = SimpleNamespace(groups=("0", "1", "2"), group=np.repeat(np.arange(3), n))
            found = field_visits(task, split, WANTED)
            if found is not None:
                # Of the class that is truly the rarest there, whichever looks it.
                share = shares[int(found.group)].min()
                gives.append(bool(rng.binomial(int(found.enough), share) >= WANTED))
        about = f"visits called enough give {WANTED} labels: {n} labels in each of 3 places"
        yield Claim(about, 0.93, 1.0, mean(gives), len(gives))


def pretraining(
    seeds: range, places: tuple[int, ...] = (3, 5, 7, 12), encoders: tuple[int, ...] = (1, 4)
) -> Iterator[Claim]:
    """Encoders that are as good with random weights as with their own."""
    for groups in places:
        for n in encoders:
            world = replace(NEW, n_groups=groups, n_folds=groups, n_repeats=3)
            told = []
            for seed in seeds:
                tally, _ = simulate(world, seed, np.full(2 * n, 0.70))
                twins = dict(zip(tally.methods[n:], tally.methods[:n], strict=True))
                kinds = dict.fromkeys(twins, "random-weights")
                flags = ask(tally, floors=(), twins=twins, controls=kinds).flags
                said = [flag for flag in flags if "minus the same" in flag]
                told.append(any("not shown" not in flag for flag in said))
            about = f"pretraining said to help or to harm, {n} of equals: {groups} groups"
            yield Claim(about, 0, 0.05, mean(told), len(told))


CODE = np.arange(40) % 2
"""Classes of the samples of a place, whose models are those of the other places."""


def places(n_places: int, rng: np.random.Generator, signal: float = 1.0) -> list[Floats]:
    """Make features of samples, shape (40, 16), in places where classes differ in other ways."""
    n, d = len(CODE), 16
    made = []
    for _ in range(n_places):
        apart = signal * np.eye(d)[0] + 0.3 * rng.normal(size=d)
        made.append(
            rng.normal(size=(n, d)) + np.outer(CODE - 0.5, apart) + 0.3 * rng.normal(size=d)
        )
    return made


def told_elsewhere(made: list[Floats], at: int) -> Floats:
    """Name the class of each sample of a place by a linear model of all others."""
    learned = np.concatenate([part for other, part in enumerate(made) if other != at])
    own = np.tile(CODE, len(made) - 1)
    means = [learned[own == c].mean(axis=0) for c in (0, 1)]
    spread = np.cov((learned - np.stack(means)[own]).T) + 0.1 * np.eye(learned.shape[1])
    way = np.linalg.solve(spread, means[1] - means[0])
    return np.asarray(made[at] @ way > way @ (means[0] + means[1]) / 2)


def left_out_in_turn(n_places: int, seed: int) -> tuple[float, float, float]:
    """Score models of the other places in each: the mean, and the interval that is printed."""
    made = places(n_places, np.random.default_rng([seed, n_places, 13]))
    n_learned, half = len(CODE) * (n_places - 1), len(CODE) // 2
    done = []
    for at in range(n_places):
        said = told_elsewhere(made, at)
        right = [np.full(2, (said == c)[c == CODE].sum()) for c in (1, 0)]
        done.append(
            Ablation(
                f"{at}", f"{at}", "out", f"place {seed}/{at}", "a", "ridge", "forward",
                0, n_learned, half, half, np.arange(1), np.zeros(0), *right,
            )
        )  # fmt: skip
    (curve,) = curves(done)
    return float(curve.score[0]), float(curve.low[0]), float(curve.high[0])


def rivals_in_turn(n_places: int, signals: tuple[float, ...], seed: int) -> UnitCounts:
    """Score models of other places on inputs of their own, each with so much signal."""
    rng = np.random.default_rng([seed, n_places, 17])
    blocks = 4
    counts = np.zeros((len(signals), 1, n_places * blocks, 2, 2))
    block = np.arange(len(CODE)) * blocks // len(CODE)
    for method, signal in enumerate(signals):
        made = places(n_places, rng, signal)
        for at in range(n_places):
            said = told_elsewhere(made, at).astype(int)
            np.add.at(counts[method, 0], (at * blocks + block, CODE, said), 1)
    group = np.repeat(np.arange(n_places), blocks)
    names = tuple(f"{seed} {row}" for row in range(len(group)))
    return UnitCounts(
        "classification", tuple(f"m{i}" for i in range(len(signals))), counts, names, group
    )


def compared_elsewhere(seeds: range) -> Iterator[Claim]:
    """Comparisons over places that were left out in turn, by models that share labels."""
    for n_places in (5, 8, 12, 20):
        tallies = [rivals_in_turn(n_places, (0.7, 1, 1, 1, 1), seed) for seed in seeds]
        scored = np.mean([scores(tally, METRIC) for tally in tallies], axis=0)
        # The truth is what so many places give on average, over all worlds.
        truth = float(scored[1:].mean() - scored[0])
        answers = [ask(tally, floors=()) for tally in tallies]
        above = [answer.loss_of("m0").lower > truth for answer in answers]
        below = [answer.loss_of("m0").upper < truth for answer in answers]
        equals = [ask(tally.take_methods(tally.methods[1:]), floors=(), margin=1e-6)
                  for tally in tallies]  # fmt: skip
        worse = [float(np.mean([loss.worse for loss in one.losses])) for one in equals]
        used = [one.status == "decided" for one in equals]
        k, about = len(answers), f"{n_places} places left out in turn"
        if n_places >= 8:  # noqa: PLR2004 - from here on intervals are of new places
            each = [answer.loss_of("m1").score for answer in answers]
            held = [one.low <= scored[1] <= one.high for one in each]
            # It resamples the places that are tested, and not those that are learned from.
            yield Claim(f"interval of a score: {about}", 0.88, 0.98, mean(held), k)
        yield Claim(f"a loss is said to be larger than it is: {about}", 0, 0.05, mean(above), k)
        yield Claim(f"a loss is said to be smaller than it is: {about}", 0, 0.05, mean(below), k)
        yield Claim(f"'worse' of equal methods: {about}", 0, 0.05, mean(worse), k)
        yield Claim(f"'use' one of four equal inputs: {about}", 0, 0.10, mean(used), k)


def explained_elsewhere(seeds: range) -> Iterator[Claim]:
    """Explain's interval over places that were left out in turn, by models that share labels."""
    for n_places in (3, 4, 8, 12, 20):
        found = np.array([left_out_in_turn(n_places, seed) for seed in seeds])
        # The truth is what so many places give on average, over all worlds.
        truth = float(found[:, 0].mean())
        held = (found[:, 1] <= truth) & (truth <= found[:, 2])
        about = f"explain's interval over {n_places} places left out in turn"
        yield Claim(about, 0.92, 0.98, mean(held.tolist()), len(held))


ANSWERS: tuple[Callable[[range], Iterator[Claim]], ...] = (
    handful,
    explained_elsewhere,
    compared_elsewhere,
    small_budgets,
    nothing_learned,
    told_apart,
    next_values,
    visits,
    pretraining,
)

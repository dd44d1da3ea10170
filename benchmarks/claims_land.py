"""Claims of the split that is advised and of maps' expected error: see `claims.py`."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

sys.path.insert(0, str(Path(__file__).parent))

from claim import Claim, Floats, mean
from splits_truth import DESIGNS, SIDE, SQUARE, choose_labels, make_task, make_world, pooled

from bocage.models import Applicability
from bocage.models._nearest import FoldRows
from bocage.splits import SplitSettings, look_at_use, make_split
from bocage.splits._distances import compared

NEAR = 0.10
"""How far a score, or an expected error, may be from the truth of one invented square."""

BINS = 8


def expected_errors(design: str, split: str, seed: int) -> tuple[Floats, Floats, Floats]:
    """Expected and true error of pixels in equal bins of dissimilarity, and what is not told."""
    rng = np.random.default_rng([seed, 17])
    world = make_world(rng, "smooth")
    pixels = choose_labels(rng, design, 500, 20)
    task = make_task(world, pixels)
    area = SQUARE if split == "knndm" else None
    made = make_split(task, SplitSettings(split, area=area, sensitivity=False))
    domain = "local" if split == "knndm" else "out"
    values, model = task.inputs["x"].values, KNeighborsClassifier(5)
    folds, errors = [], []
    for fold in made.folds:
        if domain in fold.tests:
            tested = fold.tests[domain]
            said = model.fit(values[fold.pool], task.target[fold.pool]).predict(values[tested])
            folds.append(FoldRows(fold.pool, tested))
            errors.append((said != task.target[tested]).astype(float))
    found = Applicability.of_folds(values, folds, errors=np.concatenate(errors))
    rest = np.setdiff1d(np.arange(SIDE * SIDE), pixels)
    code = np.array(task.classes).astype(np.int64)
    wrong = code[model.fit(values, task.target).predict(world.features[rest])] != world.code[rest]
    index = found.index(world.features[rest])
    stated = found.curve(index)
    known = np.isfinite(stated)
    parts = np.array_split(np.argsort(index[known], kind="stable"), BINS)
    return (
        np.array([stated[known][part].mean() for part in parts]),
        np.array([wrong[known][part].mean() for part in parts]),
        1 - known.mean(),
    )


@dataclass(frozen=True)
class Told:
    """What one split's accuracy is beside that of the map, and what is said of it.

    Attributes
    ----------
    off : float
        Score minus truth.
    side : int
        1 where the map is said to look worse than it is, -1 better, 0 neither.
    """

    off: float
    side: int


def scores_by_split(design: str, seed: int, n: int = 300) -> dict[str, Told]:
    """Score one map by three splits of its labels."""
    rng = np.random.default_rng([seed, 5])
    world = make_world(rng, "smooth")
    pixels = choose_labels(rng, design, n, 20)
    task, model = make_task(world, pixels), KNeighborsClassifier(5)
    matched = make_split(task, SplitSettings("knndm", area=SQUARE))
    blocks = make_split(task, SplitSettings("blocks", sensitivity=False))
    rest = np.setdiff1d(np.arange(SIDE * SIDE), pixels)
    code = np.array(task.classes).astype(np.int64)
    made = model.fit(task.inputs["x"].values, task.target).predict(world.features[rest])
    truth = float((code[made] == world.code[rest]).mean())
    ways = {"knndm": (matched, "local"), "blocks": (blocks, "local"), "random": (blocks, "random")}
    found = {}
    for way, (split, domain) in ways.items():
        use = look_at_use(task, split, SQUARE, "")
        side = compared(use.tested[domain], use.mapped)
        found[way] = Told(pooled(model, task, split, domain) - truth, side)
    return found


def advised_splits(seeds: range) -> Iterator[Claim]:
    """Whether the split that is advised is near the truth, and what is said of others holds."""
    for design in DESIGNS:
        made = [scores_by_split(design, seed) for seed in seeds]
        off = {way: mean([one[way].off for one in made]) for way in made[0]}
        near = [abs(one["knndm"].off) <= NEAR for one in made]
        about = f"labels {design}, mean errors " + ", ".join(
            f"{w} {o:+.3f}" for w, o in off.items()
        )
        yield Claim(f"kNNDM within {NEAR:g} of the map: {about}", 0.6, 1.0, mean(near), len(near))
        said = [told.off * told.side < 0 for one in made for told in one.values() if told.side]
        if said:
            about = f"'tends to look better' or 'worse' is so: labels {design}"
            yield Claim(about, 0.7, 1.0, mean(said), len(said))


def error_layers(seeds: range) -> Iterator[Claim]:
    """The expected error of a map's pixels, where its folds match the area."""
    for design, least in (("uniform", 0.95), ("clustered", 0.6)):
        made = [expected_errors(design, "knndm", seed) for seed in seeds]
        off = [float(np.abs(stated - true).mean()) for stated, true, _ in made]
        about = f"labels {design}, mean distance {np.mean(off):.3f}"
        yield Claim(
            f"expected error within {NEAR:g} of the true one: {about}",
            least, 1.0, mean([one <= NEAR for one in off]), len(off),
        )  # fmt: skip


LAND: tuple[Callable[[range], Iterator[Claim]], ...] = (advised_splits, error_layers)

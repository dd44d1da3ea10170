"""Does the score of a split tell how good the map is?  Beside the truth, which is known here.

    python benchmarks/splits_truth.py [--worlds 200] [--first 96000] [--labels 400]
        [--clusters 20] [--forest]

Invented squares of 100 by 100 km, all pixels known (synthetic): four classes follow from eight
features that vary smoothly, and from land that no feature shows; on patchy land everything changes
within half the distance. Labels stand all over the square (uniform) or in clusters (clustered). The
truth is the accuracy of the map that a model makes from all labels, on the pixels without one.
Beside it, the accuracy by three splits of the same labels, pooled over folds: kNNDM for the square,
blocks, random folds; mean error and its standard error over the worlds, and how often the advice
named each split. The exit code tells whether kNNDM is within 0.02 of the truth on smooth land;
patchy land shows where matching the nearest label is not enough.
"""

import argparse
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier

from bocage.core import Input
from bocage.splits import Area, Split, SplitSettings, look_at_use, make_split
from bocage.tasks import Samples, Task, build_task

SIDE = 100
"""Pixels of a square, and kilometres."""

METRES = 1000.0
DEGREE = 111_195.0
"""Metres of a degree on the sphere, near the equator."""

FILTERS = (2, 3, 4, 5, 6, 8, 10, 12)
"""Standard deviations of the filters that make the features of patchy land, in pixels."""

HIDDEN = 6
"""That of what no feature shows."""

LANDS = {"smooth": 2.0, "patchy": 1.0}
"""How much wider all filters are."""

SPREAD = 4.0
"""Standard deviation of a cluster, in pixels."""

DESIGNS = ("uniform", "clustered", "roads", "dense", "grid", "part")
"""All over the square; in clusters; along three roads; half of them in one cluster; on a grid; in
the western half."""

SPLITS = ("knndm", "blocks", "random")

ROW, COLUMN = np.divmod(np.arange(SIDE * SIDE), SIDE)
LONLAT = np.column_stack([COLUMN, ROW]) * METRES / DEGREE
SQUARE = Area("the square", LONLAT[(ROW % 2 == 0) & (COLUMN % 2 == 0)], 2 * METRES)


@dataclass(frozen=True, slots=True)
class World:
    """All pixels of a square."""

    features: NDArray[np.float64]
    code: NDArray[np.int64]


def make_world(rng: np.random.Generator, land: str) -> World:
    """Invent a square."""
    wider = LANDS[land]
    fields = [_field(rng, scale * wider) for scale in FILTERS]
    signals = []
    for _ in range(4):
        weight = rng.normal(size=len(fields))
        seen = sum(w * f for w, f in zip(weight / np.linalg.norm(weight), fields, strict=True))
        signals.append(seen + _field(rng, HIDDEN * wider) + 0.3 * rng.normal(size=(SIDE, SIDE)))
    features = np.stack([f + 0.15 * rng.normal(size=f.shape) for f in fields], axis=-1)
    return World(features.reshape(-1, len(fields)), np.argmax(signals, axis=0).ravel())


def _field(rng: np.random.Generator, scale: float) -> NDArray[np.float64]:
    made = gaussian_filter(rng.normal(size=(SIDE, SIDE)), scale, mode="wrap")
    return np.asarray((made - made.mean()) / made.std())


def choose_labels(
    rng: np.random.Generator, design: str, n: int, clusters: int
) -> NDArray[np.int64]:
    """Choose the pixels that are labelled."""
    if design == "uniform":
        return rng.choice(SIDE * SIDE, n, replace=False)
    if design == "grid":
        step = SIDE / math.ceil(math.sqrt(n))
        lines = np.floor((np.arange(math.ceil(math.sqrt(n))) + rng.random()) * step).astype(int)
        return (lines[:, None] * SIDE + lines).ravel()
    if design == "part":
        return rng.choice(np.flatnonzero(COLUMN < SIDE // 2), n, replace=False)
    if design == "roads":
        return _along_roads(rng, n)
    if design == "dense":
        far = rng.choice(SIDE * SIDE, n // 2, replace=False)
        centre = rng.uniform(SPREAD, SIDE - SPREAD, 2)
        near = centre + rng.normal(0, 1.5 * SPREAD, (6 * n, 2))
        close = np.setdiff1d(_pixels_at(near), far)
        return np.concatenate([far, rng.choice(close, min(n - len(far), len(close)), False)])
    centre = rng.uniform(0, SIDE, (clusters, 2))
    near = centre[rng.integers(0, clusters, 6 * n)] + rng.normal(0, SPREAD, (6 * n, 2))
    known = _pixels_at(near)
    return rng.choice(known, min(n, len(known)), replace=False)


def _along_roads(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    """Choose pixels on three straight roads from edge to edge, and a little beside them."""
    ends = rng.uniform(0, SIDE, (3, 2))
    road, way = rng.integers(0, 3, 8 * n), rng.random(8 * n)
    across = ends[road, 0] + (ends[road, 1] - ends[road, 0]) * way
    along = way * SIDE
    flat = (road % 2 == 0)[:, None]
    at = np.where(flat, np.column_stack([across, along]), np.column_stack([along, across]))
    known = _pixels_at(at + rng.normal(0, 1.0, at.shape))
    return rng.choice(known, min(n, len(known)), replace=False)


def _pixels_at(at: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number the pixels that points fall into."""
    place = np.floor(at).astype(np.int64)
    place = place[((place >= 0) & (place < SIDE)).all(axis=1)]
    return np.unique(place[:, 0] * SIDE + place[:, 1])


def make_task(world: World, pixels: NDArray[np.int64]) -> Task:
    """Make a task from the labelled pixels."""
    bands = tuple(f"b{i}" for i in range(world.features.shape[1]))
    item = Input("x", world.features[pixels], bands)
    target = world.code[pixels].astype(np.str_)
    return build_task(Samples("square", "classification", target, LONLAT[pixels], {"x": item}))


def pooled(model: Any, task: Task, split: Split, domain: str) -> float:
    """Return the accuracy over all folds of a domain, put together."""
    values, right = task.inputs["x"].values, []
    for fold in split.folds:
        if domain in fold.tests:
            test = fold.tests[domain]
            fitted = model.fit(values[fold.pool], task.target[fold.pool])
            right.append(fitted.predict(values[test]) == task.target[test])
    return float(np.concatenate(right).mean())


def errors(
    seed: int, land: str, design: str, models: dict[str, Any], n: int, clusters: int
) -> Iterator[tuple[str, str, float, str]]:
    """Yield the error of each model's score by each split in one world, and the split advised."""
    rng = np.random.default_rng([seed, DESIGNS.index(design)])
    world = make_world(rng, land)
    pixels = choose_labels(rng, design, n, clusters)
    task = make_task(world, pixels)
    matched = make_split(task, SplitSettings("knndm", area=SQUARE))
    blocks = make_split(task, SplitSettings("blocks", sensitivity=False))
    advised = look_at_use(task, blocks, SQUARE, "").advice.leave
    rest = np.setdiff1d(np.arange(SIDE * SIDE), pixels)
    code = np.array(task.classes).astype(np.int64)
    for name, model in models.items():
        fitted = model.fit(task.inputs["x"].values, task.target)
        truth = float((code[fitted.predict(world.features[rest])] == world.code[rest]).mean())
        ways = {"knndm": (matched, "local"), "blocks": (blocks, "local")}
        ways["random"] = (blocks, "random")
        for way, (split, domain) in ways.items():
            yield name, way, pooled(model, task, split, domain) - truth, advised


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and tell whether kNNDM kept its promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--first", type=int, default=96_000)
    parser.add_argument("--labels", type=int, default=400)
    parser.add_argument("--clusters", type=int, default=20)
    parser.add_argument("--forest", action="store_true", help="also a forest (slow)")
    asked = parser.parse_args(arguments)
    models: dict[str, Any] = {"knn5": KNeighborsClassifier(5)}
    if asked.forest:
        models["forest"] = RandomForestClassifier(100, random_state=0, n_jobs=1)
    within, kept = 0.02, True
    print(f"score minus truth, mean over {asked.worlds} worlds (standard error)")
    for land in LANDS:
        for design in DESIGNS:
            found: dict[tuple[str, str], list[float]] = defaultdict(list)
            advice: Counter[str] = Counter()
            for seed in range(asked.first, asked.first + asked.worlds):
                made = list(errors(seed, land, design, models, asked.labels, asked.clusters))
                for name, way, off, _ in made:
                    found[name, way].append(off)
                advice[made[0][3]] += 1
            for name in models:
                cells = []
                for way in SPLITS:
                    values = np.array(found[name, way])
                    error = values.std() / math.sqrt(len(values))
                    cells.append(f"{way} {values.mean():+.3f} ({error:.3f})")
                if land == "smooth":
                    kept &= abs(np.mean(found[name, "knndm"])) <= within
                print(f"{land:7} {design:10} {name:7} {'  '.join(cells)}  advised {dict(advice)}")
    print(f"kNNDM within {within} of the truth on smooth land: {'yes' if kept else 'no'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

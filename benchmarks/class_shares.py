"""How strongly shares that are estimated from probabilities should be held to those learned.

    python benchmarks/class_shares.py

First, held-out places of a study of four regions are weighed to class shares drawn at random
(uniform over the simplex), shares are estimated from their probabilities with each anchor, and what
that costs is printed: share of right decisions, log loss, and half of the summed differences of
shares. Then tiles of invented countries, whose truth is known for every pixel, are mapped: right
decisions as a share of those without shares. The anchor of a half was chosen with the tiles of
`SEEN` in sight, the tile of the tests among them: only those of `FRESH` test it.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.datasets.landscape import LandscapeSettings, landscape, landscape_chips
from bocage.features import matrix
from bocage.methods import fit_tuned, parse_method
from bocage.models import estimate_prior, reweigh
from bocage.splits import Fold, InnerMaker, SplitSettings, make_split
from bocage.study import Workers, make_settings, prepare

ANCHORS = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 1e6)
DRAWS = 10
TILE = 128
SEEN = (5, 1001, 1002)
FRESH = (2001, 2002, 2003)


def held_out(proba: NDArray[Any], true: NDArray[Any], group: NDArray[Any]) -> None:
    n, rng = proba.shape[1], np.random.default_rng(0)
    even = np.full(n, 1 / n)
    found: dict[float, list[tuple[float, float, float]]] = {anchor: [] for anchor in ANCHORS}
    for place in np.unique(group):
        said, y = proba[group == place], true[group == place]
        count = np.bincount(y, minlength=n)
        for _ in range(DRAWS):
            share = rng.dirichlet(np.ones(n)) * (count > 0)
            share /= share.sum()
            weight = share[y] / count[y]
            for anchor in ANCHORS:
                prior = estimate_prior(said, even, weight, anchor=anchor).prior
                made = reweigh(said, even, prior)
                loss = -np.log(np.maximum(made[np.arange(len(y)), y], 1e-6))
                found[anchor].append((
                    float(weight @ (made.argmax(axis=1) == y)), float(weight @ loss),
                    float(np.abs(prior - share).sum() / 2),
                ))  # fmt: skip
    for anchor, rows in found.items():
        right, loss, apart = np.mean(rows, axis=0)
        print(f"  anchor {anchor:<9g} right {right:.3f}  log loss {loss:.3f}  apart {apart:.3f}")


def tiles(seed: int, regime: Any) -> None:
    settings = LandscapeSettings(seed=seed)
    points, chips = landscape(settings), landscape_chips(settings, chips=4, side=TILE)
    rows, even = np.arange(len(points)), np.full(points.n_classes, 1 / points.n_classes)
    split = make_split(points, SplitSettings("region"))
    inner = InnerMaker(points, split).make(Fold("all", regime, "", rows, rows[:0], {}), rows)
    fitted = fit_tuned(
        parse_method("aef:logistic"), matrix(points.inputs, points.lonlat, ("aef",)),
        points.target, rows, inner, kind="classification", n_classes=points.n_classes, trials=4,
        seed=0,
    )  # fmt: skip
    for values, mask in zip(chips.inputs["aef"].values, chips.masks, strict=True):
        truth = mask.ravel()
        known = truth >= 0
        pixels = values.reshape(len(values), -1).T[known].astype(np.float64)
        said, y = fitted.learner.predict_proba(pixels), truth[known]
        share = np.bincount(y, minlength=points.n_classes) / len(y)
        plain = (said.argmax(axis=1) == y).mean()
        told = [f"true {(reweigh(said, even, share).argmax(axis=1) == y).mean() / plain:.4f}"]
        for anchor in ANCHORS[:-2]:
            prior = estimate_prior(said[::4], even, anchor=anchor).prior
            kept = (reweigh(said, even, prior).argmax(axis=1) == y).mean() / plain
            told.append(f"{anchor:g}: {kept:.4f}")
        print(f"seed {seed} {regime:5} T {fitted.temperature:.2f} right {plain:.4f}; kept "
              + "  ".join(told))  # fmt: skip


def main() -> None:
    settings = make_settings({
        "task": "four-regions-clean", "leave": "region", "budgets": ["all"], "repeats": 1,
        "methods": ["prior", "aef:logistic"],
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        study = prepare(settings, Path(folder))
        study.run(Workers())
        results, budget = study.results(), study.budgets[0]
        for where in ("out", "local"):
            method = next(m for m in results.complete(where, budget) if m.inputs)
            draw = results.whole(method, where, budget, 0)
            print(f"four regions, {method.name}, {where}:")
            held_out(
                draw.probabilities.astype(np.float64), study.task.target[draw.rows],
                study.split.group[draw.rows],
            )  # fmt: skip
    for seed in (*SEEN, *FRESH):
        for regime in ("out", "local"):
            tiles(seed, regime)


if __name__ == "__main__":
    main()

"""Does the confidence of a map come true, and what do class shares keep?  Invented countries.

    python benchmarks/map_confidence.py [COUNTRIES]

A logistic head learns from all labels of a country, its confidence is fitted to inner folds, and
square tiles of every region are mapped, whose labels are known for every pixel (3 % of the parcels
are labelled wrongly, as 3 % of the samples are). Inner folds hold out blocks (`local`, the regime
of land among the labels) or whole regions (`out`). Printed are accuracy minus mean confidence in
ten bins of equal width (those with 1 % of the pixels or more) and in ten of equally many pixels,
over all tiles: pixels of a parcel are right or wrong together, so a single tile, of few parcels,
says little. `alone` is the best temperature without noise. Then right decisions under the true
shares of each tile, and under estimated ones, as a share of those without.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.datasets.landscape import LandscapeSettings, landscape, landscape_chips
from bocage.features import matrix
from bocage.mapping._shares import ANCHOR
from bocage.methods import Confidence, fit_tuned, parse_method, with_noise
from bocage.methods import _trial as trial
from bocage.methods._temperature import fit_temperature
from bocage.models import estimate_prior, reweigh
from bocage.splits import Fold, InnerMaker, SplitSettings, make_split

Floats = NDArray[np.float64]

FIRST = 60_000
TILES, SIDE = 12, 64
ENOUGH = 0.01
KEPT = 0.99
REGIMES = ("local", "out")


@dataclass
class Found:
    """What is stated of pixels and what came true, tile by tile.

    Attributes
    ----------
    sure, right : list of ndarray
        Confidence of the mapped class, and whether it is that of the label.
    kept : list of float
        Right decisions as a share of those without class shares.
    """

    sure: list[Floats] = field(default_factory=list)
    right: list[NDArray[np.bool_]] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)

    def gaps(self) -> tuple[Floats, Floats]:
        """Accuracy minus confidence: in bins of equal width, NaN with few pixels; of equal mass."""
        sure, right = np.concatenate(self.sure), np.concatenate(self.right)
        order = np.argsort(sure, kind="stable")
        mass = np.array([(right[part] - sure[part]).mean() for part in np.array_split(order, 10)])
        bins = np.minimum((10 * sure).astype(int), 9)
        count = np.bincount(bins, minlength=10)
        gap = np.bincount(bins, right - sure, 10) / np.maximum(count, 1)
        return np.where(count >= ENOUGH * len(sure), gap, np.nan), mass


def fitted(points: Any, regime: Any, *, alone: bool) -> Any:
    """Tune and fit on all labels, with noise or with a temperature alone."""
    rows = np.arange(len(points))
    split = make_split(points, SplitSettings("region"))
    inner = InnerMaker(points, split).make(Fold("all", regime, "", rows, rows[:0], {}), rows)
    both = trial.fit_confidence
    if alone:
        trial.fit_confidence = lambda *held: Confidence(fit_temperature(*held))
    try:
        return fit_tuned(
            parse_method("aef:logistic"), matrix(points.inputs, points.lonlat, ("aef",)),
            points.target, rows, inner, kind="classification", n_classes=points.n_classes, trials=4,
            seed=0,
        )  # fmt: skip
    finally:
        trial.fit_confidence = both


def measure(seeds: Iterable[int]) -> dict[tuple[str, str], Found]:
    """Map the tiles of some countries; results by regime and decision."""
    found: dict[tuple[str, str], Found] = {}
    for seed in seeds:
        settings = LandscapeSettings(seed=seed)
        points = landscape(settings)
        chips = landscape_chips(settings, chips=TILES, side=SIDE)
        for regime in REGIMES:
            head = fitted(points, regime, alone=False)
            hot = fitted(points, regime, alone=True)
            for values, mask in zip(chips.inputs["aef"].values, chips.masks, strict=True):
                pixels, truth = values.reshape(len(values), -1).T.astype(np.float64), mask.ravel()
                made = {name: _decided(head, pixels, truth, name) for name in NAMES}
                made["alone"] = hot.learner.predict_proba(pixels), 0.0
                plain = (made["plain"][0].argmax(axis=1) == truth).mean()
                for name, (said, noise) in made.items():
                    right = said.argmax(axis=1) == truth
                    one = found.setdefault((regime, name), Found())
                    one.sure.append(with_noise(said.max(axis=1), noise, points.n_classes))
                    one.right.append(right)
                    one.kept.append(float(right.mean() / plain))
    return found


NAMES = ("plain", "true shares", "estimated shares")


def _decided(head: Any, pixels: Floats, truth: NDArray[Any], name: str) -> tuple[Floats, float]:
    said = head.learner.predict_proba(pixels)
    n = said.shape[1]
    even = np.full(n, 1 / n)
    if name == "true shares":
        said = reweigh(said, even, np.bincount(truth, minlength=n) / len(truth))
    elif name == "estimated shares":
        said = reweigh(said, even, estimate_prior(said[::4], even, anchor=ANCHOR).prior)
    return said, head.noise


def main(n: int) -> None:
    """Print bins, and what shares keep."""
    found = measure(range(FIRST, FIRST + n))
    for (regime, name), one in found.items():
        width, mass = one.gaps()
        told = " ".join(f"{gap:+.3f}" if np.isfinite(gap) else "     ." for gap in width)
        print(f"{regime:5} {name:16} width {told}\n{'':22} mass  "
              + " ".join(f"{gap:+.3f}" for gap in mass))  # fmt: skip
    for (regime, name), one in found.items():
        if name in NAMES[1:]:
            kept = np.array(one.kept)
            print(f"{regime:5} {name:16} keep {kept.mean():.3f}, least {kept.min():.3f}; "
                  f"{(kept < KEPT).mean():.0%} of {len(kept)} tiles below {KEPT}")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16)

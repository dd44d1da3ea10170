"""The landscape beside the real four regions: the table that its calibration is judged by.

Run by hand: ``BOCAGE_DATA=... python benchmarks/landscape_calibration.py [SEED ...]``. Without
BOCAGE_DATA only the synthetic columns are printed. The seeds given replace the fresh ones.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

METRES_PER_DEGREE = 111_195.0
BLOCK = 20_000.0
"""Side of the blocks in metres: 10 to 30 blocks in each real region."""
LAGS = 1000 * np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48])
"""Edges of the variogram's distance classes in metres."""
REACHES = (0.632, 0.95)
"""Shares of the variance: an exponential variogram has them at one and three length scales."""

DEFAULT_SEED = 5
FRESH = tuple(range(1001, 1011))
"""Seeds that were not looked at while the generator was tuned."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """What every measure needs, real or synthetic."""

    inputs: dict[str, Floats]
    y: NDArray[np.int64]
    lonlat: Floats
    region: NDArray[np.str_]


def real_table(folder: Path) -> Table:
    """Read the clean four regions: the label is the largest of its nine probabilities."""
    import pandas as pd

    classes = ["water", "trees", "grass", "flooded_vegetation", "crops", "shrub_and_scrub"]
    classes += ["built", "bare", "snow_and_ice"]
    frame = pd.concat(map(pd.read_csv, sorted(folder.glob("four-regions/*.csv"))))
    label = frame["dw_label"].to_numpy()
    keep = (frame[classes].to_numpy().argmax(axis=1) == label) & np.isin(label, [0, 1, 4, 6])
    frame, label = frame[keep], label[keep]
    return Table(
        inputs={
            "aef": frame[[f"A{i:02}" for i in range(64)]].to_numpy(),
            "s1": frame[["S1_VH", "S1_VV", "S1_VV_div_VH"]].to_numpy(),
        },
        y=label.astype(np.int64),
        lonlat=frame[["longitude", "latitude"]].to_numpy(),
        region=frame["region"].to_numpy().astype(np.str_),
    )


def metres(lonlat: Floats) -> Floats:
    """Plate carree about the mean latitude: good to a percent over one region."""
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(lonlat[:, 1].mean())), 1.0])
    return (lonlat - lonlat.mean(axis=0)) * scale


def blocks(lonlat: Floats, side: float = BLOCK) -> NDArray[np.int64]:
    """Number of each sample's square block."""
    cell = np.floor(metres(lonlat) / side).astype(np.int64)
    return np.unique(cell, axis=0, return_inverse=True)[1].ravel()


def block_folds(block: NDArray[np.int64], n_folds: int, seed: int) -> NDArray[np.int64]:
    """Fold of each sample: shuffled blocks, largest first, go to the smallest fold."""
    count = np.bincount(block)
    order = np.random.default_rng(seed).permutation(len(count))
    order = order[np.argsort(-count[order], kind="stable")]
    fold, size = np.zeros(len(count), dtype=np.int64), np.zeros(n_folds)
    for number in order:
        fold[number] = size.argmin()
        size[fold[number]] += count[number]
    return fold[block]


def logistic(X: Floats, y: NDArray[np.int64], test: Floats, *, scale: bool) -> NDArray[np.int64]:
    """Fit and predict as the stored real figures were made; units other than 1 are scaled."""
    if scale:
        scaler = StandardScaler().fit(X)
        X, test = scaler.transform(X), scaler.transform(test)
    model = LogisticRegression(C=10, max_iter=5000, class_weight="balanced").fit(X, y)
    return model.predict(test)


def _score(truth: NDArray[np.int64], guess: NDArray[np.int64]) -> float:
    return float(balanced_accuracy_score(truth, guess))


def regimes(table: Table, name: str, repeats: int = 3) -> dict[str, float]:
    """Balanced accuracy of one input in the four regimes, and out per region."""
    X, y, region = table.inputs[name], table.y, table.region
    scale = name != "aef"
    places = np.unique(region)
    random, local, inside = [], [], []
    out: dict[str, float] = {}
    for seed in range(repeats):
        fold = block_folds(np.arange(len(y)), 4, seed)
        guess = np.empty_like(y)
        for k in range(4):
            test = fold == k
            guess[test] = logistic(X[~test], y[~test], X[test], scale=scale)
        random.append(_score(y, guess))
        held = np.zeros(len(y), dtype=bool)
        for place in places:
            here = np.flatnonzero(region == place)
            block = blocks(table.lonlat[here])
            held[here] = block_folds(block, 5, seed) == 0
            fold = block_folds(block, 4, seed)
            part = np.empty(len(here), dtype=np.int64)
            for k in range(4):
                train, test = here[fold != k], here[fold == k]
                part[fold == k] = logistic(X[train], y[train], X[test], scale=scale)
            local.append(_score(y[here], part))
        for place in places:
            rest = region != place
            train, test = rest & ~held, rest & held
            inside.append(_score(y[test], logistic(X[train], y[train], X[test], scale=scale)))
    for place in places:
        test = region == place
        out[place] = _score(y[test], logistic(X[~test], y[~test], X[test], scale=scale))
    figures = {"random": np.mean(random), "in": np.mean(inside), "local": np.mean(local)}
    figures["out"] = np.mean(list(out.values()))
    figures |= {f"out {i + 1}": value for i, value in enumerate(sorted(out.values()))}
    return {f"{name} {key}": float(value) for key, value in figures.items()}


def coordinates(table: Table) -> dict[str, float]:
    """Balanced accuracy of the nearest neighbour on longitude and latitude alone."""
    y, region = table.y, table.region
    fold = block_folds(np.arange(len(y)), 4, 0)
    guess, far = np.empty_like(y), []
    for k in range(4):
        test = fold == k
        guess[test] = (
            KNeighborsClassifier(1).fit(table.lonlat[~test], y[~test]).predict(table.lonlat[test])
        )
    for place in np.unique(region):
        test = region == place
        model = KNeighborsClassifier(1).fit(table.lonlat[~test], y[~test])
        far.append(_score(y[test], model.predict(table.lonlat[test])))
    return {"xy random": _score(y, guess), "xy out": float(np.mean(far))}


def participation(X: Floats) -> float:
    """(sum of eigenvalues)^2 / (sum of their squares) of the covariance."""
    values = np.linalg.eigvalsh(np.cov(X.T))
    return float(values.sum() ** 2 / (values**2).sum())


def _reach(table: Table, columns: list[Floats]) -> tuple[float, float]:
    """Distances in km at which the variogram first reaches 63 % and 95 % of the variance.

    Semivariances are taken within regions, over the region's variance, averaged over columns and
    then over regions, so that the region with the closest samples does not decide alone.
    """
    curves = []
    for place in np.unique(table.region):
        here = table.region == place
        lag = np.digitize(pdist(metres(table.lonlat[here])), LAGS) - 1
        near = lag < len(LAGS) - 1
        count = np.bincount(lag[near], minlength=len(LAGS) - 1)
        sums = np.zeros(len(count))
        for column in columns:
            values = column[here]
            gap = 0.5 * pdist(values[:, None], "sqeuclidean") / values.var()
            sums += np.bincount(lag[near], weights=gap[near], minlength=len(count))
        curves.append(np.where(count > 0, sums / np.maximum(count, 1) / len(columns), np.nan))
    # The middle of a distance class stands for its pairs; a curve can't fall once it has risen.
    middle = np.append(0.0, (LAGS[:-1] + LAGS[1:]) / 2)
    curve = np.maximum.accumulate(np.append(0.0, np.nanmean(curves, axis=0)))
    reached = [float(np.interp(share, curve, middle)) / 1000 for share in REACHES]
    return reached[0], reached[1]


def spatial(table: Table) -> dict[str, float]:
    """Ranges of the embedding's first five principal components and of the class indicators."""
    within = table.inputs["aef"].copy()
    for place in np.unique(table.region):
        within[table.region == place] -= within[table.region == place].mean(axis=0)
    parts = within @ np.linalg.svd(within, full_matrices=False)[2][:5].T
    out: dict[str, float] = {}
    for name, columns in (
        ("components", list(parts.T)),
        ("classes", [(table.y == k).astype(np.float64) for k in np.unique(table.y)]),
    ):
        near, far = _reach(table, columns)
        out |= {f"{name} range 63 % km": near, f"{name} range 95 % km": far}
    return out


def measure(table: Table, *, repeats: int = 3) -> dict[str, float]:
    """All figures of one table."""
    figures: dict[str, float] = {"n": float(len(table.y))}
    for name in table.inputs:
        figures |= regimes(table, name, repeats)
    figures |= coordinates(table)
    figures["participation ratio"] = participation(table.inputs["aef"])
    return figures | spatial(table)


def synthetic_table(seed: int, **settings: object) -> tuple[Table, float]:
    """Draw the default landscape with another seed; the second value is its true drop."""
    from bocage.datasets.landscape import LandscapeSettings, landscape_samples

    samples, truth = landscape_samples(LandscapeSettings(seed=seed, **settings))  # type: ignore[arg-type]
    table = Table(
        inputs={name: np.asarray(item.values) for name, item in samples.inputs.items()},
        y=np.unique(samples.target, return_inverse=True)[1].astype(np.int64),
        lonlat=samples.lonlat,
        region=samples.groups["region"],
    )
    return table, truth.drop


def main() -> None:
    """Print the table: real, default seed, mean and spread of fresh seeds."""
    fresh = [int(text) for text in sys.argv[1:]] or list(FRESH)
    folder = os.environ.get("BOCAGE_DATA")
    with threadpool_limits(1):
        real = measure(real_table(Path(folder))) if folder else {}
        rows = []
        for seed in (DEFAULT_SEED, *fresh):
            table, drop = synthetic_table(seed)
            rows.append(measure(table) | {"true drop": drop})
    default, others = rows[0], rows[1:]
    print(f"{'':24}{'real':>9}{'default':>9}{'fresh':>9}{'± sd':>8}   ({len(others)} fresh seeds)")
    for key in {**real, **default}:
        many = [row[key] for row in others if key in row]
        cells = [real.get(key), default.get(key), np.mean(many) if many else None]
        text = "".join(f"{'':>9}" if cell is None else f"{cell:9.3f}" for cell in cells)
        print(f"{key:24}{text}{np.std(many) if many else 0:8.3f}")


if __name__ == "__main__":
    main()

"""How fast is a campaign of ablations?  Beside a plain loop over the libraries' own classifiers.

    python benchmarks/ablation.py [--experiments 1000] [--plain 48] [--workers 2]

Published-style experiments on the invented country with planted dimensions (synthetic): one class
against all others in one place, three quarters of its samples to learn from (as many of the class
as of the others), one of four models of 100 trees, then the same model on the first 1, 2, ... 30
dimensions by impurity. The plain loop makes a new `RandomForestClassifier`,
`GradientBoostingClassifier`, `XGBClassifier` or `LGBMClassifier` with `n_jobs=1` for each, one
after the other, on the same samples and in the same order of dimensions; it is timed on every n-th
experiment and scaled, and its counts are set beside ours.

Then ridge classifiers: the paths of 64 nested subsets for nine classes on 2,880 samples, beside one
full fit of scikit-learn's `Ridge` a class. Then the share of a boosted model's time that binning
its samples takes: all that subsets of one experiment could share.
"""

import argparse
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from bocage.core import Workers
from bocage.datasets.landscape import LandscapeSettings, landscape_samples
from bocage.dimensions import CampaignSettings, Moments, Problem, plan_campaign, run_campaign
from bocage.dimensions._experiment import _balanced, _rows
from bocage.dimensions._linear_path import ALPHA
from bocage.splits import SplitSettings, make_split
from bocage.tasks import build_task


def country() -> Problem:
    """Nine classes in eight places, 40 samples of each class in each."""
    classes = ("built", "crops", "grass", "marsh", "rock", "shrubs", "snow", "trees", "water")
    samples, _ = landscape_samples(
        LandscapeSettings(classes=classes, n_regions=8, per_class=40, mixing="planted")
    )
    task = build_task(samples)
    return Problem.of(task, make_split(task, SplitSettings("region", sensitivity=False)), "aef")


def plain_model(name: str, seed: int) -> Any:
    """Return the library's own classifier."""
    if name == "forest":
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(100, n_jobs=1, random_state=seed)
    if name == "boosting":
        from sklearn.ensemble import GradientBoostingClassifier

        return GradientBoostingClassifier(random_state=seed)
    if name == "xgboost":
        from xgboost import XGBClassifier

        return XGBClassifier(n_estimators=100, n_jobs=1, random_state=seed)
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_estimators=100, n_jobs=1, random_state=seed, verbose=-1)


def plain(problem: Problem, settings: CampaignSettings, experiment: Any, order: Any) -> Any:
    """Do one experiment as one would write it down; return counts and seconds."""
    seed = int(experiment.key[:7], 16)
    train, tests = _rows(problem, experiment.fold, experiment.place, experiment.code, seed)
    own = problem.codes[train] == experiment.code
    train = _balanced(own, train, settings.most, np.random.default_rng(seed))
    y, truth = (problem.codes[rows] == experiment.code for rows in (train, tests))
    X, new = (problem.X[rows].astype(np.float32) for rows in (train, tests))
    start = time.perf_counter()
    whole = plain_model(experiment.model, seed).fit(X, y)
    _ = whole.feature_importances_
    said = []
    for k in range(1, len(order) + 1):
        fitted = plain_model(experiment.model, seed).fit(X[:, order[:k]], y)
        said.append(fitted.predict(new[:, order[:k]]))
    said.append(whole.predict(new))
    seconds = time.perf_counter() - start
    return (np.stack(said).astype(bool) == truth).sum(axis=1), seconds


def campaign(n: int, n_plain: int, workers: int) -> None:
    """Time both, and compare what they count."""
    import warnings

    warnings.filterwarnings("ignore")
    problem = country()
    settings = CampaignSettings(n, splits=("inside",))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        done = run_campaign(problem, settings, Path(folder), Workers(workers))
        ours = time.perf_counter() - start
    experiments = [run for batch in plan_campaign(problem, settings) for run in batch.runs]
    step = max(1, n // n_plain)
    taken: dict[str, list[float]] = defaultdict(list)
    own: dict[str, list[float]] = defaultdict(list)
    apart: dict[str, list[float]] = defaultdict(list)
    for experiment, record in list(zip(experiments, done, strict=True))[::step]:
        right, seconds = plain(problem, settings, experiment, record.order)
        taken[experiment.model].append(seconds)
        own[experiment.model].append(record.seconds)
        share = (record.own + record.rest - right) / (record.n_own + record.n_rest)
        apart[experiment.model].append(float(np.abs(share).mean()))
    shares = {name: np.mean([e.model == name for e in experiments]) for name in taken}
    scaled = n * sum(shares[name] * np.mean(found) for name, found in taken.items())
    for name, found in sorted(taken.items()):
        print(
            f"{name:9s} plain {np.mean(found):6.2f} s, one of {workers} workers here "
            f"{np.mean(own[name]):6.2f} s ({np.mean(found) / np.mean(own[name]):.2f} x); accuracy "
            f"differs by {np.mean(apart[name]):.4f}"
        )
    print(
        f"{n:,} experiments: {ours:,.0f} s with {workers} workers; plain loop {scaled:,.0f} s "
        f"(from {sum(map(len, taken.values()))} of them): {scaled / ours:.1f} x"
    )


def quickest(call: Any) -> float:
    """Return the least seconds of nine calls."""
    found = []
    for _ in range(9):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


def binning() -> None:
    """Time what LightGBM and XGBoost do before they grow trees, on 400 samples."""
    import lightgbm
    import xgboost

    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 30)).astype(np.float32)
    y = (X[:, 0] + X[:, 1] > 0).astype(np.float32)
    quiet = {"objective": "binary", "num_threads": 1, "verbosity": -1, "force_row_wise": True}
    logistic = {"objective": "binary:logistic", "nthread": 1}

    def dataset() -> Any:
        return lightgbm.Dataset(X, y, params=quiet).construct()

    def matrix() -> Any:
        return xgboost.QuantileDMatrix(X, y, nthread=1)

    for name, bins, fit in (
        ("LightGBM", dataset, lambda: lightgbm.train(quiet, dataset(), 100)),
        ("XGBoost", matrix, lambda: xgboost.train(logistic, matrix(), 100)),
    ):
        print(f"{name}: binning is {quickest(bins) / quickest(fit):.1%} of a fit")


def ridge() -> None:
    """Time nested paths beside one full fit a class."""
    from sklearn.linear_model import Ridge

    rng = np.random.default_rng(0)
    codes = rng.integers(0, 9, 2880)
    X = rng.normal(size=(2880, 64)) + rng.normal(size=(9, 64))[codes]

    def full() -> None:
        for code in range(9):
            y = codes == code
            weight = np.where(y, 0.5 / y.sum(), 0.5 / (~y).sum())
            mean = weight @ X
            Z = (X - mean) / np.sqrt(weight @ (X - mean) ** 2)
            Ridge(ALPHA, solver="cholesky").fit(Z, np.where(y, 1.0, -1.0), sample_weight=weight)

    def paths() -> None:
        normal = Moments.of(X, codes, 9).one_vs_rest()
        normal.path(np.argsort(-abs(normal.weights()), axis=1))

    one, all_ = quickest(full), quickest(paths)
    print(
        f"ridge: 9 full fits {1e3 * one:.1f} ms, 9 paths of 64 subsets {1e3 * all_:.1f} ms: "
        f"{all_ / one:.2f} x the cost"
    )


def main() -> None:
    """Print all three."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiments", type=int, default=1000)
    parser.add_argument("--plain", type=int, default=48)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    ridge()
    binning()
    campaign(asked.experiments, asked.plain, asked.workers)


if __name__ == "__main__":
    main()

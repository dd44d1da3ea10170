"""What does a study cost over a plain scikit-learn loop?  1,000 shallow runs, side by side.

    python benchmarks/compare_overhead.py [ROUNDS]

Both fit a logistic regression on 90 labels of 64 features, predict and score the same held-out
samples of a synthetic country 1,000 times, one BLAS thread each. The loop is handed its rows; the
study draws them, writes every run to disk and collects the scores. Rounds alternate, the median
ratio counts. The time that two worker processes need to start is told apart. Then: how long do
`import bocage` and `bocage --help` take?
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    jaccard_score,
    log_loss,
)
from threadpoolctl import threadpool_limits

from bocage.core import Input
from bocage.methods import parse_method
from bocage.splits import Budget, LabelSampler, SplitSettings, make_split
from bocage.study import Protocol, Study, StudySettings, Workers, make_plan
from bocage.tasks import Samples, Task, build_task

N_RUNS, N_LABELS, N_CLASSES, N_GROUPS = 1000, 90, 3, 4
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Took:
    """Seconds of one round."""

    cpu: float
    wall: float
    start: float = 0.0
    fits: float = 0.0  # CPU seconds of fitting and predicting alone


def synthetic_task() -> Task:
    """Four regions, three classes, 64 unit-length features with a signal in some of them."""
    rng = np.random.default_rng(0)
    n = 1200
    target = rng.integers(N_CLASSES, size=n)
    region = rng.integers(N_GROUPS, size=n)
    features = rng.normal(size=(n, 64)) + 1.2 * rng.normal(size=(N_CLASSES, 64))[target]
    features += 0.5 * rng.normal(size=(N_GROUPS, 64))[region]
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    lonlat = np.column_stack([10 * region, np.zeros(n)]) + rng.uniform(0, 1, (n, 2))
    return build_task(
        Samples(
            name="overhead",
            kind="classification",
            target=target.astype(np.str_),
            lonlat=lonlat,
            inputs={
                "aef": Input(
                    "aef", features, tuple(f"A{band:02d}" for band in range(64)), scaling="keep"
                )
            },
            groups={"region": region.astype(np.str_)},
            synthetic=True,
        )
    )


def make_study(folder: Path) -> Study:
    """Plan 1,000 runs: the `out` folds of four regions, 250 draws of 30 labels a class."""
    task = synthetic_task()
    split = make_split(task, SplitSettings("region"))
    split = replace(split, folds=tuple(fold for fold in split.folds if fold.regime == "out"))
    methods = (parse_method("aef:logistic:C=10"),)
    budgets = (Budget(N_LABELS / N_CLASSES),)
    plan = make_plan(task, split, methods, budgets, Protocol(), repeats=N_RUNS // len(split.folds))
    if plan.n_runs != N_RUNS:
        raise SystemExit(f"the plan has {plan.n_runs} runs, expected {N_RUNS}")
    settings = StudySettings(task="overhead", target="crop")
    return Study(settings, folder, task, split, methods, budgets, Protocol(), plan)


def work(study: Study) -> list[tuple[Rows, list[Rows]]]:
    """List training rows and test rows of every run, for the plain loop."""
    drawer = LabelSampler(study.task, study.split, study.protocol.seed)
    return [
        (
            drawer.draw(study.split.folds[batch.fold], run.cell.budget, run.cell.repeat).rows,
            list(study.split.folds[batch.fold].tests.values()),
        )
        for batch in study.plan.batches
        for run in batch.runs
    ]


def plain(study: Study, rows: Sequence[tuple[Rows, list[Rows]]]) -> tuple[Took, list[float]]:
    """Fit, predict and score in a loop."""
    cpu, wall = time.process_time(), time.perf_counter()
    X, y = study.task.inputs["aef"].values, study.task.target
    found = []
    labels = list(range(N_CLASSES))
    scoring = 0.0
    for train, tests in rows:
        head = LogisticRegression(C=10, max_iter=2000, class_weight="balanced")
        head.fit(X[train], y[train])
        for test in tests:
            proba = head.predict_proba(X[test])
            before = time.process_time()
            predicted, true = proba.argmax(axis=1), y[test]
            confusion_matrix(true, predicted, labels=labels)
            accuracy_score(true, predicted)
            f1_score(true, predicted, labels=labels, average=None)
            jaccard_score(true, predicted, labels=labels, average=None)
            log_loss(true, proba, labels=labels)
            float(np.square(proba - np.eye(N_CLASSES)[true]).sum(axis=1).mean())
            for edges in (
                np.linspace(0, 1, 16),
                np.quantile(proba.max(axis=1), np.linspace(0, 1, 16)),
            ):
                _calibration_error(proba.max(axis=1), predicted == true, edges)
            found.append(float(balanced_accuracy_score(true, predicted)))
            scoring += time.process_time() - before
    cpu = time.process_time() - cpu
    return Took(cpu, time.perf_counter() - wall, fits=cpu - scoring), found


def _calibration_error(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], edges: NDArray[np.float64]
) -> float:
    which = np.clip(np.digitize(confidence, edges) - 1, 0, len(edges) - 2)
    gap = np.bincount(which, weights=confidence - right, minlength=len(edges) - 1)
    return float(np.abs(gap).sum() / len(confidence))


def bocage(folder: Path, processes: int) -> tuple[Took, Study]:
    """Run the study; planning and the table of scores are part of it."""
    cpu, wall = _cpu(), time.perf_counter()
    study = make_study(folder)
    before = time.perf_counter()
    ready = [before]
    study.run(Workers(processes), started=lambda: ready.append(time.perf_counter()))
    end = time.perf_counter()
    start = ready[-1] - before
    return Took(_cpu() - cpu, end - wall - start, start), study


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def compare(rounds: int) -> None:
    """Print ratios of the study to the loop, and prove that both found the same scores."""
    with tempfile.TemporaryDirectory() as scratch, threadpool_limits(1):
        rows = work(make_study(Path(scratch) / "plan"))
        loops, ones, twos = [], [], []
        for number in range(rounds):
            took, expected = plain(make_study(Path(scratch) / "plan"), rows)
            loops.append(took)
            one, study = bocage(Path(scratch) / f"one{number}", 1)
            ones.append(one)
            two, _ = bocage(Path(scratch) / f"two{number}", 2)
            twos.append(two)
            table = study.results().score_table()
            scores = table[table["metric"] == "balanced_accuracy"]["value"]
            np.testing.assert_allclose(sorted(scores), sorted(expected), rtol=0, atol=1e-12)
            print(f"round {number + 1}: loop {took.cpu:.2f} s CPU, {took.wall:.2f} s; ", end="")
            print(f"one worker {one.cpu:.2f} s CPU, {one.wall:.2f} s; ", end="")
            print(f"two {two.cpu:.2f} s CPU, {two.wall:.2f} s + {two.start:.2f} s to start")
    pairs = list(zip(loops, ones, twos, strict=True))
    print(f"CPU seconds, one worker / loop: {median(o.cpu / p.cpu for p, o, _ in pairs):.2f}")
    print(
        "CPU seconds, one worker / loop without its scores: "
        f"{median(o.cpu / p.fits for p, o, _ in pairs):.2f}"
    )
    print(f"speed, two workers / loop: {median(p.wall / t.wall for p, _, t in pairs):.2f}")
    print(f"speed, two workers / one: {median(o.wall / t.wall for _, o, t in pairs):.2f}")


def start_times(rounds: int) -> None:
    """Print how long an import and the help text take, beside Python itself."""
    command = Path(sys.executable).with_name("bocage")
    for title, arguments in (
        ("python -c pass", [sys.executable, "-c", "pass"]),
        ("import bocage", [sys.executable, "-c", "import bocage"]),
        ("bocage --help", [str(command), "--help"]),
    ):
        seconds = []
        for _ in range(rounds):
            start = time.perf_counter()
            subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - start)
        print(f"{title}: {median(seconds):.3f} s (least {min(seconds):.3f} s)")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    compare(count)
    start_times(2 * count)

"""Does a study find what is known of an invented country?  Fresh seeds, synthetic data.

    python benchmarks/landscape_truth.py [COUNTRIES] [FIRST_SEED]

For every country, with spread and with clustered samples, it counts how often

- the input of the best method is the truly best one, or within 0.02 of it, in a new place and
  with labels of the place (truth: what the same heads score on a large fresh sample);
- the interval of the score in a new place holds its truth: for all labels what the same heads
  score on that large sample, for 20 labels a class what 20 other draws
  score there on average;
- the interval of the drop from `in` to `out` holds the drop of the same heads on large samples;
- with a target that has nothing to do with the features, every method scores as chance does in a
  new place and the verdict is `undecided`.
"""

import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.metrics import balanced_accuracy_score

from bocage.datasets.landscape import LandscapeSettings, landscape_samples
from bocage.features import matrix
from bocage.methods import Head, parse_method
from bocage.splits import Budget, LabelSampler, SplitSettings, make_split, parse_budget
from bocage.study import Protocol, Study, StudySettings, Workers, answer, make_plan
from bocage.tasks import Task, build_task

JUDGED = "aef:logistic:C=10"
METHODS = ("prior", JUDGED, "aef:knn3:metric=cosine", "s2:logistic:C=10", "elevation:logistic:C=10")
CLUSTERS = {"spread": 0, "clustered": 12}
LARGE = 1000  # samples of a class in a region that stand for the whole region
DRAWS = 20
MARGIN = 0.02
CHANCE, CLOSE = 0.25, 0.05


def run_study(task: Task, folder: Path, repeats: int | None = None) -> Study:
    """Run a small study of a task, heads fixed, on one worker; draws as usual, or so many."""
    split = make_split(task, SplitSettings("region"))
    methods = tuple(parse_method(text) for text in METHODS)
    budgets = tuple(parse_budget(text, "class") for text in ("20", "all"))
    plan = make_plan(task, split, methods, budgets, Protocol(), repeats=repeats)
    settings = StudySettings(task=task.name, methods=list(METHODS))
    study = Study(settings, folder, task, split, methods, budgets, Protocol(), plan)
    study.run(Workers())
    return study


def true_scores(
    study: Study, world: Task, name: str, regime: str, budget: Budget, n_draws: int
) -> dict[str, float]:
    """Score the logistic regression on one input on a world: `there` and (for out) `in`."""
    task, drawer = study.task, LabelSampler(study.task, study.split, study.protocol.seed)
    region = world.groups["region"]
    train, everything = (matrix(t.inputs, t.lonlat, (name,)) for t in (task, world))
    found = defaultdict(list)
    for fold in study.split.folds:
        if fold.regime != regime:
            continue
        for repeat in range(n_draws):
            # Draws that the study did not make.
            rows = drawer.draw(fold, budget, repeat + (0 if budget.is_all else 1000)).rows
            head = Head("logistic", task.kind.name, {"C": 10.0}, task.n_classes, train.standardise)
            predicted = head.fit(train.values[rows], task.target[rows]).predict(everything.values)
            for domain, rows in (
                (regime, region == fold.held_out),
                ("in", region != fold.held_out),
            ):
                found[domain].append(balanced_accuracy_score(world.target[rows], predicted[rows]))
    return {domain: float(np.mean(values)) for domain, values in found.items()}


def check(seed: int, clusters: int, folder: Path, repeats: int | None = None) -> dict[str, bool]:
    """Compare a study of one country with what is true of it."""
    settings = LandscapeSettings(seed=seed, clusters=clusters)
    task = build_task(landscape_samples(settings)[0])
    world = build_task(landscape_samples(replace(settings, per_class=LARGE, draw=1, clusters=0))[0])
    study = run_study(task, folder, repeats)
    said = answer(study)
    few, everything = study.budgets
    found = {}
    for where in ("out", "local"):
        truth = {
            name: true_scores(study, world, name, where, everything, 1)[where]
            for name in task.inputs
        }
        best = said.lines[where][-1].verdict.best.partition(":")[0]
        found[f"the best input wins ({where})"] = truth[best] > max(truth.values()) - MARGIN
    for line, budget, n_draws in zip(said.lines["out"], (few, everything), (DRAWS, 1), strict=True):
        truth = true_scores(study, world, "aef", "out", budget, n_draws)
        score = next(loss.score for loss in line.verdict.losses if loss.method == JUDGED)
        found[f"interval holds the score in a new place ({budget.label})"] = (
            score.low <= truth["out"] <= score.high
        )
    drop = next(d for d in said.drops["all"] if (d.method, d.start) == (JUDGED, "in")).drop
    found["interval holds the drop in -> out"] = drop.low <= truth["in"] - truth["out"] <= drop.high
    return found


def check_nothing(
    seed: int, clusters: int, folder: Path, repeats: int | None = None
) -> dict[str, bool]:
    """Look at a study of a target that no feature and no place knows of."""
    settings = LandscapeSettings(seed=seed, clusters=clusters, signal=False)
    study = run_study(build_task(landscape_samples(settings)[0]), folder, repeats)
    lines = answer(study).lines["out"]
    return {
        "without signal: undecided": all(x.verdict.status == "undecided" for x in lines),
        "without signal: chance for every method": all(
            abs(loss.score.value - CHANCE) < CLOSE for x in lines for loss in x.verdict.losses
        ),
    }


def count(
    seeds: range, *, repeats: int | None = None, show: bool = True
) -> Mapping[tuple[str, str], list[bool]]:
    """Check every country, spread and clustered; draws as usual, or so many."""
    counts = defaultdict(list)
    for seed in seeds:
        for name, clusters in CLUSTERS.items():
            start = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                found = check(seed, clusters, Path(folder) / "signal", repeats)
                found |= check_nothing(seed, clusters, Path(folder) / "nothing", repeats)
            for what, right in found.items():
                counts[name, what].append(bool(right))
            if show:
                wrong = [what for what, right in found.items() if not right]
                took = time.perf_counter() - start
                print(
                    f"country {seed}, {name}: {took:.0f} s; not: {'; '.join(wrong) or 'nothing'}",
                    flush=True,
                )
    return counts


def main(n: int = 20, first: int = 1000) -> None:
    """Print how often each thing held."""
    for (name, what), right in count(range(first, first + n)).items():
        print(f"{name:9}  {what}: {sum(right)} of {len(right)}")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

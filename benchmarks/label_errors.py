"""How often a suspect label is wrong, where the truth is known.

    python benchmarks/label_errors.py

Labels of invented countries are replaced by another class, 5 % of them at random, and studied;
methods learn from these labels too. Printed for each domain: the share of the flagged labels that
are wrong (precision) and the share of the wrong ones that are flagged (recall), for what the list
of errors says (`held_out`), for confident learning on the predictions of the domain itself, by
Bocage and by cleanlab where it is installed, and for all errors, flagged or not.
"""

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bocage.datasets.landscape import LandscapeSettings, landscape_samples
from bocage.methods import parse_method
from bocage.metrics import suspect_labels
from bocage.splits import Budget, SplitSettings, make_split, parse_budget
from bocage.study import HeldOut, Protocol, Study, StudySettings, Workers, held_out, make_plan
from bocage.tasks import build_task

SEEDS = (0, 1)
FLIPPED = 0.05
METHOD = "aef:logistic"
PLACES = ("out", "local", "both", "random")


def study_of(seed: int, folder: Path) -> tuple[Study, NDArray[np.bool_]]:
    samples, truth = landscape_samples(LandscapeSettings(seed=seed, label_noise=FLIPPED))
    task = build_task(samples)
    wrong = (np.array(samples.target) != truth.clean)[task.row]
    split = make_split(task, SplitSettings("region", sensitivity=False))
    methods, budgets = (parse_method(METHOD),), (parse_budget("all", "label"),)
    protocol = Protocol()
    plan = make_plan(task, split, methods, budgets, protocol, repeats=1)
    settings = StudySettings(task="landscape", leave="region")
    made = Study(settings, folder, task, split, methods, budgets, protocol, plan)
    made.run(Workers(2))
    return made, wrong


def judged(flagged: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> tuple[float, float, int]:
    hits = int((flagged & wrong).sum())
    return hits / max(1, flagged.sum()), hits / max(1, wrong.sum()), int(flagged.sum())


def ways(study: Study, found: HeldOut, place: str, budget: Budget) -> dict[str, NDArray[np.bool_]]:
    """Flag labels in several ways, one entry a held-out sample."""
    errors = found.truth != found.predicted
    said = (found.truth, found.predicted, found.confidence, found.true_probability)
    made = {
        "list of errors": found.doubtful & errors,
        "its own predictions": suspect_labels(*said),
        "all errors": errors,
    }
    try:
        from cleanlab.filter import find_label_issues
    except ImportError:
        return made
    parts = study.results().predictions(study.methods[0], place, budget, 0).values()
    proba = np.concatenate([p.probabilities * (1 - p.noise[:, None]) + p.noise[:, None]
                            / study.task.n_classes for p in parts]).astype(float)  # fmt: skip
    proba /= proba.sum(axis=1, keepdims=True)
    for by in ("confident_learning", "prune_by_noise_rate"):
        made[f"cleanlab, {by}"] = find_label_issues(found.truth, proba, filter_by=by)
    return made


def main() -> None:
    rows: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            study, wrong = study_of(seed, Path(folder))
            results, budget = study.results(), study.budgets[0]
            for place in PLACES:
                found = held_out(results, study.methods[0], place, budget)
                for name, flagged in ways(study, found, place, budget).items():
                    rows.setdefault((place, name), []).append(judged(flagged, wrong[found.rows]))
    print(f"{METHOD}, {len(SEEDS)} countries, {FLIPPED:.0%} of labels wrong; mean over countries")
    print(f"{'domain':8} {'way':32} {'precision':>9} {'recall':>7} {'flagged':>8}")
    for (place, name), made in rows.items():
        precision, recall, n = np.mean(made, axis=0)
        print(f"{place:8} {name:32} {precision:9.2f} {recall:7.2f} {n:8.0f}")


if __name__ == "__main__":
    main()

"""How far stated confidence is from the truth, before temperature and noise, and after them.

    python benchmarks/calibration.py four-regions-clean --leave region
    python benchmarks/calibration.py mato-grosso --leave blocks --input ndvi

Prints balanced accuracy, and calibration error, Brier score and log loss of labels that were held
out, before -> after; beside them the calibration error that a perfectly calibrated method would
show with as many samples. A class that was not learned has next to no probability, which nothing
repairs that is fitted to what was learned: the share of such samples is told, and the calibration
error of the others.
`cost` is what temperatures and ties add to fitting. The last lines hold
isotonic regression (one class against the rest, renormalised), fitted to half of the blocks after
the temperature, against nothing more on the other half.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from bocage.methods import _tune
from bocage.metrics import brier_losses, ece, log_losses
from bocage.study import Predictions, Workers, make_settings, prepare
from bocage.study.scoring import SCORINGS
from bocage.tasks import Task

MODELS = ("logistic", "knn1", "knn3", "centroid", "bands", "forest", "xgboost")


def perfect(stated: NDArray[Any], rng: np.random.Generator) -> float:
    """Calibration error of a method that is right as often as it says."""
    return float(np.mean([ece(stated, rng.random(len(stated)) < stated) for _ in range(50)]))


def unlearned(found: Predictions, task: Task) -> tuple[float, float]:
    """Return the share of samples whose class was not learned, and the others' ECE; NaN if unknown.

    A stored share of 0 (they are without noise) is that of a class that was not learned, or one
    too small to be stored.
    """
    if not len(found.probabilities):
        return float("nan"), float("nan")
    true = task.target[found.rows]
    known = found.probabilities[np.arange(len(true)), true] > 0
    right = found.probabilities.argmax(axis=1) == true
    return float(1 - known.mean()), ece(found.confidence[known], right[known])


def isotonic(
    found: Predictions, task: Task, block: NDArray[Any]
) -> tuple[list[tuple[float, float, float]], float]:
    """Return ECE, Brier and log loss on half of the blocks: with isotonic regression, without."""
    true, shares = task.target[found.rows], found.probabilities.astype(float)
    first = block[found.rows] % 2 == 0
    made = np.stack([
        IsotonicRegression(y_min=1e-3, y_max=1, out_of_bounds="clip")
        .fit(shares[first, code], true[first] == code)
        .predict(shares[~first, code])
        for code in range(task.n_classes)
    ], axis=1)  # fmt: skip
    made /= made.sum(axis=1, keepdims=True)
    rest, plain = true[~first], shares[~first] / shares[~first].sum(axis=1, keepdims=True)
    moved = (made.argmax(axis=1) != plain.argmax(axis=1)).mean()
    each = [
        (ece(p.max(axis=1), p.argmax(axis=1) == rest), brier_losses(rest, p).mean(),
         log_losses(rest, np.maximum(p, 1e-3)).mean())
        for p in (plain, made)
    ]  # fmt: skip
    return each, moved


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("task", nargs="?", default="four-regions-clean")
    ask.add_argument("--leave", default="region")
    ask.add_argument("--input", default="aef")
    ask.add_argument("--budgets", default="5,20,all")
    ask.add_argument("--repeats", type=int, default=2)
    ask.add_argument("--models", default=",".join(MODELS))
    asked = ask.parse_args()
    spent = {"choose": 0.0}
    choose = _tune.choose

    def timed(tried: Any) -> Any:
        start = time.process_time()
        found = choose(tried)
        spent["choose"] += time.process_time() - start
        return found

    _tune.choose = timed
    settings = make_settings({
        "task": asked.task, "leave": asked.leave, "budgets": asked.budgets.split(","),
        "repeats": asked.repeats,
        "methods": ["prior", *(f"{asked.input}:{name}" for name in asked.models.split(","))],
    })  # fmt: skip
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        study = prepare(settings, Path(folder))
        start = time.process_time()
        study.run(Workers())
        whole = time.process_time() - start
        results, task = study.results(), study.task
        last = []
        for domain in ("out", "local"):
            for budget in study.budgets:
                for method in results.complete(domain, budget):
                    if not method.inputs:
                        continue
                    draws = [
                        results.whole(method, domain, budget, repeat)
                        for repeat in range(results.n_repeats(domain, budget))
                    ]
                    every = [SCORINGS[task.kind].figures(task, draw) for draw in draws]
                    mean = {name: np.mean([one[name] for one in every]) for name in every[0]}
                    hot = np.exp(np.mean([
                        np.log(r.array("temperature")[0])
                        for r in results.records(method, domain, budget)
                    ]))  # fmt: skip
                    told = "  ".join(
                        f"{name} {mean[f'{name}_before']:.3f} -> {mean[name]:.3f}"
                        for name in ("ece", "brier", "log_loss")
                    )
                    best = np.mean([perfect(draw.confidence, rng) for draw in draws])
                    lost, rest = np.mean([unlearned(draw, task) for draw in draws], axis=0)
                    print(
                        f"{domain:5} {budget!s:4} {method.name:14} "
                        f"bal. acc. {mean['balanced_accuracy']:.3f}  {told}  "
                        f"perfect {best:.3f}  T {hot:.2f}"
                        f"  share of samples whose class was not learned {lost:.3f}"
                        + (f" (ece of the others {rest:.3f})" if lost else "")
                    )
                    if budget.is_all and len(draws[0].probabilities):
                        last.append((domain, method.name, draws[0]))
        print(f"cost: {spent['choose']:.1f} of {whole:.1f} CPU seconds of the study")
        for domain, name, draw in last:
            each, moved = isotonic(draw, task, study.split.block)
            (a, b, c), (d, e, f) = each
            print(
                f"isotonic after it, {domain} {name}: ECE {a:.3f} -> {d:.3f}, Brier {b:.3f} -> "
                f"{e:.3f}, log loss {c:.3f} -> {f:.3f}; {moved:.1%} of classes change"
            )


if __name__ == "__main__":
    main()

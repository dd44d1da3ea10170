"""All figures of all methods, averaged in one way: over places, each of them once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from bocage.metrics import find_metric, summed_figures
from bocage.splits import Budget
from bocage.study._results import Results
from bocage.study._unit_counts import mean_scores, with_chance
from bocage.study.scoring import SCORINGS


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one method.

    Attributes
    ----------
    value : float
        Mean over repeats; NaN where it is not defined.
    by_fold : bool
        Whether it is averaged over what was held out together, each of these once, because it is
        known of nothing smaller; else over places, each of them once.
    """

    value: float
    by_fold: bool = False


def all_figures(
    results: Results, floors: Sequence[str], domain: str, budget: Budget
) -> Mapping[str, Mapping[str, Figure]]:
    """Score every method that has all its runs, by every figure that is of no single class.

    Figures that are made of sums follow from their averages over places, as the main score does
    (`bocage.metrics.Metric`). Bias, rank correlations and boundaries are scored place by place, and
    averaged. Where a fold tests several places, Brier scores and log losses are stored for all of
    it, and an error of calibration takes many samples: these are of whole folds.

    Parameters
    ----------
    results : Results
    floors : sequence of str
        Methods that see no feature.
    domain : str
    budget : Budget

    Returns
    -------
    mapping of str to mapping of str to Figure
        By method and name; no method where some lack a run.
    """
    tally = results.tally(domain, budget)
    if tally is None:
        return {}
    kind = results.task.kind
    summed: dict[str, list[float]] = {}
    for name in summed_figures(kind):
        metric = find_metric(kind, name, prevalence=results.prevalence)
        summed[name] = mean_scores(with_chance(tally, floors, metric), metric).tolist()
    apart = _tests_place_by_place(results, domain)
    made: dict[str, dict[str, Figure]] = {}
    for at, method in enumerate(tally.methods):
        held = _averaged(results, method, domain, budget, by_place=False)
        if apart:
            placed = held
        elif kind.classifies_samples:
            # All that is left is what probabilities say, which is known of whole folds alone.
            placed = {}
        else:
            placed = _averaged(results, method, domain, budget, by_place=True)
        made[method] = {}
        for name, value in held.items():
            if name in summed:
                made[method][name] = Figure(summed[name][at])
            elif name in placed:
                made[method][name] = Figure(placed[name])
            else:
                made[method][name] = Figure(value, by_fold=True)
    return made


def _tests_place_by_place(results: Results, domain: str) -> bool:
    """Tell whether what is held out together is one place, and all of what is tested of it."""
    held: dict[str, set[int]] = {}
    for fold in results.folds(domain):
        places = np.unique(results.split.group[fold.tests[domain]]).tolist()
        held.setdefault(fold.held_out, set()).update(places)
    each = list(chain.from_iterable(held.values()))
    return all(len(places) == 1 for places in held.values()) and len(each) == len(set(each))


def _averaged(
    results: Results, method: str, domain: str, budget: Budget, *, by_place: bool
) -> dict[str, float]:
    """Score what was held out together, or each place, and average over these and repeats."""
    task, group = results.task, results.split.group
    scoring, aside = SCORINGS[task.kind], (results.prevalence, results.object_hectares)
    chosen = next(m for m in results.methods if m.name == method)
    values: dict[str, list[float]] = {}
    for repeat in range(results.n_repeats(domain, budget)):
        if by_place:
            made = results.whole(chosen, domain, budget, repeat)
            place = group[made.rows]
            parts = [made.take(place == number) for number in np.unique(place)]
        else:
            parts = list(results.predictions(chosen, domain, budget, repeat).values())
        for part in parts:
            for name, value in scoring.figures(task, part, *aside).items():
                if ":" not in name:
                    values.setdefault(name, []).append(value)
    return {name: _mean(found) for name, found in values.items()}


def _mean(values: Sequence[float]) -> float:
    """Average what is defined."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")

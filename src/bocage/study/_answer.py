"""What a study says: verdicts, drops, what labels are worth."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bocage.study._budgets import BudgetLine, verdicts
from bocage.study._drops import Drop, drops
from bocage.study._equivalence import LabelEquivalence
from bocage.study._label_counts import Drawn
from bocage.study._local_worth import local_worth
from bocage.study._remarks import remarks
from bocage.study._resample import Resamples, resample
from bocage.study._results import Results
from bocage.study._study import Study
from bocage.study._titles import titles
from bocage.study._unit_counts import UnitCounts, with_chance


@dataclass(frozen=True, slots=True)
class Answer:
    """What a study says.

    Attributes
    ----------
    results : Results
    tallies : mapping of (domain, budget) to UnitCounts
        Of complete cells.
    resamples : mapping of (domain, budget) to Resamples
        Of the tallies, made once for all that is said of them.
    lines : mapping of place to tuple of BudgetLine
        Verdicts at every budget.
    drops : mapping of budget to tuple of Drop
    worth : tuple of LabelEquivalence
        Of methods that may be advised: no floors, no controls.
    drawn : mapping of (domain, budget) to Drawn
        How many labels every budget got, and what fell short of it.
    """

    results: Results
    tallies: Mapping[tuple[str, str], UnitCounts]
    resamples: Mapping[tuple[str, str], Resamples]
    lines: Mapping[str, tuple[BudgetLine, ...]]
    drops: Mapping[str, tuple[Drop, ...]]
    worth: tuple[LabelEquivalence, ...]
    drawn: Mapping[tuple[str, str], Drawn]


def answer(study: Study) -> Answer:
    """Draw verdicts, drops and the worth of labels from elsewhere from the finished runs."""
    results, metric = study.results(), study.metric
    tallies = {
        (domain, str(budget)): with_chance(tally, study.floors, metric)
        for domain in study.split.domains
        for budget in study.budgets
        if (tally := results.tally(domain, budget)) is not None
    }
    resamples = {key: resample(tally, metric) for key, tally in tallies.items()}
    lines = {}
    for where in ("out", "local", "both"):
        controls = study.controls_at(where)
        barred = {*study.floors, *controls}
        found = {
            budget: tallies[where, str(budget)]
            for budget in study.budgets
            if (where, str(budget)) in tallies
            and any(name not in barred for name in tallies[where, str(budget)].methods)
        }
        costs = {
            budget.label: {
                method.name: cost
                for method in study.methods
                if (cost := results.cost(method, where, budget)) is not None
            }
            for budget in found
        }
        told = verdicts(
            {budget.label: tally for budget, tally in found.items()},
            costs,
            where=where,
            floors=study.floors,
            controls=controls,
            twins=study.twins,
            margin=study.settings.margin,
            order=tuple(study.settings.cost),
            metric=metric,
            group_names=study.split.groups,
            n_folds=study.n_folds,
            noun=study.noun,
            alone=study.alone,
            n_labels={budget.label: study.drawn[where, str(budget)].mean for budget in found},
            resamples={budget.label: resamples[where, str(budget)] for budget in found},
            titles=titles(study.methods, study.task),
        )
        lines[where] = tuple(_with_remarks(line, study) for line in told)
    fallen = {
        str(budget): drops(
            {
                d: tallies[d, str(budget)]
                for d in ("in", "out", "local")
                if (d, str(budget)) in tallies
            },
            metric=metric,
            resamples={d: r for (d, b), r in resamples.items() if b == str(budget)},
        )
        for budget in study.budgets
    }
    earned = local_worth(study, tallies, resamples)
    return Answer(results, tallies, resamples, lines, fallen, earned, study.drawn)


def _with_remarks(line: BudgetLine, study: Study) -> BudgetLine:
    found = line.verdict
    return replace(line, verdict=replace(found, reasons=(*remarks(study, found), *found.reasons)))

"""How many local labels are worth all from elsewhere, from the runs of a study."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bocage.study._equivalence import LabelEquivalence, worth
from bocage.study._label_counts import Drawn
from bocage.study._resample import Resamples
from bocage.study._unit_counts import UnitCounts
from bocage.study._visits import Visits, field_visits

if TYPE_CHECKING:
    from bocage.study._study import Study


def local_worth(
    study: "Study",
    tallies: Mapping[tuple[str, str], UnitCounts],
    resamples: Mapping[tuple[str, str], Resamples],
) -> tuple[LabelEquivalence, ...]:
    """Say, for each method that may be advised, how many local labels do as well as all others.

    The horizontal axis is the number of labels really drawn: budgets of any kind are counted
    alike, and a budget that a rare class can't fill stands where its labels are.

    Parameters
    ----------
    study : Study
    tallies, resamples : mapping of (domain, budget)
    """
    barred = {*study.floors, *study.controls}
    wanted = {key: t for key, t in tallies.items() if key[0] == "local" or key == ("out", "all")}
    able = {
        method.name
        for method in study.methods
        if method.name not in barred and all(method.name in t.methods for t in wanted.values())
    }
    # By the number drawn: two budgets that drew the same labels are one.
    local = {study.drawn[key].mean: key for key in wanted if key[0] == "local"}
    if ("out", "all") not in wanted or not local or not able:
        return ()
    made = worth(
        {labels: wanted[key] for labels, key in local.items()},
        wanted["out", "all"],
        unit=study.counted,
        n_elsewhere=study.drawn["out", "all"].mean,
        metric=study.metric,
        resamples=(resamples["out", "all"], *(resamples[local[n]] for n in sorted(local))),
    )
    steps = [
        (study.drawn[key], int(budget.amount))
        for budget in study.budgets
        if budget.unit == "class" and budget.by_class
        if (key := ("local", str(budget))) in wanted
    ]
    even = [d for d, _ in steps if not d.lacks and d.low == d.high and len(set(d.n_classes)) == 1]
    return tuple(
        replace(
            w,
            n_classes=even[-1].n_classes[0] if even else 0,
            filled=even[-1].mean if even else 0.0,
            visits=_visits(study, w, steps),
        )
        for w in made
        if w.method in able
    )


def _visits(
    study: "Study", found: LabelEquivalence, steps: Sequence[tuple[Drawn, int]]
) -> Visits | None:
    """Say what the smallest budget takes in the field that reaches the score from elsewhere."""
    k = next((amount for d, amount in steps if d.mean >= found.labels), None)
    return None if k is None else field_visits(study.task, study.split, k, study.noun.one)

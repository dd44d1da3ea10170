"""Which method at which label budget, and which budget is enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bocage.metrics import Metric, find_metric
from bocage.stats import Estimate
from bocage.study._compared import beside, compared
from bocage.study._cost import ORDER, Cost
from bocage.study._resample import Draws, Resamples, resample
from bocage.study._story import PLACES, Noun
from bocage.study._unit_counts import UnitCounts
from bocage.study._verdict import verdict
from bocage.study._verdict_type import Verdict


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """The verdict at one budget, and what the small budget costs.

    Attributes
    ----------
    budget : str
    verdict : Verdict
    method : str
        The chosen method; the best where there is none.
    score : Estimate
    short : Estimate
        How far `method` stands below the best at the largest budget, between one-sided 95 %
        bounds of a comparison with that best, as in `Loss`.
    enough : bool
        Whether that is shown to be less than the margin (and a method is advised).
    cost : Cost or None
        What the chosen method costs; None where there is none.
    """

    budget: str
    verdict: Verdict
    method: str
    score: Estimate
    short: Estimate
    enough: bool
    cost: Cost | None = None


def verdicts(
    tallies: Mapping[str, UnitCounts],
    costs: Mapping[str, Mapping[str, Cost]],
    *,
    where: str,
    floors: Sequence[str] = (),
    controls: Mapping[str, str] | None = None,
    twins: Mapping[str, str] | None = None,
    margin: float | None = None,
    order: Sequence[str] = ORDER,
    metric: Metric | None = None,
    group_names: Sequence[str] = (),
    n_folds: int = 0,
    noun: Noun = PLACES,
    draws: Draws = "expected",
    alone: str = "",
    n_labels: Mapping[str, float] | None = None,
    resamples: Mapping[str, Resamples] | None = None,
    titles: Mapping[str, str] | None = None,
) -> tuple[BudgetLine, ...]:
    """Give a verdict at every budget, and compare each with the largest.

    Parameters
    ----------
    tallies : mapping of str to UnitCounts
        By budget in words, smallest first.
    costs : mapping of str to mapping of str to Cost
        By budget, then by method.
    where, floors, controls, twins, margin, order, metric, group_names, n_folds, noun, draws, alone
        As in `verdict`.
    n_labels : mapping of str to float, optional
        Labels that a fold of each budget got, on average.
    resamples : mapping of str to Resamples, optional
        Of the tallies, where they are at hand.
    titles : mapping of str to str, optional
        As in `verdict`.

    Returns
    -------
    tuple of BudgetLine
        In the order of `tallies`; empty without any.
    """
    if not tallies:
        return ()
    figure = metric or find_metric(next(iter(tallies.values())).kind)
    known = resamples or {}
    found = {
        budget: known[budget] if budget in known else resample(tally, figure, draws=draws)
        for budget, tally in tallies.items()
    }
    barred = {*floors, *(controls or {})}
    decided = {
        budget: compared(
            tally.take_methods([name for name in tally.methods if name not in barred]),
            found[budget],
            where,
            n_folds,
            draws,
        )
        for budget, tally in tallies.items()
    }
    full = decided[list(tallies)[-1]]
    lines = []
    for budget, tally in tallies.items():
        made = verdict(
            tally,
            costs[budget],
            where=where,
            budget=budget,
            floors=floors,
            controls=controls,
            twins=twins,
            margin=margin,
            order=order,
            metric=figure,
            group_names=group_names,
            n_folds=n_folds,
            noun=noun,
            draws=draws,
            alone=alone,
            n_labels=(n_labels or {}).get(budget, float("nan")),
            resamples=found[budget],
            titles=titles,
        )
        method = made.chosen or made.best
        short = _short(decided[budget], full, method, made.margin)
        lines.append(
            BudgetLine(
                budget=budget,
                verdict=made,
                method=method,
                score=made.loss_of(method).score,
                short=short,
                enough=bool(made.chosen) and short.high < made.margin,
                cost=costs[budget].get(made.chosen),
            )
        )
    return tuple(lines)


def _short(few: Resamples, full: Resamples, method: str, margin: float) -> Estimate:
    """Compare a method at a small budget with the best of all at the largest."""
    if few is full:
        both, at = full.with_best(range(len(full.methods)), margin), full.methods.index(method)
    else:
        at = len(full.methods)
        both = beside(full, few.only(method)).with_best(range(at), margin)
    return Estimate(float(both.loss[at]), float(both.lower[at]), float(both.upper[at]))


def enough(lines: Sequence[BudgetLine]) -> str:
    """Name the smallest budget shown to be as good as the largest; empty if there is none.

    The largest itself is no answer: nothing says that more labels would not help.
    """
    return next((line.budget for line in lines[:-1] if line.enough), "")

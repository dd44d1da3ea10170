"""Whom to advise: the cheapest that loses little, and nothing dearer has a say in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bocage.metrics import Metric
from bocage.study._losses import Loss
from bocage.study._resample import Resamples

NEARLY = 2.5
"""Margins that the cheapest may lose at most, to be taken where methods can't be told apart."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Whom to take, if anyone; `why` names the branch of the rule for the sentence."""

    status: Literal["decided", "alike", "undecided", "none"]
    chosen: str
    why: str


def advise(
    by_cost: Sequence[str],
    entry: Mapping[str, Loss],
    metric: Metric,
    margin: float,
    compared: Callable[[Sequence[str]], Resamples],
) -> Recommendation:
    """Name the cheapest method that loses little, among those that nothing cheaper equals.

    Parameters
    ----------
    by_cost : sequence of str
        Methods that may be advised, cheapest first; of one price, the best first.
    entry : mapping of str to Loss
        What is claimed of each, all methods considered.
    metric : Metric
    margin : float
    compared : callable
        Resamples some of the methods.

    Returns
    -------
    Recommendation

    Notes
    -----
    Methods that are dearer than another and score no better are left out before anything is
    compared: taking one in, or away, can change how sure the claim about the advised method is,
    but never which it is. Of the others the cheapest is taken that is shown to lose less than
    the margin (and to beat the floor). Where all methods together allow less to be said, or
    where none is shown to but the cheapest loses at most `NEARLY` margins and is not shown to
    lose more than one, the answer is the cheapest, with the most that is lost by taking it.
    """
    front: list[str] = []
    top = -float("inf")
    for name in by_cost:
        score = metric.sign * entry[name].score.value
        if score > top:
            front.append(name)
            top = score
    upper, worse = {front[0]: 0.0}, {front[0]: False}
    if len(front) > 1:
        bounds = compared(front).with_best(range(len(front)), margin)
        upper = dict(zip(front, bounds.upper.tolist(), strict=True))
        worse = dict(zip(front, (bounds.lower > margin).tolist(), strict=True))
    able = [name for name in front if entry[name].beats_floor]
    open_below = not all(worse[name] for name in front[:-1])
    for limit in (margin, NEARLY * margin):
        chosen = next(
            (name for name in able if upper[name] < limit - _ROUNDING and not worse[name]), ""
        )
        # That the best is near the best says nothing while something cheaper may do as well.
        if not chosen or (chosen == front[-1] and open_below):
            continue
        sure = limit == margin and entry[chosen].within
        return Recommendation("decided" if sure else "alike", chosen, "")
    return Recommendation("undecided", "", "cheaper" if open_below else "wide")

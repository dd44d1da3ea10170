"""Which method to use for one place at one budget, and whether that can be said at all."""

from collections.abc import Mapping, Sequence

import numpy as np

from bocage.core import SettingsError, mean_count
from bocage.metrics import Metric, find_metric
from bocage.study._advice import Recommendation, advise
from bocage.study._bygroup import group_differences
from bocage.study._compared import compared, over_few_groups
from bocage.study._cost import ORDER, Cost
from bocage.study._flags import control_flag
from bocage.study._losses import Loss, losses_of
from bocage.study._margin import choose_margin
from bocage.study._odd_places import odd_places
from bocage.study._pretraining import pretraining_flags
from bocage.study._resample import Draws, Resamples, resample
from bocage.study._sentences import tell
from bocage.study._story import PLACES, Noun, Story
from bocage.study._unit_counts import UnitCounts, group_scores
from bocage.study._verdict_type import Verdict

ONE_DRAW = (
    "only one random draw of the labels: the intervals do not include the variability between draws"
)

HERE = frozenset({"local", "both"})
"""Questions about a place that has labels: its own blocks can answer them, be it the only one."""


def verdict(
    tally: UnitCounts,
    costs: Mapping[str, Cost],
    *,
    where: str,
    budget: str,
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
    n_labels: float = float("nan"),
    resamples: Resamples | None = None,
    titles: Mapping[str, str] | None = None,
) -> Verdict:
    """Name the cheapest method whose loss against the best is shown to be below the margin.

    Parameters
    ----------
    tally : UnitCounts
    costs : mapping of str to Cost
        Of every method that may be recommended.
    where : str
        ``out``, ``local`` or ``both``.
    budget : str
        In words: ``10 labels per class``.
    floors : sequence of str
        Methods that see no feature; the best method must be shown to beat them. Without one,
        the chance level of the figure takes their place.
    controls : mapping of str to str
        Other methods that are never recommended, with their kind: ``coordinates``,
        ``random-weights``, or any other word.
    twins : mapping of str to str
        Controls with random weights, and the methods that differ from them by their weights alone.
    margin : float, optional
        In units of the score; `MARGIN` unless given.
    order : sequence of str
        Fields of `Cost`, most important first.
    metric : Metric, optional
        The primary figure of the task's kind unless given.
    group_names : sequence of str
        Names of the groups by their number.
    n_folds : int
        Folds that the groups were left out in; as many as groups unless given.
    noun : Noun
        What a group is called.
    draws : {"expected", "single", "given"}
        As in `resample`.
    alone : str
        Word for the only one there is of what must vary for a verdict, such as ``event``; empty
        where several were seen.
    n_labels : float
        Labels that a fold got at this budget, on average; said where the budget is all of them.
    resamples : Resamples, optional
        Of this tally, where they are at hand.
    titles : mapping of str to str, optional
        Methods in words, by name.

    Returns
    -------
    Verdict

    Raises
    ------
    SettingsError
        If the cost order names no cost, or a score in the target's unit has no margin.

    Notes
    -----
    *Bounds.* A method is *within* the margin if the upper bound of its loss lies below it,
    *worse* if the lower bound lies above it, and else *open*; bounds are those of multiple
    comparisons with the best (`bocage.stats.compare_with_best`).

    *New places.* Asked for places without labels (``out``), methods are compared
    over groups by Student's t with G - 1 degrees of freedom, with what is due to training sets
    that overlap (`bocage.study._compared`). With few groups, intervals of scores come from the
    blocks within them, and speak of these places.

    *Who is advised* is decided among the methods that nothing cheaper equals (`advise`), so that
    dearer methods with lower scores change nothing; what is claimed of it counts all methods.

    *The floor.* Asked for new places, it must be beaten over the blocks of these places and over
    the places. Whether anything beats it is asked of all methods at once, as the best of many
    at chance always looks better than chance: the resamples' largest standardised fall of any
    method tells the level at which each must be tested for 5 % in all (single-step max-t:
    Westfall and Young 1993, Resampling-Based Multiple Testing), and the bound of each gain is
    Student's at that level.

    *Coordinates.* Where a method that sees nothing else is not shown to be worse than the best,
    nothing is advised for new places: the labels may follow the place and not the land.
    """
    metric = metric or find_metric(tally.kind)
    margin = choose_margin(metric, margin)
    unknown = [key for key in order if key not in ORDER]
    if unknown or not order:
        raise SettingsError(
            f"cost order {list(order)} can't be used; give one or more of {', '.join(ORDER)}"
        )
    kinds = dict.fromkeys(floors, "floor") | dict(controls or {})
    able = [name for name in tally.methods if name not in kinds]
    missing = [name for name in able if name not in costs]
    if missing or not able:
        raise ValueError(f"no costs for {missing}" if missing else "only controls in the tally")
    shown = resamples or resample(tally, metric, draws=draws)
    by_groups = over_few_groups(where, shown)
    decided = compared(tally, shown, where, n_folds, draws)
    if not shown.known:
        # Sites of one block each: nothing within them varies, but they do.
        shown = decided
    losses = losses_of(shown, decided, tally, kinds, floors, margin)
    price = {m: _price(costs[m], order) for m in able}
    entry = {loss.method: loss for loss in losses}
    by_cost = sorted(able, key=lambda m: (price[m], -metric.sign * entry[m].score.value, m))
    open_ = tuple(m for m in by_cost if not entry[m].within and not entry[m].worse)
    best = max(able, key=lambda m: (metric.sign * entry[m].score.value, m))
    coordinates, beaten_here = "", False
    if where == "out":
        # Of these places, and of new ones: whichever leaves them open.
        ways = (shown, decided) if decided is not shown else (shown,)
        found = [_coordinates(way, metric, kinds, margin) for way in ways]
        coordinates = next((name for name in found if name), "")
        # Shown of these places, and of new ones not.
        beaten_here = decided is not shown and not found[0]
    no_verdict = (
        "one place"
        if shown.n_groups == 1 and where not in HERE
        else _unknown(tally, metric, decided.unit)
        if not decided.known
        else alone
    )
    none_learns = not any(loss.beats_floor for loss in losses if not loss.control)
    if none_learns:
        beaten_here = entry[best].beats_floor_here
    blocked = no_verdict or ("floor" if none_learns else "coordinates" if coordinates else "")
    if blocked:
        advice = Recommendation("none" if no_verdict else "undecided", "", blocked)
    else:
        advice = advise(
            by_cost,
            entry,
            metric,
            margin,
            lambda some: compared(tally.take_methods(some), shown, where, n_folds, draws),
        )
    chosen = advice.chosen
    qualifiers = tuple(m for m in by_cost if entry[m].within and entry[m].beats_floor)
    cheaper = tuple(m for m in by_cost if price[m] < price[chosen or best] and not entry[m].worse)
    ties = tuple(m for m in qualifiers if chosen and m != chosen and price[m] == price[chosen])
    story = Story(
        status=advice.status,
        why=advice.why,
        where=where,
        budget=_in_full(budget, n_labels, where),
        metric=metric.title,
        margin=margin,
        chosen=entry[chosen] if chosen else None,
        best=entry[best],
        cheapest=by_cost[0],
        n_methods=len(able),
        n_qualify=len(qualifiers),
        # Three are named: those that come nearest, not those that cost least.
        cheaper=tuple(sorted(cheaper, key=lambda m: entry[m].loss)),
        coordinates=entry[coordinates] if coordinates else None,
        places=shown.n_groups,
        conditional=shown.conditional,
        by_groups=by_groups,
        beaten_here=beaten_here,
        noun=noun,
        titles=titles or {},
    )
    sentence, reasons = tell(story)
    if shown.n_repeats == 1 and not budget.startswith("all"):
        reasons += (ONE_DRAW,)
    return Verdict(
        status=advice.status,
        where=where,
        budget=budget,
        metric=metric.name,
        margin=margin,
        order=tuple(order),
        chosen=chosen,
        best=best,
        qualifiers=qualifiers,
        open=open_,
        ties=ties,
        losses=losses,
        conditional=shown.conditional,
        n_groups=shown.n_groups,
        n_units=shown.n_units,
        groups=group_differences(
            tally, metric, _pair(chosen, best, cheaper, losses, metric), group_names, draws
        ),
        flags=tuple(
            control_flag(loss, entry[best], margin)
            for loss in losses
            if loss.control and loss.within
        )
        + pretraining_flags(decided, twins or {}),
        reasons=reasons + odd_places(tally, metric, group_names, noun),
        sentence=sentence,
        coordinates=coordinates if advice.why == "coordinates" else "",
    )


def _unknown(tally: UnitCounts, metric: Metric, unit: str) -> str:
    """Say why nothing tells how far scores would vary."""
    told = int(np.isfinite(group_scores(tally, metric)[0]).sum())
    if told == 1 < len(tally.groups):
        return "told once"
    if unit == "groups":
        return "class in one place"
    # Blocks there are, but each class stands in one of them.
    return "class once" if np.bincount(tally.group).max() > 1 else "no blocks"


def _in_full(budget: str, n_labels: float, where: str) -> str:
    """Add to a budget in words that hides it how many labels it is, of the place itself if mixed.

    >>> _in_full("all labels", 34.8, "both"), _in_full("up to 5 labels per class", 14.0, "out")
    ('all labels (on average 34.8 of its own per fold)', 'up to 5 labels per class')
    """
    if not budget.startswith("all") or not np.isfinite(n_labels):
        return budget
    own = " of its own" * (where == "both")
    return f"{budget} (on average {mean_count(n_labels)}{own} per fold)"


def _coordinates(shown: Resamples, metric: Metric, kinds: Mapping[str, str], margin: float) -> str:
    """Name the method that sees coordinates alone and is not shown to be worse than the best."""
    names = [name for name in shown.methods if kinds.get(name) == "coordinates"]
    if not names or not shown.known:
        return ""
    able = [i for i, name in enumerate(shown.methods) if name not in kinds]
    found = shown.with_best(able, margin)
    rows = [shown.methods.index(name) for name in names]
    first = max(rows, key=lambda row: metric.sign * shown.point[row])
    return shown.methods[first] if found.lower[first] <= 0 else ""


def _price(cost: Cost, order: Sequence[str]) -> tuple[float, ...]:
    return tuple(float(getattr(cost, key)) for key in order)


def _pair(
    chosen: str, best: str, cheaper: Sequence[str], losses: Sequence[Loss], metric: Metric
) -> tuple[str, str]:
    """Choose whom to compare group by group."""
    if chosen and chosen != best:
        return chosen, best
    if cheaper and not chosen:
        return cheaper[0], best
    ranked = sorted(losses, key=lambda item: (bool(item.control), -metric.sign * item.score.value))
    others = [item.method for item in ranked if item.method != best]
    return (best, others[0]) if others else (best, "")

"""Verdicts in plain English."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bocage.core import counted, listed, rounded_up
from bocage.metrics import in_words
from bocage.stats import Estimate
from bocage.study._resample import ENOUGH_GROUPS


@dataclass(frozen=True, slots=True)
class Noun:
    """What a left-out group is called.

    Attributes
    ----------
    one, many : str
        ``region``, ``regions``.
    out : str
        What is asked of groups without labels of their own, where it is more than that: ``a new
        year in known places``.
    """

    one: str
    many: str
    out: str = ""


PLACES = Noun("place", "places")


def where_in_words(where: str, noun: Noun = PLACES) -> str:
    """Say where the labels come from.

    >>> where_in_words("out", Noun("region", "regions"))
    'in regions without labels of their own'
    """
    return {
        "out": f"in {noun.out or f'{noun.many} without labels of their own'}",
        "local": f"with labels from the {noun.one} itself",
        "both": f"with labels from elsewhere and from the {noun.one}",
    }.get(where, where)


class _Scored(Protocol):
    """What a sentence needs to know of a method."""

    @property
    def method(self) -> str: ...
    @property
    def score(self) -> Estimate: ...
    @property
    def loss(self) -> float: ...
    @property
    def upper(self) -> float: ...
    @property
    def next_place(self) -> Estimate: ...


@dataclass(frozen=True, slots=True)
class Story:
    """What a verdict's sentence is made from; `why` names the branch of the rule.

    Attributes
    ----------
    alike : tuple of str
        Methods that are not shown to be worse than the best, cheapest first.
    cheaper : tuple of str
        Methods that cost less than the chosen one (the best, without) and may do as well.
    coordinates : Loss or None
        The method that sees coordinates alone and does as well as the best.
    conditional : bool
        Whether intervals speak of the places tested alone.
    by_groups : bool
        Whether methods were compared over few groups.
    beaten_here : bool
        Whether the floor, or coordinates, are shown to be beaten in these places by the best,
        and it is only new ones of which so few can't tell.
    """

    status: str
    why: str
    where: str
    budget: str
    metric: str
    margin: float
    chosen: _Scored | None
    best: _Scored
    cheapest: str
    n_methods: int
    n_qualify: int
    alike: tuple[str, ...]
    cheaper: tuple[str, ...]
    coordinates: _Scored | None
    places: int
    conditional: bool
    by_groups: bool
    beaten_here: bool = False
    noun: Noun = PLACES


def tell(story: Story) -> tuple[str, tuple[str, ...]]:
    """Write the sentence and the reasons of a verdict."""
    place = where_in_words(story.where, story.noun)
    task = f"{place}, {story.budget}" if story.budget else place
    figure = in_words(story.metric)
    if story.status == "none":
        return _no_verdict(story, task, figure), ()
    if story.status == "undecided":
        sentence = f"Undecided {task}: {_undecided(story, figure)}."
    elif story.status == "alike":
        sentence = _alike(story, figure, task)
    else:
        sentence = f"Use {_decided(story, figure, task)}."
    return sentence + _how_far(story), _reasons(story)


def _how_far(story: Story) -> str:
    """Say what the intervals are of, and what the next place may give."""
    noun, few = story.noun, story.conditional
    these = f"this one {noun.one}" if story.places == 1 else f"these {story.places} {noun.many}"
    if story.where != "out":
        new = "others" if story.places == 1 else "new ones"
        return f" Conditional on {these}: nothing is claimed for {new}." if few else ""
    shown = story.chosen or story.best
    ahead = shown.next_place
    text = f" The interval is of {these}." if few else ""
    if np.isnan(ahead.low):
        return text
    return (
        f"{text} What one more {noun.one} may give: {range_in_words(ahead)} "
        f"({shown.method}{against(story.metric, noun)})."
    )


def range_in_words(found: Estimate) -> str:
    """Write a range; an R2 below -1 is no use, and how far below says nothing.

    >>> range_in_words(Estimate(0.5, 0.2, 0.8)), range_in_words(Estimate(0.5, -300.0, 1.0))
    ('0.20 to 0.80', 'below -1 to 1.00')
    """
    low = "below -1" if found.low < -1 else f"{found.low:.2f}"
    return f"{low} to {found.high:.2f}"


def against(metric: str, noun: Noun = PLACES) -> str:
    """Say what R2 holds the errors of one place against: its own spread may be next to nothing."""
    return f"; errors against the spread over all {noun.many} tested" if metric == "r2" else ""


def _reasons(story: Story) -> tuple[str, ...]:
    noun = story.noun
    if story.by_groups:
        return (
            f"{story.places} held-out {noun.many}, fewer than {ENOUGH_GROUPS}: methods are "
            f"compared over {noun.many} ({counted(story.places - 1, 'degree')} of freedom, "
            "training sets overlap)"
            + (", intervals come from the blocks within them" * story.conditional),
        )
    if not story.conditional:
        return ()
    tested = f"one {noun.one}" if story.places == 1 else f"{story.places} held-out {noun.many}"
    return (f"{tested}, fewer than {ENOUGH_GROUPS}: intervals come from the blocks within them",)


def _no_verdict(story: Story, task: str, figure: str) -> str:
    best = f"The best score {task} is {story.best.method}: {figure} {story.best.score}"
    one = story.noun.one
    if story.why == "one place":
        return f"No verdict: one {one} only was tested, and another may differ. {best}."
    if story.why == "told once":
        return f"No verdict: one {one} only tells {figure}, and another may differ. {best}."
    if story.why in {"class once", "class in one place"}:
        twice = "two blocks of one" if story.why == "class once" else "two"
        places = one if story.why == "class once" else story.noun.many
        return (
            f"No verdict: no class is tested in {twice} {places}, so nothing tells how far scores "
            f"would vary. {best}."
        )
    if story.why != "no blocks":
        return f"No verdict: one {story.why} only, and what is best for another may differ. {best}."
    return (
        f"No verdict: no {one} has two blocks, so nothing tells how far scores would vary. {best}."
    )


def _tested(story: Story) -> str:
    return f" in these {story.places} {story.noun.many}" if story.by_groups else ""


def _elsewhere(story: Story) -> str:
    return f" in new {story.noun.many}" if story.by_groups else ""


def _more(story: Story) -> str:
    blocks = story.conditional and not story.by_groups
    return f"more labelled {'blocks' if blocks else story.noun.many} would tell"


def _undecided(story: Story, figure: str) -> str:
    best = f"{story.best.method} ({figure} {story.best.score})"
    if story.why in {"floor", "coordinates"} and story.beaten_here:
        return _only_here(story, best, figure)
    if story.why == "floor":
        return (
            f"nothing is shown to beat the floor{_elsewhere(story)}: the best that may be advised, "
            f"{best}, may be no better than an answer that looks at no feature"
        )
    if story.why == "coordinates":
        xy = story.coordinates
        assert xy is not None  # noqa: S101 - this branch names its method
        held = (
            f"score better than the best that reads more, {best}"
            if xy.loss < -story.margin
            else f"are not shown to be worse{_elsewhere(story)} than the best, {best}"
        )
        return (
            f"coordinates alone ({xy.method}, {figure} {xy.score}) {held}: the labels may follow "
            f"the place and not the land, so nothing is advised for new {story.noun.many}"
        )
    if story.why == "cheaper" and story.cheaper:
        return (
            f"{best} scored best{_tested(story)}, but {listed(story.cheaper, 3)} may be within "
            f"{story.margin:g} of it and would cost less; {_more(story)}"
        )
    return (
        f"{best} has the best score of {story.n_methods} methods (floors and controls apart)"
        f"{_tested(story)}, but that may be luck: another may truly be better by up to "
        f"{story.best.upper:.2f}, which is more than {story.margin:g}; {_more(story)}"
    )


def _only_here(story: Story, best: str, figure: str) -> str:
    """Say what is true of these places, and that so few can't show it of another."""
    rival, xy = "an answer that looks at no feature", story.coordinates
    if story.why == "coordinates" and xy is not None:
        rival = f"coordinates alone ({xy.method}, {figure} {xy.score})"
    noun = story.noun
    return (
        f"{best} is better than {rival} in these {story.places} {noun.many}, but so few can't show "
        f"that it is in a new {noun.one}, and nothing is advised there; {_more(story)}"
    )


def _alike(story: Story, figure: str, task: str) -> str:
    chosen = story.chosen
    assert chosen is not None  # noqa: S101 - this status names its method
    others = [name for name in story.alike if name != chosen.method]
    names = listed([chosen.method, *others], 4) if others else chosen.method
    if chosen.method == story.best.method:
        cheapest = "" if story.cheaper else f" and the cheapest of {story.n_methods} methods"
        return (
            f"Take {chosen.method} {task}: {figure} {chosen.score}, the best score{_tested(story)}"
            f"{cheapest}; but another may truly be better, by at most {at_most(chosen.upper)}"
            f"{_open(story)}."
        )
    which = chosen.method if story.cheaper else f"the cheapest, {chosen.method}"
    apart = f"{names} can't be told apart {task}; take {which}: {figure} {chosen.score}"
    return f"{apart}; at most {at_most(chosen.upper)} is lost{_open(story)}."


def _open(story: Story) -> str:
    """Name what would cost less and may do as well."""
    if not story.cheaper:
        return ""
    return f"; {listed(story.cheaper, 3)} would cost less and may do as well"


def at_most(bound: float) -> str:
    """Round a bound up, so that what is printed is never less than what was found.

    >>> at_most(0.0251), at_most(-0.2)
    ('0.026', '0')
    """
    if bound <= 0:
        return "0"
    return f"{rounded_up(bound):.3f}".rstrip("0").rstrip(".")


def _decided(story: Story, figure: str, task: str) -> str:
    chosen = story.chosen
    assert chosen is not None  # noqa: S101 - a decided verdict names its method
    text = f"{chosen.method} {task}: {figure} {chosen.score}, "
    if chosen.method != story.best.method:
        text += (
            f"at most {at_most(chosen.upper)} below the best ({story.best.method}, "
            f"{story.best.score.value:.2f}) and the cheapest of {story.n_qualify} methods shown to "
            f"be within {story.margin:g} of it"
        )
    elif story.n_methods == 1:
        text += "the only method compared"
    elif chosen.method == story.cheapest:
        text += f"the best and the cheapest of {story.n_methods} methods (margin {story.margin:g})"
    elif story.n_qualify > 1:
        text += (
            f"the best, and the cheapest of {story.n_qualify} shown to be within {story.margin:g}"
        )
    elif story.cheaper:
        text += "the best"
    else:
        text += f"the best; every cheaper method is shown to lose more than {story.margin:g}"
    return text + _open(story)

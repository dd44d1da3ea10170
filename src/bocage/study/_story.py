"""What the sentence of a verdict is made from, and the phrases that its sentences share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bocage.core import rounded_up
from bocage.metrics import in_words
from bocage.stats import Estimate


@dataclass(frozen=True, slots=True)
class Noun:
    """What a left-out group is called.

    Attributes
    ----------
    one, many : str
        ``region``, ``regions``.
    out : str
        What is asked of groups without labels, where it is more than that: ``a new year in known
        places``.
    """

    one: str
    many: str
    out: str = ""


PLACES = Noun("place", "places")


def where_in_words(where: str, noun: Noun = PLACES) -> str:
    """Say where the labels come from.

    >>> where_in_words("out", Noun("region", "regions"))
    'in regions without labels'
    """
    return {
        "out": f"in {noun.out or f'{noun.many} without labels'}",
        "local": f"with labels from the {noun.one} itself",
        "both": f"with labels from elsewhere and from the {noun.one}",
    }.get(where, where)


class Scored(Protocol):
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
    cheaper : tuple of str
        Methods that cost less than the chosen one (the best, without) and may do as well.
    coordinates : Scored or None
        The method that sees coordinates alone and does as well as the best.
    conditional : bool
        Whether intervals speak of the places tested alone.
    by_groups : bool
        Whether methods were compared over few groups.
    beaten_here : bool
        Whether the floor, or coordinates, are shown to be beaten in these places by the best,
        and only for new ones is it open, as so few were tested.
    titles : mapping of str to str
        Methods in words, by name: ``logistic regression on AlphaEarth``.
    """

    status: str
    why: str
    where: str
    budget: str
    metric: str
    margin: float
    chosen: Scored | None
    best: Scored
    cheapest: str
    n_methods: int
    n_qualify: int
    cheaper: tuple[str, ...]
    coordinates: Scored | None
    places: int
    conditional: bool
    by_groups: bool
    beaten_here: bool = False
    noun: Noun = PLACES
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def figure(self) -> str:
        """The score's name: ``balanced accuracy``."""
        return in_words(self.metric)

    @property
    def task(self) -> str:
        """Place and budget: ``in regions without labels, with up to 5 labels per class``."""
        place = where_in_words(self.where, self.noun)
        if not self.budget:
            return place
        return f"{place}, {'with ' * (self.where == 'out')}{self.budget}"

    @property
    def these(self) -> str:
        """The places tested: ``these 4 regions``."""
        if self.places == 1:
            return f"this one {self.noun.one}"
        return f"these {self.places} {self.noun.many}"

    def title(self, name: str) -> str:
        """Write a method in words, with its name: ``random forest on s2 (s2:forest)``."""
        return f"{self.titles[name]} ({name})" if name in self.titles else name

    def scored(self, found: Scored) -> str:
        """Write a score with what its interval is of, and what a new place may give.

        ``0.85 (95 % confidence interval 0.79 to 0.90 for these 9 regions; 95 % prediction interval
        for a new region 0.66 to 0.97)``.
        """
        score, ahead = found.score, found.next_place
        if np.isnan(score.low):
            return f"{score.value:.2f}"
        text = f"95 % confidence interval {score.low:.2f} to {score.high:.2f}"
        if self.conditional:
            text += f" for {self.these}"
        if self.where == "out" and not np.isnan(ahead.low):
            text += (
                f"; 95 % prediction interval for a new {self.noun.one} {range_in_words(ahead)}"
                f"{against(self.metric, self.noun)}"
            )
        return f"{score.value:.2f} ({text})"


def range_in_words(found: Estimate) -> str:
    """Write a range; an R2 below -1 is no use, and how far below says nothing.

    >>> range_in_words(Estimate(0.5, 0.2, 0.8)), range_in_words(Estimate(0.5, -300.0, 1.0))
    ('0.20 to 0.80', 'below -1 to 1.00')
    """
    low = "below -1" if found.low < -1 else f"{found.low:.2f}"
    return f"{low} to {found.high:.2f}"


def against(metric: str, noun: Noun = PLACES) -> str:
    """Say what R2 compares errors with: the variance of one place may be next to nothing."""
    return f", relative to the variance over all {noun.many} tested" if metric == "r2" else ""


def at_most(bound: float) -> str:
    """Round a bound up, so that what is printed is never less than what was found.

    >>> at_most(0.0251), at_most(-0.2)
    ('0.026', '0')
    """
    if bound <= 0:
        return "0"
    return f"{rounded_up(bound):.3f}".rstrip("0").rstrip(".")

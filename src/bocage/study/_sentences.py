"""Verdicts in plain English."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bocage.core import listed
from bocage.study._resample import ENOUGH_GROUPS, Estimate

WHERE = {
    "out": "in places without labels of their own",
    "local": "with labels from the place itself",
    "both": "with labels from elsewhere and from the place",
}

_FLAGS = {
    "floor": "the answer without any feature does as well: there may be nothing to learn here",
    "coordinates": "coordinates alone do as well: the model may learn the place and not the land",
    "random-weights": "random weights do as well: the pretraining may add nothing here",
}


class _Scored(Protocol):
    """What a sentence needs to know of a method."""

    @property
    def method(self) -> str: ...
    @property
    def score(self) -> Estimate: ...
    @property
    def upper(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Story:
    """What a verdict's sentence is made from; `why` names the branch of the rule."""

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
    cheaper: tuple[str, ...]
    places: int
    conditional: bool


_ABBREVIATED = {"r2": "R²", "mae": "MAE", "rmse": "RMSE", "miou": "mIoU"}


def in_words(metric: str) -> str:
    """Write the name of a figure as it stands in a sentence.

    >>> in_words("balanced_accuracy"), in_words("r2")
    ('balanced accuracy', 'R²')
    """
    return _ABBREVIATED.get(metric, metric.replace("_", " "))


def control_flag(method: str, kind: str, margin: float) -> str:
    """Warn of a control that is within the margin of the best."""
    text = _FLAGS.get(kind, f"this control ({kind}) does as well")
    return f"{method} is within {margin:g} of the best: {text}"


def pretraining_flag(method: str, gain: Estimate) -> str:
    """Say what the weights of a pretrained network are worth beside random ones.

    Parameters
    ----------
    method : str
    gain : Estimate
        Its score minus that of the same with random weights; larger is better.
    """
    if np.isnan(gain.low):
        word = "nothing tells how far this may vary"
    elif gain.low > 0:
        word = "its pretraining helps here"
    elif gain.high < 0:
        word = "its pretraining does harm here"
    else:
        word = "its pretraining is not shown to help here"
    return f"{method} minus the same with random weights: {gain}; {word}"


def tell(story: Story) -> tuple[str, tuple[str, ...]]:
    """Write the sentence and the reasons of a verdict."""
    place = WHERE.get(story.where, story.where)
    task = f"{place}, {story.budget}" if story.budget else place
    figure = in_words(story.metric)
    if story.status == "none":
        return _no_verdict(story, task, figure), ()
    if story.status == "undecided":
        sentence = f"Undecided {task}: {_undecided(story, figure)}."
    else:
        sentence = f"Use {_decided(story, figure, task)}."
    reasons: tuple[str, ...] = ()
    if story.conditional:
        one = story.places == 1
        these = "this one place" if one else f"these {story.places} places"
        new = "others" if one else "new ones"
        sentence += f" Conditional on {these}: nothing is claimed for {new}."
        tested = "one place" if one else f"{story.places} held-out groups"
        few = f"{tested}, fewer than {ENOUGH_GROUPS}"
        reasons = (f"{few}: intervals come from the blocks within them",)
    return sentence, reasons


def _no_verdict(story: Story, task: str, figure: str) -> str:
    best = f"The best score {task} is {story.best.method}: {figure} {story.best.score}"
    if story.why == "one place":
        return f"No verdict: one place only was tested, and another may differ. {best}."
    if story.why != "no blocks":
        return f"No verdict: one {story.why} only, and what is best for another may differ. {best}."
    return (
        f"No verdict: no group has two blocks, so nothing tells how far scores would vary. {best}."
    )


def _undecided(story: Story, figure: str) -> str:
    best = f"{story.best.method} ({figure} {story.best.score})"
    if story.why == "floor":
        return (
            f"nothing beats the floor: the best, {best}, is not shown to be better than an answer "
            "that looks at no feature"
        )
    if story.why == "cheaper":
        return (
            f"{best} is the best, but {listed(story.cheaper, 3)} may be within {story.margin:g} of "
            "it and would cost less; more labelled blocks would tell"
        )
    return (
        f"{best} has the best score of {story.n_methods} methods (floors and controls apart), but "
        f"that may be luck: another may truly be better by up to {story.best.upper:.2f}, which is "
        f"more than {story.margin:g}; more labelled blocks would tell"
    )


def _decided(story: Story, figure: str, task: str) -> str:
    chosen = story.chosen
    assert chosen is not None  # noqa: S101 - a decided verdict names its method
    text = f"{chosen.method} {task}: {figure} {chosen.score}, "
    if chosen.method != story.best.method:
        text += (
            f"at most {max(chosen.upper, 0):.3f} below the best ({story.best.method}, "
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
    else:
        text += f"the best; every cheaper method is shown to lose more than {story.margin:g}"
    return text

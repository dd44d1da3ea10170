"""The winner of a study, and its last fit: on all labels."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bocage.core import SettingsError, did_you_mean
from bocage.methods import Confidence, Effort, Method, Views
from bocage.metrics import in_words
from bocage.splits import Fold, InnerMaker, Regime
from bocage.stats import Estimate
from bocage.study._answer import answer
from bocage.study._losses import NOWHERE
from bocage.study._story import PLACES, Noun, range_in_words
from bocage.study._study import Study

if TYPE_CHECKING:
    from bocage.methods import Fitted


@dataclass(frozen=True, slots=True)
class Winner:
    """The method that a map is made with, and what the study says of it.

    Attributes
    ----------
    method : Method
    why : str
        In words.
    where, budget, metric : str
        What the score is of: the place (``out``, ``local`` or ``both``), the labels, the figure.
    score : Estimate
        Of labels that were held out, never of those that the model learned from; NaN where the
        study has not tested the method.
    conditional : bool
        Whether the interval speaks of the places tested, and of no other.
    n_groups : int
        Places held out.
    floor : float
        Score of an answer without any feature; NaN where the method is not tested.
    beats_floor : bool
        Whether the method is shown to beat it, as the verdict asks.
    next_place : Estimate
        What one more place may give.
    noun : Noun
        What a place is called.
    coordinates : str
        The method on coordinates alone for which the verdict advises nothing; else empty.
    """

    method: Method
    why: str
    where: str
    budget: str
    metric: str
    score: Estimate
    conditional: bool
    n_groups: int
    floor: float = float("nan")
    beats_floor: bool = True
    next_place: Estimate = NOWHERE
    noun: Noun = PLACES
    coordinates: str = ""

    @property
    def reach(self) -> str:
        """Where the score is of a few places only, what one more may give; else empty."""
        ahead = self.next_place
        if self.where != "out" or not self.conditional or np.isnan(ahead.low):
            return ""
        return (
            f"for these {self.n_groups} {self.noun.many}; 95 % prediction interval for a new "
            f"{self.noun.one} {range_in_words(ahead)}"
        )

    @property
    def caution(self) -> str:
        """What the score does not show; empty where it shows that the method learned."""
        if self.beats_floor and self.coordinates:
            return (
                f"and coordinates alone ({self.coordinates}) are not shown to be worse: no method "
                f"is recommended for new {self.noun.many}"
            )
        if self.beats_floor:
            return ""
        told = f"not shown to beat the baseline without features ({self.floor:.2f})"
        score = self.score
        if self.where == "out" and (self.floor < score.low or self.floor > score.high):
            # True of these places, and not shown of others.
            return f"{told} in new places, only in those tested: maps of others may be meaningless"
        return f"{told}: the map may be meaningless"


def winner(study: Study, name: str = "") -> Winner:
    """Choose the method for a map: the verdict's, or the one that is named.

    Parameters
    ----------
    study : Study
    name : str
        A method of the study; the verdict's choice if empty, or its best where it is undecided.

    Raises
    ------
    SettingsError
        If the study has no such method, or its runs are not finished.
    """
    known = {method.name: method for method in study.methods}
    if name and name not in known:
        raise SettingsError(
            f"no method {name!r} in the study {study.folder}; expected one of {', '.join(known)}"
            f"{did_you_mean(name, known)}"
        )
    lines = answer(study).lines[study.where]
    asked = study.settings.at
    labels = {str(budget): budget.label for budget in study.budgets}
    fit = [line for line in lines if asked is None or line.budget == labels[asked]]
    if not fit:
        old = " of this version of Bocage" if study.store.old else ""
        raise SettingsError(
            f"the study {study.folder} has no finished runs{old} to choose a method by; run "
            "'bocage compare' again with the same settings, and name its folder with -o"
        )
    line = fit[-1]
    verdict = line.verdict
    chosen = name or verdict.chosen or verdict.best
    if name:
        why = "named"
    elif verdict.chosen:
        why = f"recommended with {line.budget}"
    else:
        end = "the verdict is undecided" if verdict.status == "undecided" else "no verdict"
        why = f"highest score with {line.budget}; {end}"
    tested = next((loss for loss in verdict.losses if loss.method == chosen), None)
    nothing = Estimate(float("nan"), float("nan"), float("nan"))
    floor = float("nan")
    if tested is not None:
        floor = tested.score.value - study.metric.sign * tested.gain
    return Winner(
        known[chosen],
        why,
        study.where,
        line.budget,
        in_words(verdict.metric),
        nothing if tested is None else tested.score,
        verdict.conditional,
        verdict.n_groups,
        floor,
        tested is None or tested.beats_floor,
        NOWHERE if tested is None else tested.next_place,
        study.noun,
        verdict.coordinates,
    )


def refit(study: Study, method: Method) -> "Fitted":
    """Tune and fit a method on all labels, as every run of the study was tuned and fitted.

    Inner folds hold out what the verdict's place holds out: groups for a new place, blocks here.
    """
    return _fit(study, method, "out" if study.where == "out" else "local")


def confidence_near(study: Study, method: Method, fitted: "Fitted") -> Confidence | None:
    """Fit the confidence of a method on all labels to inner folds of blocks, with its parameters.

    It is for land among the labels, where one that was fitted to whole groups held out is too
    small. None for networks, which would have to be trained again.
    """
    if method.trains_network:
        return None
    near = _fit(study, replace(method, fixed=tuple(sorted(fitted.params.items()))), "local")
    same = near.params == fitted.params
    return Confidence(near.temperature, near.noise) if same else None


def _fit(study: Study, method: Method, regime: Regime) -> "Fitted":
    task, protocol = study.task, study.protocol
    rows = np.arange(len(task))
    views = Views(task)
    method.check(views)
    method.prepare(views, protocol.recipe)
    whole = Fold("all", regime, "", rows, rows[:0], {})
    inner = None
    if method.holds_out(task.kind):
        inner = InnerMaker(task, study.split, protocol.inner_folds).make(whole, rows)
    return method.fit(views, rows, inner, Effort(protocol.trials, protocol.recipe, protocol.seed))

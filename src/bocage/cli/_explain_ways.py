"""How `bocage explain` explains each kind of target."""

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bocage.cli import _options as opt
from bocage.cli._stopping import resumable

if TYPE_CHECKING:
    from bocage.dimensions import AnyExplanation, CampaignSettings, ClassMaps, Problem, ValueMap
    from bocage.sources import Source


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked on the command line.

    Attributes
    ----------
    where : str
    margin : float
    class_margin : float or None
        None where it was not given.
    campaign : CampaignSettings
    folder : Path
        Of the explanation.
    workers : int or None
        Processes; as many as cores if None.
    dask : str or None
    """

    where: str
    margin: float
    class_margin: float | None
    campaign: "CampaignSettings"
    folder: Path
    workers: int | None
    dask: str | None


class Way(ABC):
    """One kind of target.

    Attributes
    ----------
    undrawn : str
        Why nothing is drawn where nothing is.
    """

    undrawn: str

    @abstractmethod
    def check(self, question: Question) -> None:
        """Refuse what can't be asked of this kind of target.

        Raises
        ------
        SettingsError
        """

    @abstractmethod
    def explain(self, problem: "Problem", question: Question) -> "AnyExplanation":
        """Give the whole answer."""

    @abstractmethod
    def draw(self, found: Any, raster: "Source") -> "ClassMaps | ValueMap | None":
        """Draw the target on a raster; None where there is nothing to draw."""


class OfClasses(Way):
    """Class by class, with experiments if they are asked for."""

    undrawn = "no class has a small subset of dimensions to compare with all"

    def check(self, question: Question) -> None:
        """Let everything be asked."""

    def explain(self, problem: "Problem", question: Question) -> "AnyExplanation":
        """Ablate ridge classifiers, run experiments, and put together."""
        from threadpoolctl import threadpool_limits

        from bocage.core import Workers, at_work
        from bocage.dimensions import CLASS_MARGIN, explain, linear_ablations, run_campaign

        # Small problems are faster on one thread.
        with threadpool_limits(1):
            done = linear_ablations(problem)
        if question.campaign.experiments:
            for mark in at_work(question.folder):
                opt.console(errors=True).print(f"note: {mark.sentence}")
            with resumable():
                crew = Workers(question.workers or os.cpu_count() or 1, question.dask)
                done += run_campaign(problem, question.campaign, question.folder, crew)
        allowed = CLASS_MARGIN if question.class_margin is None else question.class_margin
        with threadpool_limits(1):
            return explain(problem, done, question.where, question.margin, allowed)

    def draw(self, found: Any, raster: "Source") -> "ClassMaps":
        """Draw where each class is found."""
        from bocage.dimensions import class_maps

        return class_maps(found, raster)


class OfNumbers(Way):
    """Dimension by dimension."""

    undrawn = "no small subset of dimensions is enough for the target, to compare with all"

    def check(self, question: Question) -> None:
        """Refuse what is asked of classes."""
        from bocage.core import SettingsError

        asked = {
            "--experiments": bool(question.campaign.experiments),
            "--class-margin": question.class_margin is not None,
        }
        for option, is_given in asked.items():
            if is_given:
                raise SettingsError(
                    f"{option} applies to classes, and the target is a number; leave it out"
                )

    def explain(self, problem: "Problem", question: Question) -> "AnyExplanation":
        """Follow the number."""
        from threadpoolctl import threadpool_limits

        from bocage.dimensions import explain_number

        with threadpool_limits(1):
            return explain_number(problem, question.where, question.margin)

    def draw(self, found: Any, raster: "Source") -> "ValueMap | None":
        """Draw the number, with few dimensions and with all."""
        from bocage.dimensions import value_map

        return value_map(found, raster)


def way_of(problem: "Problem") -> Way:
    """Return how a problem is explained."""
    from bocage.core import CLASSIFICATION, REGRESSION

    return {CLASSIFICATION: OfClasses(), REGRESSION: OfNumbers()}[problem.task.kind]

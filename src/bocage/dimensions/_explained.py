"""What every explanation holds, whatever is told: classes or a number."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bocage.core import SettingsError
from bocage.dimensions._curves import Curve
from bocage.dimensions._problem import Problem
from bocage.dimensions._redundancy import Redundancy
from bocage.dimensions._together import Together
from bocage.sources import AEF_BANDS
from bocage.tasks import flat_notes


@dataclass(frozen=True, kw_only=True)
class AnyExplanation(ABC):
    """What dimensions of one input do for one target.

    Attributes
    ----------
    problem : Problem
    where : str
        The regime that subsets are judged by.
    curves : tuple of Curve
    together : Together
        The smallest subset for the target as a whole, by the score that a comparison reports.
    redundancy : Redundancy
    notes : tuple of str
    """

    problem: Problem
    where: str
    curves: tuple[Curve, ...]
    together: Together
    redundancy: Redundancy
    notes: tuple[str, ...] = ()

    @property
    def elsewhere_regime(self) -> str:
        """The regime that is shown beside the one that is judged by."""
        return other_regime(self.where)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Classes that nothing is claimed of; a number has none."""
        return ()

    @property
    @abstractmethod
    def in_file(self) -> Mapping[str, Any]:
        """What a subset file says beside the dimensions and their scores."""

    def curve(self, regime: str, how: str, label: str = "", model: str = "ridge") -> Curve | None:
        """Return one curve."""
        wanted = (regime, model, how, label)
        found = (c for c in self.curves if (c.regime, c.model, c.how, c.label) == wanted)
        return next(found, None)


def other_regime(where: str) -> str:
    """Name the regime that stands beside one."""
    return "local" if where == "out" else "out"


def regime_of(where: str, regimes: Collection[str]) -> str:
    """Choose the regime that subsets are judged by, ``out`` unless asked otherwise.

    Raises
    ------
    SettingsError
        If nothing was tested in the one that is asked for.
    """
    if where and where not in regimes:
        raise SettingsError(
            f"this split has no tests of {where!r}; it has {', '.join(sorted(regimes))}: choose "
            "one of these, or leave out another group"
        )
    return where or next(name for name in ("out", "local", "random") if name in regimes)


def general_notes(problem: Problem, redundancy: Redundancy) -> list[str]:
    """Say what a reader must know of samples, split and dimensions, whatever is told."""
    notes = [*problem.task.notes, *problem.split.degraded, *problem.split.notes]
    # Of a table that was read, the task says already what never varies.
    notes += flat_notes(problem.task.inputs[problem.name])
    for first, *others in redundancy.copies:
        listed = ", ".join(problem.bands[at] for at in others)
        notes.append(f"copies of {problem.bands[first]} without further information: {listed}")
    if problem.bands == AEF_BANDS:
        notes.append(
            "dimensions are named as in the files of the product, A00 to A63; arXiv 2603.16911 "
            "counts from 1, so its A64 is A63 here"
        )
    return notes

"""The whole answer for a number: dimensions, curves, the smallest subset, and what trees know."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bocage.core import DataError
from bocage.dimensions._contrast import Contrast
from bocage.dimensions._explained import AnyExplanation, general_notes, regime_of
from bocage.dimensions._problem import FEW, REGIMES, Problem
from bocage.dimensions._redundancy import Redundancy
from bocage.dimensions._together import MARGIN, Together
from bocage.dimensions.numbers._curved import Curved, curved
from bocage.dimensions.numbers._design import ScaledFold
from bocage.dimensions.numbers._dimensions import Dimension, dimensions_of
from bocage.dimensions.numbers._enough import ANY, costs, enough, models_of
from bocage.dimensions.numbers._follows import follows
from bocage.dimensions.numbers._gradients import curves_of
from bocage.dimensions.numbers._random_targets import luck_of
from bocage.dimensions.numbers._tested import Tested, able_folds
from bocage.metrics import too_good


@dataclass(frozen=True, kw_only=True)
class NumberExplanation(AnyExplanation):
    """What dimensions of one input do for a number; see `AnyExplanation` for the rest.

    Attributes
    ----------
    curves : tuple of Curve
        Scores are R2; labels are empty.
    dimensions : tuple of Dimension
    followed : Contrast
        Of one row.
    curved : Curved
    """

    dimensions: tuple[Dimension, ...]
    followed: Contrast
    curved: Curved

    @property
    def is_told(self) -> bool:
        """Whether a straight line tells the number better than chance."""
        return self.is_told_in(self.where)

    def is_told_in(self, regime: str) -> bool:
        """Whether it does so in some regime."""
        curve = self.curve(regime, "forward")
        return curve is not None and curve.is_known

    @property
    def in_file(self) -> Mapping[str, Any]:
        """What a subset file says of a number."""
        return {
            "model": "ridge regression, R2",
            "roles": {d.band: d.role for d in self.dimensions if d.cost is not None},
        }


def explain_number(problem: Problem, where: str = "", margin: float = MARGIN) -> NumberExplanation:
    """Say which dimensions tell a number, and how few are enough.

    Parameters
    ----------
    problem : Problem
        Of a regression.
    where : {"local", "out", "random"}, optional
        Regime that subsets are judged by; as in a comparison ``out`` where there is such a fold.
    margin : float
        R2 that the subset may lose.

    Raises
    ------
    SettingsError
        If nothing was tested in that regime.
    DataError
        If samples are too few, or R2 is not defined.
    """
    regimes = [name for name in REGIMES if able_folds(problem, name)]
    if not regimes:
        raise DataError(
            f"no fold has {FEW} training samples; expected more labels than these "
            f"{len(problem.task):,}"
        )
    where = regime_of(where, regimes)
    parts = {name: Tested.of(problem, name) for name in regimes}
    designs = {f.name: ScaledFold.of(problem, f) for part in parts.values() for f in part.folds}
    luck = luck_of(problem, list(parts.values()), where, designs)
    drawn = (curves_of(part, designs, luck.whole[name]) for name, part in parts.items())
    made = tuple(chain.from_iterable(drawn))
    told = any((c.regime, c.how) == (where, "forward") and c.is_known for c in made)
    judged, models = parts[where], models_of(parts[where])
    whole = enough(judged, models, margin) if told else Together(where, margin=margin, limits=ANY)
    cost = costs(judged, models, whole.bands) if whole.bands else {}
    followed = follows(problem)
    redundancy = Redundancy.of(problem.X, problem.split.group)
    return NumberExplanation(
        problem=problem,
        where=where,
        curves=made,
        together=whole,
        redundancy=redundancy,
        dimensions=dimensions_of(judged, designs, luck, followed, cost),
        followed=followed,
        curved=curved(problem, where, models, line_tells=told),
        notes=_notes(problem, redundancy, whole),
    )


def _notes(problem: Problem, redundancy: Redundancy, whole: Together) -> tuple[str, ...]:
    notes = general_notes(problem, redundancy)
    if len(problem.split.groups) == 1:
        notes.append(
            "there is only one place, so nothing can be concluded for other places; name a "
            "column of places with --leave"
        )
    notes += too_good(whole.trials[0].found.full) if whole.trials else ()
    return tuple(dict.fromkeys(notes))

"""How few dimensions a model of a number needs, and what each of them is needed for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bocage.core import Floats
from bocage.dimensions._fold_model import FoldModel
from bocage.dimensions._orders import forward
from bocage.dimensions._recalls import LEVEL, ScoreLoss
from bocage.dimensions._together import NUMBERS, Together, Trial
from bocage.dimensions.numbers._design import normal_of
from bocage.dimensions.numbers._gradients import order_without
from bocage.dimensions.numbers._tested import Tested
from bocage.splits import Fold
from bocage.stats import Estimate, at_once, interval
from bocage.study import Resamples, UnitCounts, group_scores, scores

ANY = (-np.inf, np.inf)
"""R2 has no least value: so much may be lost, or gained."""


@dataclass(frozen=True, slots=True)
class DimensionLoss:
    """What a subset loses without one of its dimensions.

    Attributes
    ----------
    loss : float
        Of R2, the others learned anew.
    least : float
        Lower bound: with 95 % certainty for all dimensions of the subset at once; NaN where
        nothing tells it.
    """

    loss: float
    least: float

    @property
    def is_shown(self) -> bool:
        """Whether something is lost for certain."""
        return self.least > 0


def models_of(tested: Tested) -> dict[str, FoldModel]:
    """Fit the ridge regression of a comparison on every fold, dimensions in order of choice."""
    problem = tested.problem
    return {
        fold.name: FoldModel.of(problem, fold, order_without(problem, fold.tests[tested.regime]))
        for fold in tested.folds
    }


def enough(tested: Tested, models: Mapping[str, FoldModel], margin: float) -> Together:
    """Find the smallest subset by R2, the score that a comparison reports.

    Parameters
    ----------
    tested : Tested
    models : mapping of str to FoldModel
        By name of the fold.
    margin : float
        What may be lost of R2.

    Returns
    -------
    Together

    Notes
    -----
    All numbers are tried, and the smallest is taken whose loss is below the margin: the upper
    bounds of all of them hold together in 19 of 20 cases (`bocage.stats.at_once`). Going down to
    the first that fails, as for classes, would stop too soon: where places differ, R2 often falls
    with more dimensions, and a few may do better than any number between.
    """
    problem = tested.problem
    d = len(problem.bands)
    numbers = [number for number in NUMBERS if number < d]
    tally = tested.tally(["all", *map(str, numbers)], partial(_nested, models, numbers))
    drawn = tested.resampled(tally, nested=True)
    losses = losses_of(tested, tally, drawn)
    trials = tuple(
        Trial(k, found, "", bool(found.bound < margin))
        for k, found in zip(numbers, losses, strict=True)
    )
    k = min((trial.k for trial in trials if trial.is_enough), default=0)
    bands: tuple[str, ...] = ()
    if k:
        normal, _ = normal_of(problem.X, problem.target)
        bands = tuple(problem.bands[at] for at in forward(normal, k)[0][:k])
    over_places = drawn.unit == "groups"
    return Together(tested.regime, bands, trials, margin, over_places=over_places, limits=ANY)


def losses_of(tested: Tested, tally: UnitCounts, drawn: Resamples) -> list[ScoreLoss]:
    """Compare all other models of a tally with its first one; their bounds hold at once."""
    point = scores(tally, tested.metric)
    by_place = group_scores(tally, tested.metric)
    bound = upper(point[0] - point[1:], drawn, 1)
    made = []
    for at in range(1, len(point)):
        lost = float(point[0] - point[at])
        values = drawn.values[:, 0] - drawn.values[:, at]
        ends = interval(lost, values) if drawn.known else Estimate(lost)
        apart = by_place[0] - by_place[at]
        limit = float(bound[at - 1])
        made.append(
            ScoreLoss(float(point[at]), float(point[0]), ends, limit, np.zeros(0), np.nan, apart)
        )
    return made


def upper(lost: Floats, drawn: Resamples, sign: int) -> Floats:
    """Bound what models lose against the first from above (sign 1) or below (-1), all at once.

    NaN where nothing tells how far they may be off.
    """
    if not drawn.known:
        return np.full(len(lost), np.nan)
    away = (drawn.values - drawn.point) / drawn.scale[:, None]
    gap = sign * (away[:, 1:] - away[:, :1])
    return np.asarray(lost + sign * at_once(gap, drawn.df, LEVEL) * gap.std(axis=0), np.float64)


def _nested(models: Mapping[str, FoldModel], numbers: Sequence[int], fold: Fold) -> Floats:
    model = models[fold.name]
    return np.stack([model.said, *(model.few(k) for k in numbers)])


def costs(
    tested: Tested, models: Mapping[str, FoldModel], bands: Sequence[str]
) -> dict[str, DimensionLoss]:
    """Leave out each dimension of a subset in turn.

    Parameters
    ----------
    tested : Tested
    models : mapping of str to FoldModel
    bands : sequence of str
        Chosen from all labels. What a fold tests chose nothing there: on each fold the subset is
        the one that is chosen without these samples, and where that lacks a dimension nothing is
        lost without it.
    """
    at = [tested.problem.bands.index(band) for band in bands]
    tally = tested.tally(["all", *bands], partial(_without, models, at))
    point = scores(tally, tested.metric)
    lost = point[0] - point[1:]
    least = upper(lost, tested.resampled(tally, nested=True), -1)
    return {
        b: DimensionLoss(float(x), float(low)) for b, x, low in zip(bands, lost, least, strict=True)
    }


def _without(models: Mapping[str, FoldModel], at: Sequence[int], fold: Fold) -> Floats:
    model = models[fold.name]
    chosen = model.order[: len(at)]
    whole = model.with_only(chosen)
    said = [whole]
    for band in at:
        kept = chosen[chosen != band]
        if len(kept) == len(chosen):
            said.append(whole)
        elif len(kept):
            said.append(model.with_only(kept))
        else:
            said.append(np.full(len(whole), model.target[model.pool].mean()))
    return np.stack(said)

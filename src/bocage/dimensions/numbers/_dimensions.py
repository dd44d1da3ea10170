"""What each dimension does for a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from bocage.core import Floats
from bocage.dimensions._contrast import Contrast
from bocage.dimensions._orders import ranked
from bocage.dimensions.numbers._design import ScaledFold, normal_of
from bocage.dimensions.numbers._enough import DimensionLoss
from bocage.dimensions.numbers._random_targets import Luck
from bocage.dimensions.numbers._tested import Tested
from bocage.splits import Fold
from bocage.stats import Estimate
from bocage.study import scores

NEEDED, HELPS, NONE = "needed", "helps", "none"
NUMBER_ROLES = (NEEDED, HELPS, NONE)
"""What a dimension does: the smallest subset is shown to lose without it; it is in that subset,
tells the number alone or follows it, better than chance does for any dimension; none of these."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension beside a number.

    Attributes
    ----------
    band : str
    rank : int
        By R2 of a straight line on this dimension alone; 1 is the best.
    alone : Estimate
        That R2, with its 95 % interval.
    chance : float
        R2 that randomised targets exceed for any dimension in 1 of 20 cases.
    follows : float
        Spearman's correlation with the number within places, mean over places; NaN where no place
        tells it.
    n_same, n_places : int
        Places with that sign, of those that tell it.
    is_steady : bool
        Whether it rises or falls with the number in most places, beyond what chance does for any
        dimension in 1 of 20 cases.
    weight : float
        Share of the standardised weights of a ridge regression on all dimensions, from all labels.
    cost : DimensionLoss or None
        What the smallest subset loses without it; None where it is not in that.
    """

    band: str
    rank: int
    alone: Estimate
    chance: float
    follows: float
    n_same: int
    n_places: int
    is_steady: bool
    weight: float
    cost: DimensionLoss | None = None

    @property
    def tells(self) -> bool:
        """Whether it tells the number by itself, better than chance does for any dimension."""
        return self.alone.value > self.chance

    @property
    def role(self) -> str:
        """One of `NUMBER_ROLES`."""
        if self.cost is not None and self.cost.is_shown:
            return NEEDED
        return HELPS if self.cost is not None or self.tells or self.is_steady else NONE


def dimensions_of(
    tested: Tested,
    designs: Mapping[str, ScaledFold],
    luck: Luck,
    followed: Contrast,
    cost: Mapping[str, DimensionLoss],
) -> tuple[Dimension, ...]:
    """Put together what is known of each dimension, in the order of the input."""
    problem = tested.problem
    each = [1] * len(problem.bands)
    alone = partial(_alone, designs, problem.target)
    tally = tested.tally(problem.bands, alone, n_dimensions=each)
    found, drawn = scores(tally, tested.metric), tested.resampled(tally)
    rank = np.empty(len(found), dtype=np.int64)
    rank[np.argsort(-found, kind="stable")] = np.arange(1, len(found) + 1)
    weight = ranked(normal_of(problem.X, problem.target)[0])[1][0]
    effect, by_place = followed.effect[0], followed.by_place[:, 0]
    known = np.isfinite(by_place)
    same = (np.sign(by_place) == np.sign(effect)) & known
    return tuple(
        Dimension(
            band,
            int(rank[at]),
            drawn.estimate(band),
            float(luck.alone[at]),
            float(effect[at]),
            int(same[:, at].sum()),
            int(known[:, at].sum()),
            bool(followed.found[0, at]),
            float(weight[at]),
            cost.get(band),
        )
        for at, band in enumerate(problem.bands)
    )


def _alone(designs: Mapping[str, ScaledFold], y: Floats, fold: Fold) -> Floats:
    return designs[fold.name].alone(y)

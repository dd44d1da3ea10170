"""What randomised targets reach, of all dimensions together and of each alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bocage.core import Floats, progress
from bocage.dimensions._chance import FEWER, LEVEL, MANY, N_NULL, limits
from bocage.dimensions._contrast import ENOUGH_PLACES
from bocage.dimensions._null import Neighbours
from bocage.dimensions._problem import Problem
from bocage.dimensions.numbers._design import ScaledFold
from bocage.dimensions.numbers._tested import Tested
from bocage.splits import Fold, metric_xy


class Meaningless:
    """Numbers that keep their neighbours, and say nothing of the features any more.

    What a number is beside the mean of its place moves about within the place, as labels of
    classes do (`bocage.dimensions._null.Neighbours`). Where there are eight places or more, the
    means of the places move about among the places in the same way, neighbours together: a
    gradient from place to place is a gradient too. The means of fewer places stay where they are,
    as their few orders say nothing: what differs between them is no evidence, for the truth as for
    chance.

    Where a number is smooth over a large part of a place, maps that are mirrored to be shifted are
    less smooth than the truth. So places also lend each other their maps, and the larger limit
    holds.
    """

    def __init__(self, problem: Problem) -> None:
        group = problem.split.group
        self._group = group
        self._within = Neighbours(problem.xy, group)
        lonlat = problem.task.lonlat
        places = range(len(problem.split.groups))
        middle = np.array([lonlat[group == number].mean(axis=0) for number in places])
        known = bool(np.isfinite(middle).all())
        self._among = None
        if len(middle) >= ENOUGH_PLACES:
            at = metric_xy(middle) if known else middle
            self._among = Neighbours(at, np.zeros(len(middle), dtype=np.int64))

    @property
    def ways(self) -> tuple[Callable[[Floats, np.random.Generator], Floats], ...]:
        """How numbers of shape (n,) are moved."""
        ways: list[Callable[[Floats, np.random.Generator], Floats]] = [self._within.move]
        if self._within.can_exchange:
            ways.append(self._within.exchange)
        return tuple(partial(self._moved, way) for way in ways)

    def _moved(
        self,
        way: Callable[[Floats, np.random.Generator], Floats],
        y: Floats,
        rng: np.random.Generator,
    ) -> Floats:
        n = np.bincount(self._group)
        mean = np.bincount(self._group, y) / n
        moved = way(y - mean[self._group], rng)
        # Some numbers come twice and some never: what they add to the mean of a place is no luck
        # that the truth could have had.
        moved -= (np.bincount(self._group, moved) / n)[self._group]
        other = mean if self._among is None else self._among.move(mean, rng)
        return np.asarray(moved + other[self._group], np.float64)


@dataclass(frozen=True, slots=True)
class Luck:
    """R2 that randomised targets exceed in 1 of 20 cases.

    Attributes
    ----------
    whole : mapping of str to float
        Of all dimensions, by regime.
    alone : ndarray of float64, shape (d,)
        Of each dimension by itself, where subsets are judged: what any of them exceeds.
    """

    whole: Mapping[str, float]
    alone: Floats


def luck_of(
    problem: Problem, parts: Sequence[Tested], where: str, designs: Mapping[str, ScaledFold]
) -> Luck:
    """Move the numbers about, and learn them again each time."""
    n_null = N_NULL if len(problem.bands) <= MANY else FEWER
    ways, rng = Meaningless(problem).ways, np.random.default_rng(0)
    whole: dict[str, Floats] = {}
    limit_alone = np.zeros(len(problem.bands))
    with progress("chance", n_null * len(ways)) as advance:
        for way in ways:
            every: dict[str, list[Floats]] = {part.regime: [] for part in parts}
            alone: list[Floats] = []
            for _ in range(n_null):
                y = way(problem.target, rng)
                for part in parts:
                    every[part.regime].append(part.scores(["all"], partial(_whole, designs, y), y))
                    if part.regime == where:
                        alone.append(part.scores(problem.bands, partial(_alone, designs, y), y))
                advance(1)
            for regime, found in every.items():
                whole[regime] = np.maximum(whole.get(regime, np.zeros(1)), _limit(found))
            # By itself a dimension was found in 6.4 % of 280 worlds of strangers at 5 %.
            limit_alone = np.maximum(limit_alone, _limit(alone, LEVEL / 2))
    return Luck({regime: float(limit[0]) for regime, limit in whole.items()}, limit_alone)


def _limit(found: Sequence[Floats], level: float = LEVEL) -> Floats:
    """Bound scores by chance: one that is no better than the mean's is none, and none is above 1.

    NaN, where too few moves can be scored, is passed by nothing.
    """
    return np.asarray(np.clip(np.nan_to_num(limits(np.stack(found), level), nan=1.0), 0.0, 1.0))


def _whole(designs: Mapping[str, ScaledFold], y: Floats, fold: Fold) -> Floats:
    return designs[fold.name].whole(y[None])


def _alone(designs: Mapping[str, ScaledFold], y: Floats, fold: Fold) -> Floats:
    return designs[fold.name].alone(y)

"""What each method loses against the best, and gains over the floor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import Floats
from bocage.metrics import Metric, chance_level
from bocage.stats import Estimate, at_once, next_place
from bocage.study._resample import Resamples
from bocage.study._unit_counts import UnitCounts, group_scores
from bocage.study._unseen import spread_of_few

NOWHERE = Estimate(float("nan"))
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Loss:
    """How far a method stands below the best.

    Attributes
    ----------
    method : str
    score : Estimate
        With its 95 % interval.
    loss : float
        Best score minus this one; below zero only for a control that beats every method.
    lower, upper : float
        One-sided 95 % bounds of the loss, all rivals considered; see
        `bocage.stats.compare_with_best`.
    gain : float
        Score minus that of the best floor; NaN without a floor.
    gain_lower : float
        One-sided 95 % bound of the gain, for all methods at once.
    within : bool
        Shown to lose less than the margin.
    worse : bool
        Shown to lose more than the margin.
    better_share, alike_share, worse_share : float
        Probability that it is better than the method with the best score by more than the
        margin, within the margin of it, or worse by more.
    next_place : Estimate
        What a place that nobody has seen may give: 95 % prediction interval over the places
        tested; NaN where there are fewer than two.
    control : str
        Kind of control, which is never recommended; empty for methods that may be.
    beats_floor_here : bool
        Whether it is shown to beat the floor in these places, whatever may be said of others.
    """

    method: str
    score: Estimate
    loss: float
    lower: float
    upper: float
    gain: float
    gain_lower: float
    within: bool
    worse: bool
    better_share: float = float("nan")
    alike_share: float = float("nan")
    worse_share: float = float("nan")
    next_place: Estimate = NOWHERE
    control: str = ""
    beats_floor_here: bool = True

    @property
    def lost(self) -> Estimate:
        """The loss between its bounds."""
        return Estimate(self.loss, self.lower, self.upper)

    @property
    def beats_floor(self) -> bool:
        """Whether it is shown to beat the floor; true where there is none."""
        return bool(np.isnan(self.gain) or self.gain_lower > 0)


def losses_of(
    shown: Resamples,
    decided: Resamples,
    tally: UnitCounts,
    kinds: Mapping[str, str],
    floors: Sequence[str],
    margin: float,
) -> tuple[Loss, ...]:
    """Compare every method with the best and with the floor; smallest loss first.

    Parameters
    ----------
    shown : Resamples
        What intervals are printed from.
    decided : Resamples
        What methods are compared by: the same, or groups where few of them were seen. The floor
        must be beaten by both.
    tally : UnitCounts
        What was resampled.
    kinds : mapping of str to str
        Controls, floors included, with their kind.
    floors : sequence of str
    margin : float
    """
    metric = decided.metric
    able = [i for i, name in enumerate(decided.methods) if name not in kinds]
    found = decided.with_best(able, margin)
    # Without intervals there is no bound to hold against the margin.
    unknown = np.full(len(decided.methods), np.nan)
    lower, upper = (found.lower, found.upper) if decided.known else (unknown, unknown)
    gain, gain_low = _gains(shown, tally, floors, able)
    here = np.isnan(gain) | (gain_low > 0)
    if decided is not shown:
        # What blocks of few places show is true of these places; new ones are asked for.
        gain_low = np.fmin(gain_low, _gains(decided, tally, floors, able)[1])
    # Over two or three places Student's bounds go beyond what can be lost at all.
    widest = metric.bounds[1] - metric.bounds[0]
    upper, lower = np.minimum(upper, widest), np.minimum(lower, widest)
    by_place = group_scores(tally, metric)
    least = spread_of_few(tally, metric)
    made = [
        Loss(
            method=name,
            score=shown.estimate(name),
            loss=float(found.loss[i]),
            lower=float(lower[i]),
            upper=float(upper[i]),
            gain=float(gain[i]),
            gain_lower=float(gain_low[i]),
            within=bool(upper[i] < margin - _ROUNDING),
            worse=bool(lower[i] > margin + _ROUNDING),
            better_share=float(found.better[i]),
            alike_share=float(found.alike[i]),
            worse_share=float(found.worse[i]),
            next_place=next_place(by_place[i], metric.bounds, least=float(least[i])),
            control=kinds.get(name, ""),
            beats_floor_here=bool(here[i]),
        )
        for i, name in enumerate(decided.methods)
    ]
    return tuple(sorted(made, key=lambda item: (item.loss, item.method)))


def _gains(
    found: Resamples, tally: UnitCounts, floors: Sequence[str], able: Sequence[int]
) -> tuple[Floats, Floats]:
    """Gain of every method over the best floor, and its lower bound for all at once."""
    sign = found.metric.sign
    rows = [found.methods.index(name) for name in floors if name in found.methods]
    if rows:
        floor = (sign * found.point[rows]).max()
        drawn = (sign * found.values[:, rows]).max(axis=1)
        if found.metric.name == "r2":
            # The mean of the labels elsewhere is an answer too: R2 is held against it.
            floor, drawn = max(floor, 0.0), np.maximum(drawn, 0.0)
    else:
        level = _chance(found.metric, tally)
        floor, drawn = sign * level, np.full(len(found.values), sign * level)
    gain = sign * found.point - floor
    away = (sign * found.values - drawn[:, None] - gain) / found.scale[:, None]
    return gain, gain - at_once(-away[:, able], found.df) * away.std(axis=0)


def _chance(metric: Metric, tally: UnitCounts) -> float:
    if not tally.kind.has_classes:
        return chance_level(metric.name)
    shares = metric.prevalence or tally.counts[0, 0].sum(axis=(0, 2))
    return chance_level(metric.name, shares, max(metric.index, 0))

"""What each method loses against the best, and gains over the floor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bocage.metrics import chance_level
from bocage.study._metric import Floats, Metric
from bocage.study._resample import Estimate, Resamples
from bocage.study._tally import Tally


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
        One-sided 95 % bounds of the loss; the best is chosen again in every resample.
    gain : float
        Score minus that of the best floor; NaN without a floor.
    gain_lower : float
        One-sided 95 % bound of the gain, for all methods at once.
    within : bool
        Shown to lose less than the margin.
    worse : bool
        Shown to lose more than the margin.
    control : str
        Kind of control, which is never recommended; empty for methods that may be.
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
    control: str = ""

    @property
    def beats_floor(self) -> bool:
        """Whether it is shown to beat the floor; true where there is none."""
        return bool(np.isnan(self.gain) or self.gain_lower > 0)


def losses_of(
    found: Resamples,
    tally: Tally,
    kinds: Mapping[str, str],
    floors: Sequence[str],
    margin: float,
) -> tuple[Loss, ...]:
    """Compare every method with the best and with the floor; smallest loss first.

    Parameters
    ----------
    found : Resamples
    tally : Tally
        What was resampled.
    kinds : mapping of str to str
        Controls, floors included, with their kind.
    floors : sequence of str
    margin : float
    """
    sign = found.metric.sign
    point, values = sign * found.point, sign * found.values
    able = [i for i, name in enumerate(found.methods) if name not in kinds]
    loss = point[able].max() - point
    losses = values[:, able].max(axis=1, keepdims=True) - values
    low, high = np.percentile(losses, [5, 95], axis=0)
    gain, gain_low = _gains(found, tally, floors, able)
    made = [
        Loss(
            method=name,
            score=found.estimate(name),
            loss=float(loss[i]),
            lower=float(low[i]),
            upper=float(high[i]),
            gain=float(gain[i]),
            gain_lower=float(gain_low[i]),
            within=bool(high[i] < margin),
            worse=bool(low[i] > margin),
            control=kinds.get(name, ""),
        )
        for i, name in enumerate(found.methods)
    ]
    return tuple(sorted(made, key=lambda item: (item.loss, item.method)))


def _gains(
    found: Resamples, tally: Tally, floors: Sequence[str], able: Sequence[int]
) -> tuple[Floats, Floats]:
    """Gain of every method over the best floor, and its lower bound for all at once."""
    from scipy.special import ndtr, stdtrit

    sign = found.metric.sign
    rows = [found.methods.index(name) for name in floors if name in found.methods]
    if rows:
        floor = (sign * found.point[rows]).max()
        drawn = (sign * found.values[:, rows]).max(axis=1)
    else:
        level = _chance(found.metric, tally)
        floor, drawn = sign * level, np.full(len(found.values), sign * level)
    gain = sign * found.point - floor
    away = (sign * found.values - drawn[:, None] - gain) / found.scale[:, None]
    spread = away.std(axis=0)
    steady = spread <= 0
    scaled = np.where(steady, 0.0, away / np.where(steady, 1.0, spread))
    # The level that one test must keep, by the resamples' own dependence between methods ...
    level = ndtr(np.percentile(scaled[:, able].min(axis=1), 5))
    # ... and Student's quantile there: each method's spread has an error of its own.
    return gain, gain + float(stdtrit(max(found.df, 1.0), level)) * spread


def _chance(metric: Metric, tally: Tally) -> float:
    if tally.kind == "regression":
        return chance_level(metric.name)
    shares = metric.prevalence or tally.counts[0, 0].sum(axis=(0, 2))
    return chance_level(metric.name, shares, max(metric.index, 0))

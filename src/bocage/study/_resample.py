"""How far scores might have come out otherwise: resampled places, blocks and draws."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bocage.core import Floats
from bocage.metrics import Metric
from bocage.stats import (
    N_RESAMPLES,
    Estimate,
    Losses,
    compare_with_best,
    exponential_weights,
    interval,
    normal_weights,
    student_scale,
)
from bocage.study._unit_counts import UnitCounts, block_terms, place_sums, repeat_scores
from bocage.study._units import ResamplingUnit, Units
from bocage.study._unseen import unseen

Draws = Literal["expected", "single", "given"]

N_MIXED = 200
"""Resamples that tell how much of a draw's luck differs from place to place."""

ENOUGH_GROUPS = 8
"""With fewer held-out groups, intervals are of blocks, and speak of these places only."""

AT_ONCE = 2**22
"""Numbers that are worked on at once: resamples are made in parts of about this size."""

_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Resamples:
    """Scores of every method, and what they might have been.

    Attributes
    ----------
    metric : Metric
    methods : tuple of str
    point : ndarray of float64, shape (M,)
    values : ndarray of float64, shape (N, M)
        Resampled scores, already corrected for few units: an interval of anything computed from
        them (a difference, a loss against the best, a crossing) is its plain percentiles. Row i
        of two resamples with the same arguments belongs together. All NaN where the data allow
        no interval.
    unit : {"groups", "blocks"}
        What was resampled.
    n_groups, n_units : int
    df : float
        Degrees of freedom of the spread.
    scale : ndarray of float64, shape (N,)
        What turned normal into Student deviations, for those who need them without.
    n_repeats : int
        Draws of the labels; with one, their luck is not in the interval.
    """

    metric: Metric
    methods: tuple[str, ...]
    point: Floats
    values: Floats
    unit: ResamplingUnit
    n_groups: int
    n_units: int
    df: float
    scale: Floats
    n_repeats: int

    @property
    def conditional(self) -> bool:
        """Whether the intervals speak of the places tested and of no other."""
        return self.unit == "blocks"

    @property
    def known(self) -> bool:
        """Whether there are intervals at all."""
        return bool(np.isfinite(self.values).all() and self.df > 0)

    def fits(self, tally: UnitCounts, unit: ResamplingUnit) -> bool:
        """Whether these are the resamples of a tally's methods and places, by such units."""
        return (self.methods, self.unit, self.n_groups) == (
            tally.methods,
            unit,
            len(tally.groups),
        )

    def with_best(self, family: Sequence[int], margin: float) -> Losses:
        """Compare every method with the best of some, higher being better."""
        sign, away = self.metric.sign, self.values - self.point
        scale = self.scale if self.known else np.ones(len(away))
        return compare_with_best(
            sign * self.point, sign * away / scale[:, None], scale, self.df, family, margin
        )

    def only(self, method: str) -> "Resamples":
        """Return those of one method."""
        at = [self.methods.index(method)]
        return replace(self, methods=(method,), point=self.point[at], values=self.values[:, at])

    def column(self, method: str) -> tuple[float, Floats]:
        """Return score and resampled scores, shape (N,), of one method."""
        at = self.methods.index(method)
        return float(self.point[at]), self.values[:, at]

    def estimate(self, method: str, level: float = 0.95) -> Estimate:
        """Give score and interval of one method, kept within the figure's bounds."""
        return interval(*self.column(method), level).within(self.metric.bounds)


def resample(
    tally: UnitCounts,
    metric: Metric,
    *,
    unit: ResamplingUnit | None = None,
    n: int = N_RESAMPLES,
    draws: Draws = "expected",
    overlap: float = 0.0,
    seed: int = 0,
) -> Resamples:
    """Resample the scores of a tally.

    Parameters
    ----------
    tally : UnitCounts
    metric : Metric
    unit : {"groups", "blocks"}, optional
        What is resampled; groups where there are at least `ENOUGH_GROUPS`, else blocks within
        groups. Give it where two tallies are compared and one of them lacks a group.
    n : int
        Number of resamples.
    draws : {"expected", "single", "given"}
        What the interval is for: the score to be expected over draws of the labels; the score
        of one such draw, which is what a user with this budget gets; or the mean score of just
        the draws that were made. With one repeat all three are the last.
    overlap : float
        Test over training samples of a fold, where models of several folds share training
        samples, a fold having as many units as another; 0 leaves that out.
    seed : int
        Another seed gives other weights.

    Returns
    -------
    Resamples

    Raises
    ------
    DataError
        If the figure is not defined.

    Notes
    -----
    *Blocks* keep the places as they are, and the interval is conditional on them: each block
    gets an independent Exp(1) weight (Bayesian bootstrap: Rubin 1981, Annals of Statistics
    9:130, 10.1214/aos/1176345338), scaled to mean one within its group, and places keep equal
    say. All weights are positive, so no class and no place vanishes.

    *Groups* are drawn from places like these: deviations are a multivariate normal with the
    covariance of the groups' influence on the score (multiplier bootstrap; exact for means).

    Both are seeded by the unit's *name*: methods, domains and budgets share them, and
    differences come out paired.

    *Few units.* Deviations are widened for the few units that they come from, and each
    resample's by sqrt(df / chi^2_df), the same for all methods: percentiles of a normal spread
    turn into those of Student's t, at every level and for whatever is computed from the
    resampled scores; `bocage.stats.widening` gives both figures. For equal groups this is the
    textbook interval with G - 1 degrees of freedom.

    *Draws of the labels.* Resampled places leave out the luck of a draw that is common to all
    places. Repeats get Exp(1) weights too (by number, as budgets are nested within a repeat),
    with variance s^2 / R of the mean over R draws, corrected alike, and df of the sum by
    Satterthwaite (1946, Biometrics Bulletin 2:110, 10.2307/3002019). What a draw does
    differently in each place is part of both spreads; its share, found by resampling places
    repeat by repeat, is taken out of the second. ``single`` uses s^2 (1 + 1 / R) whole.

    *Shared training samples.* No unbiased estimate of the variance that they cause exists
    (Bengio and Grandvalet 2004, JMLR 5:1089). `overlap` adds what Nadeau and Bengio (2003,
    Machine Learning 52:239, 10.1023/A:1024068626366) put in its place: variance s^2 (1/G + o)
    in place of s^2 / G of G units, with o test over training samples.

    Blocks are widened by `UnitCounts.crossed`: of samples in two folds each taught the model that
    is tested on the other. Over groups that is part of `overlap`.

    *A handful of test samples* can be all alike, and then nothing varies between resamples;
    `unseen` adds what one sample more of every class might change.
    """
    unit = unit or ("groups" if len(tally.groups) >= ENOUGH_GROUPS else "blocks")
    per_repeat = repeat_scores(tally, metric)
    point = per_repeat.mean(axis=1)
    units = Units.of(tally, unit)
    widen = units.widening(tally, metric)
    if not widen.known:
        values, scale = np.full((n, len(point)), np.nan), np.full(n, np.nan)
        df = 0.0
    else:
        factor = widen.factor * float(np.sqrt(1.0 + len(units.names) * overlap))
        places = factor * _away(tally, metric, units, n, seed)
        if unit == "blocks" and tally.crossed:
            places *= np.array(tally.crossed)
        luck = _luck_of_draws(per_repeat, draws, n, seed)
        if luck.any() and draws == "expected":
            luck *= _not_counted_twice(tally, metric, units, factor, seed, per_repeat)
        df = _joint_df(places, luck, widen.df, tally.n_repeats - 1)
        scale = student_scale(n, df, seed)
        values = point + scale[:, None] * (places + luck) + unseen(tally, metric, n, seed)
    return Resamples(
        metric=metric,
        methods=tally.methods,
        point=point,
        values=values,
        unit=unit,
        n_groups=len(tally.groups),
        n_units=len(units.names),
        df=df,
        scale=scale,
        n_repeats=tally.n_repeats,
    )


def _away(tally: UnitCounts, metric: Metric, units: Units, n: int, seed: int) -> Floats:
    """Deviations of the mean over repeats, before any correction, shape (n, M)."""
    if metric.is_linear:
        # Same figure, a tenth of the work.
        tally = replace(tally, counts=tally.counts.mean(axis=1, keepdims=True))
    point = repeat_scores(tally, metric).mean(axis=1)
    parts = [part.mean(axis=2) for part in _resampled(tally, metric, units, n, seed)]
    return np.asarray(np.concatenate(parts) - point, np.float64)


def _resampled(
    tally: UnitCounts, metric: Metric, units: Units, n: int, seed: int
) -> Iterator[Floats]:
    """Score resamples in parts, each of shape (some of n, M, R)."""
    if units.kind == "groups":
        influence = _influence(tally, metric)
        point = repeat_scores(tally, metric)
        weights = normal_weights(units.names, n, seed)
        yield point + np.tensordot(weights, influence, axes=(1, 2))
        return
    top, bottom = block_terms(tally, metric)
    weights = units.block_weights(n, seed)[:, units.of_row]
    rows_of = [np.flatnonzero(tally.group == group) for group in tally.groups]
    held = np.stack([bottom[rows].sum(axis=0) > 0 for rows in rows_of])
    says = np.where(held.any(axis=0), held.sum(axis=0), np.nan)
    step = max(1, AT_ONCE // max(1, top[:, :, 0].size))
    for start in range(0, n, step):
        some = weights[start : start + step]
        total = np.zeros((len(some), *top.shape[:2], top.shape[3]))
        for rows, has in zip(rows_of, held, strict=True):
            if not has.any():
                continue
            w = some[:, rows]
            above = np.tensordot(w, top[:, :, rows], axes=(1, 2))
            below = np.where(has, w @ bottom[rows], np.inf)
            total += above / below[:, None, None]
        yield np.asarray(metric.finish(total / says), np.float64)


def _influence(tally: UnitCounts, metric: Metric) -> Floats:
    """Change of every score with the weight of each group, shape (M, R, G)."""
    top, bottom = place_sums(tally, metric)
    held = bottom > 0
    says = np.where(held.any(axis=0), held.sum(axis=0), np.nan)
    values = top / np.where(held, bottom, np.inf)
    parts = values.sum(axis=2) / says
    made = np.empty(top.shape[:3])
    for group in range(len(held)):
        change = (values[:, :, group] - np.where(held[group], parts, 0.0)) / says
        up, down = metric.finish(parts + _STEP * change), metric.finish(parts - _STEP * change)
        made[:, :, group] = (up - down) / (2 * _STEP)
    return made


def _not_counted_twice(
    tally: UnitCounts, metric: Metric, units: Units, factor: float, seed: int, per_repeat: Floats
) -> float:
    """Tell which share of the luck of draws, as a factor, is not in the spread over places."""
    n_repeats = per_repeat.shape[1]
    table = np.concatenate(list(_resampled(tally, metric, units, N_MIXED, seed)))
    own = table - table.mean(axis=2, keepdims=True)
    twice = factor**2 * own.var(axis=0).mean(axis=1) / (n_repeats - 1)
    luck = per_repeat.var(axis=1, ddof=1) / n_repeats
    return float(np.sqrt(max(0.0, 1.0 - twice.sum() / luck.sum())))


def _luck_of_draws(per_repeat: Floats, draws: Draws, n: int, seed: int) -> Floats:
    """Deviations of the mean over repeats, shape (n, M)."""
    n_repeats = per_repeat.shape[1]
    if draws == "given" or n_repeats == 1:
        return np.zeros((n, len(per_repeat)))
    weights = exponential_weights([f"repeat {r}" for r in range(n_repeats)], n, seed)
    weights /= weights.sum(axis=1, keepdims=True)
    widen = (n_repeats + 1) / (n_repeats - 1)
    widen *= n_repeats + 1 if draws == "single" else 1
    centred = per_repeat - per_repeat.mean(axis=1, keepdims=True)
    return np.asarray(np.sqrt(widen) * (weights @ centred.T), np.float64)


def _joint_df(places: Floats, luck: Floats, df_places: float, df_luck: float) -> float:
    """Degrees of freedom of the sum, by Satterthwaite; the fewer of scores and differences."""
    found = []
    for contrast in (False, True):
        parts = [x - x.mean(axis=1, keepdims=True) if contrast else x for x in (places, luck)]
        a, b = (float(part.var(axis=0).mean()) for part in parts)
        if a + b > 0:
            found.append((a + b) ** 2 / (a**2 / df_places + (b**2 / df_luck if b else 0.0)))
    return min(found, default=df_places)

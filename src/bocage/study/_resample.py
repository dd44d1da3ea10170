"""How far scores might have come out otherwise: resampled places, blocks and draws."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bocage.study._metric import Floats, Metric
from bocage.study._tally import Tally, defined_folds, fold_scores, repeat_scores
from bocage.study._units import (
    N_RESAMPLES,
    Unit,
    Units,
    few_units,
    generator,
    unit_weights,
)

Draws = Literal["expected", "single", "given"]

N_MIXED = 200
"""Resamples that tell how much of a draw's luck differs from place to place."""

ENOUGH_GROUPS = 8
"""With fewer held-out groups, blocks are resampled and nothing is said of new places."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; the ends are NaN where nothing tells them."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write ``0.71 (0.66 to 0.76)``."""
        if np.isnan(self.low):
            return f"{self.value:.2f}"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


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
    unit: Unit
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

    def column(self, method: str) -> tuple[float, Floats]:
        """Return score and resampled scores, shape (N,), of one method."""
        at = self.methods.index(method)
        return float(self.point[at]), self.values[:, at]

    def estimate(self, method: str, level: float = 0.95) -> Estimate:
        """Give score and interval of one method, kept within the figure's bounds."""
        found = interval(*self.column(method), level)
        low, high = self.metric.bounds
        return Estimate(
            found.value, float(np.clip(found.low, low, high)), float(np.clip(found.high, low, high))
        )


def interval(point: float, values: Floats, level: float = 0.95) -> Estimate:
    """Take percentiles of resampled values, shape (N,), as the interval of a figure."""
    tail = 50.0 * (1.0 - level)
    low, high = np.percentile(values, [tail, 100.0 - tail])
    return Estimate(point, float(low), float(high))


def resample(
    tally: Tally,
    metric: Metric,
    *,
    unit: Unit | None = None,
    n: int = N_RESAMPLES,
    draws: Draws = "expected",
    seed: int = 0,
) -> Resamples:
    """Resample the scores of a tally by the Bayesian bootstrap.

    Parameters
    ----------
    tally : Tally
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
    seed : int
        Another seed gives other weights.

    Returns
    -------
    Resamples

    Notes
    -----
    *Weights.* Each unit gets an independent Exp(1) weight, which scaled to sum one is a flat
    Dirichlet (Rubin 1981, Annals of Statistics 9:130, 10.1214/aos/1176345338). All weights are
    positive, so no class and no fold vanishes. They are seeded by the unit's *name*: methods,
    domains and budgets share them, and differences come out paired.

    *Groups:* the score is sum_f W_f m_f / sum_f W_f, with m_f the figure of fold f from weighted
    counts and W_f the mean weight of its groups; for a figure linear in groups of one size this
    is the weighted mean over groups. *Blocks:* weights have mean one within each group, and
    folds keep equal say: the places stay as they are, and the interval is conditional on them.

    *Few units.* The variance of a Bayesian bootstrap mean of n values is s^2 / (n + 1) with s^2
    the population variance of the values, whose expectation is sigma^2 (n - 1) / n; the mean
    itself has variance sigma^2 / n. Deviations from the point estimate are therefore widened by
    sqrt((n + 1) / (n - 1)), and each resample's by sqrt(df / chi^2_df), df = n - 1, the same for
    all methods: percentiles of a normal spread turn into those of Student's t, at every level
    and for whatever is computed from the resampled scores. Blocks are not equal, and a class may
    stand in few of them, so n is not simply their number: `few_units` computes both figures
    from the sizes of the blocks, as Bell and McCaffrey (2002, Survey Methodology 28:169) do for
    clustered regression; with equal blocks they are the ones above, df = sum (n_g - 1) for
    blocks within groups.

    *Draws of the labels.* Resampled places leave out the luck of a draw that is common to all
    places. Repeats get Exp(1) weights too (by number, as budgets are nested within a repeat),
    with variance s^2 / R of the mean over R draws, corrected alike, and df of the sum by
    Satterthwaite (1946, Biometrics Bulletin 2:110, 10.2307/3002019). What a draw does
    differently in each place is part of both spreads; its share, found by resampling places
    repeat by repeat, is taken out of the second. ``single`` uses s^2 (1 + 1 / R) whole.

    *Left out:* the models of several folds share training samples, and no unbiased estimate of
    the variance that this causes exists (Bengio and Grandvalet 2004, JMLR 5:1089).
    """
    unit = unit or ("groups" if len(tally.groups) >= ENOUGH_GROUPS else "blocks")
    table = fold_scores(tally, metric)
    kept = np.unique(tally.fold)[defined_folds(table)]
    tally = tally.take_blocks(np.isin(tally.fold, kept))
    per_repeat = repeat_scores(tally, metric)
    point = per_repeat.mean(axis=1)
    units = Units.of(tally, unit)
    widen, df = few_units(tally, metric, units)
    if np.isnan(widen):
        values, scale = np.full((n, len(point)), np.nan), np.full(n, np.nan)
    else:
        weights = units.weights(n, seed)
        places = widen * (_weighted_scores(tally, metric, units, weights) - point)
        luck = _luck_of_draws(per_repeat, draws, n, seed)
        if luck.any() and draws == "expected":
            luck *= _not_counted_twice(tally, metric, units, widen, weights[:N_MIXED], per_repeat)
        df = _joint_df(places, luck, df, tally.n_repeats - 1)
        scale = _student(n, df, seed)
        values = point + scale[:, None] * (places + luck)
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


def _weighted_scores(tally: Tally, metric: Metric, units: Units, weights: Floats) -> Floats:
    """Score every resample, mean over repeats, shape (N, M)."""
    if metric.is_linear:
        # Same figure, a tenth of the work.
        tally = replace(tally, counts=tally.counts.mean(axis=1, keepdims=True))
    return np.asarray(_weighted_repeats(tally, metric, units, weights).mean(axis=2), np.float64)


def _weighted_repeats(tally: Tally, metric: Metric, units: Units, weights: Floats) -> Floats:
    """Score every resample and repeat, shape (N, M, R)."""
    n, counts = len(weights), tally.counts
    total, says = np.zeros((n, *counts.shape[:2])), np.zeros((n, 1, 1))
    for fold in np.unique(tally.fold):
        rows = np.flatnonzero(tally.fold == fold)
        inside = np.unique(units.of_row[rows])
        here = counts[:, :, rows]
        if len(inside) == 1:  # one weight for all counts changes no figure
            score = metric(here.sum(axis=2))
        else:
            flat = np.moveaxis(here, 2, 0).reshape(len(rows), -1)
            summed = weights[:, units.of_row[rows]] @ flat
            score = metric(summed.reshape(n, *counts.shape[:2], *counts.shape[3:]))
        by_groups = units.kind == "groups"
        say = weights[:, inside].mean(axis=1)[:, None, None] if by_groups else np.ones((n, 1, 1))
        total += say * score
        says += say
    return np.asarray(total / says, np.float64)


def _not_counted_twice(
    tally: Tally,
    metric: Metric,
    units: Units,
    widen: float,
    weights: Floats,
    per_repeat: Floats,
) -> float:
    """Tell which share of the luck of draws, as a factor, is not in the spread over places."""
    n_repeats = per_repeat.shape[1]
    table = _weighted_repeats(tally, metric, units, weights)
    own = table - table.mean(axis=2, keepdims=True)
    twice = widen**2 * own.var(axis=0).mean(axis=1) / (n_repeats - 1)
    luck = per_repeat.var(axis=1, ddof=1) / n_repeats
    return float(np.sqrt(max(0.0, 1.0 - twice.sum() / luck.sum())))


def _luck_of_draws(per_repeat: Floats, draws: Draws, n: int, seed: int) -> Floats:
    """Deviations of the mean over repeats, shape (n, M)."""
    n_repeats = per_repeat.shape[1]
    if draws == "given" or n_repeats == 1:
        return np.zeros((n, len(per_repeat)))
    weights = unit_weights([f"repeat {r}" for r in range(n_repeats)], n, seed)
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


def _student(n: int, df: float, seed: int) -> Floats:
    """Square roots of df / chi^2_df, evenly spread over their distribution, in random order."""
    from scipy.special import gammaincinv

    luck = generator("student", seed).random(n)
    even = (np.argsort(luck) + 0.5) / n
    return np.asarray(np.sqrt(df / (2.0 * gammaincinv(df / 2.0, even))), np.float64)

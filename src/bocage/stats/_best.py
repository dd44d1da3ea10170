"""Comparisons with the best of several, at their level."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import Floats
from bocage.stats._named_random import normal_weights

LEVEL = 0.95
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Losses:
    """How far each of M candidates stands below the best, with bounds.

    Attributes
    ----------
    loss : ndarray of float64, shape (M,)
        Largest score of the family minus this one.
    lower, upper : ndarray of float64, shape (M,)
        One-sided bounds of the true loss.
    better, alike, worse : ndarray of float64, shape (M,)
        Share of the resamples in which the candidate is better than the one with the best score
        by more than the margin, within the margin of it, and worse by more.
    """

    loss: Floats
    lower: Floats
    upper: Floats
    better: Floats
    alike: Floats
    worse: Floats


def compare_with_best(
    point: Floats,
    plain: Floats,
    scale: Floats,
    df: float,
    family: Sequence[int],
    margin: float,
    level: float = LEVEL,
) -> Losses:
    """Bound what each candidate loses against the best of a family.

    Parameters
    ----------
    point : ndarray of float64, shape (M,)
        Scores; higher is better.
    plain : ndarray of float64, shape (N, M)
        Resampled deviations from them, normal and paired over candidates.
    scale : ndarray of float64, shape (N,)
        What turns normal into Student deviations: `student_scale`.
    df : float
        Degrees of freedom of each spread.
    family : sequence of int
        Candidates that may be the best. Others are compared with it, and change nothing.
    margin : float
    level : float
        Of each bound.

    Returns
    -------
    Losses

    Notes
    -----
    Multiple comparisons with the best (Hsu 1984, Annals of Statistics 12:1136; Edwards and Hsu
    1983, JASA 78:965), with critical values from the resamples. Let d_ji be the score of j minus
    that of i, s_ji its standard error, and c_j the value that the largest of (true minus seen
    difference) / s_ji over all i passes with probability 1 - level (Dunnett's problem with j as
    the control). The upper bound of the loss of i is the largest of d_ji + c_j s_ji over j:
    whichever j is truly the best, its own statement covers every i at once. The lower bound is
    the largest of 0 and d_ji - c'_i s_ji, with c'_i the critical value of all j against i: a
    candidate is said to lose only if some rival is shown to beat it, all rivals considered.
    Taking the best anew in every resample, and percentiles of the losses, would call equal
    candidates losers: the largest of many is large by chance.

    *Few units.* Every s_ji has an error of its own, so a critical value is Student's quantile at
    the level that the normal deviates ask of a single comparison. And G units tell next to
    nothing of how M candidates depend on each other (their covariance has rank G - 1): a share
    M / (M + df) of each candidate's own deviations is taken to be independent.
    """
    n_all, family = len(point), list(family)
    others = sorted(set(range(n_all)) - set(family))
    error = {j: _errors(plain, j) for j in family}
    mixed = _part_independent(plain, df)
    upper, lower = np.zeros(n_all), np.zeros(n_all)
    least = np.full(n_all, -np.inf)
    for j in family:
        gap, se = point[j] - point, error[j]
        rivals = [i for i in family if i != j]
        reach = gap + _critical(mixed, [j], rivals, df, level) * se
        upper[rivals] = np.maximum(upper[rivals], reach[rivals])
        alone = gap + _critical(mixed, [j], [], df, level) * se
        least[others] = np.maximum(least[others], alone[others])
    upper[others] = least[others]
    for i in range(n_all):
        rivals = [j for j in family if j != i]
        if rivals:
            se = np.array([error[j][i] for j in rivals])
            c = _critical(mixed, rivals, [i], df, level)
            lower[i] = max(0.0, float((point[rivals] - point[i] - c * se).max()))
    best = max(family, key=lambda i: point[i])
    values = point + scale[:, None] * plain
    gain = values - values[:, [best]]
    return Losses(
        loss=np.asarray(point[family].max() - point, np.float64),
        lower=lower,
        upper=upper,
        better=np.asarray((gain > margin).mean(axis=0), np.float64),
        alike=np.asarray((np.abs(gain) <= margin).mean(axis=0), np.float64),
        worse=np.asarray((gain < -margin).mean(axis=0), np.float64),
    )


def _errors(plain: Floats, j: int) -> Floats:
    """Estimate standard errors of the differences from one candidate, shape (M,)."""
    se = np.std(plain - plain[:, [j]], axis=0)
    return np.where(se < _ROUNDING, 0.0, se)


def _part_independent(plain: Floats, df: float) -> Floats:
    """Make a share of the candidates' own deviations independent, shape (N, M)."""
    n, m = plain.shape
    share = m / (m + df)
    own = plain - plain.mean(axis=1, keepdims=True)
    luck = normal_weights([f"candidate {i}" for i in range(m)], n)
    return np.asarray(np.sqrt(1 - share) * own + np.sqrt(share) * own.std(axis=0) * luck)


def _critical(
    plain: Floats, ups: Sequence[int], downs: Sequence[int], df: float, level: float
) -> float:
    """Find what the largest of the standardised differences ups - downs passes seldom.

    One of the two holds one candidate; without any in the other, one comparison is made.
    """
    differences = plain[:, list(ups)] - plain[:, list(downs)] if downs else plain[:, :0]
    return at_once(differences, df, level)


def at_once(differences: Floats, df: float, level: float = LEVEL) -> float:
    """Find how many standard errors hold several one-sided bounds at their level, all at once.

    The level that each must keep follows from the resamples' own dependence (single-step max-t:
    Westfall and Young 1993, Resampling-Based Multiple Testing); as each standard error has an
    error of its own, the answer is Student's quantile there.

    Parameters
    ----------
    differences : ndarray of float64, shape (N, K)
        Resampled deviations, normal; what is bounded from below falls short by the largest of
        them. Those that don't vary are left out.
    df : float
        Degrees of freedom of each spread.
    level : float
        Of all bounds together.
    """
    from scipy.special import ndtr, stdtrit

    spread, quiet = differences.std(axis=0), level
    told = spread > _ROUNDING
    if told.any():
        largest = (differences[:, told] / spread[told]).max(axis=1)
        quiet = max(level, float(ndtr(np.percentile(largest, 100 * level))))
    return float(stdtrit(max(df, 1.0), quiet))

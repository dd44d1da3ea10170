"""What a handful of test samples did not show: one more sample of every class."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.metrics import Metric
from bocage.stats import generator
from bocage.study._unit_counts import UnitCounts

_STEP = 1e-4
_ROUNDING = 1e-9


def unseen(tally: UnitCounts, metric: Metric, n: int, seed: int) -> Floats:
    """Give deviations of scores by a sample of each class that was not seen, shape (n, M).

    Resampled weights can't make what never happened: nine test samples, all of them right,
    score 1 in every resample, and two methods that name the same classes lose nothing to each
    other, for certain. So every class gets one sample more, of a random weight (the Bayesian
    bootstrap of a Dirichlet process with one prior observation: Ferguson 1973, Annals of
    Statistics 1:209, 10.1214/aos/1176342360). A method names for it a class as often as for all
    samples, which says nothing new of one whose answer does not depend on the sample, such as a
    floor: its score is known. Deviations have mean zero. With many samples nothing is left of
    them: their spread falls as one over the number of samples, that of a score as one over its
    root.

    Parameters
    ----------
    tally : UnitCounts
        Of a kind with classes; otherwise deviations are zero, as errors that are numbers are
        never all alike.
    metric : Metric
    n : int
        Number of resamples.
    seed : int

    Notes
    -----
    Samples count as independent, chips of masks by their blocks. With places of equal say the
    number of samples is the effective one, (sum w)^2 / sum w^2 (Kish 1965, Survey Sampling).
    """
    away = np.zeros((n, len(tally.methods)))
    if not tally.kind.has_classes:
        return away
    table = _table(tally, metric)
    shown = table.sum(axis=1)
    shown /= shown.sum(axis=-1, keepdims=True)  # (M, C): how often each class is named
    looks = _looks(tally)
    key = "/".join(sorted(tally.block))
    for true, size in enumerate(_sizes(tally, metric)):
        if size == 0:
            continue
        change = _changes(table, metric, true)
        # Beta(1, size): the weight of one sample among so many others.
        weight = -np.expm1(np.log1p(-generator(f"unseen {key} {true}", seed).random(n)) / size)
        for at, name in enumerate(tally.methods):
            if not looks[at]:
                continue
            luck = generator(f"unseen {key} {true} {name}", seed).random(n)
            named = np.searchsorted(np.cumsum(shown[at])[:-1], luck, side="right")
            away[:, at] += weight * change[at, named]
    return np.asarray(away - away.mean(axis=0), np.float64)


def spread_of_few(tally: UnitCounts, metric: Metric) -> Floats:
    """Give the spread over places that their samples alone make, shape (M,).

    A standard deviation on the scale of the arc sine of the root, where a share of n samples has
    variance 1 / 4n; see `bocage.stats.next_place`. Zero for methods that do not look at the
    sample, and for figures that are no shares.
    """
    spread = np.zeros(len(tally.methods))
    if not tally.kind.has_classes:
        return spread
    true = tally.counts[0, 0].sum(axis=-1)
    true = _by_place(tally, true > 0 if tally.kind.has_masks else true)
    held = true > 0
    if metric.weighs_classes:
        one_over = np.where(held, 1.0 / np.where(held, true, 1.0), 0.0).sum(axis=1)
        one_over /= np.square(held.sum(axis=1))
    else:
        one_over = 1.0 / true.sum(axis=1)
    spread[_looks(tally)] = np.sqrt(one_over.mean() / 4)
    return spread


def _looks(tally: UnitCounts) -> NDArray[np.bool_]:
    """Tell which methods name different classes for samples of different classes, shape (M,)."""
    table = tally.counts.sum(axis=(1, 2))
    true = table.sum(axis=-1, keepdims=True)
    shares = np.where(true > 0, table / np.where(true > 0, true, 1.0), np.nan)
    apart = np.nanmax(shares, axis=1) - np.nanmin(shares, axis=1)
    return np.asarray((apart > _ROUNDING).any(axis=-1))


def _weights(tally: UnitCounts, metric: Metric) -> Floats:
    """Say of one sample of each class in each place, shape (G, C)."""
    true = _by_place(tally, tally.counts[0, 0].sum(axis=-1))
    if metric.weighs_classes:
        total = np.broadcast_to((true > 0).sum(axis=0), true.shape) * true
    else:
        total = np.broadcast_to(true.sum(axis=1, keepdims=True) * len(true), true.shape)
    return np.asarray(np.where(true > 0, 1.0 / np.where(total > 0, total, 1.0), 0.0), np.float64)


def _table(tally: UnitCounts, metric: Metric) -> Floats:
    """Average confusion over places as the figure does, mean over repeats, shape (M, C, C)."""
    counts = np.moveaxis(tally.counts.mean(axis=1), 1, 0)  # (B, M, C, C)
    by_place = _by_place(tally, counts)
    return np.asarray(np.einsum("gc,gmck->mck", _weights(tally, metric), by_place), np.float64)


def _sizes(tally: UnitCounts, metric: Metric) -> Floats:
    """Effective number of samples of each class, shape (C,)."""
    true = tally.counts[0, 0].sum(axis=-1)
    say = _weights(tally, metric)
    if tally.kind.has_masks:
        # Pixels of one chip are no samples of their own: each block is one.
        say = say * _by_place(tally, true) / np.maximum(_by_place(tally, true > 0), 1)
        true = true > 0
    held = _by_place(tally, true)
    top, bottom = (say * held).sum(axis=0), (say**2 * held).sum(axis=0)
    return np.asarray(top**2 / np.where(bottom > 0, bottom, np.inf), np.float64)


def _by_place(tally: UnitCounts, rows: Floats) -> Floats:
    member = (tally.groups[:, None] == tally.group).astype(np.float64)
    return np.asarray(np.tensordot(member, rows, axes=(1, 0)), np.float64)


def _changes(table: Floats, metric: Metric, true: int) -> Floats:
    """Change of scores with the weight of a sample of a class, by what it is named, (M, C)."""
    point = metric(table)
    row = table[:, true]

    def change(named: int) -> Floats:
        moved = table.copy()
        one = np.zeros(row.shape)
        one[:, named] = row.sum(axis=-1)
        moved[:, true] = row + _STEP * (one - row)
        return np.asarray((metric(moved) - point) / _STEP, np.float64)

    n_classes = table.shape[-1]
    if not metric.is_linear:
        return np.stack([change(named) for named in range(n_classes)], axis=-1)
    # One wrong class is as wrong as another, and of hundreds of classes nearly all are.
    made = np.repeat(change((true + 1) % n_classes)[:, None], n_classes, axis=1)
    made[:, true] = change(true)
    return made

"""Ablation curves over places, and how many dimensions keep 98 % of the score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.dimensions._ablation import Ablation
from bocage.stats import resample_means

KEEP = 0.98
"""Share of the full score that the smallest subset keeps (arXiv 2603.16911)."""

N_RESAMPLES = 1_000
"""Of each curve; there are many."""

ENOUGH_APART = 12
"""With fewer places, models of left-out places share so much of what they learned that the mean
over places varies up to twice as much as places of their own would let it; from here on, at most
a fifth more (`benchmarks/claims.py`)."""

QUANTILES = (0.025, 0.975)
LEVEL = 0.95

ONE_SPREAD = (0.16, 0.84)
TINY = 1e-12
"""Spreads below it are rounding."""


@dataclass(frozen=True, slots=True)
class Few:
    """How many dimensions are enough.

    Attributes
    ----------
    k : int or None
        The smallest number that keeps 98 % of the full score; None where the full score is no
        better than chance, or no number that was looked at keeps it.
    low, high : float or None
        95 % interval over places: smaller numbers are all shown to keep less, and `high` is shown
        to keep it; infinite where none that was looked at is. None where there is one place, or k
        is None.
    """

    k: int | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """Scores of one class by the number of dimensions, mean over places.

    Attributes
    ----------
    regime, model, how, label : str
        As of `Ablation`; an empty label stands for all classes that are known, each weighing the
        same.
    places : tuple of str
    score : ndarray of float64, shape (K,)
        2 x balanced accuracy - 1: 0 by chance, 1 at best.
    low, high : ndarray of float64, shape (K,)
        95 % interval over places (Student's, and wider where few left-out places were tested by
        models that share training samples); NaN with one place.
    full : float
        With all dimensions.
    chance : float
        What randomised labels exceed for any class in 1 of 20 cases; 0 where that was not
        tried.
    few : Few
        By `score`.
    few_published : Few
        By accuracy, as published: it follows the larger side.
    """

    regime: str
    model: str
    how: str
    label: str
    places: tuple[str, ...]
    score: Floats
    low: Floats
    high: Floats
    full: float
    chance: float
    few: Few
    few_published: Few

    @property
    def is_known(self) -> bool:
        """Whether a straight line tells the class from the others better than by chance."""
        return self.full > self.chance


def curves(
    ablations: Iterable[Ablation], chance: Mapping[tuple[str, str], float] | None = None
) -> tuple[Curve, ...]:
    """Put ablations together: counts within a place are summed, scores of places averaged.

    Parameters
    ----------
    ablations : iterable of Ablation
    chance : mapping of (str, str) to float, optional
        What randomised labels reach, by regime and class.
    """
    parts: dict[tuple[str, str, str, str], list[Ablation]] = {}
    for item in ablations:
        parts.setdefault((item.regime, item.model, item.how, item.label), []).append(item)
    limit = chance or {}
    made = [
        _curve(name, found, limit.get((name[0], name[3]), 0.0))
        for name, found in parts.items()
        if _places(found)
    ]
    known: dict[tuple[str, str, str], list[dict[str, tuple[Floats, Floats]]]] = {}
    for curve in made:
        if curve.how == "joint" and curve.is_known:
            name = curve.regime, curve.model, curve.how
            known.setdefault(name, []).append(_places(parts[(*name, curve.label)]))
    return (*made, *(_all_classes(name, found) for name, found in known.items()))


def _places(found: Sequence[Ablation]) -> dict[str, tuple[Floats, Floats]]:
    """Score each place: chance-corrected, and by accuracy; shape (K + 1,) each."""
    rows: dict[str, list[Ablation]] = {}
    for item in found:
        rows.setdefault(item.place, []).append(item)
    made = {}
    for place, items in rows.items():
        n_own, n_rest = sum(i.n_own for i in items), sum(i.n_rest for i in items)
        if not n_own or not n_rest:
            continue
        own = np.sum([i.own for i in items], axis=0)
        rest = np.sum([i.rest for i in items], axis=0)
        made[place] = (own / n_own + rest / n_rest - 1.0, (own + rest) / (n_own + n_rest))
    return made


def _curve(name: tuple[str, str, str, str], found: Sequence[Ablation], chance: float) -> Curve:
    places = _places(found)
    (mean, drawn), (accuracy, drawn_accuracy) = (
        _resampled(places, part, name[0]) for part in (0, 1)
    )
    low, high = np.clip(np.quantile(drawn, QUANTILES, axis=0), -1, 1)
    return Curve(
        *name, tuple(places), mean[:-1], low[:-1], high[:-1], float(mean[-1]), chance,
        _few(mean, drawn) if mean[-1] > chance else Few(None),
        _few(accuracy, drawn_accuracy),
    )  # fmt: skip


def _all_classes(
    name: tuple[str, str, str], found: Sequence[dict[str, tuple[Floats, Floats]]]
) -> Curve:
    """Average over classes, of which each is known in some of the places."""
    places = tuple(dict.fromkeys(place for one in found for place in one))
    sums = []
    for part in (0, 1):
        each = [_resampled(one, part, name[0]) for one in found]
        sums.append([np.mean(values, axis=0) for values in zip(*each, strict=True)])
    (mean, drawn), (accuracy, drawn_accuracy) = sums
    low, high = np.clip(np.quantile(drawn, QUANTILES, axis=0), -1, 1)
    return Curve(
        *name, "", places, mean[:-1], low[:-1], high[:-1], float(mean[-1]), 0.0,
        _few(mean, drawn), _few(accuracy, drawn_accuracy),
    )  # fmt: skip


def _resampled(
    places: Mapping[str, tuple[Floats, Floats]], part: int, regime: str
) -> tuple[Floats, Floats]:
    """Average one kind of score over places, shape (K + 1,), and draw it anew: (r, K + 1).

    A place has the same random weight in every class. Few places that were left out in turn were
    tested by models that share what they learned from.
    """
    shared = regime == "out" and 1 < len(places) < ENOUGH_APART
    values = np.stack([score[part] for score in places.values()])
    return values.mean(axis=0), resample_means(
        values, list(places), n=N_RESAMPLES, overlap=1 / (len(places) - 1) if shared else 0.0
    )


def _few(mean: Floats, drawn: Floats) -> Few:
    k = int(smallest(mean))
    if k == 0:
        return Few(None)
    if not np.isfinite(drawn).all():
        return Few(k)
    # What each number keeps beyond 98 %, with a band for all of them at once: the first number
    # that reaches it in a resample is too small too often, as any of many may be lucky.
    above = mean[:-1] - KEEP * mean[-1]
    away = drawn[:, :-1] - KEEP * drawn[:, -1:] - above
    lower, upper = np.quantile(away, ONE_SPREAD, axis=0)
    spread = (upper - lower) / 2
    steady = spread <= TINY
    most = np.quantile((abs(away) / np.where(steady, np.inf, spread)).max(axis=1), LEVEL)
    fails, keeps = above + most * spread < 0, above - most * spread >= 0
    low = 1 + int(np.argmin(fails)) if not fails.all() else np.inf
    high = 1 + int(np.argmax(keeps)) if keeps.any() else np.inf
    return Few(k, float(low), float(max(high, k)))


def smallest(scores: Floats) -> NDArray[np.int64]:
    """Return the first number of dimensions that keeps 98 % of the full score, 0 where none does.

    Parameters
    ----------
    scores : ndarray of float64, shape (..., K + 1)
        With 1, 2, ... K dimensions, and at last with all; a full score that is not above 0 is kept
        by nothing.
    """
    enough = (scores[..., :-1] >= KEEP * scores[..., -1:]) & (scores[..., -1:] > 0)
    return np.where(enough.any(axis=-1), enough.argmax(axis=-1) + 1, 0)

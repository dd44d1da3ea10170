"""Which dimensions set a class apart from the typical other class, place after place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Ints
from bocage.dimensions._chance import LEVEL, limits
from bocage.dimensions._null import Neighbours

ENOUGH_PLACES = 8
"""With so many places, places are what is counted; with fewer, what holds in these alone."""

LEAST_PLACES = 5
"""Fewer places know their own spread so badly that they would drown all others."""

N_SIGNS, N_MOVES = 2_000, 199
"""Draws of the places' signs, and moves of the labels within them."""

TWO_ERRORS = 1.96
"""So far a place must show an effect on its own, in standard errors by chance."""

ROUNDING = 1e-9
"""A |t| that differs from another by less is the same, summed in another order."""

FEW_BLOCKS = 3
"""Where a class stands in fewer blocks of a place, its spread there is not known."""

SAME = 0.75
"""Share of the places that must show the same sign."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """How distinctive each class is in each dimension.

    Attributes
    ----------
    effect : ndarray of float64, shape (n_classes, d)
        Mean over places. Within a place samples are ranked in each dimension; a class differs
        by the median over all other classes of 2 AUC - 1 (1: always higher than the other class,
        -1: always lower), of two medians the one nearer to 0. NaN for a class in no place.
    by_place : ndarray of float64, shape (n_places, n_classes, d)
        NaN where a class has no sample in the place.
    limit : ndarray of float64, shape (n_classes, d)
        Sizes of the effect that chance exceeds anywhere in the table in 5 % of the cases; NaN
        where nothing can be found.
    found : ndarray of bool, shape (n_classes, d)
        Whether the class is distinctive: beyond chance, and with one sign in most places.
    over_places : bool
        Whether chance is that of other places too, or only that of other labels in these.
    """

    effect: Floats
    by_place: Floats
    limit: Floats
    found: NDArray[np.bool_]
    over_places: bool


def contrast(
    X: Floats, codes: Ints, n_classes: int, place: Ints, block: Ints, xy: Floats, seed: int = 0
) -> Contrast:
    """Find the dimensions in which a class is distinctive in place after place.

    Parameters
    ----------
    X : ndarray of float64, shape (n, d)
    codes : ndarray of int64, shape (n,)
    n_classes : int
    place, block : ndarray of int64, shape (n,)
        Group of each sample, and its block within the group.
    xy : ndarray of float64, shape (n, 2)
        Metres within each place: neighbours are not independent.
    seed : int

    Returns
    -------
    Contrast

    Notes
    -----
    With eight places or more the places' effects change their signs, all dimensions of a place
    together, in every way or in 2,000 drawn ones, and the largest ``|t|`` of the table is what
    chance can do (Westfall & Young 1993).
    With fewer, the map of labels is moved about in each place, neighbours together (`Neighbours`),
    the largest effect of the table in its own spread is what chance can do, and most places must
    show the effect on their own.
    """
    rng = np.random.default_rng(seed)
    numbers = np.unique(place)
    over_places = len(numbers) >= ENOUGH_PLACES
    rows = [np.flatnonzero(place == number) for number in numbers]
    ranks = [_ranks(X[at]) for at in rows]
    stands = np.stack([_in_blocks(codes[at], block[at], n_classes) for at in rows])
    able = stands >= (1 if over_places else FEW_BLOCKS)
    ground = Neighbours(xy, place)
    return judged(
        _effects(ranks, rows, codes, able),
        lambda: _effects(ranks, rows, ground.move(codes, rng), able),
        rng,
    )


def judged(by_place: Floats, moved: Callable[[], Floats], rng: np.random.Generator) -> Contrast:
    """Tell which effects chance can't make.

    Parameters
    ----------
    by_place : ndarray of float64, shape (G, m, d)
        Effects in each place; NaN where there is none.
    moved : callable
        Gives effects of labels that were moved about, anew at every call.
    rng : Generator
        Of the signs.
    """
    over_places = len(by_place) >= ENOUGH_PLACES
    known = np.isfinite(by_place)
    effect = _mean(by_place)
    alone = np.where(known, by_place * np.sign(effect), 0.0)
    if over_places:
        score, error = _student(by_place)
        signs = _signs(len(by_place), rng)[:, :, None, None]
        chance = [np.nanmax(abs(_student(by_place * flip)[0]), initial=0.0) for flip in signs]
        most = np.sort(chance)[::-1][int(LEVEL * len(chance))] * (1 + ROUNDING)
        limit = np.where(np.isfinite(score), most * error, np.nan)
        enough = np.zeros_like(by_place)
    else:
        null = np.stack([moved() for _ in range(N_MOVES)])
        limit = limits(abs(_mean(null, axis=1)))
        enough = TWO_ERRORS * np.sqrt(_mean(np.square(null), axis=0))
    with np.errstate(invalid="ignore"):
        same = (alone > enough).sum(axis=0) >= SAME * known.sum(axis=0)
        found = same & (abs(effect) > limit)
    return Contrast(effect, by_place, limit, found, over_places)


def _signs(n_places: int, rng: np.random.Generator) -> Floats:
    """Return the ways in which places may change their signs, shape (k, n_places), ``|t|`` alike.

    All of them where there are few. The way they came is one, so that no more than a share p of
    such worlds can lie among the k p largest (Hemerik and Goeman 2018, TEST 27:811,
    10.1007/s11749-017-0571-1).
    """
    n_ways = 2 ** (n_places - 1)  # the opposite of a way has the same |t|
    if n_ways <= N_SIGNS:
        bits = np.arange(n_ways)[:, None] >> np.arange(n_places) & 1
        return np.asarray(1.0 - 2.0 * bits, np.float64)
    drawn = rng.choice([-1.0, 1.0], (N_SIGNS, n_places))
    drawn[0] = 1.0
    return drawn


def effects_in(X: Floats, codes: Ints, n_classes: int) -> Floats:
    """Return how distinctive each class is among some samples, shape (n_classes, d).

    NaN for a class without samples, and where there is no other.
    """
    every = np.ones((1, n_classes), dtype=bool)
    return np.asarray(_effects([_ranks(X)], [np.arange(len(X))], codes, every)[0], np.float64)


def _ranks(X: Floats) -> Floats:
    """Rank samples in each dimension, from -1 to 1."""
    from scipy.stats import rankdata

    return np.asarray((2 * rankdata(X, axis=0) - 1) / len(X) - 1, np.float64)


def _in_blocks(codes: Ints, block: Ints, n_classes: int) -> Ints:
    """Count the blocks that each class stands in, shape (n_classes,)."""
    found = np.unique(np.column_stack([codes, block]), axis=0)[:, 0]
    return np.bincount(found, minlength=n_classes)


def _effects(ranks: list[Floats], rows: list[Ints], codes: Ints, able: NDArray[np.bool_]) -> Floats:
    """Return effects in each place among the classes that can be compared, (G, n_classes, d)."""
    made = np.full((len(ranks), able.shape[1], ranks[0].shape[1]), np.nan)
    for number, (values, at) in enumerate(zip(ranks, rows, strict=True)):
        own = (codes[at] == np.arange(able.shape[1])[:, None]).astype(np.float64)
        n = own.sum(axis=1)
        there = np.flatnonzero(able[number] & (n > 0))
        mean = own[there] @ values / n[there, None]
        for position, code in enumerate(there):
            apart = np.sort(mean[position] - np.delete(mean, position, axis=0), axis=0)
            if len(apart):
                low, high = apart[(len(apart) - 1) // 2], apart[len(apart) // 2]
                near = np.where(abs(low) < abs(high), low, high)
                made[number, code] = np.where(np.sign(low) == np.sign(high), near, 0.0)
    return made


def _mean(values: Floats, axis: int = 0) -> Floats:
    """Average what is finite; NaN where nothing is."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.where(known, values, 0.0).sum(axis=axis)
        return np.asarray(total / known.sum(axis=axis), np.float64)


def _student(values: Floats) -> tuple[Floats, Floats]:
    """Return the mean over its standard error along the first axis, and the error."""
    known = np.isfinite(values)
    n = known.sum(axis=0)
    mean = _mean(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        square = np.where(known, np.square(values - mean), 0).sum(axis=0) / (n - 1)
        error = np.sqrt(square / n)
        made = mean / error
    return np.where((n >= LEAST_PLACES) & np.isfinite(made), made, np.nan), error

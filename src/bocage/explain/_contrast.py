"""Which dimensions set a class apart from the typical other class, place after place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ENOUGH_PLACES = 8
"""With so many places, places are what is counted; with fewer, blocks within these places."""

LEAST_PLACES = 5
"""Fewer places know their own spread so badly that they would drown all others."""

LEVEL = 0.05
"""Chance that anything at all is found where nothing is."""

N_RESAMPLES = 2_000

FEW_BLOCKS = 3
"""Where a class stands in fewer blocks of a place, its spread there is not known."""

SAME = 0.75
"""Share of the places that must show the same sign."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """How far each class stands apart in each dimension.

    Attributes
    ----------
    effect : ndarray of float64, shape (n_classes, d)
        Mean over places. Within a place samples are ranked in each dimension; a class stands apart
        by the median over all other classes of 2 AUC - 1 (1: always higher than the other class,
        -1: always lower), of two medians the one nearer to 0. NaN for a class in no place.
    by_place : ndarray of float64, shape (n_places, n_classes, d)
        NaN where a class has no sample in the place.
    score : ndarray of float64, shape (n_classes, d)
        `effect` over its standard error.
    critical : float
        A score that chance exceeds anywhere in the table in 5 % of the cases.
    found : ndarray of bool, shape (n_classes, d)
        Whether the class stands apart: beyond chance, and with one sign in most places.
    over_places : bool
        Whether chance is that of other places too, or only that of other samples in these.
    """

    effect: Floats
    by_place: Floats
    score: Floats
    critical: float
    found: NDArray[np.bool_]
    over_places: bool


def contrast(
    X: Floats, codes: Ints, n_classes: int, place: Ints, block: Ints, seed: int = 0
) -> Contrast:
    """Find the dimensions in which a class stands apart wherever one looks.

    Parameters
    ----------
    X : ndarray of float64, shape (n, d)
    codes : ndarray of int64, shape (n,)
    n_classes : int
    place, block : ndarray of int64, shape (n,)
        Group of each sample, and its block within the group: neighbours are not independent.
    seed : int

    Returns
    -------
    Contrast

    Notes
    -----
    With eight places or more the places' effects change their signs at random, all dimensions of a
    place together, and the largest |t| of the table is what chance can do (Westfall & Young 1993).
    With fewer, blocks are weighed anew in each place (Bayesian bootstrap), the critical score is
    Student's with Bonferroni's correction, and most places must show the effect on their own.
    """
    rng = np.random.default_rng(seed)
    numbers = np.unique(place)
    over_places = len(numbers) >= ENOUGH_PLACES
    parts = []
    for number in numbers:
        rows = np.flatnonzero(place == number)
        least = 1 if over_places else FEW_BLOCKS
        parts.append(_Place.of(X[rows], codes[rows], n_classes, block[rows], least))
    by_place = np.stack([part.effect(np.ones((1, part.n_blocks)))[0] for part in parts])
    known = np.isfinite(by_place)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        effect = np.where(known, by_place, 0).sum(axis=0) / count
    same = np.where(known, np.sign(by_place) == np.sign(effect), False).sum(axis=0)
    if over_places:
        score = _student(by_place)
        signs = rng.choice([-1.0, 1.0], (N_RESAMPLES, len(parts), 1, 1))
        chance = [np.nanmax(abs(_student(by_place * flip)), initial=0.0) for flip in signs]
        critical = float(np.quantile(chance, 1 - LEVEL))
    else:
        from scipy.stats import t as student

        error = np.stack([part.error(rng) for part in parts])
        with np.errstate(invalid="ignore", divide="ignore"):
            score = effect * count / np.sqrt(np.nansum(error**2, axis=0))
            alone = by_place * np.sign(effect) / error
        # Few blocks know their own spread badly.
        blocks = np.stack([np.where(part.able, part.n_class_blocks, 1) for part in parts])
        free = max(int((blocks - 1).sum(axis=0)[known.any(axis=(0, 2))].min(initial=10**6)), 1)
        critical = float(student.isf(LEVEL / 2 / effect.size, free))
        same = (np.nan_to_num(alone) > student.isf(0.025, free)).sum(axis=0)
    found = (abs(np.nan_to_num(score)) > critical) & (same >= SAME * count) & (count > 0)
    return Contrast(effect, by_place, score, critical, found, over_places)


def effects_in(X: Floats, codes: Ints, n_classes: int) -> Floats:
    """Return how far each class stands apart among some samples, shape (n_classes, d).

    NaN for a class without samples, and where there is no other.
    """
    part = _Place.of(X, codes, n_classes, np.zeros(len(X), np.int64), 1)
    return np.asarray(part.effect(np.ones((1, 1)))[0], np.float64)


@dataclass(frozen=True, slots=True)
class _Place:
    """Sums of ranks, by block and class."""

    total: Floats
    n: Floats
    least: int

    @classmethod
    def of(cls, X: Floats, codes: Ints, n_classes: int, block: Ints, least: int) -> "_Place":
        from scipy.stats import rankdata

        ranks = (2 * rankdata(X, axis=0) - 1) / len(X) - 1
        names, at = np.unique(block, return_inverse=True)
        total = np.zeros((len(names), n_classes, X.shape[1]))
        n = np.zeros((len(names), n_classes))
        np.add.at(total, (at, codes), ranks)
        np.add.at(n, (at, codes), 1.0)
        return cls(total, n, least)

    @property
    def n_blocks(self) -> int:
        return len(self.n)

    @property
    def n_class_blocks(self) -> Ints:
        """Blocks that each class stands in, shape (n_classes,)."""
        return np.asarray((self.n > 0).sum(axis=0))

    @property
    def able(self) -> NDArray[np.bool_]:
        """Classes that stand in enough blocks to be compared."""
        return np.asarray(self.n_class_blocks >= self.least)

    def effect(self, weight: Floats) -> Floats:
        """Return effects for weights of the blocks, shape (r, n_classes, d)."""
        n = weight @ self.n
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.tensordot(weight, self.total, axes=1) / n[:, :, None]
        made = np.full_like(mean, np.nan)
        there = np.flatnonzero(self.able)
        for code in there:
            others = there[there != code]
            if len(others):
                apart = np.sort(mean[:, [code]] - mean[:, others], axis=1)
                low, high = apart[:, (len(others) - 1) // 2], apart[:, len(others) // 2]
                near = np.where(abs(low) < abs(high), low, high)
                made[:, code] = np.where(np.sign(low) == np.sign(high), near, 0.0)
        return made

    def error(self, rng: np.random.Generator) -> Floats:
        """Return standard errors by weighing blocks anew, shape (n_classes, d)."""
        weight = rng.exponential(size=(N_RESAMPLES // 4, self.n_blocks))
        return np.asarray(self.effect(weight).std(axis=0), np.float64)


def _student(values: Floats) -> Floats:
    """Return mean over its standard error along the first axis, over what is finite."""
    known = np.isfinite(values)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0).sum(axis=0) / n
        square = np.where(known, np.square(values - mean), 0).sum(axis=0) / (n - 1)
        made = mean / np.sqrt(square / n)
    return np.where((n >= LEAST_PLACES) & np.isfinite(made), made, np.nan)

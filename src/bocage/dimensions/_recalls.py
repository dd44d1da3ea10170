"""Recalls of two models on the same samples, what one loses, and how sure that is."""

from dataclasses import dataclass

import numpy as np

from bocage.core import Flags, Floats, Ints
from bocage.stats import (
    MOST_CROSSED,
    Estimate,
    exponential_weights,
    interval,
    student_scale,
    widening,
)

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class ScoreLoss:
    """What a model loses against another one: of its balanced accuracy, or of its R2.

    Attributes
    ----------
    score, full : float
        Of the model and of the other one, as a comparison scores them: balanced accuracy (each
        class by itself, its recall averaged over the places that hold it, and then over the classes
        that are judged), or R2.
    loss : Estimate
        Second less first, with its 95 % interval.
    bound : float
        One-sided 95 % bound of the loss; NaN where nothing tells how far it may be off.
    by_class : ndarray of float64, shape (n_classes,)
        Loss of recall; NaN for a class that is never tested, or not judged. None of a number.
    class_bound : float
        What no class that is judged loses more than, with 95 % for all together; NaN of a number.
    by_place : ndarray of float64, shape (G,)
        Loss of the mean recall of the classes that each place holds, or of R2; of the places that
        hold any.
    of_all : float
        Loss of the balanced accuracy of all classes, those included that are not judged; NaN of a
        number.
    """

    score: float
    full: float
    loss: Estimate
    bound: float
    by_class: Floats
    class_bound: float
    by_place: Floats
    of_all: float = float("nan")


@dataclass(frozen=True, slots=True)
class HeldOutClasses:
    """Test samples by class, and by what is resampled.

    Attributes
    ----------
    codes, unit : ndarray of int64, shape (n,)
        Class of each sample, and its unit: a place, or a block within it; both from 0.
    names : tuple of str, length U
    place : ndarray of int64, shape (U,)
        Place of each unit, from 0.
    n_classes : int
    whole_places : bool
        Whether units are whole places.
    n_folds : int
        Folds that whole places were left out in, if their models share what they learned from:
        what few dimensions lose is then mostly that, and it is counted in full (Nadeau and Bengio
        2003, Machine Learning 52:239). 0 leaves that out. Blocks are always tested by models that
        learned from one another's, which differ in what they learned alone: `MOST_CROSSED`.
    """

    codes: Ints
    unit: Ints
    names: tuple[str, ...]
    place: Ints
    n_classes: int
    whole_places: bool
    n_folds: int = 0

    @classmethod
    def of(
        cls, codes: Ints, place: Ints, block: Ints, n_classes: int, enough: int, n_folds: int = 0
    ) -> "HeldOutClasses":
        """Take places for units where there are `enough` of them, else their blocks."""
        numbers = np.unique(place, return_inverse=True)[1]
        whole = int(numbers.max()) + 1 >= enough
        inside = np.zeros_like(block) if whole else block
        pairs, unit = np.unique(np.column_stack([numbers, inside]), axis=0, return_inverse=True)
        names = tuple(f"{at}/{name}" for at, name in pairs.tolist())
        return cls(codes, unit.ravel(), names, pairs[:, 0], n_classes, whole, n_folds)

    def loss(self, few: Flags, every: Flags, judged: Flags | None = None) -> ScoreLoss:
        """Compare two models that put samples right, shape (n,), or not.

        Classes of which nothing better than chance is known are not `judged`: their recalls move
        by chance, and would hide what the others lose.
        """
        n = self._count(np.ones(len(self.codes)))
        right = np.stack([self._count(part) for part in (few, every)])
        point = self._recalls(right, n, np.ones((1, len(self.names))))[0]
        by_class = point[1] - point[0]
        of_all = float(np.nanmean(by_class))
        if judged is not None:
            by_class = np.where(judged, by_class, np.nan)
        tested = np.isfinite(by_class)
        drawn = self._recalls(right, n, self._weights())
        away = drawn[:, 1] - drawn[:, 0] - by_class
        mean = float(by_class[tested].mean())
        values = mean + self._widened(away[:, tested].mean(axis=1), n[:, tested])
        of_class = [
            by_class[code] + self._widened(away[:, code], n[:, [code]])
            for code in np.flatnonzero(tested)
        ]
        known = [part for part in of_class if np.isfinite(part).all()]
        sums = np.stack([self._by_place(part)[:, tested] for part in (*right, n)])
        held = sums[2] > 0
        lost = np.where(held, (sums[1] - sums[0]) / np.maximum(sums[2], 1), 0.0)
        places = held.any(axis=1)
        in_place = lost[places].sum(axis=1) / held[places].sum(axis=1)
        is_known = bool(np.isfinite(values).all())
        return ScoreLoss(
            float(point[0, tested].mean()),
            float(point[1, tested].mean()),
            interval(mean, values).within((-1.0, 1.0)) if is_known else Estimate(mean),
            float(np.quantile(values, LEVEL)) if is_known else float("nan"),
            by_class,
            float(np.quantile(np.max(known, axis=0), LEVEL)) if known else float("nan"),
            in_place,
            of_all,
        )

    def _count(self, values: Flags | Floats) -> Floats:
        """Sum over samples, shape (U, n_classes)."""
        made = np.zeros((len(self.names), self.n_classes))
        np.add.at(made, (self.unit, self.codes), values)
        return made

    def _by_place(self, counts: Floats) -> Floats:
        made = np.zeros((int(self.place.max()) + 1, self.n_classes))
        np.add.at(made, self.place, counts)
        return made

    def _weights(self) -> Floats:
        """Weigh units anew, with a mean of one over all places or within each, shape (r, U)."""
        weights = exponential_weights(self.names)
        strata = np.zeros_like(self.place) if self.whole_places else self.place
        for number in np.unique(strata):
            own = strata == number
            weights[:, own] /= weights[:, own].mean(axis=1, keepdims=True)
        return weights

    def _recalls(self, right: Floats, n: Floats, weights: Floats) -> Floats:
        """Average recalls over the places that hold a class, shape (r, 2, n_classes)."""
        total = np.zeros((len(weights), 2, self.n_classes))
        says = np.zeros((len(weights), self.n_classes))
        for number in np.unique(self.place):
            own = np.flatnonzero(self.place == number)
            held = n[own].sum(axis=0) > 0
            there = np.where(held, weights[:, own] @ n[own], 1.0)
            say = held * (weights[:, own] if self.whole_places else np.ones((len(weights), 1)))
            says += say
            for model in (0, 1):
                total[:, model] += say * (weights[:, own] @ right[model, own]) / there
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / says[:, None], np.float64)

    def _widened(self, away: Floats, sizes: Floats) -> Floats:
        """Correct deviations for few units, shape (r,); NaN where nothing tells their size."""
        units = np.arange(len(self.names))
        wide = widening(sizes, self.place, units, whole_places=self.whole_places)
        if not wide.known:
            return np.full_like(away, np.nan)
        if self.whole_places:
            shared = self.n_folds / (self.n_folds - 1) if self.n_folds > 1 else 0.0
            factor = wide.factor * np.sqrt(1.0 + shared)
        else:
            factor = wide.factor * MOST_CROSSED
        return np.asarray(factor * student_scale(len(away), wide.df) * away, np.float64)

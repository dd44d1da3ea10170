"""Where a map can be trusted: distance to the training data in the space of the features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import DataError, Floats, counted, rows_of, table_names
from bocage.models._error_curve import FEWEST, ErrorCurve, figure
from bocage.models._nearest import (
    FoldRows,
    Scaled,
    draw,
    mean_of_pairs,
    nearest_of,
    to_learned,
    to_other_folds,
)
from bocage.models._training_rows import check_training, codes_of, scale_of, whisker_of
from bocage.sources import Coding


@dataclass(frozen=True, slots=True, eq=False)
class Applicability:
    """The dissimilarity index of Meyer and Pebesma (2021, 10.1111/2041-210X.13650).

    The index of a pixel is its distance to the nearest training row over the mean distance
    between training rows, features standardised on the training data and weighted. Above the
    threshold a pixel is unlike anything that the model was tested on, or like what it failed on:
    the score that was measured does not hold there.

    Attributes
    ----------
    rows : ndarray of float64, shape (n_rows, n_bands)
        Training rows, as values.
    mean, factor : ndarray of float64, shape (n_bands,)
        A value is (value - mean) x factor before distances are taken: weight over standard
        deviation, and 0 for a band that never moves in training.
    mean_distance : float
        Between all pairs of training rows.
    training_index : ndarray of float64, shape (n_tested,)
        Of what was held out, each to the nearest that was learned from.
    whisker : float
        The published threshold: upper whisker of `training_index`, third quartile + 1.5 x
        interquartile range, and no more than its maximum, as the reference implementation (CAST)
        has it.
    n_training : int
        Rows that there were before some were drawn.
    curve : ErrorCurve, optional
        The expected error by index, where errors of held-out samples are known.
    bands : tuple of str
        Names of the bands, by which columns of tables are taken; empty where it learned from an
        array.

    Notes
    -----
    The whisker alone does not fail where whole regions are held out: in many bands these lie about
    as far from each other as anything does, noise among it, and the maximum of `training_index` is
    an index at which the method was tested and found wanting. So `threshold` is no more than the
    index up to which the method was about as good as its score says.
    """

    rows: Floats
    mean: Floats
    factor: Floats
    mean_distance: float
    training_index: Floats
    whisker: float
    n_training: int
    curve: ErrorCurve | None = None
    bands: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls,
        X: Any,
        folds: ArrayLike | None,
        weights: ArrayLike | None = None,
        *,
        max_rows: int = 1000,
        seed: int = 0,
    ) -> Self:
        """Learn scale, mean distance and threshold from training data.

        Parameters
        ----------
        X : ndarray of float64, shape (n_samples, n_bands), or a table
            Training features as values, not standardised.
        folds : array_like, shape (n_samples,), or None
            Fold of the score, or group, of each sample: its index is taken to samples of other
            folds only. None takes the nearest other sample, which makes the threshold small where
            samples lie together.
        weights : array_like of float, shape (n_bands,), optional
            Importance of each band, 0 or more; equal if not given.
        max_rows : int
            If there are more samples, so many are drawn at random, one of each fold at least.
        seed : int
            Of that draw.

        Raises
        ------
        DataError
            If there are too few samples or folds, values are missing, or nothing varies.
        """
        bands = table_names(X)
        X, weight = check_training(rows_of(X, bands, None, "the applicability"), weights)
        codes = codes_of(X, folds)
        n_training = len(X)
        if n_training > max_rows:
            drawn = draw(codes, max_rows, seed)
            X, codes = X[drawn], codes[drawn]
        mean, factor = scale_of(X, weight)
        points = (X - mean) * factor
        average = mean_of_pairs(points)
        index = to_other_folds(points, codes) / average
        made = cls(X, mean, factor, average, index, whisker_of(index), n_training)
        return made.of_bands(bands)

    def of_bands(self, bands: Sequence[str]) -> Self:
        """Return the same with names of its bands."""
        return replace(self, bands=tuple(bands))

    @classmethod
    def of_folds(
        cls,
        X: Floats,
        folds: Sequence[FoldRows],
        weights: ArrayLike | None = None,
        errors: Floats | None = None,
        *,
        is_share: bool = True,
        units: NDArray[np.int64] | None = None,
        max_rows: int = 1000,
        seed: int = 0,
    ) -> Self:
        """Learn from training data, and from the very folds that a score is of.

        Parameters
        ----------
        X : ndarray of float64, shape (n_samples, n_bands)
            Training features as values, not standardised.
        folds : sequence of FoldRows
            Who was tested after learning from whom.
        weights : array_like of float, shape (n_bands,), optional
            Importance of each band, 0 or more; equal if not given.
        errors : ndarray of float64, shape (n_tested,), optional
            Of held-out samples, one fold behind another; see `ErrorCurve.fit`.
        is_share : bool
            Whether errors are those of classes.
        units : ndarray of int64, shape (n_samples,), optional
            What was labelled at once, such as the polygon that pixels are of; see `ErrorCurve.fit`.
        max_rows : int
            If there are more samples, distances are to so many, drawn at random, one that each
            fold tests at least.
        seed : int
            Of that draw.

        Raises
        ------
        DataError
            If there are too few samples or folds, values are missing, or nothing varies.
        """
        X, weight = check_training(X, weights)
        if not folds or not all(len(fold.learned) and len(fold.tested) for fold in folds):
            raise DataError(
                f"{counted(len(folds), 'fold')} to measure distances between; expected one or "
                "more, each with training samples and test samples"
            )
        codes = np.full(len(X), -1)
        for number, fold in enumerate(folds):
            codes[fold.tested] = number
        drawn = draw(codes, max_rows, seed) if len(X) > max_rows else np.arange(len(X))
        mean, factor = scale_of(X[drawn], weight)
        points = (X - mean) * factor
        average = mean_of_pairs(points[drawn])
        index = to_learned(points, folds, drawn) / average
        curve = None
        if errors is not None:
            tested = np.concatenate([fold.tested for fold in folds])
            own = None if units is None else units[tested]
            curve = ErrorCurve.fit(index, errors, own, is_share=is_share)
        return cls(X[drawn], mean, factor, average, index, whisker_of(index), len(X), curve)

    @property
    def threshold(self) -> float:
        """Largest index inside the area of applicability.

        The whisker; less where held-out samples that lay nearer already were wrong more often than
        the score says (`ErrorCurve.reach`).
        """
        return self.whisker if self.curve is None else min(self.whisker, self.curve.reach)

    @property
    def rule(self) -> str:
        """What `threshold` is, in words."""
        if self.curve is None:
            return (
                "inside: no more dissimilar to the training data than the held-out samples were "
                f"(index {self.whisker:.3g}, the upper whisker of the held-out samples; the "
                f"errors of {2 * FEWEST} or more of them are not known)"
            )
        curve = self.curve
        if curve.reach >= self.whisker:
            return (
                "inside: no more dissimilar to the training data than the held-out samples were "
                f"(index {self.whisker:.3g}, the upper whisker of the held-out samples; up to it, "
                f"their expected error is at most {figure(curve.level)})"
            )
        return (
            f"inside: expected error of at most {figure(curve.level)} (mean over all held-out "
            f"samples: {figure(curve.mean)}), index up to {self.threshold:.3g}; the upper whisker "
            f"of the held-out samples is {self.whisker:.3g}"
        )

    @property
    def n_bands(self) -> int:
        """Features that pixels must have."""
        return len(self.mean)

    @property
    def still_bands(self) -> NDArray[np.int64]:
        """Numbers of the bands that count for nothing: no weight, or no movement in training."""
        return np.flatnonzero(self.factor == 0)

    def index(self, X: Any) -> NDArray[np.float32]:
        """Give the dissimilarity index of pixels.

        The nearest row is found in single precision, and the distance to it computed anew: a
        pixel equal to a training row has an index of exactly 0, unless another row lies so near
        (under about 0.001 of the mean distance) that it is taken for it. The result does not
        depend on the number of threads or on how pixels are cut into calls.

        Parameters
        ----------
        X : ndarray, shape (n, n_bands), or a table
            Values, not standardised. Columns of a table are taken by name.

        Returns
        -------
        ndarray of float32, shape (n,)
            NaN where a value is missing.

        Raises
        ------
        DataError
            If there are not as many bands as in training, or a table lacks one.
        """
        rows = rows_of(X, self.bands, self.n_bands, "the applicability")

        def scaled(part: slice) -> Floats:
            return ((rows[part].astype(np.float64, copy=False) - self.mean) * self.factor).T

        return self._measure(scaled, len(rows))[0]

    def index_stored(self, stored: NDArray[Any], coding: Coding) -> NDArray[np.float32]:
        """Give the dissimilarity index of pixels as they are stored in a raster.

        Equal to `index` of the decoded values to the last bit. See `near_stored`.
        """
        return self.near_stored(stored, coding)[0]

    def near_stored(
        self, stored: NDArray[Any], coding: Coding
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Give index and local point density of pixels as they are stored in a raster.

        Bytes are decoded and scaled in one look-up. The density is the number of training samples
        whose distance is no more than the threshold (Schumacher et al. 2025,
        10.5194/gmd-18-10185-2025; CAST's LPD): 0 outside, 1 or more inside. Where some samples
        were drawn, theirs is scaled to all.

        Parameters
        ----------
        stored : ndarray, shape (n_bands, ...)
        coding : Coding
            How stored numbers stand for values.

        Returns
        -------
        index, density : ndarray of float32, shape (...)
            NaN where there is no data.
        """
        self._check_bands(stored.shape[:1])
        flat = stored.reshape(len(stored), -1)
        mean, factor = self.mean[:, None], self.factor[:, None]
        if stored.dtype.itemsize == 1 and stored.dtype.kind in "iu":
            codes = np.arange(256, dtype=np.uint8).view(stored.dtype)
            levels = coding.decode(np.broadcast_to(codes, (len(stored), 256)).copy())
            table = ((levels - mean) * factor).astype(np.float32)
            gone = coding.missing(flat)

            def scaled(part: slice) -> NDArray[Any]:
                codes = flat[:, part].view(np.uint8)
                found = np.stack([row[code] for row, code in zip(table, codes, strict=True)])
                found[:, gone[part]] = np.nan
                return found
        else:

            def scaled(part: slice) -> NDArray[Any]:
                return (coding.decode(flat[:, part]) - mean) * factor

        index, density = self._measure(scaled, flat.shape[1])
        return index.reshape(stored.shape[1:]), density.reshape(stored.shape[1:])

    def inside(self, index: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which pixels lie in the area of applicability; False for those without data."""
        return np.asarray(index <= self.threshold)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Lay everything down in arrays, to be stored."""
        made = {
            "rows": self.rows,
            "mean": self.mean,
            "factor": self.factor,
            "mean_distance": np.array(self.mean_distance),
            "training_index": self.training_index,
            "whisker": np.array(self.whisker),
            "n_training": np.array(self.n_training),
        }
        return made if self.curve is None else made | self.curve.to_arrays()

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take up what `to_arrays` laid down.

        Raises
        ------
        DataError
            If an array is missing or does not fit the others.
        """
        if "threshold" in arrays and "whisker" not in arrays:
            # Models of older versions knew the whisker alone.
            arrays = {**arrays, "whisker": arrays["threshold"]}
        try:
            rows, mean, factor, index = (
                np.asarray(arrays[name], np.float64)
                for name in ("rows", "mean", "factor", "training_index")
            )
            single = [arrays[name].item() for name in ("mean_distance", "whisker", "n_training")]
        except (KeyError, ValueError) as error:
            raise DataError(
                f"the area of applicability of this model is incomplete: {error}"
            ) from error
        fits = rows.ndim == 2 and mean.shape == factor.shape == rows.shape[1:]  # noqa: PLR2004
        fits = fits and index.ndim == 1 and len(index) > 0
        if not fits or not len(rows) or not single[0] > 0:
            raise DataError(
                "the area of applicability of this model has arrays of inconsistent shapes: rows "
                f"{rows.shape}, mean {mean.shape}, factor {factor.shape}, index {index.shape}"
            )
        curve = ErrorCurve.from_arrays(arrays)
        whisker, n_training = float(single[1]), int(single[2])
        return cls(rows, mean, factor, float(single[0]), index, whisker, n_training, curve)

    def _check_bands(self, found: tuple[int, ...]) -> None:
        if found != (self.n_bands,):
            raise DataError(
                f"found pixels with bands of shape {found}; expected {self.n_bands} bands, as in "
                "the training data"
            )

    def _measure(self, scaled: Scaled, n: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Measure n pixels; `scaled` gives those of a slice, shape (n_bands, width)."""
        rows = ((self.rows - self.mean) * self.factor).astype(np.float32)
        found, near = nearest_of(rows, scaled, n, self.threshold * self.mean_distance)
        index = found / np.float32(self.mean_distance)
        # Rounding must not set the two against each other: one row at least is near, inside.
        near = np.where(self.inside(index), np.maximum(near, 1.0), np.float32(0.0))
        near[np.isnan(index)] = np.nan
        return index, np.rint(near * np.float32(self.n_training / len(rows))).astype(np.float32)

"""Where a map can be trusted: distance to the training data in the space of the features."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import DataError
from bocage.sources import Coding

Floats = NDArray[np.float64]

CHUNK = 512
"""Pixels a matrix product: always as many, so that no result depends on how a map is cut."""

LANES = 16
"""Training rows are filled up to a multiple of this: the product's edges take other code."""


@dataclass(frozen=True, slots=True, eq=False)
class Applicability:
    """The dissimilarity index of Meyer and Pebesma (2021, 10.1111/2041-210X.13650).

    The index of a pixel is its distance to the nearest training row over the mean distance
    between training rows, features standardised on the training data and weighted. Above the
    threshold a pixel is unlike anything that the model was tested on: its prediction, and the
    score that was measured, do not hold there.

    Attributes
    ----------
    rows : ndarray of float64, shape (n_rows, n_bands)
        Training rows, as values.
    mean, factor : ndarray of float64, shape (n_bands,)
        A value is (value - mean) x factor before distances are taken: weight over standard
        deviation, and 0 for a band that never moves in training.
    mean_distance : float
        Between all pairs of training rows.
    training_index : ndarray of float64, shape (n_rows,)
        Of the training rows, each to the nearest of another fold.
    threshold : float
        Upper whisker of `training_index`, third quartile + 1.5 x interquartile range, and no
        more than its maximum, as the reference implementation (CAST) has it.
    n_training : int
        Rows that there were before some were drawn.
    """

    rows: Floats
    mean: Floats
    factor: Floats
    mean_distance: float
    training_index: Floats
    threshold: float
    n_training: int

    @classmethod
    def fit(
        cls,
        X: Floats,
        folds: ArrayLike | None,
        weights: ArrayLike | None = None,
        *,
        max_rows: int = 1000,
        seed: int = 0,
    ) -> Self:
        """Learn scale, mean distance and threshold from training data.

        Parameters
        ----------
        X : ndarray of float64, shape (n_samples, n_bands)
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
        X, codes, weight = _checked(X, folds, weights)
        n_training = len(X)
        if n_training > max_rows:
            drawn = _draw(codes, max_rows, seed)
            X, codes = X[drawn], codes[drawn]
        mean, spread = X.mean(axis=0), X.std(axis=0, ddof=1)
        # The mean of equal values may be off by rounding, and their spread a little above zero.
        moves = spread > len(X) * np.finfo(np.float64).eps * np.abs(mean)
        factor = np.divide(weight, spread, out=np.zeros_like(spread), where=moves)
        if not factor.any():
            raise DataError(
                "no band with a weight varies in the training data; expected features that differ "
                "between samples"
            )
        total, nearest = _distances((X - mean) * factor, codes)
        average = total / (len(X) * (len(X) - 1))
        index = nearest / average
        low, high = np.quantile(index, [0.25, 0.75])
        threshold = min(high + 1.5 * (high - low), index.max())
        return cls(X, mean, factor, average, index, float(threshold), n_training)

    @property
    def n_bands(self) -> int:
        """Features that pixels must have."""
        return len(self.mean)

    @property
    def still_bands(self) -> NDArray[np.int64]:
        """Numbers of the bands that count for nothing: no weight, or no movement in training."""
        return np.flatnonzero(self.factor == 0)

    def index(self, X: NDArray[Any]) -> NDArray[np.float32]:
        """Give the dissimilarity index of pixels.

        The nearest row is found in single precision, and the distance to it computed anew: a
        pixel equal to a training row has an index of exactly 0, unless another row lies so near
        (under about 0.001 of the mean distance) that it is taken for it. The result does not
        depend on the number of threads or on how pixels are cut into calls.

        Parameters
        ----------
        X : ndarray, shape (n, n_bands)
            Values, not standardised.

        Returns
        -------
        ndarray of float32, shape (n,)
            NaN where a value is missing.

        Raises
        ------
        DataError
            If there are not as many bands as in training.
        """
        self._check_bands(X.shape[1:])

        def scaled(part: slice) -> Floats:
            return ((X[part].astype(np.float64, copy=False) - self.mean) * self.factor).T

        return self._measure(scaled, len(X))

    def index_stored(self, stored: NDArray[Any], coding: Coding) -> NDArray[np.float32]:
        """Give the dissimilarity index of pixels as they are stored in a raster.

        Equal to `index` of the decoded values to the last bit. Bytes are decoded and scaled in
        one look-up.

        Parameters
        ----------
        stored : ndarray, shape (n_bands, ...)
        coding : Coding
            How stored numbers stand for values.

        Returns
        -------
        ndarray of float32, shape (...)
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

        return self._measure(scaled, flat.shape[1]).reshape(stored.shape[1:])

    def inside(self, index: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which pixels lie in the area of applicability; False for those without data."""
        return np.asarray(index <= self.threshold)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Lay everything down in arrays, to be stored."""
        return {
            "rows": self.rows,
            "mean": self.mean,
            "factor": self.factor,
            "mean_distance": np.array(self.mean_distance),
            "training_index": self.training_index,
            "threshold": np.array(self.threshold),
            "n_training": np.array(self.n_training),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take up what `to_arrays` laid down.

        Raises
        ------
        DataError
            If an array is missing or does not fit the others.
        """
        try:
            rows, mean, factor, index = (
                np.asarray(arrays[name], np.float64)
                for name in ("rows", "mean", "factor", "training_index")
            )
            single = [arrays[name].item() for name in ("mean_distance", "threshold", "n_training")]
        except (KeyError, ValueError) as error:
            raise DataError(f"the applicability of this model is incomplete: {error}") from error
        fits = rows.ndim == 2 and mean.shape == factor.shape == rows.shape[1:]  # noqa: PLR2004
        if not fits or index.shape != rows.shape[:1] or not len(rows) or not single[0] > 0:
            raise DataError(
                f"the applicability of this model has arrays that don't fit: rows {rows.shape}, "
                f"mean {mean.shape}, factor {factor.shape}, index {index.shape}"
            )
        return cls(rows, mean, factor, float(single[0]), index, float(single[1]), int(single[2]))

    def _check_bands(self, found: tuple[int, ...]) -> None:
        if found != (self.n_bands,):
            raise DataError(f"pixels have {found} bands; the training data had {self.n_bands}")

    def _measure(self, scaled: Any, n: int) -> NDArray[np.float32]:
        """Measure n pixels; `scaled` gives those of a slice, shape (n_bands, width)."""
        rows = ((self.rows - self.mean) * self.factor).astype(np.float32)
        d = self.n_bands
        # The nearest row maximises y.t - |t|^2 / 2: what belongs to the pixel alone cancels.
        width = -(-len(rows) // LANES) * LANES
        matrix = np.zeros((d + 1, width), np.float32)
        matrix[d] = -np.float32(1e30)
        matrix[:d, : len(rows)] = rows.T
        matrix[d, : len(rows)] = -0.5 * np.square(rows, dtype=np.float64).sum(axis=1)
        found = np.empty(n, np.float32)
        pixels, scores = np.zeros((CHUNK, d + 1), np.float32), np.empty((CHUNK, width), np.float32)
        pixels[:, d] = 1.0
        with np.errstate(invalid="ignore", over="ignore"):
            for part in _chunks(n):
                count = part.stop - part.start
                pixels[:count, :d] = scaled(part).T
                np.matmul(pixels, matrix, out=scores)
                nearest = np.minimum(scores[:count].argmax(axis=1), len(rows) - 1)
                apart = pixels[:count, :d] - rows[nearest]
                found[part] = np.sqrt(np.square(apart, out=apart).sum(axis=1))
        return found / np.float32(self.mean_distance)


def _chunks(n: int) -> Iterator[slice]:
    for start in range(0, n, CHUNK):
        yield slice(start, min(start + CHUNK, n))


def _checked(
    X: Floats, folds: ArrayLike | None, weights: ArrayLike | None
) -> tuple[Floats, NDArray[np.int64], Floats]:
    if X.ndim != 2 or len(X) < 2 or not np.isfinite(X).all():  # noqa: PLR2004
        raise DataError(
            f"training features of shape {X.shape}; expected finite values of two samples or more"
        )
    weight = np.ones(X.shape[1]) if weights is None else np.asarray(weights, np.float64)
    if weight.shape != X.shape[1:] or not np.isfinite(weight).all() or (weight < 0).any():
        raise DataError(
            f"weights of shape {weight.shape} for {X.shape[1]} bands; expected one each, finite "
            "and 0 or more"
        )
    # Without folds every sample is a fold of its own.
    given = np.arange(len(X)) if folds is None else np.asarray(folds)
    if given.shape != X.shape[:1]:
        raise DataError(f"{given.size} folds for {len(X)} samples; expected one each")
    names, codes = np.unique(given, return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004
        raise DataError(
            "all training samples lie in one fold, so none can be compared with another fold's; "
            "give two folds or more, or none"
        )
    return np.asarray(X, np.float64), codes.astype(np.int64), weight


def _draw(codes: NDArray[np.int64], n: int, seed: int) -> NDArray[np.int64]:
    """Draw rows at random, one of each fold first."""
    order = np.random.default_rng(seed).permutation(len(codes))
    first = order[np.sort(np.unique(codes[order], return_index=True)[1])]
    rest = order[~np.isin(order, first)]
    return np.sort(np.concatenate([first, rest])[:n])


def _distances(points: Floats, codes: NDArray[np.int64]) -> tuple[float, Floats]:
    """Sum of all distances, and that of each point to the nearest of another fold."""
    from scipy.spatial.distance import cdist

    total, nearest = 0.0, np.empty(len(points))
    for part in _chunks(len(points)):
        apart = cdist(points[part], points)
        total += float(apart.sum())
        apart[codes[part, None] == codes] = np.inf
        nearest[part] = apart.min(axis=1)
    return total, nearest

"""How often a method erred, by how unlike its training data a sample was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Floats
from bocage.stats import isotonic

FEWEST = 50
"""Held-out samples whose mean error is one point of a curve, at least: the standard error of a
share of 0.3 is then 0.065. There are two points or no curve."""

MOST = 10
"""Points of a curve."""

SLACK = 0.05
"""What the expected share of errors may be above that of all held-out samples, inside; or else the
standard error of one point of the curve, if that is more: chance is no reason to cut."""

SLACK_OF_VALUES = 0.1
"""The same for the absolute error of numbers, as a part of its mean."""


@dataclass(frozen=True, slots=True, eq=False)
class ErrorCurve:
    """The expected error as a function of the dissimilarity index; it never falls.

    Held-out samples are put in order of their index, the mean error of as many neighbours at a
    time is taken, and the closest curve that never falls is fitted to these means (monotone least
    squares). The reference implementation (CAST, ``errorProfiles``) models errors of windows of
    the index in the same manner.

    Attributes
    ----------
    at : ndarray of float64, shape (n,)
        Mean index of each set of neighbours, ascending.
    error : ndarray of float64, shape (n,)
        Share of wrong classes, or mean absolute error.
    farthest : float
        Largest index that was held out: of pixels beyond it nothing is known.
    mean : float
        Error of all held-out samples.
    slack : float
        How much more still is about as much as `mean`; see `SLACK`.
    is_share : bool
        Whether errors are shares of wrong classes.
    """

    at: Floats
    error: Floats
    farthest: float
    mean: float
    slack: float
    is_share: bool

    @classmethod
    def fit(
        cls,
        index: Floats,
        errors: Floats,
        units: NDArray[np.int64] | None = None,
        *,
        is_share: bool,
    ) -> Self | None:
        """Fit the curve to samples that were held out; None where there are too few.

        Parameters
        ----------
        index, errors : ndarray of float64, shape (n,)
            Dissimilarity index to what the method had learned from, and the error made.
        units : ndarray of int64, shape (n,), optional
            What was labelled at once, such as the polygon that pixels are of: its mean error, at
            its mean index, counts as one.
        is_share : bool
            Whether errors are 0 for a right class and 1 for a wrong one (or means of these over
            draws of the labels), and not absolute errors.

        Raises
        ------
        DataError
            If there are not as many errors as indices, or one is missing.
        """
        if index.shape != errors.shape or not np.isfinite([*index, *errors]).all():
            raise DataError(
                f"{errors.size} errors for {index.size} held-out samples; expected one finite "
                "error per sample"
            )
        if units is not None:
            own = np.unique(units, return_inverse=True)[1]
            n_of = np.bincount(own)
            index, errors = np.bincount(own, index) / n_of, np.bincount(own, errors) / n_of
        n = min(len(index) // FEWEST, MOST)
        if n < 2:  # noqa: PLR2004 - two points make a curve
            return None
        sets = np.array_split(np.argsort(index, kind="stable"), n)
        means = np.array([errors[part].mean() for part in sets])
        at = np.array([index[part].mean() for part in sets])
        mean, chance = float(errors.mean()), float(errors.std() / np.sqrt(len(index) / n))
        slack = max(SLACK if is_share else SLACK_OF_VALUES * mean, chance)
        return cls(at, isotonic(means[None])[0], float(index.max()), mean, slack, is_share)

    @property
    def level(self) -> float:
        """Largest expected error that still is about that of all held-out samples."""
        return self.mean + self.slack

    @property
    def reach(self) -> float:
        """Largest index up to which the expected error is at most `level`."""
        above = np.flatnonzero(self.error > self.level)
        if not len(above):
            return self.farthest
        i = int(above[0])
        if not i:
            return float(self.at[0])
        return float(np.interp(self.level, self.error[i - 1 : i + 1], self.at[i - 1 : i + 1]))

    def __call__(self, index: NDArray[Any]) -> NDArray[np.float32]:
        """Give the expected error of pixels; NaN beyond what was held out, and without data."""
        found = np.asarray(np.interp(index, self.at, self.error), np.float32)
        # A comparison with a missing index is false.
        found[~(index <= self.farthest)] = np.nan
        return found

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Lay everything down in arrays, to be stored."""
        return {
            "curve_at": self.at,
            "curve_error": self.error,
            "curve_facts": np.array([self.farthest, self.mean, self.slack, float(self.is_share)]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self | None:
        """Take up what `to_arrays` laid down; None where there is no curve.

        Raises
        ------
        DataError
            If an array is missing or does not fit the others.
        """
        if not any(name.startswith("curve_") for name in arrays):
            return None
        try:
            at, error, facts = (
                np.asarray(arrays[f"curve_{name}"], np.float64) for name in ("at", "error", "facts")
            )
        except (KeyError, ValueError) as problem:
            raise DataError(
                f"the expected error of this model is incomplete: {problem}; fit the model again"
            ) from problem
        fits = at.ndim == 1 and len(at) > 1 and error.shape == at.shape and facts.shape == (4,)
        if not fits or not (np.diff(at) >= 0).all() or not (np.diff(error) >= 0).all():
            raise DataError(
                "the expected error of this model is not a non-decreasing curve; fit the model "
                "again"
            )
        farthest, mean, slack, is_share = facts.tolist()
        return cls(at, error, farthest, mean, slack, bool(is_share))


def figure(error: float) -> str:
    """Write an error with two figures, or as a whole number.

    >>> figure(0.1234), figure(178.4)
    ('0.12', '178')
    """
    return f"{error:,.0f}" if error >= 100 else f"{error:.2g}"  # noqa: PLR2004 - three digits

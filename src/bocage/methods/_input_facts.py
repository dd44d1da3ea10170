"""What a fitted method must know of an input to read it elsewhere."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, SettingsError
from bocage.core._inputs import Form, Modality, Scaling

BLOCK = 16
"""Samples looked at together."""


@dataclass(frozen=True, slots=True, eq=False)
class InputFacts:
    """Everything of an input but its samples.

    Attributes
    ----------
    name, bands, units, scaling, modality, form
        As of `bocage.core.Input`; `units` has one entry a band.
    n_dates : int
        0 for an input without dates.
    months : tuple of int
        1 to 12, one a date; empty if unknown.
    mean, low, high : ndarray of float64, shape (n_columns,)
        Of the samples that were learned from.
    read_from : tuple of str
        Columns of the table that a series was read from; empty if there were none.
    """

    name: str
    bands: tuple[str, ...]
    units: tuple[str, ...]
    scaling: Scaling
    modality: Modality
    form: Form
    n_dates: int
    months: tuple[int, ...]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    read_from: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: Input) -> Self:
        """Describe an input.

        Raises
        ------
        SettingsError
            If its samples have dates of their own: a map has the same for all pixels.
        """
        months: tuple[int, ...] = ()
        if item.months is not None:
            if (item.months != item.months[0]).any():
                raise SettingsError(
                    f"the dates of input {item.name!r} fall in different months for different "
                    "samples; a map needs the same dates for all pixels: name a method that "
                    "reads another input"
                )
            months = tuple(item.months[0].tolist())
        dated = item.values.ndim in (3, 5)
        mean, low, high = _range(item.values, item.band_axis)
        return cls(
            item.name, item.bands, item.band_units, item.scaling, item.modality, item.form,
            item.n_dates if dated else 0, months, mean, low, high, item.read_from,
        )  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its bands in a raster, dates after one another.

        Those of the columns that were read, or ``NDVI_01``, ``NDVI_02``, ...
        """
        if self.read_from or not self.n_dates:
            return self.read_from or self.bands
        dates = range(1, self.n_dates + 1)
        return tuple(f"{band}_{date:02d}" for date in dates for band in self.bands)

    @property
    def said(self) -> tuple[Any, ...]:
        """Everything but the numbers."""
        return (self.name, self.bands, self.units, self.scaling, self.modality, self.form,
                self.n_dates, self.months)  # fmt: skip

    def input(self, values: NDArray[Any]) -> Input:
        """Build the input of other samples.

        Parameters
        ----------
        values : ndarray, shape (n, n_columns) or (n, n_columns, height, width)
        """
        n = len(values)
        dates = (self.n_dates,) if self.n_dates else ()
        shaped = values.reshape(n, *dates, len(self.bands), *values.shape[2:])
        months = np.tile(np.array(self.months, dtype=np.int64), (n, 1)) if self.months else None
        return Input(
            self.name, shaped, self.bands, self.units, self.scaling, self.modality, months=months
        )


def _range(values: NDArray[Any], axis: int) -> tuple[NDArray[np.float64], ...]:
    """Return mean, smallest and largest value of each date and band."""
    kept = values.shape[1 : axis + 1]
    total, low, high = np.zeros(kept), np.full(kept, np.inf), np.full(kept, -np.inf)
    rest = tuple(range(axis + 1, values.ndim))
    for start in range(0, len(values), BLOCK):
        part = np.asarray(values[start : start + BLOCK], dtype=np.float64)
        total += part.sum(axis=(0, *rest))
        low = np.minimum(low, part.min(axis=(0, *rest)))
        high = np.maximum(high, part.max(axis=(0, *rest)))
    n = values.size // max(1, int(np.prod(kept)))
    return (total / n).ravel(), low.ravel(), high.ravel()

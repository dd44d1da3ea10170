"""An input: a named block of features aligned with the samples of a task."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core._errors import DataError
from bocage.core._origin import Origin

Modality = Literal[
    "embedding", "optical", "radar", "elevation", "climate", "coordinates", "series", "unknown"
]
"""What was measured. A comparison across modalities compares deployment choices."""

Scaling = Literal["standardise", "keep"]
"""How a model should see the bands.

`standardise`: each band to zero mean and unit variance on the training labels (bands of different
units). `keep`: leave the values alone, because all bands share one unit and their relative sizes
mean something (unit vectors, coordinates in metres).
"""

Form = Literal["table", "series", "chips"]
"""`table`: one value a band; `series`: one a date and band; `chips`: a small picture a sample."""

_FORMS: dict[int, tuple[Form, int]] = {
    2: ("table", 1),
    3: ("series", 2),
    4: ("chips", 1),
    5: ("chips", 2),
}
"""Form by the number of axes, with the axis of the bands."""


@dataclass(frozen=True, slots=True)
class Input:
    """A named block of features, aligned with the samples of a task.

    Attributes
    ----------
    name : str
        Short name used in method names, such as ``aef``.
    values : ndarray
        Values in `units`: float64 (n_samples, n_bands) for a table, float64 (n_samples, n_dates,
        n_bands) for series, any number type (n_samples, n_bands, height, width) or, with several
        dates, (n_samples, n_dates, n_bands, height, width) for chips. Finite, unless gaps were kept
        (`has_gaps`).
    bands : tuple of str
        One name a band, in their order.
    units : str or tuple of str
        Unit of all values, or of each band; ``1`` for numbers without one.
    scaling : {"standardise", "keep"}
        What a model does before it learns; see `Scaling`.
    modality : str
        What was measured.
    years : tuple of int
        Calendar years (January to December, UTC) that the values describe; empty if unknown.
    months : ndarray of int64, shape (n_samples, n_dates), optional
        Calendar month of each date, 1 to 12.
    read_from : tuple of str
        Names of the columns that a series was read from, dates after one another; empty where it
        was read from none.
    origin : Origin, optional
        Where the values come from, as far as that is known.
    """

    name: str
    values: NDArray[Any]
    bands: tuple[str, ...]
    units: str | tuple[str, ...] = "1"
    scaling: Scaling = "standardise"
    modality: Modality = "unknown"
    years: tuple[int, ...] = ()
    months: NDArray[np.int64] | None = None
    read_from: tuple[str, ...] = ()
    origin: Origin | None = None

    def __post_init__(self) -> None:
        _, axis = _FORMS.get(self.values.ndim, ("", 0))
        if not axis or self.values.shape[axis] != len(self.bands):
            raise DataError(
                f"input {self.name!r} has shape {self.values.shape} but {len(self.bands)} band "
                "names; expected (samples, bands), (samples, dates, bands), (samples, bands, "
                "height, width) or (samples, dates, bands, height, width)"
            )
        if not isinstance(self.units, str) and len(self.units) != len(self.bands):
            raise DataError(
                f"input {self.name!r} has {len(self.units)} units for {len(self.bands)} bands; "
                "expected one, or one per band"
            )
        if self.read_from and len(self.read_from) != self.n_dates * len(self.bands):
            raise DataError(
                f"input {self.name!r} was read from {len(self.read_from)} columns; expected one "
                f"for each of {self.n_dates} dates and {len(self.bands)} bands"
            )
        if self.months is not None and (
            self.months.shape != (len(self.values), self.n_dates)
            or self.months.min(initial=1) < 1
            or self.months.max(initial=12) > 12  # noqa: PLR2004
        ):
            raise DataError(
                f"input {self.name!r} has months of shape {self.months.shape} from "
                f"{self.months.min(initial=12)} to {self.months.max(initial=1)}; expected "
                "one month from 1 to 12 per date"
            )

    @property
    def form(self) -> Form:
        """``table``, ``series`` or ``chips``."""
        return _FORMS[self.values.ndim][0]

    @property
    def band_axis(self) -> int:
        """The axis of `values` that counts bands."""
        return _FORMS[self.values.ndim][1]

    @property
    def n_dates(self) -> int:
        """Dates of a series, or of chips; 1 for a table and for chips without dates."""
        return int(self.values.shape[1]) if self.values.ndim in (3, 5) else 1

    @property
    def columns_by_date(self) -> tuple[str, ...]:
        """Names of the columns that dates side by side have, a band that does not change twice.

        Those that were read, or ``NDVI_01``, ``NDVI_02``, ... where none were.
        """
        dates = range(1, self.n_dates + 1)
        made = (f"{band}_{date:02d}" for date in dates for band in self.bands)
        return self.read_from or tuple(made)

    @property
    def band_units(self) -> tuple[str, ...]:
        """The unit of each band."""
        return (self.units,) * len(self.bands) if isinstance(self.units, str) else self.units

    @property
    def has_gaps(self) -> bool:
        """Whether values are missing (NaN): few models take that."""
        return self.values.dtype.kind == "f" and bool(np.isnan(self.values).any())

    def take(self, rows: NDArray[np.int64]) -> "Input":
        """Return the same input for some of the samples, in the given order."""
        months = None if self.months is None else self.months[rows]
        return replace(self, values=self.values[rows], months=months)

    def as_table(self) -> "Input":
        """Lay the dates of a series side by side: bands as `columns_by_date`, each name once.

        Raises
        ------
        DataError
            If the samples are chips: a model that reads tables has no use for their shape.
        """
        if self.form == "table":
            return self
        if self.form == "chips":
            raise DataError(
                f"input {self.name!r} holds chips, but this model reads one row of numbers per "
                "sample; use a model for chips, such as unet"
            )
        n, n_dates, n_bands = self.values.shape
        names = self.columns_by_date
        return replace(
            self,
            values=self.values.reshape(n, -1),
            bands=tuple(
                name if name not in names[:at] else f"{name}_{at // n_bands + 1:02d}"
                for at, name in enumerate(names)
            ),
            read_from=(),
            units=self.band_units * n_dates,
            months=None,
        )

    def columns(self) -> tuple[NDArray[Any], ...]:
        """Return everything that tells samples apart, for hashing."""
        return (self.values,) if self.months is None else (self.values, self.months)


def stack(inputs: Iterable[Input]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Put inputs side by side; the dates of series too. A table alone is not copied.

    Returns
    -------
    values : ndarray of float64, shape (n_samples, n_bands_total)
    standardise : ndarray of bool, shape (n_bands_total,)
        Which bands a model standardises (see `Scaling`).

    Raises
    ------
    DataError
        If there is nothing to stack, the inputs do not have as many rows, or one holds chips.
    """
    parts = tuple(part.as_table() for part in inputs)
    if len({len(part.values) for part in parts}) != 1:
        found = ", ".join(f"{part.name} has {len(part.values)}" for part in parts) or "no input"
        raise DataError(f"combined inputs must have the same number of rows; found: {found}")
    values = parts[0].values
    if len(parts) > 1:
        values = np.concatenate([part.values for part in parts], axis=1)
    flags = [np.full(len(part.bands), part.scaling == "standardise") for part in parts]
    return np.ascontiguousarray(values), np.concatenate(flags)

"""An input: a named block of features aligned with the samples of a task."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core._errors import DataError

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


@dataclass(frozen=True, slots=True)
class Input:
    """A named block of features, aligned with the samples of a task.

    Attributes
    ----------
    name : str
        Short name used in method names, such as ``aef``.
    values : ndarray of float64, shape (n_samples, n_bands)
        Finite values in `units`.
    bands : tuple of str
        One name a band, in the order of the columns.
    units : str
        Unit of the values; ``1`` for numbers without one.
    scaling : {"standardise", "keep"}
        What a model does before it learns; see `Scaling`.
    modality : str
        What was measured.
    years : tuple of int
        Calendar years (January to December, UTC) that the values describe; empty if unknown.
    """

    name: str
    values: NDArray[np.float64]
    bands: tuple[str, ...]
    units: str = "1"
    scaling: Scaling = "standardise"
    modality: Modality = "unknown"
    years: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.bands):  # noqa: PLR2004
            raise DataError(
                f"input {self.name!r} has shape {self.values.shape} but {len(self.bands)} band "
                "names; expected (samples, bands)"
            )

    def take(self, rows: NDArray[np.int64]) -> "Input":
        """Return the same input for some of the samples, in the given order."""
        return replace(self, values=self.values[rows])


def stack(inputs: Iterable[Input]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Put inputs side by side.

    Returns
    -------
    values : ndarray of float64, shape (n_samples, n_bands_total)
    standardise : ndarray of bool, shape (n_bands_total,)
        Which bands a model standardises (see `Scaling`).

    Raises
    ------
    DataError
        If there is nothing to stack, or the inputs do not have as many rows.
    """
    parts = tuple(inputs)
    if len({len(part.values) for part in parts}) != 1:
        found = ", ".join(f"{part.name} has {len(part.values)}" for part in parts) or "no input"
        raise DataError(f"inputs must have as many rows to stand side by side; found: {found}")
    values = np.concatenate([part.values for part in parts], axis=1)
    flags = [np.full(len(part.bands), part.scaling == "standardise") for part in parts]
    return np.ascontiguousarray(values), np.concatenate(flags)

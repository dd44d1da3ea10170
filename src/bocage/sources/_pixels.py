"""Pixels as they are stored, and which of them hold data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.sources._coding import Coding


@dataclass(frozen=True, slots=True)
class Pixels:
    """Stored numbers of some bands, and where they stand for no data.

    Attributes
    ----------
    stored : ndarray, shape (n_bands, ...)
    missing : ndarray of bool, shape (...)
        Pixels without data in any of the bands: by a number, by a mask of the file, or because
        their vector has length 0.
    coding : Coding
        Of these bands.
    """

    stored: NDArray[Any]
    missing: NDArray[np.bool_]
    coding: Coding

    @property
    def values(self) -> NDArray[np.float64]:
        """Values, shape (n_bands, ...); NaN in all bands of a pixel that lacks one."""
        return self.coding.decode(self.stored, self.missing)

    @property
    def all_zero(self) -> NDArray[np.bool_]:
        """Pixels with data that hold 0 in every band, as masked ones are often written.

        One band alone tells nothing: none then.
        """
        found = np.zeros(self.missing.size, dtype=bool)
        if len(self.stored) > 1:
            found[is_zero([band.ravel() for band in self.stored], [0.0] * len(self.stored))] = True
        return found.reshape(self.missing.shape) & ~self.missing

    def at(self, *index: Any) -> "Pixels":
        """Return some of the pixels, indexed as `missing` is."""
        return Pixels(self.stored[(slice(None), *index)], self.missing[index], self.coding)


def is_zero(
    stored: Sequence[NDArray[Any]], zeros: Sequence[float], among: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Find pixels that hold a given number in every band.

    Time follows the pixels that are left after each band, which are few after the first.

    Parameters
    ----------
    stored : sequence of ndarray, shape (n,)
        A band each.
    zeros : sequence of float
        One a band.
    among : ndarray of int64, optional
        Positions to look at; all unless given.

    Returns
    -------
    ndarray of int64
        Positions.

    Examples
    --------
    >>> is_zero([np.array([0, 0, 3]), np.array([0, 2, 0])], [0, 0]).tolist()
    [0]
    """
    at = among
    for band, zero in zip(stored, zeros, strict=True):
        at = np.flatnonzero(band == zero) if at is None else at[band[at] == zero]
        if not len(at):
            break
    return np.arange(0) if at is None else at

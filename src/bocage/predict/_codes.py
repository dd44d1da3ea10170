"""Stored numbers as small codes that trees compare, in the order of the values."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.methods.heads import TreeEnsemble, UnreadableModelError
from bocage.sources import Coding

_BYTE = 8
_SHORT = 16


@dataclass(frozen=True, slots=True, eq=False)
class StoredCodes:
    """Order-keeping codes of a model's bands.

    A library turns a value into its own precision and compares it with a threshold. Since values
    rise (or fall) with the stored whole number, the same question can be asked of the stored
    number: is it above a limit? Limits are found once, from a table of all stored numbers decoded
    and rounded as the library does. Stored numbers with a fraction, or of more than 16 bits, are
    coded by how many thresholds of their band lie below.

    Attributes
    ----------
    coding : Coding
        Of the bands in use.
    stored : dtype
    reads : dtype
        What the library turns values into.
    strict : bool
        Left means below the threshold; otherwise, not above.
    edges : tuple of ndarray
        Thresholds in order, one array a band; empty if codes follow stored numbers.
    falls : ndarray of bool, shape (n_bands,)
        Bands whose values fall while stored numbers rise.
    """

    coding: Coding
    stored: np.dtype[Any]
    reads: np.dtype[np.floating]
    strict: bool
    edges: tuple[NDArray[np.float64], ...]
    falls: NDArray[np.bool_]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the codes: int8 or int16."""
        return np.dtype(np.int8 if _bits(self.stored) == _BYTE else np.int16)

    @property
    def is_plain(self) -> bool:
        """Whether stored numbers are their own codes."""
        return self.stored == self.dtype and not self.edges and not self.falls.any()

    def limits(self, band: NDArray[np.int64], threshold: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the largest code that goes left, for each split.

        One less than the smallest code where none does.
        """
        lowest = int(np.iinfo(self.dtype).min)
        side: Literal["left", "right"] = "left" if self.strict else "right"
        found = np.empty(len(band), dtype=np.int64)
        for one in np.unique(band):
            rows = band == one
            if self.edges:
                found[rows] = np.searchsorted(self.edges[one], threshold[rows], side="left")
            else:
                table = self._table(int(one))
                found[rows] = np.searchsorted(table, threshold[rows], side=side) - 1
        return found + lowest

    def apply(self, stored: NDArray[Any]) -> NDArray[Any]:
        """Turn stored numbers into codes, shape (n_bands, n_pixels)."""
        if self.edges:
            return self._counted(stored)
        signed = np.dtype(f"i{self.stored.itemsize}")
        codes = np.ascontiguousarray(stored).view(signed)
        if self.stored.kind == "u":
            # Turning the highest bit takes 0 to the lowest of signed numbers, and so on.
            codes = codes ^ signed.type(np.iinfo(signed).min)
        if self.falls.any():
            codes = np.where(self.falls[:, None], ~codes, codes)
        return codes

    def _counted(self, stored: NDArray[Any]) -> NDArray[np.int16]:
        values = self.coding.decode(stored).astype(self.reads, copy=False).astype(np.float64)
        side: Literal["left", "right"] = "right" if self.strict else "left"
        codes = np.empty(stored.shape, dtype=np.int16)
        for code, value, edges in zip(codes, values, self.edges, strict=True):
            code[:] = np.searchsorted(edges, value, side=side) + np.iinfo(np.int16).min
        return codes

    def _table(self, band: int) -> NDArray[np.float64]:
        """Return what the library sees of each code, in their order."""
        info = np.iinfo(self.stored)
        every = np.arange(info.min, int(info.max) + 1, dtype=self.stored)
        # The number that stands for no data is as good as any here: such pixels get no result.
        coding = replace(self.coding.take([band]), nodata=None)
        values: NDArray[np.float64] = coding.decode(every[None])[0].astype(self.reads)
        values = values.astype(np.float64)
        return values[::-1] if self.falls[band] else values


def codes_of(
    ensemble: TreeEnsemble, coding: Coding, stored: np.dtype[Any], bands: tuple[int, ...]
) -> StoredCodes:
    """Make the codes of the bands that an ensemble reads.

    Raises
    ------
    UnreadableModelError
        If a band has more thresholds than codes.
    """
    taken = coding.take(bands)
    if _bits(stored):
        scale = np.broadcast_to(np.asarray(taken.scale), len(bands))
        return StoredCodes(taken, stored, ensemble.reads, ensemble.strict, (), scale < 0)
    split = [tree.left >= 0 for tree in ensemble.trees]
    band = np.concatenate([t.band[s] for t, s in zip(ensemble.trees, split, strict=True)])
    threshold = np.concatenate([t.threshold[s] for t, s in zip(ensemble.trees, split, strict=True)])
    edges = tuple(np.unique(threshold[band == one]) for one in bands)
    most = np.iinfo(np.int16).max - np.iinfo(np.int16).min
    if any(len(found) >= most for found in edges):
        raise UnreadableModelError(f"a band has more than {most} thresholds")
    falls = np.zeros(len(bands), dtype=bool)
    return StoredCodes(taken, stored, ensemble.reads, ensemble.strict, edges, falls)


def _bits(stored: np.dtype[Any]) -> int:
    """Return 8 or 16 for whole numbers of that size, else 0."""
    bits = stored.itemsize * 8
    return bits if stored.kind in "iu" and bits <= _SHORT else 0

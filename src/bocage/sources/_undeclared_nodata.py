"""Numbers that stand for nothing in a raster that does not say so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import NODATA, DataError, Floats, listed
from bocage.sources._coding import HUGE, can_hold
from bocage.sources._pixels import Pixels, is_zero

FEW_NAMES = 4
"""So many bands are named one by one."""

FAR = 100.0
"""So many widths of what a band was learned from lie between it and a number not measured ..."""

REPEATS = 4
"""... that so many pixels, and most of those as far away, hold to the last digit."""


class WatchedRead(Protocol):
    """What was read: of a source, this is looked at."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def dtype(self) -> str: ...
    @property
    def about(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Watch:
    """Refuses pixels that hold a usual mark for nothing which nobody declared.

    Attributes
    ----------
    low, high : tuple of float
        Smallest and largest value of each band that a model learned from: a number between them
        is measured, and one band with another is enough. Empty where none did: then only pixels
        with the number in all bands are refused.
    """

    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @classmethod
    def around(cls, places: Sequence[int], low: Floats, high: Floats, n_bands: int) -> Self:
        """Watch for what lies outside the limits of some of a raster's bands."""
        limits = np.full((2, n_bands), np.nan)
        limits[:, list(places)] = low, high
        return cls(*map(tuple, limits.tolist()))

    def part(self, start: int, stop: int) -> Self:
        """Return the watch over some bands that stand one after the other."""
        return type(self)(self.low[start:stop], self.high[start:stop])

    def check(
        self,
        raster: WatchedRead,
        chosen: Sequence[int],
        found: Pixels,
        in_file: Callable[[float], str] = lambda _: "",
    ) -> None:
        """Look at pixels that were read.

        Parameters
        ----------
        raster : Source
        chosen : sequence of int
            Positions of the bands that were read.
        found : Pixels
        in_file : callable, optional
            Says how a file is told that a number stands for nothing.

        Raises
        ------
        DataError
            If some hold such a number.
        """
        stored = found.stored.reshape(len(chosen), -1)
        known = ~found.missing.ravel()
        new = [*largest(raster.dtype), *self._far(stored, known, found, chosen)] if self.low else []
        for number in (*marks(raster.dtype), *new):
            at = self._held(number, stored, found, chosen)
            at = at[known[at]]
            if len(at):
                holds = [i for i, band in enumerate(stored) if (band[at] == number).any()]
                said = self._words(number, raster, chosen, holds, len(at), known.sum())
                raise DataError(said + in_file(number))
        at = self._masked(stored, found, chosen)
        at = at[known[at]]
        if len(at):
            every = range(len(chosen))
            said = self._words(0.0, raster, chosen, every, len(at), known.sum())
            raise DataError(said + in_file(0.0))

    def _far(
        self, stored: NDArray[Any], known: NDArray[np.bool_], found: Pixels, chosen: Sequence[int]
    ) -> list[float]:
        """Find numbers that many pixels share, far from everything that was learned."""
        if found.coding.is_exact_int8:
            return []
        far = []
        for i, band in enumerate(stored):
            low, high = self.low[chosen[i]], self.high[chosen[i]]
            least, most = low - FAR * (high - low), high + FAR * (high - low)
            if not low < high:  # NaN, where nothing was learned from the band
                continue
            coding = found.coding.take([i])
            (ends,) = coding.decode(np.array([[np.fmin.reduce(band), np.fmax.reduce(band)]]))
            if least <= ends.min() and ends.max() <= most:
                continue
            (value,) = coding.decode(band[None], ~known)
            numbers, counts = np.unique(band[(value < least) | (value > most)], return_counts=True)
            if len(counts) and counts.max() >= max(REPEATS, counts.sum() / 2):
                far.append(float(numbers[counts.argmax()]))
        return sorted(set(far))

    def _masked(
        self, stored: NDArray[Any], found: Pixels, chosen: Sequence[int]
    ) -> NDArray[np.int64]:
        """Find pixels that are 0 in all bands, as masked ones are written, where that is new."""
        alike = np.flatnonzero(np.zeros(0))
        if not self.low or len(chosen) == 1:
            return alike
        zero = found.coding.decode(np.zeros((len(stored), 1), stored.dtype), np.zeros(1, bool))
        low, high = (np.array(limit)[list(chosen)] for limit in (self.low, self.high))
        if not ((zero[:, 0] < low) | (zero[:, 0] > high)).any():
            return alike
        return is_zero(list(stored), [0.0] * len(stored))

    def _held(
        self, number: float, stored: NDArray[Any], found: Pixels, chosen: Sequence[int]
    ) -> NDArray[np.int64]:
        """Find pixels that hold a number which was not measured."""
        if not self.low:
            return is_zero(list(stored), [number] * len(stored))
        value = found.coding.decode(np.full((len(stored), 1), number), np.zeros(1, dtype=bool))
        held = np.zeros(stored.shape[1], dtype=bool)
        for i, (own,) in enumerate(value):
            if not self.low[chosen[i]] <= own <= self.high[chosen[i]]:
                held |= stored[i] == number
        return np.flatnonzero(held)

    def _words(
        self, number: float, raster: WatchedRead, chosen: Sequence[int], holds: Sequence[int],
        n: int, n_known: int,
    ) -> str:  # fmt: skip
        names = [raster.names[chosen[i]] for i in holds]
        where = "all bands" if len(names) == len(chosen) else f"bands {listed(names, FEW_NAMES)}"
        where = where if len(names) > 1 else f"band {names[0]}"
        expected = "measured values"
        if self.low:
            first = chosen[holds[0]]
            expected = (
                f"values like those of the training samples ({names[0]}: {self.low[first]:.4g} to "
                f"{self.high[first]:.4g})"
            )
        return (
            f"{n:,} of {n_known:,} examined pixels of {raster.about.name} ({n / n_known:.1%}) hold "
            f"{number:g} in {where}, which is not declared as nodata; expected {expected}: declare "
            f"it with --nodata {number:g}"
        )


def marks(dtype: str) -> list[float]:
    """Return the usual marks for nothing that a type can hold, and that are not known as such.

    >>> marks("int16"), marks("uint16")
    ([-9999.0, -32768.0], [])
    """
    return [number for number in NODATA if abs(number) < HUGE and can_hold(number, dtype)]


def largest(dtype: str) -> list[float]:
    """Return the largest number of a type of whole numbers, which says that none was measured.

    That of one byte is white.

    >>> largest("uint16"), largest("uint8"), largest("float32")
    ([65535.0], [], [])
    """
    kind = np.dtype(dtype)
    return [float(np.iinfo(kind).max)] if kind.kind in "iu" and kind.itemsize > 1 else []

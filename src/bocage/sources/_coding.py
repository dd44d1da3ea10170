"""How stored numbers stand for values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError

STEP = 127.5
"""Largest stored number of AlphaEarth's int8, plus a half."""

INT8_NODATA = -128


HUGE = 1e30
"""No measurement is as large; -3.4e38 is a common mark of pixels without data."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How stored numbers stand for values.

    Attributes
    ----------
    kind : {"linear", "square"}
        ``linear``: value = scale x stored + offset. ``square``: sign(v) (v / 127.5)^2 for stored
        int8 v, as AlphaEarth's files are made (data description of the public files).
    nodata : float, optional
        Stored number that stands for no data.
    scale, offset : tuple of float
        One a band; ``(1,)`` and ``(0,)`` stand for all.

    Examples
    --------
    >>> import numpy as np
    >>> Coding("square", -128).decode(np.array([[127], [-51], [-128]], dtype=np.int8)[:2])
    array([[ 0.99217224],
           [-0.16      ]])
    """

    kind: Literal["linear", "square"] = "linear"
    nodata: float | None = None
    scale: tuple[float, ...] = (1.0,)
    offset: tuple[float, ...] = (0.0,)

    def __post_init__(self) -> None:
        if self.kind == "square" and (self.scale, self.offset) != ((1.0,), (0.0,)):
            raise SettingsError(
                "square coding takes no scale and offset; expected stored int8 from -127 to 127"
            )
        if not np.isfinite([*self.scale, *self.offset]).all() or 0.0 in self.scale:
            raise SettingsError(
                f"scale {self.scale} and offset {self.offset} can't be used; expected finite "
                "numbers, and a scale other than 0"
            )

    @property
    def is_exact_int8(self) -> bool:
        """Whether stored numbers are AlphaEarth's int8."""
        return self.kind == "square"

    def same_values(self, other: "Coding") -> bool:
        """Whether both turn a stored number into the same value; marks of no data may differ."""
        return replace(self, nodata=None) == replace(other, nodata=None)

    def zeros(self, bands: "Sequence[int]") -> tuple[tuple[float, ...], ...]:
        """Return what bands hold where a vector has length 0: zeros, and what stands for them."""
        stored = (0.0,) * len(bands)
        taken = self.take(list(bands))
        if not any(taken.offset):
            return (stored,)
        scale = np.broadcast_to(taken.scale, len(bands))
        offset = np.broadcast_to(taken.offset, len(bands))
        return stored, tuple((-offset / scale).tolist())

    def take(self, bands: "list[int] | tuple[int, ...]") -> "Coding":
        """Return the coding of some of the bands."""

        def some(values: tuple[float, ...]) -> tuple[float, ...]:
            return values if len(values) == 1 else tuple(values[i] for i in bands)

        return Coding(self.kind, self.nodata, some(self.scale), some(self.offset))

    def missing(self, stored: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which pixels lack data in any band.

        Parameters
        ----------
        stored : ndarray, shape (n_bands, ...)

        Returns
        -------
        ndarray of bool, shape (...)
        """
        gone = np.zeros(stored.shape[1:], dtype=bool)
        for band in stored:
            if band.dtype.kind == "f":
                # NaN compares as false: gone too. Larger numbers stand for no data unsaid.
                gone |= ~(np.abs(band) < HUGE)
            if self.nodata is not None and np.isfinite(self.nodata):
                gone |= band == self.nodata
        return gone

    def decode(
        self, stored: NDArray[Any], missing: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """Turn stored numbers into values; NaN in all bands of a pixel that lacks one.

        Parameters
        ----------
        stored : ndarray, shape (n_bands, ...)
        missing : ndarray of bool, shape (...), optional
            Pixels that lack data, where more is known than the numbers tell.

        Returns
        -------
        ndarray of float64, shape (n_bands, ...)
        """
        if self.kind == "square":
            with np.errstate(invalid="ignore"):
                values = _squares()[stored.astype(np.int8, copy=False).view(np.uint8)]
        else:
            tall = (-1,) + (1,) * (stored.ndim - 1)
            scale, offset = np.reshape(self.scale, tall), np.reshape(self.offset, tall)
            values = stored.astype(np.float64) * scale + offset
        values[:, self.missing(stored) if missing is None else missing] = np.nan
        return values


@lru_cache(maxsize=1)
def _squares() -> NDArray[np.float64]:
    """Values of all int8, by their byte; that of -128 is never used."""
    stored = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float64)
    values = np.sign(stored) * (stored / STEP) ** 2
    values.flags.writeable = False
    return values


def can_hold(nodata: float | None, dtype: str) -> bool:
    """Whether a type of stored numbers can hold a number other than NaN."""
    kind = np.dtype(dtype)
    # Complex numbers are refused, in words, by whoever describes their file.
    if nodata is None or np.isnan(nodata) or kind.kind == "c":
        return False
    if kind.kind == "f":
        return True
    limits = np.iinfo(kind)
    return float(nodata).is_integer() and limits.min <= nodata <= limits.max

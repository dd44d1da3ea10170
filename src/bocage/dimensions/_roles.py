"""Roles of dimensions, by the number of classes that they serve."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags

ROLES = ("uninterpreted", "specialist", "low-generalist", "mid-generalist", "high-generalist")
"""By number of classes: 0, 1, 2, 3, and 4 or more (arXiv 2603.16911)."""

TOP = len(ROLES) - 1
QUANTILES = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Role:
    """What one dimension does.

    Attributes
    ----------
    band : str
    classes : tuple of str
        The classes that it serves.
    low, high : int or None
        The middle 95 % of their number when places are weighed otherwise, with as many dimensions
        for each class: how firm the choice is, and no interval for other places. None with one
        place.
    agreement : mapping of str to float
        By column (region, year) or ``models``, the share of its values by which the dimension
        serves the same classes, of those that are known there; NaN where none is.
    """

    band: str
    classes: tuple[str, ...]
    low: int | None = None
    high: int | None = None
    agreement: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """One of `ROLES`."""
        return role_of(len(self.classes))

    @property
    def is_confirmed(self) -> bool:
        """Whether half of the places, and of what else was asked alone, say the same."""
        said = [part for part in self.agreement.values() if not math.isnan(part)]
        return bool(said) and min(said) >= CONFIRMED


CONFIRMED = 0.5


def role_of(n_classes: int) -> str:
    """Name the role of a dimension that serves so many classes."""
    return ROLES[min(n_classes, TOP)]


def roles(
    bands: Sequence[str],
    classes: Sequence[str],
    served: Flags,
    alone: Mapping[str, tuple[Flags, Flags]],
    drawn: Flags | None = None,
) -> tuple[Role, ...]:
    """Give each dimension its role.

    Parameters
    ----------
    bands, classes : sequence of str
    served : ndarray of bool, shape (n_classes, d)
        Which classes each dimension serves.
    alone : mapping of str to (ndarray, ndarray)
        By column, what each of its L values says by itself, shape (L, n_classes, d), and which
        classes it knows, shape (L, n_classes): of others it says nothing.
    drawn : ndarray of bool, shape (draws, n_classes, d), optional
        The same as `served`, for other weights of the places.
    """
    shares = {name: _agreement(served, *parts) for name, parts in alone.items()}
    low = high = None
    if drawn is not None:
        number = drawn.sum(axis=1, dtype=np.int64)
        low, high = (_quantile(number, part) for part in QUANTILES)
    return tuple(
        Role(
            band,
            tuple(c for c, yes in zip(classes, served[:, at], strict=True) if yes),
            None if low is None else int(low[at]),
            None if high is None else int(high[at]),
            {name: float(share[at]) for name, share in shares.items()},
        )
        for at, band in enumerate(bands)
    )


def _quantile(number: NDArray[np.int64], part: float) -> NDArray[np.int64]:
    return np.asarray(np.quantile(number, part, axis=0, method="nearest"))


def _agreement(served: Flags, stack: Flags, known: Flags) -> NDArray[np.float64]:
    there = known[:, :, None]
    same = ((stack & there) == (served & there)).all(axis=1)
    # A value without any of the classes served has no say.
    silent = served.sum(axis=0, dtype=np.int64) == 0
    heard = (served & there).any(axis=1) | (silent & known.any(axis=1, keepdims=True))
    with np.errstate(invalid="ignore"):
        return np.asarray((same & heard).sum(axis=0) / heard.sum(axis=0), np.float64)

"""Roles of dimensions, by the number of classes that they serve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROLES = ("uninterpreted", "specialist", "low-generalist", "mid-generalist", "high-generalist")
"""By number of classes: 0, 1, 2, 3, and 4 or more (arXiv 2603.16911)."""


@dataclass(frozen=True, slots=True)
class Role:
    """What one dimension does.

    Attributes
    ----------
    band : str
    classes : tuple of str
        The classes that it serves.
    places : tuple of float
        For each of these classes, the share of the places that say so.
    agreement : float
        Share of the places that give the dimension the same role; NaN with one place.
    """

    band: str
    classes: tuple[str, ...]
    places: tuple[float, ...]
    agreement: float

    @property
    def name(self) -> str:
        """One of `ROLES`."""
        return role_of(len(self.classes))


def role_of(n_classes: int) -> str:
    """Name the role of a dimension that serves so many classes."""
    return ROLES[min(n_classes, len(ROLES) - 1)]


def roles(
    bands: Sequence[str],
    classes: Sequence[str],
    served: NDArray[np.bool_],
    by_place: Mapping[str, NDArray[np.bool_]],
) -> tuple[Role, ...]:
    """Give each dimension its role.

    Parameters
    ----------
    bands, classes : sequence of str
    served : ndarray of bool, shape (n_classes, d)
        Which classes each dimension serves.
    by_place : mapping of str to ndarray of bool, shape (n_classes, d)
        The same, found in each place alone.
    """
    stack = np.stack(list(by_place.values())) if by_place else np.zeros((0, *served.shape), bool)
    share = stack.mean(axis=0) if len(stack) else np.full(served.shape, np.nan)
    top = len(ROLES) - 1
    number = np.minimum(served.sum(axis=0), top)
    alike = (
        np.minimum(stack.sum(axis=1), top) == number if len(stack) else np.zeros((0, len(bands)))
    )
    return tuple(
        Role(
            band,
            tuple(c for c, yes in zip(classes, served[:, at], strict=True) if yes),
            tuple(float(part) for part in share[served[:, at], at]),
            float(alike[:, at].mean()) if len(stack) > 1 else float("nan"),
        )
        for at, band in enumerate(bands)
    )

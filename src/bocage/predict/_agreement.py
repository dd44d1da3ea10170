"""Whether a kernel and the library behind it agree."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.predict._kernel import Kernel
from bocage.sources import Coding

if TYPE_CHECKING:
    from bocage.methods import Head

TIE = 1e-6
"""Relative difference of the two largest probabilities below which either class is right."""


@dataclass(frozen=True, slots=True)
class Disagreements:
    """Pixels to which a kernel and the library give different classes.

    Attributes
    ----------
    pixels : int
        Pixels compared.
    ties : int
        Those whose two largest probabilities, as the library has them, are within 1e-6.
    different : int
        Those with another class.
    unexplained : int
        Those with another class that are no ties.
    """

    pixels: int
    ties: int
    different: int
    unexplained: int


def disagreements(
    kernel: Kernel,
    head: "Head",
    coding: Coding,
    stored: NDArray[Any],
    prior: NDArray[Any] | None = None,
) -> Disagreements:
    """Compare the classes of a kernel with those of the library.

    Parameters
    ----------
    kernel : Kernel
    head : Head
        What it was made of.
    coding : Coding
        Of the head's bands.
    stored : ndarray, shape (n_bands, n_pixels)
        All bands of the head. Pixels without data are left out.
    prior : ndarray, shape (n_classes,), optional
        Factors of the probabilities that the kernel was made with.
    """
    stored, known = _known(coding, stored)
    probabilities = _shares(head, known, prior)
    first, second = np.sort(probabilities, axis=1)[:, :-3:-1].T
    ties = first - second <= TIE * first
    different = kernel.classes(_taken(kernel, stored)) != probabilities.argmax(axis=1)
    return Disagreements(
        pixels=len(known),
        ties=int(ties.sum()),
        different=int(different.sum()),
        unexplained=int((different & ~ties).sum()),
    )


def largest_difference(
    kernel: Kernel,
    head: "Head",
    coding: Coding,
    stored: NDArray[Any],
    prior: NDArray[Any] | None = None,
) -> float:
    """Return the largest difference between a kernel's and the library's results.

    Of probabilities; of values, relative to those above 1. See `disagreements`.
    """
    stored, known = _known(coding, stored)
    taken = _taken(kernel, stored)
    if not head.has_classes:
        expected = head.predict(known)
        difference = (kernel.values(taken) - expected) / np.maximum(1.0, np.abs(expected))
    else:
        difference = kernel.probabilities(taken).T - _shares(head, known, prior)
    return float(np.abs(difference).max(initial=0.0))


def _known(coding: Coding, stored: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return pixels with data: as stored, and as values of shape (n_pixels, n_bands)."""
    stored = stored[:, ~coding.missing(stored)]
    return stored, np.ascontiguousarray(coding.decode(stored).T)


def _taken(kernel: Kernel, stored: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(stored[list(kernel.bands)])


def _shares(
    head: "Head", values: NDArray[np.float64], prior: NDArray[Any] | None
) -> NDArray[np.float64]:
    found = head.predict_proba(values)
    if prior is None:
        return found
    weighted = found * prior
    return np.asarray(weighted / weighted.sum(axis=1, keepdims=True))

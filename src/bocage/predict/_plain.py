"""Any head: its own predictions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.predict._kernel import check_stored
from bocage.sources import Coding

if TYPE_CHECKING:
    from bocage.methods import Head

_CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class PlainKernel:
    """Decoded values through the head itself, as slow as its library.

    Libraries may sum in another order at the end of an array, so they are always given as many
    pixels at a time.

    Attributes
    ----------
    bands : tuple of int
    head : Head
    coding : Coding
        Of all bands.
    dtype : dtype
    prior : ndarray of float64, shape (n_seen_classes,), optional
        Factors of the probabilities.
    """

    bands: tuple[int, ...]
    head: "Head"
    coding: Coding
    dtype: np.dtype[Any]
    prior: NDArray[np.float64] | None

    @property
    def n_classes(self) -> int:
        """Classes of the task."""
        return self.head.n_classes

    def classes(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """Return codes of the most probable classes, shape (n_pixels,)."""
        return self.confident(stored)[0]

    def confident(self, stored: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the same codes and their probabilities, both of shape (n_pixels,)."""
        self._check(stored, "classification")
        out = np.empty(stored.shape[1], dtype=np.uint8)
        confidence = np.empty(len(out), dtype=np.float32)
        for part, found in self._probabilities(stored):
            out[part] = found.argmax(axis=1)
            confidence[part] = found.max(axis=1)
        return out, confidence

    def probabilities(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Return probabilities of all classes, shape (n_classes, n_pixels)."""
        self._check(stored, "classification")
        out = np.empty((self.head.n_classes, stored.shape[1]), dtype=np.float32)
        for part, found in self._probabilities(stored):
            out[:, part] = found.T
        return out

    def values(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Return values of a regression, shape (n_pixels,)."""
        self._check(stored, "regression")
        out = np.empty(stored.shape[1], dtype=np.float32)
        for part, rows in self._rows(stored):
            out[part] = self.head.predict(rows)[: part.stop - part.start]
        return out

    def _probabilities(self, stored: NDArray[Any]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        for part, rows in self._rows(stored):
            found = self.head.predict_proba(rows)[: part.stop - part.start]
            if self.prior is not None:
                found[:, self.head.classes_] *= self.prior
                found /= found.sum(axis=1, keepdims=True)
            yield part, found

    def _rows(self, stored: NDArray[Any]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield where pixels stand, and their values, shape (`_CHUNK`, n_bands)."""
        n = stored.shape[1]
        coding = self.coding.take(self.bands)
        for start in range(0, n, _CHUNK):
            stop = min(start + _CHUNK, n)
            values = coding.decode(stored[:, start:stop])
            # Libraries refuse what is not finite; those pixels are masked afterwards.
            values[~np.isfinite(values)] = 0.0
            rows = np.zeros((_CHUNK, n_bands_of(self.head)))
            rows[: stop - start, list(self.bands)] = values.T
            yield slice(start, stop), rows

    def _check(self, stored: NDArray[Any], kind: str) -> None:
        check_stored(stored, self.bands, self.dtype, self.head.kind, kind)


def plain_kernel(
    head: "Head", coding: Coding, dtype: np.dtype[Any], prior: NDArray[np.float64] | None
) -> PlainKernel:
    """Wrap a head."""
    bands = tuple(range(n_bands_of(head))) if head.spec.needs_input else ()
    return PlainKernel(bands, head, coding, dtype, prior)


def n_bands_of(head: "Head") -> int:
    """Return the number of bands that a head was fitted on; 1 for those that look at none."""
    return int(getattr(head.estimator_, "n_features_in_", 1))

"""What kernels have in common that make scores of classes first."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.predict._kernel import check_stored
from bocage.predict._score_loops import pick, softmax, softmax_sum


class ScoredKernel(ABC):
    """From scores, chunk by chunk, to classes, confidence, probabilities or values.

    Attributes
    ----------
    bands : tuple of int
        Places of the bands that are read, among those that the head was fitted on.
    kind : {"classification", "regression"}
    dtype : dtype
        Of stored numbers.
    codes : ndarray of uint8, shape (n_rows,)
        Class of each row of scores: those seen in training.
    n_classes : int
    """

    __slots__ = ()

    bands: tuple[int, ...]
    kind: str
    dtype: np.dtype[Any]
    codes: NDArray[np.uint8]
    n_classes: int

    @abstractmethod
    def _scores(self, stored: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
        """Yield first pixels and scores, shape (n_rows, any number), contiguous.

        The next scores may take the same memory.
        """

    @property
    @abstractmethod
    def _is_logit(self) -> bool:
        """Whether softmax makes probabilities of scores; else they are shares of their sum."""

    def _settle(  # noqa: B027 - most kernels have nothing to decide again
        self,
        stored: NDArray[Any],
        start: int,
        best: NDArray[Any],
        second: NDArray[Any],
        out: NDArray[np.uint8],
    ) -> None:
        """Decide pixels again whose two largest scores are too close to be told apart."""

    def _shares(self, scores: NDArray[Any], best: NDArray[Any]) -> tuple[NDArray[Any], Any, Any]:
        """Of scores that are no logits: what they count, the largest, and what they are shares of.

        Parameters
        ----------
        scores : ndarray of float, shape (n_rows, n)
        best : ndarray of float, shape (n,)
            The largest of each pixel.
        """
        return scores, best, scores.sum(axis=0)

    def classes(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """Return codes of the most probable classes, shape (n_pixels,)."""
        out = self._new_classes(stored)
        for _ in self._decided(stored, out):
            pass
        return out

    def confident(self, stored: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the same codes and their probabilities, both of shape (n_pixels,)."""
        out = self._new_classes(stored)
        confidence = np.empty(len(out), dtype=np.float32)
        for start, scores, best in self._decided(stored, out):
            part = confidence[start : start + len(best)]
            if self._is_logit:
                softmax_sum(scores, best, part)
                np.reciprocal(part, out=part)
            else:
                _, most, whole = self._shares(scores, best)
                part[:] = most / whole
        return out, confidence

    def probabilities(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Return probabilities of all classes, shape (n_classes, n_pixels)."""
        out = self._new_classes(stored)
        found = np.empty((len(self.codes), len(out)), dtype=np.float32)
        for start, scores, best in self._decided(stored, out):
            if self._is_logit:
                total = np.empty(len(best), dtype=np.float32)
                softmax_sum(scores, best, total)
                softmax(scores, best, total, found, start)
            else:
                shares, _, whole = self._shares(scores, best)
                found[:, start : start + len(best)] = shares / whole
        if len(found) == self.n_classes:
            return found
        # Classes that training never saw have no probability.
        full = np.zeros((self.n_classes, len(out)), dtype=np.float32)
        full[self.codes] = found
        return full

    def values(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Return values of a regression, shape (n_pixels,)."""
        self._check(stored, "regression")
        out = np.empty(stored.shape[1], dtype=np.float32)
        for start, scores in self._scores(stored):
            out[start : start + scores.shape[1]] = scores[0]
        return out

    def _decided(
        self, stored: NDArray[Any], out: NDArray[np.uint8]
    ) -> Iterator[tuple[int, NDArray[Any], NDArray[Any]]]:
        """Fill `out` with classes; yield first pixels, scores and the largest ones meanwhile."""
        for start, scores in self._scores(stored):
            best, second = np.empty_like(scores, shape=(2, scores.shape[1]))
            part = out[start : start + len(best)]
            pick(scores, self.codes, part, best, second)
            self._settle(stored, start, best, second, part)
            yield start, scores, best

    def _new_classes(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        self._check(stored, "classification")
        return np.empty(stored.shape[1], dtype=np.uint8)

    def _check(self, stored: NDArray[Any], kind: str) -> None:
        check_stored(stored, self.bands, self.dtype, self.kind, kind)

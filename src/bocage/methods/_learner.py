"""The face of everything that has learned."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bocage.methods._size import Size

if TYPE_CHECKING:
    from bocage.methods._head import Head


Learned = tuple["Head | None", Mapping[str, NDArray[Any]]]
"""A fitted head, or the numbers of a network by name."""


class Learner(Protocol):
    """Predicts for samples of a task by their row numbers.

    Which of the methods there are follows from the kind of task.

    Attributes
    ----------
    warnings_ : tuple of str
        Warnings of the fit.
    size : Size
        Parameters, and what must be shipped.
    """

    @property
    def warnings_(self) -> tuple[str, ...]:
        """Warnings of the fit."""

    @property
    def size(self) -> Size:
        """Parameters, and what must be shipped."""

    def predict(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Return codes or values, shape (n,): classification and regression."""

    def predict_proba(self, rows: NDArray[np.int64], *, raw: bool = False) -> NDArray[np.float64]:
        """Return probabilities of all classes, shape (n, n_classes): classification.

        With `raw`, those before the temperature.
        """

    def calibrated(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put raw probabilities of all classes under the temperature: classification."""

    def predict_masks(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the class of every pixel, shape (n, height, width): segmentation."""

    def predict_shares(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Return probabilities, shape (n, n_classes, height, width): segmentation."""

    def learned(self) -> "Learned":
        """Return what was learned, apart from samples and public weights."""

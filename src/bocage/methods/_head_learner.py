"""A fitted shallow head that predicts for samples of a task."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.features import Matrix
from bocage.methods._head import Head
from bocage.methods._learner import Learned
from bocage.methods._size import Size, head_size


@dataclass(frozen=True, slots=True)
class HeadLearner:
    """A head with the features it reads; see `bocage.methods.Learner`.

    Attributes
    ----------
    head : Head
    features : Matrix
        Of all samples of the task.
    n_encoder : int
        Parameters of the frozen encoders that it stands on.
    """

    head: Head
    features: Matrix
    n_encoder: int = 0

    @property
    def warnings_(self) -> tuple[str, ...]:
        """Warnings of the fit."""
        return self.head.warnings_

    @property
    def size(self) -> Size:
        """What must be shipped."""
        return head_size(self.head, self.n_encoder)

    def predict(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Return codes of the most probable class, or values; shape (n,)."""
        return np.asarray(self.head.predict(self.features.values[rows]))

    def predict_proba(self, rows: NDArray[np.int64], *, raw: bool = False) -> NDArray[np.float64]:
        """Return probabilities of all classes, shape (n, n_classes)."""
        return np.asarray(self.head.predict_proba(self.features.values[rows], raw=raw))

    def calibrated(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put raw probabilities under the temperature."""
        return self.head.calibrated(proba)

    def learned(self) -> Learned:
        """Return the head."""
        return self.head, {}

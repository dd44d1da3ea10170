"""What a network learns to say of a sample: the code of a class, or a value."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bocage.core import Kind
from bocage.methods._temperature import logarithms
from bocage.methods._trial import InnerScore, of_values, shared_recall
from bocage.methods.strategies._start import Start, codes_start, plain_start, values_start

LossFunction = Callable[[Tensor, Tensor], Tensor]


class TrainingTarget(ABC):
    """What a network learns to say of a sample."""

    def scale(self, y: NDArray[Any]) -> float:
        """Return the unit that targets are learned in."""
        del y
        return 1.0

    @abstractmethod
    def tensor(self, y: NDArray[Any], scale: float) -> Tensor:
        """Return targets as the loss takes them, shape (n,)."""

    @abstractmethod
    def loss(self, learned: NDArray[Any]) -> LossFunction:
        """Return the loss of a training on these targets."""

    @abstractmethod
    def linear(
        self, X: NDArray[np.float64], y: NDArray[Any], scale: float, params: Mapping[str, Any]
    ) -> Start:
        """Fit a linear head on frozen features, shape (n, width)."""

    @abstractmethod
    def plain(self, width: int, y: NDArray[Any], scale: float) -> Start:
        """Make a head for a network without past."""

    @abstractmethod
    def said(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """Return codes or values from the outputs of a network, shape (n,)."""

    @abstractmethod
    def judge(self, true: NDArray[Any], outputs: NDArray[Any], learned: NDArray[Any]) -> InnerScore:
        """Note what is said of held-out samples, scored as shallow heads are."""


@dataclass(frozen=True, slots=True)
class ClassTarget(TrainingTarget):
    """Codes of classes; outputs are probabilities, shape (n, n_classes)."""

    n_classes: int

    def tensor(self, y: NDArray[Any], scale: float) -> Tensor:
        """Return the codes."""
        del scale
        return torch.from_numpy(y)

    def loss(self, learned: NDArray[Any]) -> LossFunction:
        """Return cross entropy with balanced classes."""
        count = np.bincount(learned, minlength=self.n_classes)
        known = count > 0
        weight = np.zeros(self.n_classes)
        weight[known] = len(learned) / (known.sum() * count[known])
        balance = torch.tensor(weight, dtype=torch.float32)
        return lambda scores, true: nn.functional.cross_entropy(scores, true, weight=balance)

    def linear(
        self, X: NDArray[np.float64], y: NDArray[Any], scale: float, params: Mapping[str, Any]
    ) -> Start:
        """Fit logistic regression."""
        del scale
        return codes_start(X, y, self.n_classes, params)

    def plain(self, width: int, y: NDArray[Any], scale: float) -> Start:
        """Make a head that gives every class the same score, nearly."""
        del y, scale
        return plain_start(width, np.zeros(self.n_classes))

    def said(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """Return the code of the most probable class."""
        return np.asarray(outputs.argmax(axis=1))

    def judge(self, true: NDArray[Any], outputs: NDArray[Any], learned: NDArray[Any]) -> InnerScore:
        """Note the recall of the classes that both sides hold, and the probabilities."""
        # What was never seen says nothing of how sure the network may be.
        seen = np.isin(true, learned)
        score = shared_recall(true, self.said(outputs), learned)
        return InnerScore(*score, logarithms(outputs[seen], 0.0), true[seen])


@dataclass(frozen=True, slots=True)
class ValueTarget(TrainingTarget):
    """Values, learned in units of their spread; outputs are values, shape (n,)."""

    def scale(self, y: NDArray[Any]) -> float:
        """Return the spread; 1 where there is none."""
        return float(y.std()) or 1.0

    def tensor(self, y: NDArray[Any], scale: float) -> Tensor:
        """Return the values in their unit."""
        return torch.tensor(y / scale, dtype=torch.float32)

    def loss(self, learned: NDArray[Any]) -> LossFunction:
        """Return squared error."""
        del learned
        return lambda scores, true: nn.functional.mse_loss(scores[:, 0], true)

    def linear(
        self, X: NDArray[np.float64], y: NDArray[Any], scale: float, params: Mapping[str, Any]
    ) -> Start:
        """Fit ridge regression."""
        return values_start(X, y / scale, params)

    def plain(self, width: int, y: NDArray[Any], scale: float) -> Start:
        """Make a head that says the mean, nearly."""
        return plain_start(width, np.full(1, y.mean() / scale))

    def said(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """Return the values."""
        return outputs

    def judge(self, true: NDArray[Any], outputs: NDArray[Any], learned: NDArray[Any]) -> InnerScore:
        """Note the squared errors."""
        del learned
        return of_values(true, outputs)


def target_of(kind: Kind, n_classes: int) -> TrainingTarget:
    """Return what a network learns to say of the samples of a kind of task."""
    return ClassTarget(n_classes) if kind.has_classes else ValueTarget()

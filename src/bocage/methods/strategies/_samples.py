"""A pretrained network on samples with a code or a value each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from bocage.methods._learner import Learned
from bocage.methods._size import Size
from bocage.methods._temperature import Temperature
from bocage.methods._trial import InnerScore
from bocage.methods.backbones import Frozen
from bocage.methods.strategies._network import Network
from bocage.methods.strategies._strategy import Value
from bocage.methods.strategies._target import LossFunction, TrainingTarget
from bocage.methods.strategies._wiring import count, fill, learned_numbers

SCALE = "scale"
"""The spread of a regression's values, among the numbers of a network."""


@dataclass(frozen=True, slots=True)
class SampleLearner:
    """A network that learned; see `bocage.methods.Learner`.

    Attributes
    ----------
    network : Network
    target : TrainingTarget
    warnings_ : tuple of str
    """

    network: Network
    target: TrainingTarget
    warnings_: tuple[str, ...] = ()

    def predict_proba(self, rows: NDArray[np.int64], *, raw: bool = False) -> NDArray[np.float64]:
        """Return probabilities of all classes, shape (n, n_classes)."""
        made = self.network.outputs(rows)
        return made if raw else self.calibrated(made)

    def calibrated(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put raw probabilities under the temperature."""
        return Temperature(float(self.network.temperature))(proba)

    def predict(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Return codes of the most probable class, or values; shape (n,)."""
        return self.target.said(self.network.outputs(rows))

    def learned(self) -> Learned:
        """Return what the network learned."""
        return None, {**learned_numbers(self.network), SCALE: np.array(self.network.scale)}

    @property
    def size(self) -> Size:
        """Parameters, and what must be shipped beside the public weights."""
        network = self.network
        learned = count(network, only_trained=True)
        scaling = network.mean.numel() + network.spread.numel()
        return Size(
            trained=learned,
            encoder=count(network.encoder),
            decoder=0,
            head=count(network.head),
            n_bytes=4 * (learned + scaling),
        )


@dataclass(frozen=True, slots=True)
class SampleLesson:
    """What every training of a run shares: samples with a code or a value each.

    Attributes
    ----------
    frozen : Frozen
    strategy : str
    options : mapping of str to value
    labels : ndarray, shape (n_samples,)
    target : TrainingTarget
    start : mapping
        Parameters of the linear model that a training starts from.
    """

    frozen: Frozen
    strategy: str
    options: Mapping[str, Value]
    labels: NDArray[Any]
    target: TrainingTarget
    start: Mapping[str, Any] = field(default_factory=dict)

    def network(self, rows: NDArray[np.int64]) -> tuple[Network, Tensor]:
        """Build a network that starts from a linear head on these rows' frozen features."""
        X, y = np.asarray(self.frozen.features()[rows], dtype=np.float64), self.labels[rows]
        scale = self.target.scale(y)
        if self.strategy == "scratch":
            start = self.target.plain(X.shape[1], y, scale)
        else:
            start = self.target.linear(X, y, scale, self.start)
        network = Network(self.frozen, self.strategy, self.options, start, scale)
        return network, self.target.tensor(y, scale)

    def loss(self, rows: NDArray[np.int64]) -> LossFunction:
        """Return squared error, or cross entropy with balanced classes."""
        return self.target.loss(self.labels[rows])

    def judge(self, network: Any, own: NDArray[np.int64], tests: NDArray[np.int64]) -> InnerScore:
        """Note what is said of held-out rows, scored as shallow heads are."""
        return self.target.judge(self.labels[tests], network.outputs(tests), self.labels[own])

    def learner(self, network: Any) -> SampleLearner:
        """Wrap a trained network."""
        return SampleLearner(network, self.target)

    def restore(self, weights: Mapping[str, NDArray[Any]]) -> SampleLearner:
        """Build a network that knows what `Learner.learned` gave."""
        width, scale = weights["mean"].size, float(weights[SCALE])
        start = self.target.plain(width, np.zeros(1, dtype=np.int64), 1.0)
        network = Network(self.frozen, self.strategy, self.options, start, scale)
        fill(network, {name: part for name, part in weights.items() if name != SCALE})
        return SampleLearner(network.eval(), self.target)

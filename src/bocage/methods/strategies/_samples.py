"""A pretrained network on samples with a code or a value each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bocage.methods._learner import Learned
from bocage.methods._size import Size
from bocage.methods._temperature import Temperature, logarithms
from bocage.methods._trial import Held
from bocage.methods._tune import held_out_score
from bocage.methods.backbones import Frozen
from bocage.methods.strategies._network import Network
from bocage.methods.strategies._start import linear_start, plain_start
from bocage.methods.strategies._strategy import Value
from bocage.methods.strategies._train import make_loss
from bocage.methods.strategies._wiring import count, fill, learned_numbers

SCALE = "scale"
"""The spread of a regression's values, among the numbers of a network."""


@dataclass(frozen=True, slots=True)
class SampleLearner:
    """A network that learned; see `bocage.methods.Learner`.

    Attributes
    ----------
    network : Network
    kind : str
    warnings_ : tuple of str
    """

    network: Network
    kind: str
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
        made = self.network.outputs(rows)
        return made if self.kind == "regression" else np.asarray(made.argmax(axis=1))

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
    target : ndarray, shape (n_samples,)
    kind : str
    n_classes : int
    start : mapping
        Parameters of the linear model that a training starts from.
    """

    frozen: Frozen
    strategy: str
    options: Mapping[str, Value]
    target: NDArray[Any]
    kind: str
    n_classes: int
    start: Mapping[str, Any] = field(default_factory=dict)

    def network(self, rows: NDArray[np.int64]) -> tuple[Network, Tensor]:
        """Build a network that starts from a linear head on these rows' frozen features."""
        X, y = np.asarray(self.frozen.features()[rows], dtype=np.float64), self.target[rows]
        scale = float(y.std()) if self.kind == "regression" else 1.0
        scale = scale or 1.0
        if self.strategy == "scratch":
            start = plain_start(X.shape[1], y, self.kind, self.n_classes, scale)
        else:
            start = linear_start(X, y, self.kind, self.n_classes, scale, self.start)
        network = Network(self.frozen, self.strategy, self.options, start, scale)
        if self.kind == "regression":
            return network, torch.tensor(y / scale, dtype=torch.float32)
        return network, torch.from_numpy(y)

    def loss(self, rows: NDArray[np.int64]) -> Callable[[Tensor, Tensor], Tensor]:
        """Return squared error, or cross entropy with balanced classes."""
        return make_loss(self.kind, self.target[rows], self.n_classes)

    def judge(self, network: Any, own: NDArray[np.int64], tests: NDArray[np.int64]) -> Held:
        """Note what is said of held-out rows, scored as shallow heads are."""
        made, true, learned = network.outputs(tests), self.target[tests], self.target[own]
        if self.kind == "regression":
            return Held(*held_out_score(true, made, learned, self.kind))
        score = held_out_score(true, made.argmax(axis=1), learned, self.kind)
        # What was never seen says nothing of how sure the network may be.
        seen = np.isin(true, learned)
        return Held(*score, logarithms(made[seen], 0.0), true[seen])

    def learner(self, network: Any) -> SampleLearner:
        """Wrap a trained network."""
        return SampleLearner(network, self.kind)

    def restore(self, weights: Mapping[str, NDArray[Any]]) -> SampleLearner:
        """Build a network that knows what `Learner.learned` gave."""
        width, scale = weights["mean"].size, float(weights[SCALE])
        nothing = np.zeros(1, dtype=np.int64)
        start = plain_start(width, nothing, self.kind, self.n_classes, 1.0)
        network = Network(self.frozen, self.strategy, self.options, start, scale)
        fill(network, {name: part for name, part in weights.items() if name != SCALE})
        return SampleLearner(network.eval(), self.kind)

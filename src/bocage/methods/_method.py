"""A method: inputs, a model, and how it is trained."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Kind, release_of
from bocage.features import COORDINATES
from bocage.methods._encoded import RANDOM, Encoded
from bocage.methods.strategies import Recipe, Value

if TYPE_CHECKING:
    from bocage.methods._head import Head
    from bocage.methods._learner import Learner
    from bocage.methods._tune import Fitted
    from bocage.methods._views import Views
    from bocage.splits import Inner

NETWORK_VERSION = 3
"""Raised when code changes what training a network gives, or how its costs are counted."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What every method of a study may spend, and its random seed.

    Attributes
    ----------
    trials : int
        Settings tried on the inner folds.
    recipe : Recipe
        How long networks are trained.
    seed : int
    """

    trials: int
    recipe: Recipe
    seed: int


@dataclass(frozen=True, slots=True)
class Method(ABC):
    """An input (or several, stacked), a model, and a strategy where the model is a network.

    Attributes
    ----------
    inputs : tuple of str
        Empty for a floor that looks at labels alone. ``series@presto`` is the input `series` as
        the frozen network `presto` sees it.
    model : str
        Name of a shallow model, of a pretrained network or of one trained from scratch.
    fixed : tuple of (str, value) or None
        Parameters set by the user, which are then not tuned; None to tune.
    training : str
        Strategy of a network; empty for other models.
    """

    inputs: tuple[str, ...]
    model: str
    fixed: tuple[tuple[str, Value], ...] | None = None
    training: str = ""

    @property
    def name(self) -> str:
        """Name as it is written: ``aef+s1:logistic:C=10``, ``series:presto:lora:rank=4``."""
        parts = [part for part in ("+".join(self.inputs), self.model, self.training) if part]
        if self.fixed:
            parts.append(",".join(f"{key}={value}" for key, value in self.fixed))
        return ":".join(parts)

    @property
    def pretrained_name(self) -> str:
        """Name of the same method with pretrained weights wherever these are random."""
        kept = tuple((key, v) for key, v in self.fixed or () if (key, v) != ("weights", "random"))
        inputs = tuple(name.removesuffix(RANDOM) for name in self.inputs)
        return replace(self, inputs=inputs, fixed=kept or None).name

    @property
    def parts(self) -> tuple[str | Encoded, ...]:
        """The inputs, those seen through a frozen network as such."""
        return tuple(Encoded.parse(name) if Encoded.is_one(name) else name for name in self.inputs)

    @property
    def encoded(self) -> tuple[Encoded, ...]:
        """The inputs that are seen through a frozen network."""
        return tuple(part for part in self.parts if isinstance(part, Encoded))

    @property
    def is_control(self) -> bool:
        """Whether the method is there to be beaten: floors, no land in it, random features."""
        return (
            self.strategy == "floor"
            or self.inputs == (COORDINATES,)
            or (self.training != "scratch" and any(e.weights == "random" for e in self.encoded))
        )

    @property
    def takes_gaps(self) -> bool:
        """Whether it learns from missing values as such."""
        return not self.inputs

    @property
    def needs_torch(self) -> bool:
        """Whether running it imports the libraries for networks."""
        return self.trains_network or bool(self.encoded)

    @property
    @abstractmethod
    def title(self) -> str:
        """What learns, in words."""

    @property
    @abstractmethod
    def strategy(self) -> str:
        """``floor``, ``shallow``, or how a network is trained."""

    @property
    @abstractmethod
    def trains_network(self) -> bool:
        """Whether more than a head on given features is trained."""

    def n_numbers(self, n_features: int, n_labels: float) -> float:
        """Count what it learns from so many labels, its constant included.

        Infinite where it is unknown: of a network, and of what stands on one.
        """
        del n_features, n_labels
        return float("inf")

    @property
    @abstractmethod
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds of task that it can do."""

    @abstractmethod
    def is_tuned(self, kind: Kind) -> bool:
        """Whether anything is chosen on inner folds."""

    def holds_out(self, kind: Kind) -> bool:
        """Whether it asks for inner folds: to choose by, or for a temperature."""
        return self.is_tuned(kind) or (kind.has_classes and bool(self.inputs))

    @abstractmethod
    def decides(self, kind: Kind) -> list[Any]:
        """List what decides a run of this method, apart from its labels and the protocol."""

    @abstractmethod
    def check(self, views: "Views") -> None:
        """Check that the method can read its inputs, and that weights are there.

        Raises
        ------
        BocageError
            If it can't, or they are not.
        """

    @abstractmethod
    def prepare(self, views: "Views", recipe: Recipe) -> None:
        """Compute what all runs share: features, and what frozen networks give."""

    @abstractmethod
    def fit(
        self, views: "Views", rows: NDArray[np.int64], inner: "Inner | None", effort: Effort
    ) -> "Fitted":
        """Learn from some samples of a task.

        Parameters
        ----------
        views : Views
            The inputs of the task.
        rows : ndarray of int64
            Samples to learn from.
        inner : Inner or None
            Folds as positions within `rows`.
        effort : Effort

        Returns
        -------
        Fitted
            Its `learner` predicts for samples of the task.
        """

    def encoding_seconds(self, views: "Views", turns: int = 1) -> float:
        """Return what frozen networks took, once, for what this method reads of a sample.

        Parameters
        ----------
        views : Views
            After `prepare`.
        turns : int
            Ways in which chips are turned while learning.

        Returns
        -------
        float
            Seconds on one thread; 0 where nothing is frozen.
        """
        del turns
        stage = "map" if views.task.kind.has_masks else "pooled"
        return sum(views.frozen(item).seconds(stage) for item in self.encoded)

    @abstractmethod
    def on(self, learner: "Learner", views: "Views") -> "Learner":
        """Return what was learned, reading the samples of other views."""

    @abstractmethod
    def restore(
        self, views: "Views", head: "Head | None", weights: Mapping[str, NDArray[Any]]
    ) -> "Learner":
        """Build a learner that knows what `Learner.learned` gave.

        Raises
        ------
        BocageError
            If it is not of this method, or public weights are not there.
        """


@cache
def version_of(library: str) -> str:
    """Name a library with its version: it decides what a model learns."""
    release = release_of(library)
    return f"{library} {release}" if release else f"{library}, not installed"

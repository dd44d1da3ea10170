"""A method whose model is no network: floors and shallow heads, on bands or frozen features."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import KINDS, Kind
from bocage.methods._method import NETWORK_VERSION, Effort, Method, version_of
from bocage.methods.backbones import BACKBONES
from bocage.methods.heads import HEADS, HeadSpec, Params
from bocage.methods.strategies import Recipe

if TYPE_CHECKING:
    from bocage.methods._encoded import Encoded
    from bocage.methods._head import Head
    from bocage.methods._learner import Learner
    from bocage.methods._tune import Fitted
    from bocage.methods._views import Views
    from bocage.splits import Inner


@dataclass(frozen=True, slots=True)
class ShallowMethod(Method):
    """A floor or a shallow head; see `Method`."""

    @property
    def spec(self) -> HeadSpec:
        """The entry in `HEADS`."""
        return HEADS[self.model]

    @property
    def title(self) -> str:
        """What learns, in words."""
        return self.spec.title

    @property
    def strategy(self) -> str:
        """``floor`` or ``shallow``."""
        return self.spec.strategy

    @property
    def takes_gaps(self) -> bool:
        """Whether the head learns from missing values as such; no network before it does."""
        return (self.spec.takes_gaps or not self.inputs) and not self.encoded

    @property
    def trains_network(self) -> bool:
        """Never."""
        return False

    def n_numbers(self, n_features: int, n_labels: float) -> float:
        """Count a straight line's, or more where the head bends."""
        if self.encoded:
            return float("inf")
        return max(1.0 + n_features, self.spec.numbers_per_label * n_labels)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds of task that it can do."""
        return tuple(kind for kind in KINDS.values() if kind.head.name in self.spec.grid)

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the head that the user set."""
        return dict(self.fixed or ())

    def head(self, kind: Kind) -> str:
        """Name the model that learns from the features."""
        del kind
        return self.model

    def grid(self, kind: Kind) -> tuple[Params, ...]:
        """Return the head's parameters to try, defaults first."""
        return of_kind(self.spec.grid, kind)

    def is_tuned(self, kind: Kind) -> bool:
        """Whether anything is chosen on inner folds."""
        return not self.fixed and len(self.grid(kind)) > 1

    def decides(self, kind: Kind) -> list[Any]:
        """List what decides a run."""
        return [self.name, *head_decides(self, kind), *encoders_decide(self.encoded)]

    def check(self, views: "Views") -> None:
        """Check that the inputs can be read."""
        for item in self.encoded:
            views.find(item)
        if views.task.kind.has_masks:
            views.chips(self.parts)

    def prepare(self, views: "Views", recipe: Recipe) -> None:
        """Put the features together."""
        del recipe
        if views.task.kind.has_masks:
            views.chips(self.parts).prepare()
        elif self.inputs:
            views.table(self.parts)

    def fit(
        self, views: "Views", rows: NDArray[np.int64], inner: "Inner | None", effort: Effort
    ) -> "Fitted":
        """Tune and fit the head."""
        return fit_head(self, views, self.parts, rows, inner, effort)

    def on(self, learner: Any, views: "Views") -> "Learner":
        """Return the head, reading other samples."""
        return read_by(learner.head, views, self.parts)

    def restore(
        self, views: "Views", head: "Head | None", weights: Mapping[str, NDArray[Any]]
    ) -> "Learner":
        """Put the head to the samples."""
        del weights
        return read_by(head, views, self.parts)


def read_by(head: Any, views: "Views", parts: "tuple[str | Encoded, ...]") -> "Learner":
    """Put a fitted head to other samples, or to the pixels of other chips."""
    from bocage.methods._head_learner import HeadLearner

    if views.task.kind.has_masks:
        from bocage.methods.chips import PixelLearner

        return PixelLearner(head, views.chips(parts))  # type: ignore[return-value]
    return HeadLearner(head, views.table(parts))  # type: ignore[return-value]


def fit_head(
    method: "Any",
    views: "Views",
    parts: "tuple[str | Encoded, ...]",
    rows: NDArray[np.int64],
    inner: "Inner | None",
    effort: Effort,
) -> "Fitted":
    """Fit a shallow head on features of samples, or of the pixels of chips."""
    from bocage.methods._head_learner import HeadLearner
    from bocage.methods._tune import fit_tuned

    task = views.task
    n_encoder = sum(views.frozen(item).n_parameters for item in method.encoded)
    if task.kind.has_masks:
        from bocage.methods.chips import fit_pixels

        return fit_pixels(
            method, views.chips(parts), rows, inner,
            n_classes=task.n_classes, trials=effort.trials, seed=effort.seed, n_encoder=n_encoder,
        )  # fmt: skip
    features = views.table(parts)
    found = fit_tuned(
        method,
        features,
        task.target,
        rows,
        inner,
        kind=task.kind,
        n_classes=task.n_classes,
        trials=effort.trials,
        seed=effort.seed,
    )
    learner = HeadLearner(found.learner, features, n_encoder)
    return replace(found, learner=learner)


def of_kind(grids: Mapping[str, tuple[Params, ...]], kind: Kind) -> tuple[Params, ...]:
    """Return the grid of a kind of task."""
    return grids[kind.head.name]


def head_decides(method: Any, kind: Kind) -> list[Any]:
    """List what decides the fit of a shallow head."""
    spec = HEADS[method.head(kind)]
    found: list[Any] = [version_of(library) for library in spec.libraries]
    if method.is_tuned(kind):
        found += [[dict(params) for params in method.grid(kind)]]
    return [*found, dict(spec.lighter)]


def encoders_decide(encoded: "tuple[Encoded, ...]") -> list[Any]:
    """List what decides what frozen networks give."""
    found: list[Any] = []
    for item in encoded:
        backbone = BACKBONES[item.backbone]
        found += [NETWORK_VERSION, backbone.weights_key(item.weights), version_of(backbone.library)]
    return found

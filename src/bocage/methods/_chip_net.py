"""A method whose model is a network for chips, trained from scratch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import SEGMENTATION, Kind
from bocage.methods._method import NETWORK_VERSION, Effort, Method, version_of
from bocage.methods.chips import NETS
from bocage.methods.strategies import Recipe

if TYPE_CHECKING:
    from bocage.methods._head import Head
    from bocage.methods._learner import Learner
    from bocage.methods._tune import Fitted
    from bocage.methods._views import Views
    from bocage.splits import Inner


@dataclass(frozen=True, slots=True)
class ChipNetMethod(Method):
    """A network in `NETS`; see `Method`."""

    @property
    def title(self) -> str:
        """What learns, in words."""
        return NETS[self.model].title

    @property
    def strategy(self) -> str:
        """``scratch``."""
        return self.training

    @property
    def trains_network(self) -> bool:
        """Always."""
        return True

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds of task that it can do."""
        return (SEGMENTATION,)

    def is_tuned(self, kind: Kind) -> bool:
        """Learning rate and epochs always are."""
        del kind
        return True

    def decides(self, kind: Kind) -> list[Any]:
        """List what decides a run."""
        del kind
        versions = [version_of("torch"), version_of("segmentation-models-pytorch")]
        return [self.name, NETWORK_VERSION, list(NETS[self.model].rates), *versions]

    def check(self, views: "Views") -> None:
        """Check that the inputs are chips."""
        views.chips(self.parts)

    def prepare(self, views: "Views", recipe: Recipe) -> None:
        """Put the chips together."""
        del recipe
        views.chips(self.parts).prepare()

    def fit(
        self, views: "Views", rows: NDArray[np.int64], inner: "Inner | None", effort: Effort
    ) -> "Fitted":
        """Train the network."""
        from bocage.methods.chips import NetLesson
        from bocage.methods.strategies import Tuning, fit_lesson

        given = dict(self.fixed or ()).get("lr")
        rates = NETS[self.model].rates[: effort.trials] if given is None else (float(given),)
        lesson = NetLesson(views.chips(self.parts), views.task.n_classes, self.model)
        return fit_lesson(lesson, rows, inner, Tuning(rates, effort.recipe, effort.seed))

    def on(self, learner: Any, views: "Views") -> "Learner":
        """Return the network, reading other chips."""
        return replace(learner, network=learner.network.on(views.chips(self.parts)))  # type: ignore[no-any-return]

    def restore(
        self, views: "Views", head: "Head | None", weights: Mapping[str, NDArray[Any]]
    ) -> "Learner":
        """Build the network with what it learned."""
        from bocage.methods.chips import NetLesson

        del head
        lesson = NetLesson(views.chips(self.parts), views.task.n_classes, self.model)
        return lesson.restore(weights)  # type: ignore[return-value]

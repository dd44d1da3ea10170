"""A method whose model is a pretrained network, trained with one of the strategies."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Kind, SettingsError
from bocage.methods._encoded import Encoded
from bocage.methods._method import Effort, Method, version_of
from bocage.methods._shallow import encoders_decide, fit_head, head_decides, of_kind, read_by
from bocage.methods.backbones import BACKBONES, Backbone, Weights
from bocage.methods.heads import Params, linear_head
from bocage.methods.strategies import STRATEGIES, Recipe, Value, first_block

if TYPE_CHECKING:
    from bocage.methods._head import Head
    from bocage.methods._learner import Learner
    from bocage.methods._tune import Fitted
    from bocage.methods._views import Views
    from bocage.splits import Inner

LINEAR_GRID: Mapping[str, tuple[Params, ...]] = {
    # Features of a network are many and correlated: stronger penalties than for plain bands. Those
    # of random weights want a weak one, so that the first two already lie far apart.
    "classification": tuple({"C": value} for value in (0.1, 10.0, 1.0, 0.01, 100.0, 0.001)),
    "regression": tuple({"alpha": value} for value in (100.0, 1.0, 10.0, 0.1, 1000.0, 1e4)),
}


@dataclass(frozen=True, slots=True)
class PretrainedMethod(Method):
    """A pretrained network and a strategy; see `Method`."""

    @property
    def title(self) -> str:
        """What learns, in words."""
        return f"{self.backbone.title}, {STRATEGIES[self.training].title}"

    @property
    def strategy(self) -> str:
        """How the network is trained."""
        return self.training

    @property
    def backbone(self) -> Backbone:
        """The entry in `BACKBONES`."""
        return BACKBONES[self.model]

    @property
    def trains_network(self) -> bool:
        """Whether more than a linear head on frozen features is trained."""
        return self.training != "linear"

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds of task that it can do."""
        known = STRATEGIES[self.training].kinds
        if "chips" in self.backbone.forms:
            return known
        return tuple(kind for kind in known if not kind.has_masks)

    @property
    def options(self) -> dict[str, Value]:
        """How the network is wired, with what the user set."""
        known = STRATEGIES[self.training].options
        given = {key: value for key, value in self.fixed or () if key in known or key == "lr"}
        return {**known, **given}

    @property
    def item(self) -> Encoded:
        """The input as the network sees it before it is trained."""
        options = self.options
        random = self.training == "scratch" or options.get("weights") == "random"
        weights: Weights = "random" if random else "pretrained"
        return Encoded(self.inputs[0], self.model, weights, options["place"] == "on")

    @property
    def encoded(self) -> tuple[Encoded, ...]:
        """The input as the network sees it."""
        return (self.item,)

    @property
    def parameters(self) -> dict[str, Value]:
        """Parameters of a linear head that the user set."""
        given = dict(self.fixed or ())
        return {key: given[key] for key in ("C", "alpha") if key in given}

    def head(self, kind: Kind) -> str:
        """Name the linear model of a frozen network."""
        return linear_head(kind)

    def grid(self, kind: Kind) -> tuple[Params, ...]:
        """Return the linear head's parameters to try, defaults first."""
        return of_kind(LINEAR_GRID, kind)

    def is_tuned(self, kind: Kind) -> bool:
        """Whether anything is chosen on inner folds."""
        return self.trains_network or (not self.parameters and len(self.grid(kind)) > 1)

    def decides(self, kind: Kind) -> list[Any]:
        """List what decides a run."""
        if not self.trains_network:
            return [self.name, *head_decides(self, kind), *encoders_decide(self.encoded)]
        rates: list[Any] = list(STRATEGIES[self.training].rates)
        if self._starts_linear:
            rates += [dict(params) for params in self.grid(kind)]
        libraries = [version_of("torch"), version_of("peft"), version_of("terratorch")]
        return [self.name, rates, *libraries, *encoders_decide(self.encoded)]

    def check(self, views: "Views") -> None:
        """Check that the network can read its input, and that its weights are there."""
        backbone = views.find(self.item)
        if self.training in {"adapter", "lora"} and not backbone.n_blocks:
            raise SettingsError(
                f"{self.name}: {backbone.name} is only run as a whole and has no transformer "
                "blocks to adapt; expected linear, decoder, full or scratch"
            )
        placement = self.options.get("placement", "all")
        if self.training == "lora" and placement not in backbone.placements:
            raise SettingsError(
                f"{self.name}: LoRA can't be placed in the {placement} of {backbone.name}; "
                f"expected placement={' or placement='.join(backbone.placements)}"
            )
        try:
            first_block(self.training, self.options, backbone.n_blocks)
        except SettingsError as error:
            raise SettingsError(f"{self.name}: {error}") from None
        if views.task.kind.has_masks:
            views.chips((self.item,))

    def prepare(self, views: "Views", recipe: Recipe) -> None:
        """Compute what the frozen part gives."""
        frozen = views.frozen(self.item)
        _ = frozen.n_parameters
        first = first_block(self.training, self.options, frozen.backbone.n_blocks)
        if not views.task.kind.has_masks:
            frozen.features()
            if first is not None:
                frozen.tokens(first)
            return
        if self.options.get("head", "linear") == "linear" and self.training != "scratch":
            views.chips((self.item,)).prepare()
        turns = range(recipe.turns)
        if self.training == "decoder" or (first and self.options["head"] != "linear"):
            for turn in turns:
                frozen.levels(turn)
        if first:
            for turn in turns:
                frozen.tokens(first, turn)

    def encoding_seconds(self, views: "Views", turns: int = 1) -> float:
        """Return what the frozen blocks took, once, for what this method reads of a sample."""
        if self.training == "linear":
            return Method.encoding_seconds(self, views)
        from bocage.methods.backbones import block_stage, level_stage

        frozen, is_chips = views.frozen(self.item), views.task.kind.has_masks
        if self.training == "decoder":
            stage = level_stage(0) if is_chips else "pooled"
        else:
            first = first_block(self.training, self.options, frozen.backbone.n_blocks)
            if first is None or (is_chips and first == 0):
                return 0.0
            stage = block_stage(first)
        return frozen.seconds(stage) * (turns if is_chips else 1)

    def fit(
        self, views: "Views", rows: NDArray[np.int64], inner: "Inner | None", effort: Effort
    ) -> "Fitted":
        """Train the network, or a head on what it gives."""
        if not self.trains_network:
            return fit_head(self, views, self.encoded, rows, inner, effort)
        from bocage.methods.strategies import Tuning, fit_lesson

        options = self.options
        rates = STRATEGIES[self.training].rates[: effort.trials]
        rates = (float(options["lr"]),) if "lr" in options else rates
        tuning = Tuning(rates, effort.recipe, effort.seed)
        start: Params = {}
        if self._starts_linear:
            # Which penalty is chosen as for the frozen network, and by the same code: what a
            # training adds is then seen, and not what its start lacked.
            frozen = replace(self, training="linear", fixed=self._kept_frozen)
            start = fit_head(frozen, views, self.encoded, rows, inner, effort).params
        found = fit_lesson(self.lesson(views, start, effort.seed), rows, inner, tuning)
        return replace(found, params={**start, **found.params})

    def on(self, learner: Any, views: "Views") -> "Learner":
        """Return the network, or the head on its features, reading other samples."""
        if not self.trains_network:
            return read_by(learner.head, views, self.encoded)
        return replace(learner, network=learner.network.on(views.frozen(self.item)))  # type: ignore[no-any-return]

    def restore(
        self, views: "Views", head: "Head | None", weights: Mapping[str, NDArray[Any]]
    ) -> "Learner":
        """Build the network with what it learned, or put the head to its features."""
        if not self.trains_network:
            return read_by(head, views, self.encoded)
        return self.lesson(views).restore(weights)  # type: ignore[no-any-return]

    def lesson(self, views: "Views", start: Params | None = None, seed: int = 0) -> Any:
        """Return what every training of a run shares; see `bocage.methods.strategies.Lesson`.

        Parameters
        ----------
        views : Views
        start : mapping, optional
            Parameters of the linear model that a training starts from.
        seed : int
            Draws the pixels of chips that it is fitted on.
        """
        task, frozen, options = views.task, views.frozen(self.item), self.options
        if task.masks is not None:
            from bocage.methods.chips import BackboneLesson

            chips = views.chips((self.item,))
            return BackboneLesson(
                chips, task.n_classes, frozen, self.training, options, start or {}, seed
            )
        from bocage.methods.strategies import SampleLesson, target_of

        target = target_of(task.kind, task.n_classes)
        return SampleLesson(frozen, self.training, options, task.target, target, start or {})

    @property
    def _starts_linear(self) -> bool:
        """Whether a training starts from the linear head of the frozen network."""
        if self.training in {"linear", "scratch"}:
            return False
        return self.options.get("head", "linear") == "linear"

    @property
    def _kept_frozen(self) -> tuple[tuple[str, Value], ...] | None:
        """What the user set and the frozen network knows."""
        known = STRATEGIES["linear"].options
        return tuple((key, value) for key, value in self.fixed or () if key in known) or None

"""A method: inputs, a model, and how it is trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bocage.features import COORDINATES
from bocage.methods._encoded import Encoded
from bocage.methods._models import MODELS, Model, Params
from bocage.methods.backbones import BACKBONES, Backbone
from bocage.methods.chips import NETS
from bocage.methods.strategies import STRATEGIES, Value

LINEAR_GRID: Mapping[str, tuple[Params, ...]] = {
    # Features of a network are many and correlated: stronger penalties than for plain bands.
    "classification": tuple({"C": value} for value in (0.1, 1.0, 0.01, 10.0, 0.001, 100.0)),
    "regression": tuple({"alpha": value} for value in (100.0, 10.0, 1000.0, 1.0, 1e4, 0.1)),
}

NETWORK_VERSION = 1
"""Raised when code changes what training a network gives."""


@dataclass(frozen=True, slots=True)
class Method:
    """An input (or several, stacked), a model, and a strategy where the model is a network.

    Attributes
    ----------
    inputs : tuple of str
        Empty for a floor that looks at labels alone. ``series@presto`` is the input `series` as
        the frozen network `presto` sees it.
    model : str
        A name in `MODELS` or `BACKBONES`.
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
    def strategy(self) -> str:
        """``floor``, ``shallow``, or how a network is trained."""
        return self.training or self.spec.strategy

    @property
    def is_chip_net(self) -> bool:
        """Whether the model is a network for chips that is trained from scratch."""
        return self.model in NETS

    @property
    def spec(self) -> Model:
        """The entry in `MODELS` of a model that is no network."""
        return MODELS[self.model]

    @property
    def backbone(self) -> Backbone:
        """The entry in `BACKBONES` of a network."""
        return BACKBONES[self.model]

    @property
    def trains_network(self) -> bool:
        """Whether more than a head on frozen features is trained."""
        return (
            bool(self.training)
            and STRATEGIES[self.training].trains_encoder
            and (self.model in BACKBONES)
        )

    @property
    def options(self) -> dict[str, Value]:
        """How a network is wired, with what the user set."""
        if not self.training or self.is_chip_net:
            return dict(self.fixed or ()) if self.training else {}
        known = STRATEGIES[self.training].options
        given = {key: value for key, value in self.fixed or () if key in known or key == "lr"}
        return {**known, **given}

    @property
    def encoded(self) -> tuple[Encoded, ...]:
        """The inputs that are seen through a frozen network."""
        if self.training and not self.is_chip_net:
            options = self.options
            random = self.training == "scratch" or options.get("weights") == "random"
            return (
                Encoded(
                    self.inputs[0],
                    self.model,
                    "random" if random else "pretrained",
                    options["place"] == "on",
                ),
            )
        return tuple(Encoded.parse(name) for name in self.inputs if Encoded.is_one(name))

    @property
    def parameters(self) -> dict[str, Value]:
        """Parameters of a head that the user set."""
        given = dict(self.fixed or ())
        if not self.training:
            return given
        return {key: given[key] for key in ("C", "alpha") if key in given}

    @property
    def is_control(self) -> bool:
        """Whether the method is there to be beaten: floors, no land in it, random features."""
        return (
            self.strategy == "floor"
            or self.inputs == (COORDINATES,)
            or (self.training != "scratch" and any(e.weights == "random" for e in self.encoded))
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of task that it can do."""
        if self.model in NETS:
            return ("segmentation",)
        if self.training:
            return ("classification", "regression")
        # Classes of pixels are learned as classes of samples are.
        more = ("segmentation",) if "classification" in self.spec.grid else ()
        return (*self.spec.grid, *more)

    def head(self, kind: str) -> str:
        """Name the model that learns from the features: of a network, a linear one."""
        if not self.training:
            return self.model
        return "ridge" if kind == "regression" else "logistic"

    def grid(self, kind: str) -> tuple[Params, ...]:
        """Return the head's parameters to try, defaults first."""
        known = "classification" if kind == "segmentation" else kind
        return LINEAR_GRID[known] if self.training else self.spec.grid[known]

    def is_tuned(self, kind: str) -> bool:
        """Whether anything is chosen on inner folds."""
        if self.trains_network or self.is_chip_net:
            return True
        fixed = self.parameters if self.training else self.fixed
        return not fixed and len(self.grid(kind)) > 1

    def decides(self, kind: str) -> list[Any]:
        """List what decides a run of this method, apart from its labels and the protocol."""
        if self.is_chip_net:
            net = NETS[self.model]
            versions = [_version("torch"), _version("segmentation-models-pytorch")]
            return [self.name, NETWORK_VERSION, list(net.rates), *versions]
        found: list[Any] = [self.name, _version(self.head(kind))]
        if not self.trains_network:
            if self.is_tuned(kind):
                found += [[dict(params) for params in self.grid(kind)]]
            found += [dict(MODELS[self.head(kind)].lighter)]
        else:
            found += [list(STRATEGIES[self.training].rates), _version("torch"), _version("peft")]
        for item in self.encoded:
            backbone = BACKBONES[item.backbone]
            key = backbone.weights_key(item.weights)
            found += [NETWORK_VERSION, key, _version(backbone.library)]
        return found


@cache
def _version(model: str) -> str:
    """Name the library and version that decide what a model learns."""
    from importlib.metadata import PackageNotFoundError, version

    library = "scikit-learn" if model in MODELS else model
    if model in {"xgboost", "lightgbm"}:
        library = model
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"{library}, not installed"

"""An input as a frozen network sees it."""

from dataclasses import dataclass
from typing import Self

from bocage.core import SettingsError, did_you_mean
from bocage.features import SIGN, parse_input
from bocage.methods.backbones import BACKBONES, Weights

RANDOM = "-random"


@dataclass(frozen=True, slots=True)
class Encoded:
    """An input, and the frozen network that turns it into features.

    Attributes
    ----------
    source : str
        The input, perhaps a derived one.
    backbone : str
        A name in `BACKBONES`.
    weights : {"pretrained", "random"}
    place : bool
        Whether the network sees coordinates.
    """

    source: str
    backbone: str
    weights: Weights = "pretrained"
    place: bool = True

    @property
    def name(self) -> str:
        """Name as an input of a method: ``series@presto``, ``series@presto-random``."""
        return f"{self.source}{SIGN}{self.backbone}{RANDOM if self.weights == 'random' else ''}"

    @staticmethod
    def is_one(name: str) -> bool:
        """Tell whether an input's name names a network too."""
        return bool(parse_input(name).network)

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read ``input@backbone``.

        Raises
        ------
        SettingsError
            If there is no such backbone.
        """
        derived = parse_input(name)
        source, rest = derived.table, derived.network
        backbone = rest.removesuffix(RANDOM)
        if not source or backbone not in BACKBONES:
            raise SettingsError(
                f"input {name!r} names network {backbone!r}, which is unknown; expected "
                f"input{SIGN}network with one of {', '.join(sorted(BACKBONES))}"
                f"{did_you_mean(backbone, BACKBONES)}"
            )
        return cls(source, backbone, "random" if rest.endswith(RANDOM) else "pretrained")

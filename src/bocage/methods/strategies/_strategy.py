"""The strategies: what of a network is trained, and what is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bocage.core import KINDS, SEGMENTATION, Kind, SettingsError

Value = float | int | str

Name = Literal["linear", "decoder", "adapter", "lora", "full", "scratch"]

PLACEMENTS = ("all", "attention", "mlp")
"""Layers of a block that LoRA changes."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """A way to train a network.

    Attributes
    ----------
    name, title : str
    rates : tuple of float
        Learning rates to try, in order. They are centred where the strategy needs them: in tuned
        recipes LoRA and adapters want about 20 times the rate of full fine-tuning (IBM peft-geofm:
        9.5e-4, 9.7e-4 and 4.3e-5 for one network). Every strategy tries equally many.
    options : mapping of str to value
        What a user may set, with the value that stands otherwise.
    """

    name: Name
    title: str
    rates: tuple[float, ...]
    options: Mapping[str, Value]

    @property
    def trains_encoder(self) -> bool:
        """Whether anything inside the encoder learns."""
        return self.name not in {"linear", "decoder"}

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds of task: a decoder draws maps, and single samples need none."""
        return (SEGMENTATION,) if self.name == "decoder" else tuple(KINDS.values())


COMMON: Mapping[str, Value] = {"place": "on"}
"""`place=off` hides the coordinates from a network that would read them."""

OLD: Mapping[str, Value] = {**COMMON, "weights": "pretrained"}
"""`weights=random` takes the network's past away: a control."""

TUNED: Mapping[str, Value] = {**OLD, "head": "linear"}
"""`head` says what turns the maps of chips into classes: a linear layer, U-Net or UPerNet."""

HEADS = ("linear", "unet", "upernet")

_ALL = (
    Strategy("linear", "frozen, linear head", (), {**OLD}),
    Strategy(
        "decoder",
        "frozen, trained decoder",
        (1e-3, 3e-3, 3e-4, 1e-2, 1e-4, 3e-2),
        {**OLD, "head": "unet"},
    ),
    Strategy(
        "adapter",
        "frozen, bottleneck adapters",
        (2e-3, 6e-3, 6e-4, 2e-2, 2e-4, 6e-2),
        # 0 of `last` stands for every block.
        {**TUNED, "rank": 16, "last": 0},
    ),
    Strategy(
        "lora",
        "frozen, LoRA",
        (2e-3, 6e-3, 6e-4, 2e-2, 2e-4, 6e-2),
        {**TUNED, "rank": 8, "alpha": 16, "placement": "all", "last": 0},
    ),
    Strategy("full", "full fine-tuning", (1e-4, 3e-4, 3e-5, 1e-3, 1e-5, 3e-3), {**TUNED}),
    Strategy(
        "scratch",
        "same network from random weights",
        (1e-3, 3e-3, 3e-4, 1e-2, 1e-4, 3e-2),
        {**COMMON, "head": "linear"},
    ),
)

STRATEGIES: Mapping[str, Strategy] = {item.name: item for item in _ALL}
"""Every strategy by name."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "place": ("on", "off"),
    "weights": ("pretrained", "random"),
    "placement": PLACEMENTS,
    "head": HEADS,
}
"""Options that are words, with the words."""


def first_block(strategy: str, options: Mapping[str, Value], n_blocks: int) -> int | None:
    """Return the first block that a strategy changes; None where even the stem learns.

    Raises
    ------
    SettingsError
        If more blocks are asked for than there are.
    """
    if strategy not in {"adapter", "lora"}:
        return None
    last = int(options["last"]) or n_blocks
    if last > n_blocks:
        raise SettingsError(
            f"{strategy} was set for the last {last} blocks; the network has {n_blocks}: set last "
            f"to {n_blocks} or less"
        )
    return n_blocks - last

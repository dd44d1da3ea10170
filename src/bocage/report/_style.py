"""One look for a method over all figures, readable without colour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bocage.report._content import MethodRow

INK = "#1f2328"
QUIET = "#6b7280"
FAINT = "#d7dbe0"
RIGHT = "#7ba7c9"
WRONG = "#b3400a"

_COLOURS = (
    "#0072b2",
    "#b84f00",
    "#00795a",
    "#a8487d",
    "#7a5c00",
    "#332288",
    "#5b6fb5",
    "#882255",
    "#4d4d4d",
    "#5f7a1f",
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")
_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1.5, 1.5, 1.5)))
_GREYS = ("#8b9199", "#a3a8af")
EDGE = _GREYS[1]
"""Of frames."""
_CONTROL_DASHES: tuple[Any, ...] = (
    (0, (1, 1.4)),
    (0, (4, 2)),
    (0, (4, 1.5, 1, 1.5)),
    (0, (8, 2)),
)

SERIES = _COLOURS
"""Colours for things other than methods (folds)."""

MARKS = _MARKERS
"""Marks that go with `SERIES`."""


VARIABLES = {
    INK: "--ink",
    QUIET: "--figure-quiet",
    FAINT: "--line",
    RIGHT: "--right",
    WRONG: "--wrong",
    **{colour: f"--grey-{i}" for i, colour in enumerate(_GREYS)},
    **{colour: f"--series-{i}" for i, colour in enumerate(_COLOURS)},
}
"""Colours of figures that the style sheet turns for a dark screen, by their names there."""


@dataclass(frozen=True, slots=True)
class MethodStyle:
    """Colour, mark and line of one method; `ink` is the colour of its name beside them."""

    colour: str
    marker: str
    dash: Any
    width: float
    is_control: bool

    @property
    def ink(self) -> str:
        """Greys of controls are too light for text."""
        return QUIET if self.is_control else self.colour


def styles(methods: Sequence[MethodRow], chosen: str = "") -> Mapping[str, MethodStyle]:
    """Give each method its look: by order, so that it is the same in every figure.

    Controls are thin and grey; the chosen method has a thicker line.
    """
    out: dict[str, MethodStyle] = {}
    counts = {True: 0, False: 0}
    for method in methods:
        i = counts[method.is_control]
        counts[method.is_control] += 1
        if method.is_control:
            dash = _CONTROL_DASHES[i % len(_CONTROL_DASHES)]
            style = MethodStyle(_GREYS[i % len(_GREYS)], "", dash, 0.9, is_control=True)
        else:
            n = len(_COLOURS)
            style = MethodStyle(
                _COLOURS[i % n],
                _MARKERS[i % n],
                _DASHES[(i // n) % len(_DASHES)],
                2.3 if method.name == chosen else 1.3,
                is_control=False,
            )
        out[method.name] = style
    return out


_LIGHT, _DARK = (244, 248, 251), (8, 64, 129)


def heat(value: float) -> tuple[str, bool]:
    """Colour a share from 0 (light) to 1 (dark); say whether its text must be white.

    Lightness falls evenly, so that the order survives a black-and-white print.
    """
    share = min(max(value, 0.0), 1.0)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(_LIGHT, _DARK, strict=True))
    # Text turns white where that has the higher contrast (WCAG 2.2, relative luminance 0.179).
    channels = [_linear(channel / 255) for channel in (red, green, blue)]
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return f"#{red:02x}{green:02x}{blue:02x}", luminance < 0.179  # noqa: PLR2004


def _linear(channel: float) -> float:
    if channel <= 0.04045:  # noqa: PLR2004 - sRGB, IEC 61966-2-1
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)

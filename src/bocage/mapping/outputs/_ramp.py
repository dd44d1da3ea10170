"""Colours for numbers: one scale for a style file and for the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.colours import rgb
from bocage.core import SettingsError
from bocage.mapping.outputs._layer import INSIDE, Layer

_VIRIDIS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
_CIVIDIS = ("#00224e", "#434e6c", "#7d7c78", "#bcaf6f", "#fee838")
_INSIDE = ("#2166ac", "#92c5de")
_OUTSIDE = ("#fddbc7", "#f4a582", "#b2182b")
_SHARES = (0.5, 1.0, 1.5, 2.0)
"""Of the threshold, where the colour of a dissimilarity changes."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One entry of a colour scale.

    Attributes
    ----------
    value : float
        In the layer's unit. On a stepped scale: the largest value that has this colour.
    colour : str
    label : str
    """

    value: float
    colour: str
    label: str


@dataclass(frozen=True, slots=True)
class Ramp:
    """Colours for numbers, readable by people who don't see red or green.

    Attributes
    ----------
    stops : tuple of Stop
        From the smallest value to the largest.
    is_stepped : bool
        Whether colours change at the stops, and not between them.
    """

    stops: tuple[Stop, ...]
    is_stepped: bool = False

    @property
    def limits(self) -> tuple[float, float]:
        """The smallest and the largest finite value."""
        values = [stop.value for stop in self.stops if np.isfinite(stop.value)]
        return values[0], values[-1]


def ramp_for(layer: Layer, limits: tuple[float, float] | None = None) -> Ramp:
    """Choose the colours of a layer of numbers.

    Parameters
    ----------
    layer : Layer
    limits : tuple of float, optional
        Values at both ends of the scale; needed for values, the others have their own.

    Raises
    ------
    SettingsError
        If limits are missing, or the layer holds classes.

    Examples
    --------
    >>> from bocage.mapping.outputs import confidence_layer
    >>> [stop.label for stop in ramp_for(confidence_layer()).stops]
    ['0 %', '25 %', '50 %', '75 %', '100 %']
    """
    if layer.name == "applicability":
        return _applicability(layer.scale)
    own = {"confidence": (0.0, 100.0), "error": (0.0, 100.0), "probability": (0.0, 1.0)}
    if layer.name == "error" and layer.dtype == "float32":
        del own["error"]
    limits = limits or own.get(layer.name)
    if limits is None:
        raise SettingsError(
            f"the {layer.name} layer has no default colour scale; expected the values at both "
            "ends of the scale, or a legend of classes"
        )
    low, high = limits
    if not (np.isfinite([low, high]).all() and low <= high):
        raise SettingsError(
            f"a colour scale from {low} to {high} can't be drawn; expected two finite numbers, "
            "the smaller one first"
        )
    if low == high:
        # One value everywhere still needs a scale of some length.
        room = abs(low) * 0.01 or 1.0
        low, high = low - room, high + room
    colours = _CIVIDIS if layer.name == "value" else _VIRIDIS
    values = np.linspace(low, high, len(colours))
    return Ramp(
        tuple(
            Stop(float(value), colour, f"{_short(value)} {layer.unit}".strip())
            for value, colour in zip(values, colours, strict=True)
        )
    )


def _short(value: float) -> str:
    """Write a number with three figures, and no power of ten where none is needed."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{value:.3g}"  # noqa: PLR2004


def paint(values: NDArray[np.float64], ramp: Ramp) -> NDArray[np.uint8]:
    """Turn values into colours, shape (n, 3)."""
    table = np.array([rgb(stop.colour) for stop in ramp.stops], dtype=np.float64)
    ends = np.array([stop.value for stop in ramp.stops])
    if ramp.is_stepped:
        out = table[np.searchsorted(ends[:-1], values, side="left")]
    else:
        out = np.column_stack([np.interp(values, ends, table[:, i]) for i in range(3)])
    return np.rint(out).astype(np.uint8)


def _applicability(step: float) -> Ramp:
    """Blue inside the area of applicability, orange to red outside: no shade in between."""
    colours = (*_INSIDE, *_OUTSIDE)
    ends = [step * INSIDE * share for share in _SHARES]
    labels = [
        f"inside: up to {ends[0]:.3g}",
        f"inside: up to {ends[1]:.3g}",
        f"outside: up to {ends[2]:.3g}",
        f"outside: up to {ends[3]:.3g}",
        f"outside: more than {ends[3]:.3g}",
    ]
    # Between two stored numbers, where a reader's rounding can't move a pixel across.
    between = [end + step / 2 for end in ends]
    return Ramp(tuple(map(Stop, [*between, np.inf], colours, labels)), is_stepped=True)

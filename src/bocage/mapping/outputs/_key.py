"""What the key of a picture says: what its colours mean, and how much of the map has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bocage.core import counted
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._picture import Picture
from bocage.mapping.outputs._ramp import Ramp


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the key.

    Attributes
    ----------
    name : str
    share : str
        Blank for none.
    kind : {"colour", "line", "none", "rest"}
        A class, the outline, 'no data', or the classes that are not listed.
    colour : str
    """

    name: str
    share: str = ""
    kind: str = "colour"
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A colour scale.

    Attributes
    ----------
    ramp : Ramp
    is_cut : tuple of bool
        Whether values lie below its lower end, and above its upper end.
    """

    ramp: Ramp
    is_cut: tuple[bool, bool]

    @property
    def labels(self) -> list[str]:
        """What stands at its stops; an end beyond which values lie says so."""
        stops = self.ramp.stops
        low, high = "≤ " * self.is_cut[0], "≥ " * self.is_cut[1]
        signs = [low, *[""] * (len(stops) - 2), high]
        return [sign + stop.label for stop, sign in zip(stops, signs, strict=True)]


@dataclass(frozen=True, slots=True)
class MapKey:
    """All that stands in a key.

    Attributes
    ----------
    header : str
    entries : tuple of Entry
    bar : Bar, optional
    """

    header: str
    entries: tuple[Entry, ...]
    bar: Bar | None


def make_key(
    picture: Picture,
    layer: Layer,
    ramp: Ramp | None,
    *,
    caption: str,
    shares: Mapping[str, float] | None,
    outlined: bool,
    most: int,
) -> MapKey:
    """Gather what stands in the key of a map.

    Parameters
    ----------
    picture : Picture
    layer : Layer
    ramp : Ramp, optional
        Of a layer of numbers.
    caption : str
        What the numbers are.
    shares : mapping of str to float, optional
        Of each class among all pixels with data; counted on the picture without it.
    outlined : bool
        Whether an outline is drawn.
    most : int
        Classes for which there is room.
    """
    known = picture.has_data(layer)
    extra = [Entry("requested area", kind="line")] if outlined else []
    if not known.all():
        extra.append(Entry("no data" if known.any() else "no pixel has data", kind="none"))
    if layer.legend is not None and layer.is_class:
        counted = _counted(picture, layer) if shares is None else shares
        header = "share of displayed pixels" if shares is None else "share of mapped pixels"
        return MapKey(header, (*_classes(layer, counted, most), *extra), None)
    if ramp is None:
        return MapKey(caption, tuple(extra), None)
    values = picture.values(layer)[known]
    if ramp.is_stepped:
        header = f"{caption}, share of displayed pixels"
        return MapKey(header, (*_steps(ramp, values), *extra), None)
    low, high = ramp.limits
    room = 1e-6 * (high - low)
    is_cut = (bool((values < low - room).any()), bool((values > high + room).any()))
    header = f"{caption} ({layer.unit})" if layer.unit else caption
    return MapKey(header, tuple(extra), Bar(ramp, is_cut))


def percent(share: float) -> str:
    """Write a share so that nothing becomes 0 or 100 % that is not.

    >>> [percent(x) for x in (0, 0.0004, 0.0123, 0.256, 0.9997, 1)]
    ['0 %', '< 0.1 %', '1.2 %', '26 %', '> 99 %', '100 %']
    """
    if share in (0, 1):
        return f"{share * 100:.0f} %"
    if share < 0.001:  # noqa: PLR2004
        return "< 0.1 %"
    if share < 0.0995:  # noqa: PLR2004
        return f"{share * 100:.1f} %"
    return f"{share * 100:.0f} %" if share < 0.995 else "> 99 %"  # noqa: PLR2004


def _counted(picture: Picture, layer: Layer) -> dict[str, float]:
    legend = layer.legend
    if legend is None:
        return {}
    counts = np.bincount(picture.stored[picture.has_data(layer)], minlength=len(legend))
    return dict(zip(legend.names, (counts / max(counts.sum(), 1)).tolist(), strict=True))


def _classes(layer: Layer, shares: Mapping[str, float], most: int) -> list[Entry]:
    """List the classes that occur, the most frequent first, as many as there is room for."""
    legend = layer.legend
    if legend is None:
        return []
    found = sorted(
        ((shares.get(name, 0.0), -i, name) for i, name in enumerate(legend.names)), reverse=True
    )
    found = [one for one in found if one[0] > 0]
    if len(found) > most:
        rest = found[most - 1 :]
        left = Entry(counted(len(rest), "more class"), percent(sum(one[0] for one in rest)), "rest")
        return [*_classes_of(layer, found[: most - 1]), left]
    return _classes_of(layer, found)


def _classes_of(layer: Layer, found: list[tuple[float, int, str]]) -> list[Entry]:
    legend = layer.legend
    return [
        Entry(name, percent(share), colour=legend.colour_of(name) if legend else "")
        for share, _, name in found
    ]


def _steps(ramp: Ramp, values: Any) -> list[Entry]:
    ends = [stop.value for stop in ramp.stops[:-1]]
    counts = np.bincount(np.searchsorted(ends, values), minlength=len(ramp.stops))
    return [
        Entry(stop.label, percent(count / max(len(values), 1)), colour=stop.colour)
        for stop, count in zip(ramp.stops, counts.tolist(), strict=True)
    ]

"""The key of a picture: what its colours mean, and how much of the map has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bocage.core import counted
from bocage.mapping.outputs._canvas import FAINT, INK, QUIET, STRIPE, Box, Canvas
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._picture import Picture
from bocage.mapping.outputs._ramp import Ramp, paint

_ROW = 40.0
_SWATCH = 28.0
_GAP = 36.0
_HEAD = 36.0
_BAR = 34.0
_COLUMN = 330.0
"""A column of the key is at least this wide."""


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


@dataclass(frozen=True, slots=True)
class Key:
    """All that stands in a key.

    Attributes
    ----------
    header : str
    entries : tuple of Entry
    bar : Bar, optional
    is_below : bool
        Whether it stands below the map, and not beside it.
    """

    header: str
    entries: tuple[Entry, ...]
    bar: Bar | None
    is_below: bool

    def height(self, width: float) -> float:
        """Say how much room it takes in a box of some width."""
        rows = -(-len(self.entries) // _columns(width))
        return self._top(width) + rows * _ROW

    def draw(self, page: Canvas, box: Box) -> None:
        """Draw it into a box of the page."""
        page.text(box.x, box.y + 20, page.shortened(self.header, 20, box.width), 20, color=QUIET)
        if self.bar is not None:
            place = Box(box.x, box.y + _HEAD + 12, box.width, box.height)
            (_draw_across if self.is_below else _draw_upright)(page, place, self.bar)
        top = self._top(box.width)
        columns = _columns(box.width)
        width = (box.width - _GAP * (columns - 1)) / columns
        rows = max(-(-len(self.entries) // columns), 1)
        for i, entry in enumerate(self.entries):
            x = box.x + (i // rows) * (width + _GAP)
            _draw_entry(page, Box(x, box.y + top + (i % rows) * _ROW, width, _ROW), entry)

    def _top(self, width: float) -> float:
        """Say where the entries begin."""
        if self.bar is None:
            return _HEAD
        return _HEAD + (_BAR + 64 if self.is_below else _upright_length(width) + 48)


def make_key(
    picture: Picture,
    layer: Layer,
    ramp: Ramp | None,
    *,
    caption: str,
    shares: Mapping[str, float] | None,
    outlined: bool,
    most: int,
    is_below: bool,
) -> Key:
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
    is_below : bool
    """
    known = picture.has_data(layer)
    extra = [Entry("requested area", kind="line")] if outlined else []
    if not known.all():
        extra.append(Entry("no data" if known.any() else "no pixel has data", kind="none"))
    if layer.legend is not None and layer.is_class:
        counted = _counted(picture, layer) if shares is None else shares
        header = "share of displayed pixels" if shares is None else "share of mapped pixels"
        return Key(header, (*_classes(layer, counted, most), *extra), None, is_below)
    if ramp is None:
        return Key(caption, tuple(extra), None, is_below)
    values = picture.values(layer)[known]
    if ramp.is_stepped:
        header = f"{caption}, share of displayed pixels"
        return Key(header, (*_steps(ramp, values), *extra), None, is_below)
    low, high = ramp.limits
    room = 1e-6 * (high - low)
    is_cut = (bool((values < low - room).any()), bool((values > high + room).any()))
    header = f"{caption} ({layer.unit})" if layer.unit else caption
    return Key(header, tuple(extra), Bar(ramp, is_cut), is_below)


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


def _columns(width: float) -> int:
    return max(int((width + _GAP) // (_COLUMN + _GAP)), 1)


def _draw_entry(page: Canvas, box: Box, entry: Entry) -> None:
    from matplotlib.patches import Rectangle

    if entry.kind == "line":
        middle = box.y + _SWATCH / 2
        page.page.plot([box.x, box.x + _SWATCH], [middle, middle], color=INK, linewidth=1.7)
    elif entry.kind != "rest":
        style: dict[str, Any] = {"facecolor": entry.colour, "edgecolor": FAINT}
        if entry.kind == "none":
            style = {"facecolor": "white", "edgecolor": STRIPE, "hatch": "///"}
        page.page.add_patch(Rectangle((box.x, box.y), _SWATCH, _SWATCH, linewidth=0.8, **style))
    end = page.width_of(entry.share, 22) + 16 if entry.share else 0
    room = box.width - _SWATCH - 14 - end
    page.text(box.x + _SWATCH + 14, box.y + 22, page.shortened(entry.name, 23, room), 23)
    if entry.share:
        page.text(box.x + box.width, box.y + 22, entry.share, 22, ha="right", color=QUIET)


def _upright_length(width: float) -> float:
    return min(width, 400.0)


def _draw_upright(page: Canvas, box: Box, bar: Bar) -> None:
    length = _upright_length(box.width)
    axes = page.axes(Box(box.x, box.y, _BAR, length), 1, 1)
    axes.imshow(_strip(bar.ramp)[::-1, np.newaxis], extent=(0, 1, 1, 0), aspect="auto")
    for at, label in _labels(bar):
        page.text(box.x + _BAR + 14, box.y + (1 - at) * length + 8, label, 21)


def _draw_across(page: Canvas, box: Box, bar: Bar) -> None:
    length = min(box.width * 0.6, 900.0)
    axes = page.axes(Box(box.x, box.y, length, _BAR), 1, 1)
    axes.imshow(_strip(bar.ramp)[np.newaxis], extent=(0, 1, 1, 0), aspect="auto")
    ends = {0.0: "left", 1.0: "right"}
    for at, label in _labels(bar):
        page.text(box.x + at * length, box.y + _BAR + 28, label, 21, ha=ends.get(at, "center"))


def _strip(ramp: Ramp) -> Any:
    return paint(np.linspace(*ramp.limits, 256), ramp)


def _labels(bar: Bar) -> list[tuple[float, str]]:
    """Say what stands beside the scale, and where; an end beyond which values lie says so."""
    stops = bar.ramp.stops
    signs = ["≤ " if bar.is_cut[0] else "", *[""] * (len(stops) - 2), "≥ " if bar.is_cut[1] else ""]
    return [
        (i / (len(stops) - 1), sign + stop.label)
        for i, (stop, sign) in enumerate(zip(stops, signs, strict=True))
    ]

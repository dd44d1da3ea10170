"""The key of a picture on its page: legends in columns, or a colour scale."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bocage.mapping.outputs._key import Bar, Entry, MapKey
from bocage.mapping.outputs._page import (
    FAINT,
    HATCH,
    INK,
    PAPER,
    STRIPE,
    Page,
    points,
    width_of,
    wrapped,
)
from bocage.mapping.outputs._ramp import paint

KEY_WIDTH = 430.0
"""Of a key beside the map."""

_LETTERS = 23.0
_SWATCH = 28.0
_ROW = 40.0
_GAP = 36.0
_LINES = 2
"""Of a name, at most."""


def draw_key(page: Page, key: MapKey, x: float, y: float, width: float) -> float:
    """Draw a key from a place on, and say where it ends.

    Parameters
    ----------
    page : Page
    key : MapKey
    x, y : float
        Its upper left corner.
    width : float
        More than `KEY_WIDTH` for one that stands below the map.
    """
    bottom = page.bottom_of(page.text(x, y, "\n".join(wrapped(key.header, 20, width, 2)), 20))
    if key.bar is not None:
        bottom = _draw_bar(page, key.bar, x, bottom + 16, width)
    if not key.entries:
        return bottom
    columns = _columns(key.entries, width)
    rows = -(-len(key.entries) // columns)
    each = (width - _GAP * (columns - 1)) / columns
    ends = [
        _draw_column(page, key.entries[i : i + rows], x + i // rows * (each + _GAP), bottom, each)
        for i in range(0, len(key.entries), rows)
    ]
    return max(ends)


def _columns(entries: Sequence[Entry], width: float) -> int:
    """Find how many columns there may be so that names need no more than their lines."""
    longest = max(width_of(" ".join(entry.name.split()), _LETTERS) for entry in entries)
    # A line is seldom full to its end.
    column = longest / _LINES * 1.2 + _SWATCH + 14 + 90
    return max(int((width + _GAP) // (max(column, 330.0) + _GAP)), 1)


def _draw_column(page: Page, entries: Sequence[Entry], x: float, y: float, width: float) -> float:
    from matplotlib.legend import Legend

    rooms = [width - _SWATCH - 14 - (width_of(one.share, 22) + 16) for one in entries]
    names = [
        "\n".join(wrapped(one.name, _LETTERS, room, _LINES))
        for one, room in zip(entries, rooms, strict=True)
    ]
    legend: Any = Legend(
        page.axes,
        [_handle(entry) for entry in entries],
        names,
        loc="upper left",
        bbox_to_anchor=page.at(x, y + 12),
        bbox_transform=page.axes.transAxes,
        fontsize=points(_LETTERS),
        handlelength=_SWATCH / _LETTERS,
        handleheight=_SWATCH / _LETTERS,
        handletextpad=14 / _LETTERS,
        labelspacing=(_ROW - _SWATCH) / _LETTERS,
        borderpad=0,
        borderaxespad=0,
        frameon=False,
    )
    page.axes.add_artist(legend)
    # What is clipped to the map is not counted as part of the page.
    legend.set_clip_on(False)
    # Only what was drawn knows where its words are.
    legend.draw(page.renderer)
    for entry, text in zip(entries, legend.get_texts(), strict=True):
        if entry.share:
            # Beside the first line of its name, and at the right end of the column.
            page.text(x + width, page.top_of(text), entry.share, 22, ha="right")
    return page.bottom_of(legend)


def _handle(entry: Entry) -> Any:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if entry.kind == "line":
        return Line2D([], [], color=INK, linewidth=1.7)
    if entry.kind == "none":
        return Patch(facecolor=PAPER, edgecolor=STRIPE, hatch=HATCH, linewidth=0.8)
    if entry.kind == "rest":
        return Patch(alpha=0)
    return Patch(facecolor=entry.colour, edgecolor=FAINT, linewidth=0.8)


def _draw_bar(page: Page, bar: Bar, x: float, y: float, width: float) -> float:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    is_across = width > KEY_WIDTH
    long, thick = (900.0, 34.0) if is_across else (34.0, 400.0)
    left, low = page.at(x, y + thick)
    axes = page.figure.add_axes((left, low, long / page.width, thick / page.height))
    colours = paint(np.linspace(*bar.ramp.limits, 256), bar.ramp) / 255
    page.figure.colorbar(
        ScalarMappable(Normalize(*bar.ramp.limits), ListedColormap(colours)),
        cax=axes,
        orientation="horizontal" if is_across else "vertical",
        ticks=[stop.value for stop in bar.ramp.stops],
        format=lambda _, i: bar.labels[i],
    )
    axes.tick_params(labelsize=points(21), labelcolor=INK, length=0, pad=8)
    if is_across:
        # What stands at its ends does not stand out.
        first, *_, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")
    return y + thick + (44 if is_across else 16)

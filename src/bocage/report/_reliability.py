"""Reliability diagrams: stated confidence against the share that came true."""

import math
from typing import Any

from markupsafe import Markup

from bocage.report._content import ReportContent
from bocage.report._evidence import ReliabilityCurve
from bocage.report._format import number, shorten
from bocage.report._style import FAINT, QUIET, MethodStyle, styles
from bocage.report._svg import drawing, new_figure, to_svg

MOST = 12
"""Panels that fit on a page."""

_COLUMNS = 4


def reliability_figure(content: ReportContent) -> Markup | None:
    """Draw one small panel a method; None without curves."""
    shown = content.reliability[:MOST]
    if not shown:
        return None
    looks = styles(content.methods)
    rows = math.ceil(len(shown) / _COLUMNS)
    with drawing("reliability"):
        height = 2.45 * rows + 0.15
        figure = new_figure(height)
        grid = figure.subplots(rows, _COLUMNS, squeeze=False, sharex=True, sharey=True)
        figure.subplots_adjust(
            left=0.065,
            right=0.99,
            bottom=0.42 / height,
            top=1 - 0.36 / height,
            wspace=0.12,
            hspace=0.32,
        )
        for axes in grid.flat[len(shown) :]:
            axes.set_axis_off()
        for axes, curve in zip(grid.flat, shown, strict=False):
            _panel(axes, curve, looks[curve.method])
        for row in grid:
            row[0].set_ylabel("share that was right")
        for column in range(min(_COLUMNS, len(shown))):
            lowest = (len(shown) - 1 - column) // _COLUMNS
            grid[lowest][column].set_xlabel("stated confidence")
            grid[lowest][column].xaxis.set_tick_params(labelbottom=True)
        parts = ", ".join(f"{c.method} {number(c.ece)}" for c in shown)
        return to_svg(figure, f"Reliability diagrams. Expected calibration error: {parts}.")


def _panel(axes: Any, curve: ReliabilityCurve, look: MethodStyle) -> None:
    rows = [
        row
        for row in zip(curve.confidence, curve.accuracy, curve.counts, strict=True)
        if row[2] > 0
    ]
    total = sum(row[2] for row in rows) or 1.0
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=0.7, linestyle=(0, (3, 2)), zorder=1)
    # Thin bars on the floor say how many samples a point stands on.
    axes.bar(
        [row[0] for row in rows],
        [0.5 * row[2] / total for row in rows],
        width=0.035,
        color=FAINT,
        zorder=1,
    )
    axes.plot(
        [row[0] for row in rows],
        [row[1] for row in rows],
        color=look.colour,
        linewidth=1.4,
        marker=look.marker or "o",
        markersize=4,
        markeredgecolor="white",
        markeredgewidth=0.4,
    )
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_title(shorten(curve.method, 24), fontsize=8.5, color=look.colour)
    axes.text(
        0.04,
        0.97,
        f"ECE {number(curve.ece)}\nBrier {number(curve.brier)}",
        fontsize=7.5,
        va="top",
        transform=axes.transAxes,
    )

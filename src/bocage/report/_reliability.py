"""Reliability diagrams: stated confidence against the share that came true."""

from typing import Any

from markupsafe import Markup

from bocage.report._content import ReportContent
from bocage.report._evidence import ReliabilityCurve
from bocage.report._format import number, shorten
from bocage.report._style import FAINT, QUIET, MethodStyle, styles
from bocage.report._svg import SMALL, drawing, new_figure, to_svg

MOST = 12
"""Figures that fit on a page."""

_HEIGHT = 1.95


def reliability_figures(content: ReportContent) -> tuple[Markup, ...]:
    """Draw one small figure a method, the one that is shown first."""
    found = sorted(content.reliability, key=lambda curve: curve.method != content.shown)
    looks = styles(content.methods)
    made = []
    for i, curve in enumerate(found[:MOST]):
        with drawing(f"reliability-{i}"):
            figure = new_figure(_HEIGHT, SMALL)
            axes = figure.subplots()
            figure.subplots_adjust(
                left=0.235, right=0.98, bottom=0.38 / _HEIGHT, top=1 - 0.24 / _HEIGHT
            )
            _panel(axes, curve, looks[curve.method])
            axes.set_ylabel("share correct", fontsize=7.5)
            axes.set_xlabel("stated confidence", fontsize=7.5)
            made.append(
                to_svg(
                    figure,
                    f"Reliability diagram of {curve.method}. "
                    f"Expected calibration error: {number(curve.ece)}.",
                )
            )
    return tuple(made)


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
    axes.set_title(shorten(curve.method, 22), fontsize=8, color=look.ink)
    axes.text(
        0.04,
        0.97,
        f"ECE {number(curve.ece)}\nBrier {number(curve.brier)}",
        fontsize=7,
        va="top",
        transform=axes.transAxes,
    )

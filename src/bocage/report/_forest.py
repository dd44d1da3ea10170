"""Differences between two methods, group by group, with their signs."""

import math

from markupsafe import Markup

from bocage.report._content import ReportContent
from bocage.report._format import MINUS, metric_name, shorten, signed
from bocage.report._style import INK, QUIET
from bocage.report._svg import TILE, drawing, new_figure, to_svg
from bocage.study import GroupDifference

MOST = 40
"""Rows that fit on a page."""


def shown(content: ReportContent) -> list[GroupDifference]:
    """Return the differences of the verdict that are defined."""
    groups = content.verdict.groups if content.verdict else ()
    return [d for d in groups if not math.isnan(d.difference.value)]


def forest(content: ReportContent) -> Markup | None:
    """Draw one row a group and pair of methods, with a line at zero; None without."""
    found = shown(content)[:MOST]
    if not found:
        return None
    pairs = list(dict.fromkeys((d.method, d.other) for d in found))
    rows = len(found) + len(pairs)
    with drawing("forest"):
        height = 0.5 + 0.2 * rows
        figure = new_figure(height, TILE)
        axes = figure.subplots()
        figure.subplots_adjust(left=0.3, right=0.85, bottom=0.42 / height, top=1 - 0.03 / height)
        axes.axvline(0, color=INK, linewidth=0.8)
        y, ticks, names = 0, [], []
        for method, other in pairs:
            axes.text(
                -0.52,
                y,
                f"{shorten(method, 22)} {MINUS} {shorten(other, 22)}",
                transform=axes.get_yaxis_transform(),
                fontweight="bold",
                va="center",
            )
            y += 1
            for d in found:
                if (d.method, d.other) != (method, other):
                    continue
                value = d.difference
                if not math.isnan(value.low):
                    axes.plot([value.low, value.high], [y, y], color=INK, linewidth=1.1)
                axes.plot(
                    [value.value],
                    [y],
                    "o",
                    markersize=5,
                    color=INK,
                    markerfacecolor=INK if value.value > 0 else "white",
                )
                axes.text(
                    1.02,
                    y,
                    signed(value.value),
                    transform=axes.get_yaxis_transform(),
                    va="center",
                    fontsize=8,
                )
                ticks.append(y)
                names.append(shorten(d.group, 18))
                y += 1
        axes.set_yticks(ticks, names)
        axes.set_ylim(y - 0.4, -0.6)
        axes.yaxis.set_tick_params(length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(_tick)
        axes.set_xlabel(axis_title(content), color=QUIET)
        plus = sum(d.difference.value > 0 for d in found)
        return to_svg(
            figure,
            f"Differences by {content.noun.one}: {plus} of {len(found)} are above zero.",
        )


def axis_title(content: ReportContent) -> str:
    """Name what is drawn: above zero the first method is better, which of errors is less."""
    turned = ", its sign turned: above zero, the error is smaller" if content.sign < 0 else ""
    return f"difference in {metric_name(content.metric)}{turned}"


def _tick(value: float, _: int) -> str:
    text = f"{abs(round(value, 6)):g}"
    return text if text == "0" else f"{'+' if value > 0 else MINUS}{text}"

"""Few-shot curves: the main score against the label budget."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from bocage.core import SettingsError, counted
from bocage.report._content import ReportContent, Score
from bocage.report._format import metric_name, shorten
from bocage.report._labels import label_right
from bocage.report._style import INK, QUIET, MethodStyle, styles
from bocage.report._svg import TILE, drawing, new_figure, to_svg

PANELS = ("out", "local", "both", "random", "random-units")

_HEIGHT = 2.6

_TITLES = {
    "out": "Labels from elsewhere (out)",
    "local": "Labels from the place (local)",
    "both": "Elsewhere + local labels (both)",
    "random": "Random samples: sanity check",
    "random-units": "Random places: sanity check",
}


def curves(content: ReportContent) -> tuple[Markup, ...]:
    """Draw one figure a regime, one line a method with its 95 % band."""
    points = [s for s in content.scores if s.metric == content.metric and s.domain in PANELS]
    points = [s for s in points if not math.isnan(s.score.value)]
    panels = [name for name in PANELS if any(s.domain == name for s in points)]
    if not panels:
        return ()
    chosen = content.verdict.chosen if content.verdict else ""
    looks = styles(content.methods, chosen)
    # One scale for all: heights in one figure compare with those in another.
    low, high = _limits(points, content.chance)
    made = []
    for name in panels:
        with drawing(f"curves-{name}"):
            figure = new_figure(_HEIGHT, TILE)
            axes = figure.subplots()
            figure.subplots_adjust(
                left=0.12, right=0.655, bottom=0.42 / _HEIGHT, top=1 - 0.28 / _HEIGHT
            )
            axes.set_ylim(low, high)
            _panel(axes, content, [s for s in points if s.domain == name], looks, name)
            axes.set_ylabel(metric_name(content.metric))
            made.append(to_svg(figure, _alt(content, points, [name])))
    return tuple(made)


def draw_curves(content: ReportContent, axes: Any, where: str) -> None:
    """Draw one of these figures on axes of the caller's.

    Parameters
    ----------
    content : ReportContent
    axes : matplotlib Axes
    where : str
        ``out``, ``local``, ``both`` or ``random``.

    Raises
    ------
    SettingsError
        If nothing was tested there.
    """
    points = [s for s in content.scores if s.metric == content.metric and s.domain in PANELS]
    points = [s for s in points if not math.isnan(s.score.value)]
    shown = [s for s in points if s.domain == where]
    if not shown:
        known = [name for name in PANELS if any(s.domain == name for s in points)]
        raise SettingsError(
            f"no scores are known for {where!r}; expected one of {', '.join(known) or 'none yet'}"
        )
    chosen = content.verdict.chosen if content.verdict else ""
    axes.set_ylim(*_limits(points, content.chance))
    _panel(axes, content, shown, styles(content.methods, chosen), where)
    axes.set_ylabel(metric_name(content.metric))


def _panel(
    axes: Any,
    content: ReportContent,
    points: Sequence[Score],
    looks: Mapping[str, MethodStyle],
    name: str,
) -> None:
    axes.set_title(_TITLES[name], color=QUIET if name.startswith("random") else INK)
    axes.set_xscale("log")
    order = {str(b): i for i, b in enumerate(content.budgets)}
    ends = []
    for method in reversed(content.methods):
        look = looks[method.name]
        line = sorted(
            (s for s in points if s.method == method.name),
            key=lambda s: (order.get(s.budget, 0), s.n_labels),
        )
        if not line:
            continue
        x = [max(s.n_labels, 1.0) for s in line]
        y = [s.score.value for s in line]
        if not look.is_control:
            axes.fill_between(
                x,
                [s.score.low for s in line],
                [s.score.high for s in line],
                color=look.colour,
                alpha=0.09,
                linewidth=0,
            )
        if len(line) == 1 and not math.isnan(line[0].score.low):
            axes.plot(x * 2, [line[0].score.low, line[0].score.high], color=look.colour)
        axes.plot(
            x,
            y,
            color=look.colour,
            linestyle=look.dash,
            linewidth=look.width,
            marker=look.marker or None,
            markersize=4.2,
            markeredgecolor="white",
            markeredgewidth=0.5,
        )
        ends.append((method.name, x[-1], y[-1], look.ink, look.width > 2))  # noqa: PLR2004
    _budget_ticks(axes, content, points)
    if not math.isnan(content.chance):
        axes.axhline(content.chance, color=QUIET, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
        axes.text(
            0.01,
            content.chance,
            "chance",
            color=QUIET,
            fontsize=7,
            va="bottom",
            transform=axes.get_yaxis_transform(),
        )
    if name == "local" and content.verdict:
        _elsewhere(axes, content, looks)
    label_right(axes, ends, length=20)


def _elsewhere(axes: Any, content: ReportContent, looks: Mapping[str, MethodStyle]) -> None:
    """Draw the level that all labels from elsewhere reach: a curve crosses it at their worth."""
    verdict = content.verdict
    method = (verdict.chosen or verdict.best) if verdict else ""
    last = str(content.full)
    for s in content.scores:
        key = (s.method, s.domain, s.budget, s.metric)
        if key == (method, "out", last, content.metric) and not math.isnan(s.score.value):
            colour = looks[method].colour
            axes.axhline(s.score.value, color=colour, linewidth=0.9, linestyle=(0, (6, 2, 1, 2)))
            axes.annotate(
                f"{shorten(method, 18)}, out",
                xy=(0.985, s.score.value),
                xycoords=axes.get_yaxis_transform(),
                xytext=(0, -3),
                textcoords="offset points",
                color=colour,
                fontsize=7,
                va="top",
                ha="right",
            )


def _budget_ticks(
    axes: Any,
    content: ReportContent,
    points: Sequence[Score],
) -> None:
    """Put the budgets' names where their numbers of labels are, skipping what would overlap."""
    places: list[float] = []
    names: list[str] = []
    for budget in content.budgets:
        used = [max(s.n_labels, 1.0) for s in points if s.budget == str(budget)]
        if used:
            places.append(float(np.median(used)))
            names.append(str(budget))
    span = math.log(max(places) / min(places)) or 1.0
    room = math.exp(0.05 * span + 0.01)
    # A single budget has no curve: its points stand at the right, beside their names.
    low = min(places) / (room if len(places) > 1 else 4.0)
    axes.set_xlim(low, max(places) * room)
    # From the right: the name of the largest budget ("all") is the one that must stay.
    last = math.inf
    for i, place in sorted(enumerate(places), key=lambda item: -item[1]):
        share = math.log(place / min(places)) / span
        if last - share < 0.04 + 0.029 * len(names[i]):
            names[i] = ""
        else:
            last = share
    axes.set_xticks(places, names)
    axes.set_xticks([], minor=True)
    axes.set_xlabel(f"label budget (log of {content.label_word} used)")


def _limits(points: Sequence[Score], chance: float) -> tuple[float, float]:
    """Span the means and the bands, but let no wide band of a poor method squeeze the rest."""
    values = [s.score.value for s in points]
    values += [v for s in points for v in (s.score.low, s.score.high) if not math.isnan(v)]
    values += [] if math.isnan(chance) else [chance]
    low, high = min(values), max(values)
    middle = [s.score.value for s in points] + ([] if math.isnan(chance) else [chance])
    room = 0.35 * ((max(middle) - min(middle)) or abs(max(middle)) or 1.0)
    low, high = max(low, min(middle) - room), min(high, max(middle) + room)
    pad = 0.04 * ((high - low) or 1.0)
    return low - pad, high + pad


def _alt(content: ReportContent, points: Sequence[Score], panels: Sequence[str]) -> str:
    parts = []
    for name in panels:
        last = [s for s in points if s.domain == name]
        best = max(last, key=lambda s: content.sign * s.score.value)
        parts.append(
            f"{name}: best is {best.method} with {best.score.value:.2f} at budget {best.budget}"
        )
    return (
        f"Line chart of {metric_name(content.metric)} against the label budget for "
        f"{counted(len(content.methods), 'method')}. " + "; ".join(parts) + "."
    )

"""Curves of several studies, each in a figure of its own, on the same axes."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from bocage.core import counted
from bocage.report._content import ReportContent, Score
from bocage.report._format import count, metric_name, shorten
from bocage.report._labels import label_right
from bocage.report._style import MethodStyle, styles
from bocage.report._svg import drawing, new_figure, to_svg

_WIDTH, _HEIGHT = 4.0, 2.85
_MOST_TICKS = 5
_MOST = 16
"""Letters of a method's name beside its curve."""


def curves_of(
    named: Mapping[str, ReportContent], domain: str, *, same_axes: bool
) -> tuple[Markup, ...]:
    """Draw the main score against the labels used, a figure a study.

    Parameters
    ----------
    named : mapping of str to ReportContent
        Studies by name.
    domain : str
        Place, such as ``out``.
    same_axes : bool
        Whether all have one scale of scores: not where they are scored differently. Labels have
        one scale in any case.
    """
    points = {name: _points(content, domain) for name, content in named.items()}
    every = [s for some in points.values() for s in some]
    if not every:
        return ()
    methods = {m.name: m for content in named.values() for m in content.methods}
    # A method has one look, whichever study it is of.
    looks = styles(list(methods.values()))
    labels = [max(s.n_labels, 1.0) for s in every]
    made = []
    for number, (name, content) in enumerate(named.items()):
        if not points[name]:
            continue
        with drawing(f"studies-{domain}-{number}"):
            figure = new_figure(_HEIGHT, _WIDTH)
            axes = figure.subplots()
            figure.subplots_adjust(
                left=0.13, right=0.69, bottom=0.44 / _HEIGHT, top=1 - 0.28 / _HEIGHT
            )
            axes.set_ylim(*_limits(every if same_axes else points[name]))
            axes.set_xscale("log")
            axes.set_xlim(min(labels) / 1.3, max(labels) * 1.3)
            ticks = _ticks(min(labels), max(labels))
            axes.set_xticks(ticks, [count(tick) for tick in ticks])
            axes.set_xticks([], minor=True)
            axes.set_title(shorten(name, 30))
            axes.set_ylabel(metric_name(content.metric))
            axes.set_xlabel(f"{content.label_word} used (log scale)")
            _draw(axes, content, points[name], looks)
            made.append(to_svg(figure, _alt(name, content, points[name])))
    return tuple(made)


def _ticks(low: float, high: float) -> list[float]:
    """Choose round numbers of labels between two, at most one for each doubling or so."""
    steps = [m * 10.0**e for e in range(12) for m in (1, 2, 5)]
    inside = [step for step in steps if low / 1.3 <= step <= high * 1.3]
    return inside[:: max(1, math.ceil(len(inside) / _MOST_TICKS))]


def _points(content: ReportContent, domain: str) -> list[Score]:
    return [
        s
        for s in content.scores
        if (s.metric, s.domain) == (content.metric, domain) and not math.isnan(s.score.value)
    ]


def _draw(
    axes: Any, content: ReportContent, points: Sequence[Score], looks: Mapping[str, MethodStyle]
) -> None:
    ends = []
    for method in reversed(content.methods):
        line = sorted((s for s in points if s.method == method.name), key=lambda s: s.n_labels)
        if not line:
            continue
        look = looks[method.name]
        x, y = [max(s.n_labels, 1.0) for s in line], [s.score.value for s in line]
        low, high = [s.score.low for s in line], [s.score.high for s in line]
        if not look.is_control:
            axes.fill_between(x, low, high, color=look.colour, alpha=0.09, linewidth=0)
            if len(line) == 1:
                axes.plot(x * 2, [*low, *high], color=look.colour, linewidth=0.9)
        axes.plot(
            x,
            y,
            color=look.colour,
            linestyle=look.dash,
            linewidth=look.width,
            marker=look.marker or None,
            markersize=4.2,
        )
        ends.append((method.name, x[-1], y[-1], look.colour, False))
    label_right(axes, ends, length=_MOST)


def _limits(points: Sequence[Score]) -> tuple[float, float]:
    """Span scores and intervals, but let no wide interval squeeze the rest."""
    values = [s.score.value for s in points]
    room = 0.35 * ((max(values) - min(values)) or abs(max(values)) or 1.0)
    ends = [v for s in points for v in (s.score.low, s.score.high) if not math.isnan(v)]
    low = max(min([*values, *ends]), min(values) - room)
    high = min(max([*values, *ends]), max(values) + room)
    pad = 0.04 * ((high - low) or 1.0)
    return low - pad, high + pad


def _alt(name: str, content: ReportContent, points: Sequence[Score]) -> str:
    best = max(points, key=lambda s: content.sign * s.score.value)
    return (
        f"{name}: {metric_name(content.metric)} against the labels used for "
        f"{counted(len(content.methods), 'method')}; the best is {best.method} with "
        f"{best.score.value:.2f} at budget {best.budget}."
    )

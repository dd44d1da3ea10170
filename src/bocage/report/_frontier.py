"""Cost against score, and the methods that nothing beats on both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bocage.report._content import ReportContent
from bocage.report._format import count, metric_name, seconds, size
from bocage.report._labels import label_near
from bocage.report._style import QUIET, styles
from bocage.report._svg import TILE, drawing, new_figure, to_svg
from bocage.stats import Estimate

AXES = {
    "artifact_bytes": ("size of the fitted method", size),
    "fit_seconds": ("seconds of one fit, tuning included", seconds),
    "n_labels": ("labels used", count),
}
"""Title and number format of each cost axis."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One method with its cost and its score."""

    method: str
    cost: float
    score: Estimate


def placed(content: ReportContent) -> list[Placed]:
    """Join costs and scores at the largest budget; what costs nothing is left out."""
    scores = {
        s.method: s.score
        for s in content.scores
        if (s.metric, s.domain, s.budget) == (content.metric, content.place, str(content.at))
    }
    found = []
    for row in content.costs:
        cost = float(getattr(row, content.cost_axis))
        score = scores.get(row.method)
        if row.budget == str(content.at) and score and cost > 0:
            found.append(Placed(row.method, cost, score))
    return [p for p in found if not math.isnan(p.score.value)]


def frontier(points: Sequence[Placed], sign: int = 1) -> list[Placed]:
    """Return the methods that no other beats in both cost and score, cheapest first.

    Parameters
    ----------
    points : sequence of Placed
    sign : {1, -1}
        1 where a higher score is better.
    """
    out: list[Placed] = []
    for point in sorted(points, key=lambda p: (p.cost, -sign * p.score.value)):
        if not out or sign * (point.score.value - out[-1].score.value) > 0:
            out.append(point)
    return out


def cost_figure(content: ReportContent) -> Markup | None:
    """Draw cost (log axis) against score with the Pareto frontier; None with fewer than two."""
    points = placed(content)
    if len(points) < 2:  # noqa: PLR2004
        return None
    looks = styles(content.methods, content.verdict.chosen if content.verdict else "")
    title, write = AXES[content.cost_axis]
    best = frontier(points, content.sign)
    with drawing("costs"):
        figure = new_figure(2.75, TILE)
        axes = figure.subplots()
        figure.subplots_adjust(left=0.125, right=0.86, bottom=0.14, top=0.97)
        axes.set_xscale("log")
        low, high = min(p.cost for p in points), max(p.cost for p in points)
        room = math.exp(0.06 * math.log(high / low) + 0.05)
        axes.set_xlim(low / room, high * room)
        steps = [*[(p.cost, p.score.value) for p in best], (high * room, best[-1].score.value)]
        axes.step(
            *zip(*steps, strict=True),
            where="post",
            color=QUIET,
            linewidth=3.5,
            alpha=0.25,
            zorder=1,
        )
        for p in points:
            look = looks[p.method]
            if not math.isnan(p.score.low):
                axes.plot(
                    [p.cost] * 2, [p.score.low, p.score.high], color=look.colour, linewidth=1.0
                )
            axes.plot(
                [p.cost],
                [p.score.value],
                look.marker or "o",
                color=look.colour,
                markersize=5 if look.is_control else 7,
                markeredgecolor="white",
                markeredgewidth=0.6,
            )
        axes.xaxis.set_major_formatter(lambda value, _: write(value))
        axes.xaxis.set_minor_formatter(lambda _value, _: "")
        axes.set_xlabel(f"{title} (log scale)")
        axes.set_ylabel(metric_name(content.metric))
        on = {p.method for p in best}
        # Limits must be final before names are placed.
        axes.autoscale_view(scalex=False)
        label_near(
            axes,
            [
                (p.method, p.cost, p.score.value, looks[p.method].ink, p.method in on)
                for p in sorted(points, key=lambda p: -content.sign * p.score.value)
            ],
        )
        return to_svg(
            figure,
            f"Scatter chart of {metric_name(content.metric)} against {title}. Best for their "
            f"cost, cheapest first: {', '.join(p.method for p in best)}.",
        )

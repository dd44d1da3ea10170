"""How much worse the score is in another place, or with another kind of labels."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from bocage.report._content import ReportContent
from bocage.report._format import bounds, metric_name, shorten, signed
from bocage.report._style import QUIET, styles
from bocage.report._svg import TILE, drawing, new_figure, to_svg
from bocage.stats import Estimate
from bocage.study import Drop


def drop_budget(content: ReportContent) -> str:
    """Return the largest budget that drops are known for."""
    names = [b for b in map(str, content.budgets) if content.drops.get(b)]
    return names[-1] if names else ""


def change(drop: Estimate, sign: int) -> Estimate:
    """Turn a loss into the change of the score: a fall has a minus, a rise of an error a plus.

    Parameters
    ----------
    drop : Estimate
        Above zero the end is worse.
    sign : {1, -1}
        1 where a higher score is better.
    """
    if sign < 0:
        return drop
    return Estimate(-drop.value, -drop.high, -drop.low)


def drops(content: ReportContent) -> tuple[Markup, ...]:
    """Draw start, end and drop of each method at the largest budget, one figure a kind of drop."""
    fallen = content.drops.get(drop_budget(content), ())
    shown = [d for d in fallen if not math.isnan(d.drop.value)]
    kinds = list(dict.fromkeys((d.start, d.end) for d in shown))
    if not kinds:
        return ()
    names = [m.name for m in content.methods if any(d.method == m.name for d in shown)]
    ends = [score.value for d in shown for score in (d.start_score, d.end_score)]
    pad = 0.05 * ((max(ends) - min(ends)) or 1.0)
    height = 0.75 + 0.21 * len(names)
    made = []
    for start, end in kinds:
        with drawing(f"drops-{start}-{end}"):
            figure = new_figure(height, TILE)
            axes = figure.subplots()
            figure.subplots_adjust(
                left=0.32, right=0.63, bottom=0.42 / height, top=1 - 0.3 / height
            )
            # One scale for all kinds.
            axes.set_xlim(min(ends) - pad, max(ends) + pad)
            panel = [d for d in shown if (d.start, d.end) == (start, end)]
            _panel(axes, content, panel, names)
            axes.set_title(f"{start} → {end}")
            axes.set_xlabel(metric_name(content.metric))
            made.append(to_svg(figure, _alt(panel, [(start, end)])))
    return tuple(made)


def _panel(
    axes: Any,
    content: ReportContent,
    panel: Sequence[Drop],
    names: Sequence[str],
) -> None:
    looks = styles(content.methods)
    for drop in panel:
        y, look = names.index(drop.method), looks[drop.method]
        start, end = drop.start_score.value, drop.end_score.value
        axes.annotate(
            "",
            xy=(end, y),
            xytext=(start, y),
            arrowprops={
                "arrowstyle": "-|>,head_length=0.35,head_width=0.16",
                "color": look.colour,
                "linewidth": 0.8 if look.is_control else 1.4,
                "shrinkA": 3,
                "shrinkB": 3.2,
            },
        )
        axes.plot(
            [start], [y], "o", markersize=5, markerfacecolor="white", markeredgecolor=look.colour
        )
        axes.plot([end], [y], "o", markersize=5.5, color=look.colour)
        moved = change(drop.drop, content.sign)
        _beside(axes, y, 4.0, signed(moved.value), {"fontsize": 8, "fontweight": "bold"})
        if span := bounds(moved, sign=True):
            _beside(axes, y, 36.0, span, {"fontsize": 6.5, "color": QUIET})
    axes.set_yticks(range(len(names)), [shorten(name, 20) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.yaxis.set_tick_params(length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False, axis="y")


def _beside(axes: Any, y: float, right: float, text: str, look: Mapping[str, Any]) -> None:
    """Write right of the axes, `right` points from their edge."""
    axes.annotate(
        text,
        xy=(1, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(right, 0),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        **look,
    )


def _alt(shown: Sequence[Drop], kinds: Sequence[tuple[str, str]]) -> str:
    parts = []
    for start, end in kinds:
        falls = [d.drop.value for d in shown if (d.start, d.end) == (start, end)]
        parts.append(f"from {start} to {end} it gets worse by {min(falls):.2f} to {max(falls):.2f}")
    return "Arrows from start to end score, one per method: " + "; ".join(parts) + "."

"""Which split fits the use: distances to the nearest label, on the map and in the tests."""

from typing import Any

from markupsafe import Markup

from bocage.core import listed
from bocage.report._content import ReportContent
from bocage.report._evidence import SplitUse
from bocage.report._format import count, metres, shorten
from bocage.report._parts import Collapsible, FigureBox, Paragraph, Part, Section, name, num, table
from bocage.report._style import INK, QUIET, SERIES
from bocage.report._svg import TILE, drawing, new_figure, to_svg

QUANTILES = 101
"""Points of a curve of distances."""

_LONGEST = 58
"""Letters of a name in the legend, at most."""

_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1.5, 1.5, 1.5)))


def use_sentence(use: SplitUse) -> str:
    """Write the advice in one sentence."""
    what = f"for a map of {use.area}, " if use.area else ""
    advice = use.advice
    fits = "this split fits" if use.leave == advice.leave else f"--leave {advice.leave} fits"
    return f"{what}{fits}: {advice.reason}"


def split_lines(content: ReportContent) -> tuple[str, ...]:
    """Say how large blocks are, and what else is to be known of the folds."""
    blocks = content.use.blocks if content.use is not None else ""
    return (*([blocks] if blocks else []), *content.split_notes)


def use_section(content: ReportContent) -> Section:
    """Draw the distances, and say which split fits."""
    use = content.use
    title = "Which split fits the purpose"
    if use is None:
        return Section("use", title)
    sentence = use_sentence(use)
    parts: list[Part] = [Paragraph(sentence[:1].upper() + sentence[1:] + ".")]
    drawn = distance_figure(use)
    if drawn is not None:
        parts.append(
            FigureBox(
                drawn,
                "Share of the points whose nearest label, or nearest training sample, is within "
                "the "
                "distance. A split estimates the accuracy of a map if its curve (test to training) "
                "coincides with the curve of the map: to the left of it, tests are too easy; to "
                "the "
                "right, too hard. The gap is the mean distance between the two curves.",
            )
        )
        rows = [
            [
                name(c.title),
                num(metres(c.metres[len(c.metres) // 4])),
                num(metres(c.metres[len(c.metres) // 2])),
                num(metres(c.metres[3 * len(c.metres) // 4])),
                num(metres(c.off)),
            ]
            for c in use.curves
        ]
        head = (
            "distance",
            "a quarter within",
            "half within",
            "three quarters within",
            "gap to the map",
        )
        parts.append(Collapsible("Distances in figures", table(head, rows)))
    return Section("use", title, (*parts, *_ranges(use)))


def _ranges(use: SplitUse) -> list[Part]:
    """Set the range of errors beside the side of the blocks."""
    if not use.ranges:
        return []
    rows = [
        [
            name(r.group),
            num(metres(r.side)),
            num(metres(r.range)),
            num(count(r.n)),
        ]
        for r in use.ranges
    ]
    head = ("group", "block side", "range of error correlation", "places")
    made = table(head, rows)
    title = f"Block size and spatial correlation of the errors of {use.ranges[0].method}"
    return [Paragraph(range_sentence(use), "quiet"), Collapsible(title, made)]


def range_sentence(use: SplitUse) -> str:
    """Say where errors are alike further than a block is long; empty without ranges."""
    if not use.ranges:
        return ""
    method = use.ranges[0].method
    beyond = [
        f"{r.group} ({metres(r.range)}, blocks of {metres(r.side)})"
        for r in use.ranges
        if r.range > r.side
    ]
    what = (
        f"Errors of {method} (out of fold, default hyperparameters) are spatially correlated "
        f"within "
        "the range of a spherical variogram"
    )
    if not beyond:
        return f"{what}: it nowhere exceeds the block side."
    # The range is shown beside the side of the blocks; it never sets it.
    side = (
        "--block-metres determines the side"
        if use.given
        else "the number of blocks and their shares of the samples determine the side"
    )
    return (
        f"{what}: it exceeds the block side in {listed(beyond)}. There {side}, not this range, "
        f"so test "
        "samples have neighbours with correlated errors among the training samples; "
        "--buffer-metres "
        "excludes these."
    )


def distance_figure(use: SplitUse) -> Markup | None:
    """Draw one cumulative curve a kind of distance; None where all distances are zero."""
    floor = min((m for c in use.curves for m in c.metres if m > 0), default=0.0)
    if floor == 0:
        return None
    with drawing("distances"):
        # Below the curves, as names are long.
        below = 0.45 + 0.155 * len(use.curves)
        height = 1.55 + below
        figure = new_figure(height, TILE)
        axes = figure.subplots()
        figure.subplots_adjust(left=0.125, right=0.98, bottom=below / height, top=0.97)
        share = [i / (QUANTILES - 1) for i in range(QUANTILES)]
        tests = 0
        for c in use.curves:
            x = [max(m, floor) / 1000 for m in c.metres]
            if c.role == "map":
                look: dict[str, Any] = {"color": INK, "linewidth": 2.2}
            elif c.role == "labels":
                look = {"color": QUIET, "linewidth": 1.4, "linestyle": (0, (1, 1.2))}
            else:
                dash = _DASHES[tests % len(_DASHES)]
                look = {"color": SERIES[tests % len(SERIES)], "linewidth": 1.4, "linestyle": dash}
                tests += 1
            axes.plot(x, share, label=shorten(c.title, _LONGEST), **look)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        # Below a decade matplotlib labels minor ticks too, in a notation that stays as it is typed.
        axes.xaxis.set_minor_formatter(lambda *_: "")
        axes.set_xlabel("distance (km)")
        axes.set_ylabel("share within")
        axes.set_ylim(0, 1)
        figure.legend(
            loc="lower left", bbox_to_anchor=(0.0, 0), frameon=False,
            fontsize=7.5, borderaxespad=0.2, labelspacing=0.25,
        )  # fmt: skip
        middles = "; ".join(
            f"{c.title}: half within {metres(c.metres[QUANTILES // 2])}" for c in use.curves
        )
        return to_svg(figure, f"Distances to the nearest label. {middles}.")

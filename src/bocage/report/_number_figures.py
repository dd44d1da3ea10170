"""Figures of an explanation of a number."""

from dataclasses import replace
from typing import Any

import numpy as np
from markupsafe import Markup

from bocage.core import counted
from bocage.dimensions import HELPS, NEEDED, NONE, Dimension, Few, NumberExplanation, ValueMap
from bocage.report._explain_figures import MOST_BANDS, lines_of, panels_of
from bocage.report._explain_words import place
from bocage.report._number_words import REGIMES, by_rank
from bocage.report._style import INK, QUIET
from bocage.report._svg import drawing, new_figure, to_svg

ROLE_COLOURS = {NEEDED: "#0b2f6b", HELPS: "#4292c6", NONE: "#c9ced6"}

LEAST_SHOWN, LEAST_ALONE = -1.0, -0.1
"""R2 has no least value; below this it is cut: curves, and bars of single dimensions."""


def gradient_curves(found: NumberExplanation) -> Markup | None:
    """Draw one panel a regime: R2 of ridge regression against the number of dimensions."""
    panels, lowest = {}, -0.1
    for regime in REGIMES:
        lines = lines_of(found, regime)
        if regime == found.where and found.together.k:
            lines = [
                replace(x, curve=replace(x.curve, few=Few(found.together.k))) if x.leads else x
                for x in lines
            ]
        if lines:
            panels[place(found, regime)] = lines
            lowest = min(lowest, *(float(line.curve.score.min()) for line in lines))
    width = len(found.problem.bands)
    return panels_of(
        panels,
        width,
        "gradient",
        what="test setting",
        score="R²",
        floor=max(lowest - 0.05, LEAST_SHOWN),
    )


def shown(found: NumberExplanation) -> list[Dimension]:
    """Choose dimensions that fit side by side: all, or the best of very many."""
    if len(found.dimensions) <= MOST_BANDS:
        return list(found.dimensions)
    return by_rank(found)[:MOST_BANDS]


def dimension_chart(found: NumberExplanation) -> Markup:
    """Draw what each dimension tells alone, and how it follows the number."""
    drawn = shown(found)
    with drawing("dimensions"):
        from matplotlib.patches import Patch

        figure = new_figure(3.6)
        above, below = figure.subplots(2, 1, sharex=True)
        figure.subplots_adjust(left=0.08, right=0.99, bottom=0.13, top=0.9, hspace=0.16)
        x = np.arange(len(drawn))
        colours = [ROLE_COLOURS[d.role] for d in drawn]
        score = np.array([d.alone.value for d in drawn])
        above.bar(x, np.maximum(score, LEAST_ALONE), 0.8, color=colours, linewidth=0)
        for at, d in enumerate(drawn):
            ends = np.array([d.alone.low, d.alone.high])
            if np.isfinite(ends).all() and d.tells:
                above.plot([at, at], np.maximum(ends, 0), color=INK, linewidth=0.8)
        chance = np.array([d.chance for d in drawn])
        above.step(x, chance, where="mid", color=QUIET, linewidth=0.9, linestyle=(0, (2, 1.5)))
        above.set_ylabel("R² alone")
        below.bar(x, np.nan_to_num([d.follows for d in drawn]), 0.8, color=colours, linewidth=0)
        below.axhline(0, color=INK, linewidth=0.6)
        for at, d in enumerate(drawn):
            if d.is_steady:
                below.plot([at], [d.follows + 0.07 * np.sign(d.follows)], "o", color=INK, ms=2.2)
        below.set_ylim(-1.05, 1.05)
        below.set_ylabel("correlation")
        below.set_xticks(x, [d.band for d in drawn], rotation=90, fontsize=6.5)
        for axes in (above, below):
            axes.set_xlim(-0.8, len(drawn) - 0.2)
            axes.tick_params(axis="x", length=0)
            axes.grid(visible=False, axis="x")
        _legend(above, [Patch(color=colour, label=name) for name, colour in ROLE_COLOURS.items()])
        n = counted(
            sum(d.role == NEEDED for d in found.dimensions), "dimension is", "dimensions are"
        )
        return to_svg(figure, f"R² of each dimension alone; {n} needed.")


def _legend(axes: Any, handles: list[Any]) -> None:
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.02), ncols=len(handles),
        frameon=False, fontsize=8, borderaxespad=0, handlelength=1.2,
    )  # fmt: skip


def value_panels(drawn: ValueMap) -> Markup:
    """Draw the number with the few dimensions, with all, and the difference."""
    with drawing("values"):
        figure = new_figure(3.1)
        grid = figure.subplots(1, 3)
        figure.subplots_adjust(left=0.01, right=0.99, bottom=0.12, top=0.9, wspace=0.05)
        ends = np.nanquantile([drawn.few, drawn.every], [0.02, 0.98])
        apart = drawn.few - drawn.every
        most = float(np.nanquantile(abs(apart), 0.98)) or 1.0
        for axes, values, title, colours, low, high in (
            (grid[0], drawn.few, f"with {counted(drawn.k, 'dimension')}", "viridis", *ends),
            (grid[1], drawn.every, "with all", "viridis", *ends),
            (grid[2], apart, "difference (few - all)", "RdBu_r", -most, most),
        ):
            axes.set_title(title)
            axes.set_axis_off()
            image = axes.imshow(values, cmap=colours, vmin=low, vmax=high, interpolation="none")
            bar = figure.colorbar(image, ax=axes, orientation="horizontal", fraction=0.06, pad=0.03)
            bar.ax.tick_params(labelsize=7, length=0)
            bar.outline.set_visible(False)
        return to_svg(figure, f"The target on {drawn.piece.source}, with few and with all.")

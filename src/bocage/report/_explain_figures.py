"""Figures of an explanation: curves by number of dimensions, and classes by dimensions."""

import math
from typing import Any

import numpy as np
from markupsafe import Markup

from bocage.explain import ROLES, Explanation
from bocage.report._format import shorten
from bocage.report._style import INK, QUIET, SERIES
from bocage.report._svg import drawing, new_figure, to_svg

WAYS = ("forward", "ranked", "elsewhere", "random", "pca")
NAMES = {
    "forward": "one by one",
    "ranked": "by weight",
    "elsewhere": "chosen elsewhere",
    "random": "at random",
    "pca": "PCA",
}
COLUMNS, MOST = 3, 12
MOST_BANDS = 64
"""Dimensions that fit side by side."""


def ablation_curves(found: Explanation, regime: str) -> Markup | None:
    """Draw one panel a class: score against the number of dimensions."""
    classes = [c for c in found.problem.classes if found.curve(regime, "forward", c)][:MOST]
    if not classes:
        return None
    rows = math.ceil(len(classes) / COLUMNS)
    with drawing(f"ablation-{regime}"):
        height = 2.3 * rows + 0.35
        figure = new_figure(height)
        grid = figure.subplots(rows, COLUMNS, squeeze=False, sharey=True, sharex=True)
        figure.subplots_adjust(
            left=0.07,
            right=0.99,
            bottom=0.45 / height,
            top=1 - 0.5 / height,
            hspace=0.3,
            wspace=0.08,
        )
        for axes in grid.flat[len(classes) :]:
            axes.set_axis_off()
        for axes, label in zip(grid.flat, classes, strict=False):
            _panel(axes, found, regime, label)
        grid[0][0].legend(
            *grid[0][0].get_legend_handles_labels(), loc="lower left", ncols=len(WAYS) + 1,
            bbox_to_anchor=(0, 1.1), frameon=False, fontsize=8, borderaxespad=0,
        )  # fmt: skip
        for row in grid:
            row[0].set_ylabel("2 x BA - 1")
        for axes in grid[-1]:
            axes.set_xlabel("dimensions")
        return to_svg(figure, f"Score by number of dimensions, {len(classes)} classes, {regime}.")


def _panel(axes: Any, found: Explanation, regime: str, label: str) -> None:
    axes.set_title(shorten(label, 26))
    axes.set_xscale("log", base=2)
    axes.set_ylim(-0.1, 1.03)
    for number, way in enumerate(WAYS):
        curve = found.curve(regime, way, label)
        if curve is None:
            continue
        x = np.arange(1, len(curve.score) + 1)
        colour = QUIET if way == "random" else SERIES[number]
        dash = (0, (2, 1.5)) if way in {"random", "pca"} else "-"
        axes.plot(x, curve.score, color=colour, linewidth=1.2, linestyle=dash, label=NAMES[way])
        if way == "forward":
            axes.fill_between(x, curve.low, curve.high, color=colour, alpha=0.13, linewidth=0)
            axes.axhline(curve.full, color=INK, linewidth=0.7, linestyle=(0, (1, 1.5)), label="all")
            axes.axhspan(-0.1, curve.chance, color=QUIET, alpha=0.1, linewidth=0)
            if curve.few.k is not None:
                axes.plot([curve.few.k], [curve.score[curve.few.k - 1]], "o", color=colour)
    width = len(found.problem.bands)
    ticks = [2**i for i in range(12) if 2**i <= width]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()


def class_by_dimension(found: Explanation) -> Markup:
    """Draw how far each class stands apart in each dimension."""
    effect = found.contrast.effect
    shown = np.flatnonzero(found.contrast.found.any(axis=0))
    if len(shown) == 0 or len(found.problem.bands) <= MOST_BANDS:
        shown = np.arange(len(found.problem.bands))
    shown = shown[:MOST_BANDS]
    classes = found.problem.classes
    with drawing("contrast"):
        height = 0.26 * len(classes) + 0.75
        figure = new_figure(height)
        axes = figure.subplots()
        figure.subplots_adjust(left=0.13, right=0.99, bottom=0.45 / height, top=1 - 0.05 / height)
        axes.grid(visible=False)
        values = np.nan_to_num(effect[:, shown])
        axes.pcolormesh(
            np.arange(len(shown) + 1) - 0.5, np.arange(len(classes) + 1) - 0.5, values,
            cmap="RdBu_r", vmin=-1, vmax=1, edgecolors="white", linewidth=0.5,
        )  # fmt: skip
        rows, columns = np.nonzero(found.contrast.found[:, shown])
        dark = abs(values[rows, columns]) > 0.6  # noqa: PLR2004 - white on dark cells
        axes.scatter(columns, rows, s=7, c=np.where(dark, "white", INK), linewidths=0)
        axes.set_yticks(np.arange(len(classes)), [shorten(c, 18) for c in classes])
        axes.set_ylim(len(classes) - 0.5, -0.5)
        names = [found.problem.bands[at] for at in shown]
        axes.set_xticks(np.arange(len(shown)), names, rotation=90, fontsize=6.5)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return to_svg(
            figure,
            f"Classes by dimensions; {int(found.contrast.found.sum())} pairs stand apart.",
        )


ROLE_COLOURS = dict(
    zip(ROLES, ("#e6e8eb", "#9ecae1", "#4292c6", "#2161a8", "#0b2f6b"), strict=True)
)


def role_chart(found: Explanation) -> Markup:
    """Draw the role of each dimension; paler where fewer places or models agree."""
    rows = {"needed": found.needed, "raised": found.raised}
    if found.campaign is not None:
        rows["tree models"] = found.campaign.roles
    kept = [
        at
        for at in range(len(found.problem.bands))
        if len(found.problem.bands) <= MOST_BANDS or any(r[at].classes for r in rows.values())
    ][:MOST_BANDS]
    with drawing("roles"):
        from matplotlib.patches import Patch

        height = 0.3 * len(rows) + 1.0
        figure = new_figure(height)
        axes = figure.subplots()
        figure.subplots_adjust(left=0.13, right=0.99, bottom=0.45 / height, top=1 - 0.38 / height)
        axes.grid(visible=False)
        for y, roles in enumerate(rows.values()):
            for x, at in enumerate(kept):
                role = roles[at]
                sure = 1.0 if math.isnan(role.agreement) else max(role.agreement, 0.4)
                colour = ROLE_COLOURS[role.name]
                alpha = sure if role.classes else 1.0
                axes.bar(x, 0.86, 0.92, y - 0.43, color=colour, alpha=alpha, linewidth=0)
        axes.set_xlim(-0.6, len(kept) - 0.4)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), list(rows))
        names = [found.problem.bands[at] for at in kept]
        axes.set_xticks(range(len(kept)), names, rotation=90, fontsize=6.5)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.legend(
            handles=[Patch(color=colour, label=name) for name, colour in ROLE_COLOURS.items()],
            loc="lower left", bbox_to_anchor=(0, 1.02), ncols=len(ROLES), frameon=False,
            fontsize=8, borderaxespad=0, handlelength=1.2,
        )  # fmt: skip
        served = sum(bool(role.classes) for role in found.needed)
        return to_svg(figure, f"Roles of dimensions; {served} are needed by a class.")

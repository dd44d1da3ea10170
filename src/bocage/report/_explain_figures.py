"""Figures of an explanation: curves by number of dimensions, and classes by dimensions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from bocage.core import counted
from bocage.dimensions import (
    BOTH,
    NEITHER,
    NO_DATA,
    ONLY_ALL,
    ONLY_FEW,
    ROLES,
    AnyExplanation,
    ClassMaps,
    Curve,
    Explanation,
    Role,
)
from bocage.report._explain_words import MOST, WAY_NAMES
from bocage.report._format import shorten
from bocage.report._style import INK, QUIET, SERIES
from bocage.report._svg import drawing, new_figure, to_svg

WAYS = ("forward", "ranked", "elsewhere", "random", "pca")
COLUMNS = 3
MOST_BANDS = 64
"""Dimensions that fit side by side."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve in a panel; the band of its interval is drawn, and what is enough, if it leads."""

    name: str
    curve: Curve
    colour: str
    dash: Any = "-"
    leads: bool = False


def ablation_curves(found: Explanation, regime: str) -> Markup | None:
    """Draw one panel a class: score of ridge classifiers against the number of dimensions."""
    panels = {}
    for label in found.problem.classes:
        lines = lines_of(found, regime, label)
        if lines:
            panels[label] = lines
    return panels_of(panels, len(found.problem.bands), f"ablation-{regime}")


def lines_of(found: AnyExplanation, regime: str, label: str = "") -> list[Line]:
    """Give the curves of one panel, by every way to order dimensions."""
    made = [(way, found.curve(regime, way, label)) for way in WAYS]
    return [
        Line(
            WAY_NAMES[way],
            curve,
            QUIET if way == "random" else SERIES[WAYS.index(way)],
            DASHED if way in {"random", "pca"} else "-",
            way == "forward",
        )
        for way, curve in made
        if curve is not None
    ]


def tree_curves(found: Explanation, regime: str) -> Markup | None:
    """Draw the same for tree models, one line a model."""
    campaign = found.campaign
    if campaign is None:
        return None
    panels = {}
    for label in found.problem.classes:
        made = [
            (model, found.curve(regime, campaign.importance, label, model), SERIES[number])
            for number, model in enumerate(campaign.models)
        ]
        lines = [Line(model, c, colour, leads=True) for model, c, colour in made if c is not None]
        if lines:
            panels[label] = lines
    return panels_of(panels, len(found.problem.bands), f"trees-{regime}")


DASHED = (0, (2, 1.5))


def panels_of(
    panels: Mapping[str, Sequence[Line]], width: int, name: str, *, what: str = "class",
    score: str = "score", floor: float = -0.1,
) -> Markup | None:  # fmt: skip
    """Draw one panel for each class, or for each other thing; scores below the floor are cut."""
    classes = list(panels)[:MOST]
    if not classes:
        return None
    rows = math.ceil(len(classes) / COLUMNS)
    with drawing(name):
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
        told: dict[str, Any] = {}
        for axes, label in zip(grid.flat, classes, strict=False):
            _panel(axes, label, panels[label], width, floor)
            told |= dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
        # At the figure's edge and not the panels', whose titles are as high however many rows.
        figure.legend(
            told.values(), told.keys(), loc="upper left", ncols=len(told),
            bbox_to_anchor=(0.07, 1), frameon=False, fontsize=8, borderaxespad=0,
        )  # fmt: skip
        for row in grid:
            row[0].set_ylabel(score)
        for column in grid.T:
            # The lowest that is drawn: the last row may be short.
            lowest = [axes for axes in column if axes.axison] or [column[-1]]
            lowest[-1].set_xlabel("dimensions")
            lowest[-1].tick_params(labelbottom=True)
        return to_svg(figure, f"Score by number of dimensions, {counted(len(classes), what)}.")


def _panel(axes: Any, label: str, lines: Sequence[Line], width: int, floor: float) -> None:
    axes.set_title(shorten(label, 26))
    axes.set_xscale("log", base=2)
    axes.set_ylim(floor, 1.03)
    for line in lines:
        curve, colour = line.curve, line.colour
        x = np.arange(1, len(curve.score) + 1)
        axes.plot(x, curve.score, color=colour, linewidth=1.2, linestyle=line.dash, label=line.name)
        if line.leads:
            axes.fill_between(x, curve.low, curve.high, color=colour, alpha=0.13, linewidth=0)
            if curve.few.k is not None:
                axes.plot([curve.few.k], [curve.score[curve.few.k - 1]], "o", color=colour)
    first = next((line.curve for line in lines if line.leads), lines[0].curve)
    if sum(line.leads for line in lines) == 1:
        axes.axhline(first.full, color=INK, linewidth=0.7, linestyle=(0, (1, 1.5)), label="all")
        axes.axhspan(floor, first.chance, color=QUIET, alpha=0.1, linewidth=0)
    ticks = [2**i for i in range(12) if 2**i <= width]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()


def class_by_dimension(found: Explanation) -> Markup:
    """Draw how distinctive each class is in each dimension."""
    effect = found.contrast.effect
    shown = np.flatnonzero(found.contrast.found.any(axis=0))
    if len(shown) == 0 or len(found.problem.bands) <= MOST_BANDS:
        shown = np.arange(len(found.problem.bands))
    shown = shown[:MOST_BANDS]
    classes = found.problem.classes
    marked = found.contrast.found[:, shown]
    apart = counted(int(found.contrast.found.sum()), "pair is", "pairs are")
    return _heat_map(
        "contrast",
        np.nan_to_num(effect[:, shown]),
        [shorten(c, 18) for c in classes],
        [found.problem.bands[at] for at in shown],
        {-1: "lower", 0: "0", 1: "higher"},
        "RdBu_r",
        f"Classes by dimensions; {apart} distinctive.",
        marked,
    )


def shown_bands(found: Explanation) -> list[int]:
    """Choose dimensions to draw side by side: all, or of very many those with a role."""
    every = range(len(found.problem.bands))
    if len(every) <= MOST_BANDS:
        return list(every)
    rows = _role_rows(found).values()
    return [at for at in every if any(roles[at].classes for roles in rows)][:MOST_BANDS]


def _role_rows(found: Explanation) -> dict[str, tuple[Role, ...]]:
    rows = {"needed": found.needed, "raised": found.raised}
    if found.campaign is not None:
        rows["tree models"] = found.campaign.roles
    return rows


ROLE_COLOURS = dict(
    zip(ROLES, ("#e6e8eb", "#9ecae1", "#4292c6", "#2161a8", "#0b2f6b"), strict=True)
)


def role_chart(found: Explanation) -> Markup:
    """Draw the role of each dimension."""
    rows, kept = _role_rows(found), shown_bands(found)
    with drawing("roles"):
        from matplotlib.patches import Patch

        height = 0.3 * len(rows) + 1.0
        figure = new_figure(height)
        axes = figure.subplots()
        figure.subplots_adjust(left=WIDE, right=0.93, bottom=0.45 / height, top=1 - 0.38 / height)
        axes.grid(visible=False)
        for y, roles in enumerate(rows.values()):
            for x, at in enumerate(kept):
                role = roles[at]
                pale = role.classes and role.agreement and not role.is_confirmed
                alpha = 0.4 if pale else 1.0
                colour = ROLE_COLOURS[role.name]
                axes.bar(x, 0.86, 0.92, y - 0.43, color=colour, alpha=alpha, linewidth=0)
        axes.set_xlim(-0.6, len(kept) - 0.4)
        _label(axes, list(rows), [found.problem.bands[at] for at in kept])
        axes.legend(
            handles=[Patch(color=colour, label=name) for name, colour in ROLE_COLOURS.items()],
            loc="lower left", bbox_to_anchor=(0, 1.02), ncols=len(ROLES), frameon=False,
            fontsize=8, borderaxespad=0, handlelength=1.2,
        )  # fmt: skip
        served = sum(bool(role.classes) for role in found.needed)
        return to_svg(figure, f"Roles of dimensions; {served} are needed by a class.")


WIDE = 0.17
"""Room for names, the same in figures whose columns stand below each other."""


def stability_chart(found: Explanation) -> Markup | None:
    """Draw for each dimension the share of places, years and models that say the same."""
    rows = {
        f"{name}, {over}": [role.agreement[over] for role in roles]
        for name, roles in _role_rows(found).items()
        for over in roles[0].agreement
    }
    if not rows:
        return None
    kept = shown_bands(found)
    return _heat_map(
        "stability",
        np.array(list(rows.values()))[:, kept],
        list(rows),
        [found.problem.bands[at] for at in kept],
        {0: "0", 0.5: "50 %", 1: "100 %"},
        "Blues",
        f"Agreement on the roles of {counted(len(kept), 'dimension')}.",
    )


def _heat_map(
    name: str, values: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str],
    scale: Mapping[float, str], colours: str, alt: str, marked: NDArray[np.bool_] | None = None,
) -> Markup:  # fmt: skip
    """Draw a table of numbers as colours, with a dot where it is marked."""
    with drawing(name):
        height = 0.26 * len(rows) + 0.75
        figure = new_figure(height)
        axes = figure.subplots()
        figure.subplots_adjust(left=WIDE, right=0.93, bottom=0.45 / height, top=1 - 0.05 / height)
        axes.grid(visible=False)
        drawn = axes.pcolormesh(
            np.arange(len(columns) + 1) - 0.5, np.arange(len(rows) + 1) - 0.5, values,
            cmap=colours, vmin=min(scale), vmax=max(scale), edgecolors="white", linewidth=0.5,
        )  # fmt: skip
        if marked is not None:
            y, x = np.nonzero(marked)
            dark = abs(values[y, x]) > 0.6  # noqa: PLR2004 - white on dark cells
            axes.scatter(x, y, s=7, c=np.where(dark, "white", INK), linewidths=0)
        _label(axes, rows, columns)
        bar = figure.colorbar(drawn, cax=figure.add_axes((0.94, 0.45 / height, 0.012, 0.5)))
        bar.set_ticks(list(scale), labels=list(scale.values()))
        bar.ax.tick_params(labelsize=7, length=0)
        bar.outline.set_visible(False)
        return to_svg(figure, alt)


def _label(axes: Any, rows: Sequence[str], columns: Sequence[str]) -> None:
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=6.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


MARKS = {
    BOTH: ("with few and with all", "#1b6e53"),
    ONLY_ALL: ("only with all", "#e08214"),
    ONLY_FEW: ("only with few", "#8073ac"),
    NEITHER: ("neither", "#eceff1"),
    NO_DATA: ("no data", "#ffffff"),
}


def map_panels(maps: ClassMaps) -> Markup:
    """Draw where each class is found with few dimensions, and where with all."""
    shown = maps.maps[:MOST]
    rows = math.ceil(len(shown) / COLUMNS)
    with drawing("maps"):
        from matplotlib.colors import ListedColormap
        from matplotlib.patches import Patch

        height = 2.75 * rows + 0.4
        figure = new_figure(height)
        grid = figure.subplots(rows, COLUMNS, squeeze=False)
        figure.subplots_adjust(
            left=0.01, right=0.99, bottom=0.02, top=1 - 0.62 / height, hspace=0.14, wspace=0.04
        )
        colours = ListedColormap([MARKS[mark][1] for mark in range(len(MARKS))])
        for axes in grid.flat:
            axes.set_axis_off()
        for axes, one in zip(grid.flat, shown, strict=False):
            axes.set_title(
                f"{shorten(one.label, 18)} with {len(one.bands)}: {one.overlap:.0%} shared"
            )
            axes.imshow(one.marks, cmap=colours, vmin=0, vmax=len(MARKS) - 1, interpolation="none")
        used = {int(mark) for one in shown for mark in np.unique(one.marks)}
        figure.legend(
            handles=[
                Patch(facecolor=colour, label=text, edgecolor=QUIET, linewidth=0.4)
                for mark, (text, colour) in MARKS.items()
                if mark in used
            ],
            loc="upper left", ncols=len(used), frameon=False, fontsize=8, borderaxespad=0.2,
        )  # fmt: skip
        told = ", ".join(f"{one.label} {one.overlap:.0%}" for one in shown)
        said = f"Classes on {maps.piece.source}, intersection over union with few and with all"
        return to_svg(figure, f"{said}: {told}.")

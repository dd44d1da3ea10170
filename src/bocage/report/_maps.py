"""Maps: where the errors lie, and how the split was cut."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from bocage.core import counted
from bocage.report._content import ReportContent
from bocage.report._evidence import ErrorPanel, SplitPanel
from bocage.report._format import metres, shorten
from bocage.report._style import EDGE, FAINT, MARKS, QUIET, RIGHT, SERIES, WRONG
from bocage.report._svg import SMALL, TILE, drawing, new_figure, to_svg

MOST = 12
"""Figures that fit on a page."""

_FEW = 2
"""So many groups are drawn larger."""
_MANY = 2500
"""More marks than this are drawn as a picture, or the page would take megabytes."""


def error_maps(content: ReportContent) -> tuple[Markup, ...]:
    """Draw test samples in longitude and latitude, one figure a group."""
    shown = [panel for panel in content.errors if panel.lon][:MOST]
    raster = sum(len(panel.lon) for panel in shown) > _MANY
    residuals = [abs(r) for panel in shown for r in panel.residual]
    scale = float(np.quantile(residuals, 0.9)) if residuals else 1.0
    made = []
    for i, panel in enumerate(shown):
        with drawing(f"errors-{i}"):
            figure, axes = _map(panel, few=len(shown) <= _FEW)
            if panel.residual:
                _residuals(axes, panel, scale or 1.0, raster=raster)
                off = float(np.mean(np.abs(panel.residual)))
                note = f"mean error {off:.3g} {content.unit}".strip()
                alt = f"mean residual {np.mean(panel.residual):.3g}"
            else:
                _hits(axes, panel, raster=raster)
                note = alt = f"{sum(panel.right)} of {len(panel.right)} right"
            _note(axes, note)
            made.append(to_svg(figure, f"Map of the test samples of {panel.group}: {alt}."))
    return tuple(made)


def split_maps(content: ReportContent) -> tuple[Markup, ...]:
    """Draw samples by local test fold with a frame around each block, one figure a group."""
    shown = [panel for panel in content.split_panels if panel.lon][:MOST]
    raster = sum(len(panel.lon) for panel in shown) > _MANY
    made = []
    for i, panel in enumerate(shown):
        with drawing(f"split-{i}"):
            figure, axes = _map(panel, few=len(shown) <= _FEW)
            _blocks(axes, panel)
            _folds(axes, panel, raster=raster)
            side = panel.block_metres
            whole = math.isnan(side) or side <= 0
            n_folds = len(set(panel.fold))
            blocks = counted(len(set(panel.block)), "block")
            pieces = "one piece" if n_folds == 1 else counted(n_folds, "fold")
            _note(axes, pieces if whole else f"{blocks} of {metres(side)}")
            about = f"{counted(len(panel.lon), 'sample')} in {blocks}, {counted(n_folds, 'fold')}"
            made.append(to_svg(figure, f"Map of the split of {panel.group}: {about}."))
    return tuple(made)


def _folds(axes: Any, panel: SplitPanel, *, raster: bool) -> None:
    fold = np.asarray(panel.fold)
    lon, lat = np.asarray(panel.lon), np.asarray(panel.lat)
    for i in np.unique(fold):
        at = fold == i
        axes.scatter(
            lon[at],
            lat[at],
            s=9,
            marker=MARKS[i % len(MARKS)],
            color=SERIES[i % len(SERIES)] if i >= 0 else QUIET,
            linewidth=0,
            rasterized=raster,
        )


def _map(panel: ErrorPanel | SplitPanel, *, few: bool) -> tuple[Any, Any]:
    """Begin the map of a group."""
    width = TILE if few else SMALL
    height = 0.9 * width + 0.3
    figure = new_figure(height, width)
    axes = figure.subplots()
    figure.subplots_adjust(
        left=0.44 / width, right=1 - 0.06 / width, bottom=0.22 / height, top=1 - 0.36 / height
    )
    _frame(axes, panel.lon, panel.lat, ticks=3 if few else 2)
    axes.set_title(shorten(panel.group, 40 if few else 22), fontsize=8.5, pad=13)
    return figure, axes


def _note(axes: Any, note: str) -> None:
    """Write a line between a map and its title, at one distance however large the map is."""
    axes.annotate(
        note, (0, 1), (0, 2.5), "axes fraction", "offset points",
        fontsize=7.5, color=QUIET, va="bottom",
    )  # fmt: skip


def _frame(axes: Any, lon: Sequence[float], lat: Sequence[float], *, ticks: int) -> None:
    """Make one kilometre as long east as it is north, in a square frame."""
    from matplotlib.ticker import MaxNLocator

    x0, x1, y0, y1 = min(lon), max(lon), min(lat), max(lat)
    squeeze = max(math.cos(math.radians((y0 + y1) / 2)), 0.05)
    half = 0.54 * max((x1 - x0) * squeeze, y1 - y0, 1e-4)
    axes.set_xlim((x0 + x1) / 2 - half / squeeze, (x0 + x1) / 2 + half / squeeze)
    axes.set_ylim((y0 + y1) / 2 - half, (y0 + y1) / 2 + half)
    axes.set_aspect(1 / squeeze, adjustable="box")
    axes.spines[["top", "right"]].set_visible(True)
    axes.xaxis.set_major_locator(MaxNLocator(ticks))
    axes.yaxis.set_major_locator(MaxNLocator(ticks))
    axes.xaxis.set_major_formatter(lambda value, _: _degrees(value, "W", "E"))
    axes.yaxis.set_major_formatter(lambda value, _: _degrees(value, "S", "N"))
    axes.tick_params(labelsize=6.5)
    for side in axes.spines.values():
        side.set_color(FAINT)


def _degrees(value: float, negative: str, positive: str) -> str:
    # Longitudes are counted on where samples lie on both sides of 180 degrees.
    value = value - 360 if value > 180 else value  # noqa: PLR2004
    return f"{abs(value):.4g}°{negative if value < 0 else positive if value > 0 else ''}"


def _hits(axes: Any, panel: ErrorPanel, *, raster: bool) -> None:
    right = np.asarray(panel.right, bool)
    lon, lat = np.asarray(panel.lon), np.asarray(panel.lat)
    axes.scatter(
        lon[right], lat[right], s=9, color=RIGHT, linewidth=0, marker="o", rasterized=raster
    )
    axes.scatter(
        lon[~right], lat[~right], s=15, color=WRONG, linewidth=1.1, marker="x", rasterized=raster
    )


def _residuals(
    axes: Any,
    panel: ErrorPanel,
    scale: float,
    *,
    raster: bool,
) -> None:
    """Triangles up where the prediction is too high, down where too low; area by size."""
    residual = np.asarray(panel.residual)
    lon, lat = np.asarray(panel.lon), np.asarray(panel.lat)
    area = 3 + 27 * np.minimum(np.abs(residual) / scale, 1.5)
    for at, mark, colour in ((residual >= 0, "^", WRONG), (residual < 0, "v", SERIES[0])):
        axes.scatter(
            lon[at],
            lat[at],
            s=area[at],
            marker=mark,
            color=colour,
            alpha=0.65,
            linewidth=0,
            rasterized=raster,
        )


def _blocks(axes: Any, panel: SplitPanel) -> None:
    if not panel.block_metres > 0:
        return
    from matplotlib.patches import Rectangle

    block = np.asarray(panel.block)
    lon, lat = np.asarray(panel.lon), np.asarray(panel.lat)
    pad = 0.006 * np.diff(axes.get_xlim())[0], 0.006 * np.diff(axes.get_ylim())[0]
    numbers = np.unique(block)
    if len(numbers) < 2:  # noqa: PLR2004
        return
    for number in numbers:
        x, y = lon[block == number], lat[block == number]
        axes.add_patch(
            Rectangle(
                (x.min() - pad[0], y.min() - pad[1]),
                np.ptp(x) + 2 * pad[0],
                np.ptp(y) + 2 * pad[1],
                facecolor="none",
                edgecolor=EDGE,
                linewidth=0.5,
            )
        )

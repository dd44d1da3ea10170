"""What stands around a map: the area asked for, scale and north, and where it lies."""

import math
from typing import Any

import numpy as np

from bocage.core import three_digits
from bocage.mapping.outputs._ground import Ground
from bocage.mapping.outputs._page import INK, PAPER, Page, points
from bocage.mapping.outputs._profile import crs_of
from bocage.sources import Grid

SCALE_HEIGHT = 64.0
"""Room for scale and north below a map."""

_ARROW = {
    "arrowstyle": "simple,head_length=0.7,tail_width=0.1",
    "mutation_scale": 34,
    "color": INK,
    "shrinkA": 0,
    "shrinkB": 0,
}

_KILOMETRE = 1000.0
_TILTED = 2.0
"""Degrees from which on the north is not said to be at the top."""

_SEEN = 0.03
"""Share by which lengths may differ over the map before the scale is said to hold at the centre."""

_SQUARE = 0.02
"""Share by which a pixel's sides may differ before both are given."""


def draw_outline(page: Page, grid: Grid, outline: Any) -> None:
    """Draw the area that was asked for, dark on a light edge, so that it shows on any colour.

    Parameters
    ----------
    page : Page
    grid : Grid
        Of the map, whose columns and rows are the coordinates of the page's axes.
    outline : shapely geometry
        In the map's coordinate system.
    """
    import shapely
    from matplotlib.collections import LineCollection
    from matplotlib.patheffects import withStroke

    edges = outline.boundary if "Polygon" in outline.geom_type else outline
    lines = []
    for part in shapely.get_parts(edges):
        row, column = grid.rowcol(shapely.get_coordinates(part))
        lines.append(np.column_stack([column, row]))
    page.axes.add_collection(
        LineCollection(
            lines,
            colors=INK,
            linewidths=1.7,
            path_effects=[withStroke(linewidth=3.6, foreground=PAPER)],
        ),
        autolim=False,
    )


def draw_scale(page: Page, ground: Ground | None) -> None:
    """Draw a scale bar and the north below the map."""
    y = page.height + 20
    if ground is None:
        page.text(0, y, "no scale bar: longitude and latitude are unknown", 20)
        return
    from matplotlib_scalebar.scalebar import ScaleBar

    suffix = " at the centre" if ground.change > _SEEN else ""
    bar = ScaleBar(
        ground.across,
        # Beside wide maps it would be too long to measure with.
        length_fraction=0.4 * min(page.width, 700.0) / page.width,
        width_fraction=8 / page.height,
        location="upper left",
        bbox_to_anchor=page.at(0, y),
        bbox_transform=page.axes.transAxes,
        pad=0,
        border_pad=0,
        sep=8,
        scale_loc="right",
        frameon=False,
        color=INK,
        font_properties={"size": points(20)},
        scale_formatter=lambda value, unit: scale_label(value, unit) + suffix,
        # Its check of the aspect would warn where a pixel is higher than it is wide.
        rotation="horizontal-only",
    )
    page.axes.add_artist(bar)
    # Beside the scale bar where the map is too narrow for both.
    _draw_north(page, max(page.width, 520.0) - 20, y + 8, ground.north)


def scale_label(value: float, unit: str) -> str:
    """Write a length in metres or kilometres, whatever metres it is counted in.

    >>> scale_label(500, "m"), scale_label(2, "km"), scale_label(5, "dm"), scale_label(1, "Mm")
    ('500 m', '2 km', '0.5 m', '1,000 km')
    """
    length = value * {"mm": 1e-3, "cm": 1e-2, "dm": 0.1, "km": 1e3, "Mm": 1e6}.get(unit, 1.0)
    if length < _KILOMETRE:
        return f"{length:g} m"
    return f"{length / _KILOMETRE:,.0f} km"


def whereabouts(grid: Grid, ground: Ground | None, reduction: float) -> str:
    """Say where a map lies and how it is drawn."""
    crs = crs_of(grid).to_authority()
    words = [_place(ground), _pixel(ground)] if ground is not None else []
    words += [":".join(crs)] if crs else []
    if reduction > 1 + _SQUARE:
        words.append(f"drawn at 1/{reduction:.3g} of its resolution")
    return " · ".join(words)


def _draw_north(page: Page, x: float, y: float, north: float) -> None:
    tilt = north if abs(north) > _TILTED else 0.0
    right, up = 17 * math.sin(math.radians(tilt)), 17 * math.cos(math.radians(tilt))
    page.axes.annotate(
        "",
        page.at(x + right, y - up),
        page.at(x - right, y + up),
        xycoords="axes fraction",
        arrowprops=_ARROW,
    )
    side = "right" if tilt > 0 else "left"
    label = f"north is {abs(tilt):.0f}° to the {side}" if tilt else "N"
    style = {"weight": "normal"} if tilt else {"weight": "bold"}
    page.text(x - (34 if tilt else 24), y, label, 22, color=INK, ha="right", va="center", **style)


def _place(ground: Ground) -> str:
    east, north = ground.lon, ground.lat
    return (
        f"centre {abs(north):.2f}° {'N' if north >= 0 else 'S'}, "
        f"{abs(east):.2f}° {'E' if east >= 0 else 'W'}"
    )


def _pixel(ground: Ground) -> str:
    if abs(ground.across / ground.down - 1) < _SQUARE:
        return f"pixels of {three_digits(ground.across)} m"
    return f"pixels of {three_digits(ground.across)} x {three_digits(ground.down)} m"

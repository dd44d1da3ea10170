"""What stands around a map: its border, the area asked for, scale and north."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import three_digits
from bocage.mapping.outputs._canvas import FAINT, INK, PAPER, QUIET, Box, Canvas
from bocage.mapping.outputs._ground import Ground, round_length
from bocage.mapping.outputs._profile import crs_of
from bocage.sources import Grid

SCALE_HEIGHT = 128.0
"""Room for the scale below a map."""

_KILOMETRE = 1000.0
_TILTED = 2.0
"""Degrees from which on the north is not said to be at the top."""

_SEEN = 0.03
"""Share by which lengths may differ over the map before the scale is said to hold at the centre."""

_SQUARE = 0.02
"""Share by which a pixel's sides may differ before both are given."""


def draw_border(page: Canvas, frame: Box) -> None:
    """Draw a thin line around the map."""
    from matplotlib.patches import Rectangle

    page.page.add_patch(
        Rectangle(
            (frame.x, frame.y),
            frame.width,
            frame.height,
            facecolor="none",
            edgecolor=FAINT,
            linewidth=1.2,
            zorder=3,
        )
    )


def draw_outline(page: Canvas, frame: Box, grid: Grid, outline: Any) -> None:
    """Draw the area that was asked for, dark on a light edge, so that it shows on any colour.

    Parameters
    ----------
    page : Canvas
    frame : Box
        Of the map.
    grid : Grid
        Of the map.
    outline : shapely geometry
        In the map's coordinate system.
    """
    import shapely

    axes = page.axes(frame, grid.width, grid.height)
    edges = outline.boundary if "Polygon" in outline.geom_type else outline
    for part in shapely.get_parts(edges):
        line = _to_pixels(grid, shapely.get_coordinates(part))
        axes.plot(*line.T, color=PAPER, linewidth=3.6, solid_joinstyle="round", zorder=2)
        axes.plot(*line.T, color=INK, linewidth=1.7, solid_joinstyle="round", zorder=3)


def draw_scale(
    page: Canvas, frame: Box, grid: Grid, ground: Ground | None, reduction: float
) -> None:
    """Draw a scale bar and the north below the map, and say where it lies and how it is drawn."""
    y = frame.y + frame.height + 26
    crs = crs_of(grid).to_authority()
    words = [":".join(crs)] if crs else []
    if reduction > 1 + _SQUARE:
        words.append(f"drawn at 1/{reduction:.3g} of its resolution")
    if ground is None:
        page.text(
            frame.x, y + 34, "no scale bar: longitude and latitude are unknown", 20, color=QUIET
        )
    else:
        words = [_place(ground), _pixel(ground), *words]
        _draw_bar(page, Box(frame.x, y, frame.width, 9), grid, ground)
        # Beside the scale bar where the map is too narrow for both.
        _draw_north(page, frame.x + max(frame.width, 520.0) - 20, y + 4, ground.north)
    line = page.shortened(" · ".join(words), 19, page.width - 2 * frame.x)
    page.text(frame.x, y + 70, line, 19, color=QUIET)


def _draw_bar(page: Canvas, box: Box, grid: Grid, ground: Ground) -> None:
    from matplotlib.patches import Rectangle

    unit = grid.width / box.width * ground.across
    length = round_length(min(box.width, 700.0) * 0.4 * unit)
    bar = length / unit
    for half, colour in enumerate((INK, PAPER)):
        page.page.add_patch(
            Rectangle(
                (box.x + half * bar / 2, box.y),
                bar / 2,
                box.height,
                facecolor=colour,
                edgecolor=INK,
                linewidth=1,
            )
        )
    page.text(box.x, box.y + 34, "0", 20)
    label = scale_label(length) + (" at the centre" if ground.change > _SEEN else "")
    start = page.width_of("0", 20) + 12
    middle = bar - page.width_of(label, 20) / 2
    page.text(box.x + max(middle, start), box.y + 34, label, 20)


def scale_label(length: float) -> str:
    """Write a length in metres or kilometres.

    >>> scale_label(500.0), scale_label(2000.0), scale_label(0.5)
    ('500 m', '2 km', '0.5 m')
    """
    if length < _KILOMETRE:
        return f"{length:g} m"
    return f"{length / _KILOMETRE:,.0f} km"


def _draw_north(page: Canvas, x: float, y: float, north: float) -> None:
    from matplotlib.patches import Polygon

    tilt = north if abs(north) > _TILTED else 0.0
    turn = np.radians(tilt)
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    arrow = np.array([[0, -18], [9, 12], [0, 6], [-9, 12]]) @ turned + np.array([[x, y]])
    page.page.add_patch(Polygon(arrow, closed=True, facecolor=INK, linewidth=0))
    side = "right" if tilt > 0 else "left"
    label = f"north is {abs(tilt):.0f}° to the {side}" if tilt else "N"
    page.text(x - 24, y + 7, label, 22, ha="right", weight="normal" if tilt else "bold")


def _to_pixels(grid: Grid, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn places into columns and rows, shape (n, 2)."""
    row, column = grid.rowcol(xy)
    return np.column_stack([column, row])


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

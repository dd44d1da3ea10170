"""Names beside the lines they belong to, moved apart where they would overlap."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bocage.report._format import shorten


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions as little as possible so that neighbours are `gap` apart.

    Least squares under order constraints: pooling of adjacent violators (Ayer et al. 1955,
    10.1214/aoms/1177728423) on positions less the room that the ones below need.

    >>> spread([1.0, 1.0, 5.0], 1.0, 0.0, 10.0)
    [0.5, 1.5, 5.0]
    """
    n = len(wanted)
    if n == 0:
        return []
    gap = min(gap, (high - low) / max(n - 1, 1))
    order = np.argsort(wanted, kind="stable")
    pools: list[list[float]] = []
    for rank, index in enumerate(order):
        pools.append([wanted[int(index)] - rank * gap, 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            value, weight = pools.pop()
            pools[-1][0] = (pools[-1][0] * pools[-1][1] + value * weight) / (pools[-1][1] + weight)
            pools[-1][1] += weight
    level = np.concatenate([np.full(int(weight), value) for value, weight in pools])
    level = np.clip(level, low, high - (n - 1) * gap)
    out = np.empty(n)
    out[order] = level + gap * np.arange(n)
    return [float(value) for value in out]


def label_right(
    axes: Any,
    points: Sequence[tuple[str, float, float, str, bool]],
    *,
    length: int = 22,
    size: float = 7.5,
) -> None:
    """Write names in a column right of the axes, each with a hair line to its point.

    Parameters
    ----------
    axes : matplotlib Axes
        With its limits final.
    points : sequence of (name, x, y, colour, bold)
        In data units.
    length : int
        Longer names are cut.
    size : float
        Text size in points.
    """
    inside = axes.transData + axes.transAxes.inverted()
    places = [inside.transform((x, y)) for _, x, y, _, _ in points]
    height = axes.get_position().height * axes.figure.get_size_inches()[1] * 72
    ys = spread([float(place[1]) for place in places], 1.25 * size / height, 0.0, 1.0)
    for (name, _, _, colour, bold), place, y in zip(points, places, ys, strict=True):
        axes.annotate(
            shorten(name, length),
            xy=(place[0], place[1]),
            xytext=(1.045, y),
            xycoords="axes fraction",
            textcoords="axes fraction",
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=colour,
            va="center",
            ha="left",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": 0.5,
                "alpha": 0.6,
                "shrinkA": 1,
                "shrinkB": 3,
            },
        )


_TICK_ROOM = 40.0
"""Points at the left of a figure that belong to the tick labels."""


def label_near(
    axes: Any,
    points: Sequence[tuple[str, float, float, str, bool]],
    *,
    length: int = 26,
    size: float = 7.5,
) -> None:
    """Write names beside their points, each at the nearest place that is still free.

    Parameters are those of `label_right`; the first points get the best places.
    """
    figure = axes.figure
    scale = 72.0 / figure.dpi
    at = [axes.transData.transform((x, y)) * scale for _, x, y, _, _ in points]
    taken = [(x - 5.0, y - 5.0, x + 5.0, y + 5.0) for x, y in at]
    limit = figure.get_size_inches()[0] * 72.0
    shifts = sorted(
        ((dx, 1.2 * size * k) for dx in (8.0, -8.0) for k in range(-8, 9)),
        key=lambda shift: (abs(shift[1]), shift[0] < 0),
    )
    for (name, x, y, colour, bold), (px, py) in zip(points, at, strict=True):
        text = shorten(name, length)
        # Generous: the page's font is narrower than most.
        wide = (0.68 if bold else 0.62) * size * len(text)
        for dx, dy in shifts:
            left = px + dx if dx > 0 else px + dx - wide
            box = (left, py + dy - 0.6 * size, left + wide, py + dy + 0.6 * size)
            inside = box[0] > _TICK_ROOM and box[2] < limit
            if inside and not any(_overlap(box, other) for other in taken):
                break
        else:
            dx, dy, box = *shifts[0], (px, py, px, py)
        taken.append(box)
        axes.annotate(
            text,
            xy=(x, y),
            xytext=(dx, dy),
            textcoords="offset points",
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=colour,
            va="center",
            ha="left" if dx > 0 else "right",
            annotation_clip=False,
            arrowprops=None
            if dy == 0
            else {"arrowstyle": "-", "color": colour, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 3},
        )


Box = tuple[float, float, float, float]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

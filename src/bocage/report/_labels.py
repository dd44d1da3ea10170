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

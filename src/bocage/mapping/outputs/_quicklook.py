"""The map as a picture that explains itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bocage.colours import rgb
from bocage.core import write_atomic
from bocage.mapping.outputs._around import SCALE_HEIGHT, draw_outline, draw_scale, whereabouts
from bocage.mapping.outputs._draw_key import KEY_WIDTH, draw_key
from bocage.mapping.outputs._ground import Ground, ground_of
from bocage.mapping.outputs._key import MapKey, make_key
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._page import (
    HATCH,
    INK,
    MARGIN,
    PAPER,
    SIDE,
    STRIPE,
    Page,
    drawing,
    wrapped,
)
from bocage.mapping.outputs._picture import Picture, grid_of, read_picture, value_limits
from bocage.mapping.outputs._ramp import Ramp, paint, ramp_for
from bocage.sources import Grid

_WIDE = 2.1
"""A map that is more than this many times as wide as high has its key below."""

_TALLEST = 970.0
"""Height of the map, so that all words fit above and below it."""

_NOTES = 7
"""Lines of notes, at most."""

_NOTE = 3
"""Lines of one note, at most."""

_ROOMY = 700.0
"""Width of a map with room below it for what is written; below others it goes on below the key."""

_NARROW = 8.0
"""A map that is longer is drawn as if it were only so many times as long as it is wide."""


def write_quicklook(
    path: Path,
    cog: Path,
    layer: Layer,
    *,
    title: str,
    notes: Sequence[str] = (),
    attribution: str = "",
    outline: Any = None,
    shares: Mapping[str, float] | None = None,
    limits: tuple[float, float] | None = None,
    band: int = 1,
    size: int = 1600,
) -> None:
    """Draw a map with its key, scale, north and source, as PNG.

    Parameters
    ----------
    path : Path
    cog : Path
        Of `write_cog`. It is read from its overviews.
    layer : Layer
    title : str
    notes : sequence of str
        Lines below the title: year, method, its score in places without labels.
    attribution : str
        Whose data it is made of.
    outline : shapely geometry, optional
        Area that was asked for, in the map's coordinate system.
    shares : mapping of str to float, optional
        Share of each class among all pixels with data. Without it, shares are counted on the
        picture and marked as such.
    limits : tuple of float, optional
        Values at both ends of the colour scale; of the map itself unless given.
    band : int
        From 1: which class of a map of probabilities.
    size : int
        Longer side of the picture, at most, in pixels.

    Raises
    ------
    DataError
        If the map can't be read.
    StoreError
        If the picture can't be written.
    """
    grid = grid_of(cog)
    ground = ground_of(grid)
    ramp = None
    if not layer.is_class:
        if limits is None and layer.dtype == "float32":
            limits = value_limits(cog, layer, band)
        ramp = ramp_for(layer, limits)
    width, height, is_below = _map_size(grid, ground)
    pixels = (max(round(height * size / SIDE), 1), max(round(width * size / SIDE), 1))
    picture = read_picture(cog, layer, pixels, band)
    key = make_key(
        picture,
        layer,
        ramp,
        caption=layer.bands[band - 1],
        shares=shares,
        outlined=outline is not None,
        most=20 if is_below else max(int(height // 40) - 3, 8),
    )
    names = layer.legend.names if layer.legend is not None else layer.bands
    with drawing([title, *notes, attribution, *names]):
        page = Page(width, height)
        _draw_map(page, picture, layer, ramp)
        if outline is not None:
            draw_outline(page, grid, outline)
        draw_scale(page, ground)
        room = SIDE - 2 * MARGIN if is_below else max(width + MARGIN + KEY_WIDTH, 928.0)
        _write_above(page, room, title, notes)
        _write_below(
            page, room, key, is_below, whereabouts(grid, ground, picture.reduction), attribution
        )
        write_atomic(path, page.png(size))


def _map_size(grid: Grid, ground: Ground | None) -> tuple[float, float, bool]:
    """Find width and height of the map on the page, and whether its key stands below.

    A metre across is as long as a metre down.
    """
    ratio = grid.width / grid.height
    if ground is not None:
        ratio *= ground.across / ground.down
    ratio = min(max(ratio, 1 / _NARROW), _NARROW)
    is_below = ratio > _WIDE
    widest = SIDE - 2 * MARGIN if is_below else SIDE - 3 * MARGIN - KEY_WIDTH
    width = min(widest, _TALLEST * ratio)
    return width, width / ratio, is_below


def _draw_map(page: Page, picture: Picture, layer: Layer, ramp: Ramp | None) -> None:
    """Draw the map in columns and rows of its grid; the hatched paper is seen without data."""
    known = picture.has_data(layer)
    colours = np.zeros((*known.shape, 4), np.uint8)
    colours[known, 3] = 255
    if layer.legend is not None and layer.is_class:
        table = np.array([rgb(colour) for colour in layer.legend.colours], dtype=np.uint8)
        colours[known, :3] = table[picture.stored[known]]
    elif ramp is not None:
        colours[known, :3] = paint(picture.values(layer)[known], ramp)
    page.axes.patch.set(facecolor=PAPER, edgecolor=STRIPE, hatch=HATCH)
    page.axes.imshow(
        colours,
        extent=(0, picture.grid.width, picture.grid.height, 0),
        interpolation="nearest",
        aspect="auto",
    )


def _write_above(page: Page, room: float, title: str, notes: Sequence[str]) -> None:
    lines = [line for note in notes for line in wrapped(note, 24, room, _NOTE)][:_NOTES]
    top = -22 - 34 * len(lines)
    for i, line in enumerate(lines):
        page.text(0, top + 34 * i, line, 24)
    titles = wrapped(title, 40, room, 2, bold=True)
    for i, line in enumerate(titles):
        page.text(0, top - 8 - 50 * (len(titles) - i), line, 40, color=INK, weight="bold")


def _write_below(
    page: Page, room: float, key: MapKey, is_below: bool, where: str, attribution: str
) -> None:
    """Write the key, beside the map or below it, and where the map lies and comes from."""
    bottom = page.height + SCALE_HEIGHT
    if not is_below:
        end = draw_key(page, key, page.width + MARGIN, 0, KEY_WIDTH) + 24
        if page.width > _ROOMY:
            room = page.width
        else:
            bottom = max(bottom, end)
    for line in wrapped(where, 19, room, 1):
        page.text(0, bottom, line, 19)
        bottom += 44
    if is_below:
        bottom = draw_key(page, key, 0, bottom, room) + 24
    for i, line in enumerate(wrapped(attribution, 19, room, 3)):
        page.text(0, bottom + 28 * i, line, 19)

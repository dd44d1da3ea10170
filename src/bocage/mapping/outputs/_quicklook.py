"""The map as a picture that explains itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bocage.colours import rgb
from bocage.core import write_atomic
from bocage.mapping.outputs._canvas import QUIET, SIDE, Box, Canvas, drawing, stripes
from bocage.mapping.outputs._furniture import SCALE_HEIGHT, draw_border, draw_outline, draw_scale
from bocage.mapping.outputs._ground import Ground, ground_of
from bocage.mapping.outputs._key import Key, make_key
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._picture import Picture, grid_of, read_picture, value_limits
from bocage.mapping.outputs._ramp import Ramp, paint, ramp_for
from bocage.sources import Grid

_PAD = 36.0
_KEY = 430.0
"""Width of the key beside the map."""

_WIDE = 2.1
"""A map that is more than this many times as wide as high has its key below."""

_TALLEST = 970.0
"""Height of the map, so that all words fit above and below it."""

_NOTES = 7
"""Lines of notes, at most."""

_NOTE = 3
"""Lines of one note, at most."""

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
    scale = size / SIDE
    pixels = (max(round(height * scale), 1), max(round(width * scale), 1))
    picture = read_picture(cog, layer, pixels, band)
    key = make_key(
        picture,
        layer,
        ramp,
        caption=layer.bands[band - 1],
        shares=shares,
        outlined=outline is not None,
        most=20 if is_below else max(int(height // 40) - 3, 8),
        is_below=is_below,
    )
    names = layer.legend.names if layer.legend is not None else layer.bands
    with drawing([title, *notes, attribution, *names]):
        page, frame, place = _layout(width, height, scale, key, title, notes, attribution)
        _draw_map(page, frame, picture, layer, ramp)
        if outline is not None:
            draw_outline(page, frame, grid, outline)
        draw_scale(page, frame, grid, ground, picture.reduction)
        key.draw(page, place)
        write_atomic(path, page.png())


def _map_size(grid: Grid, ground: Ground | None) -> tuple[float, float, bool]:
    """Find width and height of the map on the page, and whether its key stands below.

    A metre across is as long as a metre down.
    """
    ratio = grid.width / grid.height
    if ground is not None:
        ratio *= ground.across / ground.down
    ratio = min(max(ratio, 1 / _NARROW), _NARROW)
    is_below = ratio > _WIDE
    widest = SIDE - 2 * _PAD if is_below else SIDE - 3 * _PAD - _KEY
    width = min(widest, _TALLEST * ratio)
    return width, width / ratio, is_below


def _layout(
    width: float,
    height: float,
    scale: float,
    key: Key,
    title: str,
    notes: Sequence[str],
    attribution: str,
) -> tuple[Canvas, Box, Box]:
    """Find room for all, and write what stands above and below the map."""
    page_width = SIDE if key.is_below else max(width + _KEY + 3 * _PAD, 1000.0)
    room = page_width - 2 * _PAD
    # Text is measured before it is known how high the page will be.
    ruler = Canvas(SIDE, SIDE, scale)
    titles = ruler.wrapped(title, 40, room, 2, bold=True)
    lines = [line for note in notes for line in ruler.wrapped(note, 24, room, _NOTE)][:_NOTES]
    sources = ruler.wrapped(attribution, 19, room, 3)
    under_title = 30 + 50 * len(titles)
    top = under_title + 34 * len(lines) + 22
    frame = Box(_PAD, top, width, height)
    bottom = top + height + SCALE_HEIGHT
    if key.is_below:
        place = Box(_PAD, bottom, room, key.height(room))
        bottom += place.height + 24
    else:
        place = Box(2 * _PAD + width, top, _KEY, key.height(_KEY))
        bottom = max(bottom, top + place.height + 24)
    page = Canvas(page_width, bottom + 28 * len(sources) + 20, scale)
    for i, line in enumerate(titles):
        page.text(_PAD, 62 + 50 * i, line, 40, weight="bold")
    for i, line in enumerate(lines):
        page.text(_PAD, under_title + 22 + 34 * i, line, 24, color=QUIET)
    for i, line in enumerate(sources):
        page.text(_PAD, bottom + 20 + 28 * i, line, 19, color=QUIET)
    return page, frame, place


def _draw_map(page: Canvas, frame: Box, picture: Picture, layer: Layer, ramp: Ramp | None) -> None:
    height, width = picture.stored.shape
    colours = stripes(height, width, max(round(14 * page.scale), 4))
    known = picture.has_data(layer)
    if layer.legend is not None and layer.is_class:
        table = np.array([rgb(colour) for colour in layer.legend.colours], dtype=np.uint8)
        colours[known, :3] = table[picture.stored[known]]
    elif ramp is not None:
        colours[known, :3] = paint(picture.values(layer)[known], ramp)
    axes = page.axes(frame, width, height)
    axes.imshow(
        colours, extent=(0, width, height, 0), interpolation="nearest", aspect="auto", zorder=1
    )
    draw_border(page, frame)

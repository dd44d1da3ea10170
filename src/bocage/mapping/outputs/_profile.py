"""How a layer stands in a GeoTIFF: size, place, type, colours, names."""

import json
from typing import Any

from bocage.colours import Legend, rgb
from bocage.core import DataError
from bocage.mapping.outputs._layer import Layer
from bocage.sources import Grid

BLOCK = 512
"""Height and width of a tile."""

MEMORY = 256
"""Megabytes that GDAL may keep of files that are open."""

_NAMES = "class_names"


def north_up(grid: Grid) -> Grid:
    """Return the grid of the same pixels whose first row lies in the north.

    >>> south = Grid("EPSG:32633", (10, 0, 500_000, 0, 10, 5_000_000), 100, 100)
    >>> north_up(south).transform
    (10, 0, 500000, 0, -10, 5001000)
    """
    if not grid.is_bottom_up:
        return grid
    a, b, c, d, e, f = grid.transform
    turned = (a, -b, c + b * grid.height, d, -e, f + e * grid.height)
    return Grid(grid.crs, turned, grid.height, grid.width)


def printable(text: str) -> str:
    r"""Replace what can stand in no XML file, where GeoTIFF keeps its words, by blanks.

    >>> printable("soil\x00 \x0b& rock")
    'soil   & rock'
    """
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)


def crs_of(grid: Grid) -> Any:
    """Read a grid's coordinate system.

    Raises
    ------
    DataError
        If it is unknown.
    """
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    try:
        return CRS.from_user_input(grid.crs)
    except CRSError as error:
        raise DataError(
            f"coordinate reference system {grid.crs[:60]!r} is unknown; expected one such as "
            "EPSG:32633"
        ) from error


def profile(grid: Grid, layer: Layer) -> dict[str, Any]:
    """Describe the tiled, uncompressed GeoTIFF that a layer is collected in."""
    from rasterio.transform import Affine

    return {
        "driver": "GTiff",
        "height": grid.height,
        "width": grid.width,
        "count": len(layer.bands),
        "dtype": layer.dtype,
        "nodata": layer.nodata,
        "crs": crs_of(grid),
        "transform": Affine(*grid.transform),
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        # A window then changes few pieces of the file, however many bands there are.
        "interleave": "band",
        "bigtiff": "IF_SAFER",
        # Three or four bands of bytes would be taken for a photograph, the fourth for its mask.
        "photometric": "PALETTE" if layer.is_class else "MINISBLACK",
    }


def describe(file: Any, layer: Layer) -> None:
    """Write names, colours, units and tags into a GeoTIFF that is open for writing."""
    if layer.legend is not None and layer.is_class:
        colours = {i: (*rgb(colour), 255) for i, colour in enumerate(layer.legend.colours)}
        file.write_colormap(1, colours | {int(layer.nodata): (0, 0, 0, 0)})
        # GeoTIFF has no field for them: this tag is read back by `legend_of`.
        file.update_tags(1, **{_NAMES: json.dumps(layer.legend.names, ensure_ascii=False)})
    for band, name in enumerate(layer.bands, 1):
        file.set_band_description(band, printable(name))
    if (layer.scale, layer.offset) != (1.0, 0.0):
        file.scales = (layer.scale,) * len(layer.bands)
        file.offsets = (layer.offset,) * len(layer.bands)
    if layer.unit:
        file.units = (printable(layer.unit),) * len(layer.bands)
    file.update_tags(**{key: printable(text) for key, text in layer.tags.items()})


def legend_in(file: Any) -> Legend | None:
    """Read the legend of an open map; None if it has none."""
    names = file.tags(1).get(_NAMES)
    if names is None:
        return None
    colours = file.colormap(1)
    parsed = json.loads(names)
    found = ("#{:02x}{:02x}{:02x}".format(*colours[i][:3]) for i in range(len(parsed)))
    return Legend(tuple(parsed), tuple(found))

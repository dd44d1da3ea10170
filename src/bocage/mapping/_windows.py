"""Windows that a map is made in: along the lines of the file's blocks, of bounded size."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.mapping._request import MapArea
from bocage.sources import Source, Window, to_crs, turned_shapes

SIDE = 1024
"""Windows are about so many pixels long and wide."""

BYTES = 2**26
"""Stored numbers of one window, at most, where blocks allow it."""


SMALL = 10_000
"""An area of more pixels is not asked whether it holds the centre of any."""


SPREAD = 40
"""Points a side that an area is looked at with."""


def windows_of(raster: Source, area: Window, n_bands: int, least: int = 1) -> tuple[Window, ...]:
    """Cut an area into windows, each of whole blocks, row by row as the file lies.

    Parameters
    ----------
    raster : Source
    area : Window
    n_bands : int
        Bands that are read.
    least : int
        Windows are at least so many pixels high.
    """
    high, wide = raster.block
    pixels = max(1, BYTES // (n_bands * np.dtype(raster.dtype).itemsize))
    width = wide * max(1, min(SIDE, pixels) // wide)
    height = high * max(-(-least // high), min(SIDE, pixels // width) // high)
    return tuple(raster.grid.tiles((height, width), area))


def area_of(raster: Source, shape: Any, crs: Any, name: str) -> tuple[Window, Any]:
    """Return the window that a shape covers, and the shape in the raster's coordinate system.

    Parameters
    ----------
    raster : Source
    shape : shapely geometry
    crs : any that pyproj takes
    name : str
        Of its file, for messages.

    Raises
    ------
    DataError
        If the shape is empty or does not touch the raster.
    """
    import shapely

    made = shapely.transform(shapely.make_valid(shape), lambda xy: to_crs(crs, raster.grid.crs, xy))
    made = turned_shapes(np.array([made], dtype=object), raster.grid)[0]
    bounds = shapely.bounds(made)
    window = raster.grid.window_of(tuple(bounds)) if np.isfinite(bounds).all() else None
    if window is None:
        raise DataError(
            f"the area of {name} does not overlap {raster.about.name}; expected an area on the "
            "raster: choose another raster, or check the CRS of the area"
        )
    if window.height * window.width <= SMALL and not inside(raster, made, window).any():
        # Smaller than a pixel, or thinner: the pixel of its inner point stands for it.
        point = shapely.get_coordinates(shapely.point_on_surface(made))
        row, column = raster.grid.pixel(point)
        window = Window(int(row[0]), int(column[0]), 1, 1)
        made = shapely.box(*raster.grid.crop(window).bounds)
    return window, made


def points_of(raster: Source, area: MapArea | None) -> NDArray[np.float64]:
    """Return points spread over an area, or over the whole raster, shape (n, 2), degrees."""
    window, shape = raster.grid.whole, None
    if area is not None:
        window, shape = area_of(raster, area.shape, area.crs, area.name)
    rows, columns = (
        np.unique(np.linspace(start, start + size - 1, SPREAD).round().astype(int))
        for start, size in ((window.row, window.height), (window.column, window.width))
    )
    row, column = (part.ravel() for part in np.meshgrid(rows, columns, indexing="ij"))
    if shape is not None:
        import shapely

        some = shapely.contains_xy(shape, *raster.grid.xy(row + 0.5, column + 0.5).T)
        if some.any():
            row, column = row[some], column[some]
    return raster.grid.lonlat(row + 0.5, column + 0.5)


def spacing(raster: Source, window: Window) -> float:
    """Measure in metres how far apart the points of `points_of` are, across."""
    from bocage.splits import metres_between

    row, column = window.row + window.height / 2, window.column + window.width / 2
    steps = (window.height / (SPREAD - 1), window.width / (SPREAD - 1))
    ends = raster.grid.lonlat(
        np.array([row, row + steps[0]]), np.array([column, column + steps[1]])
    )
    return float(metres_between(ends[:1], ends[1:])[0])


def inside(raster: Source, shape: Any, window: Window) -> NDArray[np.bool_]:
    """Tell which pixels of a window have their centre in a shape, shape (height, width)."""
    from affine import Affine
    from rasterio.features import geometry_mask

    transform = Affine(*raster.grid.crop(window).transform)
    made: NDArray[np.bool_] = geometry_mask(
        [shape], (window.height, window.width), transform, all_touched=False, invert=True
    )
    return made

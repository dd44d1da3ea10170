"""Areas of pixels on the ground, and of the classes of a map by counting them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bocage.core import DataError, Floats
from bocage.sources import Grid, direct

STRETCH = 0.005
"""Largest relative error of plane areas that is left alone; UTM stays below 0.2 % in its zone."""

N_COLUMNS = 9


def row_areas(grid: Grid) -> Floats:
    """Area of one pixel in each row of a grid.

    Longitude and latitude: the exact area between two meridians and two parallels of the
    ellipsoid, which shrinks towards the poles. Projected grids: the plane area, as is usual for
    UTM (its scale is left alone: 0.08 % too little on the central meridian, 0.2 % too much at
    the edge of a zone); but where the projection stretches areas by over 0.5 % (Web Mercator:
    four times at 60 degrees), the areas on the ellipsoid, averaged over each row.

    Parameters
    ----------
    grid : Grid

    Returns
    -------
    ndarray of float64, shape (height,)
        Square metres.

    Raises
    ------
    DataError
        If the coordinate system is unknown or local, or a grid of longitude and latitude is
        rotated or reaches beyond a pole.

    Examples
    --------
    >>> row_areas(Grid("EPSG:32633", (10, 0, 500_000, 0, -10, 5_000_000), 3, 4))
    array([100., 100., 100.])
    >>> degrees = Grid("EPSG:4326", (0.5, 0, 10, 0, -30, 60), 2, 4)
    >>> (row_areas(degrees) / 1e6).round().tolist()
    [129901.0, 176511.0]
    """
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    try:
        crs = CRS.from_user_input(grid.crs)
    except ProjError as error:
        raise DataError(
            f"areas can't be computed: the coordinate reference system {grid.crs[:60]!r} is "
            "unknown; expected one such as EPSG:32633"
        ) from error
    if crs.is_geographic:
        return _degree_areas(grid, crs)
    if not crs.is_projected:
        raise DataError(
            f"areas can't be computed in {crs.name!r}, which is neither geographic nor projected; "
            "expected a coordinate reference system such as EPSG:32633"
        )
    metres = crs.axis_info[0].unit_conversion_factor
    plane = np.full(grid.height, grid.pixel_area * metres * metres)
    ground = _ground_areas(grid, crs)
    known = np.isfinite(ground)
    if not known.any() or np.abs(ground[known] / plane[0] - 1.0).max() <= STRETCH:
        return plane
    # A row outside the projection holds no data that could be counted.
    count = known.sum(axis=1)
    mean = np.where(known, ground, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.where(count > 0, mean, plane)


def mapped_areas(counts: ArrayLike, pixel_area: ArrayLike) -> Floats:
    """Area of each class as mapped, from its pixels.

    A map that errs has a biased area; see `estimate_areas` for what a probability sample of
    reference labels tells about the true one.

    Parameters
    ----------
    counts : array_like of int, shape (n_classes,) or (n_rows, n_classes)
        Pixels of each class, in all or by row.
    pixel_area : float, or array_like, shape (n_rows,)
        Square metres of a pixel, or of one in each row (`row_areas`).

    Returns
    -------
    ndarray of float64, shape (n_classes,)
        Square metres.

    Raises
    ------
    DataError
        If areas differ by row but counts are not given by row, or a figure is negative.

    Examples
    --------
    >>> mapped_areas([200, 50], 100.0).tolist()
    [20000.0, 5000.0]
    >>> mapped_areas([[1, 3], [2, 2]], [90.0, 100.0]).tolist()
    [290.0, 470.0]
    """
    table = np.asarray(counts, np.float64)
    areas = np.asarray(pixel_area, np.float64)
    if table.ndim not in (1, 2) or (areas.ndim and areas.shape != table.shape[: table.ndim - 1]):
        raise DataError(
            f"counts of shape {table.shape} don't match pixel areas of shape {areas.shape}; "
            "expected one area, or counts of shape (rows, classes) with one area per row"
        )
    if not np.isfinite(areas).all() or (areas <= 0).any() or not (table >= 0).all():
        raise DataError("counts must be 0 or more, and pixel areas finite and above 0")
    by_row = table if table.ndim > 1 else table[None]
    return np.asarray((by_row * areas.reshape(-1, 1)).sum(axis=0))


def _degree_areas(grid: Grid, crs: Any) -> Floats:
    a, b, _, d, e, f = grid.transform
    if b or d:
        raise DataError(
            "pixel areas of a rotated grid of longitude and latitude can't be computed by row; "
            "reproject the raster to UTM or an equal-area projection"
        )
    radians = crs.axis_info[0].unit_conversion_factor
    latitude = (f + e * np.arange(grid.height + 1)) * radians
    if np.abs(latitude).max() > np.pi / 2 + 1e-9:
        raise DataError(
            f"the grid reaches latitude {np.degrees(np.abs(latitude).max()):.4f}; expected at most "
            "90: is the raster really in degrees?"
        )
    return np.asarray(np.abs(np.diff(_zone_area(latitude, crs.ellipsoid))) * abs(a) * radians)


def _zone_area(latitude: Floats, ellipsoid: Any) -> Floats:
    """Area from the equator to latitudes in radians, of one radian of longitude (Snyder 1987)."""
    major, minor = ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre
    sine = np.sin(latitude)
    square = 1.0 - (minor / major) ** 2
    if square <= 0.0:
        return np.asarray(major * major * sine)
    first = np.sqrt(square)
    part = sine / (1.0 - square * sine * sine) + np.arctanh(first * sine) / first
    return np.asarray(0.5 * minor * minor * part)


def _ground_areas(grid: Grid, crs: Any) -> Floats:
    """Area of a pixel at places of each row, shape (height, columns); NaN where is no ground."""
    rows = np.arange(grid.height) + 0.5
    columns = np.unique(np.linspace(0.5, grid.width - 0.5, min(grid.width, N_COLUMNS)))
    row, column = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
    to_degrees = direct(crs, crs.geodetic_crs)
    radians = crs.geodetic_crs.axis_info[0].unit_conversion_factor

    def step(down: float, right: float) -> tuple[Floats, Floats]:
        """Move by half a pixel: in longitude, and in the area up to the latitude."""
        ends = []
        for sign in (-0.25, 0.25):
            xy = grid.xy(row + sign * down, column + sign * right)
            longitude, latitude = to_degrees.transform(xy[:, 0], xy[:, 1])
            ends.append((longitude * radians, _zone_area(latitude * radians, crs.ellipsoid)))
        (west, low), (east, high) = ends
        # Longitudes jump where a raster crosses the date line.
        return (east - west + np.pi) % (2 * np.pi) - np.pi, high - low

    # Longitude and area up to the latitude are equal-area coordinates.
    (x_down, y_down), (x_right, y_right) = step(1.0, 0.0), step(0.0, 1.0)
    area = 4.0 * np.abs(x_right * y_down - x_down * y_right)
    return np.where(np.isfinite(area), area, np.nan).reshape(len(rows), len(columns))

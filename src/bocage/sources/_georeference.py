"""From rows and columns to x and y and back, and from one coordinate system to another.

Everything that turns pixels into places, or places of one system into those of another, does it
here: with x before y, in float64, and by PROJ's transformers.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Floats, in_one_line


def xy_of(
    transform: tuple[float, ...],
    row: NDArray[np.floating[Any]],
    column: NDArray[np.floating[Any]],
) -> Floats:
    """Turn rows and columns into x and y.

    Parameters
    ----------
    transform : tuple of float
        a, b, c, d, e, f: x = a column + b row + c and y = d column + e row + f.
    row, column : ndarray of float, shape (n,)
        From the corner of the first pixel: its centre is at a half.

    Returns
    -------
    ndarray of float64, shape (n, 2)

    Examples
    --------
    >>> xy_of((10, 0, 500, 0, -10, 900), np.array([0.5]), np.array([1.5])).tolist()
    [[515.0, 895.0]]
    """
    a, b, c, d, e, f = transform
    return np.column_stack([a * column + b * row + c, d * column + e * row + f])


def rowcol_of(transform: tuple[float, ...], xy: Floats) -> tuple[Floats, Floats]:
    """Turn x and y into rows and columns, with what is left of a pixel; `xy_of` turned round.

    Places are taken relative to the corner first: the inverse of the transform would lose digits
    of coordinates in the millions.

    Parameters
    ----------
    transform : tuple of float
        As of `xy_of`.
    xy : ndarray of float64, shape (n, 2)

    Returns
    -------
    row, column : ndarray of float64, shape (n,)

    Examples
    --------
    >>> rowcol_of((10, 0, 500, 0, -10, 900), np.array([[515.0, 895.0]]))
    (array([0.5]), array([1.5]))
    """
    a, b, c, d, e, f = transform
    x, y = xy[:, 0] - c, xy[:, 1] - f
    size = a * e - b * d
    with np.errstate(invalid="ignore"):
        return (a * y - d * x) / size, (e * x - b * y) / size


def pixel_area(transform: tuple[float, ...]) -> float:
    """Return the area of a pixel in squares of the coordinate system's unit."""
    a, b, _, d, e, _ = transform
    return abs(a * e - b * d)


def to_crs(source: Any, target: Any, xy: Floats) -> Floats:
    """Turn places of one coordinate system into another, x before y, shape (n, 2).

    Latitudes of a system that names no datum (many spheres: MODIS' sinusoidal grid, a plane of
    Bocage's own) are taken for those of WGS84. The shift of datums, up to hundreds of metres, is
    made whatever the other system is.

    Raises
    ------
    DataError
        If either is unknown.
    """
    from pyproj.exceptions import ProjError

    # Texts are compared by what they say; other objects may not be hashable.
    find = _known_steps if isinstance(source, str) and isinstance(target, str) else _steps
    try:
        for transformer in find(source, target):
            xy = np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    except ProjError as error:
        raise DataError(
            f"coordinates can't be converted from {str(source)[:60]!r} to {str(target)[:60]!r} "
            f"({in_one_line(error, 80)}); expected coordinate reference systems such as "
            "EPSG:32633"
        ) from error
    return xy


def projected(source: Any, target: Any, xy: Floats) -> Floats:
    """Turn places as PROJ does by itself, whatever it knows of the shift of datums; see `to_crs`.

    Where either system is WGS84 both give the same.

    Raises
    ------
    pyproj.exceptions.ProjError
        If either is unknown: who asks knows best what to say.
    """
    return np.column_stack(direct(source, target).transform(xy[:, 0], xy[:, 1]))


def direct(source: Any, target: Any) -> Any:
    """Return PROJ's transformer between two systems, x before y."""
    plain = isinstance(source, str | int) and isinstance(target, str | int)
    return (_known_direct if plain else _direct)(source, target)


def is_same_crs(a: str, b: str) -> bool:
    """Tell whether two texts name one coordinate system, in whatever order of axes."""
    if a == b:
        return True
    from pyproj import CRS

    return bool(CRS.from_user_input(a).equals(CRS.from_user_input(b), ignore_axis_order=True))


def _direct(source: Any, target: Any) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


def _steps(source: Any, target: Any) -> tuple[Any, ...]:
    """Return the steps that turn one into the other; none where they are the same."""
    from pyproj import CRS

    before, after = CRS.from_user_input(source), CRS.from_user_input(target)
    if before.equals(after, ignore_axis_order=True):
        return ()
    one = _direct(before, after)
    degrees = CRS.from_epsg(4326)
    ends_there = any(crs.equals(degrees, ignore_axis_order=True) for crs in (before, after))
    if ends_there or "Ballpark" not in one.description:
        return (one,)
    # PROJ knows no way between the datums, and leaves their shift out; to WGS84 it may know one.
    return _direct(before, degrees), _direct(degrees, after)


# Building one takes milliseconds, and a map asks for the same one at every tile; pyproj's
# transformers may be used by several threads.
_known_steps = lru_cache(maxsize=64)(_steps)
_known_direct = lru_cache(maxsize=256)(_direct)

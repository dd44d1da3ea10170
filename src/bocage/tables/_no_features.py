"""Columns that are numbers and no features: row numbers, and coordinates of another system."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from bocage.core import Floats
from bocage.tables._target import as_numbers

if TYPE_CHECKING:
    import pandas as pd

ROW_NUMBER = "row number"
COORDINATE = "coordinate"
BLANK = "blank in every row"
"""What a reader is told that such a column is."""

FEW_ROWS = 20
"""Of a shorter table nothing is said of columns that number its rows: they may be features."""

SAME_PLACE = 0.999
"""A column that longitude and latitude explain so well, by correlation, tells the place again."""

_UNNAMED = re.compile(r"Unnamed: \d+")
"""What pandas calls a column without a name: most often the index of a table it wrote."""

_BESIDE = (
    "utm|coordinates|coordinate|coords|coord|point|proj|projected|gps|centroid|centre|center|"
    "decimal|wgs|albers|lambert|map|dd|deg|metres|meters|km|m"
)
_AXIS = "lon|lng|long|longitude|longitud|lat|latitude|latitud|x|y|easting|northing"
_COORDINATE = re.compile(rf"(?:{_BESIDE})*(?:{_AXIS})(?:{_BESIDE})*")


def no_features(frame: "pd.DataFrame", columns: Iterable[str], lonlat: Floats) -> dict[str, str]:
    """Find columns that a wildcard passes over though they are numbers, and say what each is.

    Parameters
    ----------
    frame : DataFrame
    columns : iterable of str
        Columns of numbers that are nothing else: no target, group or coordinate that is used.
    lonlat : ndarray of float64, shape (n, 2)
        Where the rows stand; NaN where that is not known.

    Returns
    -------
    dict of str to str
    """
    out = {}
    for column in columns:
        values = as_numbers(frame[column])
        if _numbers_rows(column, values):
            out[column] = ROW_NUMBER
        elif is_named_like_coordinate(column) and _tells_place(values, lonlat):
            out[column] = COORDINATE
    return out


def is_named_like_coordinate(column: str) -> bool:
    """Tell whether a name is that of an easting, a northing, a longitude or a latitude.

    >>> names = ("X", "utm_x", "POINT_Y", "Northing (m)", "xmax", "x1_soil", "long_term_mean")
    >>> [is_named_like_coordinate(name) for name in names]
    [True, True, True, True, False, False, False]
    """
    return _COORDINATE.fullmatch(re.sub(r"[^a-z]", "", column.lower())) is not None


def _numbers_rows(column: str, values: Floats) -> bool:
    """Tell whether values are 0 or 1 to n in any order, or the index of a table without a name."""
    n = len(values)
    if not n or not np.isfinite(values).all():
        return False
    if _UNNAMED.fullmatch(column) and (values == np.floor(values)).all():
        # Rows may have been left out since, and each of several files begins anew.
        on = (np.diff(values) > 0) | (values[1:] == values[0])
        return bool(on.all() and values[0] != values[-1])
    first = values.min()
    if n < FEW_ROWS or first not in (0, 1) or values.max() != first + n - 1:
        return False
    return np.array_equal(np.sort(values), first + np.arange(n))


def _tells_place(values: Floats, lonlat: Floats) -> bool:
    """Tell whether values follow from longitude and latitude as those of a map projection do."""
    here = np.isfinite(values) & np.isfinite(lonlat).all(axis=1)
    y = values[here]
    if len(y) < FEW_ROWS or y.min() == y.max():
        return False
    spread = lonlat[here].std(axis=0)
    u, v = (lonlat[here] - lonlat[here].mean(axis=0)).T / np.where(spread > 0, spread, 1)[:, None]
    # A projection is bent a little: over a large area squares are needed too.
    bent = np.column_stack([np.ones_like(u), u, v, u * u, u * v, v * v])
    left = y - bent @ np.linalg.lstsq(bent, y, rcond=None)[0]
    return bool(left.var() <= (1 - SAME_PLACE**2) * y.var())

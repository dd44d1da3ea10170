"""Column names that are recognised, and the nearest name to one that is not there."""

import re
from collections.abc import Iterable

from bocage.core import DataError, did_you_mean
from bocage.core import listed as shortened

LON_NAMES = ("lon", "longitude", "x_lon", "lng", "long")
LAT_NAMES = ("lat", "latitude", "y_lat")
"""Recognised coordinate columns, in any case."""

METRIC_PAIRS = (
    ("x", "y"),
    ("easting", "northing"),
    ("utm_x", "utm_y"),
    ("coord_x", "coord_y"),
    ("point_x", "point_y"),
)
"""Columns that look like coordinates, in any case, and do not say of what system."""

NO_COLUMN = ("blocks", "clusters", "knndm", "none")
"""What can be left out without a column that names it."""

GROUP_NAMES = (
    "region",
    "year",
    "biome",
    "city",
    "parcel",
    "event",
    "district",
    "site",
    "state",
    "country",
)
"""Columns that become groups without being asked for, in any case."""

TOGETHER_NAMES = ("parcel", "event")
"""Groups whose samples are never torn apart."""

PARCEL, PIXEL = "parcel", "pixel"
"""Columns of a table whose rows are single pixels of labelled polygons: the polygon, and the number
of the pixel within it."""

MAX_NAMES_SHOWN = 12


def nearest(name: str, known: Iterable[str]) -> str:
    """End a sentence: with ``; did you mean 'x'?``, or a full stop where no name is near."""
    return did_you_mean(name, known) or "."


def listed(names: Iterable[str]) -> str:
    """Return the first names, and how many more there are."""
    every = list(names)
    return shortened(every, MAX_NAMES_SHOWN) or "none"


def need_column(
    name: str, columns: Iterable[str], what: str, option: str, *, words: Iterable[str] = ()
) -> None:
    """Check that a column is there; `words` may be meant instead of a column.

    Raises
    ------
    DataError
        If it is not; the nearest name is suggested.
    """
    known = list(columns)
    if name not in known:
        raise DataError(
            f"no column {name!r} for {what}{nearest(name, [*known, *words])} The table has: "
            f"{listed(known)}. Name one of them with {option}"
        )


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts B2 before B11."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(p), p) if p.isdigit() else (1, 0, p) for p in parts)

"""Where the samples of a table stand: from geometry, or from two columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bocage.core import DataError, Floats, SettingsError, metres_in_words
from bocage.tables._crs import find_crs, to_degrees
from bocage.tables._degrees import with_crs
from bocage.tables._grid_names import find_grid_pair
from bocage.tables._names import LAT_NAMES, LON_NAMES, METRIC_PAIRS, listed, nearest
from bocage.tables._read import LabelRows
from bocage.tables._target import as_numbers, is_numeric
from bocage.tables._written import is_number
from bocage.tasks import on_the_ground

_AXES = {
    "lon": frozenset({"lon", "lng", "long", "longitude", "longitud", "x", "easting"}),
    "lat": frozenset({"lat", "latitude", "latitud", "y", "northing"}),
}
"""Words of a column's name that say which of the two it holds."""

DEGREES = "decimal degrees, such as -3.25"

SAME_PLACE = 1_000.0
"""Metres, in the median, within which two pairs of columns tell the same places: one of them may
be rounded, or the middle of a plot."""


@dataclass(frozen=True, slots=True)
class TablePlaces:
    """Where the samples of a table stand.

    Attributes
    ----------
    lonlat : ndarray of float64, shape (n, 2)
        Degrees (WGS84); NaN where missing.
    columns : tuple of str
        Those that tell it; empty where nothing does, or geometry alone.
    notes : tuple of str
    """

    lonlat: Floats
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_coordinates(
    rows: LabelRows,
    lon: str | None,
    lat: str | None,
    *,
    crs: str | None = None,
    target: str | None = None,
    needed: bool = True,
) -> TablePlaces:
    """Take coordinates from named columns, geometry, or recognised columns, in this order.

    Columns are recognised in pairs; one alone tells no place.

    Parameters
    ----------
    rows : LabelRows
    lon, lat : str, optional
    crs : str, optional
        Coordinate system of the columns; degrees (WGS84) unless given.
    target : str, optional
        A column that is no coordinate, whatever its name.
    needed : bool
        Whether a table that shows none is refused; else all are NaN, and no column is named.

    Raises
    ------
    DataError
        If there are none, they hold text, names show that they are exchanged, or they can't be of
        the coordinate system.
    SettingsError
        If one of `lon` and `lat` is given without the other, or `crs` is none.
    """
    frame = rows.frame
    known = [str(name) for name in frame.columns]
    if (lon is None) != (lat is None):
        raise SettingsError(
            "only one of --lon and --lat is given; expected both, or neither if the columns have "
            "common names"
        )
    if lon is None and rows.lonlat is not None:
        # Geometry tells the place; columns that tell it too are no features, however many.
        told = tuple(n for n in known if n.lower() in (*LON_NAMES, *LAT_NAMES))
        return TablePlaces(rows.lonlat, told)
    system = None if crs is None else find_crs(crs)
    free = [name for name in known if name != target]
    pair = find_pair(free, system) if lon is None or lat is None else (lon, lat)
    if pair is None:
        _refuse_no_pair(free, system is not None, needed=needed)
        return TablePlaces(np.full((len(frame), 2), np.nan), (), _lone_note(free))
    for name, option in zip(pair, ("--lon", "--lat"), strict=True):
        _check_column(rows, name, option, "numbers, such as 512345.5" if crs else DEGREES)
    if _axis(pair[0]) == "lat" or _axis(pair[1]) == "lon":
        raise DataError(
            f"longitude and latitude are swapped: --lon is {pair[0]!r} and --lat is "
            f"{pair[1]!r}; swap them, or rename a column that contains the other coordinate"
        )
    found = np.column_stack([as_numbers(frame[name]) for name in pair])
    found[~np.isfinite(found).all(axis=1)] = np.nan
    lonlat, notes = (found, ()) if system is None else to_degrees(found, system, pair)
    return TablePlaces(lonlat, pair, (*notes, *_other_note(rows, pair, lonlat)))


def _other_note(rows: LabelRows, pair: tuple[str, str], lonlat: Floats) -> tuple[str, ...]:
    """Say that columns named as longitude and latitude tell other places than those in use."""
    frame = rows.frame
    named = {str(name).lower(): str(name) for name in frame.columns if str(name) not in pair}
    axes = [[named[n] for n in names if n in named] for names in (LON_NAMES, LAT_NAMES)]
    if any(len(names) != 1 for names in axes) or not all(is_numeric(frame[n]) for (n,) in axes):
        return ()
    other = np.column_stack([as_numbers(frame[name]) for (name,) in axes])
    known = np.isfinite(other).all(axis=1) & np.isfinite(lonlat).all(axis=1)
    known &= (abs(other) <= [180, 90]).all(axis=1) & (abs(lonlat) <= [180, 90]).all(axis=1)
    if not known.any():
        return ()
    apart = np.linalg.norm(on_the_ground(other[known]) - on_the_ground(lonlat[known]), axis=1)
    middle = float(np.median(apart))
    if middle <= SAME_PLACE:
        return ()
    (x,), (y,) = axes
    at = int(np.flatnonzero(known)[0])
    (a, b), (c, d) = lonlat[at].tolist(), other[at].tolist()
    note = (
        f"coordinates are those of {pair[0]} and {pair[1]} (row {at + 1}: lon {a:.6g}, lat "
        f"{b:.6g}); {x} and {y} of the same table differ (lon {c:.6g}, lat {d:.6g}), by a median "
        f"of {metres_in_words(middle)}: if those are correct, name them with --lon {x} --lat {y}"
    )
    return (note,)


def _check_column(rows: LabelRows, name: str, option: str, expected: str) -> None:
    """Refuse a column of coordinates that is not there, or holds text."""
    frame = rows.frame
    if name not in frame.columns:
        known = [str(column) for column in frame.columns]
        raise DataError(
            f"no column {name!r} for {option}{nearest(name, known)} The table has: {listed(known)}"
        )
    if not is_numeric(frame[name]):
        words = [str(word).strip() for word in frame[name].dropna().tolist()]
        wrong = [word for word in words if not is_number(word)] or words
        raise DataError(
            f"the coordinate column {name!r} holds text (such as {wrong[0]!r}; "
            f"{len(wrong):,} of {len(frame):,} rows); expected {expected}"
        )


def find_pair(known: Sequence[str], crs: Any = None) -> tuple[str, str] | None:
    """Find two columns that are coordinates by their names; None where there are none.

    Parameters
    ----------
    known : sequence of str
    crs : pyproj.CRS, optional
        Of the columns. Names that do not say of what system they are (x and y) are taken where it
        is given, and before others where it is in metres.

    Raises
    ------
    DataError
        If several columns could be meant.

    Examples
    --------
    >>> find_pair(["plot", "Lat", "Lon"]), find_pair(["y", "lat"]), find_pair(["x", "y"])
    (('Lon', 'Lat'), None, None)
    """
    of_degrees: tuple[Sequence[str], Sequence[str]] = (LON_NAMES, LAT_NAMES)
    of_any: list[tuple[Sequence[str], Sequence[str]]]
    of_any = [((one,), (other,)) for one, other in METRIC_PAIRS]
    families = [of_degrees]
    if crs is not None:
        families = [*of_any, of_degrees] if crs.is_projected else [of_degrees, *of_any]
    for names in families:
        found = [[name for name in known if name.lower() in axis] for axis in names]
        if all(found):
            for option, columns in zip(("--lon", "--lat"), found, strict=True):
                if len(columns) > 1:
                    raise DataError(
                        f"columns {listed(columns)} are all possible; expected one: choose it with "
                        f"{option}"
                    )
            return found[0][0], found[1][0]
    return None


def _refuse_no_pair(known: Sequence[str], has_crs: bool, *, needed: bool) -> None:
    """Refuse a table whose places are needed, or seem to be there."""
    metric, seem = _metric_pair(known), _seem(known)
    shape = [name for name in known if name.lower() == "geometry"]
    if not (needed or has_crs or metric or seem or shape):
        return
    if shape and not metric and not seem:
        raise DataError(
            f"no coordinates found: the column {shape[0]!r} holds no geometry that can be read; "
            "expected WKT such as POINT (5.1 45.2), or WKB: write it in one of these formats, or "
            "name columns of coordinates with --lon and --lat"
        )
    raise DataError(
        "no coordinates found: expected geometry, or columns such as lon and lat (degrees). "
        f"The table has: {listed(metric or known)}. Name them with "
        f"{seem or '--lon and --lat'} (degrees); in metres, {with_crs(metric or ('x', 'y'))}"
    )


def _lone_note(known: Sequence[str]) -> tuple[str, ...]:
    """Say that a column alone tells no place, though its name says that it is a coordinate."""
    lone = [name for name in known if name.lower() in (*LON_NAMES, *LAT_NAMES)]
    if not lone:
        return ()
    note = (
        f"the table has {listed(lone)} and no other coordinate, and one alone defines no place; if "
        "both exist, name them with --lon and --lat"
    )
    return (note,)


def _metric_pair(known: Sequence[str]) -> tuple[str, str] | None:
    """Find two columns that may be easting and northing.

    >>> _metric_pair(["plot", "UTM_X", "UTM_Y"]), _metric_pair(["northing", "y"])
    (('UTM_X', 'UTM_Y'), None)
    """
    lower = {name.lower(): name for name in known}
    for x, y in METRIC_PAIRS:
        if x in lower and y in lower:
            return lower[x], lower[y]
    return find_grid_pair(known)


def from_geometry(rows: LabelRows, lon: str | None) -> bool:
    """Whether `find_coordinates` takes the places from geometry, and from no column."""
    return lon is None and rows.lonlat is not None


def _axis(column: str) -> str:
    """Tell from a name which of the two a column says it holds; empty where it says neither.

    >>> [_axis(name) for name in ("decimalLatitude", "POINT_X", "gps_lon", "plot_y", "place")]
    ['lat', 'lon', 'lon', 'lat', '']
    """
    # x1 and x2 number the two: the second is no longitude.
    named = re.sub(r"(?<![a-zA-Z])[xX][12]\b", "", column)
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", named)}
    said = {axis for axis, names in _AXES.items() if words & names}
    return said.pop() if len(said) == 1 else ""


def _seem(known: Sequence[str]) -> str:
    """Write the options that name the columns which seem to be coordinates; else nothing.

    >>> _seem(["plot", "decimalLatitude", "decimalLongitude"]), _seem(["plot", "x", "y"])
    ("--lon 'decimalLongitude' and --lat 'decimalLatitude'", '')
    """
    metric = {name for pair in METRIC_PAIRS for name in pair}
    named = [n for n in known if n.lower() not in metric]
    found = {axis: [n for n in named if _axis(n) == axis] for axis in _AXES}
    if all(len(names) == 1 for names in found.values()):
        return " and ".join(f"--{axis} {names[0]!r}" for axis, names in found.items())
    return ""

"""Where the samples of a table stand: found, and checked to be degrees."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError
from bocage.tasks._names import LAT_NAMES, LON_NAMES, METRIC_NAMES, listed, nearest
from bocage.tasks._read import Rows
from bocage.tasks._target import as_numbers, is_numeric
from bocage.tasks._written import is_number

SWAPPED_SHARE = 0.1
"""From this share of latitudes beyond 90 on, the columns are taken to be exchanged."""

NEAR_ORIGIN = 1.0
"""Degrees from 0, 0 within which other samples make it a place like any other."""

ANTARCTICA = -60.0
"""Degrees south of which all land is Antarctica (the Antarctic Treaty, article VI)."""

NORTHERNMOST = 83.7
"""Degrees north of which there is no land (Kaffeklubben Island, Greenland, 83.66)."""

_AXES = {
    "lon": frozenset({"lon", "lng", "long", "longitude", "longitud", "x", "easting"}),
    "lat": frozenset({"lat", "latitude", "latitud", "y", "northing"}),
}
"""Words of a column's name that say which of the two it holds."""

Floats = NDArray[np.float64]


def find_coordinates(
    rows: Rows, lon: str | None, lat: str | None, *, needed: bool = True
) -> tuple[Floats, tuple[str, ...]]:
    """Take coordinates from named columns, geometry, or recognised columns, in this order.

    Parameters
    ----------
    rows : Rows
    lon, lat : str, optional
    needed : bool
        Whether a table that shows none is refused; else all are NaN, and no column is named.

    Returns
    -------
    lonlat : ndarray of float64, shape (n, 2)
        Degrees; NaN where missing.
    columns : tuple of str
        The columns that they came from.

    Raises
    ------
    DataError
        If there are none, they hold text, or names show that they are exchanged.
    SettingsError
        If one of `lon` and `lat` is given without the other.
    """
    frame = rows.frame
    known = [str(name) for name in frame.columns]
    if (lon is None) != (lat is None):
        raise SettingsError(
            "only one of --lon and --lat is given; expected both, or neither where the columns "
            "have usual names"
        )
    if lon is None and rows.lonlat is not None:
        # Geometry tells the place; columns that tell it too are no features, however many.
        return rows.lonlat, tuple(n for n in known if n.lower() in (*LON_NAMES, *LAT_NAMES))
    found_lon = _recognised(known, LON_NAMES, "--lon") if lon is None else lon
    found_lat = _recognised(known, LAT_NAMES, "--lat") if lat is None else lat
    same = tuple(name for name in (found_lon, found_lat) if name is not None)
    if found_lon is None or found_lat is None:
        metric = [name for name in known if name.lower() in METRIC_NAMES]
        seem = _seem(known)
        if not (needed or same or metric or seem):
            return np.full((len(frame), 2), np.nan), ()
        raise DataError(
            "no coordinates found: expected geometry, or columns such as lon and lat (degrees). "
            f"The table has: {listed(metric or known)}. Name them with "
            f"{seem or '--lon and --lat'} (degrees); in metres, {_with_crs(_pair(metric))}"
        )
    for name, option in ((found_lon, "--lon"), (found_lat, "--lat")):
        if name not in known:
            raise DataError(
                f"no column {name!r} for {option}{nearest(name, known)} The table has: "
                f"{listed(known)}"
            )
        if not is_numeric(frame[name]):
            words = [str(word).strip() for word in frame[name].dropna().tolist()]
            wrong = [word for word in words if not is_number(word)] or words
            raise DataError(
                f"the coordinate column {name!r} holds text (such as {wrong[0]!r}; "
                f"{len(wrong):,} of {len(frame):,} rows); expected decimal degrees, such as -3.25"
            )
    if _axis(found_lon) == "lat" or _axis(found_lat) == "lon":
        raise DataError(
            f"longitude and latitude are swapped: --lon is {found_lon!r} and --lat is "
            f"{found_lat!r}; exchange them, or rename a column that holds the other one"
        )
    lonlat = np.column_stack([as_numbers(frame[found_lon]), as_numbers(frame[found_lat])])
    lonlat[~np.isfinite(lonlat).all(axis=1)] = np.nan
    return lonlat, same


def from_geometry(rows: Rows, lon: str | None) -> bool:
    """Whether `find_coordinates` takes the places from geometry, and from no column."""
    return lon is None and rows.lonlat is not None


def _axis(column: str) -> str:
    """Tell from a name which of the two a column says it holds; empty where it says neither.

    >>> [_axis(name) for name in ("decimalLatitude", "POINT_X", "gps_lon", "plot_y", "place")]
    ['lat', 'lon', 'lon', 'lat', '']
    """
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", column)}
    said = {axis for axis, names in _AXES.items() if words & names}
    return said.pop() if len(said) == 1 else ""


def _seem(known: Sequence[str]) -> str:
    """Write the options that name the columns which seem to be coordinates; else nothing.

    >>> _seem(["plot", "decimalLatitude", "decimalLongitude"]), _seem(["plot", "x", "y"])
    ("--lon 'decimalLongitude' and --lat 'decimalLatitude'", '')
    """
    named = [n for n in known if n.lower() not in METRIC_NAMES]
    found = {axis: [n for n in named if _axis(n) == axis] for axis in _AXES}
    if all(len(names) == 1 for names in found.values()):
        return " and ".join(f"--{axis} {names[0]!r}" for axis, names in found.items())
    return ""


def _recognised(known: Sequence[str], names: Sequence[str], option: str) -> str | None:
    found = [name for name in known if name.lower() in names]
    if len(found) > 1:
        raise DataError(
            f"columns {listed(found)} could all be meant; expected one: say which with {option}"
        )
    return found[0] if found else None


def check_coordinates(lonlat: Floats, columns: Sequence[str] = ()) -> None:
    """Check that degrees are degrees, and not exchanged.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
    columns : sequence of str
        Two that they came from; none for geometry.

    Raises
    ------
    DataError
        If longitude and latitude look swapped, are in metres, or out of range.
    """
    here = lonlat[np.isfinite(lonlat).all(axis=1)]
    if len(here) == 0:
        return
    lon, lat = np.abs(here[:, 0]), np.abs(here[:, 1])
    wrong = (lat > 90) | (lon > 180)  # noqa: PLR2004
    if not wrong.any():
        return
    n, bad = len(here), int(wrong.sum())
    first = here[int(np.flatnonzero(wrong)[0])]
    shown = f"{bad} of {n} rows, the first at lon {first[0]:g}, lat {first[1]:g}"
    if (lon <= 90).all() and (lat <= 180).all() and bad >= SWAPPED_SHARE * n:  # noqa: PLR2004
        raise DataError(
            f"longitude and latitude look swapped ({shown}: no latitude is beyond 90); expected "
            "lon in -180..180 and lat in -90..90: exchange the columns (--lon, --lat), or x and y "
            "of the geometry"
        )
    if (lat <= 90).all() and (here[:, 0] >= 0).all() and (lon <= 360).all():  # noqa: PLR2004
        raise DataError(
            f"longitudes run from 0 to 360 ({shown}); expected -180..180: subtract 360 from those "
            "above 180"
        )
    hint = (
        f"they look like metres: {_with_crs(columns)}"
        if np.median(np.maximum(lon, lat)) > 360  # noqa: PLR2004
        else "correct or remove these rows"
    )
    raise DataError(
        f"coordinates are out of range ({shown}); expected lon in -180..180 and lat in -90..90: "
        f"{hint}"
    )


def _pair(metric: Sequence[str]) -> tuple[str, str]:
    """Return two columns that may be easting and northing; x and y where none seem to be.

    >>> _pair(["geometry", "UTM_X", "UTM_Y"]), _pair(["northing"])
    (('UTM_X', 'UTM_Y'), ('x', 'y'))
    """
    for one, other in (("x", "y"), ("easting", "northing"), ("utm_x", "utm_y"),
                       ("coord_x", "coord_y")):  # fmt: skip
        found = [[name for name in metric if name.lower() == wanted] for wanted in (one, other)]
        if all(found):
            return found[0][0], found[1][0]
    return "x", "y"


def _with_crs(columns: Sequence[str]) -> str:
    """Say how points in metres are told their coordinate system."""
    if not columns:
        return (
            "the file names another coordinate system than the one its geometry is in: set that "
            "(QGIS: Layer, Set CRS of Layer; geopandas: set_crs(EPSG, allow_override=True))"
        )
    x, y = columns
    return (
        "write them as geometry with their EPSG code (QGIS: Add Delimited Text Layer, then export "
        f"as GeoPackage), as by geopandas.GeoDataFrame(t, geometry=geopandas.points_from_xy("
        f"t[{x!r}], t[{y!r}]), crs=EPSG).to_file('t.gpkg') of t = pandas.read_csv(FILE)"
    )


def far_notes(lonlat: Floats) -> tuple[str, ...]:
    """Say what is odd of where samples stand: all near a pole, or some at 0, 0.

    Degrees that were exchanged are often in range: of these, it can be seen where all come to lie
    beyond the land that people map.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
    """
    lat = lonlat[np.isfinite(lonlat).all(axis=1), 1]
    notes = origin_note(lonlat)
    if len(lat) and lat.max() < ANTARCTICA:
        end = "in Antarctica or the sea around it"
    elif len(lat) and lat.min() > NORTHERNMOST:
        end = "in the Arctic Ocean, north of all land"
    else:
        return notes
    note = (
        f"all samples lie {end} (latitude {lat.min():g} to {lat.max():g}): if that is wrong, "
        "longitude and latitude are exchanged (--lon, --lat, or x and y of the geometry)"
    )
    return (note, *notes)


def origin_note(lonlat: Floats) -> tuple[str, ...]:
    """Name samples at exactly 0, 0 where no other is near: a mark for nothing, and open sea.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)

    Returns
    -------
    tuple of str
        One note, or none.
    """
    at_origin = (lonlat == 0).all(axis=1)
    others = lonlat[~at_origin & np.isfinite(lonlat).all(axis=1)]
    n = int(at_origin.sum())
    if not n or not len(others) or np.hypot(*others.T).min() <= NEAR_ORIGIN:
        return ()
    low, high = others.min(axis=0), others.max(axis=0)
    note = (
        f"{n:,} of {len(lonlat):,} rows stand at exactly lon 0, lat 0, far from all others (lon "
        f"{low[0]:g} to {high[0]:g}, lat {low[1]:g} to {high[1]:g}): if 0 stands for no "
        "coordinates, blank it and add --drop-incomplete"
    )
    return (note,)

"""Degrees that can't be, or are likely wrong: exchanged, in metres, far from all land."""

from collections.abc import Sequence

import numpy as np

from bocage.core import DataError, Floats

SWAPPED_SHARE = 0.1
"""From this share of latitudes beyond 90 on, the columns are taken to be exchanged."""

NEAR_ORIGIN = 1.0
"""Degrees from 0, 0 within which other samples make it a place like any other."""

ANTARCTICA = -60.0
"""Degrees south of which all land is Antarctica (the Antarctic Treaty, article VI)."""

NORTHERNMOST = 83.7
"""Degrees north of which there is no land (Kaffeklubben Island, Greenland, 83.66)."""


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
            "lon in -180..180 and lat in -90..90: swap the columns (--lon, --lat), or x and y of "
            "the geometry"
        )
    if (lat <= 90).all() and (here[:, 0] >= 0).all() and (lon <= 360).all():  # noqa: PLR2004
        raise DataError(
            f"longitudes run from 0 to 360 ({shown}); expected -180..180: subtract 360 from those "
            "above 180"
        )
    hint = (
        f"they look like metres: {with_crs(columns)}"
        if np.median(np.maximum(lon, lat)) > 360  # noqa: PLR2004
        else "correct or remove these rows"
    )
    raise DataError(
        f"coordinates are out of range ({shown}); expected lon in -180..180 and lat in -90..90: "
        f"{hint}"
    )


def with_crs(columns: Sequence[str]) -> str:
    """Say how points in metres are told their coordinate system."""
    if not columns:
        return (
            "the file names a CRS other than the one its geometry is in: give the right one with "
            "--crs, such as --crs EPSG:32633 (UTM zone 33 north)"
        )
    x, y = columns
    return (
        f"name their CRS too: --lon {x!r} --lat {y!r} --crs EPSG:32633 (UTM zone 33 north), or the "
        "code of yours"
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
        "longitude and latitude are swapped (--lon, --lat, or x and y of the geometry)"
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
        f"{n:,} of {len(lonlat):,} rows are at exactly lon 0, lat 0, far from all others (lon "
        f"{low[0]:g} to {high[0]:g}, lat {low[1]:g} to {high[1]:g}): if 0 means no coordinates, "
        "blank it and add --drop-incomplete"
    )
    return (note,)

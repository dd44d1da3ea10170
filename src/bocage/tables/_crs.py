"""The coordinate system that a user names for places that do not say their own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError, part_of
from bocage.sources import to_crs
from bocage.tables._geometry import REPROJECTED_DECIMALS

EXAMPLE = "--crs EPSG:32633"


def find_crs(text: str) -> Any:
    """Read a coordinate system: ``EPSG:32633``, ``32633``, or what PROJ reads besides.

    Raises
    ------
    SettingsError
        If it is none, or says nothing of where on the Earth a place is.

    Examples
    --------
    >>> find_crs("32633").name
    'WGS 84 / UTM zone 33N'
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    told = text.strip()
    try:
        crs = CRS.from_user_input(f"EPSG:{told}" if told.isdigit() else told)
    except CRSError:
        raise SettingsError(
            f"--crs {text!r} is not a known coordinate reference system; expected an EPSG code, "
            "such as EPSG:32633 (UTM zone 33 north), WKT or a PROJ string"
        ) from None
    if not (crs.is_geographic or crs.is_projected):
        raise SettingsError(
            f"--crs {text!r} is {crs.name} ({crs.type_name}); expected a geographic or projected "
            "CRS, such as EPSG:32633"
        )
    return crs


def to_degrees(
    xy: NDArray[np.float64], crs: Any, columns: tuple[str, str]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Turn columns of coordinates into longitude and latitude.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Easting and northing (or longitude and latitude) in `crs`; NaN where missing.
    crs : pyproj.CRS
    columns : tuple of str
        Where they come from, for messages.

    Returns
    -------
    lonlat : ndarray of float64, shape (n, 2)
        Degrees (WGS84); NaN where missing.
    notes : tuple of str
        Whether places lie where the system is not made for.

    Raises
    ------
    DataError
        If the values are degrees and the system's are not, or can't be of that system.
    """
    here = np.isfinite(xy).all(axis=1)
    named, code = " and ".join(columns), crs.to_string()[:40]
    size = np.abs(xy[here])
    if crs.is_projected and len(size) and (size <= [180.0, 90.0]).all():
        first = xy[here][0]
        raise DataError(
            f"{named} look like degrees (the first {first[0]:g}, {first[1]:g}), but --crs {code} "
            "is in metres; expected eastings and northings: omit --crs"
        )
    lonlat = np.full(xy.shape, np.nan)
    lonlat[here] = np.round(to_crs(crs, "EPSG:4326", xy[here]), REPROJECTED_DECIMALS)
    lost = here & ~np.isfinite(lonlat).all(axis=1)
    if lost.any():
        x, y = xy[np.flatnonzero(lost)[0]]
        part = part_of(int(lost.sum()), len(xy), "row", "is", "are")
        raise DataError(
            f"{named} can't be coordinates of {code} ({part} outside its range, the first {x:g}, "
            f"{y:g}); expected easting and northing: use another --crs, or swap --lon and --lat"
        )
    return lonlat, _far_from(lonlat[here], crs, named, code)


def _far_from(lonlat: NDArray[np.float64], crs: Any, named: str, code: str) -> tuple[str, ...]:
    """Say where no place lies in the area that a system is made for."""
    area = crs.area_of_use
    if area is None or not len(lonlat):
        return ()
    lon, lat = lonlat.T
    east = area.east + (360 if area.east < area.west else 0)
    within = (area.south <= lat) & (lat <= area.north)
    within &= (lon - area.west) % 360 <= east - area.west
    if within.any():
        return ()
    note = (
        f"{named} are read in {code}, and all lie outside its area of use ({area.name[:60]}): if "
        "that is wrong, the CRS is another one, or --lon and --lat are swapped"
    )
    return (note,)

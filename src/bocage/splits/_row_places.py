"""Where the rows stand that scikit-learn hands to a splitter."""

from typing import Any

import numpy as np

from bocage.core import DataError, Floats, counted, listed, part_of, rows_of, table_names
from bocage.sources import to_crs

LONLAT = (("lon", "longitude"), ("lat", "latitude"))
"""Names of coordinates in a table, in any case."""

_EXAMPLE = "crs='EPSG:32633'"


def tell_places(values: Any) -> bool:
    """Tell whether values are coordinates: two columns, a table that names them, or geometry.

    Examples
    --------
    >>> tell_places([[10.0, 45.0], [10.1, 45.2]]), tell_places(["parcel 1", "parcel 2"])
    (True, False)
    """
    if values is None:
        return False
    if _is_geometry(values) or names_lonlat(values):
        return True
    return np.ndim(values) == 2 and np.shape(values)[1] == 2  # noqa: PLR2004


def names_lonlat(values: Any) -> bool:
    """Tell whether values are a table with one column of longitude and one of latitude."""
    names = [name.lower() for name in table_names(values)]
    return all(sum(name in axis for name in names) == 1 for axis in LONLAT)


def degrees_of(values: Any, crs: Any, who: str) -> Floats:
    """Return longitude and latitude of rows.

    Parameters
    ----------
    values : array_like of float, shape (n, 2), table, GeoDataFrame, GeoSeries or geometry array
        Longitude and latitude, or easting and northing in `crs`. A table has columns lon and lat
        (latitude may come first); a geometry that is no point counts at a point inside it.
    crs : optional
        What pyproj reads; geometry that has its own needs none.
    who : str
        Who asks, for messages: ``BlockKFold``.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Degrees (WGS84).

    Raises
    ------
    DataError
        If they are no coordinates, missing in a row, or not in the coordinate system.

    Examples
    --------
    >>> degrees_of([[500_000.0, 0.0]], "EPSG:32633", "BlockKFold").tolist()
    [[15.0, 0.0]]
    """
    system = _system(crs, who)
    if _is_geometry(values):
        xy, system = _of_geometry(values, system, who)
    else:
        xy = _of_numbers(values, who)
    lost = ~np.isfinite(xy).all(axis=1)
    if lost.any():
        raise DataError(
            f"{who}: {part_of(int(lost.sum()), len(xy), 'row', 'has', 'have')} no coordinates "
            f"(NaN, infinite, or empty geometry), the first is row {int(np.flatnonzero(lost)[0])}; "
            "expected coordinates for every row: remove those rows from X, y and coordinates"
        )
    if system is None or system.equals("EPSG:4326", ignore_axis_order=True):
        _check_degrees(xy, who)
        return xy
    if system.is_projected and (np.abs(xy) <= [180.0, 90.0]).all():
        raise DataError(
            f"{who}: the coordinates look like degrees (the first {xy[0, 0]:g}, {xy[0, 1]:g}), "
            f"but crs is {_name(system)}, which is in metres; expected eastings and northings: "
            "omit crs="
        )
    lonlat = np.asarray(to_crs(system, "EPSG:4326", xy), dtype=np.float64)
    lost = ~np.isfinite(lonlat).all(axis=1)
    if lost.any():
        x, y = xy[np.flatnonzero(lost)[0]]
        raise DataError(
            f"{who}: {part_of(int(lost.sum()), len(xy), 'row', 'is', 'are')} outside the range of "
            f"{_name(system)} (the first at {x:g}, {y:g}); expected easting and northing in it: "
            "use another crs=, or swap the columns"
        )
    # The last bits differ between releases of PROJ.
    return np.round(lonlat, 9)


def _is_geometry(values: Any) -> bool:
    dtype = getattr(values, "dtype", None)
    # GeoSeries and GeometryArray have a dtype of this name, a GeoDataFrame has such a column.
    if str(dtype) == "geometry" or hasattr(values, "_geometry_column_name"):
        return True
    if dtype != np.dtype(object) or np.ndim(values) != 1 or not len(values):
        return False
    import shapely

    found = np.asarray(values)
    known = shapely.is_geometry(found)
    return bool(known.any() and (known | shapely.is_missing(found)).all())


def _of_geometry(values: Any, system: Any, who: str) -> tuple[Floats, Any]:
    import shapely

    shapes = values
    if hasattr(values, "_geometry_column_name"):
        if values._geometry_column_name not in values:  # noqa: SLF001 - `geometry` would raise
            raise DataError(
                f"{who}: the GeoDataFrame has no active geometry; expected one: choose it with "
                "set_geometry"
            )
        shapes = values.geometry
    own = getattr(shapes, "crs", None)
    if own is None and system is None:
        raise DataError(
            f"{who}: the geometry has no coordinate reference system; expected one: set it with "
            f"set_crs, or give crs=, such as {_EXAMPLE}"
        )
    if own is not None and system is not None and not own.equals(system, ignore_axis_order=True):
        raise DataError(
            f"{who}: the geometry is in {_name(own)}, but crs is {_name(system)}; expected one "
            "of them: omit crs="
        )
    found = np.asarray(shapes, dtype=object)
    empty = shapely.is_missing(found) | shapely.is_empty(found)
    xy = np.full((len(found), 2), np.nan)
    inside = shapely.point_on_surface(shapely.make_valid(found[~empty]))
    xy[~empty] = np.column_stack([shapely.get_x(inside), shapely.get_y(inside)])
    return xy, system if own is None else own


def _of_numbers(values: Any, who: str) -> Floats:
    names = table_names(values)
    chosen = [name for axis in LONLAT for name in names if name.lower() in axis]
    if names and len(chosen) != 2:  # noqa: PLR2004
        raise DataError(
            f"{who}: the coordinates are a table with {listed(names)}; expected columns lon and "
            "lat (or longitude and latitude): select them, or pass an array of two columns"
        )
    return np.asarray(rows_of(values, chosen, 2, who), dtype=np.float64)


def _check_degrees(xy: Floats, who: str) -> None:
    """Refuse degrees that can't be: metres, or latitude before longitude."""
    lon, lat = np.abs(xy).T
    wrong = (lon > 180) | (lat > 90)  # noqa: PLR2004
    if not wrong.any():
        return
    x, y = xy[np.flatnonzero(wrong)[0]]
    n = part_of(int(wrong.sum()), len(xy), "row", "is", "are")
    if (lon <= 90).all() and (lat <= 180).all():  # noqa: PLR2004
        todo = "longitude and latitude look swapped: swap the columns"
    elif np.median(np.maximum(lon, lat)) > 360:  # noqa: PLR2004
        todo = f"they look like metres: name their coordinate system, such as {_EXAMPLE}"
    else:
        todo = "correct them, or name their coordinate system with crs="
    raise DataError(
        f"{who}: {n} outside the range of degrees (the first at {x:g}, {y:g}); expected longitude "
        f"in -180..180 and latitude in -90..90: {todo}"
    )


def _system(crs: Any, who: str) -> Any:
    if crs is None:
        return None
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
    except CRSError:
        system = None
    if system is None or not (system.is_geographic or system.is_projected):
        raise DataError(
            f"{who}: crs={crs!r} is no geographic or projected coordinate reference system; "
            f"expected one, such as {_EXAMPLE} (UTM zone 33 north)"
        )
    return system


def _name(system: Any) -> str:
    return str(system.to_string())[:40]


def check_rows(n: int, X: Any, who: str) -> None:
    """Refuse coordinates of other rows than those of X."""
    rows = X.shape[0] if hasattr(X, "shape") else len(X)
    if rows != n:
        raise DataError(
            f"X has {counted(rows, 'row')} but {who} was given {counted(n, 'coordinate')}; pass "
            "the coordinates of exactly these rows. Within another cross-validation only groups= "
            "and coordinates= are cut to the rows of a fold, and what a splitter was made with is "
            "not"
        )

"""Coordinates and areas from geometry."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Floats, part_of
from bocage.sources import projected

EQUAL_AREA = 6933
"""EPSG code of the cylindrical equal-area projection of WGS84 (EASE-Grid 2.0)."""

REPROJECTED_DECIMALS = 9
"""Reprojected degrees are rounded to 0.1 mm: the last bits differ between PROJ releases."""

SAME_AREA = 1e-6
"""Share of its area by which a polygon may change as it is made valid, and be the same."""

Degrees = NDArray[np.float64]


def singles(shapes: NDArray[Any]) -> NDArray[Any]:
    """Turn multi-geometries of one part into that part, and blank ones into none.

    Programs that write shapes often make every one a multi-geometry.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, shape (n,)
    """
    import shapely

    made = shapes.copy()
    made[shapely.is_empty(shapes)] = None
    multi = shapely.get_type_id(made) >= shapely.GeometryType.MULTIPOINT
    one = multi & (shapely.get_num_geometries(made) == 1)
    made[one] = shapely.get_geometry(made[one], 0)
    return made


def places(shapes: NDArray[Any], crs: Any, name: str) -> tuple[Degrees, Floats]:
    """Return where samples stand, and the area of those that are polygons.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, shape (n,)
        Missing or empty ones have no coordinates.
    crs : pyproj.CRS or None
    name : str
        File name, for messages.

    Returns
    -------
    lonlat : ndarray of float64, shape (n, 2)
        Longitude and latitude in degrees (WGS84) of each point, or of a point inside each line
        or polygon; NaN where there is no geometry.
    area : ndarray of float64, shape (n,)
        Square metres in an equal-area projection; NaN where the geometry is no polygon.

    Raises
    ------
    DataError
        If the CRS is not known, or can't be converted to longitude and latitude.
    """
    import shapely
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    if crs is None:
        raise DataError(
            f"the geometry in {name} has no CRS; expected one: name it with --crs, such as "
            "--crs EPSG:32633"
        )
    lost = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    lost[owner[~np.isfinite(corners).all(axis=1)]] = True
    here = np.flatnonzero(~lost)
    present = shapes[here]
    polygon = shapely.get_dimensions(present) == 2  # noqa: PLR2004
    # A self-crossing ring has a wrong signed area until it is made valid.
    present[polygon] = shapely.make_valid(present[polygon])
    inside = shapely.get_coordinates(shapely.point_on_surface(present))
    lonlat = np.full((len(shapes), 2), np.nan)
    area = np.full(len(shapes), np.nan)
    try:
        source = CRS.from_user_input(crs)
        lonlat[here] = _to_degrees(inside, source)
        area[here[polygon]] = _areas(present[polygon], source)
    except ProjError as error:
        raise DataError(
            f"the CRS of {name} can't be converted to longitude and latitude ({crs}); expected "
            "a geographic or projected CRS: name the right one with --crs, such as --crs EPSG:32633"
        ) from error
    lonlat[~np.isfinite(lonlat).all(axis=1)] = np.nan
    return lonlat, area


def crossing_notes(shapes: NDArray[Any], name: str) -> tuple[str, ...]:
    """Say how many polygons cross themselves, so that their outline does not tell one area.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, shape (n,)
        As they are in a file: before `shapely.make_valid`, which they are taken by.
    name : str
        Of the file.

    Examples
    --------
    >>> import shapely
    >>> tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> crossing_notes(np.array([tie, shapely.box(0, 0, 1, 1)]), "fields.gpkg")[0]
    'fields.gpkg: 1 of 2 polygons crosses or overlaps itself: the area that its ...'
    """
    import shapely

    odd = shapes[~(shapely.is_missing(shapes) | shapely.is_valid(shapes))]
    # Rings that only touch themselves, as some programs write holes, enclose one area in any way.
    before, after = shapely.area(odd), shapely.area(shapely.make_valid(odd))
    n = int((np.abs(before - after) > SAME_AREA * after).sum())
    if not n:
        return ()
    part = part_of(n, len(shapes), "polygon", "crosses or overlaps itself",
                   "cross or overlap themselves")  # fmt: skip
    lines, what = ("its lines", "it") if n == 1 else ("their lines", "them")
    said = (
        f"{name}: {part}: the area that {lines} enclose is used, except where they enclose it "
        f"twice; repair {what} (QGIS: Fix geometries) if that is not intended"
    )
    return (said,)


def _to_degrees(xy: NDArray[np.float64], source: Any) -> Degrees:
    from pyproj import CRS

    if source.equals(CRS.from_epsg(4326), ignore_axis_order=True):
        return xy
    return np.asarray(np.round(projected(source, 4326, xy), REPROJECTED_DECIMALS), dtype=np.float64)


def _areas(polygons: NDArray[Any], source: Any) -> Floats:
    import shapely

    flat = shapely.transform(polygons, lambda xy: projected(source, EQUAL_AREA, xy))
    areas = shapely.area(flat)
    return np.asarray(areas, dtype=np.float64)

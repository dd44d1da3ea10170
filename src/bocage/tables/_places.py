"""Where the rows of a table stand, whatever is to become of them: no target, no features."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.tables._coordinates import find_coordinates, from_geometry
from bocage.tables._degrees import check_coordinates
from bocage.tables._pairs import Pairs
from bocage.tables._read import LabelRows, Paths, read_rows

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class PlaceTable:
    """The rows of a table, and where each stands.

    Attributes
    ----------
    lonlat : ndarray of float64, shape (n, 2)
        Longitude and latitude in degrees (WGS84); NaN where a row has none. Of a polygon, a point
        inside it.
    shapes : ndarray of shapely geometries, shape (n,), or None
        As they are in the files, in `crs`; None where columns tell the places.
    crs : pyproj.CRS or None
        Of `shapes`.
    columns : tuple of str
        That hold coordinates; empty where geometry alone tells the places, or nothing does.
    rows : LabelRows
        All columns but the geometry, and the files' names.
    notes : tuple of str
        What had to be found out to read them.
    """

    lonlat: NDArray[np.float64]
    shapes: NDArray[Any] | None
    crs: Any
    columns: tuple[str, ...]
    rows: LabelRows
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lonlat)

    @property
    def frame(self) -> "pd.DataFrame":
        """All columns but the geometry."""
        return self.rows.frame

    @property
    def names(self) -> tuple[str, ...]:
        """File names, without folders."""
        return self.rows.names

    @property
    def is_placed(self) -> bool:
        """Whether the table tells places at all, if not of all rows."""
        return bool(self.columns) or self.rows.lonlat is not None

    @property
    def geometry(self) -> tuple[NDArray[Any], Any]:
        """Shapes and their coordinate system; points in degrees where columns tell the places."""
        import shapely

        if self.shapes is not None:
            return self.shapes, self.crs
        return shapely.points(self.lonlat), "EPSG:4326"


def read_places(
    paths: "Paths | pd.DataFrame",
    *,
    lon: str | None = None,
    lat: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    rename: Pairs | None = None,
) -> PlaceTable:
    r"""Read points or polygons: labels or not, with features or without.

    Parameters
    ----------
    paths : str, Path or several, or DataFrame or GeoDataFrame
        Files or globs; see `read_task`.
    lon, lat : str, optional
        Coordinate columns, where their names are not the usual ones; they count before geometry.
    crs : str, optional
        Coordinate system of coordinate columns, and of geometry whatever its file says; columns
        are in degrees (WGS84) unless given.
    layer : str, optional
        Layer, or sheet, of files that have several.
    rename : mapping of str to str, or path, optional
        Columns that are to have another name.

    Raises
    ------
    DataError
        If a file can't be read, tells no places, or they can't be on the Earth.
    SettingsError
        If one of `lon` and `lat` is given alone, or `crs` is none.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "cafes.csv"
    >>> _ = file.write_text("name,lon,lat\nAurora,15.44,47.07\nMercato,15.43,47.08\n")
    >>> places = read_places(file)
    >>> places.lonlat.tolist(), list(places.frame["name"]), places.shapes is None
    ([[15.44, 47.07], [15.43, 47.08]], ['Aurora', 'Mercato'], True)
    """
    rows = read_rows(paths, layer=layer, crs=crs, shapes=lon is None, rename=rename)
    return places_of(rows, lon=lon, lat=lat, crs=crs)


def places_of(
    rows: LabelRows,
    *,
    lon: str | None = None,
    lat: str | None = None,
    crs: str | None = None,
    target: str | None = None,
    needed: bool = True,
) -> PlaceTable:
    """Find where rows that were read stand; see `read_places`.

    Parameters
    ----------
    rows : LabelRows
    lon, lat, crs : str, optional
    target : str, optional
        A column that is no coordinate, whatever its name.
    needed : bool
        Whether a table that tells no places is refused; else all are NaN.
    """
    found = find_coordinates(rows, lon, lat, crs=crs, target=target, needed=needed)
    by_shape = from_geometry(rows, lon)
    check_coordinates(found.lonlat, () if by_shape else found.columns)
    shapes, system = (rows.shapes, rows.crs) if by_shape else (None, None)
    return PlaceTable(
        found.lonlat, shapes, system, found.columns, rows, (*rows.notes, *found.notes)
    )

"""The outline of an area, from a file of polygons."""

from pathlib import Path
from typing import Any

import numpy as np

from bocage.core import DataError, refuse_special
from bocage.tasks._names import nearest
from bocage.tasks._read import PARQUET, VECTOR, read_rows

ENDINGS = (*VECTOR, *PARQUET)
POLYGONS = "polygons in a GeoPackage, GeoJSON or GeoParquet"


def split_layer(path: Path) -> tuple[Path, str | None]:
    """Part ``area.gpkg:fields`` into the file and its layer.

    Examples
    --------
    >>> split_layer(Path("area.gpkg:fields"))
    (PosixPath('area.gpkg'), 'fields')
    """
    name, mark, layer = path.name.rpartition(":")
    if mark and name.lower().endswith(".gpkg") and not path.exists():
        return path.with_name(name), layer
    return path, None


def read_outline(path: Path, layer: str | None = None) -> tuple[Any, Any]:
    """Read polygons as one shape.

    Parameters
    ----------
    path : Path
        GeoPackage (``area.gpkg:fields`` names a layer), GeoJSON or GeoParquet.
    layer : str, optional
        Layer of a GeoPackage that has several.

    Returns
    -------
    shape : shapely geometry
    crs : pyproj.CRS

    Raises
    ------
    DataError
        If it can't be read, or holds anything but polygons.
    """
    import shapely

    path, named = split_layer(path.expanduser())
    _check_file(path)
    rows = read_rows(path, layer=layer or named)
    if rows.shapes is None:
        raise DataError(
            f"{path.name} has no geometry; expected polygons, in a GeoPackage or GeoJSON"
        )
    known = rows.shapes[~(shapely.is_missing(rows.shapes) | shapely.is_empty(rows.shapes))]
    kinds = {str(shape.geom_type) for shape in known}
    if not kinds or not kinds <= {"Polygon", "MultiPolygon"}:
        raise DataError(
            f"{path.name} holds {', '.join(sorted(kinds)) or 'no geometry'}; expected polygons"
        )
    return shapely.union_all(shapely.make_valid(np.asarray(known, dtype=object))), rows.crs


def _check_file(path: Path) -> None:
    """Refuse what is no file of polygons before it is read as a table of labels."""
    refuse_special(path, f"an area ({POLYGONS})")
    if path.is_dir():
        raise DataError(f"{str(path)!r} is a folder; expected an area: {POLYGONS}")
    if not path.is_file():
        folder = path.parent
        files = folder.iterdir() if folder.is_dir() else ()
        near = nearest(path.name, [one.name for one in files if one.suffix in ENDINGS])
        raise DataError(
            f"there is no file {str(path)!r}{near} Expected an area: {POLYGONS}: check the path"
        )
    if path.suffix.lower() not in ENDINGS:
        raise DataError(
            f"{path.name!r} is no area that can be read; expected {POLYGONS}: convert it, for "
            "instance with QGIS or ogr2ogr"
        )
    if not path.stat().st_size:
        raise DataError(f"{path.name} is empty (0 bytes); expected {POLYGONS}: write it again")

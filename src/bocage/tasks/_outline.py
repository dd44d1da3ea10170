"""The outline of an area, from a file of polygons."""

from pathlib import Path
from typing import Any

import numpy as np

from bocage.core import DataError
from bocage.tasks._read import read_rows


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

    path, named = split_layer(path)
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

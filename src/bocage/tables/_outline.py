"""The outline of an area, from a file of polygons."""

from pathlib import Path
from typing import Any

import numpy as np

from bocage.core import DataError, refuse_special
from bocage.tables._geometry import crossing_notes, singles
from bocage.tables._names import nearest
from bocage.tables.readers import SHAPES, has_layers, read_file, split_layer

POLYGONS = "polygons in a GeoPackage, GeoJSON, Shapefile, KML, FlatGeobuf or GeoParquet"


def read_outline(path: Path, layer: str | None = None) -> tuple[Any, Any, tuple[str, ...]]:
    """Read polygons as one shape.

    Parameters
    ----------
    path : Path
        A vector file or GeoParquet (``area.gpkg:fields`` names a layer), zipped or not.
    layer : str, optional
        Layer of a file that has several.

    Returns
    -------
    shape : shapely geometry
    crs : pyproj.CRS
    notes : tuple of str
        On polygons that cross themselves.

    Raises
    ------
    DataError
        If it can't be read, or holds anything but polygons.
    """
    import shapely

    path, named = split_layer(path.expanduser())
    _check_file(path)
    layer = layer or named
    if layer is not None and not has_layers(path):
        raise DataError(
            f"--layer {layer} is given, but {path.name} has no layers; expected a GeoPackage or "
            "KML file: omit the option"
        )
    frame = read_file(path, layer).frame
    if not hasattr(frame, "crs"):
        raise DataError(
            f"{path.name} has no geometry; expected polygons, in a GeoPackage or GeoJSON"
        )
    if frame.crs is None:
        raise DataError(
            f"the geometry in {path.name} has no CRS; expected one, such as EPSG:32633: write it "
            "into the file (geopandas: set_crs), or put the .prj next to the .shp"
        )
    shapes = singles(np.array(frame.geometry, dtype=object))
    known = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    kinds = {str(shape.geom_type) for shape in known}
    if not kinds or not kinds <= {"Polygon", "MultiPolygon"}:
        raise DataError(
            f"{path.name} holds {', '.join(sorted(kinds)) or 'no geometry'}; expected polygons"
        )
    known = np.asarray(known, dtype=object)
    notes = crossing_notes(known, path.name)
    return shapely.union_all(shapely.make_valid(known)), frame.crs, notes


def _check_file(path: Path) -> None:
    """Refuse what is no file of polygons before it is read as a table of labels."""
    refuse_special(path, f"an area ({POLYGONS})")
    if path.is_dir():
        raise DataError(f"{str(path)!r} is a folder; expected an area: {POLYGONS}")
    if not path.is_file():
        folder = path.parent
        files = folder.iterdir() if folder.is_dir() else ()
        near = nearest(path.name, [one.name for one in files if one.suffix in SHAPES])
        raise DataError(
            f"there is no file {str(path)!r}{near} Expected an area: {POLYGONS}: check the path"
        )
    if path.suffix.lower() not in SHAPES:
        raise DataError(
            f"{path.name!r} can't be read as an area; expected {POLYGONS}: convert it, for "
            "instance with geopandas or ogr2ogr"
        )
    if not path.stat().st_size:
        raise DataError(f"{path.name} is empty (0 bytes); expected {POLYGONS}: write it again")

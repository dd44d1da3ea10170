"""A STAC Item beside the map: what it is, where, of when, by which model, from which files."""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bocage.core import DataError, SettingsError, how_to_install, write_atomic
from bocage.mapping.outputs._about import MapAbout, MapFile
from bocage.mapping.outputs._footprint import footprint
from bocage.mapping.outputs._ground import ground_of
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._mlm import ARTIFACT, SCHEMA, class_names, classes, model_properties
from bocage.mapping.outputs._profile import north_up
from bocage.sources import Grid

STAC_VERSION = "1.1.0"
_EXTENSIONS = "https://stac-extensions.github.io"
_PROJECTION = f"{_EXTENSIONS}/projection/v2.0.0/schema.json"
_RASTER = f"{_EXTENSIONS}/raster/v2.0.0/schema.json"
_CLASSIFICATION = f"{_EXTENSIONS}/classification/v2.0.0/schema.json"
_FILE = f"{_EXTENSIONS}/file/v2.1.0/schema.json"
_ATTRIBUTION = f"{_EXTENSIONS}/attribution/v0.1.0/schema.json"

_COG = "image/tiff; application=geotiff; profile=cloud-optimized"
_KINDS: dict[str, tuple[str, str, str]] = {
    ".tif": (_COG, "data", "raster"),
    ".xml": ("application/xml", "metadata", "class names for GDAL"),
    ".qml": ("application/xml", "style", "QGIS style"),
    ".png": ("image/png", "overview", "picture"),
    ".csv": ("text/csv", "metadata", "table"),
    ".parquet": ("application/vnd.apache.parquet", "metadata", "table"),
    ".json": ("application/json", "metadata", "description"),
    ".yaml": ("application/yaml", "metadata", "settings"),
    ".html": ("text/html", "metadata", "page"),
    ".geojson": ("application/geo+json", "metadata", "outline"),
}
"""Media type, role and title by the end of a file's name."""

_OTHER = ("application/octet-stream", "metadata", "file")


def map_item(
    about: MapAbout,
    grid: Grid,
    files: Sequence[MapFile],
    *,
    folder: Path,
    footprint_of: Any = None,
) -> dict[str, Any]:
    """Describe a map as a STAC Item, version 1.1.

    Parameters
    ----------
    about : MapAbout
    grid : Grid
        Of all rasters.
    files : sequence of MapFile
    folder : Path
        Where the Item will lie: addresses of files are given from there.
    footprint_of : shapely geometry, optional
        Polygons that hold the data, in the grid's coordinate system; the whole grid without it.

    Returns
    -------
    dict
        What `write_item` writes. It is made of plain values alone, the same for the same map.

    Raises
    ------
    DataError
        If the map has no place on the Earth.
    SettingsError
        If two files have one key.

    Notes
    -----
    The model is described with the Machine Learning Model extension where its file is among the
    files, for the extension wants one. Times are those of the first and the last year that the
    map shows; a single one would be wrong for a summary of a year.
    """
    if len({file.key for file in files}) < len(files):
        raise SettingsError(
            "two files of a map have the same key; expected a different key for each file"
        )
    geometry, box = footprint(grid, footprint_of)
    legend = next((f.layer.legend for f in files if f.layer and f.layer.is_class), None)
    properties: dict[str, Any] = {
        "title": about.title,
        "description": about.description,
        "datetime": None,
        "start_datetime": f"{about.years[0]:04d}-01-01T00:00:00Z",
        "end_datetime": f"{about.years[1]:04d}-12-31T23:59:59Z",
        "license": about.licence,
    }
    if about.attribution:
        properties["attribution"] = about.attribution
    resolution = _resolution(grid)
    if resolution:
        properties["gsd"] = resolution
    properties |= _projection(grid)
    scores = {name: value for name, value in sorted(about.scores.items()) if math.isfinite(value)}
    if scores:
        properties["bocage:scores"] = scores
    if about.learned_from:
        properties["bocage:learned_from"] = dict(about.learned_from)
    if any(file.is_model for file in files):
        properties |= model_properties(about.model, legend)
        # The extension looks for the bands that a model reads among the Item's properties.
        described = {"description": about.model.source} if about.model.source else {}
        properties["bands"] = [{"name": band, **described} for band in about.model.bands]
    assets = {file.key: _asset(file, folder, resolution) for file in files}
    for file in files:
        if file.is_model:
            # STAC allows bands there only if an asset has some.
            assets[file.key]["bands"] = [{"name": band} for band in about.model.bands]
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": _extensions_of(properties, list(assets.values())),
        "id": about.id,
        "geometry": geometry,
        "bbox": list(box),
        "properties": properties,
        "links": [{"rel": rel, "href": href} for rel, href in sorted(about.links.items())],
        "assets": assets,
    }


def write_item(path: Path, item: dict[str, Any]) -> None:
    """Write an Item, whole or not at all.

    Raises
    ------
    StoreError
        If the file can't be written.
    """
    write_atomic(path, json.dumps(item, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def check_item(item: dict[str, Any]) -> None:
    """Check an Item without a network: its core by schema, its model by the extension's library.

    Needs the extra ``map``.

    Raises
    ------
    DataError
        If something is missing or wrong.
    SettingsError
        If the libraries are not installed.
    """
    try:
        from pydantic import ValidationError
        from pystac import STACObjectType
        from pystac.errors import STACValidationError
        from pystac.validation.stac_validator import JsonSchemaSTACValidator
        from stac_model.schema import MLModelProperties
    except ImportError as error:
        raise SettingsError(
            f"a STAC Item can't be validated without pystac and stac-model: {how_to_install('map')}"
        ) from error
    try:
        JsonSchemaSTACValidator().validate_core(item, STACObjectType.ITEM, STAC_VERSION)
        if SCHEMA in item["stac_extensions"]:
            MLModelProperties.model_validate(item["properties"])
    except (STACValidationError, ValidationError) as error:
        raise DataError(f"the STAC Item of the map is not valid: {str(error)[:200]}") from error


def _extensions_of(properties: dict[str, Any], assets: list[dict[str, Any]]) -> list[str]:
    """List the extensions whose fields occur, and no others: their schemas want some."""
    bands = [band for asset in assets for band in asset.get("bands", [])]
    used = {name.partition(":")[0] for one in (properties, *assets, *bands) for name in one}
    known = {
        "attribution": _ATTRIBUTION,
        "classification": _CLASSIFICATION,
        "file": _FILE,
        "mlm": SCHEMA,
        "proj": _PROJECTION,
        "raster": _RASTER,
    }
    return [uri for name, uri in known.items() if name in used]


def _projection(grid: Grid) -> dict[str, Any]:
    """Say where the files lie; their first row is in the north whatever the grid's."""
    from pyproj import CRS

    grid = north_up(grid)
    crs = CRS.from_user_input(grid.crs)
    code = crs.to_authority(min_confidence=100)
    out: dict[str, Any] = {"proj:code": ":".join(code) if code else None}
    if not code:
        out["proj:wkt2"] = crs.to_wkt("WKT2_2019")
    return out | {
        "proj:shape": [grid.height, grid.width],
        "proj:transform": [float(value) for value in grid.transform],
        "proj:bbox": list(grid.bounds),
    }


def _resolution(grid: Grid) -> float | None:
    """Size of a pixel in metres: as the coordinate system has it, else on the ground."""
    from pyproj import CRS

    crs = CRS.from_user_input(grid.crs)
    if crs.is_projected:
        metres = crs.axis_info[0].unit_conversion_factor if crs.axis_info else 1.0
        return round(math.sqrt(grid.pixel_area) * metres, 6)
    ground = ground_of(grid)
    return float(f"{math.sqrt(ground.across * ground.down):.4g}") if ground else None


def _asset(file: MapFile, folder: Path, resolution: float | None) -> dict[str, Any]:
    kind, role, title = _KINDS.get(file.path.suffix.lower(), _OTHER)
    roles = [role]
    if file.layer is not None:
        roles, title = ["data", file.layer.name], file.layer.name
    if file.is_model:
        roles, title = ["mlm:model"], "the model that made the map"
    out: dict[str, Any] = {
        "href": _href(file.path, folder),
        "type": kind,
        "title": file.title or title,
        "roles": roles,
    }
    if file.path.is_file():
        out["file:size"] = file.path.stat().st_size
    if file.is_model:
        out["mlm:artifact_type"] = ARTIFACT
    if file.layer is not None:
        out["bands"] = _bands(file.layer, resolution)
        meanings = _band_classes(file.layer)
        if meanings:
            out["classification:classes"] = meanings
    return out


def _bands(layer: Layer, resolution: float | None) -> list[dict[str, Any]]:
    shared: dict[str, Any] = {
        "data_type": layer.dtype,
        "nodata": "nan" if math.isnan(layer.nodata) else layer.nodata,
        "raster:sampling": "area",
    }
    if layer.unit:
        shared["unit"] = layer.unit
    if (layer.scale, layer.offset) != (1.0, 0.0):
        shared |= {"raster:scale": layer.scale, "raster:offset": layer.offset}
    if resolution:
        shared["raster:spatial_resolution"] = resolution
    names = class_names(layer.bands)
    return [
        {"name": name, "description": band, **shared}
        for name, band in zip(names, layer.bands, strict=True)
    ]


def _band_classes(layer: Layer) -> list[dict[str, Any]]:
    return classes(layer.legend) if layer.legend is not None and layer.is_class else []


def _href(path: Path, folder: Path) -> str:
    """Write the address of a file as seen from the Item's folder."""
    relative = Path(os.path.relpath(path, folder)).as_posix()
    return quote(relative if relative.startswith("../") else f"./{relative}")

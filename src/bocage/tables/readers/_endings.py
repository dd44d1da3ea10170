"""Which files can be read, by their endings: one list for labels, areas and zones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

TEXT = (".csv", ".tsv", ".tab", ".txt")
PACKED = ".gz"
PARQUET = (".parquet", ".geoparquet")
SHEETS = ".xlsx"
ARCHIVES = (".zip", ".kmz")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of vector file.

    Attributes
    ----------
    name : str
        For messages.
    prefix : str
        What tells GDAL the driver, before the path; empty where it can't be told.
    has_layers : bool
    """

    name: str
    prefix: str = ""
    has_layers: bool = False


_JSON = FileKind("GeoJSON", "GeoJSON:")
_LINES = FileKind("GeoJSON, one feature per line", "GeoJSONSeq:")

VECTOR: Mapping[str, FileKind] = MappingProxyType(
    {
        ".gpkg": FileKind("GeoPackage", has_layers=True),
        ".geojson": _JSON,
        ".json": _JSON,
        ".geojsonl": _LINES,
        ".geojsons": _LINES,
        ".ndjson": _LINES,
        ".shp": FileKind("Shapefile"),
        ".fgb": FileKind("FlatGeobuf"),
        ".kml": FileKind("KML", has_layers=True),
    }
)

EXTENSIONS = (*TEXT, ".csv.gz", *PARQUET, *VECTOR, SHEETS, *ARCHIVES)
"""Of label tables."""

SHAPES = (*VECTOR, *PARQUET, *ARCHIVES)
"""Of areas and zones: what may hold polygons."""


def is_text_table(path: Path) -> bool:
    """Tell whether a file name is that of a text table, packed with gzip or not."""
    return path.name.lower().removesuffix(PACKED).endswith(TEXT)


def is_table(path: Path) -> bool:
    """Tell whether a file name is that of a table or layer that can be read."""
    return path.suffix.lower() in EXTENSIONS or is_text_table(path)


def has_layers(path: Path) -> bool:
    """Tell whether a file may have layers or sheets, or hold one that has, by its ending."""
    suffix = path.suffix.lower()
    kind = VECTOR.get(suffix)
    return suffix in (SHEETS, *ARCHIVES) or (kind is not None and kind.has_layers)

"""Files of vectors and rows: opened where they hold what their ending says, and off the network.

GDAL looks at what a file holds and not at its name, and pyogrio can't tell it which driver to take:
the beginning of each file is looked at first.
"""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path

from bocage.core import DataError, in_one_line, refuse_special
from bocage.sources._drivers import NO_LINKS, head_of, is_virtual

HEAD = 65_536
"""Bytes at the beginning that tell what a file holds; drivers look at some thousands."""

_JSON = (b"{", b"[")

OPTIONS = NO_LINKS | {
    # GDAL's own quick way ends the process where a feature of a FlatGeobuf has no geometry.
    "OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES",
}

VECTORS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".gpkg": ("a GeoPackage", (b"SQLite format 3\0",)),
    ".geojson": ("GeoJSON", _JSON),
    ".json": ("GeoJSON", _JSON),
    ".geojsonl": ("line-delimited GeoJSON", (*_JSON, b"\x1e")),
    ".geojsons": ("line-delimited GeoJSON", (*_JSON, b"\x1e")),
    ".ndjson": ("line-delimited GeoJSON", (*_JSON, b"\x1e")),
    ".shp": ("a Shapefile", (b"\0\0\x27\x0a",)),
    ".fgb": ("a FlatGeobuf", (b"fgb",)),
    ".kml": ("KML", (b"<",)),
    ".xlsx": ("a workbook (XLSX)", (b"PK\x03\x04",)),
}
"""What files of vectors are called in messages and how they begin, by ending."""

_LINKED = re.compile(
    rb'"crs"\s*:\s*\{(?:[^{}]|\{[^{}]*\})*"type"\s*:\s*"(?:link|url)', re.IGNORECASE
)

_REACHING = re.compile(
    r"virtual\s+table\b(?!.*\busing\s+\W?(?:rtree|fts\d))|ogr_geocode|gdal_get_|load_extension",
    re.DOTALL,
)
"""Words, in lower case, that make a table or view of something outside of its database."""

_SPACE = b" \t\r\n"
_MARK = b"\xef\xbb\xbf"


def check_vector(path: Path) -> None:
    """Refuse a file of vectors or rows that GDAL would open as something else than its ending says.

    To be called before anything of pyogrio is; `vector_file` does.

    Parameters
    ----------
    path : Path
        What ends in none of `VECTORS`, such as an archive, is left to who unpacks it.

    Raises
    ------
    DataError
        If it is no regular file, holds something else, or names addresses.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "area.geojson"
    >>> _ = path.write_text("<OGRVRTDataSource/>")
    >>> check_vector(path)
    Traceback (most recent call last):
    bocage.core._errors.DataError: can't read area.geojson: by its extension it should be ...
    """
    refuse_special(path, "a layer")
    name, beginnings = VECTORS.get(path.suffix.lower(), ("", ()))
    if not (name and path.is_file()):
        # What is not there is said by those who know what it should be.
        return
    head = head_of(path, HEAD)
    bare = head.removeprefix(_MARK).lstrip(_SPACE) if beginnings[0][:1] in (b"{", b"<") else head
    found = ""
    if is_virtual(head):
        found = "a virtual file, which names other files or addresses"
    elif not bare.startswith(beginnings) or (name == "KML" and b"<kml" not in head.lower()):
        found = "something else" if head else "nothing (0 bytes)"
    elif name == "a GeoPackage" and (table := _foreign_table(path)):
        found = f"the table {table!r}, which accesses data outside it"
    elif beginnings[:2] == _JSON and _has_linked_crs(path):
        found = "an address in place of a coordinate reference system"
    if found:
        raise DataError(
            f"can't read {path.name}: by its extension it should be {name}, but it holds {found}; "
            "expected what the extension says: check it, or write it again"
        )


def _has_linked_crs(path: Path) -> bool:
    """Whether a GeoJSON says by an address in which coordinate system it is: GDAL would ask."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        return _LINKED.search(text) is not None


def _foreign_table(path: Path) -> str:
    """Name a table or view of a GeoPackage that reaches beyond it; indices don't."""
    import sqlite3

    asked = "SELECT name, lower(sql) FROM sqlite_master WHERE sql IS NOT NULL"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            made = file.execute(asked).fetchall()
    except sqlite3.Error:
        # Damaged: GDAL says so too.
        return ""
    return next((str(name) for name, sql in made if _REACHING.search(sql)), "")


@contextmanager
def vector_file(path: Path) -> Iterator[None]:
    """Check a file of vectors or rows, and keep pyogrio off the network while it is read.

    A GeoJSON may name its coordinate system by an address, which GDAL asks.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DataError
        See `check_vector`; also if a shape in it can't be.
    """
    import pyogrio
    from shapely.errors import GEOSException

    check_vector(path)
    before = {name: pyogrio.get_gdal_config_option(name) for name in OPTIONS}
    pyogrio.set_gdal_config_options(OPTIONS)
    try:
        yield
    except GEOSException as error:
        said = in_one_line(error, 120)
        raise DataError(
            f"can't read {path.name}: it holds an invalid shape ({said}); expected closed rings, "
            "and lines of two points or more: repair it (QGIS: Fix geometries)"
        ) from error
    finally:
        pyogrio.set_gdal_config_options(before)

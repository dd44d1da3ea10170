"""Zones: group columns from polygon layers, such as states or biomes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError, counted, part_of, refuse_special, row_digests
from bocage.sources import is_in_degrees, projected
from bocage.tables._names import NO_COLUMN, listed, nearest
from bocage.tables._target import as_words
from bocage.tables.readers import SHAPES, read_file
from bocage.tasks import Task

OUTSIDE = "outside"
"""Zone of a sample that lies in no polygon."""

_TEXT = re.compile(
    rf"(?P<path>.+(?:{'|'.join(map(re.escape, SHAPES))}))"
    r"(?::(?P<layer>[^:]+))?:(?P<column>[^:]+)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class ZoneSource:
    """A polygon layer as the user names it.

    Attributes
    ----------
    path : Path
    column : str
        Column that names each polygon's zone.
    layer : str, optional
        Layer of a file that has several.
    """

    path: Path
    column: str
    layer: str | None = None


def parse_zone(name: str, text: str) -> ZoneSource:
    """Read ``states.gpkg:NAME``, or ``admin.gpkg:states:NAME`` where a file has several layers.

    >>> parse_zone("biome", "ecoregions.shp:BIOME_NAME").column
    'BIOME_NAME'

    Raises
    ------
    SettingsError
        If the name can't be a group's, or the text can't be read.
    """
    if not _NAME.fullmatch(name) or name in NO_COLUMN:
        raise SettingsError(
            f"{name!r} can't name a zone; expected letters, digits, '_', '.' or '-', and "
            f"none of {listed(NO_COLUMN)}, which need no column: choose another name"
        )
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise SettingsError(
            f"zone {name}={text!r} can't be read; expected a file ({', '.join(SHAPES)}), a "
            f"colon and the column that names the zones, such as {name}=states.gpkg:NAME"
        )
    return ZoneSource(Path(match["path"]).expanduser(), match["column"], match["layer"])


def add_zones(task: Task, zones: Mapping[str, str]) -> Task:
    """Add a group column for each polygon layer: the zone that holds each sample's point.

    A point on a border, or in polygons that overlap, gets the first zone by name. Samples that
    must stay together (an event, a parcel, a pixel) get one zone, the most frequent of theirs, so
    that leaving out a zone tears none of them. A sample in no polygon gets the zone ``outside``.

    Parameters
    ----------
    task : Task
    zones : mapping of str to str
        Name of the group, and file and column as `parse_zone` reads them.

    Returns
    -------
    Task
        The same samples in the same order; the zones are part of their content, and notes say
        what was found.

    Raises
    ------
    DataError
        If a layer can't be read, or holds none of the samples.
    SettingsError
        If a name is that of a group, or a source can't be read.
    """
    if not zones:
        return task
    if not task.has_places:
        raise DataError(
            f"zone {min(zones)!r}: {task.name} has no coordinates, so that no polygon contains a "
            "sample; expected points or polygons: use --leave with a column of the table instead"
        )
    groups, notes = dict(task.groups), list(task.notes)
    for name in sorted(zones):
        source = parse_zone(name, zones[name])
        if name in task.groups:
            raise SettingsError(
                f"zone {name!r} has the name of a group that this task already has "
                f"({listed(sorted(task.groups))}); choose another name, such as {name}_zone"
            )
        column, said = _locate(task, name, source)
        groups[name], torn = _one_a_unit(column, task.unit)
        notes += said
        if torn:
            notes.append(
                f"{name}: {counted(torn, 'unit')} whose samples stay together (an event, a "
                "parcel, a pixel) lay in several zones; each got the most frequent of them"
            )
    # The order of the rows hung on their content before, and a zone follows from the place.
    added = [groups[name] for name in sorted(zones)]
    digests = row_digests(task.digests.view("V16"), *added)
    return replace(task, groups=groups, notes=tuple(notes), digests=digests)


def _locate(task: Task, name: str, source: ZoneSource) -> tuple[NDArray[np.str_], tuple[str, ...]]:
    """Find the zone of every sample; say how many have none or several."""
    import shapely

    shapes, words, crs = _read_polygons(name, source)
    xy = _project(task.lonlat, crs, source)
    here = np.flatnonzero(np.isfinite(xy).all(axis=1))
    bounds = shapely.bounds(shapes)
    pairs_of = []
    for turn in _turns(crs, bounds):
        # Points in the tree and polygons as the question: each polygon is prepared once.
        places = shapely.STRtree(shapely.points(xy[here] + [turn, 0.0]))
        pairs_of.append(places.query(shapes, predicate="intersects"))
    polygon, point = np.concatenate(pairs_of, axis=1)
    zone, code = np.unique(words, return_inverse=True)
    pairs = np.unique(np.column_stack([here[point], code[polygon]]), axis=0)
    row, first, count = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    if not len(row):
        west, south, east, north = _bounds(task.lonlat)
        raise DataError(
            f"zone {name!r}: none of the {len(task)} samples (longitude {west:.4g} to {east:.4g}, "
            f"latitude {south:.4g} to {north:.4g}) lies in a polygon of {source.path.name}; "
            "expected a layer that covers them: check its CRS, or use another layer"
        )
    out = np.full(len(task), OUTSIDE, dtype=f"<U{max(len(OUTSIDE), *map(len, zone))}")
    out[row] = zone[pairs[first, 1]]
    found = len(np.unique(out[row]))
    said = f"{counted(found, 'zone')} of {source.path.name} ({source.column})"
    notes = [f"{name}: each sample has the zone that contains its point; samples lie in {said}"]
    if several := int((count > 1).sum()):
        notes.append(
            f"{name}: {counted(several, 'sample lies', 'samples lie')} on a border or in polygons "
            "that overlap; the first zone by name was used"
        )
    if lost := len(task) - len(row):
        part = part_of(lost, len(task), "sample", "lies", "lie")
        notes.append(f"{name}: {part} in no polygon; zone {OUTSIDE!r}")
    return out, tuple(notes)


def _turns(crs: Any, bounds: NDArray[np.float64]) -> tuple[float, ...]:
    """Return by how much longitudes may be off those of polygons that go beyond 180 degrees."""
    west, east = np.nanmin(bounds[:, 0]), np.nanmax(bounds[:, 2])
    if not is_in_degrees(crs):
        return (0.0,)
    beyond = {0.0: True, 360.0: east > 180, -360.0: west < -180}  # noqa: PLR2004
    return tuple(turn for turn, is_asked in beyond.items() if is_asked)


def _bounds(lonlat: NDArray[np.float64]) -> tuple[float, float, float, float]:
    (west, south), (east, north) = lonlat.min(axis=0).tolist(), lonlat.max(axis=0).tolist()
    return west, south, east, north


def _one_a_unit(zone: NDArray[np.str_], unit: NDArray[np.int64]) -> tuple[NDArray[np.str_], int]:
    """Give all samples of a unit the most frequent of their zones, the first by name of equals.

    Being outside counts only where all samples are: the sea belongs to no state.

    Returns
    -------
    zone : ndarray of str, shape (n,)
    torn : int
        Units that had several zones.
    """
    names, code = np.unique(zone, return_inverse=True)
    pairs, count = np.unique(np.column_stack([unit, code]), axis=0, return_counts=True)
    outside = names[pairs[:, 1]] == OUTSIDE
    order = np.lexsort((pairs[:, 1], -count, outside, pairs[:, 0]))
    owner, first, n = np.unique(pairs[order, 0], return_index=True, return_counts=True)
    best = pairs[order][first, 1]
    return names[best[np.searchsorted(owner, unit)]], int((n > 1).sum())


def _project(lonlat: NDArray[np.float64], crs: Any, source: ZoneSource) -> NDArray[np.float64]:
    from pyproj.exceptions import ProjError

    try:
        # Points go to the polygons' system: an edge is straight in its own.
        return projected(4326, crs, lonlat)
    except ProjError as error:
        raise DataError(
            f"longitude and latitude can't be converted to the CRS of {source.path.name}; "
            "expected a geographic or projected CRS: write the right one into the file"
        ) from error


def _read_polygons(name: str, source: ZoneSource) -> tuple[NDArray[Any], NDArray[np.str_], Any]:
    """Read the polygons of a layer that have a zone, their zones and their CRS."""
    import shapely

    path = source.path
    refuse_special(path, f"the polygons of zone {name!r}")
    if not path.is_file():
        files = path.parent.iterdir() if path.parent.is_dir() else ()
        raise DataError(
            f"zone {name!r}: there is no file {str(path)!r}{nearest(path.name, _names(files))} "
            "Expected a layer of polygons: check the path"
        )
    try:
        frame = read_file(path, source.layer, columns=[source.column]).frame
    except DataError as error:
        raise DataError(f"zone {name!r}: {error}") from error
    if not hasattr(frame, "crs"):
        raise DataError(f"zone {name!r}: {path.name} has no geometry; expected polygons")
    _need_column(name, source, [str(c) for c in frame.columns if c != frame.geometry.name])
    if frame.crs is None:
        raise DataError(
            f"zone {name!r}: the geometry in {path.name} has no CRS; expected one, such as "
            "EPSG:4326: write it into the file (geopandas: set_crs)"
        )
    shapes = np.array(frame.geometry, dtype=object)
    words, blank = as_words(frame[source.column])
    keep = np.flatnonzero((shapely.get_dimensions(shapes) == 2) & ~blank)  # noqa: PLR2004
    if not len(keep):
        raise DataError(
            f"zone {name!r}: {path.name} has no polygon with a value in {source.column!r}; "
            "expected a layer of polygons: use another layer or column"
        )
    if (words[keep] == OUTSIDE).any():
        raise DataError(
            f"zone {name!r}: {path.name} has a zone called {OUTSIDE!r}, which means samples in no "
            "polygon; expected other names: rename it"
        )
    return shapely.make_valid(shapes[keep]), words[keep], frame.crs


def _names(files: Any) -> list[str]:
    return [path.name for path in files]


def _need_column(name: str, source: ZoneSource, known: list[str]) -> None:
    if source.column not in known:
        raise DataError(
            f"zone {name!r}: {source.path.name} has no column {source.column!r}"
            f"{nearest(source.column, known)} It has: {listed(known)}"
        )

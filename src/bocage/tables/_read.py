"""Label tables on disk: found, read, put together."""

import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Origin, counted, refuse_special
from bocage.sources import to_crs
from bocage.tables._crs import find_crs
from bocage.tables._geometry import places, singles
from bocage.tables._names import listed, nearest
from bocage.tables._origins import of_columns, stored_origins
from bocage.tables._pairs import Pairs
from bocage.tables._renaming import rename_columns
from bocage.tables.readers import (
    EXTENSIONS,
    IN_MEMORY,
    Table,
    check_folder,
    folder_columns,
    has_layers,
    is_table,
    parquet_files,
    plain_frame,
    read_file,
    split_layer,
    with_shapes,
)

if TYPE_CHECKING:
    import pandas as pd

Paths = str | Path | Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class LabelRows:
    """The rows of one or several files.

    Attributes
    ----------
    frame : DataFrame
        All columns but the geometry.
    names : tuple of str
        File names, without folders.
    lonlat : ndarray of float64, shape (n, 2), optional
        Degrees (WGS84) from the geometry; None where the files have none.
    area : ndarray of float64, shape (n,), optional
        Square metres of polygons, NaN for other geometry.
    shapes : ndarray of shapely geometries, shape (n,), optional
        As they are in the files, in `crs`.
    crs : pyproj.CRS, optional
    notes : tuple of str
        What had to be found out to read them.
    origins : tuple of Origin
        Where features come from, as far as the files tell.
    """

    frame: "pd.DataFrame"
    names: tuple[str, ...]
    lonlat: NDArray[np.float64] | None = None
    area: NDArray[np.float64] | None = None
    shapes: NDArray[Any] | None = None
    crs: Any = None
    notes: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()


def find_files(paths: Paths) -> tuple[Path, ...]:
    """Resolve paths and globs to files, each once, sorted within a glob.

    A folder of Parquet files counts as a file; ``a.gpkg:fields`` is the file of a layer.

    Raises
    ------
    DataError
        If a file is missing, a glob matches nothing, a path is a folder of other files, or an
        extension is not known.
    """
    return tuple(dict.fromkeys(path for path, _ in _find_layers(paths)))


def _find_layers(paths: Paths) -> tuple[tuple[Path, str | None], ...]:
    """Find files as `find_files` does, and the layer that is named behind each."""
    asked = [paths] if isinstance(paths, str | Path) else list(paths)
    if not asked:
        raise DataError("no file was named; expected a label table such as my_labels.gpkg")
    found: dict[tuple[Path, str | None], Path] = {}
    for item in asked:
        path, layer = split_layer(Path(item).expanduser())
        matches = [path]
        if not _exists(path) and glob.has_magic(str(path)):
            matches = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207
            if not matches:
                raise DataError(
                    f"no file matches {str(item)!r}; expected at least one: check the folder and "
                    "the pattern"
                )
        for match in matches:
            _check_file(match)
            found.setdefault((match.resolve(), layer), match)
    return tuple((path, layer) for (_, layer), path in found.items())


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # Such as a name that is too long.
        return False


def _check_file(path: Path) -> None:
    refuse_special(path, "a label table")
    if not _exists(path):
        files = path.parent.iterdir() if path.parent.is_dir() else ()
        near = [item.name for item in files if item.name != path.name]
        raise DataError(
            f"there is no file {str(path)!r}{nearest(path.name, near)} Expected a label table: "
            "check the path"
        )
    if path.is_dir():
        check_folder(path)
        return
    if not is_table(path):
        ending = f"ends in {path.suffix!r}" if path.suffix else "has no extension"
        raise DataError(
            f"{path.name!r} {ending}; expected one of {', '.join(EXTENSIONS)}: convert it, for "
            "instance to GeoPackage or CSV"
        )


def read_rows(
    paths: "Paths | pd.DataFrame",
    *,
    layer: str | None = None,
    crs: str | None = None,
    shapes: bool = True,
    rename: Pairs | None = None,
) -> LabelRows:
    """Read label tables and put them one under the other.

    Parameters
    ----------
    paths : str, Path or several, or DataFrame or GeoDataFrame
        Files or globs (see `EXTENSIONS`), or folders of Parquet files; ``a.gpkg:fields`` names a
        layer. A table that is in memory is taken as it is, without its index.
    layer : str, optional
        Layer, or sheet, of files that have several, where it is not named behind them.
    crs : str, optional
        Coordinate system of the geometry, whatever the files say.
    shapes : bool
        Whether geometry tells the place: it is looked for in columns of tables that have none of
        their own, and is in `crs`.
    rename : mapping of str to str, or path of a table of two columns, optional
        Columns that are to have another name.

    Raises
    ------
    DataError
        If a file can't be read, is empty, lacks the layer, has a column twice or geometry without
        CRS, or if several files have different columns.
    """
    told = _Told(layer, None if crs is None else find_crs(crs), shapes)
    if not isinstance(paths, str | Path | Sequence):
        return _together(rename_columns([_in_memory(paths, told)], rename))
    found = _find_layers(paths)
    files = [path for path, _ in found]
    if layer is not None and not any(has_layers(path) for path in files):
        raise DataError(
            f"--layer {layer} is given, but {listed(path.name for path in files)} has no layers; "
            "expected a GeoPackage, KML or Excel file: omit the option"
        )
    others = [f"{path.name}:{name}" for path, name in found if name not in (None, layer)]
    if layer is not None and others:
        raise DataError(
            f"--layer {layer} is given, but {listed(others)} names another; expected one of them: "
            "omit the option"
        )
    parts = []
    for path, named in found:
        own = replace(told, layer=named or layer)
        parts.append(_with_origins(_read_path(path, own), path, own.layer))
    return _together(rename_columns(parts, rename))


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of files beside their names."""

    layer: str | None
    crs: Any
    shapes: bool


def _together(parts: Sequence[LabelRows]) -> LabelRows:
    """Put the rows of several files one under the other."""
    import pandas as pd

    first = parts[0]
    for part in parts[1:]:
        _check_same(first, part)
    lonlat, area, shapes = first.lonlat, first.area, first.shapes
    if lonlat is not None and area is not None:
        lonlat = np.concatenate([part.lonlat for part in parts if part.lonlat is not None])
        area = np.concatenate([part.area for part in parts if part.area is not None])
        shapes = np.concatenate([_in_crs(part, first.crs) for part in parts])
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    names = tuple(name for part in parts for name in part.names)
    origins = tuple(dict.fromkeys(origin for part in parts for origin in part.origins))
    return LabelRows(frame, names, lonlat, area, shapes, first.crs, notes, origins)


def _with_origins(rows: LabelRows, path: Path, layer: str | None) -> LabelRows:
    origins, notes = stored_origins(path, layer)
    kept = of_columns(origins, rows.frame.columns)
    return replace(rows, notes=(*rows.notes, *notes), origins=kept)


def _in_crs(part: LabelRows, crs: Any) -> NDArray[Any]:
    if part.crs == crs:
        return np.asarray(part.shapes, dtype=object)
    import shapely

    moved = shapely.transform(part.shapes, lambda xy: to_crs(part.crs, crs, xy))
    return np.asarray(moved, dtype=object)


def _check_same(first: LabelRows, other: LabelRows) -> None:
    a, b = set(map(str, first.frame.columns)), set(map(str, other.frame.columns))
    said = []
    if a - b:
        said.append(f"lacks {listed(sorted(a - b))}")
    if b - a:
        said.append(f"also has {listed(sorted(b - a))}")
    if (first.lonlat is None) != (other.lonlat is None):
        said.append("lacks geometry" if other.lonlat is None else "also has geometry")
    if said:
        raise DataError(
            f"{other.names[0]} {' and '.join(said)}, compared with {first.names[0]}; expected the "
            "same columns in all files: rename or remove columns, or compare the files separately"
        )


def _read_path(path: Path, told: _Told) -> LabelRows:
    if not path.is_dir():
        rows = _read_one(path, told, {})
        if not len(rows.frame):
            raise DataError(f"{path.name} has no rows; expected one row per sample")
        return rows
    files = parquet_files(path)
    parts = [_read_one(file, told, folder_columns(path, file)) for file in files]
    # Clusters write a file for each worker, also for those that had no row.
    full = [part for part in parts if len(part.frame)]
    if not full:
        raise DataError(f"{str(path)!r} has no rows; expected one row per sample")
    note = f"{path.name}: {counted(len(files), 'Parquet file')} of the folder read as one table"
    rows = _together(full)
    return replace(rows, names=(path.name,), notes=(note, *rows.notes))


def _in_memory(frame: "pd.DataFrame", told: _Told) -> LabelRows:
    """Take a table that is in memory."""
    table = Table(plain_frame(frame))
    if told.layer is not None:
        raise DataError(
            f"layer {told.layer!r} is named, but the labels are a table in memory, which has none; "
            "omit it"
        )
    return _rows(with_shapes(table, IN_MEMORY, told.crs) if told.shapes else table, IN_MEMORY, told)


def _read_one(path: Path, told: _Told, more: dict[str, str | None]) -> LabelRows:
    """Read a file; `more` are columns that hold one word in all of its rows."""
    table = read_file(path, told.layer if has_layers(path) else None)
    if told.shapes:
        table = with_shapes(table, path.name, told.crs)
    frame = table.frame
    twice = [column for column in more if column in frame.columns]
    if twice:
        raise DataError(
            f"{path.name} has a column {twice[0]!r}, and its folder's name gives one too; expected "
            "it once: rename one"
        )
    return _rows(replace(table, frame=frame.assign(**more)), path.name, told)


def _rows(table: Table, name: str, told: _Told) -> LabelRows:
    """Turn geometry into places."""
    import pandas as pd

    frame = table.frame
    if not hasattr(frame, "crs"):
        return LabelRows(frame, (name,), notes=table.notes)
    column, crs, notes = str(frame.geometry.name), frame.crs, table.notes
    # Where columns tell the place, a coordinate system is said of them.
    if told.crs is not None and told.shapes:
        if crs is not None and not told.crs.equals(crs, ignore_axis_order=True):
            asked, said = told.crs.to_string()[:40], crs.to_string()[:40]
            note = f"{name}: geometry is read in {asked} (--crs), not in {said}, as the file says"
            notes = (*notes, note)
        crs = told.crs
    shapes = singles(np.array(frame.geometry, dtype=object))
    lonlat, area = places(shapes, crs, name)
    bare = pd.DataFrame(frame.drop(columns=column))
    return LabelRows(bare, (name,), lonlat, area, shapes, crs, notes)


def stem(names: Iterable[str]) -> str:
    """Return a short name for a task read from files: what their names have in common."""
    import os.path
    import re

    stems = [Path(name[:-3] if name.lower().endswith(".gz") else name).stem for name in names]
    common = stems[0] if len(stems) == 1 else os.path.commonprefix(stems)  # noqa: RUF071 - not paths
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", common).strip("-_.") or "labels"

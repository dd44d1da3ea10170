"""Label tables on disk: found, read, put together."""

import glob
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Origin, refuse_special
from bocage.sources import to_crs, vector_file
from bocage.tasks._csv import TEXT, first_line, is_text_table, read_csv
from bocage.tasks._geometry import places, singles
from bocage.tasks._names import listed, nearest
from bocage.tasks._origins import of_columns, stored_origins
from bocage.tasks._pairs import Pairs
from bocage.tasks._renaming import rename_columns

if TYPE_CHECKING:
    import pandas as pd

Paths = str | Path | Sequence[str | Path]

PARQUET = (".parquet", ".geoparquet")
VECTOR = (".gpkg", ".geojson", ".json")
EXTENSIONS = (*TEXT, ".csv.gz", *PARQUET, *VECTOR)


@dataclass(frozen=True, slots=True)
class Rows:
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

    Raises
    ------
    DataError
        If a file is missing, a glob matches nothing, a path is a folder, or an extension is
        not known.
    """
    asked = [paths] if isinstance(paths, str | Path) else list(paths)
    if not asked:
        raise DataError("no file was named; expected a label table such as my_labels.gpkg")
    found: dict[Path, Path] = {}
    for item in asked:
        path = Path(item).expanduser()
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
            found.setdefault(match.resolve(), match)
    return tuple(found.values())


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
        raise DataError(
            f"{str(path)!r} is a folder; expected files: name them with a pattern such as "
            f"'{path}/*.csv'"
        )
    if path.suffix.lower() not in EXTENSIONS and not is_text_table(path):
        ending = f"ends in {path.suffix!r}" if path.suffix else "has no extension"
        raise DataError(
            f"{path.name!r} {ending}; expected one of {', '.join(EXTENSIONS)}: convert it, for "
            "instance to GeoPackage or CSV"
        )


def read_rows(paths: Paths, *, layer: str | None = None, rename: Pairs | None = None) -> Rows:
    """Read label tables and put them one under the other.

    Parameters
    ----------
    paths : str, Path or several
        Files or globs: CSV, TSV (packed with gzip too), Parquet, GeoParquet, GeoPackage, GeoJSON.
    layer : str, optional
        Layer of GeoPackages that have several.
    rename : mapping of str to str, or path of a table of two columns, optional
        Columns that are to have another name.

    Raises
    ------
    DataError
        If a file can't be read, is empty, lacks the layer, has a column twice or geometry without
        CRS, or if several files have different columns.
    """
    import pandas as pd

    files = find_files(paths)
    if layer is not None and not any(path.suffix.lower() == ".gpkg" for path in files):
        raise DataError(
            f"--layer {layer} is given, but {listed(path.name for path in files)} has no layers; "
            "expected a GeoPackage: leave the option out"
        )
    parts = [_with_origins(_read_one(path, layer), path, layer) for path in files]
    parts = rename_columns(parts, rename)
    first = parts[0]
    for part in parts[1:]:
        _check_same(first, part)
    lonlat, area, shapes = first.lonlat, first.area, first.shapes
    if lonlat is not None and area is not None:
        lonlat = np.concatenate([part.lonlat for part in parts if part.lonlat is not None])
        area = np.concatenate([part.area for part in parts if part.area is not None])
        shapes = np.concatenate([_in_crs(part, first.crs) for part in parts])
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    notes = tuple(note for part in parts for note in part.notes)
    origins = tuple(dict.fromkeys(origin for part in parts for origin in part.origins))
    names = tuple(path.name for path in files)
    return Rows(frame, names, lonlat, area, shapes, first.crs, notes, origins)


def _with_origins(rows: Rows, path: Path, layer: str | None) -> Rows:
    origins, notes = stored_origins(path, layer)
    kept = of_columns(origins, rows.frame.columns)
    return replace(rows, notes=(*rows.notes, *notes), origins=kept)


def _in_crs(part: Rows, crs: Any) -> NDArray[Any]:
    if part.crs == crs:
        return np.asarray(part.shapes, dtype=object)
    import shapely

    moved = shapely.transform(part.shapes, lambda xy: to_crs(part.crs, crs, xy))
    return np.asarray(moved, dtype=object)


def _check_same(first: Rows, other: Rows) -> None:
    a, b = set(map(str, first.frame.columns)), set(map(str, other.frame.columns))
    said = []
    if a - b:
        said.append(f"lacks {listed(sorted(a - b))}")
    if b - a:
        said.append(f"has {listed(sorted(b - a))} besides")
    if (first.lonlat is None) != (other.lonlat is None):
        said.append("lacks geometry" if other.lonlat is None else "has geometry besides")
    if said:
        raise DataError(
            f"{other.names[0]} {' and '.join(said)}, compared with {first.names[0]}; expected the "
            "same columns in all files: rename or remove columns, or compare the files apart"
        )


def _read_one(path: Path, layer: str | None) -> Rows:
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty (0 bytes); expected a label table with rows")
    notes: tuple[str, ...] = ()
    try:
        if is_text_table(path):
            table = read_csv(path)
            frame, notes = table.frame, table.notes
        elif suffix in PARQUET:
            frame = _read_parquet(path)
        else:
            frame = _read_vector(path, layer)
    except (OSError, EOFError, ValueError, RuntimeError, TypeError, KeyError, zlib.error) as error:
        raise DataError(
            f"can't read {path.name} ({first_line(error)}); expected a whole file of the kind "
            f"its extension ({suffix}) says: write it again"
        ) from error
    if len(frame) == 0:
        raise DataError(f"{path.name} has no rows; expected one row a sample")
    frame.columns = frame.columns.map(str)
    twice = frame.columns[frame.columns.duplicated()].tolist()
    if twice:
        raise DataError(
            f"{path.name} has the column {twice[0]!r} twice; expected each name once: rename one"
        )
    if not hasattr(frame, "crs"):
        return Rows(frame, (path.name,), notes=notes)
    column = str(frame.geometry.name)
    shapes = singles(np.array(frame.geometry, dtype=object))
    lonlat, area = places(shapes, frame.crs, path.name)
    import pandas as pd

    bare = pd.DataFrame(frame.drop(columns=column))
    return Rows(bare, (path.name,), lonlat, area, shapes, frame.crs, notes)


def _read_parquet(path: Path) -> Any:
    from pyarrow import parquet

    # A file without the mark has no geometry that could be read as such.
    if b"geo" in (parquet.read_schema(path).metadata or {}):
        import geopandas as gpd

        return gpd.read_parquet(path, to_pandas_kwargs=_whole_numbers())
    return parquet.read_table(path).to_pandas(**_whole_numbers())


def _whole_numbers() -> dict[str, Any]:
    """Return the option that keeps whole numbers whole beside gaps: as floats they lose digits."""
    import pandas as pd
    import pyarrow as pa

    known = {
        getattr(pa, name.lower())(): getattr(pd, f"{name}Dtype")()
        for name in ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")
    }
    return {"types_mapper": known.get}


def layers_of(path: Path) -> tuple[list[str], list[str]]:
    """List the layers of a file that can be meant, and all that it holds.

    Tables without geometry, such as the styles that QGIS saves, are no layers beside others.
    """
    import pyogrio

    with vector_file(path):
        every = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    names = [name for name, _ in every]
    return [name for name, kind in every if kind] or names, names


def _read_vector(path: Path, layer: str | None) -> Any:
    import pyogrio

    layers, every = layers_of(path)
    if path.suffix.lower() == ".gpkg":
        if layer is not None and layer not in every:
            raise DataError(
                f"{path.name} has no layer {layer!r}{nearest(layer, layers)} It has: "
                f"{listed(layers)}. Name one of them with --layer"
            )
        if layer is None and len(layers) > 1:
            raise DataError(
                f"{path.name} has {len(layers)} layers ({listed(layers)}); expected one: name it "
                f"with --layer (that of an area as {path.name}:{layers[0]})"
            )
        layer = layer or layers[0]
    else:
        layer = None
    with vector_file(path):
        return pyogrio.read_dataframe(
            path, layer=layer, use_arrow=True, arrow_to_pandas_kwargs=_whole_numbers()
        )


def stem(names: Iterable[str]) -> str:
    """Return a short name for a task read from files: what their names have in common."""
    import os.path
    import re

    stems = [Path(name[:-3] if name.lower().endswith(".gz") else name).stem for name in names]
    common = stems[0] if len(stems) == 1 else os.path.commonprefix(stems)  # noqa: RUF071 - not paths
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", common).strip("-_.") or "labels"

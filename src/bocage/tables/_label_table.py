"""A table of labels with features, and how it is written."""

import io
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bocage.core import (
    SUFFIX,
    Origin,
    Output,
    SettingsError,
    StoreError,
    cells,
    check_ending,
    check_outputs,
    in_one_line,
    sweep,
    temporary_prefix,
    write_atomic,
    write_origins,
)
from bocage.tables._names import listed
from bocage.tables._origins import KEY as RECORD
from bocage.tables._origins import beside, described, is_described
from bocage.tables._styles import TABLE, add_style, holds_others_styles

if TYPE_CHECKING:
    import pandas as pd

FORMATS = {".parquet": "Parquet file", ".csv": "table (CSV)", ".gpkg": "GeoPackage"}

LAYER = "samples"
"""The layer of a GeoPackage that is written."""

_END = 2**63

KEY, SHAPE = "fid", "geom"
"""What GeoPackage calls a row's number and its geometry."""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Labels with features.

    Attributes
    ----------
    frame : DataFrame
        The labels' own columns, then those of the bands; a GeoDataFrame where there is geometry.
    notes : tuple of str
        What was left out, and why.
    inputs : tuple of Path
        Files that it was made from, which are never written over.
    n_polygons : int
        Polygons whose pixels the rows are; 0 where each row is a label.
    layer : str
        Of a GeoPackage that is written.
    origins : tuple of Origin
        Where its features come from; written into the file, or beside a CSV file.
    style : str
        Of QGIS, for a GeoPackage's layer.
    """

    frame: "pd.DataFrame"
    notes: tuple[str, ...]
    inputs: tuple[Path, ...] = ()
    n_polygons: int = 0
    layer: str = LAYER
    origins: tuple[Origin, ...] = ()
    style: str = ""

    def write(self, path: Path) -> tuple[str, ...]:
        """Write the table; nothing stays under the name if that fails.

        Returns
        -------
        tuple of str
            Notes: columns that had to be called otherwise, and a second file.

        Raises
        ------
        SettingsError
            If the ending is unknown, the table has no geometry for a GeoPackage, or the file is an
            input or another's.
        StoreError
            If the file can't be written.
        """
        check_table_output(path, self.inputs, self.layer)
        suffix, has_shapes = path.suffix.lower(), hasattr(self.frame, "crs")
        if suffix == ".gpkg":
            if not has_shapes:
                raise SettingsError(
                    f"{path.name} needs geometry, but the labels have columns of coordinates "
                    "only; expected .parquet or .csv"
                )
            return _write_geopackage(self.frame, path, self.origins, self.layer, self.style)
        if suffix == ".parquet":
            write_atomic(path, _parquet(self.frame, self.origins))
            return ()
        buffer = io.BytesIO()
        shapeless = self.frame.drop(columns="geometry") if has_shapes else self.frame
        _without_formulas(shapeless).to_csv(buffer, index=False)
        # It tells of the file that stood there before.
        beside(path).unlink(missing_ok=True)
        write_atomic(path, buffer.getvalue())
        write_atomic(beside(path), described(path, buffer.getvalue(), shapeless, self.origins))
        said = "records which columns are text"
        if self.origins:
            said = "records where features come from, and which columns are text"
        return (f"{beside(path).name} {said}: keep it with {path.name}",)


def _without_formulas(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return the table with names and texts that a spreadsheet does not compute."""
    plain = frame.set_axis(cells(list(frame.columns)), axis=1)
    for name in plain.columns[~plain.columns.duplicated()]:
        column = plain[name]
        if column.ndim == 1 and column.dtype.kind not in "biufcmM":
            plain[name] = column.astype(object).map(lambda value: cells([value])[0])
    return plain


def check_table_output(path: Path, inputs: Sequence[str | Path], layer: str = LAYER) -> None:
    """Refuse a table whose ending is unknown, that is an input, or would replace another's.

    Parameters
    ----------
    path : Path
    inputs : sequence of str or Path
    layer : str
        Of a GeoPackage, the one that may be replaced.

    Raises
    ------
    SettingsError
        If it is.
    """
    check_ending(path, tuple(FORMATS), "a table")
    kind = FORMATS[path.suffix.lower()]
    # Whose it is, is asked last: an input, another kind of file and other layers say more.
    made = [Output(path, kind, is_own=True)]
    if path.suffix.lower() == ".csv":
        made.append(Output(beside(path), "record of a table (JSON)"))
    check_outputs(made, inputs)
    if path.suffix.lower() == ".gpkg" and path.exists():
        others = [name for name in _tables(path) if name != layer]
        if others:
            raise SettingsError(
                f"{str(path)!r} contains {listed(others)}, which would be lost; expected an unused "
                "name: choose another one with -o"
            )
    check_outputs([Output(path, kind, is_written(path))], ())


def is_written(path: Path) -> bool:
    """Tell whether Bocage wrote a table, and nobody has changed the CSV file since."""
    if not path.is_file() or not path.stat().st_size:
        return True
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return is_described(path)
    if suffix == ".gpkg":
        return _is_own_geopackage(path)
    from pyarrow import ArrowException, parquet

    try:
        return RECORD.encode() in (parquet.read_schema(path).metadata or {})
    except (ArrowException, OSError):
        return False


def _is_own_geopackage(path: Path) -> bool:
    found = "SELECT count(*) FROM gpkg_metadata WHERE instr(metadata, ?) > 0"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            return bool(file.execute(found, (RECORD,)).fetchone()[0])
    except sqlite3.Error:
        return False


def _tables(path: Path) -> list[str]:
    """List all that a GeoPackage holds, layers and tables, but for styles that Bocage wrote."""
    if not path.stat().st_size:
        return []
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            found = file.execute("SELECT table_name FROM gpkg_contents").fetchall()
            names = [str(name) for (name,) in found]
            if TABLE in names and not holds_others_styles(file):
                names.remove(TABLE)
            return names
    except sqlite3.Error:
        return ["a database of another kind"]


def _parquet(frame: Any, origins: Sequence[Origin]) -> bytes:
    """Write a table, with or without geometry, and its record among the file's metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    table = parquet.read_table(pa.BufferReader(buffer.getvalue()))
    known = {**(table.schema.metadata or {}), RECORD.encode(): write_origins(origins).encode()}
    again = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(known), again)
    return again.getvalue()


def _write_geopackage(
    frame: Any, path: Path, origins: Sequence[Origin], layer: str, style: str
) -> tuple[str, ...]:
    names = _free_names(frame)
    known = {RECORD: write_origins(origin.renamed(names) for origin in origins)}
    # Its whole numbers end at 2**63: longer ones are names.
    large = [c for c in frame if str(frame[c].dtype).lower() == "uint64" and frame[c].max() >= _END]
    frame = frame.assign(**{str(c): frame[c].astype("string") for c in large})
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        sweep(path.parent)
        prefix = temporary_prefix(path.name)
        with tempfile.TemporaryDirectory(SUFFIX, prefix, path.parent) as folder:
            made = Path(folder) / "samples.gpkg"
            frame.rename(columns=names).to_file(
                made, driver="GPKG", layer=layer, layer_metadata=known
            )
            if style:
                add_style(made, layer, SHAPE, style)
            made.replace(path)
    except (RuntimeError, ValueError, TypeError, OverflowError) as error:
        said = in_one_line(error, 160)
        raise StoreError(
            f"the table can't be written as a GeoPackage ({said}); expected columns of numbers, "
            "text or dates: choose another file format, such as .parquet"
        ) from error
    return tuple(
        f"column {old!r} is called {new!r} in {path.name}: GeoPackage reserves that name, or does "
        "not distinguish it from that of another column"
        for old, new in names.items()
    )


def _free_names(frame: Any) -> dict[str, str]:
    """Find other names for columns that a GeoPackage can't hold: it knows no capitals."""
    columns = [str(name) for name in frame.columns if name != frame.geometry.name]
    taken, changed = {KEY, SHAPE}, {}
    lower = {name.lower() for name in columns} | taken
    for name in columns:
        if name.lower() in taken:
            number = 2
            while f"{name}_{number}".lower() in lower:
                number += 1
            changed[name] = f"{name}_{number}"
            lower.add(changed[name].lower())
        taken.add(name.lower())
    return changed

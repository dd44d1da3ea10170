"""Parquet: files, with geometry or without, and folders of them as clusters write them."""

from pathlib import Path
from typing import Any

from bocage.core import DataError, listed
from bocage.tables.readers._columns import arrow_options
from bocage.tables.readers._endings import PARQUET, is_table

_TABLE_FORMATS = {"_delta_log": "Delta", ".hoodie": "Hudi"}
"""Folders in a folder of Parquet files that say which of them count."""

_BLANK = "__HIVE_DEFAULT_PARTITION__"


def read_parquet(path: Path) -> Any:
    """Read one Parquet file."""
    from pyarrow import parquet

    # A file without the mark has no geometry that could be read as such.
    if b"geo" in (parquet.read_schema(path).metadata or {}):
        import geopandas as gpd

        return gpd.read_parquet(path, to_pandas_kwargs=arrow_options())
    # A folder that is called year=2020 makes no column here: `folder_columns` does.
    return parquet.read_table(path, partitioning=None).to_pandas(**arrow_options())


def parquet_files(folder: Path) -> tuple[Path, ...]:
    """List the Parquet files of a folder, those of its folders too; empty if it is none of them.

    Names that begin with ``_`` or ``.`` are marks of the program that wrote them.

    Raises
    ------
    DataError
        If the folder is a table of another kind that keeps files of former states.
    """
    for mark, kind in _TABLE_FORMATS.items():
        if (folder / mark).is_dir():
            raise DataError(
                f"{str(folder)!r} is a {kind} table, whose files may be out of date; expected "
                "plain Parquet: export it as Parquet"
            )
    if (folder / "metadata").is_dir() and any((folder / "metadata").glob("*.metadata.json")):
        raise DataError(
            f"{str(folder)!r} is an Iceberg table, whose files may be out of date; expected plain "
            "Parquet: export it as Parquet"
        )
    inside = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)
    )
    found = tuple(path for path in inside if path.suffix.lower() in PARQUET)
    others = [path.name for path in inside if path not in found and is_table(path)]
    if found and others:
        raise DataError(
            f"{str(folder)!r} holds Parquet files and {listed(others, 3)}; expected only Parquet "
            f"files: name files with a pattern, such as '{folder}/*.parquet'"
        )
    return found


def folder_columns(folder: Path, file: Path) -> dict[str, str | None]:
    """Read what the folders between say of all rows of a file: ``year=2020/part-0.parquet``."""
    from urllib.parse import unquote

    parts = [part.partition("=") for part in file.relative_to(folder).parts[:-1]]
    return {
        name: None if value == _BLANK else unquote(value)
        for name, sign, value in parts
        if name and sign
    }


def check_folder(path: Path) -> None:
    """Refuse a folder without Parquet files.

    Raises
    ------
    DataError
        If it is one.
    """
    if not parquet_files(path):
        raise DataError(
            f"{str(path)!r} is a folder; expected files: name them with a pattern such as "
            f"'{path}/*.csv'"
        )

"""Zipped tables: one of them is unpacked, to a folder of its own that goes when it was read."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from bocage.core import DataError, counted, in_one_line, listed
from bocage.tables.readers._endings import ARCHIVES, TEXT, is_table

MOST_BYTES = 4 * 1024**3
"""What a packed file may hold; more would fill memory or disk."""

MOST_RATIO, FREE_BYTES = 200, 100 * 1024**2
"""A table beyond so many bytes is packed to no smaller part: text to a tenth, zeros to less."""

MOST_FILES = 10_000

_PIECE = 1 << 20


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give the table in an archive as a file, or the path as it is where it is no archive.

    Only the table and the files beside it that have its name are unpacked, after all names and
    sizes were looked at.

    Raises
    ------
    DataError
        If the archive can't be read, holds no table or several, names a place outside its folder,
        or is too large.
    """
    if path.suffix.lower() not in ARCHIVES:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="bocage-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                made = _unpack(archive, path, Path(folder))
        except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as bad:
            said = in_one_line(bad, 120)
            raise DataError(
                f"can't unpack {path.name} ({said}); expected a whole zip file without a "
                "password: pack it again"
            ) from bad
        yield made


def check_packed(name: str, parts: Sequence[zipfile.ZipInfo], n_packed: int) -> None:
    """Refuse an archive that says of itself that it is too large.

    Raises
    ------
    DataError
        If it does.
    """
    if len(parts) > MOST_FILES:
        raise DataError(
            f"{name} contains {counted(len(parts), 'file')}; expected one table: unpack it, and "
            "name the table"
        )
    if sum(part.file_size for part in parts) > most_bytes(n_packed):
        raise DataError(too_large(name, n_packed))


def most_bytes(n_packed: int) -> int:
    """Return how many bytes may come out of so many that are packed."""
    return min(MOST_BYTES, max(FREE_BYTES, MOST_RATIO * n_packed))


def too_large(name: str, n_packed: int) -> str:
    """Say that a packed table is refused."""
    return (
        f"{name} unpacks to more than {most_bytes(n_packed) / 1024**2:,.0f} MB, {MOST_RATIO} times "
        f"its size or {MOST_BYTES / 1024**3:g} GB; expected a table: unpack it, or write it as "
        "Parquet"
    )


def _unpack(archive: zipfile.ZipFile, path: Path, folder: Path) -> Path:
    name, parts = path.name, [part for part in archive.infolist() if not part.is_dir()]
    check_packed(name, parts, path.stat().st_size)
    for part in parts:
        place = PurePosixPath(part.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
            raise DataError(
                f"{name} contains {part.filename[:60]!r}, which points outside its folder; "
                "expected an archive of plain names: pack it again"
            )
    table = _only_table(name, [part.filename for part in parts])
    place = PurePosixPath(table)
    beside = [
        part
        for part in parts
        if PurePosixPath(part.filename).parent == place.parent
        and PurePosixPath(part.filename).name.partition(".")[0].lower()
        == place.name.partition(".")[0].lower()
    ]
    for part in beside:
        # A name alone: nothing of the archive's folders is made.
        target = folder / PurePosixPath(part.filename).name
        with archive.open(part) as source, target.open("wb") as file:
            while piece := source.read(_PIECE):
                file.write(piece)
    return folder / place.name


def _only_table(name: str, files: Sequence[str]) -> str:
    """Find the one table; texts beside another are taken for what explains it."""
    seen = [file for file in files if not _is_hidden(PurePosixPath(file))]
    tables = [file for file in seen if is_table(Path(file)) and not _is_archive(file)]
    plain = [file for file in tables if not file.lower().endswith(TEXT[-1])]
    chosen = plain or tables
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        raise DataError(
            f"{name} contains no table (it contains {listed(seen, 3) or 'nothing'}); expected one "
            "table or layer: unpack it, and name a file that can be read"
        )
    raise DataError(
        f"{name} contains {counted(len(chosen), 'table')} ({listed(chosen, 3)}); expected one: "
        "unpack it, and name the one to use"
    )


def _is_hidden(place: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in place.parts)


def _is_archive(file: str) -> bool:
    return file.lower().endswith(ARCHIVES)

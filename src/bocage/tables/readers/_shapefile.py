"""Shapefiles: whether all of their files are there and whole, and how their text is coded."""

import struct
from pathlib import Path

from bocage.core import DataError

_CODES = {
    0x01: "CP437",
    0x02: "CP850",
    0x64: "CP852",
    0x65: "CP866",
    0xC8: "CP1250",
    0xC9: "CP1251",
    0xCA: "CP1254",
    0xCB: "CP1253",
}
"""Encodings that a .dbf names by a number, where they are not Western European."""


def check_shapefile(path: Path) -> None:
    """Refuse a Shapefile that lacks one of its files, or of which one is torn.

    Raises
    ------
    DataError
        If it does.
    """
    beside = _files_of(path)
    lost = [ending for ending in (".dbf", ".shx") if ending not in beside]
    if lost:
        raise DataError(
            f"{path.name} lacks {' and '.join(path.stem + ending for ending in lost)} next to it; "
            "expected all files of a Shapefile (.shp, .dbf, .shx, .prj): put them into one folder"
        )
    for file in (path, beside[".shx"], beside[".dbf"]):
        said, found = _said_length(file), file.stat().st_size
        if found < said:
            raise DataError(
                f"{file.name} has {found:,} bytes, but its header says {said:,}; expected a "
                "complete Shapefile: copy it again"
            )


def dbf_encoding(path: Path) -> tuple[str, tuple[str, ...]]:
    """Find the encoding of a Shapefile's text, where no .cpg beside it says it.

    Returns
    -------
    encoding : str
        Empty where the file says it.
    notes : tuple of str
        What it was taken for, if that is not UTF-8.
    """
    beside = _files_of(path)
    if ".cpg" in beside:
        return "", ()
    data = beside[".dbf"].read_bytes()
    rows = data[struct.unpack_from("<H", data, 8)[0] :]
    try:
        rows.decode("utf-8")
    except UnicodeDecodeError:
        encoding = _CODES.get(data[29], "CP1252")
        said = "Windows-1252 (Western European)" if encoding == "CP1252" else encoding
        return encoding, (f"{path.name} was read as {said}, as it is not UTF-8 text",)
    return "UTF-8", ()


def _files_of(path: Path) -> dict[str, Path]:
    """Find the files of a Shapefile by their endings."""
    stem = path.stem.lower()
    files = [file for file in path.parent.iterdir() if file.stem.lower() == stem]
    return {file.suffix.lower(): file for file in files}


def _said_length(file: Path) -> int:
    """Return how many bytes a file of a Shapefile says that it has, at least."""
    with file.open("rb") as source:
        head = source.read(32).ljust(32, b"\0")
    if file.suffix.lower() == ".dbf":
        n_rows, n_head, n_row = struct.unpack_from("<IHH", head, 4)
        return int(n_head + n_rows * n_row)
    return 2 * int(struct.unpack_from(">i", head, 24)[0])

"""Zip archives of a model: read with care, and written with the same bytes each time."""

import io
import json
import struct
import zlib
from lzma import LZMAError
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from bocage.core import in_one_line, printable

MOST_BYTES = 2**32
"""Bytes that an archive of a model may hold when it is unpacked."""

UNREADABLE = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    ImportError,
    LookupError,
    LZMAError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What libraries raise for files that were cut, changed or made up."""

_SCHEMA = "schema.json"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def check_archive(data: bytes) -> None:
    """Refuse an archive that would not fit when it is unpacked.

    Raises
    ------
    ValueError
        If it would be larger than what a model may hold.
    BadZipFile
        If it is no archive.
    """
    with ZipFile(io.BytesIO(data)) as archive:
        # No more is unpacked than is said here.
        size = sum(item.file_size for item in archive.infolist())
    if size > MOST_BYTES:
        raise ValueError(f"{size / 1e9:,.1f} GB when it is unpacked")


def steady(data: bytes) -> bytes:
    """Return what skops wrote with the same bytes each time.

    It names arrays by where they lay in memory, and notes the time; here they are counted in the
    order in which the description comes to them.
    """
    with ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    numbers: dict[Any, int] = {}
    files: dict[str, str] = {}
    schema = _renamed(json.loads(parts.pop(_SCHEMA)), numbers, files)
    parts = {files[name]: part for name, part in parts.items()}
    parts[_SCHEMA] = json.dumps(schema, indent=2).encode()
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in sorted(parts):
            item = ZipInfo(name, _LONG_AGO)
            item.compress_type = ZIP_DEFLATED
            archive.writestr(item, parts[name])
    return buffer.getvalue()


def short(error: BaseException) -> str:
    """Return what an error says, on one line that is not long."""
    return printable(in_one_line(error, 120))


def _renamed(part: Any, numbers: dict[Any, int], files: dict[str, str]) -> Any:
    """Give objects and files other names, wherever the description holds them."""
    if isinstance(part, list):
        return [_renamed(item, numbers, files) for item in part]
    if not isinstance(part, dict):
        return part
    made: dict[str, Any] = {}
    for key, value in part.items():
        if key == "__id__":
            made[key] = numbers.setdefault(value, len(numbers))
        elif key == "file" and isinstance(value, str) and "__loader__" in part:
            suffix = value.rpartition(".")[2]
            made[key] = files.setdefault(value, f"{len(files)}.{suffix}")
        else:
            made[key] = _renamed(value, numbers, files)
    return made

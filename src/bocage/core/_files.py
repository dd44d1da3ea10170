"""Files that are either whole or not there."""

import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from bocage.core._errors import DataError
from bocage.core._process import owner_of, this_process
from bocage.core._unwritten import not_written

SHOWN = 40
"""So many letters of a file's name stand in those of temporary files that become it."""

SUFFIX = ".tmp"
"""Of files and folders that are being written."""

_TAG = re.compile(rf"-([0-9a-f]{{8}}-\d+-\d*)-[^-]*{re.escape(SUFFIX)}$")

_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def refuse_special(path: Path, expected: str) -> None:
    """Refuse pipes, sockets and devices, which may never end, before they are opened.

    Files, folders and what is not there pass.

    Parameters
    ----------
    path : Path
    expected : str
        What should be read, with its article.

    Raises
    ------
    DataError
        If it is one.

    Examples
    --------
    >>> refuse_special(Path("/dev/zero"), "a raster")
    Traceback (most recent call last):
    bocage.core._errors.DataError: '/dev/zero' is not a regular file but a device; expected...
    """
    try:
        kind = _SPECIAL.get(stat.S_IFMT(path.stat().st_mode), "")
    except OSError:
        # Who opens it says why that can't be done.
        return
    if kind:
        raise DataError(
            f"{str(path)!r} is not a regular file but {kind}; expected {expected} in a file: save "
            "it to a file first"
        )


def read_regular(path: Path, expected: str) -> str:
    """Read a file of text in UTF-8; see `refuse_special`.

    Raises
    ------
    DataError
        If it is no regular file.
    OSError, UnicodeDecodeError
        If it can't be read as text.
    """
    refuse_special(path, expected)
    return path.read_text(encoding="utf-8")


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write a file so that it appears whole under its name, or not at all.

    The bytes go to a temporary file in the same folder, are flushed to disk, and then renamed.

    Raises
    ------
    StoreError
        If the folder can't be written or the disk is full; the old file, if any, stays.
    """
    data = content.encode() if isinstance(content, str) else content
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(SUFFIX, temporary_prefix(path.name), path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner can read; these are there to be shared.
        Path(name).chmod(0o644)
        Path(name).replace(path)
        name = ""
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        # Also when the user stops the program in the midst of it.
        if name:
            Path(name).unlink(missing_ok=True)


def put_in_place(made: Path, target: Path) -> None:
    """Give a file or folder its name; what stood there goes only when the new one stands.

    Parameters
    ----------
    made, target : Path
        On one disk.
    """
    if not made.is_dir():
        made.replace(target)
        return
    if not target.exists():
        made.rename(target)
        return
    aside = made.with_name(f"{made.name}.old")
    target.rename(aside)
    try:
        made.rename(target)
    except OSError:
        with suppress(OSError):
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def temporary_prefix(name: str) -> str:
    """Return how the name of a file or folder that is being written begins; it ends in `SUFFIX`.

    It names this process, so that what a killed one left can be told (`sweep`).
    """
    return f".{name[:SHOWN]}-{this_process().tag}-"


def sweep(folder: Path) -> None:
    """Remove what processes of this machine that have ended were writing in a folder."""
    for path in folder.glob(f".*{SUFFIX}"):
        found = _TAG.search(path.name)
        owner = owner_of(found[1]) if found else None
        if owner is None or not owner.is_gone:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()

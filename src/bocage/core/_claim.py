"""One process at a time for one output."""

import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bocage.core._errors import SettingsError
from bocage.core._files import SHOWN, sweep
from bocage.core._unwritten import not_written


@contextmanager
def claimed(output: Path) -> Iterator[None]:
    """Hold an output while it is being made; a second process is told so.

    The mark ``.NAME.lock`` beside it says who makes it. It is locked by the system, which lets go
    of it when the process ends, however that comes about: a mark that was left says nothing.
    Temporary files that a killed process left of the same output are removed.

    Parameters
    ----------
    output : Path
        File or folder.

    Raises
    ------
    SettingsError
        If another process, or this one, makes it already.
    StoreError
        If its folder can't be written.
    """
    # '.' has a name where it lies.
    place = Path(os.path.abspath(output))  # noqa: PTH100 - links stay as they are
    mark = place.with_name(f".{place.name}.lock")
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        handle = _open(mark)
    except OSError as error:
        raise not_written(output, error) from error
    if handle is None:
        raise SettingsError(
            f"{str(output)!r} is being written by another process ({_holder(mark)}); expected one "
            "at a time: wait until it ends, or choose another name with -o"
        )
    try:
        _sweep(place)
        yield
    finally:
        # While it is held, so that nobody else's mark is removed.
        with suppress(OSError):
            mark.unlink()
        os.close(handle)


def _sweep(place: Path) -> None:
    """Remove what killed processes left of the same output; nobody else is at work on it now."""
    sweep(place.parent)
    if len(place.name) > SHOWN:
        # Cut off, names of several outputs are the same.
        return
    left = re.compile(rf"\.{re.escape(place.name)}-([0-9a-f]{{8}}-\d+-\d*-)?[a-z0-9_]{{8}}(\.tmp)?")
    for path in place.parent.iterdir():
        if left.fullmatch(path.name):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _open(mark: Path) -> int | None:
    """Open a mark and lock it; None where another one holds it."""
    while True:
        handle = os.open(mark, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            is_mine = _lock(handle)
            if is_mine and not _is_there(handle, mark):
                # The one who held it has ended, and has removed it, in between.
                os.close(handle)
                continue
            if is_mine:
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()} on {socket.gethostname()}".encode())
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        return None


def _lock(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:
        # Windows: nobody is told.
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some disks of other machines know no locks.
        return True
    return True


def _is_there(handle: int, mark: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), mark.stat())
    except FileNotFoundError:
        return False


def _holder(mark: Path) -> str:
    try:
        return f"process {mark.read_text(encoding='utf-8')[:80]}"
    except (OSError, UnicodeDecodeError):
        return "it has just ended"

"""Marks that processes leave in a folder while they work there."""

import contextlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bocage.core._errors import StoreError
from bocage.core._files import sweep
from bocage.core._process import Owner, this_process

_START = ".working-"

_TICK = 0.02
"""Seconds within which two files may get one time: the clock of files ticks each 1 to 10 ms."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of a process that works in a folder, or may.

    Attributes
    ----------
    path : Path
    owner : Owner
    """

    path: Path
    owner: Owner

    @property
    def sentence(self) -> str:
        """What a user is told of it."""
        folder, number = self.path.parent, self.owner.pid
        if self.owner.is_here:
            return f"process {number} is working in {folder} too; the two share the remaining work"
        host = self.owner.host.partition("~")[0]
        return (
            f"process {number} of another machine ({host}) left a mark in {folder}, and whether it "
            "is still working can't be determined from here; the remaining work is shared with it "
            f"either way: if it has ended, remove {self.path.name}"
        )


@contextlib.contextmanager
def present(folder: Path) -> Iterator[bool]:
    """Leave a mark while this process works; tell whether another one was there first.

    What killed processes have left half written is removed.

    Raises
    ------
    StoreError
        If nothing can be written there.
    """
    me = this_process()
    # Two studies of one process may work on one folder: each has a mark of its own.
    name = f"{_START}{me.host}-{secrets.token_hex(4)}-{me.pid}-{me.started}"
    mark = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The mark first, then a look when the clock has gone on: whoever has an earlier time or the
        # same one is there by then, so that all who look find the same order.
        mark.touch()
        time.sleep(_TICK)
        own = _age(mark)
        others = [other.path for other in at_work(folder) if other.path != mark]
        before = [path for path in others if _age(path) < own]
        sweep(folder)
        sweep(folder / "runs")
    except OSError as error:
        raise StoreError(
            f"can't write in {folder} ({error.strerror or error}); choose another folder with -o"
        ) from error
    try:
        yield len(before) % 2 == 1
    finally:
        mark.unlink(missing_ok=True)


def at_work(folder: Path) -> tuple[Mark, ...]:
    """List the marks in a folder; those of processes that have ended are removed."""
    found = []
    for path in sorted(folder.glob(f"{_START}*")):
        owner = _owner(path.name)
        if owner is None or owner.is_gone:
            with contextlib.suppress(OSError):
                path.unlink()
        else:
            found.append(Mark(path, owner))
    return tuple(found)


def _owner(name: str) -> Owner | None:
    """Read whose mark it is; None for one of an older version, which held less."""
    rest, _, started = name.removeprefix(_START).rpartition("-")
    rest, _, pid = rest.rpartition("-")
    host = rest.rpartition("-")[0]
    return Owner(host, int(pid), started) if host and pid.isdecimal() else None


def _age(mark: Path) -> tuple[int, str]:
    """Order marks: the earlier first, then by name; one that is gone is the latest."""
    try:
        return mark.stat().st_mtime_ns, mark.name
    except FileNotFoundError:
        return 2**63, mark.name

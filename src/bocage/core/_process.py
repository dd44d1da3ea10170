"""Which process is which: by machine, number and start, so that none is taken for a former one."""

import os
import signal
import socket
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_ENDED = (b"Z", b"X")
"""States of a process that has ended and was not yet asked for its exit code."""

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, told from all others of all times.

    Attributes
    ----------
    host : str
        Name of the machine, and after ``~`` what tells the numbers of one container from those of
        another.
    pid : int
    started : str
        When it began, in the count of its system; empty where that is not told.
    """

    host: str
    pid: int
    started: str

    @property
    def is_here(self) -> bool:
        """Whether this process can tell if the other one lives."""
        return self.host == _host()

    @property
    def is_gone(self) -> bool:
        """Whether it has ended for certain; a later process of the same number is another."""
        if not self.is_here or os.name != "posix":
            return False
        started = _started(self.pid)
        return started is None or (bool(self.started and started) and started != self.started)

    @property
    def tag(self) -> str:
        """Short text for the names of files."""
        return f"{zlib.crc32(self.host.encode()):08x}-{self.pid}-{self.started}"


def this_process() -> Owner:
    """Return this process."""
    pid = os.getpid()
    return Owner(_host(), pid, _started(pid) or "")


def owner_of(tag: str) -> Owner | None:
    """Return the process of this machine that a tag names; None for any other."""
    host, _, rest = tag.partition("-")
    pid, _, started = rest.partition("-")
    if host != f"{zlib.crc32(_host().encode()):08x}" or not pid.isdecimal():
        return None
    return Owner(_host(), int(pid), started)


def end_with_parent() -> None:
    """In a worker: end when the process that started it has ended, however that came about.

    A thread waits for it. Linux is asked as well, as a thread can't run while a call in C keeps
    the interpreter; it looks at the thread that started this process, which must live as long as
    the work.
    """
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    # A parent that ended before the call above is found by the thread.
    watch = threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True)
    watch.start()


def _end_after(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back signals that ask to end, until what is done here is done."""
    asked: list[int] = []
    before = {}
    # Other threads never hear them.
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and callable(signal.getsignal(number)):
                before[number] = signal.signal(number, lambda came, _: asked.append(came))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])


@cache
def _host() -> str:
    try:
        numbers = f"~{(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        numbers = ""
    return socket.gethostname().replace("/", "_") + numbers


def _started(pid: int) -> str | None:
    """Return when a process began; None if there is none, empty where it is not told."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OverflowError:
        return None
    except OSError:
        # Another user's: it is there.
        pass
    try:
        # The name of the program, in brackets, may hold blanks.
        state, *numbers = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except (OSError, ValueError):
        return ""
    return None if state in _ENDED else numbers[18].decode()

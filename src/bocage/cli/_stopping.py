"""Ctrl-C, a closed terminal, a program that is told to end: one line, soon, and nothing lost."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

from bocage.cli._exit_codes import STOPPED
from bocage.core import printable

GRACE_SECONDS = 1.5
"""How long tidying up may take. What is left then is what a kill leaves, and does no harm."""

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")

_asked = threading.Event()
_telling = threading.Lock()
_told = threading.Event()
_line = "stopped"


@contextlib.contextmanager
def listening() -> Iterator[None]:
    """End on SIGINT, SIGTERM and SIGHUP alike: by KeyboardInterrupt, and by force if that hangs.

    What the caller has set apart (``nohup``, a program in the background) stays as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    plain = (signal.SIG_DFL, signal.default_int_handler)
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    heard = [number for number in known if signal.getsignal(number) in plain]
    before = {number: signal.signal(number, _stop) for number in heard}
    # Python looks at signals between its own steps. While one call in C runs long, nothing but
    # this reaches another thread.
    here, there = os.pipe()
    os.set_blocking(there, False)
    wakened = signal.set_wakeup_fd(there, warn_on_full_buffer=False)
    threading.Thread(target=_force, args=(here, frozenset(heard)), daemon=True).start()
    try:
        yield
    finally:
        # A program that was stopped is watched to its very end. At its last Python lets go of what
        # listens here, and another signal would end it as if nobody had listened.
        if _asked.is_set():
            for number in heard:
                signal.signal(number, signal.SIG_IGN)
        else:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakened)
            os.close(there)


def is_stopping() -> bool:
    """Whether the program was asked to end."""
    return _asked.is_set()


@contextlib.contextmanager
def resumable() -> Iterator[None]:
    """Say, where what is done here is stopped, that nothing is lost."""
    global _line  # noqa: PLW0603 - what the program says when it ends, from whatever thread
    before, _line = _line, "stopped; run the same command to continue"
    try:
        yield
    except BaseException as error:
        # Tidying up may fail as well, where the terminal is gone for instance.
        if not (_asked.is_set() or isinstance(error, KeyboardInterrupt)):
            raise
        say_stopped()
        raise SystemExit(STOPPED) from None
    finally:
        _line = before


def say(text: str) -> None:
    """Write a plain line, whatever the terminal, and if there is one no more."""
    with contextlib.suppress(OSError, ValueError):
        print(f"bocage: {printable(text)}", file=sys.stderr, flush=True)  # noqa: T201


def say_stopped() -> None:
    """Say once that the program was stopped; who comes second waits until it is said."""
    # Not for ever: it may be the terminal that hangs.
    if _telling.acquire(timeout=GRACE_SECONDS):
        try:
            if not _told.is_set():
                say(_line)
                _told.set()
        finally:
            _telling.release()


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once: a second signal, as closed terminals send, must not stop the tidying up.
    if not _asked.is_set():
        _asked.set()
        raise KeyboardInterrupt


def _force(here: int, heard: frozenset[int]) -> None:
    while not heard & frozenset(came := os.read(here, 64)):
        if not came:
            os.close(here)
            return
    time.sleep(GRACE_SECONDS)
    say_stopped()
    os._exit(STOPPED)

"""Worker processes: known by name, so that none is waited for in vain and none stays behind."""

import signal
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

LOOK_SECONDS = 0.2
"""How often it is asked whether the work is over."""

SOON_SECONDS = 5.0
"""How long the end of a process may take to be noticed."""


class Crew:
    """A process pool that ends at once where its work is stopped or one of it is killed.

    An executor of the standard library waits for running calls when it is closed; and where a
    worker is killed while it sends a result, executor and all other workers wait for the rest of
    it for ever. So the processes are watched from outside, and killed together.

    Parameters
    ----------
    size : int
        Processes.
    initializer : callable
        Called in each of them.
    arguments : tuple
        Of that.

    Attributes
    ----------
    executor : ProcessPoolExecutor
    """

    def __init__(
        self, size: int, initializer: Callable[..., object], arguments: tuple[Any, ...]
    ) -> None:
        self.size = size
        self._loss = "a worker process ended unexpectedly"
        self._context = _Context()
        _start_tracker()
        self._ready = self._context.Semaphore(0)
        self._over = Event()
        self._noting, self._noted = Lock(), False
        self._killing = Lock()
        self.executor = ProcessPoolExecutor(
            size,
            mp_context=self._context,
            initializer=_begin,
            initargs=(self._ready, initializer, arguments),
        )
        self._watch = Thread(target=self._look_after, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, BrokenProcessPool):
            # Whoever was faster: who ended first is known before all others are ended too.
            self._note_loss(0.0)
        self._over.set()
        if error is not None:
            self._kill()
        self.executor.shutdown(wait=True, cancel_futures=True)
        self._watch.join()

    @property
    def loss(self) -> str:
        """Which process ended too early, in words, once one has."""
        self._watch.join(SOON_SECONDS)
        return self._loss

    def launch(self) -> list[Future[None]]:
        """Start each process, and return a call to each that does nothing.

        Raises
        ------
        BrokenProcessPool
            If one ends meanwhile.
        """
        try:
            return [self.executor.submit(_nothing) for _ in range(self.size)]
        except (OSError, ValueError) as error:
            # Where one ends while another is launched, what the latter is given is closed already.
            if not wait([process.sentinel for process in self._context.started], 0):
                raise
            raise BrokenProcessPool(self._loss) from error

    def wait_until_ready(self, seconds: float) -> bool:
        """Wait until each process has begun, or the time is over; tell whether all have.

        Raises
        ------
        BrokenProcessPool
            If one ends meanwhile.
        """
        until = time.monotonic() + seconds
        for _ in range(self.size):
            while not self._ready.acquire(timeout=LOOK_SECONDS):
                if any(process.exitcode is not None for process in self._context.started):
                    raise BrokenProcessPool(self._loss)
                if time.monotonic() > until:
                    return False
        return True

    def _look_after(self) -> None:
        while not self._over.wait(0 if self._context.started else LOOK_SECONDS):
            if self._note_loss(LOOK_SECONDS):
                if not self._over.is_set():
                    self._kill()
                return

    def _note_loss(self, seconds: float) -> bool:
        """Note which process ended first, and whether any has."""
        crew = self._context.started
        first = wait([process.sentinel for process in crew], seconds)
        with self._noting:
            # Once: whoever looks later sees those too that were ended because of it.
            if first and not self._noted and not self._over.is_set():
                self._noted = True
                self._loss = _first_in_words(crew, first) or self._loss
        return bool(first)

    def _kill(self) -> None:
        # The watch and who waits for a result may learn of a loss together; what is closed twice
        # at once is another's file by then.
        with self._killing:
            for process in self._context.started:
                process.kill()
            # The executor reads results until nobody is left who could write one. It keeps an end
            # to write to for itself, and would wait for the rest of a result that was cut off.
            queue = getattr(self.executor, "_result_queue", None)
            if queue is not None:
                for process in self._context.started:
                    process.join()
                queue._writer.close()  # noqa: SLF001 - see above; without it, the wait is long


def _start_tracker() -> None:
    # The process that tidies up semaphores after a kill is deaf to Ctrl-C and to SIGTERM, and
    # starts deaf to SIGHUP where that is blocked here: it must outlive a terminal that is closed.
    if not hasattr(signal, "pthread_sigmask"):
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        resource_tracker.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    """Starts processes, and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[SpawnProcess] = []

    @property
    def started(self) -> list[SpawnProcess]:
        """Those that run, or did."""
        return [process for process in self.made if process.pid is not None]

    def Process(  # type: ignore[override]  # noqa: N802 - the name that executors call
        self, *args: Any, **kwargs: Any
    ) -> SpawnProcess:
        process = SpawnProcess(*args, **kwargs)
        self.made.append(process)
        return process


def _nothing() -> None:
    pass


def _begin(ready: Any, initializer: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    initializer(*arguments)
    ready.release()


def _await_code(process: SpawnProcess) -> None:
    """Wait until it is known how a silent process ended.

    It is silent a moment before its exit code is there; and of several threads that ask for it one
    is answered by the system, and the others see none until that one has noted it.
    """
    until = time.monotonic() + SOON_SECONDS
    while process.exitcode is None and time.monotonic() < until:
        process.join(LOOK_SECONDS)
        time.sleep(0.001)


def _first_in_words(crew: list[SpawnProcess], silent: list[Any]) -> str | None:
    for process in crew:
        if process.sentinel in silent:
            _await_code(process)
    ended = [process for process in crew if process.exitcode is not None]
    # The executor, if it was faster, has ended all others by this signal.
    ended.sort(key=lambda process: process.exitcode == -signal.SIGTERM)
    return next(map(_in_words, ended), None)


def _in_words(process: SpawnProcess) -> str:
    code = process.exitcode or 0
    if code >= 0:
        return f"worker process {process.pid} ended unexpectedly (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    why = ", as happens when memory runs out" if name == "SIGKILL" else ""
    return f"worker process {process.pid} was terminated from outside ({name}{why})"

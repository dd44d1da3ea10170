"""One way to run work in parallel: `concurrent.futures`, in process, in processes or on Dask."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bocage.core._errors import SettingsError, WorkerError
from bocage.core._packages import how_to_install
from bocage.core._parcel import Parcel, packed
from bocage.core._process import end_with_parent, undisturbed

if TYPE_CHECKING:
    from bocage.core._crew import Crew

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

START_SECONDS = 60.0
"""How long to wait for the last process; work begins without it after that."""

CONNECT_SECONDS = 20.0
"""How long a Dask scheduler has to answer."""

_shared: Any = None
"""In a worker process: the value that all its calls share."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Workers that share one large value.

    Attributes
    ----------
    executor : concurrent.futures.Executor
    n_workers : int
    handle : object
        What stands for the shared value in a call: itself, a Dask future, or nothing where each
        process got its own copy when it started.
    """

    executor: Executor
    n_workers: int
    handle: Any

    def submit(self, call: Callable[..., Any], *args: Any) -> "Future[Any]":
        """Run ``call(shared, *args)`` on a worker."""
        return self.executor.submit(_call, call, self.handle, *args)

    def drop(self, futures: "Iterable[Future[Any]]") -> None:
        """Cancel calls that nobody waits for any more.

        Not those of processes: where they are killed, the executor fails every call that it knows
        of, and stumbles over those that were cancelled.
        """
        if self.handle is not None:
            for future in futures:
                future.cancel()


class SerialExecutor(Executor):
    """Runs each call at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Run the call and return a finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - kept in the future, as executors do
            future.set_exception(error)
        return future


@contextmanager
def open_pool(
    shared: object,
    workers: int = 1,
    dask: str | None = None,
    *,
    prepare: Callable[[], object] | None = None,
) -> Iterator[Pool]:
    """Open workers that share a value.

    Parameters
    ----------
    shared : object
        Sent to each worker once.
    workers : int
        1 runs in this process.
    dask : str, optional
        ``local`` for a cluster on this machine, or the address of a scheduler.
    prepare : callable, optional
        Called once in every new process before the pool is open, to import what calls will need.

    Raises
    ------
    SettingsError
        If Dask is not installed or its scheduler does not answer.
    WorkerError
        If a worker was ended from outside, by lack of memory for instance.
    """
    if dask is not None:
        with _dask_pool(shared, workers, dask) as pool:
            yield pool
    elif workers <= 1:
        from threadpoolctl import threadpool_limits

        # One thread for linear algebra, as in the workers: sums are the same whatever the number
        # of workers, and small problems are faster. Libraries that are loaded later look at the
        # environment.
        with _one_thread(), threadpool_limits(1):
            yield Pool(SerialExecutor(), 1, shared)
    else:
        with _one_thread(), _process_pool(shared, workers, prepare) as pool:
            yield pool


@contextmanager
def open_threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Open threads that don't outlive what they were opened for.

    Where the work fails, calls that wait are dropped; where it is stopped by hand, nobody waits
    even for those that run.
    """
    executor = ThreadPoolExecutor(count)
    try:
        yield executor
    except BaseException as error:
        executor.shutdown(wait=isinstance(error, Exception), cancel_futures=True)
        raise
    executor.shutdown()


@contextmanager
def _process_pool(
    shared: object, workers: int, prepare: Callable[[], object] | None
) -> Iterator[Pool]:
    from concurrent.futures.process import BrokenProcessPool

    from bocage.core._crew import Crew

    with packed(shared) as parcel, Crew(workers, _start, (parcel, prepare)) as crew:
        try:
            if _wait_for_all(crew):
                # Killed later, this process leaves no file behind.
                parcel.drop()
            yield Pool(crew.executor, workers, None)
        except BrokenProcessPool as error:
            raise WorkerError(
                f"{crew.loss}; everything finished is kept, and the same command continues from "
                "there: use fewer processes (-j 1) if memory is short"
            ) from error


@contextmanager
def _dask_pool(shared: object, workers: int, address: str) -> Iterator[Pool]:
    try:
        import logging

        from distributed import Client, KilledWorker, LocalCluster
    except ImportError as error:
        raise SettingsError(f"--dask needs Dask: {how_to_install('dask')}") from error
    with _one_thread():
        cluster = None
        if address == "local":
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
        try:
            client = Client(cluster or address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"no Dask scheduler answers at {address!r} ({error}); expected an address such as "
                "tcp://host:8786, or --dask local"
            ) from error
        try:
            count = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
            handle = client.scatter(shared, broadcast=True, hash=False)
            yield Pool(client.get_executor(pure=False), count, handle)
        except KilledWorker as error:
            raise WorkerError(
                "workers of the Dask cluster were terminated from outside repeatedly, as happens "
                "when memory runs out; everything finished is kept, and the same command continues "
                "from there: use fewer workers if memory is short"
            ) from error
        finally:
            client.close()
            if cluster is not None:
                cluster.close()


@contextmanager
def _one_thread() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _wait_for_all(crew: "Crew") -> bool:
    # Processes start as calls come in. A failed start breaks the executor and shows here. Where the
    # work is stopped while one is launched nobody would know of it: it would go on by itself, and
    # end with a traceback.
    with undisturbed():
        started = crew.launch()
    for future in started:
        future.result()
    return crew.wait_until_ready(START_SECONDS)


def _start(parcel: Parcel, prepare: Callable[[], object] | None) -> None:
    import signal

    global _shared  # noqa: PLW0603 - each process opens it once
    end_with_parent()
    # A worker is told to stop by its parent; what happens in the terminal reaches both.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    _shared = parcel.open()
    if prepare is not None:
        prepare()


def _call(call: Callable[..., Any], handle: Any, *args: Any) -> Any:
    return call(_shared if handle is None else handle, *args)

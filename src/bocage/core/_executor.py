"""One way to run work in parallel: `concurrent.futures`, in process, in processes or on Dask."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bocage.core._errors import SettingsError

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
        from multiprocessing import get_context

        context = get_context("spawn")
        ready = context.Semaphore(0)
        with _one_thread():
            executor = ProcessPoolExecutor(
                workers,
                mp_context=context,
                initializer=_start,
                initargs=(shared, prepare, ready),
            )
            try:
                _wait_for_all(executor, workers, ready)
                yield Pool(executor, workers, None)
            finally:
                executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _dask_pool(shared: object, workers: int, address: str) -> Iterator[Pool]:
    try:
        import logging

        from distributed import Client, LocalCluster
    except ImportError as error:
        raise SettingsError("--dask needs Dask: pip install 'bocage[dask]'") from error
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


def _wait_for_all(executor: Executor, workers: int, ready: Any) -> None:
    # Processes start as calls come in. A failed start breaks the executor and shows here.
    for future in [executor.submit(_nothing) for _ in range(workers)]:
        future.result()
    for _ in range(workers):
        ready.acquire(timeout=START_SECONDS)


def _nothing() -> None:
    pass


def _start(shared: object, prepare: Callable[[], object] | None, ready: Any) -> None:
    # A worker is told to stop by its parent; a Ctrl-C in the terminal reaches both.
    import signal

    global _shared  # noqa: PLW0603 - each process holds its own copy, sent once
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _shared = shared
    if prepare is not None:
        prepare()
    ready.release()


def _call(call: Callable[..., Any], handle: Any, *args: Any) -> Any:
    return call(_shared if handle is None else handle, *args)

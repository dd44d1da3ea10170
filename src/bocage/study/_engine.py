"""Run what is missing of a study, on one worker or many."""

import contextlib
import os
import secrets
import socket
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bocage.core import StoreError, content_key, open_pool, progress
from bocage.methods import load_libraries
from bocage.study._context import Context
from bocage.study._plan import Batch, Plan
from bocage.study._record import Record
from bocage.study._run import run_batch
from bocage.study._store import Store


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does the work.

    Attributes
    ----------
    processes : int
        1 runs in this process.
    dask : str, optional
        ``local`` or a scheduler's address.
    """

    processes: int = 1
    dask: str | None = None


def missing(plan: Plan, store: Store) -> tuple[Batch, ...]:
    """Return what is still to be run; finished runs of a batch are taken out.

    Two draws may hold the same labels (50 a class where a class has no more, 100 %): they share a
    key, and are run once.
    """
    done = set(store.refresh())
    left = []
    for batch in plan.batches:
        runs = tuple({run.key: run for run in batch.runs if run.key not in done}.values())
        done.update(run.key for run in runs)
        if len(runs) == len(batch.runs):
            left.append(batch)
        elif runs:
            left.append(replace(batch, name=content_key([run.key for run in runs]), runs=runs))
    return tuple(left)


def execute(
    context: Context,
    plan: Plan,
    store: Store,
    workers: Workers,
    *,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Run everything that is missing; stop and start again at any moment.

    Parameters
    ----------
    context, plan, store
    workers : Workers
    started : callable
        Called when the workers are there and the work begins.

    Raises
    ------
    StoreError
        If a file can't be written; everything finished before stays.
    """
    left = missing(plan, store)
    n_left = sum(len(batch.runs) for batch in left)
    if not left:
        return
    count = min(workers.processes, len(left))
    prepare = partial(load_libraries, context.methods)
    with (
        _presence(store.folder) as others,
        open_pool(context, count, workers.dask, prepare=prepare) as pool,
        progress("runs", plan.n_runs, done=plan.n_runs - n_left) as advance,
    ):
        started()
        # A second process starts at the other end, so that the two meet in the middle.
        queue = deque(reversed(left) if others else left)
        running: dict[Future[tuple[Record, ...]], Batch] = {}
        try:
            while queue or running:
                while queue and len(running) < 2 * pool.n_workers:
                    batch = queue.popleft()
                    if store.has(batch.name):
                        advance(len(batch.runs))
                        continue
                    future = pool.submit(run_batch, batch)
                    running[future] = batch
                    if pool.n_workers == 1:
                        break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    batch = running.pop(future)
                    store.write(batch.name, future.result())
                    advance(len(batch.runs))
        finally:
            for future in running:
                future.cancel()


@contextlib.contextmanager
def _presence(folder: Path) -> Iterator[bool]:
    """Leave a mark while this process works; tell whether another one was there first."""
    host = socket.gethostname()
    # Two studies of one process may work on one folder: each has a mark of its own.
    mark = folder / f".working-{host}-{secrets.token_hex(4)}-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The mark first: of two that start at one moment, each sees the other.
        mark.touch()
        own = _age(mark)
        others = [path for path in folder.glob(".working-*") if path != mark and _alive(path, host)]
        before = [path for path in others if _age(path) < own]
    except OSError as error:
        raise StoreError(
            f"can't write in {folder} ({error.strerror or error}); choose another folder with -o"
        ) from error
    try:
        yield len(before) % 2 == 1
    finally:
        mark.unlink(missing_ok=True)


def _age(mark: Path) -> tuple[int, str]:
    """Order marks: the earlier first, then by name; one that is gone is the latest."""
    try:
        return mark.stat().st_mtime_ns, mark.name
    except FileNotFoundError:
        return 2**63, mark.name


def _alive(mark: Path, host: str) -> bool:
    """Tell whether the process that left a mark still works; a dead one's mark is removed."""
    place, _, number = mark.name.removeprefix(".working-").rpartition("-")
    place = place.rpartition("-")[0]
    if place != host:
        # Another machine: nobody can tell. To think it is there only changes the order of runs.
        return True
    try:
        os.kill(int(number), 0)
    except (OSError, ValueError):
        mark.unlink(missing_ok=True)
        return False
    return True

"""Batches of work on one worker or many: stopped at any moment, and gone on with later."""

import contextlib
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, Protocol, Self, TypeVar

from bocage.core._errors import StoreError
from bocage.core._executor import Pool, open_pool
from bocage.core._hashing import content_key
from bocage.core._presence import present
from bocage.core._progress import progress
from bocage.core._result_store import Keyed, ResultStore


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


class WorkBatch(Protocol):
    """Pieces of work that are sent to a worker together and stored in one file."""

    @property
    def name(self) -> str:
        """Name of the file: a content key."""

    @property
    def runs(self) -> Sequence[Keyed]:
        """The pieces."""

    def only(self, name: str, runs: Sequence[Any]) -> Self:
        """Return a batch of some of the pieces under another name."""


B = TypeVar("B", bound=WorkBatch)


@dataclass(frozen=True, slots=True)
class Stages(Generic[B]):
    """Parts of the work after which something can be shown.

    Attributes
    ----------
    of : callable
        Number of the stage that a batch belongs to.
    passed : callable
        Called when a stage and all before it are done and others are left. Workers go on meanwhile.
    """

    of: Callable[[B], int]
    passed: Callable[[], None]

    def ends(self, batches: Sequence[B], done: int) -> tuple[int, ...]:
        """Count the pieces that are done at the end of each stage, if `done` were before."""
        counts: Counter[int] = Counter()
        for batch in batches:
            counts[self.of(batch)] += len(batch.runs)
        return tuple(done + n for n in accumulate(counts[stage] for stage in sorted(counts)))


def undone(batches: Sequence[B], shelf: ResultStore[Any]) -> tuple[B, ...]:
    """Return what is still to be done; finished pieces of a batch are taken out.

    Two pieces may have one key (labels drawn twice are the same labels): they are done once.
    """
    done = set(shelf.refresh())
    left = []
    for batch in batches:
        runs = tuple({run.key: run for run in batch.runs if run.key not in done}.values())
        done.update(run.key for run in runs)
        if len(runs) == len(batch.runs):
            left.append(batch)
        elif runs:
            left.append(batch.only(content_key([run.key for run in runs]), runs))
    return tuple(left)


def work_off(
    shared: object,
    call: Callable[[Any, B], tuple[Any, ...]],
    left: Sequence[B],
    shelf: ResultStore[Any],
    workers: Workers,
    *,
    n_all: int,
    what: str = "runs",
    prepare: Callable[[], object] | None = None,
    started: Callable[[], None] = lambda: None,
    stages: "Stages[B] | None" = None,
) -> None:
    """Do batches of work and store each when it is done.

    Parameters
    ----------
    shared : object
        Sent to each worker once.
    call : callable
        Does a batch: ``call(shared, batch)`` returns its finished pieces.
    left : sequence of WorkBatch
        What is `undone`.
    shelf : ResultStore
    workers : Workers
    n_all : int
        Pieces in all, those that were done before too.
    what : str
        What is counted.
    prepare : callable, optional
        Called in every new process, to import what calls will need.
    started : callable
        Called when the workers are there and the work begins.
    stages : Stages, optional
        `left` is in their order.

    Raises
    ------
    StoreError
        If a file can't be written; everything finished before stays.
    WorkerError
        If a worker was ended from outside; everything finished before stays.
    """
    n_done = n_all - sum(len(batch.runs) for batch in left)
    if not left:
        return
    stages = stages or Stages(lambda _: 0, lambda: None)
    count = min(workers.processes, len(left))
    running: dict[Future[tuple[Any, ...]], B] = {}
    with present(shelf.folder) as others:
        # A second process starts at the other end, so that the two meet in the middle.
        queue = deque(reversed(left) if others else left)
        try:
            with (
                open_pool(shared, count, workers.dask, prepare=prepare) as pool,
                progress(what, n_all, done=n_done, goals=stages.ends(left, n_done)) as advance,
            ):
                started()
                _work_off(pool, call, queue, running, shelf, advance, stages)
        finally:
            _keep(running, shelf)


def _work_off(
    pool: Pool,
    call: Callable[[Any, B], tuple[Any, ...]],
    queue: "deque[B]",
    running: "dict[Future[tuple[Any, ...]], B]",
    shelf: ResultStore[Any],
    advance: Callable[[int], None],
    stages: Stages[B],
) -> None:
    left = Counter(map(stages.of, queue))
    stage = min(left)

    def finish(batch: B) -> None:
        left[stages.of(batch)] -= 1
        advance(len(batch.runs))

    try:
        while queue or running:
            while queue and len(running) < 2 * pool.n_workers:
                batch = queue.popleft()
                if shelf.has(batch.name):
                    finish(batch)
                    continue
                future = pool.submit(call, batch)
                running[future] = batch
                if pool.n_workers == 1:
                    break
            now = min((number for number, n in left.items() if n), default=stage)
            if now > stage:
                stage = now
                stages.passed()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                shelf.write(running[future].name, future.result())
                finish(running.pop(future))
    finally:
        pool.drop(running)


def _keep(running: "Mapping[Future[tuple[Any, ...]], B]", shelf: ResultStore[Any]) -> None:
    """Store what was finished in the moment when the work was stopped."""
    for future, batch in running.items():
        if future.done() and not future.cancelled() and future.exception() is None:
            # Where nothing can be written, that is what stopped the work.
            with contextlib.suppress(StoreError):
                shelf.write(batch.name, future.result())

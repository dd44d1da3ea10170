"""Make a map window by window: read, decide, keep; in threads, or on a Dask cluster."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Pool, open_pool, open_threads, progress
from bocage.mapping._windows import inside
from bocage.mapping.outputs import Draft
from bocage.mapping.painters import WindowPredictor
from bocage.sources import Source, Window

Layers = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Job:
    """What decides every window.

    Attributes
    ----------
    raster : Source
    painter : WindowPredictor
    shape : shapely geometry, optional
        In the raster's coordinate system; pixels whose centre lies outside get nodata.
    """

    raster: Source
    painter: WindowPredictor
    shape: Any = None


def paint_window(job: Job, window: Window) -> dict[str, NDArray[Any]]:
    """Return the layers of a window, shape (height, width) or (bands, height, width)."""
    wanted = np.ones((window.height, window.width), dtype=bool)
    if job.shape is not None:
        wanted = inside(job.raster, job.shape, window)
    return job.painter.paint(job.raster, window, wanted)


def paint(
    job: Job,
    windows: Sequence[Window],
    drafts: Mapping[str, Draft],
    *,
    corner: tuple[int, int] = (0, 0),
    workers: int | None = None,
    dask: str | None = None,
) -> None:
    """Make all windows that are missing; stop and start again at any moment.

    Parameters
    ----------
    job : Job
    windows : sequence of Window
        Of the raster.
    drafts : mapping of str to Draft
        Where each layer is written.
    corner : tuple of int
        Row and column of the raster at which the drafts' grid begins.
    workers : int, optional
        Threads, each with a window of its own; as many as there are cores unless given.
    dask : str, optional
        Address of a scheduler, or ``local``.

    Raises
    ------
    BocageError
        If the raster can't be read or the disk is full; finished windows stay.
    """
    area = Window(*corner, 0, 0)
    done_before = frozenset.intersection(*(draft.done for draft in drafts.values()))
    left = [window for window in windows if window.within(area) not in done_before]
    pixels = sum(window.height * window.width for window in windows)
    done = pixels - sum(window.height * window.width for window in left)
    if not left:
        return
    n_workers = workers or os.cpu_count() or 1
    with _pool(job, n_workers, dask) as pool, progress("pixels", pixels, done=done) as advance:
        for window, layers in _painted(pool, left):
            for name, draft in drafts.items():
                draft.put(window.within(area), layers[name])
            advance(window.height * window.width)


def _painted(pool: Pool, left: Sequence[Window]) -> Iterator[tuple[Window, Layers]]:
    """Paint windows, a few at a time; they come as they are done."""
    queue = list(reversed(left))
    running: dict[Future[Layers], Window] = {}
    try:
        while queue or running:
            # Few at a time: finished windows that wait to be written take memory.
            while queue and len(running) < pool.n_workers + 1:
                window = queue.pop()
                running[pool.submit(paint_window, window)] = window
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future.result()
    finally:
        for future in running:
            future.cancel()


def _pool(job: Job, workers: int, dask: str | None) -> AbstractContextManager[Pool]:
    return open_pool(job, workers, dask) if dask is not None else _threads(job, workers)


@contextmanager
def _threads(job: Job, workers: int) -> Any:
    """Open threads: reading and deciding let go of the interpreter, and the model is there once."""
    from threadpoolctl import threadpool_limits

    # Linear algebra in one thread each: sums do not depend on the number of workers.
    with threadpool_limits(1), open_threads(workers) as executor:
        yield Pool(executor, workers, job)

"""Places that are read together: those in one block of a file."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import open_threads, progress
from bocage.sources._source import Source


def by_block(
    raster: Source, row: NDArray[np.int64], column: NDArray[np.int64], inside: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Split rows by the block that their pixel lies in."""
    if not len(inside):
        return
    height, width = raster.block
    across = raster.grid.width // width + 1
    block = row[inside] // height * across + column[inside] // width
    order = np.argsort(block, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
        yield inside[part]


def read_each(
    raster: Source,
    parts: Sequence[NDArray[np.int64]],
    read: Any,
    threads: int | None,
    what: str,
) -> None:
    """Read parts with several threads, and show how far it is.

    Raises
    ------
    DataError
        If one can't be read.
    """
    total = sum(len(part) for part in parts)
    count = max(1, min(threads or os.cpu_count() or 1, len(parts)))
    with open_threads(count) as pool, progress(what, total) as advance:
        for part, _ in zip(parts, pool.map(read, parts), strict=True):
            advance(len(part))
    raster.close()

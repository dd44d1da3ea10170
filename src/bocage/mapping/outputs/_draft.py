"""Pixels of a map while they are being made: in any order, safe against a kill."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, content_key, not_written, write_atomic
from bocage.mapping.outputs._failure import writing
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._profile import BLOCK, MEMORY, describe, north_up, profile
from bocage.sources import Grid, Window

_PIXELS = "pixels.tif"
_ABOUT = "draft.json"
_DONE = "done.txt"


class Draft:
    """A folder with the pixels of one layer, while windows of it are being written.

    The room for all pixels is taken when the draft is made, so that a disk that is too small is
    noticed before the work and not after it. Windows may come in any order and from several
    threads. A draft that is left by a killed process goes on where it was.

    Parameters
    ----------
    folder : Path
        Is made, or gone on with if it holds a draft of the same grid, layer and key.
    grid : Grid
        Rows of windows are counted as in the grid, be its first row in the north or in the south.
    layer : Layer
    key : str
        Of what decides the pixels (model, source): a draft of another key is begun anew.

    Attributes
    ----------
    done : frozenset of Window
        Windows that were written, by an earlier process too.

    Raises
    ------
    StoreError
        If there is no room.
    """

    def __init__(self, folder: Path, grid: Grid, layer: Layer, key: str = "") -> None:
        self.folder, self.grid, self.layer = folder, grid, layer
        about = _about(grid, layer, key)
        if not _is_whole(folder, about):
            self.discard()
            with writing(folder):
                folder.mkdir(parents=True)
                _check_room(folder, grid, layer)
                _reserve(folder / _PIXELS, grid, layer)
                _offsets(folder / _PIXELS, grid, layer)
                # The last: what has this file has all its room.
                write_atomic(folder / _ABOUT, json.dumps(about))
        with writing(folder):
            self._offsets = _offsets(folder / _PIXELS, grid, layer)
            self._done = _take_up(folder / _DONE)
            self._pixels = FileIO(folder / _PIXELS, "r+")
            self._journal = FileIO(folder / _DONE, "a")
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pixels(self) -> Path:
        """The tiled, uncompressed GeoTIFF that is being filled."""
        return self.folder / _PIXELS

    @property
    def done(self) -> frozenset[Window]:
        """Windows that were written."""
        return frozenset(self._done)

    def put(self, window: Window, stored: NDArray[Any]) -> None:
        """Write the pixels of a window.

        Parameters
        ----------
        window : Window
            Of the draft's grid.
        stored : ndarray, shape (n_bands, height, width) or (height, width)
            See `Layer.encode`.

        Raises
        ------
        DataError
            If the window leaves the grid, or the numbers are not the layer's.
        StoreError
            If the disk is full.
        """
        stored = self.layer.check(stored)
        size = (window.height, window.width)
        if window.meet(self.grid.whole) != window or stored.shape[1:] != size:
            raise DataError(
                f"pixels of shape {stored.shape[1:]} were given for {window}; expected its height "
                f"and width, and a window of {self.grid.height} x {self.grid.width} pixels"
            )
        if self.grid.is_bottom_up:
            stored = stored[:, ::-1]
            top = self.grid.height - window.row - window.height
            turned = Window(top, window.column, window.height, window.width)
        else:
            turned = window
        line = f"{window.row} {window.column} {window.height} {window.width}\n"
        try:
            for block in _blocks(turned):
                self._put_block(block, turned, stored)
            with self._lock:
                _write(self._journal, line.encode())
        except OSError as error:
            raise not_written(self.folder, error) from error
        self._done.add(window)

    def _put_block(self, block: Window, window: Window, stored: NDArray[Any]) -> None:
        """Write the part of a window that lies in one block of the file."""
        part = window.meet(block)
        if part is None:
            return
        rows, columns = part.within(window).slices
        place = part.within(block)
        size = stored.dtype.itemsize
        starts = self._offsets[:, block.row // BLOCK, block.column // BLOCK]
        for values, start in zip(stored[:, rows, columns], starts, strict=True):
            lines = np.ascontiguousarray(values)
            # Rows that fill the block lie one after the other.
            pieces = [lines] if part.width == BLOCK else list(lines)
            with self._lock:
                for i, piece in enumerate(pieces):
                    at = ((place.row + i) * BLOCK + place.column) * size
                    self._pixels.seek(int(start) + at)
                    _write(self._pixels, piece.data.cast("B"))

    def close(self) -> None:
        """Leave the draft as it is, to go on later."""
        for name in ("_pixels", "_journal"):
            file: FileIO | None = getattr(self, name, None)
            if file is not None:
                file.close()

    def discard(self) -> None:
        """Remove the draft."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _blocks(window: Window) -> Iterator[Window]:
    """List the blocks of the file that a window touches."""
    for row in range(window.row // BLOCK * BLOCK, window.row + window.height, BLOCK):
        for column in range(window.column // BLOCK * BLOCK, window.column + window.width, BLOCK):
            yield Window(row, column, BLOCK, BLOCK)


def _write(file: FileIO, data: "bytes | memoryview") -> None:
    """Write all bytes; the system may take fewer at a time."""
    while data:
        data = data[file.write(data) :]


def _about(grid: Grid, layer: Layer, key: str) -> dict[str, Any]:
    """Describe what a draft must share to be gone on with."""
    legend = layer.legend
    what = [layer.name, layer.dtype, repr(layer.nodata), list(layer.bands), layer.overviews]
    how = [layer.scale, layer.offset, layer.unit, dict(layer.tags)]
    return {
        "grid": content_key([grid.crs, list(grid.transform), grid.height, grid.width]),
        "layer": content_key([*what, *how, legend and [*legend.names, *legend.colours]]),
        "block": BLOCK,
        "key": key,
    }


def _is_whole(folder: Path, about: dict[str, Any]) -> bool:
    """Whether a folder holds a draft of the same thing."""
    try:
        found: object = json.loads((folder / _ABOUT).read_text())
    except (OSError, ValueError):
        return False
    return found == about and (folder / _PIXELS).is_file()


def _take_up(path: Path) -> set[Window]:
    """Read which windows were written; a note that was cut off by a kill is removed."""
    if not path.exists():
        return set()
    notes, newline, _ = path.read_bytes().rpartition(b"\n")
    os.truncate(path, len(notes + newline))
    return {Window(*map(int, line.split())) for line in notes.splitlines()}


def draft_size(grid: Grid, layer: Layer) -> int:
    """Return the bytes that the pixels of a draft take, those that pad its blocks included."""
    blocks = -(-grid.height // BLOCK) * -(-grid.width // BLOCK) * len(layer.bands)
    return int(blocks * BLOCK**2 * np.dtype(layer.dtype).itemsize)


def _check_room(folder: Path, grid: Grid, layer: Layer) -> None:
    need = draft_size(grid, layer)
    free = shutil.disk_usage(folder).free
    if need > free:
        raise OSError(
            errno.ENOSPC, f"{need / 1e6:,.1f} MB are needed and {free / 1e6:,.1f} are free"
        )


def _reserve(path: Path, grid: Grid, layer: Layer) -> None:
    """Make a file in which every block has its place and is filled with 'no data'."""
    import rasterio

    with (
        rasterio.Env(GDAL_CACHEMAX=MEMORY),
        rasterio.open(path, "w", **profile(north_up(grid), layer)) as file,
    ):
        describe(file, layer)


def _offsets(path: Path, grid: Grid, layer: Layer) -> NDArray[np.int64]:
    """Find where each block begins in the file, shape (bands, rows of blocks, columns)."""
    import rasterio

    rows, columns = -(-grid.height // BLOCK), -(-grid.width // BLOCK)
    out = np.empty((len(layer.bands), rows, columns), dtype=np.int64)
    with rasterio.open(path) as file:
        for place in np.ndindex(*out.shape):
            band, row, column = place
            start = file.get_tag_item(f"BLOCK_OFFSET_{column}_{row}", "TIFF", bidx=band + 1)
            if start is None:
                raise OSError("not all blocks have an offset in the file")
            out[place] = int(start)
    length = BLOCK * BLOCK * np.dtype(layer.dtype).itemsize
    if path.stat().st_size < int(out.max()) + length:
        raise OSError("the file is truncated")
    return out

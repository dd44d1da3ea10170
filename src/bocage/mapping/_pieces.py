"""Finished windows on disk: a map that was stopped goes on where it was."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import StoreError, write_atomic
from bocage.sources import Window

JOB_FILE = "job.json"


class Pieces:
    """A folder of finished windows.

    Each window is one file, written whole or not at all; nothing of a map stands under its final
    name before all of them are there.

    Parameters
    ----------
    folder : Path
    key : str
        Hash of everything that decides the map: pieces of another map are thrown away.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self.key = key

    def open(self) -> None:
        """Make the folder ready; keep what belongs to this map.

        Raises
        ------
        StoreError
            If it can't be written.
        """
        mark = self.folder / JOB_FILE
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            known = json.loads(mark.read_text()).get("key") if mark.is_file() else None
        except (OSError, ValueError):
            known = None
        if known != self.key:
            self.clear()
            write_atomic(mark, json.dumps({"key": self.key}) + "\n")

    def path(self, window: Window) -> Path:
        """Return the file of a window."""
        name = f"{window.row}-{window.column}-{window.height}-{window.width}"
        return self.folder / f"{name}.npz"

    def has(self, window: Window) -> bool:
        """Tell whether a window is finished."""
        return self.path(window).is_file()

    def write(self, window: Window, layers: Mapping[str, NDArray[Any]]) -> None:
        """Keep a finished window.

        Raises
        ------
        StoreError
            If the disk is full, or the folder can't be written.
        """
        buffer = io.BytesIO()
        np.savez(buffer, **dict(layers))  # type: ignore[arg-type]
        write_atomic(self.path(window), buffer.getvalue())

    def read(self, windows: Sequence[Window], layer: str) -> Iterator[tuple[Window, NDArray[Any]]]:
        """Read a layer of windows, one after the other.

        Raises
        ------
        StoreError
            If one is not whole.
        """
        for window in windows:
            path = self.path(window)
            try:
                with np.load(path, allow_pickle=False) as found:
                    yield window, found[layer]
            except (OSError, ValueError, KeyError, EOFError) as error:
                path.unlink(missing_ok=True)
                raise StoreError(
                    f"a finished window of the map can't be read ({path.name}: {error}); it was "
                    "removed: run the same command again, which repeats that window alone"
                ) from error

    def clear(self) -> None:
        """Remove all pieces, and the folder if nothing else is in it."""
        if not self.folder.is_dir():
            return
        for path in (*self.folder.glob("*.npz"), *self.folder.glob(JOB_FILE)):
            path.unlink(missing_ok=True)
        for path in self.folder.glob(".*.tmp"):
            path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder."""
        self.clear()
        try:
            self.folder.rmdir()
        except OSError:
            # Something of somebody else's is in it.
            return

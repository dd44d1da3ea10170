"""One value for several processes: its large arrays lie once in memory, in a file that all map."""

import contextlib
import mmap
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

LARGE = 2**20
"""Bytes from which on an array is worth a place in the file."""

_ALIGNED = 64


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a process needs to have a value that another one packed.

    Attributes
    ----------
    content : bytes
        The value without its large arrays.
    path : str
        File of these; empty where there are none.
    spans : tuple of (start, stop)
        Where each of them lies in the file.
    """

    content: bytes
    path: str = ""
    spans: tuple[tuple[int, int], ...] = ()

    def open(self) -> Any:
        """Return the value. Its arrays can be written to, which no other process sees."""
        if not self.path:
            return pickle.loads(self.content)  # noqa: S301 - from the parent of this process
        with Path(self.path).open("rb") as file:
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        arrays = [whole[start:stop] for start, stop in self.spans]
        return pickle.loads(self.content, buffers=arrays)  # noqa: S301 - see above

    def drop(self) -> None:
        """Delete the file: processes that have opened the parcel keep what they map."""
        if self.path:
            # Windows keeps it until the last of them is gone.
            with contextlib.suppress(OSError):
                Path(self.path).unlink()


@contextmanager
def packed(value: object) -> Iterator[Parcel]:
    """Pack a value for other processes; at the end its file is dropped.

    Where the file can't be written the arrays travel with the rest, to each process by itself.
    """
    large: list[pickle.PickleBuffer] = []

    def stays(buffer: pickle.PickleBuffer) -> bool:
        is_small = memoryview(buffer).nbytes < LARGE
        if not is_small:
            large.append(buffer)
        return is_small

    content = pickle.dumps(value, protocol=5, buffer_callback=stays)
    parcel = Parcel(content)
    try:
        if large:
            with tempfile.NamedTemporaryFile(prefix="bocage-", delete=False) as file:
                parcel = Parcel(content, file.name)
                parcel = replace(parcel, spans=tuple(_put(file, array) for array in large))
    except OSError:
        parcel.drop()
        parcel = Parcel(pickle.dumps(value, protocol=5))
    try:
        yield parcel
    finally:
        parcel.drop()


def _put(file: IO[bytes], array: pickle.PickleBuffer) -> tuple[int, int]:
    start = -(-file.tell() // _ALIGNED) * _ALIGNED
    file.seek(start)
    file.write(array.raw())
    return start, file.tell()

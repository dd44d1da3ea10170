"""One value for several processes, in a file that all map: its large arrays lie once in memory."""

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
"""Bytes from which on an array is mapped, and not copied from the file."""

_ALIGNED = 64


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a process needs to have a value that another one packed.

    It is small: a process that ends while it is sent more than a pipe holds would let the sender
    wait for ever.

    Attributes
    ----------
    path : str
        File of the value and its large arrays; empty where none could be written.
    spans : tuple of (start, stop)
        Where the value lies in the file, and then each of its large arrays.
    content : bytes
        The value, where there is no file.
    """

    path: str
    spans: tuple[tuple[int, int], ...] = ()
    content: bytes = b""

    def open(self) -> Any:
        """Return the value. Its arrays can be written to, which no other process sees."""
        if not self.path:
            return pickle.loads(self.content)  # noqa: S301 - from the parent of this process
        with Path(self.path).open("rb") as file:
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        value, *arrays = (whole[start:stop] for start, stop in self.spans)
        return pickle.loads(value, buffers=arrays)  # noqa: S301 - see above

    def drop(self) -> None:
        """Delete the file: processes that have opened the parcel keep what they map."""
        if self.path:
            # Windows keeps it until the last of them is gone.
            with contextlib.suppress(OSError):
                Path(self.path).unlink()


@contextmanager
def packed(value: object) -> Iterator[Parcel]:
    """Pack a value for other processes; at the end its file is dropped.

    Where the file can't be written all travels with the parcel, to each process by itself.
    """
    large: list[pickle.PickleBuffer] = []

    def stays(buffer: pickle.PickleBuffer) -> bool:
        is_small = memoryview(buffer).nbytes < LARGE
        if not is_small:
            large.append(buffer)
        return is_small

    content = pickle.dumps(value, protocol=5, buffer_callback=stays)
    parcel = Parcel("")
    try:
        try:
            with tempfile.NamedTemporaryFile(prefix="bocage-", delete=False) as file:
                parcel = Parcel(file.name)
                pieces: list[bytes | memoryview] = [content, *(array.raw() for array in large)]
                parcel = replace(parcel, spans=tuple(_put(file, piece) for piece in pieces))
        except OSError:
            parcel.drop()
            parcel = Parcel("", content=pickle.dumps(value, protocol=5))
        yield parcel
    finally:
        parcel.drop()


def _put(file: IO[bytes], piece: bytes | memoryview) -> tuple[int, int]:
    start = -(-file.tell() // _ALIGNED) * _ALIGNED
    file.seek(start)
    file.write(piece)
    return start, file.tell()

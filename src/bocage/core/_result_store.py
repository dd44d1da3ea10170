"""Finished pieces of work on disk: atomic files, named by what they hold."""

import contextlib
import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from bocage.core._errors import OutdatedError, StoreError
from bocage.core._files import write_atomic
from bocage.core._hashing import content_key

Row = dict[str, Any]

_DAMAGE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading a file back may raise where it does not hold what it should."""


class Keyed(Protocol):
    """A piece of work with the content key of everything that decides it."""

    @property
    def key(self) -> str:
        """Content key."""


R = TypeVar("R", bound=Keyed)


class ResultStore(ABC, Generic[R]):
    """Finished pieces of work, by key.

    Each file holds the pieces of one batch and is written whole or not at all; a file that can't
    be read back (cut short, bits flipped) is set aside, and its work is done again.

    Parameters
    ----------
    folder : Path
        Where the work belongs; its pieces stand in ``runs/``.
    check : callable, optional
        Raises ValueError for a piece that can't be what it says, though its file is whole; the
        file is then set aside as well.

    Attributes
    ----------
    damaged : list of str
        Files that were set aside.
    old : list of str
        Files that another version wrote: they stay, and their work is done again.
    """

    def __init__(self, folder: Path, check: Callable[[R], object] = lambda _: None) -> None:
        self._check = check
        self.folder = folder
        self.runs = folder / "runs"
        self.damaged: list[str] = []
        self.old: list[str] = []
        self._records: dict[str, R] = {}
        self._read: set[str] = set()

    @classmethod
    @abstractmethod
    def columns(cls) -> list[tuple[str, Any]]:
        """Name the columns of a file, each with its pyarrow type."""

    @classmethod
    @abstractmethod
    def to_row(cls, record: R) -> Row:
        """Turn a piece into plain values, a value for each column."""

    @classmethod
    @abstractmethod
    def from_row(cls, row: Row) -> R:
        """Turn plain values back into a piece.

        Raises
        ------
        OutdatedError
            If another version wrote it, in another way or with other results.
        """

    @classmethod
    def encode(cls, records: tuple[R, ...]) -> bytes:
        """Write the pieces of one batch as Parquet, each with a digest of its values."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = [cls.to_row(record) for record in records]
        rows = [row | {"digest": _digest(row)} for row in rows]
        buffer = io.BytesIO()
        pq.write_table(
            pa.Table.from_pylist(rows, pa.schema([*cls.columns(), ("digest", pa.binary())])),
            buffer,
            compression="zstd",
            use_dictionary=False,
            write_statistics=False,
            write_page_checksum=True,
        )
        return buffer.getvalue()

    @classmethod
    def decode(cls, content: bytes) -> tuple[R, ...]:
        """Read them back; raises what pyarrow raises, or ValueError, where bytes are damaged."""
        import pyarrow.parquet as pq

        rows = pq.read_table(
            io.BytesIO(content), page_checksum_verification=True, use_threads=False
        ).to_pylist()
        for row in rows:
            if row.pop("digest") != _digest(row):
                raise ValueError("the values are not those that were written")
        return tuple(cls.from_row(row) for row in rows)

    def refresh(self) -> Mapping[str, R]:
        """Read files that appeared since the last look; return all pieces by key."""
        if self.runs.is_dir():
            for path in sorted(self.runs.glob("*.parquet")):
                if path.name not in self._read and path.name not in self.old:
                    self._take(path)
        return self._records

    def has(self, name: str) -> bool:
        """Whether the file of a batch is there, from this process or another."""
        path = self.runs / f"{name}.parquet"
        if path.name not in self._read and path.name not in self.old and path.exists():
            self._take(path)
        return path.name in self._read

    def write(self, name: str, records: Iterable[R]) -> None:
        """Write the pieces of a batch, unless another process did meanwhile: those stand.

        What they cost was measured, and all who read them say the same.
        """
        found = tuple(records)
        content = self.encode(found)
        if self.has(name):
            return
        write_atomic(self.runs / f"{name}.parquet", content)
        self._read.add(f"{name}.parquet")
        self.old = [old for old in self.old if old != f"{name}.parquet"]
        self._records.update({record.key: record for record in found})

    def _take(self, path: Path) -> None:
        import pyarrow as pa

        try:
            content = path.read_bytes()
        except FileNotFoundError:
            # Another process found it damaged first, and set it aside.
            return
        except OSError as error:
            raise StoreError(
                f"can't read {path} ({error.strerror or error}); make it readable, or remove it to "
                "repeat its runs"
            ) from error
        try:
            records = self.decode(content)
            for record in records:
                self._check(record)
        except OutdatedError:
            self.old.append(path.name)
            return
        except (OSError, pa.ArrowException, *_DAMAGE):
            if path.name not in self.damaged:
                self.damaged.append(path.name)
            # Gone already, or a folder that is only looked at: its runs count as missing anyway.
            with contextlib.suppress(OSError):
                path.replace(path.with_suffix(".damaged"))
            return
        self._read.add(path.name)
        self._records.update({record.key: record for record in records})


def _digest(row: Row) -> bytes:
    # Parquet's own checksums cover the pages, not the headers and the footer that say how to read
    # them: there, one flipped bit can turn a score into another.
    plain = {name: [v.hex()] if isinstance(v, bytes) else v for name, v in row.items()}
    return bytes.fromhex(content_key(plain))

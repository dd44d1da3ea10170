"""The study folder: atomic files of runs, named by what they hold."""

import contextlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from bocage.core import StoreError, content_key, write_atomic
from bocage.study._record import Record

_TEXT = ("key", "method", "fold", "budget", "status", "reason", "why")
_WHOLE = (
    "repeat",
    "n_labels",
    "n_train",
    "trials",
    "n_trained",
    "n_encoder",
    "n_decoder",
    "n_head",
    "n_bytes",
)
_COUNTS = ("counts", "boundaries", "objects", "parcels")
_ARRAYS = ("predicted", "confidence", *_COUNTS)
_REAL = ("fit_seconds", "predict_seconds", "peak_megabytes", "gpu_megabytes", "joules")


class Store:
    """Finished runs of a study, on disk.

    Each file holds the runs of one batch and is written whole or not at all; a file that can't be
    read back (cut short, bits flipped) is set aside, and its runs are done again.

    Parameters
    ----------
    folder : Path
        The study folder; runs stand in ``runs/``.

    Attributes
    ----------
    damaged : list of str
        Files that were set aside.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = folder / "runs"
        self.damaged: list[str] = []
        self._records: dict[str, Record] = {}
        self._read: set[str] = set()

    def refresh(self) -> Mapping[str, Record]:
        """Read files that appeared since the last look; return all records by key."""
        if self.runs.is_dir():
            for path in sorted(self.runs.glob("*.parquet")):
                if path.name not in self._read:
                    self._take(path)
        return self._records

    def has(self, name: str) -> bool:
        """Whether the file of a batch is there, from this process or another."""
        path = self.runs / f"{name}.parquet"
        if path.name not in self._read and path.exists():
            self._take(path)
        return path.name in self._read

    def write(self, name: str, records: Iterable[Record]) -> None:
        """Write the runs of a batch."""
        found = tuple(records)
        write_atomic(self.runs / f"{name}.parquet", encode(found))
        self._read.add(f"{name}.parquet")
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
                f"can't read {path} ({error.strerror or error}); make it readable, or take it away "
                "to do its runs again"
            ) from error
        try:
            records = decode(content)
        except (OSError, pa.ArrowException, KeyError, ValueError, TypeError):
            if path.name not in self.damaged:
                self.damaged.append(path.name)
            # Gone already, or a folder that is only looked at: its runs count as missing anyway.
            with contextlib.suppress(OSError):
                path.replace(path.with_suffix(".damaged"))
            return
        self._read.add(path.name)
        self._records.update({record.key: record for record in records})


def encode(records: tuple[Record, ...]) -> bytes:
    """Write records as Parquet, each with a digest of its values."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Codes are whole numbers below 65,536; values keep all their bits.
    columns = [
        *((name, pa.string()) for name in (*_TEXT, "params")),
        *((name, pa.int64()) for name in _WHOLE),
        *((name, pa.float64()) for name in _REAL),
        *((name, pa.list_(pa.string())) for name in ("warnings", "domains")),
        ("sizes", pa.list_(pa.int64())),
        *((name, pa.list_(pa.float64())) for name in ("brier", "log_loss")),
        ("codes", pa.bool_()),
        *((name, pa.binary()) for name in (*_ARRAYS, "digest")),
    ]
    buffer = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist([_row(record) for record in records], pa.schema(columns)),
        buffer,
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
    )
    return buffer.getvalue()


def decode(content: bytes) -> tuple[Record, ...]:
    """Read records back; raises what pyarrow raises, or ValueError, where bytes are damaged."""
    import pyarrow.parquet as pq

    rows = pq.read_table(
        io.BytesIO(content), page_checksum_verification=True, use_threads=False
    ).to_pylist()
    records = []
    for row in rows:
        if row.pop("digest") != _digest(row):
            raise ValueError("the values of a run are not those that were written")
        kind = "<u2" if row.pop("codes") else "<f8"
        predicted = np.frombuffer(row["predicted"], dtype=kind)
        row["predicted"] = predicted.astype(np.int64 if kind == "<u2" else np.float64)
        row["confidence"] = np.frombuffer(row["confidence"], dtype="<f4")
        for name in _COUNTS:
            # A file of an older version lacks some: it is whole, and its runs have other keys.
            row[name] = np.frombuffer(row.get(name, b""), dtype="<u4").astype(np.int64)
        row["params"] = json.loads(row["params"])
        for name in ("warnings", "domains", "sizes", "brier", "log_loss"):
            row[name] = tuple(row[name])
        records.append(Record(**{field.name: row[field.name] for field in fields(Record)}))
    return tuple(records)


def _row(record: Record) -> dict[str, Any]:
    codes = record.predicted.dtype.kind in "iu"
    row: dict[str, Any] = {
        **{name: getattr(record, name) for name in _TEXT},
        **{name: int(getattr(record, name)) for name in _WHOLE},
        **{name: float(getattr(record, name)) for name in _REAL},
        "params": json.dumps(record.params, sort_keys=True),
        "warnings": list(record.warnings),
        "domains": list(record.domains),
        "sizes": [int(size) for size in record.sizes],
        "brier": [float(part) for part in record.brier],
        "log_loss": [float(part) for part in record.log_loss],
        "codes": codes,
        "predicted": record.predicted.astype("<u2" if codes else "<f8").tobytes(),
        "confidence": record.confidence.astype("<f4").tobytes(),
        **{name: getattr(record, name).astype("<u4").tobytes() for name in _COUNTS},
    }
    return row | {"digest": _digest(row)}


def _digest(row: Mapping[str, Any]) -> bytes:
    # Parquet's own checksums cover the pages, not the headers and the footer that say how to read
    # them: there, one flipped bit can turn a score into another.
    plain = {name: [v.hex()] if isinstance(v, bytes) else v for name, v in row.items()}
    return bytes.fromhex(content_key(plain))

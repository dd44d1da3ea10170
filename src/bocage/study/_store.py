"""The study folder: atomic files of runs, named by what they hold."""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from bocage.core import write_atomic
from bocage.study._run import Record

_TEXT = ("key", "method", "fold", "budget", "status", "reason", "why")
_WHOLE = ("repeat", "n_labels", "n_train", "trials", "n_parameters", "n_bytes")
_REAL = ("fit_seconds", "predict_seconds", "peak_megabytes")


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
            records = decode(path.read_bytes())
        except (OSError, pa.ArrowException, KeyError, ValueError, TypeError):
            self.damaged.append(path.name)
            path.replace(path.with_suffix(".damaged"))
            return
        self._read.add(path.name)
        self._records.update({record.key: record for record in records})


def encode(records: tuple[Record, ...]) -> bytes:
    """Write records as Parquet with checksums."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {
        name: [getattr(record, name) for record in records] for name in (*_TEXT, *_WHOLE, *_REAL)
    }
    columns["params"] = [json.dumps(record.params, sort_keys=True) for record in records]
    for name in ("warnings", "domains"):
        columns[name] = pa.array([getattr(r, name) for r in records], pa.list_(pa.string()))
    columns["sizes"] = pa.array([r.sizes for r in records], pa.list_(pa.int64()))
    for name in ("brier", "log_loss"):
        columns[name] = pa.array([getattr(r, name) for r in records], pa.list_(pa.float64()))
    # Codes are whole numbers below 65,536; values keep all their bits.
    columns["codes"] = [r.predicted.dtype.kind in "iu" for r in records]
    columns["predicted"] = [
        r.predicted.astype("<u2" if r.predicted.dtype.kind in "iu" else "<f8").tobytes()
        for r in records
    ]
    columns["confidence"] = [r.confidence.astype("<f4").tobytes() for r in records]
    buffer = io.BytesIO()
    pq.write_table(
        pa.table(columns),
        buffer,
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
    )
    return buffer.getvalue()


def decode(content: bytes) -> tuple[Record, ...]:
    """Read records back; raises what pyarrow raises where the bytes are damaged."""
    import pyarrow.parquet as pq

    rows = pq.read_table(
        io.BytesIO(content), page_checksum_verification=True, use_threads=False
    ).to_pylist()
    records = []
    for row in rows:
        kind = "<u2" if row.pop("codes") else "<f8"
        predicted = np.frombuffer(row["predicted"], dtype=kind)
        row["predicted"] = predicted.astype(np.int64 if kind == "<u2" else np.float64)
        row["confidence"] = np.frombuffer(row["confidence"], dtype="<f4")
        row["params"] = json.loads(row["params"])
        for name in ("warnings", "domains", "sizes", "brier", "log_loss"):
            row[name] = tuple(row[name])
        records.append(Record(**{field.name: row[field.name] for field in fields(Record)}))
    return tuple(records)

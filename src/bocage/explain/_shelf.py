"""Finished experiments on disk."""

import io
from dataclasses import fields
from typing import Any

import numpy as np

from bocage.core import Shelf, content_key
from bocage.explain._ablation import Ablation

_WHOLE = ("repeat", "n_train", "n_own", "n_rest")
_COUNTS = ("order", "own", "rest")


class AblationShelf(Shelf[Ablation]):
    """Finished experiments; see `bocage.core.Shelf`."""

    def encode(self, records: tuple[Ablation, ...]) -> bytes:
        """Write experiments as Parquet, each with a digest of its values."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        rows = [_row(record) for record in records]
        pq.write_table(pa.Table.from_pylist(rows), buffer, compression="zstd")
        return buffer.getvalue()

    def decode(self, content: bytes) -> tuple[Ablation, ...]:
        """Read them back."""
        import pyarrow.parquet as pq

        made = []
        for row in pq.read_table(io.BytesIO(content), use_threads=False).to_pylist():
            if row.pop("digest") != _digest(row):
                raise ValueError("the values of an experiment are not those that were written")
            for name in _COUNTS:
                row[name] = np.array(row[name], dtype=np.int64)
            row["importance"] = np.array(row["importance"], dtype=np.float64)
            made.append(Ablation(**row))
        return tuple(made)


def _row(record: Ablation) -> dict[str, Any]:
    row: dict[str, Any] = {part.name: getattr(record, part.name) for part in fields(Ablation)}
    row |= {name: int(row[name]) for name in _WHOLE}
    row |= {name: row[name].tolist() for name in (*_COUNTS, "importance")}
    return row | {"digest": _digest(row)}


def _digest(row: dict[str, Any]) -> str:
    return content_key(row)

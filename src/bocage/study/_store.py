"""The study folder: atomic files of runs, named by what they hold."""

import json
from dataclasses import fields
from typing import Any

import numpy as np

from bocage.core import Shelf
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


class Store(Shelf[Record]):
    """Finished runs of a study, on disk; see `bocage.core.Shelf`."""

    @classmethod
    def columns(cls) -> list[tuple[str, Any]]:
        """Codes are whole numbers below 65,536; values keep all their bits."""
        import pyarrow as pa

        return [
            *((name, pa.string()) for name in (*_TEXT, "params")),
            *((name, pa.int64()) for name in _WHOLE),
            *((name, pa.float64()) for name in _REAL),
            *((name, pa.list_(pa.string())) for name in ("warnings", "domains")),
            ("sizes", pa.list_(pa.int64())),
            *((name, pa.list_(pa.float64())) for name in ("brier", "log_loss")),
            ("codes", pa.bool_()),
            *((name, pa.binary()) for name in _ARRAYS),
        ]

    @classmethod
    def to_row(cls, record: Record) -> dict[str, Any]:
        """Turn a run into plain values."""
        codes = record.predicted.dtype.kind in "iu"
        return {
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

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Record:
        """Turn plain values back into a run."""
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
        return Record(**{field.name: row[field.name] for field in fields(Record)})

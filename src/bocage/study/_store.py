"""The study folder: atomic files of runs, named by what they hold."""

import json
from collections.abc import Mapping
from dataclasses import fields
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import OutdatedError, ResultStore
from bocage.study._plan import RESULT_VERSION
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
_REAL = ("fit_seconds", "predict_seconds", "peak_megabytes", "gpu_megabytes", "joules")
_NARROW = ("|u1", "<u2", "<u4")
"""Types that whole numbers are stored in where they fit."""
_KINDS = "biuf"
"""Kinds of numbers that are stored."""


class Store(ResultStore[Record]):
    """Finished runs of a study, on disk; see `bocage.core.ResultStore`.

    Runs of an older version are told apart and left where they are: they are done again.
    """

    @classmethod
    def columns(cls) -> list[tuple[str, Any]]:
        """List plain columns, and all arrays of a run in two: what they are, and their bytes."""
        import pyarrow as pa

        return [
            ("version", pa.int64()),
            *((name, pa.string()) for name in (*_TEXT, "params")),
            *((name, pa.int64()) for name in _WHOLE),
            *((name, pa.float64()) for name in _REAL),
            *((name, pa.list_(pa.string())) for name in ("warnings", "domains")),
            ("sizes", pa.list_(pa.int64())),
            ("arrays", pa.string()),
            ("data", pa.binary()),
        ]

    @classmethod
    def to_row(cls, record: Record) -> dict[str, Any]:
        """Turn a run into plain values."""
        about, data = _pack(record.arrays)
        return {
            "version": RESULT_VERSION,
            **{name: getattr(record, name) for name in _TEXT},
            **{name: int(getattr(record, name)) for name in _WHOLE},
            **{name: float(getattr(record, name)) for name in _REAL},
            "params": json.dumps(record.params, sort_keys=True),
            "warnings": list(record.warnings),
            "domains": list(record.domains),
            "sizes": [int(size) for size in record.sizes],
            "arrays": about,
            "data": data,
        }

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Record:
        """Turn plain values back into a run.

        Raises
        ------
        OutdatedError
            If another version wrote it.
        """
        if row.pop("version", None) != RESULT_VERSION:
            raise OutdatedError("runs of another version")
        row["arrays"] = _unpack(row["arrays"], row.pop("data"))
        row["params"] = json.loads(row["params"])
        for name in ("warnings", "domains", "sizes"):
            row[name] = tuple(row[name])
        return Record(**{field.name: row[field.name] for field in fields(Record)})


def _pack(arrays: Mapping[str, NDArray[Any]]) -> tuple[str, bytes]:
    """Put arrays behind one another: names, types and shapes, and the bytes."""
    about, parts = [], []
    for name, array in arrays.items():
        kind = array.dtype.newbyteorder("<").str
        stored = _narrow(array) if kind == "<i8" else kind
        about.append([name, kind, stored, list(array.shape)])
        parts.append(np.ascontiguousarray(array, stored).tobytes())
    return json.dumps(about), b"".join(parts)


def _unpack(about: str, data: bytes) -> dict[str, NDArray[Any]]:
    arrays, start = {}, 0
    for name, kind, stored, shape in json.loads(about):
        if {np.dtype(kind).kind, np.dtype(stored).kind} - set(_KINDS) or min(shape, default=0) < 0:
            raise ValueError(f"{name} is no array of numbers")
        stop = start + prod(shape) * np.dtype(stored).itemsize
        found = np.frombuffer(data[start:stop], stored).reshape(shape)
        arrays[name] = found.astype(kind, copy=False)
        start = stop
    if start != len(data):
        raise ValueError("the arrays are not of the bytes that are there")
    return arrays


def _narrow(array: NDArray[np.int64]) -> str:
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    fits = (kind for kind in _NARROW if low >= 0 and high <= np.iinfo(kind).max)
    return next(fits, "<i8")

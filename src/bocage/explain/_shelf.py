"""Finished experiments on disk."""

from dataclasses import fields
from typing import Any

import numpy as np

from bocage.core import Shelf
from bocage.explain._ablation import Ablation

_TEXT = ("key", "fold", "regime", "place", "label", "model", "how")
_WHOLE = ("repeat", "n_train", "n_own", "n_rest")
_REAL = ("seconds", "chance")
_COUNTS = ("order", "own", "rest")


class AblationShelf(Shelf[Ablation]):
    """Finished experiments; see `bocage.core.Shelf`."""

    @classmethod
    def columns(cls) -> list[tuple[str, Any]]:
        """Orders and counts are whole numbers, importances keep all their bits."""
        import pyarrow as pa

        return [
            *((name, pa.string()) for name in _TEXT),
            *((name, pa.int64()) for name in _WHOLE),
            *((name, pa.float64()) for name in _REAL),
            *((name, pa.list_(pa.int64())) for name in _COUNTS),
            ("importance", pa.list_(pa.float64())),
        ]

    @classmethod
    def to_row(cls, record: Ablation) -> dict[str, Any]:
        """Turn an experiment into plain values."""
        row: dict[str, Any] = {part.name: getattr(record, part.name) for part in fields(Ablation)}
        row |= {name: int(row[name]) for name in _WHOLE}
        return row | {name: row[name].tolist() for name in (*_COUNTS, "importance")}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Ablation:
        """Turn plain values back into an experiment."""
        row |= {name: np.array(row[name], dtype=np.int64) for name in _COUNTS}
        return Ablation(**row | {"importance": np.array(row["importance"], dtype=np.float64)})

"""Finished experiments on disk."""

from dataclasses import fields
from typing import Any

import numpy as np

from bocage.core import ResultStore
from bocage.dimensions._ablation import Ablation

_TEXT = ("key", "fold", "regime", "place", "label", "model", "how")
_WHOLE = ("repeat", "n_train", "n_own", "n_rest")
_REAL = ("seconds", "chance")
_COUNTS = ("order", "own", "rest")


class AblationShelf(ResultStore[Ablation]):
    """Finished experiments; see `bocage.core.ResultStore`."""

    @classmethod
    def columns(cls) -> list[tuple[str, Any]]:
        """Orders and counts are whole numbers below 2^32; importances keep all their bits."""
        import pyarrow as pa

        return [
            *((name, pa.string()) for name in _TEXT),
            *((name, pa.int64()) for name in _WHOLE),
            *((name, pa.float64()) for name in _REAL),
            *((name, pa.binary()) for name in (*_COUNTS, "importance")),
        ]

    @classmethod
    def to_row(cls, record: Ablation) -> dict[str, Any]:
        """Turn an experiment into plain values."""
        row: dict[str, Any] = {part.name: getattr(record, part.name) for part in fields(Ablation)}
        row |= {name: int(row[name]) for name in _WHOLE}
        row |= {name: row[name].astype("<u4").tobytes() for name in _COUNTS}
        return row | {"importance": record.importance.astype("<f8").tobytes()}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Ablation:
        """Turn plain values back into an experiment."""
        row |= {name: np.frombuffer(row[name], "<u4").astype(np.int64) for name in _COUNTS}
        importance = np.frombuffer(row["importance"], "<f8").astype(np.float64)
        made = Ablation(**row | {"importance": importance})
        fits = len(made.own) == len(made.rest) == len(made.order) + 1
        fits = fits and made.own.max() <= made.n_own and made.rest.max() <= made.n_rest
        # Positions are of the dimensions that importances were measured of.
        fits = fits and len(set(made.order.tolist())) == len(made.order)
        if not fits or made.order.max(initial=0) >= max(1, len(importance)):
            raise ValueError("an experiment has impossible counts or dimensions")
        return made

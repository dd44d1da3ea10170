"""A splitter of one's own: strips from west to east."""

from collections.abc import Iterator
from typing import Any

import numpy as np


class Strips:
    """Hold out strips of longitude that hold as many samples each.

    Parameters
    ----------
    n_splits : int
    """

    def __init__(self, n_splits: int = 4) -> None:
        self.n_splits = n_splits

    def get_n_splits(self, *_: object) -> int:
        """Return the number of strips."""
        return self.n_splits

    def split(
        self,
        X: Any,
        y: Any = None,  # noqa: ARG002
        groups: Any = None,  # noqa: ARG002
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the rows to learn from and the rows to test; X has a column lon."""
        lon = np.asarray(X["lon"])
        edges = np.quantile(lon, np.linspace(0, 1, self.n_splits + 1)[1:-1])
        strip = np.searchsorted(edges, lon, side="right")
        for number in range(self.n_splits):
            yield np.flatnonzero(strip != number), np.flatnonzero(strip == number)

    def __repr__(self) -> str:
        return f"Strips(n_splits={self.n_splits})"

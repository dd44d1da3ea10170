"""What is resampled: groups or blocks, and their weights."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bocage.core import Floats, Ints
from bocage.metrics import Metric
from bocage.stats import Widening, exponential_weights, widening
from bocage.study._unit_counts import UnitCounts

ResamplingUnit = Literal["groups", "blocks"]


@dataclass(frozen=True, slots=True)
class Units:
    """What is resampled, and which rows of the tally belong to each.

    Attributes
    ----------
    kind : {"groups", "blocks"}
    names : tuple of str
        U names, which seed the weights.
    of_row : ndarray of int64, shape (B,)
        Unit of each row of the tally.
    group : ndarray of int64, shape (U,)
    """

    kind: ResamplingUnit
    names: tuple[str, ...]
    of_row: Ints
    group: Ints

    @classmethod
    def of(cls, tally: UnitCounts, kind: ResamplingUnit) -> "Units":
        """Find the units of a tally."""
        label = tally.group if kind == "groups" else np.array(tally.block)
        names, first, of_row = np.unique(label, return_index=True, return_inverse=True)
        titles = tuple(f"{kind} {name}" for name in names.tolist())
        return cls(kind, titles, of_row.astype(np.int64), tally.group[first])

    def block_weights(self, n: int, seed: int) -> Floats:
        """Weights of blocks, of mean one within each group, shape (n, U)."""
        weights = exponential_weights(self.names, n, seed)
        strata = np.asarray(np.unique(self.group)[:, None] == self.group, np.float64)
        mean = weights @ strata.T / strata.sum(axis=1)
        return np.asarray(weights / (mean @ strata), np.float64)

    def widening(self, tally: UnitCounts, metric: Metric) -> Widening:
        """Tell by how much few units widen deviations; see `bocage.stats.widening`."""
        # Truth is the same for every method and repeat; the first will do.
        place = np.searchsorted(tally.groups, tally.group)
        whole = self.kind == "groups"
        sizes = metric.sizes(tally.counts[0, 0])
        return widening(sizes, place, self.of_row, whole_places=whole, damped=not whole)

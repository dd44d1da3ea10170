"""Chips as methods see them: layers put together, with what to standardise."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.methods.chips._layers import ChipLayer

BLOCK = 16
"""Chips looked at together."""


@dataclass(frozen=True, slots=True)
class Chips:
    """The layers of a method for all chips.

    Attributes
    ----------
    layers : tuple of ChipLayer
        None for a floor, which sees one empty band.
    masks : ndarray of int16, shape (n, height, width)
        Codes; -1 without a label.
    """

    layers: tuple[ChipLayer, ...]
    masks: NDArray[np.int16]

    @property
    def only(self) -> ChipLayer | None:
        """The layer, where there is one alone."""
        return self.layers[0] if len(self.layers) == 1 else None

    @property
    def n_bands(self) -> int:
        """Bands of all layers."""
        return sum(layer.n_bands for layer in self.layers) or 1

    @property
    def standardise(self) -> NDArray[np.bool_]:
        """Which bands a model standardises, shape (bands,)."""
        if not self.layers:
            return np.zeros(1, dtype=bool)
        return np.concatenate([np.full(item.n_bands, item.standardise) for item in self.layers])

    def prepare(self) -> None:
        """Compute what can be computed once."""
        for layer in self.layers:
            layer.prepare()

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some chips, shape (n, bands, height, width)."""
        if not self.layers:
            return np.zeros((len(rows), 1, *self.masks.shape[1:]), dtype=np.float32)
        return np.ascontiguousarray(np.concatenate([i.take(rows) for i in self.layers], axis=1))

    def pixels(self, row: int, at: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some pixels of one chip by their flat position, shape (n, bands)."""
        if not self.layers:
            return np.zeros((len(at), 1), dtype=np.float32)
        return np.concatenate([layer.pixels(row, at) for layer in self.layers], axis=1)

    def scale(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return mean and spread of each band over some chips; 0 and 1 where it keeps its scale."""
        n = len(rows) * self.masks[0].size
        mean = sum(p.sum(axis=(0, 2, 3), dtype=np.float64) for p in self._blocks(rows)) / n
        wide = mean[:, None, None]
        square = sum(np.square(p - wide).sum(axis=(0, 2, 3)) for p in self._blocks(rows)) / n
        spread = np.sqrt(square)
        still = spread <= np.finfo(np.float32).eps * np.abs(mean)
        keep = self.standardise
        return (
            np.where(keep, mean, 0.0).astype(np.float32),
            np.where(keep & ~still, spread, 1.0).astype(np.float32),
        )

    def _blocks(self, rows: NDArray[np.int64]) -> Iterator[NDArray[np.float32]]:
        for start in range(0, len(rows), BLOCK):
            yield self.take(rows[start : start + BLOCK])


def known_pixels(
    chips: Chips, rows: NDArray[np.int64], most: int, seed: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Draw labelled pixels evenly from chips: row and flat positions, one chip after the other."""
    luck = np.random.default_rng(seed)
    share = max(1, most // max(1, len(rows)))
    for row in rows.tolist():
        known = np.flatnonzero(chips.masks[row].ravel() >= 0)
        if len(known) > share:
            known = np.sort(luck.choice(known, share, replace=False))
        yield row, known


def draw_pixels(
    chips: Chips, rows: NDArray[np.int64], most: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Draw labelled pixels evenly from chips.

    Parameters
    ----------
    chips : Chips
    rows : ndarray of int64
    most : int
        Pixels of all chips together; at least one a chip.
    seed : int

    Returns
    -------
    X : ndarray of float64, shape (n_pixels, bands)
    y : ndarray of int64, shape (n_pixels,)
    owner : ndarray of int64, shape (n_pixels,)
        Position of the pixel's chip within `rows`.
    """
    parts: list[NDArray[np.float64]] = []
    labels: list[NDArray[np.int64]] = []
    owners: list[NDArray[np.int64]] = []
    for position, (row, at) in enumerate(known_pixels(chips, rows, most, seed)):
        parts.append(chips.pixels(row, at).astype(np.float64))
        labels.append(chips.masks[row].ravel()[at].astype(np.int64))
        owners.append(np.full(len(at), position))
    return np.concatenate(parts), np.concatenate(labels), np.concatenate(owners)

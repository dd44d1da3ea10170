"""Fields: columns of strips that cover a region, each with its own size."""

from dataclasses import dataclass

import numpy as np

from bocage.core import Floats, Ints

WIDTH, HEIGHT = 420.0, 260.0
"""Mean sides of a parcel in metres: about 11 ha."""
SPREAD = 0.6
"""Sides vary evenly by this share about their mean."""
COVER = 1.35
"""The parcels reach this far beyond a region's side, so that turned columns still cover it."""


@dataclass(frozen=True, slots=True)
class Parcels:
    """Rectangular fields in turned columns; their areas are exact in the region's plane.

    Attributes
    ----------
    angle : float
        Radians by which the columns are turned.
    column : ndarray of float64, shape (n_columns + 1,)
        Edges of the columns in metres, across.
    row : ndarray of float64, shape (n_columns, n_rows + 1)
        Edges of the strips in metres, along each column.
    """

    angle: float
    column: Floats
    row: Floats

    def locate(self, xy: Floats) -> Ints:
        """Return the number of the parcel that holds each place, shape (n,)."""
        across, along = self._turn(xy, self.angle).T
        i = np.clip(np.searchsorted(self.column, across, "right") - 1, 0, len(self.row) - 1)
        # One search for all columns: each is moved past the end of the one before.
        step = float(np.ptp(self.row)) + 1
        flat = (self.row + step * np.arange(len(self.row))[:, None]).ravel()
        n_rows = self.row.shape[1] - 1
        j = np.searchsorted(flat, along + step * i, "right") - 1 - i * (n_rows + 1)
        return np.asarray(i * n_rows + np.clip(j, 0, n_rows - 1), dtype=np.int64)

    def area(self, parcel: Ints) -> Floats:
        """Return areas in square metres, shape (n,)."""
        width, height, _ = self._shape(parcel)
        return width * height

    def point(self, parcel: Ints, at: Floats) -> Floats:
        """Return places inside parcels, `at` = shares of width and height, shape (n, 2)."""
        width, height, corner = self._shape(parcel)
        return self._turn(corner + at * np.column_stack([width, height]), -self.angle)

    def _shape(self, parcel: Ints) -> tuple[Floats, Floats, Floats]:
        i, j = np.divmod(parcel, self.row.shape[1] - 1)
        corner = np.column_stack([self.column[i], self.row[i, j]])
        return self.column[i + 1] - self.column[i], self.row[i, j + 1] - self.row[i, j], corner

    @staticmethod
    def _turn(xy: Floats, angle: float) -> Floats:
        c, s = np.cos(angle), np.sin(angle)
        return np.asarray(xy @ np.array([[c, s], [-s, c]]))


def parcels(rng: np.random.Generator, side: float) -> Parcels:
    """Cut a square of `side` metres, centred on 0, into parcels."""
    reach = COVER * side
    n_columns, n_rows = int(reach / WIDTH) + 1, int(reach / HEIGHT) + 1
    wide = WIDTH * rng.uniform(1 - SPREAD, 1 + SPREAD, n_columns)
    high = HEIGHT * rng.uniform(1 - SPREAD, 1 + SPREAD, (n_columns, n_rows))
    column = np.concatenate([[0.0], np.cumsum(wide)])
    row = np.concatenate([np.zeros((n_columns, 1)), np.cumsum(high, axis=1)], axis=1)
    return Parcels(
        angle=float(rng.uniform(-0.2, 0.2)),
        column=column - column[-1] / 2,
        row=row - row[:, -1:] / 2,
    )

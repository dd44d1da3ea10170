"""A method that paints pixel by pixel and is no kernel: networks of series, several inputs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags
from bocage.mapping.painters._window_predictor import MethodPainter
from bocage.sources import Source, Window

CHUNK = 4096
"""Pixels that are predicted at a time."""


@dataclass(frozen=True, slots=True)
class SamplePainter(MethodPainter):
    """Paints with any method that reads single samples; see `MethodPainter`."""

    @property
    def height(self) -> int:
        """Windows may be of any height."""
        return 1

    def paint(self, raster: Source, window: Window, wanted: Flags) -> dict[str, NDArray[Any]]:
        """Return the layers of a window; see `WindowPredictor.paint`."""
        stored, known = self._read(raster, window, wanted)
        return self.finished(self._predict(raster, window, stored, np.flatnonzero(known)), known)

    def probabilities(
        self, raster: Source, window: Window, wanted: Flags, step: int
    ) -> NDArray[np.float64]:
        """Return probabilities of some pixels; see `WindowPredictor.probabilities`."""
        stored, known = self._read(raster, window, wanted)
        return self._predict(raster, window, stored, np.flatnonzero(known)[::step]).T

    def _read(self, raster: Source, window: Window, wanted: Flags) -> tuple[NDArray[Any], Flags]:
        pixels = raster.pixels(window, self.bands)
        return pixels.stored, wanted & ~pixels.missing

    def _predict(
        self, raster: Source, window: Window, stored: NDArray[Any], at: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Predict for pixels by their flat positions, shape (n_classes, n) or (1, n)."""
        flat = stored.reshape(len(stored), -1)
        made = np.empty((self.fitted.n_classes or 1, len(at)))
        row, column = np.divmod(at, window.width)
        row, column = row + (window.row + 0.5), column + (window.column + 0.5)
        for start in range(0, len(at), CHUNK):
            part = slice(start, start + CHUNK)
            values = np.ascontiguousarray(self.coding.decode(flat[:, at[part]]).T)
            lonlat = raster.grid.lonlat(row[part], column[part])
            made[:, part] = self.fitted.predict(values, lonlat).T
        return made

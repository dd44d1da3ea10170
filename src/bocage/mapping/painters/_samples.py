"""A method that paints pixel by pixel and is no kernel: networks of series, several inputs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.mapping.outputs import Layer
from bocage.mapping.painters._painter import Mask, encoded, spread
from bocage.methods import FittedMethod
from bocage.sources import Coding, Raster, Window, to_crs

CHUNK = 4096
"""Pixels that are predicted at a time."""

WGS84 = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class SamplePainter:
    """Paints with any method that reads single samples; see `Painter`.

    Attributes
    ----------
    fitted : FittedMethod
    bands : tuple of int
        Position of each of the model's bands among the raster's.
    coding : Coding
        Of these bands.
    layers : mapping of str to Layer
    weights : ndarray of float64, shape (n_classes,), optional
        What each class's probability is multiplied by.
    """

    fitted: FittedMethod
    bands: tuple[int, ...]
    coding: Coding
    layers: Mapping[str, Layer] = field(default_factory=dict)
    weights: NDArray[np.float64] | None = None

    @property
    def height(self) -> int:
        """Windows may be of any height."""
        return 1

    def paint(self, raster: Raster, window: Window, wanted: Mask) -> dict[str, NDArray[Any]]:
        """Return the layers of a window; see `Painter.paint`."""
        stored, known = self._read(raster, window, wanted)
        at = np.flatnonzero(known)
        made = encoded(self._predict(raster, window, stored, at), self.layers, self.weights)
        return spread(made if len(at) else {}, self.layers, known)

    def probabilities(
        self, raster: Raster, window: Window, wanted: Mask, step: int
    ) -> NDArray[np.float64]:
        """Return probabilities of some pixels; see `Painter.probabilities`."""
        stored, known = self._read(raster, window, wanted)
        return self._predict(raster, window, stored, np.flatnonzero(known)[::step]).T

    def _read(self, raster: Raster, window: Window, wanted: Mask) -> tuple[NDArray[Any], Mask]:
        stored = raster.read(window, self.bands)
        return stored, wanted & ~self.coding.missing(stored)

    def _predict(
        self, raster: Raster, window: Window, stored: NDArray[Any], at: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Predict for pixels by their flat positions, shape (n_classes, n) or (1, n)."""
        flat = stored.reshape(len(stored), -1)
        made = np.empty((self.fitted.n_classes or 1, len(at)))
        row, column = np.divmod(at, window.width)
        places = raster.grid.xy(row + (window.row + 0.5), column + (window.column + 0.5))
        for start in range(0, len(at), CHUNK):
            part = slice(start, start + CHUNK)
            values = np.ascontiguousarray(self.coding.decode(flat[:, at[part]]).T)
            lonlat = to_crs(raster.grid.crs, WGS84, places[part])
            made[:, part] = self.fitted.predict(values, lonlat).T
        return made

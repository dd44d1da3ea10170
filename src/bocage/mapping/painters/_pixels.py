"""A kernel that paints the layers of a map: every pixel by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags
from bocage.mapping.outputs import Layer
from bocage.mapping.painters._window_predictor import PERCENT, spread
from bocage.methods import with_noise
from bocage.models import Applicability
from bocage.sources import Coding, Source, Window

if TYPE_CHECKING:
    from bocage.predict import Kernel

SPARSE = 0.9
"""Below this share of pixels with data, only those are computed."""


@dataclass(frozen=True)
class PixelPainter:
    """Paints with a kernel; see `WindowPredictor`.

    Attributes
    ----------
    kernel : Kernel
    model_bands : tuple of int
        Position of each of the model's bands among the raster's.
    coding : Coding
        Of the model's bands.
    layers : mapping of str to Layer
        What is painted, by name.
    noise : float
        What bounds confidence, after class shares (`with_noise`).
    applicability : Applicability, optional
        For the layers that follow from distances.
    """

    kernel: "Kernel"
    model_bands: tuple[int, ...]
    coding: Coding
    layers: Mapping[str, Layer]
    noise: float = 0.0
    applicability: Applicability | None = None

    @property
    def _own(self) -> tuple[int, ...]:
        """Which of the model's bands are read: distances need all, a kernel may need fewer."""
        return tuple(range(len(self.model_bands))) if self.applicability else self.kernel.bands

    @property
    def bands(self) -> tuple[int, ...]:
        """Positions among the raster's bands that are read."""
        return tuple(self.model_bands[i] for i in self._own)

    @property
    def height(self) -> int:
        """Windows may be of any height."""
        return 1

    def paint(self, raster: Source, window: Window, wanted: Flags) -> dict[str, NDArray[Any]]:
        """Return the layers of a window; see `WindowPredictor.paint`."""
        stored, known = self._read(raster, window, wanted)
        n_known = int(known.sum())
        if n_known < SPARSE * known.size:
            # A pixel's result does not depend on its neighbours: leaving some out changes none.
            made = self._paint(stored[:, known]) if n_known else {}
            return spread(made, self.layers, known)
        made = self._paint(stored.reshape(len(stored), -1))
        out = {}
        for name, layer in self.layers.items():
            part = made[name].reshape(*made[name].shape[:-1], *known.shape)
            if n_known < known.size:
                part[..., ~known] = layer.nodata
            out[name] = part
        return out

    def probabilities(
        self, raster: Source, window: Window, wanted: Flags, step: int
    ) -> NDArray[np.float32]:
        """Return probabilities of some pixels; see `WindowPredictor.probabilities`."""
        stored, known = self._read(raster, window, wanted)
        some = np.flatnonzero(known)[::step]
        mine = _some(stored.reshape(len(stored), -1)[:, some], self._own, self.kernel.bands)
        return self.kernel.probabilities(mine).T

    def _read(self, raster: Source, window: Window, wanted: Flags) -> tuple[NDArray[Any], Flags]:
        pixels = raster.pixels(window, self.bands)
        return pixels.stored, wanted & ~pixels.missing

    def _paint(self, stored: NDArray[Any]) -> dict[str, NDArray[Any]]:
        kernel, layers = self.kernel, self.layers
        mine = _some(stored, self._own, kernel.bands)
        made: dict[str, NDArray[Any]] = {}
        if "value" in layers:
            made["value"] = kernel.values(mine)
        if "probability" in layers:
            found = kernel.probabilities(mine)
            found = with_noise(found, self.noise, len(found))
            made["probability"] = layers["probability"].encode(found)
            # One kernel decides: the largest of the rounded probabilities might be another.
            made["class"] = kernel.classes(mine)
            made["confidence"] = np.rint(found.max(axis=0) * PERCENT).astype(np.uint8)
        elif "confidence" in layers:
            made["class"], confidence = kernel.confident(mine)
            sure = with_noise(confidence, self.noise, self.kernel.n_classes)
            made["confidence"] = np.rint(sure * PERCENT).astype(np.uint8)
        elif "class" in layers:
            made["class"] = kernel.classes(mine)
        if self.applicability is not None:
            made |= self._trust(self.applicability, stored)
        return made

    def _trust(self, known: Applicability, stored: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Return the layers that follow from distances to the training data."""
        index, density = known.near_stored(stored, self.coding)
        found = {"applicability": index, "density": density}
        if known.curve is not None and "error" in self.layers:
            error = known.curve(index)
            found["error"] = error * PERCENT if known.curve.is_share else error
        return {
            name: self.layers[name].encode(values)
            for name, values in found.items()
            if name in self.layers
        }


def _some(stored: NDArray[Any], have: Sequence[int], want: Sequence[int]) -> NDArray[Any]:
    if tuple(have) == tuple(want):
        return np.ascontiguousarray(stored)
    at = {band: i for i, band in enumerate(have)}
    return np.ascontiguousarray(stored[[at[band] for band in want]])

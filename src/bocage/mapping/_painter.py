"""A model that paints the layers of a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.mapping._applicability import Applicability
from bocage.sources import Coding

if TYPE_CHECKING:
    from bocage.mapping.kernels import Kernel

NODATA = 255
"""Of classes, confidence and probabilities."""

CLASS, CONFIDENCE, PROBABILITY, APPLICABILITY, VALUE = (
    "class",
    "confidence",
    "probability",
    "applicability",
    "value",
)
PERCENT = 100
STEPS = 250
"""Probabilities are stored as whole numbers up to this."""

SPARSE = 0.9
"""Below this share of pixels with data, only those are computed."""


@dataclass(frozen=True)
class ModelPainter:
    """Paints with a kernel; see `bocage.mapping.Painter`.

    Attributes
    ----------
    kernel : Kernel
    model_bands : tuple of int
        Position of each of the model's bands among the raster's.
    coding : Coding
        Of the model's bands.
    layers : tuple of str
        What is painted.
    applicability : Applicability, optional
        For that layer.
    """

    kernel: "Kernel"
    model_bands: tuple[int, ...]
    coding: Coding
    layers: tuple[str, ...]
    applicability: Applicability | None = None

    @property
    def _own(self) -> tuple[int, ...]:
        """Which of the model's bands are read: distances need all, a kernel may need fewer."""
        return tuple(range(len(self.model_bands))) if self.applicability else self.kernel.bands

    @property
    def bands(self) -> tuple[int, ...]:
        """Positions among the raster's bands that are read."""
        return tuple(self.model_bands[i] for i in self._own)

    def paint(self, stored: NDArray[Any], known: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        """Return the layers of some pixels; see `Painter.paint`."""
        n, n_known = len(known), int(known.sum())
        whole = n_known >= SPARSE * n
        # A pixel's result does not depend on its neighbours: leaving some out changes none.
        used = stored if whole else stored[:, known]
        made = self._paint(used) if n_known else {}
        out = {}
        for name, (depth, nodata, dtype) in self._shapes().items():
            layer = np.full((*depth, n), nodata, dtype)
            if n_known:
                layer[..., known] = made[name][..., known] if whole else made[name]
            out[name] = layer
        return out

    def _shapes(self) -> dict[str, tuple[tuple[int, ...], float, str]]:
        n_classes = self.kernel.n_classes
        every: dict[str, tuple[tuple[int, ...], float, str]] = {
            CLASS: ((), NODATA, "uint8"),
            CONFIDENCE: ((), NODATA, "uint8"),
            PROBABILITY: ((n_classes,), NODATA, "uint8"),
            APPLICABILITY: ((), np.nan, "float32"),
            VALUE: ((), np.nan, "float32"),
        }
        return {name: every[name] for name in self.layers}

    def _paint(self, stored: NDArray[Any]) -> dict[str, NDArray[Any]]:
        kernel, layers = self.kernel, self.layers
        mine = _some(stored, self._own, kernel.bands)
        made: dict[str, NDArray[Any]] = {}
        if VALUE in layers:
            made[VALUE] = kernel.values(mine)
        if PROBABILITY in layers:
            found = kernel.probabilities(mine)
            made[PROBABILITY] = np.rint(found * STEPS).astype(np.uint8)
            made[CLASS] = found.argmax(axis=0).astype(np.uint8)
            made[CONFIDENCE] = np.rint(found.max(axis=0) * PERCENT).astype(np.uint8)
        elif CONFIDENCE in layers:
            made[CLASS], confidence = kernel.confident(mine)
            made[CONFIDENCE] = np.rint(confidence * PERCENT).astype(np.uint8)
        elif CLASS in layers:
            made[CLASS] = kernel.classes(mine)
        if self.applicability is not None:
            made[APPLICABILITY] = self.applicability.index_stored(stored, self.coding)
        return made


def _some(stored: NDArray[Any], have: Sequence[int], want: Sequence[int]) -> NDArray[Any]:
    if tuple(have) == tuple(want):
        return np.ascontiguousarray(stored)
    at = {band: i for i, band in enumerate(have)}
    return np.ascontiguousarray(stored[[at[band] for band in want]])

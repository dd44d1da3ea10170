"""The face of every painter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags
from bocage.mapping.outputs import Layer
from bocage.methods import FittedMethod, with_noise
from bocage.sources import Coding, Source, Window

PERCENT = 100


class WindowPredictor(Protocol):
    """Turns windows of a raster into the layers of a map."""

    @property
    def bands(self) -> tuple[int, ...]:
        """Positions among the raster's bands that are read."""

    @property
    def height(self) -> int:
        """Windows should be at least so many pixels high."""

    def paint(self, raster: Source, window: Window, wanted: Flags) -> dict[str, NDArray[Any]]:
        """Return the layers of a window.

        Parameters
        ----------
        raster : Source
        window : Window
        wanted : ndarray of bool, shape (height, width)
            Pixels of the area; all others, and those without data, get each layer's nodata.

        Returns
        -------
        dict of str to ndarray, shape (height, width) or (bands, height, width)
            Stored numbers of each layer.
        """

    def probabilities(
        self, raster: Source, window: Window, wanted: Flags, step: int
    ) -> NDArray[np.floating[Any]]:
        """Return probabilities of wanted pixels with data, shape (n, n_classes).

        Of about one pixel in `step`.
        """


@dataclass(frozen=True, slots=True)
class MethodPainter:
    """What painters share that ask a method which is no kernel.

    Attributes
    ----------
    fitted : FittedMethod
    bands : tuple of int
        Position of each of the model's bands among the raster's.
    coding : Coding
        Of these bands.
    layers : mapping of str to Layer
        What is painted, by name.
    noise : float
        What bounds confidence, after class shares (`with_noise`).
    weights : ndarray of float64, shape (n_classes,), optional
        What each class's probability is multiplied by.
    """

    fitted: FittedMethod
    bands: tuple[int, ...]
    coding: Coding
    layers: Mapping[str, Layer] = field(default_factory=dict)
    noise: float = 0.0
    weights: NDArray[np.float64] | None = None

    def finished(self, made: NDArray[np.float64], known: Flags) -> dict[str, NDArray[Any]]:
        """Turn probabilities or values of known pixels, shape (..., n), into the layers."""
        stored = {}
        if known.any():
            stored = encoded(made, self.layers, self.weights, self.noise)
        return spread(stored, self.layers, known)


def encoded(
    made: NDArray[np.float64],
    layers: Mapping[str, Layer],
    weights: NDArray[np.float64] | None,
    noise: float = 0.0,
) -> dict[str, NDArray[Any]]:
    """Turn what a network says of pixels into stored numbers of layers.

    Parameters
    ----------
    made : ndarray of float64, shape (n_classes, n) or (1, n)
        Probabilities, or values.
    layers : mapping of str to Layer
    weights : ndarray of float64, shape (n_classes,), optional
        What each class's probability is multiplied by.
    noise : float
        What bounds confidence.
    """
    if "value" in layers:
        return {"value": made[0].astype(np.float32)}
    if weights is not None:
        made = made * weights[:, None]
        total = made.sum(axis=0)
        # Where only classes that are ruled out were seen, the shares alone decide.
        made[:, total == 0] = weights[:, None]
        made /= made.sum(axis=0)
    out: dict[str, NDArray[Any]] = {"class": made.argmax(axis=0).astype(np.uint8)}
    made = with_noise(made, noise, len(made))
    if "probability" in layers:
        out["probability"] = layers["probability"].encode(made)
    if "confidence" in layers:
        out["confidence"] = np.rint(made.max(axis=0) * PERCENT).astype(np.uint8)
    return out


def spread(
    made: Mapping[str, NDArray[Any]], layers: Mapping[str, Layer], known: Flags
) -> dict[str, NDArray[Any]]:
    """Put the numbers of known pixels into their places; all others get a layer's nodata."""
    out = {}
    for name, layer in layers.items():
        shape = (len(layer.bands), *known.shape) if name == "probability" else known.shape
        out[name] = np.full(shape, layer.nodata, layer.dtype)
        if name in made:
            out[name][..., known] = made[name]
    return out

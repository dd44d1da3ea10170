"""Show an input to a frozen network."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, SettingsError
from bocage.methods._encoded import Encoded
from bocage.methods.backbones import BACKBONES, Frozen, need_torch


def freeze(item: Encoded, inputs: Mapping[str, Input], lonlat: NDArray[np.float64]) -> Frozen:
    """Check an input for a network; nothing is computed yet.

    Parameters
    ----------
    item : Encoded
    inputs : mapping of str to Input
        Inputs of the task.
    lonlat : ndarray of float64, shape (n, 2)
        Degrees.

    Raises
    ------
    BocageError
        If there is no such input, or the network can't read it.
    """
    need_torch()
    if item.source not in inputs:
        raise SettingsError(
            f"no input {item.source!r} for {item.name}; this task has: {', '.join(sorted(inputs))}"
        )
    backbone = BACKBONES[item.backbone]
    arrays = backbone.arrays(inputs[item.source], lonlat, item.place)
    return Frozen(backbone, item.weights, arrays)


def encoded_input(item: Encoded, frozen: Frozen) -> Input:
    """Return a network's frozen features as an input for shallow models."""
    values = np.asarray(frozen.features(), dtype=np.float64)
    bands = tuple(f"{item.backbone}_{i:03d}" for i in range(values.shape[1]))
    return Input(item.name, values, bands, modality="embedding")

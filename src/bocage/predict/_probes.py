"""Made-up pixels that take many ways through the trees of a model."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.methods.heads import TreeEnsemble
from bocage.sources import Coding

_STEP = 127.5  # of the square coding
_MARGIN = 0.1


def probes(
    ensemble: TreeEnsemble, coding: Coding, dtype: np.dtype[Any], n_bands: int, n: int = 128
) -> NDArray[Any]:
    """Draw pixels whose values lie among the thresholds of their band, and a little beyond.

    Parameters
    ----------
    ensemble : TreeEnsemble
    coding : Coding
        Of all bands of the model.
    dtype : dtype
        Of the stored numbers.
    n_bands : int
        Bands of the model.
    n : int
        Pixels; always the same ones.

    Returns
    -------
    ndarray of `dtype`, shape (n_bands, n)
    """
    low, high = np.full(n_bands, np.inf), np.full(n_bands, -np.inf)
    for tree in ensemble.trees:
        inner = tree.left >= 0
        np.minimum.at(low, tree.band[inner], tree.threshold[inner])
        np.maximum.at(high, tree.band[inner], tree.threshold[inner])
    unused = ~np.isfinite(low)
    low[unused] = high[unused] = 0.0
    margin = _MARGIN * (high - low) + np.where(unused, 0.0, np.finfo(np.float32).eps)
    rng = np.random.default_rng(0)
    share = rng.uniform(size=(n_bands, n))
    values = (low - margin)[:, None] + share * (high - low + 2 * margin)[:, None]
    if coding.kind == "square":
        stored = _STEP * np.sign(values) * np.sqrt(np.abs(values))
        return np.asarray(np.clip(np.rint(stored), -127, 127).astype(dtype))
    scale, offset = np.reshape(coding.scale, (-1, 1)), np.reshape(coding.offset, (-1, 1))
    stored = (values - offset) / scale
    if dtype.kind == "f":
        return np.asarray(stored.astype(dtype))
    info = np.iinfo(dtype)
    return np.asarray(np.clip(np.rint(stored), info.min, info.max).astype(dtype))

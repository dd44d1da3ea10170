"""Rows to compare predictions on: around the training data where it is known."""

import numpy as np
from numpy.typing import NDArray

from bocage.models._model import MapModel


def probes(model: MapModel, n: int, seed: int) -> NDArray[np.float64]:
    """Draw random rows, shape (n, n_bands), always the same for a seed."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n, len(model.bands)))
    known = model.applicability
    if known is None:
        return noise
    spread = known.rows.std(axis=0)
    return np.asarray(known.rows[rng.integers(0, len(known.rows), n)] + noise * spread)

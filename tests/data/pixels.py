"""Invented pixels, as rasters store them, and heads that learned from them."""

import numpy as np

from bocage.methods import Head
from bocage.sources import Coding

AEF = Coding("square", -128)
N_BANDS = 12


def stored_pixels(n, seed=0, n_bands=N_BANDS):
    """Whole numbers from -127 to 127, most near 0 as in unit vectors."""
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal(0, 35, (n_bands, n)).round(), -127, 127).astype(np.int8)


def labels(stored, n_classes, seed=0):
    """Classes that depend on some of the bands, not quite."""
    rng = np.random.default_rng(seed)
    values = AEF.decode(stored)
    mixing = rng.normal(size=(n_classes, len(values)))
    return (mixing @ values + rng.normal(0, 0.05, (n_classes, values.shape[1]))).argmax(axis=0)


def fitted(model, n_classes=4, n=300, kind="classification", codes=None, **params):
    """A head that learned from stored pixels, as from any table of values."""
    stored = stored_pixels(n, seed=1)
    values = AEF.decode(stored).T
    if kind == "regression":
        target = values @ np.linspace(-2, 3, values.shape[1]) + 5
        return Head(model, kind, params).fit(values, target)
    found = labels(stored, n_classes)
    names = np.arange(n_classes) if codes is None else np.asarray(codes)
    return Head(model, kind, params, int(names.max()) + 1).fit(values, names[found])

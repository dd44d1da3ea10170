"""Synthetic pixel series in the units of real ones."""

import numpy as np

from bocage.core import Input
from bocage.tasks import Samples, build_task

BANDS = (
    *("VV", "VH", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12"),
    *("temperature_2m", "total_precipitation", "elevation", "slope", "NDVI"),
)
UNITS = (*("dB",) * 2, *("reflectance x 10000",) * 10, "K", "m", "m", "degree", "1")


def make_series(n=90, n_dates=3, seed=0):
    """Values that look like their units, driven by one hidden number a sample."""
    rng = np.random.default_rng(seed)
    hidden = rng.uniform(0, 1, n)
    values = np.empty((n, n_dates, len(BANDS)))
    wave = hidden[:, None] * np.sin(np.arange(n_dates) + 1)
    values[:, :, 0] = -12 + 4 * wave
    values[:, :, 1] = -18 + 4 * wave
    for i in range(2, 12):
        values[:, :, i] = 1500 + 900 * wave * (i % 3 - 1)
    values[:, :, 12] = 290 + 5 * rng.normal(size=(n, n_dates))
    values[:, :, 13] = 0.004 * rng.uniform(size=(n, n_dates))
    values[:, :, 14] = 500 + 300 * rng.uniform(size=(n, 1))
    values[:, :, 15] = 8 * rng.uniform(size=(n, 1))
    values[:, :, 16] = 0.4 + 0.3 * wave
    months = np.tile(np.arange(1, n_dates + 1), (n, 1))
    return Input("series", values, BANDS, UNITS, modality="series", months=months), hidden


def make_series_task(n=90, kind="regression", seed=0, n_regions=9):
    """Small regions; the target is the hidden number, or whether it is large."""
    item, hidden = make_series(n, seed=seed)
    rng = np.random.default_rng(seed + 1)
    number = np.arange(n) % n_regions
    region = np.array([f"r{i}" for i in number])
    lonlat = np.column_stack([number * 5.0, 40 - number * 7.0]) + rng.uniform(0, 0.5, (n, 2))
    target = hidden * 10 if kind == "regression" else np.where(hidden > 0.5, "wet", "dry")
    return build_task(
        Samples(
            "made-up-series",
            kind,
            target,
            lonlat,
            {"series": item},
            {"region": region},
            leave="region",
            synthetic=True,
        )
    )

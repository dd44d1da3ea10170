"""Synthetic chips of Sentinel-2 that pretrained networks read: noise, and classes of noise."""

import numpy as np

from bocage.core import Input
from bocage.tasks import Samples, build_task

BANDS = ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B11", "B12")


def make_optical_task(n=8, side=32, dates=1, classes=("crop", "tree", "water"), width=None):
    """Values above what Satlas cuts; every chip has pixels without a label, and all classes."""
    rng = np.random.default_rng(0)
    shape = (len(BANDS), side, width or side)
    shape = (n, dates, *shape) if dates > 1 else (n, *shape)
    values = rng.uniform(0, 9000, shape).astype(np.float32)
    masks = rng.integers(-1, len(classes), (n, side, width or side)).astype(np.int16)
    event = np.arange(n) % 4
    lonlat = np.column_stack([event * 5.0, event * 3.0]) + rng.uniform(0, 0.5, (n, 2))
    item = Input("s2", values, BANDS, "reflectance x 10000", modality="optical")
    return build_task(
        Samples(
            "made-up-optical",
            "segmentation",
            np.zeros(n),
            lonlat,
            {"s2": item},
            {"event": np.array([f"e{i}" for i in event])},
            together_by=("event",),
            masks=masks,
            classes=classes,
            pixel_metres=10.0,
            leave="event",
            synthetic=True,
        )
    )

"""Synthetic chips: discs of water in land, seen through noise."""

from dataclasses import replace

import numpy as np

from bocage.core import Input
from bocage.methods import Effort, FittedMethod, InputFacts, Views, parse_method, read_inputs
from bocage.tasks import Samples, build_task


def make_chips(n=36, side=32, seed=0):
    """Values (n, 3, side, side), masks (n, side, side); a border of 2 pixels has no label."""
    rng = np.random.default_rng(seed)
    row, column = np.mgrid[:side, :side]
    centre = rng.uniform(6, side - 6, (n, 2, 1, 1))
    radius = rng.uniform(4, 10, (n, 1, 1))
    water = np.hypot(row - centre[:, 0], column - centre[:, 1]) < radius
    noise = rng.normal(size=(n, 3, side, side))
    values = 100 * (noise + np.stack([water, ~water, 0 * water], axis=1) * 1.5)
    masks = water.astype(np.int16)
    masks[:, :2] = -1
    return values.astype(np.float32), masks


def make_chip_task(n=36, side=32, seed=0, events=4):
    values, masks = make_chips(n, side, seed)
    event = np.arange(n) % events
    rng = np.random.default_rng(seed + 1)
    lonlat = np.column_stack([event * 5.0, event * 3.0]) + rng.uniform(0, 0.5, (n, 2))
    return build_task(
        Samples(
            "made-up-chips",
            "segmentation",
            np.zeros(n),
            lonlat,
            {"s2": Input("s2", values, ("B2", "B3", "B4"), modality="optical")},
            {"event": np.array([f"e{i}" for i in event])},
            together_by=("event",) if events > 1 else (),
            masks=masks,
            classes=("land", "water"),
            pixel_metres=10.0,
            leave="event",
            synthetic=True,
        )
    )


def make_reflectance_chips(n, bands=("B3", "B4", "B8")):
    """Chips in the bands and range of Sentinel-2, so that networks take them for what they are."""
    task = make_chip_task(n)
    s2 = task.inputs["s2"]
    values = np.clip(1500 + 4 * s2.values, 0, 9000).astype(np.float32)
    months = np.full((n, 1), 6)
    item = replace(s2, values=values, bands=bands, units="reflectance x 10000", months=months)
    return replace(task, inputs={"s2": item})


def fitted_on(task, text, rows, recipe):
    """Fit a method with one trial; return its learner and what it learned."""
    views = Views(task)
    method = parse_method(text)
    method.check(views)
    method.prepare(views, recipe)
    learner = method.fit(views, rows, None, Effort(1, recipe, 0)).learner
    facts = tuple(InputFacts.of(task.inputs[name]) for name in read_inputs(method))
    return learner, FittedMethod.of(method, learner, task, facts)

"""Whether the values of a raster are like those that a model learned from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.mapping._windows import inside
from bocage.models import MapModel
from bocage.sources import Source, Window, far_off, glimpse, spots

N_PIXELS = 500
"""Pixels of each place looked at that are compared with training at most."""

MOST = 0.5
"""Above this share of strange pixels most of a map is not what its score speaks of; in
ordinary land nearby it is far less."""

APART = 1.0
"""Pixels are strange whose nearest label is farther than labels are from each other on average,
and than any that was held out. The study's own threshold is no measure of that: where errors rise
early, it leaves out most of the land nearby."""

BEYOND = 1.5
"""Without labels to measure from: bands lie, on average (root of the mean square), so many half
ranges of training from the middle of these. No label lies farther than 1."""


def check_values(model: MapModel, raster: Source, places: Sequence[int], area: Window) -> None:
    """Refuse values that are nowhere near those that the model learned from.

    Parameters
    ----------
    model : MapModel
    raster : Source
    places : sequence of int
        Position of each of the model's bands among the raster's.
    area : Window

    Raises
    ------
    DataError
        If most bands of an input are on another scale in the pixels that are looked at.
    """
    limits = model.limits
    if limits is None or raster.coding.kind == "square":
        return
    found = glimpse(raster, area, tuple(places))
    if found is None:
        return
    refuse_far(model, found.values, raster.about.name)


def refuse_far(
    model: MapModel,
    values: NDArray[np.float64],
    name: str,
    advice: str = "declare it with --scale and --offset",
) -> None:
    """Refuse values that are on another scale than those that the model learned from.

    Parameters
    ----------
    model : MapModel
        With limits.
    values : ndarray of float64, shape (n_bands, n)
    name : str
        Of the source.
    advice : str
        What to do.

    Raises
    ------
    DataError
        If most bands of an input are.
    """
    assert model.limits is not None  # noqa: S101 - asked by those who call
    low, mean, high = model.limits
    far = far_off(values, low, mean, high)
    # Each input by itself: embeddings that fit do not excuse reflectance that does not.
    if any(far[part].mean() > 0.5 for part in model.parts):  # noqa: PLR2004 - most of them
        i = int(np.flatnonzero(far)[0])
        raise DataError(
            f"band {model.bands[i]} of {name} has a median of {np.median(values[i]):.4g}, and the "
            f"model was trained on values from {low[i]:.4g} to {high[i]:.4g} ({far.sum()} of "
            f"{len(far)} bands are that far off); expected values on the same scale: "
            f"{advice}"
        )


def unlike(model: MapModel, raster: Source, places: Sequence[int], area: Window, shape: Any) -> str:
    """Say so where most pixels are unlike anything that a model learned from.

    Values that are centred on 0 keep their middle on any scale, and pass `check_values`.

    Parameters
    ----------
    model, raster, places, area
        As of `check_values`.
    shape : shapely geometry or None
        Of the area, in the raster's coordinate system.

    Returns
    -------
    str
        Empty where most are like training, or nothing is known.
    """
    if model.limits is None:
        return ""
    X = _some(raster, places, area, shape)
    return unlike_training(model, raster, X, "pixels", " that were checked")


def unlike_training(
    model: MapModel, raster: Source, X: NDArray[np.float64], what: str, which: str = ""
) -> str:
    """Say so where most rows are unlike anything that a model learned from.

    Parameters
    ----------
    model : MapModel
        With limits.
    raster : Source
    X : ndarray of float64, shape (n, n_bands)
    what, which : str
        What the rows are, in words.
    """
    if not len(X):
        return ""
    strange = _strange(model, X)
    if strange.mean() <= MOST:
        return ""
    advice = "check the scale, the unit and the order of its bands"
    if raster.coding.kind == "square":
        # Codes of one product have one scale.
        advice = "check that it is the product, and shows the kind of land, that was labelled"
    return (
        f"{strange.mean():.1%} of {len(X):,} {what} of {raster.about.name}{which} are unlike all "
        f"training samples, and the score does not hold there: {advice}"
    )


def with_caution(model: MapModel, said: str) -> MapModel:
    """Return the model with one caution more, for what is told of a map."""
    if not said:
        return model
    caution = "; ".join(filter(None, (model.training.caution, said)))
    return replace(model, training=replace(model.training, caution=caution))


def _some(raster: Source, places: Sequence[int], area: Window, shape: Any) -> NDArray[np.float64]:
    """Return values of some pixels that will be mapped, shape (n, n_bands)."""
    parts = [np.zeros((0, len(places)))]
    for window, pixels in spots(raster, area, tuple(places)):
        wanted = ~pixels.missing
        if shape is not None:
            wanted &= inside(raster, shape, window)
        row, column = np.nonzero(wanted)
        step = max(1, -(-len(row) // N_PIXELS))
        parts.append(pixels.at(row[::step], column[::step]).values.T)
    return np.concatenate(parts)


def _strange(model: MapModel, X: NDArray[np.float64]) -> NDArray[np.bool_]:
    near = model.applicability
    if near is not None:
        return near.index(X) > max(near.whisker, APART)
    assert model.limits is not None  # noqa: S101 - asked before
    low, _, high = model.limits
    # A band that never moved in training measures nothing.
    reach = np.where(high > low, (high - low) / 2, np.inf)
    away = np.square((X - (low + high) / 2) / reach)
    # Each input by itself, as its scale is its own.
    far = [away[:, part].mean(axis=1) > BEYOND**2 for part in model.parts]
    return np.asarray(np.any(far, axis=0))

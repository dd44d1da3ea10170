"""What a model says of polygons: from their statistics, or from their pixels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Floats, listed
from bocage.core import progress as shown
from bocage.mapping._values import refuse_far, unlike_training
from bocage.methods import with_noise
from bocage.models import MapModel, band_of, check_source, scaling_note
from bocage.sources import (
    Outlines,
    Source,
    Watch,
    called,
    join_where_possible,
    look_around,
    tiles_in_words,
    watched,
)
from bocage.tables import HOMOGENEITY, N_PIXELS, polygon_statistics

if TYPE_CHECKING:
    from bocage.tables import LabelRows

ENOUGH = 10
"""Of fewer rows the scale is not judged."""

Found = tuple[Floats, NDArray[np.int64], tuple[str, ...]]
"""Probabilities or values, shape (n, n_classes) or (n, 1), NaN without data; pixels with data of
each (see `Sampled`); notes."""


def predict_from_means(
    model: MapModel, rasters: Sequence[Source], shapes: NDArray[Any], parcels: "LabelRows"
) -> Found:
    """Predict from the statistics of each polygon, as they were learned from."""
    first = _first(rasters)
    bands = {column: band_of(column, first.names) for column in model.bands}
    # The length of means comes with these.
    wanted = [of[1] for of in bands.values() if of] + ["mean"] * (HOMOGENEITY in model.bands)
    kinds = tuple(dict.fromkeys(wanted)) or ("mean",)
    # The columns that this source has: all bands, each further one, and what tells of a polygon.
    columns = {name: first.names.index(name) for name in first.names}
    columns |= {name: columns[of[0]] for name, of in bands.items() if of}
    columns |= dict.fromkeys((N_PIXELS, HOMOGENEITY), 0)
    names, at = tuple(columns), tuple(columns.values())
    coding, about = first.coding.take(at), first.about
    places = check_source(model, names, coding, about.product, about.version)
    rasters = [_watched(raster, tuple(range(len(first.names)))) for raster in rasters]
    found = polygon_statistics(rasters, shapes, parcels.crs, statistics=kinds)
    known = found.n_pixels > 0
    made = np.full((len(shapes), len(model.classes) or 1), np.nan)
    if not known.any():
        return made, found.n_pixels, ()
    lost = [name for name in model.bands if name not in (*found.columns, *found.more)]
    if lost:
        raise DataError(
            f"the model was trained on {listed(lost)}, which cannot be computed from this source; "
            "expected AlphaEarth's 64 bands: give a raster of the product that the model was "
            "fitted on"
        )
    every = dict(zip(found.columns, found.values.T, strict=True)) | dict(found.more)
    X = np.column_stack([every[name] for name in model.bands]).astype(np.float64)[known]
    said = _about_values(model, first, X, "polygons")
    scaling = scaling_note(model, about.name, coding, places)
    made[known] = _predict(model, X, _lonlat(parcels)[known])
    return made, found.n_pixels, (*found.notes, *filter(None, (scaling, said)))


def predict_from_pixels(
    model: MapModel, rasters: Sequence[Source], shapes: NDArray[Any], parcels: "LabelRows"
) -> Found:
    """Give each polygon the mean of what is predicted for its pixels."""
    first = _first(rasters)
    about = first.about
    places = check_source(model, first.names, first.coding, about.product, about.version)
    rasters = [_watched(raster, places, model) for raster in rasters]
    joined = join_where_possible(rasters)
    width = len(model.classes) or 1
    sums, n_pixels = [], []
    some = [np.zeros((0, len(places)))]
    for raster in joined:
        outlines = Outlines.of(raster, shapes, parcels.crs)
        total, n = np.zeros((len(shapes), width)), outlines.n_pixels
        with shown("polygons", len(shapes)) as advance:
            for i in range(len(shapes)):
                for row, column, pixels in outlines.pieces(i, places) if n[i] == 0 else ():
                    good = ~pixels.missing
                    X = pixels.at(good).values.T
                    if not len(X):
                        continue
                    corner = outlines.windows[i]
                    assert corner is not None  # noqa: S101 - it has pixels
                    at = np.column_stack([row, column])[good].astype(np.float64)
                    at += (corner.row + 0.5, corner.column + 0.5)
                    lonlat = raster.grid.lonlat(at[:, 0], at[:, 1])
                    total[i] += _predict(model, X, lonlat).sum(axis=0)
                    n[i] += len(X)
                    some.append(X[:1])
                advance(1)
        raster.close()
        sums.append(total)
        n_pixels.append(n)
    best, rows = np.stack(n_pixels).argmax(axis=0), np.arange(len(shapes))
    n = np.stack(n_pixels)[best, rows]
    made = np.stack(sums)[best, rows]
    with np.errstate(invalid="ignore", divide="ignore"):
        made = np.where(n[:, None] > 0, made / n[:, None], np.nan)
    what = "probabilities" if model.classes else "values"
    mean = (
        f"the model predicts single pixels: each polygon gets the mean of the {what} of its "
        "pixels, and the score is for single pixels"
    )
    notes = [mean]
    notes.append(_about_values(model, first, np.concatenate(some), "pixels", " in polygons"))
    notes.append(scaling_note(model, about.name, first.coding, places))
    return made, n, tuple(filter(None, notes))


def _first(rasters: Sequence[Source]) -> Source:
    """Return the first of tiles that are alike, called as all of them."""
    return called(rasters[0], tiles_in_words(rasters))


def _about_values(model: MapModel, raster: Source, X: Floats, what: str, which: str = "") -> str:
    """Refuse values on another scale, and say where most are unlike what was learned from."""
    if model.limits is None:
        return ""
    # The spread of a few rows tells nothing, and codes of one product have one scale.
    if len(X) >= ENOUGH and raster.coding.kind != "square":
        refuse_far(model, X.T, raster.about.name)
    return unlike_training(model, raster, X, what, which)


def _watched(raster: Source, bands: tuple[int, ...], model: MapModel | None = None) -> Source:
    """Refuse numbers that stand for nothing, now and as they are read, but not what was learned."""
    watch, limits = Watch(), None if model is None else model.limits
    if limits is not None:
        watch = Watch.around(bands, limits[0], limits[-1], len(raster.names))
    raster = watched(raster, watch)
    look_around(raster, raster.grid.whole, bands)
    raster.close()
    return raster


def _predict(model: MapModel, X: Floats, lonlat: Floats) -> Floats:
    if model.fitted is None:
        return model.predict(X)
    made = model.fitted.predict(X, lonlat)
    return with_noise(made, model.noise, len(model.classes)) if model.classes else made


def _lonlat(parcels: "LabelRows") -> Floats:
    assert parcels.lonlat is not None  # noqa: S101 - they have geometry
    return parcels.lonlat

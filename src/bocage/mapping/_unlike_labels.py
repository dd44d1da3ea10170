"""Whether a raster holds what the labels on it say that it holds."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Input, part_of
from bocage.methods import Method, read_inputs
from bocage.sources import Source, is_remote, names_for, sample_points, to_crs
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.study import Study


FEWEST, MOST = 10, 200
"""Labels on a raster that tell whether it is the one that they were sampled from."""

ENOUGH = 0.5
"""Of them must agree: a raster of another date, scale or order has hardly any."""

NEAR = 1e-3
"""Values that differ by this share of what a band spreads over were rounded, or stored anew."""

NUDGE = 0.01
"""Of a pixel: labels on a pixel's edge may be taken for the next one's."""


def unlike_labels(study: "Study", method: Method, raster: Source) -> str:
    """Say so where labels stand on a raster whose values are not those of their table.

    Bands in another order make a map without any error, and one that is wrong.

    Parameters
    ----------
    study : Study
    method : Method
        Whose inputs are compared: tables of points. Statistics of polygons are of no pixel.
    raster : Source
        With files on this machine.

    Returns
    -------
    str
        Empty where most agree, too few labels stand there, or the raster is known to be of other
        years than the labels' features.
    """
    task = study.task
    is_points = task.has_places and not task.averaged and task.polygon is None and task.area is None
    if not is_points or is_remote(raster):
        return ""
    for name in read_inputs(method):
        said = _of_input(task, task.inputs[name], raster)
        if said:
            return said
    return ""


def _of_input(task: Task, item: Input, raster: Source) -> str:
    names = names_for(raster, item.bands)
    places = [names.index(band) if band in names else -1 for band in item.bands]
    if item.form != "table" or min(places) < 0:
        return ""
    on = _standing(task.lonlat, raster)
    # Spread over all of them.
    rows = on[:: max(1, -(-len(on) // MOST))]
    known = item.values[rows]
    stored = _pixels(task.lonlat[rows], raster)
    good = np.isfinite(known).all(axis=1) & np.isfinite(stored).all(axis=(0, 2))
    known, stored = known[good], stored[:, good]
    if len(known) < FEWEST:
        return ""
    # shape (nudges, n, bands of the table, bands of the raster)
    near = np.abs(stored[:, :, None, :] - known[None, :, :, None]) <= _step(known, raster)[:, None]
    here = near[..., np.arange(len(places)), places]
    agree = int(here.all(axis=2).any(axis=0).sum())
    if agree >= ENOUGH * len(known):
        return ""
    order = _order(near, item.bands, names)
    years = raster.about.years, item.origin.years if item.origin else item.years
    if not order and all(years) and set(years[0]) != set(years[1]):
        return ""
    n = len(known) - agree
    of = f" that were checked, out of {len(on):,}" if len(known) < len(on) else ""
    said = (
        f"at {part_of(n, len(known), 'label')}{of} on {raster.about.name}, the values of the "
        "raster differ from those of the table"
    )
    if order:
        return f"{said}, and agree if its bands are in another order: --bands {','.join(order)}"
    return f"{said}, as they would with another date, scale or band order"


def _standing(lonlat: Floats, raster: Source) -> NDArray[np.int64]:
    """Return the labels that stand on a raster."""
    row, _ = raster.grid.pixel(_xy(lonlat, raster))
    return np.flatnonzero(row >= 0)


def _xy(lonlat: Floats, raster: Source) -> Floats:
    from bocage.sources import turned

    return turned(to_crs("EPSG:4326", raster.grid.crs, lonlat), raster.grid)


def _pixels(lonlat: Floats, raster: Source) -> Floats:
    """Return all bands of the pixels that labels stand in, shape (nudges, n, n_bands)."""
    grid = raster.grid
    xy = to_crs("EPSG:4326", grid.crs, lonlat)
    a, b, _, d, e, _ = grid.transform[:6]
    found = []
    for right, down in ((0, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)):
        step = NUDGE * np.array([a * right + b * down, d * right + e * down])
        found.append(sample_points(raster, xy + step, grid.crs, threads=1).features)
    made = np.stack(found)
    # What lies beyond the edge says nothing new.
    return np.where(np.isnan(made), made[:1], made)


def _step(known: Floats, raster: Source) -> Floats:
    """Return the difference up to which a band's values are the same, shape (n_bands,)."""
    near = NEAR * (known.max(axis=0) - known.min(axis=0))
    least = 1e-9
    if np.issubdtype(np.dtype(raster.dtype), np.integer):
        # Half a step: of the largest number that is stored, where steps differ.
        steps = [2 / 127.5] if raster.coding.kind == "square" else raster.coding.scale
        least = float(np.abs(steps).min()) / 2
    return np.asarray(np.maximum(near, least), np.float64)


def _order(near: NDArray[np.bool_], bands: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
    """Name a raster's bands so that most labels agree; nothing where no order makes them."""
    # The share of labels at which a band of the table is a band of the raster.
    share = near.any(axis=0).mean(axis=0)
    best = share.argmax(axis=1)
    if len(set(best.tolist())) < len(best):
        return []
    if near[..., np.arange(len(best)), best].all(axis=2).any(axis=0).mean() < ENOUGH:
        return []
    made = list(names)
    for band, place in zip(bands, best.tolist(), strict=True):
        made[place] = band
    return made if sorted(made) == sorted(names) else []

"""Make a map: every layer, from a model and a raster."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.areas import mapped_areas, row_areas
from bocage.colours import alike_note
from bocage.core import claimed, content_key, counted
from bocage.mapping._companion_files import (
    letters_note,
    write_areas,
    write_catalogue,
    write_picture,
    write_styles,
)
from bocage.mapping._drafts import drafts
from bocage.mapping._engine import Job, paint
from bocage.mapping._layers import layers_of
from bocage.mapping._output_paths import areas_path, check_map_outputs, layer_path, model_path
from bocage.mapping._outside_applicability import beyond
from bocage.mapping._paint_with import painter_of
from bocage.mapping._request import MapRequest
from bocage.mapping._shares import share_weights, shares, under_shares
from bocage.mapping._staged import staged
from bocage.mapping._stale import stale_files, stale_note
from bocage.mapping._tags import score_of, tags_of
from bocage.mapping._unlabelled_area import elsewhere
from bocage.mapping._values import check_values, unlike, with_caution
from bocage.mapping._windows import area_of, points_of, spacing, windows_of
from bocage.mapping.outputs import Layer, finish, has_values
from bocage.methods import FittedMethod
from bocage.models import MapModel, check_source, refuse_pixels, save_model, scaling_note
from bocage.sources import Grid, Source, Watch, Window, local_files, look_around, names_for, watched

NO_DETAIL = 1000
"""Of so many pixels and more, one class alone is told."""

N_PROBES = 512
"""Rows whose answers tell models apart."""


@dataclass(frozen=True, slots=True)
class MapMade:
    """A finished map.

    Attributes
    ----------
    files : mapping of str to Path
        By layer, and what stands beside them.
    layers : mapping of str to Layer
    grid : Grid
    shape : shapely geometry or None
        The area, in the grid's coordinate system.
    pixels : tuple of int
        Mapped pixels of each class; empty for numbers.
    areas : tuple of float
        Square metres of each class; empty for numbers.
    prior : tuple of float
        Class shares under which probabilities hold.
    notes : tuple of str
    score : str
        Of the decision that made the map, in words.
    """

    files: Mapping[str, Path]
    layers: Mapping[str, Layer]
    grid: Grid
    shape: Any
    pixels: tuple[int, ...]
    areas: tuple[float, ...]
    prior: tuple[float, ...]
    notes: tuple[str, ...]
    score: str


def make_map(
    model: MapModel,
    raster: Source,
    output: Path,
    order: MapRequest | None = None,
    *,
    workers: int | None = None,
    dask: str | None = None,
    inputs: Sequence[str | Path] = (),
) -> MapMade:
    """Map a raster, and write each layer as a cloud-optimised GeoTIFF.

    Windows that are done are kept beside the output until the map is: the same call goes on after
    a stop. The same model and raster make the same bytes, whatever the number of workers.

    Parameters
    ----------
    model : MapModel
    raster : Source
    output : Path
        Of classes, or values; other layers stand beside it (``map_confidence.tif``).
    order : MapRequest, optional
    workers : int, optional
        Threads; as many as there are cores unless given.
    dask : str, optional
        Address of a Dask scheduler, or ``local``.
    inputs : sequence of str or Path
        Files, beside those of the raster, that must not be written over: labels, outlines.

    Raises
    ------
    BocageError
        If the model is one of means of polygons (see `map_parcels`); if the raster does not fit
        it, or holds a common nodata marker that is not declared; if the area lies elsewhere, a
        file can't be written, or one that would be is an input or of another kind.
    """
    refuse_pixels(model.training.support)
    order = order or MapRequest()
    read = (*local_files(raster), *inputs)
    check_map_outputs(output, order.layers, read)
    with claimed(output):
        return _make(model, raster, output, order, read, workers, dask)


def _make(
    model: MapModel,
    raster: Source,
    output: Path,
    order: MapRequest,
    read: Sequence[str | Path],
    workers: int | None,
    dask: str | None,
) -> MapMade:
    about = raster.about
    places = check_source(
        model, names_for(raster, model.bands), raster.coding, about.product, about.version
    )
    area, shape = raster.grid.whole, None
    if order.area is not None:
        area, shape = area_of(raster, order.area.shape, order.area.crs, order.area.name)
    grid = raster.grid.crop(area)
    # A coordinate system in which areas can't be given is known before the work.
    each = row_areas(grid) if model.classes else None
    raster = _watched(model, raster, places, area)
    check_values(model, raster, places, area)
    strange = unlike(model, raster, places, area, shape)
    plain = painter_of(model, raster, places, {}, None, order.overlap)
    prior, notes = shares(model, order.prior, raster, plain, shape, area)
    # What is told of the map is told of the decision that made it.
    told = under_shares(model, prior)
    far = elsewhere(model, points_of(raster, order.area), about.name, spacing(raster, area))
    for said in (model.training.left_out, far, strange):
        told = with_caution(told, said)
    notes += tuple(
        filter(
            None,
            [
                about.remark,
                scaling_note(model, about.name, raster.coding, places),
                model.origin.other_years(about.years, about.name),
                model.training.left_out,
                far,
                strange,
            ],
        )
    )
    layers = layers_of(model, order, tags_of(told, raster, order.tags))
    weights = None if prior is None else share_weights(model, prior)
    painter = painter_of(model, raster, places, layers, weights, order.overlap)
    job = Job(raster, painter, shape)
    key = content_key(
        [
            _model_key(model),
            raster.key,
            list(prior or ()),
            _shape_key(shape),
            order.overlap,
        ]
    )
    shown = prior or model.prior
    with drafts(output, layers, grid, key) as opened, staged(output, read) as stage:
        files = {name: layer_path(stage, name) for name in layers}
        # A model that can't be kept is known before the work.
        beside = {"model": save_model(model, model_path(stage))}
        windows = windows_of(raster, area, len(job.painter.bands), job.painter.height)
        corner = (area.row, area.column)
        paint(job, windows, opened, corner=corner, workers=workers, dask=dask)
        for name, draft in opened.items():
            finish(draft, files[name], threads=workers or os.cpu_count() or 1)
        raster.close()
        pixels, areas = _areas(model, files, grid, each)
        beside = write_styles(files, layers) | beside
        if sum(pixels):
            table = areas_path(stage)
            beside["areas"] = write_areas(table, model.classes, pixels, areas, shown)
        past = beyond(files, layers)
        if sum(pixels) or ("value" in files and has_values(files["value"])):
            beside["picture"] = write_picture(told, raster, files, layers, shape, areas, past)
        else:
            notes += ("no pixel of the area has data, so the map is empty",)
        every = {**files, **beside}
        beside |= write_catalogue(model, told, raster, grid, every, layers, shape)
        if "catalogue entry" not in beside:
            notes += ("the year of the raster is unknown: no STAC Item is written; set --year",)
        notes += tuple(
            filter(
                None,
                [
                    _one_class(model, pixels),
                    past,
                    letters_note(model, beside),
                    _colours_note(layers, order),
                    stale_note(stale_files(stage, output, read)),
                ],
            )
        )
    made = {name: output.with_name(path.name) for name, path in (files | beside).items()}
    return MapMade(made, layers, grid, shape, pixels, areas, shown, notes, score_of(told))


def _watched(model: MapModel, raster: Source, places: Sequence[int], area: Window) -> Source:
    """Refuse numbers that stand for nothing, now and as they are read, but not what was learned."""
    watch, limits = Watch(), model.limits
    if limits is not None:
        watch = Watch.around(places, limits[0], limits[-1], len(raster.names))
    raster = watched(raster, watch)
    look_around(raster, area, tuple(places))
    return raster


def _one_class(model: MapModel, pixels: Sequence[int]) -> str:
    """Say so where a map that is no detail shows one class only: bands may be shifted or scaled."""
    mapped = [at for at, n in enumerate(pixels) if n]
    if len(mapped) != 1 or sum(pixels) < NO_DETAIL or len(model.classes) < 2:  # noqa: PLR2004
        return ""
    learned = counted(len(model.classes), "class")
    return (
        f"all {sum(pixels):,} pixels of the map are {model.classes[mapped[0]]!r}, one of "
        f"{learned} in training: if that is unexpected, check the scale, the offset and the order "
        "of the raster's bands"
    )


def _colours_note(layers: Mapping[str, Layer], order: MapRequest) -> str:
    """Say so where classes are drawn in colours that are hard to tell apart."""
    legend = layers["class"].legend if "class" in layers else None
    return "" if legend is None else alike_note(legend, were_given=order.colours is not None)


def _areas(
    model: MapModel, files: Mapping[str, Path], grid: Grid, each: NDArray[np.float64] | None
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Count the pixels of each class, and give their area in square metres."""
    if "class" not in files or each is None:
        return (), ()
    import rasterio

    n = len(model.classes)
    counts = np.zeros((grid.height, n), dtype=np.int64)
    with rasterio.open(files["class"]) as made:
        for _, window in made.block_windows(1):
            block = made.read(1, window=window)
            rows = np.arange(window.row_off, window.row_off + window.height)
            known = block < n
            flat = (np.broadcast_to(rows[:, None], block.shape)[known] * n) + block[known]
            counts += np.bincount(flat, minlength=counts.size).reshape(counts.shape)
    # The file lies with its first row in the north.
    each = each[::-1] if grid.is_bottom_up else each
    areas = mapped_areas(counts, each)
    return tuple(counts.sum(axis=0).tolist()), tuple(float(area) for area in areas)


def _model_key(model: MapModel) -> str:
    """Tell one model from another by what it answers for rows like those that it learned from."""
    if isinstance(model.head, FittedMethod):
        return f"{model.head.key} {model.noise!r} {model.training!r}"
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(N_PROBES, len(model.bands)))
    known = model.applicability
    if known is not None:
        rows = known.mean + rows * known.rows.std(axis=0)
    digest = hashlib.sha256(np.ascontiguousarray(model.predict(rows)).tobytes())
    parts = {} if known is None else known.to_arrays()
    for name in sorted(parts):
        digest.update(np.ascontiguousarray(parts[name]).tobytes())
    digest.update(repr((model.bands, model.classes, model.coding, model.noise)).encode())
    return digest.hexdigest()


def _shape_key(shape: Any) -> str:
    return "" if shape is None else str(shape.wkb_hex)

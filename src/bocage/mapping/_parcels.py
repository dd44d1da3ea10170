"""A map of polygons: what a model says of each, as a column of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.colours import alike_note, legend_for
from bocage.core import (
    DataError,
    Floats,
    Output,
    SettingsError,
    check_outputs,
    counted,
    listed,
    part_of,
)
from bocage.mapping._companion_files import write_areas
from bocage.mapping._output_paths import parcel_areas_path
from bocage.mapping._parcel_predictions import predict_from_means, predict_from_pixels
from bocage.mapping._shares import equal_note
from bocage.mapping._unlabelled_area import elsewhere
from bocage.mapping.outputs import class_style
from bocage.models import MapModel
from bocage.sources import Source, bands_of, local_files, to_crs
from bocage.tables import N_PIXELS, LabelTable, check_table_output, crossing_notes

if TYPE_CHECKING:
    import pandas as pd

    from bocage.tables import LabelRows


LAYER = "map"
"""The layer of the GeoPackage."""

CONFIDENCE, CLASS, VALUE = "confidence", "class", "value"
"""Columns: probability of the mapped class from 0 to 1, its name; or a number."""


@dataclass(frozen=True, slots=True)
class ParcelsMade:
    """A finished map of polygons.

    Attributes
    ----------
    files : mapping of str to Path
    n_polygons : tuple of int
        Mapped polygons of each class; empty for numbers.
    areas : tuple of float
        Square metres of each class; empty for numbers.
    prior : tuple of float
        Class shares under which probabilities hold.
    notes : tuple of str
    """

    files: Mapping[str, Path]
    n_polygons: tuple[int, ...]
    areas: tuple[float, ...]
    prior: tuple[float, ...]
    notes: tuple[str, ...]


def check_parcel_outputs(output: Path, inputs: Sequence[str | Path]) -> None:
    """Refuse a map of polygons whose files would destroy an input, or another kind of file.

    Raises
    ------
    SettingsError
        If one would, or the ending is no GeoPackage's.
    """
    if output.suffix.lower() != ".gpkg":
        raise SettingsError(
            f"{output.name!r} is not the name of a GeoPackage, the format of a map of polygons; "
            "expected a name that ends in .gpkg: -o map.gpkg"
        )
    check_table_output(output, inputs, LAYER)
    check_outputs([Output(parcel_areas_path(output), "table of areas")], inputs)


def map_parcels(
    model: MapModel,
    rasters: Sequence[Source],
    parcels: "LabelRows",
    output: Path,
    *,
    inputs: Sequence[str | Path] = (),
    labels: Floats | None = None,
    colours: Mapping[str, str] | None = None,
) -> ParcelsMade:
    """Map polygons: one row each, with its class or value.

    A model of means of polygons gets the same statistics of each; of a model of pixels, the mean of
    the probabilities (or values) of the pixels is taken. Polygons may overlap: each is mapped by
    itself. Where there is no data nothing is said.

    Parameters
    ----------
    model : MapModel
    rasters : sequence of Source
        Tiles with the same bands; see `bocage.tasks.polygon_statistics`.
    parcels : LabelRows
        As `bocage.tasks.read_rows` gives them.
    output : Path
        A GeoPackage; areas of classes stand beside it.
    inputs : sequence of str or Path
        Files, beside those of the rasters, that must not be written over.
    labels : ndarray of float64, shape (n, 2), optional
        Where the labels stand that the model learned from, degrees: polygons that hold some are
        counted.
    colours : mapping of str to str, optional
        Of every class, for the style; chosen by their names unless given. See `read_colours`.

    Raises
    ------
    BocageError
        If the rasters do not fit the model or hold a common nodata marker that is not declared,
        there are no polygons, none has data, or a file can't be written or would be an input.
    """
    read = [*inputs, *(path for raster in rasters for path in local_files(raster))]
    check_parcel_outputs(output, read)
    shapes = _polygons(parcels)
    bands_of(rasters)
    if model.fitted is not None and model.fitted.is_chips:
        raise SettingsError(
            f"{model.architecture} reads chips, not the pixels of a polygon; expected a method "
            "for pixels or polygons: name one of the study with --method, or make a map of pixels"
        )
    found = predict_from_means if model.training.support == "polygon" else predict_from_pixels
    made, n_pixels, notes = found(model, rasters, shapes, parcels)
    known = n_pixels > 0
    if not known.any():
        raise DataError(
            f"none of {counted(len(shapes), 'polygon')} has pixels: {int((n_pixels < 0).sum()):,} "
            f"lie outside {listed([raster.about.name for raster in rasters])}, "
            f"{int((n_pixels == 0).sum()):,} where the raster has no data; expected polygons on "
            "the raster: check the source and the CRS of the polygons"
        )
    if not known.all():
        part = part_of(int((~known).sum()), len(known), "polygon", "has", "have")
        what = "class" if model.classes else "value"
        notes += (f"{part} no pixel with data, and therefore no {what}",)
    frame, codes, said = _table(model, parcels, shapes, made, n_pixels)
    files = {"parcels": output}
    notes = (*parcels.notes, *crossing_notes(shapes, listed(parcels.names)), *notes, *said)
    notes += tuple(_cautions(model, rasters, parcels, labels))
    style = ""
    if model.classes:
        legend = legend_for(model.classes, colours)
        style = class_style(legend, CLASS)
        notes += tuple(filter(None, [alike_note(legend, were_given=colours is not None)]))
    read_from = tuple(map(Path, map(str, inputs)))
    notes += LabelTable(frame, (), read_from, layer=LAYER, style=style).write(output)
    if not model.classes:
        # Those of a map of classes that stood here before are not of this one.
        parcel_areas_path(output).unlink(missing_ok=True)
        return ParcelsMade(files, (), (), (), notes)
    n, areas = _areas(model, codes, parcels)
    files["areas"] = write_areas(
        parcel_areas_path(output), model.classes, n, areas, model.prior, what="polygons"
    )
    return ParcelsMade(files, n, areas, model.prior, notes)


def _cautions(
    model: MapModel, rasters: Sequence[Source], parcels: "LabelRows", labels: Floats | None
) -> tuple[str, ...]:
    """Say what a reader of the map must know of its classes, beside its score."""
    name = listed(parcels.names)
    notes = [elsewhere(model, parcel_points(parcels, rasters), name)]
    notes += [model.training.left_out, *equal_note(model, advice=False)]
    if labels is not None:
        notes.append(_learned_note(model, parcels, labels))
    return tuple(filter(None, notes))


def _learned_note(model: MapModel, parcels: "LabelRows", labels: Floats) -> str:
    """Count the polygons that labels stand in: what is said of them is no test."""
    import shapely

    shapes = _polygons(parcels)
    xy = to_crs("EPSG:4326", parcels.crs, labels)
    points = shapely.points(xy[np.isfinite(xy).all(axis=1)])
    found, _ = shapely.STRtree(points).query(shapes, predicate="intersects")
    n = len(np.unique(found))
    if not n:
        return ""
    what = "class" if model.classes else "value"
    part = part_of(n, len(shapes), "polygon", "holds", "hold")
    whose = f"its {what} is" if n == 1 else f"their {'classes' if model.classes else 'values'} are"
    return f"{part} labels that the model was trained on: {whose} not an independent test"


def parcel_points(parcels: "LabelRows", rasters: Sequence[Source]) -> Floats | None:
    """Return a point in each polygon that lies on a raster; None where none does.

    They tell a model where it will be used, before it is fitted (`fit_model`).

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Degrees.

    Raises
    ------
    DataError
        If there are no polygons.
    """
    _polygons(parcels)
    assert parcels.lonlat is not None  # noqa: S101 - they have geometry
    on = np.zeros(len(parcels.lonlat), dtype=bool)
    for raster in rasters:
        row, _ = raster.grid.pixel(to_crs("EPSG:4326", raster.grid.crs, parcels.lonlat))
        on |= row >= 0
    return parcels.lonlat[on] if on.any() else None


def _polygons(parcels: "LabelRows") -> NDArray[Any]:
    import shapely

    if parcels.shapes is None:
        raise DataError(
            f"{listed(parcels.names)} has no geometry; expected polygons, in a GeoPackage or "
            "GeoJSON"
        )
    known = parcels.shapes[~shapely.is_missing(parcels.shapes)]
    kinds = sorted({str(shape.geom_type) for shape in known})
    if not kinds or not set(kinds) <= {"Polygon", "MultiPolygon"}:
        raise DataError(
            f"{listed(parcels.names)} holds {', '.join(kinds) or 'no geometry'}; expected polygons"
        )
    return parcels.shapes


def _table(
    model: MapModel,
    parcels: "LabelRows",
    shapes: NDArray[Any],
    made: Floats,
    n_pixels: NDArray[np.int64],
) -> "tuple[pd.DataFrame, NDArray[np.int64], tuple[str, ...]]":
    """Put what was found before the polygons' own columns, and give the class of each (-1: none).

    The third are notes on own columns that had to be called otherwise.
    """
    import geopandas as gpd
    import pandas as pd

    known = n_pixels > 0
    codes = np.full(len(made), -1)
    if model.classes:
        codes[known] = made[known].argmax(axis=1)
        names = np.array([*model.classes, None], dtype=object)
        own = {CLASS: names[codes], CONFIDENCE: made.max(axis=1)}
        own |= {f"p_{name}": made[:, code] for code, name in enumerate(model.classes)}
    else:
        own = {VALUE: made[:, 0]}
    own[N_PIXELS] = np.maximum(n_pixels, 0)
    columns = [str(column) for column in parcels.frame.columns]
    taken = {name.lower() for name in (*own, *columns)}
    clash = {name.lower() for name in own}
    other = {column: _free(column, taken) for column in columns if column.lower() in clash}
    frame = pd.concat([pd.DataFrame(own), parcels.frame.rename(columns=other)], axis=1)
    notes = tuple(
        f"column {str(old)!r} of {listed(parcels.names)} is renamed {new!r} in the map"
        for old, new in other.items()
    )
    return gpd.GeoDataFrame(frame, geometry=list(shapes), crs=parcels.crs), codes, notes


def _free(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}_{number}".lower() in taken:
        number += 1
    return f"{name}_{number}"


def _areas(
    model: MapModel, codes: NDArray[np.int64], parcels: "LabelRows"
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    assert parcels.area is not None  # noqa: S101 - they have geometry
    n = np.bincount(codes[codes >= 0], minlength=len(model.classes))
    area = np.bincount(
        codes[codes >= 0], np.nan_to_num(parcels.area)[codes >= 0], len(model.classes)
    )
    return tuple(n.tolist()), tuple(area.tolist())

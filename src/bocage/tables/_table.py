"""From a label table to a task."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags, KindName
from bocage.tables._checks import check_leave, check_size, check_unit_norm, complete_rows
from bocage.tables._class_names import name_classes
from bocage.tables._degrees import far_notes
from bocage.tables._extremes import extreme_notes
from bocage.tables._features import read_first_dates, read_inputs, without_gaps
from bocage.tables._gaps import Gaps
from bocage.tables._groups import (
    check_fold_column,
    group_columns,
    read_folds,
    read_groups,
    refuse_word,
)
from bocage.tables._marks import ask_about_words, blank_words
from bocage.tables._names import PIXEL, TOGETHER_NAMES, listed, need_column
from bocage.tables._nodata_values import Fills, read_fills
from bocage.tables._pairs import Pairs
from bocage.tables._places import places_of
from bocage.tables._polygon_labels import (
    MEANS_NOTE,
    are_averages,
    is_of_pixels,
    pixel_marks,
    polygon_note,
)
from bocage.tables._read import Paths, read_rows, stem
from bocage.tables._recurring import recurring_notes
from bocage.tables._spec import InputSpec, declare
from bocage.tables._strays import stray_notes
from bocage.tables._target import marks_in, read_target
from bocage.tasks import Samples, Task, build_task

if TYPE_CHECKING:
    import pandas as pd


def read_task(
    paths: "Paths | pd.DataFrame",
    *,
    target: str,
    kind: KindName | None = None,
    groups: Sequence[str] = (),
    together: Sequence[str] = (),
    inputs: Mapping[str, str | InputSpec] | None = None,
    lon: str | None = None,
    lat: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    leave: str = "",
    folds: str = "",
    name: str | None = None,
    title: str = "",
    dequantise: bool = False,
    drop_incomplete: bool = False,
    nodata: Sequence[str | float] = (),
    gaps: Gaps = "",
    bare: bool = False,
    name_unread: bool = False,
    named_with: Mapping[str, str] | None = None,
    names: Pairs | None = None,
    rename: Pairs | None = None,
) -> Task:
    r"""Read a label table.

    Parameters
    ----------
    paths : str, Path or several, or DataFrame or GeoDataFrame
        Files or globs: CSV and its kin, Parquet, GeoParquet, GeoPackage, GeoJSON, Shapefile,
        FlatGeobuf, KML, Excel, any of them in a zip file; or folders of Parquet files. Several
        files need the same columns. Geometry, also as WKT or WKB in a column, becomes longitude
        and latitude (WGS84); a polygon is read at a point inside it, and its area (m2) goes with
        it. A table without coordinates has its groups alone (see `Task.has_places`).
    target : str
        Column to predict.
    kind : {"classification", "regression"}, optional
        Guessed from the target where that is safe: words, and up to 30 whole numbers most of which
        recur, are classes; 10 or more different fractions are a quantity.
    groups : sequence of str
        Columns that a split may leave out. Columns named region, year, biome, city, parcel,
        event, district, site, state or country are found by themselves.
    together : sequence of str
        Groups that are never torn apart; parcel and event are among them by themselves.
    inputs : mapping of str to str or InputSpec, optional
        Columns of each input, as wildcards separated by commas: ``{"s2": "B*", "dem": "slope"}``.
        Columns A00..A63 are found by themselves and become ``aef``. A column of words becomes one
        of 0 and 1 for each value.
    lon, lat : str, optional
        Coordinate columns, where their names are not the usual ones; in degrees (WGS84) unless
        `crs` says otherwise.
    crs : str, optional
        Coordinate system of coordinate columns, and of geometry whatever its file says:
        ``EPSG:32633``, WKT or a PROJ text.
    layer : str, optional
        Layer of a GeoPackage or KML file, or sheet of an Excel file, that has several.
    leave : str
        Group that a comparison leaves out unless told otherwise; empty for blocks.
    folds : str
        Column of fold numbers or names; no part of what a sample is.
    name, title : str, optional
        Short name for folders (the file's, unless given) and a line for people.
    dequantise : bool
        Convert raw int8 AlphaEarth embeddings to vectors of length 1.
    drop_incomplete : bool
        Leave out rows that lack a target, coordinates or features, and say so in the notes.
    nodata : sequence of str or float
        What stands for nothing: a number in all inputs (65535), in one of them, in the target or a
        group (``"ndvi=0"``); a word in all columns of words (``"NA"``) or in one
        (``"crop=NA"``). What looks like such (in the target and groups: words such as NA, #N/A, ?)
        is asked about, unless ``"none"`` says that all were measured, or ``"crop=none"`` so of one.
    gaps : {"", "drop", "fill", "keep"}
        What becomes of rows that lack features: refused, left out, filled from the dates before and
        after (series), or kept for heads that take missing values.
    bare : bool
        Whether labels without any features will do: places and groups are enough for a split, and
        for coordinates as the only predictor.
    name_unread : bool
        Whether a note names columns of numbers that no input reads, where none is declared.
    named_with : mapping of str to str, optional
        Option that named a column of `groups` or `together`, for messages.
    names : mapping of str to str, or path, optional
        Names of the classes whose codes stand in the target, or a text table of two columns.
    rename : mapping of str to str, or path, optional
        Columns that are to have another name; all other options speak of the new one.

    Returns
    -------
    Task

    Raises
    ------
    DataError
        If the table can't be used as it is; the message says what to do.
    SettingsError
        If options contradict each other.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> rows = ["lon,lat,crop,ndvi", "5.1,45.2,maize,0.81", "5.2,45.1,wheat,0.44"]
    >>> _ = (folder / "fields.csv").write_text("\n".join(rows))
    >>> task = read_task(folder / "*.csv", target="crop", inputs={"vi": "ndvi"})
    >>> task.name, task.classes, task.inputs["vi"].bands
    ('fields', ('maize', 'wheat'), ('ndvi',))
    """
    specs = declare(inputs or {})
    rows = read_rows(paths, layer=layer, crs=crs, shapes=lon is None, rename=rename)
    frame, n = rows.frame, len(rows.frame)
    need_column(target, frame.columns, "the target", "--target")
    declared = blank_words(frame, nodata)
    frame = declared.frame
    placed = places_of(rows, lon=lon, lat=lat, crs=crs, target=target, needed=False)
    lonlat = placed.lonlat
    target_column = frame[target]
    asked_kind = kind or ("classification" if names else None)
    chosen, values, no_target = read_target(target_column, target, asked_kind)
    refuse_word(leave, frame)
    columns, asked = group_columns(frame, target, groups, together, named_with or {})
    if folds:
        check_fold_column(frame, folds, target)
    kept = dict.fromkeys(columns, "group") | (dict.fromkeys([folds], "fold") if folds else {})
    if is_of_pixels(frame):
        kept[PIXEL] = "number of a pixel"
    kept |= dict.fromkeys(placed.columns, "coordinate") | {target: "target"}
    found, coded = read_inputs(
        frame,
        specs,
        kept,
        target,
        lonlat,
        dequantise=dequantise,
        needed=not bare,
        name_unread=name_unread,
        origins=rows.origins,
    )
    fills = read_fills(declared.rest, [*found, target, *columns, *([folds] if folds else [])])
    marked, marks = marks_in(target_column, fills.of(target))
    no_target |= marked
    values, about_names = _named(values, no_target, chosen, target, names, fills)
    if chosen == "regression":
        known = np.flatnonzero(~no_target)
        check_size(target, values[known], is_target=True, rows=known)
        if fills.asks_of(target):
            coded += extreme_notes([target], np.where(no_target, np.nan, values)[:, None])

    reasons: dict[str, Flags] = {
        f"without target {target!r}{marks}{declared.said(target)}": no_target
    }
    if placed.is_placed:
        reasons["without coordinates"] = np.asarray(np.isnan(lonlat).any(axis=1))
    kept_groups, lost = read_groups(declared, columns, asked, lonlat, fills, reasons)
    fold_of = read_folds(declared, folds, fills, reasons)
    first = read_first_dates(frame, specs, reasons)
    found, said, lacking = without_gaps(found, specs, first, fills, gaps)
    droppable = set(reasons) | set(lacking) if drop_incomplete else set()
    droppable |= set(lacking) if gaps else set()
    keep, notes = complete_rows(n, reasons, lacking, drop=droppable)

    taken = {key: item.take(keep) for key, item in found.items()}
    for key, item in taken.items():
        notes += check_unit_norm(key, item.bands, item.values)
    area, about_area = _areas(rows.area, keep)
    polygon, averaged, about_polygons = _of_polygons(frame, kept_groups, target, keep)
    seen = {
        target,
        *asked,
        *(band.partition("=")[0] for item in found.values() for band in item.bands),
    }
    again = () if placed.is_placed else recurring_notes(frame, sorted(asked), seen)
    task = build_task(
        Samples(
            name=name or stem(rows.names),
            kind=chosen,
            target=values[keep],
            lonlat=lonlat[keep],
            inputs=taken,
            groups={key: column[keep] for key, column in kept_groups.items()},
            together_by=tuple(
                key for key in kept_groups if key in together or key.lower() in TOGETHER_NAMES
            ),
            polygon=polygon,
            averaged=averaged,
            area=area,
            folds={name: column[keep] for name, column in fold_of.items()},
            title=title,
            leave=leave,
            notes=placed.notes
            + about_names
            + far_notes(lonlat)
            + stray_notes(lonlat[keep], keep)
            + again
            + coded
            + said
            + notes
            + lost
            + about_area
            + about_polygons,
            source=listed(rows.names),
        )
    )
    check_leave(task, leave)
    # Rows are counted in the table, those that were left out included.
    return replace(task, row=keep[task.row])


def _named(
    values: NDArray[Any],
    gone: Flags,
    kind: KindName,
    target: str,
    names: Pairs | None,
    fills: Fills,
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Give classes their names, and ask about those that may be missing values."""
    named = values
    notes: tuple[str, ...] = ()
    if names:
        named, notes = name_classes(values, gone, kind, target, names)
    if kind == "classification":
        # A code that was given a name is a class.
        ask_about_words(values, gone | (values != named), "target", target, fills)
    return named, notes


def _of_polygons(
    frame: "pd.DataFrame",
    groups: Mapping[str, NDArray[np.str_]],
    target: str,
    keep: NDArray[np.int64],
) -> tuple[NDArray[np.int64] | None, bool, tuple[str, ...]]:
    """Tell whose pixels the rows are, and whether they are means over polygons."""
    polygon, averaged = None, are_averages(frame)
    notes: tuple[str, ...] = (MEANS_NOTE,) if averaged else ()
    if is_of_pixels(frame):
        polygon = pixel_marks(frame, groups, target)[keep]
        notes = (polygon_note(polygon), *notes)
    return polygon, averaged, notes


def _areas(
    area: NDArray[np.float64] | None, keep: NDArray[np.int64]
) -> tuple[NDArray[np.float64] | None, tuple[str, ...]]:
    if area is None:
        return None, ()
    known = area[keep]
    n = int(np.isfinite(known).sum())
    if n == 0:
        return None, ()
    if n < len(known):
        return None, (f"only {n} of {len(known)} samples are polygons, so areas are not used",)
    return known, ()

"""From settings to the task that they name."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bocage.core import SettingsError, listed, option_of
from bocage.datasets import load_task
from bocage.features import COORDINATES
from bocage.methods import parse_method
from bocage.splits import APART, PLACE, is_plugged_in
from bocage.study._file_names import SAMPLES_FILE
from bocage.study._settings import StudySettings
from bocage.tables import NO_COLUMN, InputSpec, add_zones, choose_classes
from bocage.tasks import (
    Task,
    contradictions,
    feature_notes,
    is_stored_task,
    join_places,
    load_stored,
    stored_with,
)

if TYPE_CHECKING:
    import pandas as pd

LABEL_SETTINGS = (
    *("target", "kind", "inputs", "chosen", "series", "undated", "first_date", "every", "units"),
    *("lon", "lat", "crs", "layer", "rename", "class_names", "merge", "min_class", "distinct"),
    *("nodata", "gaps", "drop_incomplete", "dequantise", "groups", "zones", "together"),
    *("same_place", "folds_from"),
)
"""Settings that decide which samples are read, and as what."""

NOT_GIVEN = "not given"
"""Stands for a blank in the column that scores are reported by."""


def load(
    settings: StudySettings,
    *,
    ask: bool = True,
    bare: bool = False,
    named_with: Mapping[str, str] | None = None,
    table: "pd.DataFrame | None" = None,
) -> Task:
    """Load the task that settings name, with its zones and the classes that it is to have.

    Parameters
    ----------
    settings : StudySettings
    ask : bool
        As in `prepare`. Classes of named tasks are never asked about.
    bare : bool
        As in `prepare`.
    named_with : mapping of str to str, optional
        Option that named a group, for messages, where it is not told from settings.
    table : DataFrame or GeoDataFrame, optional
        Labels that are in memory, read in place of files.

    Raises
    ------
    BocageError
        If the task can't be had, or its classes look as if some were the same.
    """
    source = settings.task
    if isinstance(source, list) and len(source) == 1:
        source = source[0]
    if table is None and isinstance(source, str) and _is_stored(source):
        path = Path(source).expanduser()
        _refuse_other_settings(settings, path)
        return load_stored(path)
    parts = [part.strip() for part in settings.leave.split("+")]
    options = dict.fromkeys(settings.together, "--together")
    if settings.share not in {PLACE, APART}:
        options[settings.share] = "--share"
        parts.append(settings.share)
    # What several options name is told of the first.
    for part in (*settings.groups, *parts[: settings.leave.count("+") + 1]):
        options.pop(part, None)
    options |= named_with or {}
    is_file = settings.target is not None
    made = {"", *NO_COLUMN, *settings.zones}
    wanted = [part for part in parts if part not in made] if is_file else []
    task = load_task(
        source if table is None else table,
        target=settings.target,
        kind=settings.kind,
        groups=list(dict.fromkeys([*settings.groups, *wanted])),
        together=settings.together,
        inputs=declared(settings) or None,
        lon=settings.lon,
        lat=settings.lat,
        crs=settings.crs,
        layer=settings.layer,
        dequantise=settings.dequantise,
        drop_incomplete=settings.drop_incomplete,
        nodata=settings.nodata,
        gaps=settings.gaps or "",
        bare=is_file and (bare or not _reads_features(settings)),
        # Who looks at a split may do so before any input is named.
        name_unread=is_file and bare,
        leave=settings.leave if is_file and settings.leave in NO_COLUMN else "",
        folds=settings.folds_from if is_file and not is_plugged_in(settings.folds_from) else "",
        named_with=options if is_file else None,
        names=settings.class_names,
        rename=settings.rename,
    )
    task = add_zones(task, settings.zones)
    if settings.same_place is not None:
        task = join_places(task, settings.same_place)
    task = choose_classes(
        task,
        merge=settings.merge,
        min_class=settings.min_class,
        distinct=settings.distinct or not (ask and is_file),
    )
    # Of the classes that are compared, and the samples that are left.
    doubts = (*contradictions(task), *feature_notes(task, settings.target or ""))
    return replace(task, notes=tuple(dict.fromkeys((*task.notes, *doubts))))


def label_settings(settings: StudySettings) -> dict[str, Any]:
    """Return what settings say of labels, as a stored task remembers it."""
    every = settings.model_dump(mode="json", include=set(LABEL_SETTINGS), exclude_unset=True)
    # A file is the same wherever it lies.
    for name in ("zones", "chosen"):
        if name in every:
            every[name] = {key: Path(text).name for key, text in every[name].items()}
    for name in ("class_names", "rename"):
        if isinstance(every.get(name), str):
            every[name] = Path(every[name]).name
    return {name: value for name, value in every.items() if value not in (None, {}, [], False)}


def other_settings(settings: StudySettings, path: Path) -> list[str]:
    """Name what is asked of labels and is not what a stored task was read with."""
    asked, known = label_settings(settings), stored_with(path)
    return [name for name, value in asked.items() if known.get(name) != value]


def _refuse_other_settings(settings: StudySettings, path: Path) -> None:
    """Refuse samples that were read with other settings than are asked for now."""
    other = other_settings(settings, path)
    if other:
        raise SettingsError(
            f"{path} holds samples that were read with other settings of "
            f"{listed([option_of(name) for name in other])}; expected the same, or none: give the "
            "table that they were read from"
        )


def _is_stored(source: str) -> bool:
    """Whether a source is the samples that a study keeps."""
    path = Path(source).expanduser()
    return path.name == SAMPLES_FILE and is_stored_task(path)


def _reads_features(settings: StudySettings) -> bool:
    """Whether methods read anything but coordinates: what is not named may."""
    if settings.methods is None:
        return True
    methods = [parse_method(text) for text in (*settings.methods, *settings.more_methods)]
    return any(set(method.inputs) - {COORDINATES} for method in methods)


def declared(settings: StudySettings) -> dict[str, InputSpec]:
    """Put together what settings say of inputs: columns, dates and units.

    Raises
    ------
    SettingsError
        If an input is declared twice, or units name an input that is not declared.
    """
    twice = sorted(set(settings.inputs) & set(settings.series))
    if twice:
        raise SettingsError(
            f"input {twice[0]!r} is declared as a table and as a series; expected one of them"
        )
    units: dict[str, dict[str, str]] = {}
    for key, unit in settings.units.items():
        name, _, band = key.partition(".")
        if name not in {*settings.inputs, *settings.series}:
            raise SettingsError(
                f"units are given for {key!r}, but no input {name!r} is declared; expected "
                f"{', '.join([*settings.inputs, *settings.series]) or 'an input or series first'}"
            )
        units.setdefault(name, {})[band] = unit
    said = {
        "--undated": settings.undated,
        "--first-date": settings.first_date,
        "--every": settings.every,
    }
    given = [option for option, value in said.items() if value]
    if given and not settings.series:
        raise SettingsError(
            f"{given[0]} is given, but no series; expected one: --series ndvi='NDVI_*'"
        )
    tables = {n: InputSpec(p, units=units.get(n, "1")) for n, p in settings.inputs.items()}
    series = {
        n: InputSpec(
            p,
            units=units.get(n, "1"),
            series=True,
            steps=settings.undated,
            first=settings.first_date,
            every=settings.every,
        )
        for n, p in settings.series.items()
    }
    return tables | series


def with_column(task: Task, settings: StudySettings, table: "pd.DataFrame | None" = None) -> Task:
    """Add the column that a table's scores are reported by.

    It is no part of what a sample is: a group column that is read with the others would be, and
    all runs would have to be made again.
    """
    by = settings.by
    if not by or by in task.groups or settings.target is None:
        return task
    if table is None and isinstance(settings.task, str) and _is_stored(settings.task):
        # Samples that a study keeps have no further column; who plans says so.
        return task
    # Rows without a value are left out here, and only here.
    more = {"groups": [*settings.groups, by], "drop_incomplete": True}
    found = load(
        settings.model_copy(update=more), ask=False, bare=True, named_with={by: "--by"}, table=table
    )
    value_of = dict(zip(found.row.tolist(), found.groups[by].tolist(), strict=True))
    values = np.array([value_of.get(row, NOT_GIVEN) for row in task.row.tolist()], dtype=np.str_)
    return replace(task, groups={**task.groups, by: values})

"""A task as one file: a study opens without the labels that it was made from."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, Origin, StoreError, content_key, find_kind, write_atomic
from bocage.tasks._task import Task

if TYPE_CHECKING:
    import pyarrow as pa

LAYOUT = 1
"""Version of the layout: a file of another one is not read."""

MARK = b"bocage-task"

_ROWS = ("target", "unit", "row", "polygon", "area", "masks", "parcels")
"""Arrays of a task with one entry a sample, whose names are those of columns."""

_FACTS = (
    *("name", "title", "classes", "averaged", "pixel_metres", "rare", "leave", "notes"),
    *("synthetic", "suggested", "source", "licence"),
)


def task_key(task: Task, made_with: Mapping[str, Any] | None = None) -> str:
    """Tell one task from another by all that is stored of it.

    Parameters
    ----------
    task : Task
    made_with : mapping of str to value, optional
        Settings that it was read with, as JSON can hold them.

    Returns
    -------
    str
    """
    facts = [LAYOUT, _facts(task), [[name, _about(item)] for name, item in task.inputs.items()]]
    names = sorted(task.groups)
    digests = task.label_digests().tobytes().hex()
    folds = [[name, task.folds[name].tolist()] for name in sorted(task.folds)]
    told = [dict(made_with)] if made_with else []
    return content_key(
        [facts, names, digests, task.unit.tolist(), task.row.tolist(), *folds, *told]
    )


def save_task(task: Task, path: Path, made_with: Mapping[str, Any] | None = None) -> None:
    """Write a task to a Parquet file, unless the file holds it already.

    One row is a sample: its place, target and groups as columns that any program reads, the bands
    of a table as ``INPUT.BAND``, and arrays of more dimensions as lists.

    Parameters
    ----------
    task : Task
    path : Path
    made_with : mapping of str to value, optional
        Settings that it was read with, as JSON can hold them.

    Raises
    ------
    StoreError
        If it can't be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    key = task_key(task, made_with)
    if stored_key(path) == key:
        return
    columns: dict[str, pa.Array] = {
        "lon": pa.array(task.lonlat[:, 0]),
        "lat": pa.array(task.lonlat[:, 1]),
    }
    if task.codes is not None:
        columns["label"] = pa.array(np.array(task.classes, dtype=np.str_)[task.codes].tolist())
    columns |= {f"group:{name}": pa.array(v.tolist()) for name, v in task.groups.items()}
    shapes: dict[str, list[int]] = {}
    for name in _ROWS:
        values = getattr(task, name)
        if values is not None:
            columns[f"task:{name}"] = _column(values, f"task:{name}", shapes)
    columns |= {f"folds:{name}": pa.array(v.tolist()) for name, v in task.folds.items()}
    columns["task:digest"] = pa.array([d.tobytes() for d in task.digests], pa.binary(16))
    for name, item in task.inputs.items():
        if item.form == "table":
            for at, band in enumerate(item.bands):
                columns[f"{name}.{band}"] = pa.array(item.values[:, at])
        else:
            columns[f"{name}:values"] = _column(item.values, f"{name}:values", shapes)
        if item.months is not None:
            columns[f"{name}:months"] = _column(item.months, f"{name}:months", shapes)
    facts = {
        "layout": LAYOUT,
        "key": key,
        "kind": task.kind.name,
        "groups": list(task.groups),
        "inputs": {name: _about(item) for name, item in task.inputs.items()},
        "shapes": shapes,
        "made_with": dict(made_with or {}),
        **_facts(task),
    }
    table = pa.table(columns).replace_schema_metadata({MARK: json.dumps(facts)})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    write_atomic(path, buffer.getvalue())


def stored_with(path: Path) -> dict[str, Any]:
    """Return the settings that a stored task was read with; empty where none are kept."""
    found = _read_facts(path).get("made_with", {})
    return found if isinstance(found, dict) else {}


def stored_key(path: Path) -> str:
    """Return the key of the task that a file holds; empty where it holds none."""
    return str(_read_facts(path).get("key", ""))


def is_stored_task(path: Path) -> bool:
    """Tell whether a file is a task that `save_task` wrote, in this layout."""
    return _read_facts(path).get("layout") == LAYOUT


def load_stored(path: Path) -> Task:
    """Read a task back.

    Parameters
    ----------
    path : Path

    Raises
    ------
    StoreError
        If the file can't be read, or is of another layout.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    facts = _read_facts(path)
    if facts.get("layout") != LAYOUT:
        raise StoreError(
            f"{path} holds no samples that this version of Bocage can read; expected the file that "
            "'bocage compare' wrote: delete it, and the labels are read again"
        )
    try:
        return _made(pq.read_table(path), facts)
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise StoreError(
            f"the samples in {path} can't be read ({error}); delete the file, and the labels are "
            "read again"
        ) from error


def _made(table: "pa.Table", facts: dict[str, Any]) -> Task:
    shapes = facts["shapes"]

    def array(name: str) -> NDArray[Any]:
        column = table.column(name).combine_chunks()
        if name not in shapes:
            return np.array(column)
        flat = column.flatten().to_numpy(zero_copy_only=False)
        return np.array(flat).reshape(len(table), *shapes[name])

    inputs = {}
    for name, about in facts["inputs"].items():
        tabular = about.pop("form") == "table"
        bands = tuple(about.pop("bands"))
        if tabular:
            values = np.stack([array(f"{name}.{band}") for band in bands], axis=1)
        else:
            values = array(f"{name}:values")
        months = array(f"{name}:months") if about.pop("has_months") else None
        origin = about.pop("origin")
        units = about.pop("units")
        inputs[name] = Input(
            name,
            values,
            bands,
            months=months,
            units=units if isinstance(units, str) else tuple(units),
            origin=None if origin is None else _origin(origin),
            **{key: _tuple(value) for key, value in about.items()},
        )
    digests = np.frombuffer(b"".join(table.column("task:digest").to_pylist()), dtype="V16")
    rows: dict[str, Any] = {
        name: array(f"task:{name}") for name in _ROWS if f"task:{name}" in table.column_names
    }
    groups = {
        name: np.array(table.column(f"group:{name}").to_pylist(), dtype=np.str_)
        for name in facts["groups"]
    }
    rows["folds"] = {
        name.removeprefix("folds:"): np.array(table.column(name).to_pylist(), dtype=np.str_)
        for name in table.column_names
        if name.startswith("folds:")
    }
    return Task(
        kind=find_kind(facts["kind"]),
        lonlat=np.stack([array("lon"), array("lat")], axis=1),
        groups=groups,
        inputs=inputs,
        digests=digests,
        **rows,
        **{key: _tuple(facts[key]) for key in _FACTS},
    )


def _facts(task: Task) -> dict[str, Any]:
    return {name: getattr(task, name) for name in _FACTS} | {"suggested": dict(task.suggested)}


def _about(item: Input) -> dict[str, Any]:
    """Return all of an input but its numbers."""
    about = {
        field.name: getattr(item, field.name)
        for field in fields(item)
        if field.name not in {"name", "values", "months", "origin"}
    }
    origin = None if item.origin is None else asdict(item.origin)
    return about | {"form": item.form, "has_months": item.months is not None, "origin": origin}


def _column(values: NDArray[Any], name: str, shapes: dict[str, list[int]]) -> "pa.Array":
    import pyarrow as pa

    if values.ndim == 1:
        return pa.array(values)
    shapes[name] = list(values.shape[1:])
    size = int(np.prod(values.shape[1:]))
    flat = pa.array(np.ascontiguousarray(values).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, size)


def _origin(stored: dict[str, Any]) -> Origin:
    return replace(Origin(), **{key: _tuple(value) for key, value in stored.items()})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read_facts(path: Path) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = (pq.read_schema(path).metadata or {}).get(MARK)
        facts = json.loads(found) if found else {}
    except (OSError, pa.ArrowException, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}

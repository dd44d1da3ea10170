"""A task comes back from its file as it was."""

import json
from dataclasses import fields, replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from bocage.core import Input, Origin, StoreError
from bocage.datasets import load_task
from bocage.datasets.landscape import LandscapeSettings, landscape_chips
from bocage.tables import read_task
from bocage.tasks import Task, is_stored_task, load_stored, save_task, task_key


def _same(one, other) -> bool:
    if isinstance(one, np.ndarray):
        equal = np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        return equal and one.dtype.kind == other.dtype.kind
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, Input):
        return all(_same(getattr(one, f.name), getattr(other, f.name)) for f in fields(Input))
    if isinstance(one, float):
        return one == other or (np.isnan(one) and np.isnan(other))
    return one == other


@pytest.fixture(params=["table", "regression", "series", "chips"])
def task(request, fields, write) -> Task:
    if request.param == "chips":
        return landscape_chips(LandscapeSettings(seed=3))
    inputs = {"s2": "B*"}
    target = "harvest" if request.param == "regression" else "crop"
    made = read_task(write(fields), target=target, inputs=inputs)
    if request.param == "series":
        rng = np.random.default_rng(0)
        months = rng.integers(1, 13, (len(made), 5))
        values = rng.normal(size=(len(made), 5, 2))
        values[0, 0, 0] = np.nan
        origin = Origin(("a",), "product", "1", (2020, 2021), "CC-BY", "us", ("a.tif",))
        item = Input(
            "ndvi", values, ("a", "b"), ("1", "dB"), "keep", "radar", (2020,), months, (), origin
        )
        made = replace(made, inputs={**made.inputs, "ndvi": item}, rare={"rye": 2})
        made = replace(made, folds={"cv": np.array(["1", "2", "a"])[np.arange(len(made)) % 3]})
    return made


def test_other_folds_of_the_same_samples_are_written_anew(fields, write, tmp_path):
    made = read_task(write(fields), target="crop", inputs={"s2": "B*"})
    one, other = (replace(made, folds={"cv": np.full(len(made), name)}) for name in "ab")
    path = tmp_path / "samples.parquet"
    for task in (made, one, other):
        save_task(task, path)
        assert _same(dict(load_stored(path).folds), dict(task.folds))
    assert len({task_key(task) for task in (made, one, other)}) == 3


def test_a_stored_task_is_the_task(task, tmp_path):
    path = tmp_path / "samples.parquet"
    save_task(task, path)
    back = load_stored(path)
    for field in fields_of(task):
        assert _same(getattr(task, field), getattr(back, field)), field
    assert task_key(back) == task_key(task)
    assert (back.label_digests() == task.label_digests()).all()


def fields_of(task: Task) -> list[str]:
    return [field.name for field in fields(task)]


def test_a_changed_label_is_another_task(fields, write, tmp_path):
    task = read_task(write(fields), target="crop", inputs={"s2": "B*"})
    other = replace(task, target=np.roll(task.target, 1))
    assert task_key(task) != task_key(other)
    path = tmp_path / "samples.parquet"
    save_task(task, path)
    save_task(other, path)
    assert (load_stored(path).target == other.target).all()


def test_a_file_that_holds_it_already_is_not_written_again(fields, write, tmp_path):
    task = read_task(write(fields), target="crop", inputs={"s2": "B*"})
    path = tmp_path / "samples.parquet"
    save_task(task, path)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    save_task(task, path)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_any_program_reads_places_labels_and_bands(fields, write, tmp_path):
    task = read_task(write(fields), target="crop", inputs={"s2": "B*"})
    path = tmp_path / "samples.parquet"
    save_task(task, path)
    frame = pq.read_table(path).to_pandas()
    assert {"lon", "lat", "label", "group:district", "s2.B2", "s2.B11"} <= set(frame)
    assert frame["label"].tolist() == [task.classes[code] for code in task.target]


def test_other_files_are_no_stored_task(write, fields, tmp_path):
    table = write(fields, "a.parquet")
    assert not is_stored_task(table)
    assert not is_stored_task(tmp_path / "nothing.parquet")
    with pytest.raises(StoreError, match="holds no samples"):
        load_stored(table)


def test_a_damaged_file_is_one_line(fields, write, tmp_path):
    path = tmp_path / "samples.parquet"
    save_task(read_task(write(fields), target="crop", inputs={"s2": "B*"}), path)
    table = pq.read_table(path)
    facts = json.loads(table.schema.metadata[b"bocage-task"])
    facts["inputs"]["s2"]["bands"].append("B99")
    marked = table.replace_schema_metadata({b"bocage-task": json.dumps(facts)})
    pq.write_table(marked, path)
    with pytest.raises(StoreError, match="can't be read"):
        load_stored(path)


def test_a_named_task_is_stored_too(tmp_path):
    task = load_task("landscape")
    save_task(task, tmp_path / "samples.parquet")
    assert load_stored(tmp_path / "samples.parquet").synthetic

"""A table in memory is the same task as its file."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError
from bocage.tables import read_task
from bocage.tasks import Task, task_key


def as_geo(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    shapes = gpd.points_from_xy(frame["lon"], frame["lat"])
    return gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=shapes, crs=4326)


def same(one: Task, other: Task) -> bool:
    """Whether all is the same but where it comes from."""
    return task_key(replace(one, source="")) == task_key(replace(other, source=""))


@pytest.mark.parametrize("target", ["crop", "harvest"])
def test_a_frame_is_its_file(fields, write, target):
    of_file = read_task(write(fields, "labels.csv"), target=target, inputs={"s2": "B*"})
    of_frame = read_task(fields, target=target, inputs={"s2": "B*"})
    assert same(of_file, of_frame)


def test_a_geodataframe_is_its_file(fields, write):
    shaped = as_geo(fields)
    file = write(fields, "labels.gpkg", geometry=True)
    of_file = read_task(file, target="crop", inputs={"s2": "B*"})
    assert same(of_file, read_task(shaped, target="crop", inputs={"s2": "B*"}))


def test_index_types_and_the_table_itself_stay_out_of_it(fields):
    plain = read_task(fields, target="crop", inputs={"s2": "B*"})
    dressed = fields.set_index(np.arange(len(fields)) * 7)
    dressed["crop"] = dressed["crop"].astype("category")
    dressed["district"] = dressed["district"].astype("string")
    before = dressed.copy()
    assert task_key(read_task(dressed, target="crop", inputs={"s2": "B*"})) == task_key(plain)
    pd.testing.assert_frame_equal(dressed, before)


def test_names_that_are_no_text_can_be_meant(fields):
    numbered = fields.rename(columns={"B2": 2, "B11": 11})
    assert read_task(numbered, target="crop", inputs={"s2": "2,11"}).inputs["s2"].bands == (
        "2",
        "11",
    )


def test_missing_labels_of_every_kind_are_found(fields):
    for missing in (None, np.nan, pd.NA):
        lost = fields.assign(crop=fields["crop"].astype(object))
        lost.loc[3, "crop"] = missing
        with pytest.raises(DataError, match="without target"):
            read_task(lost, target="crop", inputs={"s2": "B*"})


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda f: f.iloc[:0], "has no rows"),
        (lambda f: pd.concat([f, f[["B2"]]], axis=1), "there twice: B2"),
        (lambda f: f.to_numpy(), "a ndarray"),
        (lambda f: f.set_axis(pd.MultiIndex.from_product([["a"], f.columns]), axis=1), "levels"),
    ],
)
def test_what_is_no_table_is_told_in_a_line(fields, made, said):
    with pytest.raises(DataError, match=said):
        read_task(made(fields), target="crop", inputs={"s2": "B*"})


def test_coordinates_without_a_system_are_refused(fields):
    with pytest.raises(DataError, match=r"CRS|coordinate"):
        read_task(as_geo(fields).set_crs(None, allow_override=True), target="crop")


def test_codes_beside_a_gap_stay_whole(fields):
    codes = pd.Categorical([*range(len(fields) - 1), None])
    task = read_task(fields.assign(code=codes), target="crop", inputs={"s2": "B*"})
    assert len(task) == len(fields)

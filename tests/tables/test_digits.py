"""Identifiers keep every digit, whatever the file and whether or not one is blank."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from bocage.core import DataError
from bocage.tables import read_task

FORMATS = ("t.csv", "t.tsv", "t.parquet", "t.geoparquet", "t.gpkg", "t.geojson")
FIRST = 100_000_000_000_000_001


def table(n: int = 24) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "lon": rng.uniform(5, 6, n),
            "lat": rng.uniform(45, 46, n),
            "crop": np.array(["maize", "wheat"])[np.arange(n) % 2],
            "f": rng.normal(size=n),
            "code": pd.array(FIRST + np.arange(n) // 2, dtype="Int64"),
        }
    )


def save(frame, path):
    if path.suffix in (".csv", ".tsv"):
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        points = gpd.points_from_xy(frame["lon"], frame["lat"])
        made = gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=points, crs=4326)
        made.to_parquet(path) if path.suffix == ".geoparquet" else made.to_file(path)
    return path


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("blank", [True, False])
@pytest.mark.parametrize("column", ["parcel", "region", "holding"])
def test_groups_of_eighteen_digits(tmp_path, name, blank, column):
    frame = table().rename(columns={"code": column})
    if blank:
        frame.loc[4, column] = pd.NA
    task = read_task(
        save(frame, tmp_path / name),
        target="crop",
        inputs={"f": "f"},
        groups=[column],
        drop_incomplete=True,
    )
    found = {value for value in task.groups[column].tolist() if not value.startswith("no ")}
    assert found == {str(FIRST + k) for k in range(12)}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("blank", [True, False])
def test_class_codes_of_eighteen_digits(tmp_path, name, blank):
    frame = table()
    frame["code"] = pd.array(FIRST + np.arange(24) % 3, dtype="Int64")
    if blank:
        frame.loc[4, "code"] = pd.NA
    task = read_task(
        save(frame, tmp_path / name), target="code", inputs={"f": "f"}, drop_incomplete=True
    )
    assert task.classes == tuple(str(FIRST + k) for k in range(3))


@pytest.mark.parametrize("name", FORMATS)
def test_codes_that_are_text_stay_text(tmp_path, name):
    frame = table().drop(columns="code")
    frame["region"] = [f"{n // 4 + 5:02d}" for n in range(24)]
    frame["crop"] = np.array(["007", "08", "9"])[np.arange(24) % 3]
    task = read_task(save(frame, tmp_path / name), target="crop", inputs={"f": "f"})
    assert sorted(set(task.groups["region"].tolist())) == ["05", "06", "07", "08", "09", "10"]
    assert task.classes == ("007", "08", "9")


@pytest.mark.parametrize("cells", ["{}.0", "{}", "{}."])
def test_digits_before_a_point_are_kept(tmp_path, cells):
    # What a table program writes for a column with a gap.
    frame = table().astype({"code": object})
    frame["code"] = [cells.format(value) for value in frame["code"]]
    frame.loc[0, "code"] = ""
    frame.to_csv(tmp_path / "t.csv", index=False)
    task = read_task(
        tmp_path / "t.csv",
        target="crop",
        inputs={"f": "f"},
        groups=["code"],
        drop_incomplete=True,
    )
    assert len(np.unique(task.groups["code"])) == 12


@pytest.mark.parametrize("what", ["group", "class"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_digits_that_are_lost_already_are_told(tmp_path, what, dtype):
    frame = table()
    frame["code"] = frame["code"].astype(dtype)
    parquet.write_table(pa.Table.from_pandas(frame), tmp_path / "t.parquet")
    use = {"target": "code", "kind": "classification"} if what == "class" else {"target": "crop"}
    groups = ["code"] if what == "group" else []
    with pytest.raises(DataError, match="'code' holds identifiers as floats"):
        read_task(tmp_path / "t.parquet", inputs={"f": "f"}, groups=groups, **use)


def test_digits_in_several_files_of_several_kinds(tmp_path):
    frame = table().rename(columns={"code": "parcel"})
    one, other = frame.iloc[:12].copy(), frame.iloc[12:].copy()
    other.loc[13, "parcel"] = pd.NA
    paths = [save(one, tmp_path / "a.csv"), save(other, tmp_path / "b.parquet")]
    task = read_task(paths, target="crop", inputs={"f": "f"})
    found = {value for value in task.groups["parcel"].tolist() if not value.startswith("no ")}
    assert found == {str(FIRST + k) for k in range(12)}

"""Files: found, read alike in every format, and refused with one clear line."""

import os
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.core import DataError
from bocage.tables import read_task
from bocage.tables._read import read_rows, stem

FORMATS = ("t.csv", "t.parquet", "t.geoparquet", "t.gpkg", "t.geojson", "t.json")


def one_line(caught) -> str:
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_task(fields, write, name):
    if name == "t.json":
        path = write(fields, "t.geojson").rename(write(fields).with_name("t.json"))
    else:
        path = write(fields, name)
    task = read_task(path, target="crop", inputs={"s2": "B*"})
    order = np.argsort(task.row)
    assert len(task) == len(fields)
    assert [task.classes[code] for code in task.target[order]] == fields["crop"].tolist()
    np.testing.assert_allclose(task.lonlat[order], fields[["lon", "lat"]], atol=1e-9)
    s2 = task.inputs["s2"].take(order)
    np.testing.assert_array_equal(s2.values, fields[["B2", "B11"]])
    assert task.groups["district"][order].tolist() == fields["district"].tolist()
    assert task.name == "t"


def test_csv_and_parquet_hold_the_same_bits(fields, write):
    # The fast CSV parser is off by one bit now and then, which would change every run key.
    one = read_task(write(fields, "t.csv"), target="crop", inputs={"s2": "B*"})
    two = read_task(write(fields, "t.parquet"), target="crop", inputs={"s2": "B*"})
    assert (one.digests == two.digests).all()


numbers = st.floats(-1e17, 1e17, width=64).filter(
    lambda v: v not in (-9999.0, -99999.0, -32768.0, 1e20, -1.7976931348623157e308)
)
words = st.text("abcdefghijäöñ漢 ,\"'-_0123456789", min_size=1, max_size=8).map(lambda s: "c" + s)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-180, 180),
            st.floats(-90, 90),
            words,
            numbers,
            st.integers(-(2**31), 2**31 - 1),
        ),
        min_size=2,
        max_size=12,
    ),
    st.sampled_from(["t.csv", "t.parquet", "t.geoparquet", "t.gpkg"]),
)
def test_values_survive_any_format(rows, name):
    frame = pd.DataFrame(rows, columns=["lon", "lat", "crop", "x", "code"])
    frame["crop"] = frame["crop"].str.strip()
    frame.loc[0, "crop"], frame.loc[1, "crop"] = "one", "two"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        if name in ("t.csv", "t.parquet"):
            frame.to_csv(path, index=False) if name == "t.csv" else frame.to_parquet(path)
        else:
            points = gpd.points_from_xy(frame["lon"], frame["lat"])
            table = gpd.GeoDataFrame(frame[["crop", "x", "code"]], geometry=points, crs=4326)
            table.to_parquet(path) if name == "t.geoparquet" else table.to_file(path)
        task = read_task(path, target="crop", inputs={"f": "x,code"}, kind="classification")
    order = np.argsort(task.row)
    assert [task.classes[code] for code in task.target[order]] == frame["crop"].tolist()
    features = task.inputs["f"].take(order)
    np.testing.assert_array_equal(features.values, frame[["x", "code"]])
    np.testing.assert_array_equal(task.lonlat[order], frame[["lon", "lat"]])


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(24)), st.integers(1, 23))
def test_row_order_and_files_make_no_difference(tmp_path_factory, make, order, cut):
    frame = make()
    folder = tmp_path_factory.mktemp("shuffled")
    frame.to_csv(folder / "all.csv", index=False)
    mixed = frame.iloc[list(order)]
    mixed.iloc[:cut].to_csv(folder / "part-1.csv", index=False)
    # Columns may stand in another order too.
    mixed.iloc[cut:, ::-1].to_csv(folder / "part-2.csv", index=False)
    whole = read_task(folder / "all.csv", target="crop", inputs={"s2": "B*"})
    parts = read_task(str(folder / "part-*.csv"), target="crop", inputs={"s2": "B*"})
    assert parts.name == "part"
    assert parts.inputs["s2"].bands == ("B2", "B11")
    for field in ("digests", "target", "lonlat", "unit"):
        assert (getattr(whole, field) == getattr(parts, field)).all()
    assert whole.classes == parts.classes


def test_a_file_named_twice_is_read_once(fields, write):
    path = write(fields)
    rows = read_rows([path, str(path.parent / "*.csv"), path])
    assert len(rows.frame) == len(fields)


def test_files_with_other_columns_say_which(fields, write):
    a = write(fields, "a.csv")
    b = write(fields.drop(columns="B2").assign(red=1.0), "b.csv")
    with pytest.raises(DataError) as caught:
        read_rows([a, b])
    assert "b.csv lacks B2 and also has red, compared with a.csv" in one_line(caught)


def test_files_with_and_without_geometry_do_not_mix(fields, write):
    a, b = write(fields.drop(columns=["lon", "lat"]), "a.csv"), write(fields, "b.gpkg")
    with pytest.raises(DataError, match=r"b\.gpkg also has geometry"):
        read_rows([a, b])


def test_missing_file_suggests_the_nearest(fields, write):
    path = write(fields)
    with pytest.raises(DataError) as caught:
        read_rows(path.with_name("field.csv"))
    assert "there is no file" in one_line(caught)
    assert "did you mean 'fields.csv'?" in one_line(caught)


def test_glob_without_match(tmp_path):
    with pytest.raises(DataError, match="no file matches"):
        read_rows(tmp_path / "*.csv")


def test_folder(tmp_path):
    with pytest.raises(DataError, match="is a folder; expected files"):
        read_rows(tmp_path)


def test_no_path():
    with pytest.raises(DataError, match="no file was named"):
        read_rows([])


@pytest.mark.parametrize(
    ("name", "said"), [("t.xls", r"ends in '\.xls'"), ("table", "has no extension")]
)
def test_unknown_extension(tmp_path, name, said):
    (tmp_path / name).write_text("a,b")
    with pytest.raises(DataError, match=said):
        read_rows(tmp_path / name)


@pytest.mark.parametrize("name", FORMATS)
def test_empty_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match=r"is empty \(0 bytes\)"):
        read_rows(tmp_path / name)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "t.csv"])
def test_unreadable_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x00\x01 this is nothing \xff")
    with pytest.raises(DataError) as caught:
        read_rows(tmp_path / name)
    assert name in one_line(caught)
    assert "can't read" in str(caught.value) or "as its first bytes tell" in str(caught.value)


@pytest.mark.parametrize("name", FORMATS[1:5])
def test_truncated_file(fields, write, name):
    path = write(fields, name)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DataError):
        read_rows(path)


def test_ragged_csv_is_refused_not_shifted(tmp_path):
    # pandas would take the first column for row names and shift all others by one.
    (tmp_path / "t.csv").write_text("lon,lat,crop\n1,2,maize,oops\n3,4,wheat,oops\n")
    with pytest.raises(DataError, match="more values than its header"):
        read_rows(tmp_path / "t.csv")


def test_header_without_rows(tmp_path):
    (tmp_path / "t.csv").write_text("lon,lat,crop\n")
    with pytest.raises(DataError, match="has no rows"):
        read_rows(tmp_path / "t.csv")


def test_a_column_that_comes_twice(tmp_path):
    (tmp_path / "t.csv").write_text("lon,lat,crop,crop\n1,2,a,b\n")
    with pytest.raises(DataError, match="column 'crop' twice"):
        read_rows(tmp_path / "t.csv")


def test_byte_order_mark_is_no_part_of_a_name(tmp_path):
    (tmp_path / "t.csv").write_bytes("﻿lon,lat,crop\n1,2,a\n".encode())
    assert list(read_rows(tmp_path / "t.csv").frame.columns) == ["lon", "lat", "crop"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_file_without_permission(fields, write):
    path = write(fields)
    path.chmod(0)
    with pytest.raises(DataError, match="can't read"):
        read_rows(path)


def test_na_is_namibia_among_words_and_missing_among_numbers(tmp_path):
    (tmp_path / "t.csv").write_text(
        "lon,lat,country,crop,x\n17,-22,NA,None,1.5\n18,-23,ZA,maize,NA\n19,-24,NA,null,nan\n"
    )
    frame = read_rows(tmp_path / "t.csv").frame
    assert frame["country"].tolist() == ["NA", "ZA", "NA"]
    assert frame["crop"].tolist() == ["None", "maize", "null"]
    np.testing.assert_array_equal(frame["x"], [1.5, np.nan, np.nan])


def test_layers_must_be_named_where_there_are_several(fields, write):
    path = write(fields, "t.gpkg")
    other = gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([1], [2]), crs=4326)
    other.to_file(path, layer="roads")
    with pytest.raises(DataError, match=r"has 2 layers \(t, roads\)"):
        read_rows(path)
    with pytest.raises(DataError, match="no layer 'road'; did you mean 'roads'"):
        read_rows(path, layer="road")
    assert len(read_rows(path, layer="t").frame) == len(fields)


def test_geopackage_table_without_geometry(fields, tmp_path):
    pyogrio.write_dataframe(fields, tmp_path / "t.gpkg")
    task = read_task(tmp_path / "t.gpkg", target="crop", inputs={"s2": "B*"})
    assert len(task) == len(fields)


def test_earth_engine_geo_column_is_read_where_there_is_nothing_else(fields, tmp_path):
    geo = [
        f'{{"geodesic":false,"type":"Point","coordinates":[{x},{y}]}}'
        for x, y in zip(fields["lon"], fields["lat"], strict=True)
    ]
    frame = fields.drop(columns=["lon", "lat"]).assign(**{".geo": geo})
    frame.to_csv(tmp_path / "t.csv", index=False)
    np.testing.assert_array_equal(read_rows(tmp_path / "t.csv").lonlat, fields[["lon", "lat"]])
    frame.assign(**{".geo": "POINT"}).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataError, match="holds no GeoJSON"):
        read_rows(tmp_path / "t.csv")


def test_earth_engine_blank_geo_gives_way_to_columns(fields, tmp_path):
    blank = '{"type":"MultiPoint","coordinates":[]}'
    fields.assign(**{".geo": blank}).to_csv(tmp_path / "t.csv", index=False)
    task = read_task(tmp_path / "t.csv", target="crop", inputs={"s2": "B*"})
    assert len(task) == len(fields)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("my fields.gpkg",), "my-fields"),
        (("north_2024.csv", "north_2025.csv"), "north_202"),
        (("a.csv", "b.csv"), "labels"),
    ],
)
def test_a_task_is_called_after_its_files(names, expected):
    assert stem(names) == expected


def test_shapes_of_another_datum_are_put_beside_those_of_the_first_file(tmp_path):
    square = shapely.box(6.85, 47.13, 6.86, 47.14)
    for name, crs in (("a.gpkg", "+proj=sinu +R=6371007.181"), ("b.gpkg", 2056)):
        frame = gpd.GeoDataFrame({"crop": ["maize"]}, geometry=[square], crs=4326)
        frame.to_crs(crs).to_file(tmp_path / name)
    one, other = read_rows(tmp_path / "*.gpkg").shapes
    assert shapely.hausdorff_distance(one, other) < 1

"""GeoPackages as QGIS leaves them, and that what one command writes the next reads."""

import sqlite3
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from tests.data.alphaearth import write_fields
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.core import DataError
from bocage.splits import read_area
from bocage.tables import add_zones, read_outline, read_task

STUDY = ["--target", "crop", "--leave", "district"]
SMALL = ["--methods", "prior,aef:logistic", "--budgets", "all", "--repeats", 1, "-j", 1,
         "--trials", 1]  # fmt: skip


def _run(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


def _ok(*arguments):
    said = _run(*arguments)
    assert said.exit_code == 0, said.output
    return said.output


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fields")
    write_fields(folder, "district", "crop", side=64, n=120)
    area = gpd.read_file(folder / "area.geojson")
    area.geometry = area.geometry.scale(0.4, 0.4)
    area["name"] = "here"
    area.to_file(folder / "area.gpkg", layer="fields")
    return folder


@pytest.fixture
def labels(place):
    return gpd.read_file(place / "labels.gpkg")


def _save_style(path):
    """Add the table that QGIS writes when a style is saved."""
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, f_table_name TEXT, styleQML TEXT)"
        )
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles')"
        )
        file.execute("INSERT INTO layer_styles VALUES (1, 'x', '<qgis/>')")


def _sample(place, path, out):
    return _ok("sample", path, "--source", place / "aef.tif", "-o", out)


def test_a_saved_style_is_no_layer_of_labels_areas_or_zones(place, labels, tmp_path):
    for name in ("labels", "area"):
        (tmp_path / f"{name}.gpkg").write_bytes((place / f"{name}.gpkg").read_bytes())
        _save_style(tmp_path / f"{name}.gpkg")
    _sample(place, tmp_path / "labels.gpkg", tmp_path / "s.parquet")
    assert len(pd.read_parquet(tmp_path / "s.parquet")) == len(labels)
    assert read_outline(tmp_path / "area.gpkg")[0].equals(read_outline(place / "area.gpkg")[0])
    assert len(read_area(tmp_path / "area.gpkg").lonlat) > 100
    task = read_task(tmp_path / "s.parquet", target="crop")
    assert "zone" in add_zones(task, {"zone": f"{tmp_path / 'area.gpkg'}:name"}).groups


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "geojson"])
def test_a_multi_geometry_of_one_part_is_that_part(place, labels, tmp_path, suffix):
    labels.geometry = [shapely.MultiPoint([point]) for point in labels.geometry]
    labels = labels.to_crs(4326 if suffix == "geojson" else labels.crs)
    path = tmp_path / f"multi.{suffix}"
    labels.to_parquet(path) if suffix == "parquet" else labels.to_file(path)
    _sample(place, path, tmp_path / "multi.csv")
    _sample(place, place / "labels.gpkg", tmp_path / "plain.csv")
    bands = [f"A{i:02d}" for i in range(64)]
    found, expected = (pd.read_csv(tmp_path / f"{n}.csv") for n in ("multi", "plain"))
    pd.testing.assert_frame_equal(found[bands], expected[bands])


def test_points_of_several_parts_are_said_and_not_guessed(place, labels, tmp_path):
    labels.geometry = [
        shapely.MultiPoint([p, shapely.Point(p.x + 9, p.y)]) for p in labels.geometry
    ]
    labels.to_file(tmp_path / "multi.gpkg")
    said = _run("sample", tmp_path / "multi.gpkg", "--source", place / "aef.tif", "-o",
                tmp_path / "x.csv")  # fmt: skip
    assert isinstance(said.exception, DataError)
    assert "holds MultiPoint; expected only points" in str(said.exception)


@pytest.mark.parametrize("shape", [shapely.Point(), None, shapely.MultiPoint(), "polygons"])
def test_blank_geometry_is_counted_and_left_out(place, labels, tmp_path, shape):
    if isinstance(shape, str):
        labels.geometry = labels.buffer(25)
        shape = shapely.Polygon()
    labels.loc[[3, 8], "geometry"] = shape
    labels.to_file(tmp_path / "blank.gpkg")
    said = _sample(place, tmp_path / "blank.gpkg", tmp_path / "s.parquet")
    assert "2 of 120 labels have no geometry: left out" in said
    assert "outside" not in said
    assert len(pd.read_parquet(tmp_path / "s.parquet")) == 118


def test_blank_geometry_of_a_flatgeobuf_does_not_end_the_process(place, labels, tmp_path):
    labels.loc[[3, 8], "geometry"] = None
    labels.to_file(tmp_path / "blank.fgb", SPATIAL_INDEX="NO")
    said = _sample(place, tmp_path / "blank.fgb", tmp_path / "s.parquet")
    assert "2 of 120 labels have no geometry: left out" in said


@pytest.mark.parametrize("suffix", ["parquet", "gpkg", "csv"])
def test_what_sample_writes_of_labels_with_coordinates_is_compared(place, labels, tmp_path, suffix):
    degrees = labels.to_crs(4326).geometry
    labels["longitude"], labels["latitude"] = degrees.x.round(6), degrees.y.round(6)
    labels.to_file(tmp_path / "ll.gpkg")
    _sample(place, tmp_path / "ll.gpkg", tmp_path / f"s.{suffix}")
    task = read_task(tmp_path / f"s.{suffix}", target="crop")
    assert set(task.inputs) == {"aef"}
    np.testing.assert_allclose(np.sort(task.lonlat[:, 0]), np.sort(degrees.x), atol=1e-5)
    _ok("compare", tmp_path / f"s.{suffix}", *STUDY, *SMALL, "-o", tmp_path / "study")


def test_coordinates_that_are_not_those_of_the_geometry_do_not_take_its_place(
    place, labels, tmp_path
):
    labels["longitude"], labels["latitude"] = 3.0, 50.0
    labels.to_file(tmp_path / "ll.gpkg")
    _sample(place, tmp_path / "ll.gpkg", tmp_path / "s.gpkg")
    degrees = labels.to_crs(4326).geometry
    task = read_task(tmp_path / "s.gpkg", target="crop")
    np.testing.assert_allclose(np.sort(task.lonlat[:, 0]), np.sort(degrees.x), atol=1e-7)
    _sample(place, tmp_path / "ll.gpkg", tmp_path / "s.csv")
    with pytest.raises(DataError, match="columns longitude, lon are all possible"):
        read_task(tmp_path / "s.csv", target="crop")


def test_a_layer_of_an_area_can_be_named(place, tmp_path):
    area = tmp_path / "areas.gpkg"
    for name, far in (("here", 0), ("there", 9_000_000)):
        shape = gpd.read_file(place / "area.gpkg").to_crs(32633)
        shape.geometry = shape.translate(0, -far)
        shape.to_file(area, layer=name)
    with pytest.raises(DataError, match=r"expected one: name it as areas.gpkg:here"):
        read_outline(area)
    named = f"{area}:here"
    assert read_area(tmp_path / "areas.gpkg:here").lonlat[0, 1] > 30
    _sample(place, place / "labels.gpkg", tmp_path / "s.parquet")
    asked = [tmp_path / "s.parquet", "--target", "crop", "--area", named]
    _ok("compare", *asked, *SMALL, "-o", tmp_path / "study")
    made = ["map", tmp_path / "study", "--source", place / "aef.tif", "-j", 1, "--layers", "none"]
    _ok(*made, "--area", named, "-o", tmp_path / "a.tif")
    _ok(*made, "--area", area, "--layer", "here", "-o", tmp_path / "b.tif")
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    said = _run(*made, "--layer", "here", "-o", tmp_path / "c.tif")
    assert "--layer names a layer of --area" in str(said.exception)


def test_a_layer_of_labels_can_be_named_as_that_of_an_area(place, labels, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    half = labels[: len(labels) // 2]
    half.to_file("two.gpkg", layer="west")
    labels[len(half) :].to_file("two.gpkg", layer="east")
    source = ["--source", place / "aef.tif"]
    said = str(_run("sample", "two.gpkg", *source, "-o", "no.parquet").exception)
    assert "has 2 layers (west, east); expected one: name it as two.gpkg:west (for labels" in said
    for name, n in (("two.gpkg:west", len(half)), ("two.gpkg:east", len(labels) - len(half))):
        _sample(place, name, "one.parquet")
        assert len(pd.read_parquet("one.parquet")) == n
    _ok("sample", "two.gpkg:west", "two.gpkg:east", *source, "-o", "both.gpkg")
    _sample(place, place / "labels.gpkg", "all.parquet")
    pd.testing.assert_frame_equal(
        gpd.read_file("both.gpkg").drop(columns="geometry"),
        gpd.read_parquet("all.parquet").drop(columns="geometry"),
        check_dtype=False,
    )
    said = str(_run("sample", "two.gpkg:wst", *source, "-o", "no.parquet").exception)
    assert "two.gpkg has no layer 'wst'; did you mean 'west'?" in said
    asked = ["two.gpkg:west", "--layer", "east", *source, "-o", "no.parquet"]
    said = str(_run("sample", *asked).exception)
    assert "--layer east is given, but two.gpkg:west names another" in said
    # Nothing is written over the labels, however they are named.
    said = str(_run("sample", "two.gpkg:west", *source, "-o", "two.gpkg").exception)
    assert "two.gpkg" in said
    assert "input" in said


def test_a_study_of_a_named_layer_is_opened_again(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _sample(place, place / "labels.gpkg", "s.gpkg")
    gpd.read_file("s.gpkg").to_file("two.gpkg", layer="fields")
    gpd.read_file("s.gpkg").to_file("two.gpkg", layer="other")
    _ok("compare", "two.gpkg:fields", *STUDY, *SMALL, "-o", "study")
    _ok("fit", "study", "--source", place / "aef.tif", "-o", "model")
    said = str(_run("fit", "study", "--source", place / "aef.tif", "-o", "two.gpkg").exception)
    assert "two.gpkg" in said
    (tmp_path / "two.gpkg").unlink()
    # The study keeps its samples.
    _ok("fit", "study", "--source", place / "aef.tif", "-o", "model")
    (tmp_path / "study" / "samples.parquet").unlink()
    said = str(_run("fit", "study", "--source", place / "aef.tif", "-o", "model").exception)
    assert "the labels that study/study.yaml names are not here" in said
    assert "there is no file 'two.gpkg:fields'" in said

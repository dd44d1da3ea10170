"""Tables of single pixels of polygons: a row a pixel, named by its polygon, never torn apart."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from tests.data.parcels import box, write_parcels

from bocage.core import DataError, SettingsError
from bocage.sources import open_source, sample_points
from bocage.tables import class_counts, label_rows, read_task, sample_labels
from bocage.tasks import contradictions


@pytest.fixture
def raster(tmp_path):
    write_parcels(tmp_path)
    return open_source(tmp_path / "aef.tif")


def _changed(tmp_path, **columns):
    frame = gpd.read_file(tmp_path / "parcels.gpkg").assign(**columns)
    frame.to_file(tmp_path / "changed.gpkg")
    return tmp_path / "changed.gpkg"


def _task(table, tmp_path, suffix="parquet", **how):
    table.write(tmp_path / f"made.{suffix}")
    return read_task(
        tmp_path / f"made.{suffix}", **{"target": "crop", "inputs": {"aef": "A??"}, **how}
    )


@pytest.mark.parametrize("suffix", ["parquet", "csv", "gpkg"])
def test_a_table_of_pixels_is_read_as_labels_that_are_polygons(raster, tmp_path, suffix):
    table = sample_labels(tmp_path / "parcels.gpkg", [raster], pixels=5)
    assert table.n_polygons == 64
    frame = table.frame
    assert frame.groupby("parcel").size().tolist() == [5] * 64
    assert frame.pixel.tolist() == [1, 2, 3, 4, 5] * 64
    found = sample_points(raster, frame[["lon", "lat"]].to_numpy()).features
    np.testing.assert_array_equal(found, frame.filter(regex=r"^A\d\d$").to_numpy())
    task = _task(table, tmp_path, suffix)
    assert (len(task), len(np.unique(task.polygon)), task.averaged) == (320, 64, False)
    assert task.inputs["aef"].bands == tuple(f"A{band:02d}" for band in range(64))
    assert len(np.unique(task.unit)) == 64
    for polygon in range(64):
        assert len(np.unique(task.unit[task.polygon == polygon])) == 1
    assert sum(class_counts(task).values()) == len(label_rows(task)) == 64
    said = "labels are polygons (5 pixels each, 320 pixels of 64 polygons): budgets count polygons"
    assert any(note.startswith(said) for note in task.notes)


def test_the_number_of_a_pixel_is_no_feature(raster, tmp_path):
    table = sample_labels(tmp_path / "parcels.gpkg", [raster], pixels=5)
    task = _task(table, tmp_path, inputs={"all": "*"})
    assert len(task.inputs["all"].bands) == 64
    # Without names of polygons it is a column like any other.
    frame = pd.DataFrame(table.frame.drop(columns=["geometry", "parcel"]))
    frame.to_csv(tmp_path / "other.csv", index=False)
    other = read_task(tmp_path / "other.csv", target="crop", inputs={"all": "*"})
    assert "pixel" in other.inputs["all"].bands
    assert other.polygon is None


def test_own_names_of_polygons_are_kept(raster, tmp_path):
    path = _changed(tmp_path, Parcel=np.arange(64) + 1000)
    table = sample_labels(path, [raster], pixels=2)
    assert "parcel" not in table.frame
    assert table.frame["Parcel"].tolist() == np.repeat(np.arange(64) + 1000, 2).tolist()
    assert table.notes == ()
    task = _task(table, tmp_path)
    assert len(np.unique(task.polygon)) == 64
    shared = sample_labels(_changed(tmp_path, parcel=np.arange(64) // 2), [raster], pixels=2)
    assert "64 polygons have 32 values of the column 'parcel'" in shared.notes[0]


def test_own_names_that_are_blank_and_columns_that_would_be_written_over_are_refused(
    raster, tmp_path
):
    names = ["a", None, *"bc" * 31]
    with pytest.raises(DataError, match=r"'parcel' of changed.gpkg is blank in 1 of 64 labels"):
        sample_labels(_changed(tmp_path, parcel=names), [raster], pixels=2)
    with pytest.raises(DataError, match="already has columns pixel"):
        sample_labels(_changed(tmp_path, pixel=1), [raster], pixels=2)
    table = sample_labels(tmp_path / "parcels.gpkg", [raster], pixels=2)
    with pytest.raises(DataError, match="names the polygons that the rows are pixels of"):
        _task(table, tmp_path, target="parcel")


def test_coordinates_of_polygons_in_columns_become_those_of_pixels(raster, tmp_path):
    path = _changed(tmp_path, lon=15.0, Latitude=45.0)
    table = sample_labels(path, [raster], pixels=3)
    assert table.notes == ("lon, Latitude now refer to each pixel, not to its polygon",)
    assert "Latitude" not in table.frame
    place = table.frame[["lon", "lat"]].to_numpy()
    assert len(np.unique(place, axis=0)) == 3 * 64
    assert _task(table, tmp_path, "csv").lonlat[:, 1].min() > 45.1


def test_names_of_polygons_follow_their_outline_and_no_row_number(raster, tmp_path):
    every = sample_labels(tmp_path / "parcels.gpkg", [raster], pixels=1).frame
    half = gpd.read_file(tmp_path / "parcels.gpkg")[32:]
    half.to_file(tmp_path / "half.gpkg")
    some = sample_labels(tmp_path / "half.gpkg", [raster], pixels=1).frame
    assert some.parcel.tolist() == every.parcel[32:].tolist()
    assert every.parcel.nunique() == 64


def test_a_pixel_in_two_polygons_is_told_and_binds_them(raster, tmp_path):
    frame = gpd.read_file(tmp_path / "parcels.gpkg")
    shapes = frame.geometry.tolist()
    other = (set(frame.crop) - {frame.crop[0]}).pop()
    shapes.append(shapes[0])
    table = {"crop": [*frame.crop, other], "district": [*frame.district, "d0"]}
    gpd.GeoDataFrame(table, geometry=shapes, crs=32633).to_file(tmp_path / "two.gpkg")
    named = {**table, "parcel": [f"f{n}" for n in range(65)]}
    gpd.GeoDataFrame(named, geometry=shapes, crs=32633).to_file(tmp_path / "named.gpkg")
    found = sample_labels(tmp_path / "named.gpkg", [raster], pixels=4)
    assert found.notes[0].startswith("4 pixels were drawn in more than one polygon")
    task = _task(found, tmp_path)
    same = np.isin(task.groups["parcel"], ["f0", "f64"])
    assert len(np.unique(task.unit[same])) == 1
    assert len(np.unique(task.unit)) == 64
    assert contradictions(task)[0].startswith("4 sets of rows have the same features")
    # By outline, both are one polygon with two labels.
    task = _task(sample_labels(tmp_path / "two.gpkg", [raster], pixels=4), tmp_path)
    assert contradictions(task)[0].startswith("4 places hold more than one class")
    assert sum(class_counts(task).values()) == 65


def test_few_pixels_and_polygons_outside_are_counted(raster, tmp_path):
    shapes = [box(2, 2, 4, 4), box(2, 20, 1, 2), box(300, 300, 4, 4)]
    table = {"crop": ["a", "b", "a"]}
    gpd.GeoDataFrame(table, geometry=shapes, crs=32633).to_file(tmp_path / "three.gpkg")
    found = sample_labels(tmp_path / "three.gpkg", [raster], pixels=5)
    assert found.notes == (
        "1 of 3 labels lies outside the raster: left out",
        "1 of 2 polygons has fewer than 5 pixels with data: all of them are used",
    )
    assert found.frame.groupby("parcel", sort=False).size().tolist() == [5, 2]


def test_what_does_not_go_with_pixels_is_refused_in_words(raster, tmp_path):
    with pytest.raises(SettingsError, match="--keep-all keeps labels without pixels"):
        sample_labels(tmp_path / "parcels.gpkg", [raster], pixels=5, keep_all=True)
    points = gpd.read_file(tmp_path / "parcels.gpkg").to_crs(32633)
    points = points.set_geometry(points.centroid)
    points.to_file(tmp_path / "points.gpkg")
    with pytest.raises(SettingsError, match=r"points.gpkg holds points, but --pixels draws"):
        sample_labels(tmp_path / "points.gpkg", [raster], pixels=5)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "gpkg"])
def test_means_are_known_as_such_when_they_are_read(raster, tmp_path, suffix):
    table = sample_labels(tmp_path / "parcels.gpkg", [raster])
    assert _task(table, tmp_path, suffix).averaged
    # Polygons of a pixel each are pixels.
    frame = gpd.read_file(tmp_path / "parcels.gpkg")
    frame = frame.set_geometry(frame.centroid.buffer(3))
    frame.to_file(tmp_path / "small.gpkg")
    small = sample_labels(tmp_path / "small.gpkg", [raster])
    assert small.frame.n_pixels.tolist() == [1] * 64
    assert not _task(small, tmp_path, suffix).averaged

"""Labels with pixels: what lies outside is counted, and what is written can be compared."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from tests.data.alphaearth import NORTH, write_alphaearth

from bocage.core import DataError, SettingsError
from bocage.sources import AEF_BANDS, Declared, open_source, sample_points
from bocage.tables import read_task, sample_labels


@pytest.fixture
def raster(tmp_path):
    write_alphaearth(tmp_path / "aef.tif")
    return open_source(tmp_path / "aef.tif", Declared(years=(2024,)))


def _labels(raster, n=60):
    left, low, right, high = raster.grid.bounds
    xy = np.random.default_rng(2).uniform((left + 200, low), (right, high), (n, 2))
    xy[0] = (left - 100, low)
    xy[1] = raster.grid.xy(np.array([6.5]), np.array([8.5]))[0]
    crop = np.where(np.arange(n) % 2, "maize", "wheat")
    return gpd.GeoDataFrame({"crop": crop}, geometry=shapely.points(xy), crs=raster.grid.crs)


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "geojson", "csv"])
def test_any_label_table_gets_the_same_pixels(raster, tmp_path, suffix):
    labels = _labels(raster)
    path = tmp_path / f"labels.{suffix}"
    if suffix == "csv":
        degrees = labels.to_crs(4326).geometry
        table = pd.DataFrame({"crop": labels.crop, "lon": degrees.x, "lat": degrees.y})
        table.to_csv(path, index=False)
    elif suffix == "parquet":
        labels.to_parquet(path)
    else:
        labels.to_crs(4326 if suffix == "geojson" else labels.crs).to_file(path)
    found = sample_labels(path, [raster])
    assert found.notes == (
        "1 of 60 labels lies outside the raster: left out",
        "1 of 60 labels lies where there is no data: left out",
    )
    xy = labels.geometry.get_coordinates().to_numpy()[2:]
    expected = sample_points(raster, xy, labels.crs).features
    np.testing.assert_array_equal(found.frame[list(AEF_BANDS)].to_numpy(), expected)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "gpkg"])
def test_what_is_written_can_be_compared(raster, tmp_path, suffix):
    _labels(raster).to_file(tmp_path / "labels.gpkg")
    table = sample_labels(tmp_path / "labels.gpkg", [raster])
    table.write(tmp_path / f"made.{suffix}")
    task = read_task(tmp_path / f"made.{suffix}", target="crop", inputs={"aef": "A??"})
    assert len(task) == 58
    expected = table.frame[list(AEF_BANDS)].to_numpy()[task.row]
    np.testing.assert_array_equal(task.inputs["aef"].values, expected)


def test_labels_without_pixels_are_kept_where_that_is_asked_for(raster, tmp_path):
    _labels(raster).to_file(tmp_path / "labels.gpkg")
    found = sample_labels(tmp_path / "labels.gpkg", [raster], keep_all=True)
    assert len(found.frame) == 60
    assert found.frame["A00"].isna().sum() == 2
    assert found.notes[0].endswith("kept with missing values")


def test_means_of_parcels_are_vectors_again_and_tell_how_alike_their_pixels_are(raster, tmp_path):
    labels = _labels(raster)
    labels.geometry = labels.buffer(35)
    labels.to_file(tmp_path / "parcels.gpkg")
    found = sample_labels(tmp_path / "parcels.gpkg", [raster], statistics=("mean", "max"))
    vectors = found.frame[list(AEF_BANDS)].to_numpy()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0)
    assert found.frame["homogeneity"].between(0, 0.6).all()
    assert (found.frame["n_pixels"] > 20).any()
    assert "A63_max" in found.frame


def test_polygons_without_pixels_count_none(raster, tmp_path):
    labels = _labels(raster)
    labels.geometry = labels.buffer(35)
    labels.loc[3, "geometry"] = None
    left, low, _, _ = raster.grid.bounds
    labels.loc[0, "geometry"] = shapely.box(left - 300, low, left - 200, low + 90)
    labels.to_file(tmp_path / "parcels.gpkg")
    found = sample_labels(tmp_path / "parcels.gpkg", [raster], keep_all=True).frame
    assert found["n_pixels"].tolist().count(0) == found["A00"].isna().sum() >= 2
    assert (found["n_pixels"] >= 0).all()


def test_polygons_that_cross_themselves_are_counted_and_points_do_not(raster, tmp_path):
    labels = _labels(raster)
    labels.to_file(tmp_path / "points.gpkg")
    labels.geometry = labels.buffer(35)
    left, low, right, high = labels.geometry[5].bounds
    labels.loc[5, "geometry"] = shapely.Polygon(
        [(left, low), (right, high), (right, low), (left, high)]
    )
    labels.to_file(tmp_path / "parcels.gpkg")
    for more in ({}, {"pixels": 3}):
        notes = sample_labels(tmp_path / "parcels.gpkg", [raster], **more).notes
        assert any("1 of 60 polygons crosses or overlaps itself" in note for note in notes)
    assert "itself" not in " ".join(sample_labels(tmp_path / "points.gpkg", [raster]).notes)


def test_some_bands_are_those_of_all(raster, tmp_path):
    labels = _labels(raster)
    parcels = labels.set_geometry(labels.buffer(35))
    for name, rows in (("points", labels), ("parcels", parcels)):
        rows.to_file(tmp_path / f"{name}.gpkg")
        whole = sample_labels(tmp_path / f"{name}.gpkg", [raster]).frame
        few = sample_labels(tmp_path / f"{name}.gpkg", [raster], only=("A40", "A03")).frame
        assert [c for c in few if c in AEF_BANDS] == ["A40", "A03"]
        np.testing.assert_array_equal(few[["A03", "A40"]], whole[["A03", "A40"]])
    with pytest.raises(DataError, match="no band A99"):
        sample_labels(tmp_path / "points.gpkg", [raster], only=("A99",))


def test_a_label_takes_the_first_tile_that_has_data(raster, tmp_path):
    east = (NORTH[0] + 800, NORTH[1])
    write_alphaearth(tmp_path / "east.tif", corner=east, seed=1, holes=False)
    other = open_source(tmp_path / "east.tif", Declared(years=(2024,)))
    xy = np.array([[NORTH[0] + 15, NORTH[1] + 15], [NORTH[0] + 815, NORTH[1] + 15]])
    labels = gpd.GeoDataFrame({"a": [1, 2]}, geometry=shapely.points(xy), crs="EPSG:32633")
    labels.to_file(tmp_path / "labels.gpkg")
    found = sample_labels(tmp_path / "labels.gpkg", [raster, other]).frame
    one, two = (sample_points(r, xy, "EPSG:32633").features for r in (raster, other))
    np.testing.assert_array_equal(found[list(AEF_BANDS)].to_numpy(), [one[0], two[1]])


def test_labels_of_another_year_are_counted(raster, tmp_path):
    labels = _labels(raster)
    labels["year"] = np.where(np.arange(60) < 10, 2019, 2024)
    labels.to_file(tmp_path / "labels.gpkg")
    notes = sample_labels(tmp_path / "labels.gpkg", [raster]).notes
    assert notes[-1] == "10 of 60 labels are of a year other than that of the raster (2024)"


def test_labels_and_rasters_that_do_not_fit_are_refused_in_words(raster, tmp_path):
    labels = _labels(raster)
    away = labels.set_crs(32733, allow_override=True)
    away.to_file(tmp_path / "away.gpkg")
    with pytest.raises(DataError, match=r"none of the 60 labels has pixels: 60 lie outside"):
        sample_labels(tmp_path / "away.gpkg", [raster])
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    lines.to_file(tmp_path / "lines.gpkg")
    with pytest.raises(DataError, match="LineString; expected only points"):
        sample_labels(tmp_path / "lines.gpkg", [raster])
    labels.assign(A00=1.0).to_file(tmp_path / "twice.gpkg")
    with pytest.raises(DataError, match="already has columns A00"):
        sample_labels(tmp_path / "twice.gpkg", [raster])
    labels.to_file(tmp_path / "labels.gpkg")
    table = sample_labels(tmp_path / "labels.gpkg", [raster])
    with pytest.raises(SettingsError, match=r"ends in '\.xls'"):
        table.write(tmp_path / "made.xls")
    other = open_source(tmp_path / "aef.tif", Declared(years=(2020,)))
    with pytest.raises(DataError, match="expected tiles of one year"):
        sample_labels(tmp_path / "labels.gpkg", [raster, other])


def test_labels_that_lie_inside_when_exchanged_are_told_so(raster, tmp_path):
    labels = _labels(raster).to_crs(4326)
    lon, lat = labels.geometry.x.to_numpy(), labels.geometry.y.to_numpy()
    table = labels.drop(columns="geometry").assign(lon=lat, lat=lon)
    table.to_csv(tmp_path / "exchanged.csv", index=False)
    inside = 59  # One of them lies outside of the raster either way.
    with pytest.raises(DataError, match=r"none of the 60 labels has pixels") as told:
        sample_labels(tmp_path / "exchanged.csv", [raster])
    assert f"{inside} of the 60 outside would lie inside with x and y swapped" in str(told.value)
    assert "CRS" not in str(told.value)
    # A few rows of many too.
    some = table.assign(lon=lon, lat=lat)
    some.loc[5:7, ["lon", "lat"]] = table.loc[5:7, ["lon", "lat"]]
    some.to_csv(tmp_path / "some.csv", index=False)
    notes = sample_labels(tmp_path / "some.csv", [raster]).notes
    assert any("4 of 60 labels lie outside the raster: left out; 3 of the 4" in n for n in notes)
    # Elsewhere is elsewhere.
    table.assign(lon=lon + 20).drop(columns="lat").assign(lat=lat).to_csv(tmp_path / "far.csv")
    with pytest.raises(DataError, match=r"check the source and the labels' CRS$"):
        sample_labels(tmp_path / "far.csv", [raster])


def test_years_beside_a_gap_are_the_same_years(raster, tmp_path):
    labels = _labels(raster)
    labels["year"] = np.where(np.arange(60) < 10, np.nan, 2024.0)
    labels.to_parquet(tmp_path / "labels.parquet")
    found = sample_labels(tmp_path / "labels.parquet", [raster])
    assert not any("another year" in note for note in found.notes)


def _plain(path, bands, **more):
    """Write a raster whose upper left quarter is 0 in all bands, as masked pixels are."""
    values = np.random.default_rng(0).integers(0, 9, (bands, 20, 20)).astype("int16") + 1
    values[:, :10, :10] = 0
    values[0, 15, 15] = 0
    with rasterio.open(
        path, "w", driver="GTiff", height=20, width=20, count=bands, dtype="int16",
        crs="EPSG:32633", transform=Affine(10, 0, 5e5, 0, -10, 5e6), **more,
    ) as out:  # fmt: skip
        out.write(values)
        out.descriptions = tuple(f"b{i}" for i in range(bands))
    return open_source(path)


def _at(*places, size=None):
    """Points, or squares, at rows and columns."""
    shapes = [shapely.Point(5e5 + 10 * c + 5, 5e6 - 10 * r - 5) for r, c in places]
    if size is not None:
        shapes = [shape.buffer(size, cap_style="square") for shape in shapes]
    return gpd.GeoDataFrame({"crop": ["a"] * len(shapes)}, geometry=shapes, crs=32633)


@pytest.mark.parametrize("case", ["two bands", "one band", "declared"])
def test_labels_on_pixels_that_are_0_in_all_bands_are_counted(tmp_path, case):
    more = {"nodata": 0} if case == "declared" else {}
    raster = _plain(tmp_path / "r.tif", 1 if case == "one band" else 2, **more)
    places = (3, 3), (2, 8), (5, 9), (15, 15), (18, 3)
    _at(*places).to_file(tmp_path / "points.gpkg")
    _at(*places, size=14).to_file(tmp_path / "squares.gpkg")
    end = (
        " where all bands are 0, a common way to write masked pixels: declare --nodata 0 if "
        "nothing was measured there"
    )
    points = sample_labels(tmp_path / "points.gpkg", [raster]).notes
    for more in ({}, {"pixels": 2}):
        squares = sample_labels(tmp_path / "squares.gpkg", [raster], **more).notes
        said = f"3 of 5 parcels hold pixels{end}"
        assert (said in squares) == (case == "two bands"), squares
    assert (f"3 of 5 labels lie on pixels{end}" in points) == (case == "two bands"), points
    assert case == "two bands" or not any("all bands" in note for note in (*points, *squares))


def test_of_tiles_the_one_that_a_label_takes_tells_whether_it_is_0(tmp_path):
    raster = _plain(tmp_path / "r.tif", 2, nodata=0)
    (tmp_path / "other").mkdir()
    other = _plain(tmp_path / "other" / "r.tif", 2)
    _at((3, 3), (15, 3)).to_file(tmp_path / "points.gpkg")
    notes = sample_labels(tmp_path / "points.gpkg", [raster, other]).notes
    assert notes[-1].startswith("1 of 2 labels lies on a pixel where all bands are 0")
    assert not sample_labels(tmp_path / "points.gpkg", [raster], keep_all=True).notes[1:]

"""Polygons as labels on the command line: as pixels and as means, from labels to a map."""

import csv

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from tests.data.parcels import FIELD, NAMES, SIDE, box, write_parcels
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.core import BocageError, DataError, SettingsError
from bocage.mapping import map_parcels
from bocage.models import load_model, to_earth_engine
from bocage.sources import AEF_CODING, Declared, open_source
from bocage.tables import read_rows

ASKED = ["--target", "crop", "--leave", "district", "--input", "aef=A??"]
FAST = ["--methods", "prior,aef:logistic", "--budgets", "2,all", "--repeats", "1", "-j", "1",
        "--trials", "1"]  # fmt: skip


def _run(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


def _done(*arguments):
    made = _run(*arguments)
    assert made.exit_code == 0, (made.output, made.exception)
    return " ".join(made.output.split())


def _refused(*arguments):
    made = _run(*arguments)
    assert made.exit_code == 2 or isinstance(made.exception, BocageError), made.output
    return " ".join(f"{made.exception} {made.output}".split())


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Noisy pixels in clean fields, studies of pixels and of means, and a model of each."""
    folder = tmp_path_factory.mktemp("parcels")
    truth = write_parcels(folder, noise=6)
    labels, tiles = folder / "parcels.gpkg", []
    for name in ("east", "west"):
        tiles += ["--source", folder / f"{name}.tif"]
    said = _done("sample", labels, *tiles, "--pixels", 6, "-o", folder / "pixels.parquet")
    assert "384 pixels of 64 polygons with 64 bands" in said
    said = _done("sample", labels, *tiles, "-o", folder / "means.csv")
    assert "64 labels with 64 bands" in said
    source = ["--source", folder / "aef.tif"]
    said = _done("compare", folder / "pixels.parquet", *ASKED, *FAST, "-o", folder / "of-pixels")
    assert "labels are polygons (6 pixels each, 384 pixels of 64 polygons)" in said
    said = _done("compare", folder / "means.csv", *ASKED, *FAST, "-o", folder / "of-means")
    assert "features are statistics over polygons (n_pixels counts their pixels)" in said
    _done("fit", folder / "of-pixels", *source, "-o", folder / "pixel-model")
    said = _done("fit", folder / "of-means", *source, "-o", folder / "mean-model")
    assert "it maps polygons (map --parcels), not pixels" in said
    return folder, truth


def test_budgets_of_a_study_of_pixels_count_polygons(world):
    folder, _ = world
    scores = pd.read_parquet(folder / "of-pixels" / "scores.parquet")
    out = scores[scores.domain == "out"].groupby("budget").n_labels.mean()
    # Two polygons of each of three classes; and all those of the other districts, some held back.
    assert out["2"] == 6
    assert 30 <= out["all"] <= 48
    assert scores[scores.domain == "out"].n.sum() % 96 == 0
    page = (folder / "of-pixels" / "report.html").read_text()
    assert "labels are polygons (6 pixels each" in page
    model = load_model(folder / "pixel-model")
    assert sum(model.training.n_labels) == 64
    assert model.training.counted == "polygons (384 pixels)"


def test_a_model_of_pixels_paints_pixels_as_well_as_its_score_says(world, tmp_path):
    folder, truth = world
    source = ["--source", folder / "aef.tif"]
    said = _done("map", folder / "of-pixels", *source, "-o", tmp_path / "a.tif")
    assert "64 polygons (384 pixels); balanced accuracy" in said
    _done("map", "--model", folder / "pixel-model", *source, "-o", tmp_path / "b.tif")
    with rasterio.open(tmp_path / "a.tif") as a, rasterio.open(tmp_path / "b.tif") as b:
        painted = a.read(1)[::-1]
        np.testing.assert_array_equal(a.read(1), b.read(1))
    score = load_model(folder / "pixel-model").training.score
    recalls = [(painted[truth == code] == code).mean() for code in range(3)]
    # The model that is mapped with has learned from all districts.
    assert 0.55 < score < np.mean(recalls) + 0.06
    assert np.mean(recalls) < score + 0.12


@pytest.mark.parametrize("how", ["study", "model"])
def test_a_model_of_means_refuses_to_paint_pixels(world, tmp_path, how):
    folder, _ = world
    of = [folder / "of-means"] if how == "study" else ["--model", folder / "mean-model"]
    said = _refused("map", *of, "--source", folder / "aef.tif", "-o", tmp_path / "m.tif")
    assert "the model was trained on polygon means" in said
    assert "sample with --pixels 10" in said
    assert "--parcels parcels.gpkg" in said
    assert not list(tmp_path.iterdir())
    with pytest.raises(SettingsError, match="trained on polygon means"):
        to_earth_engine(load_model(folder / "mean-model"))


def test_a_model_of_means_maps_polygons(world, tmp_path):
    folder, truth = world
    shapes = [
        box(2, 2, 8, 8),
        # Over two tiles, and over the parcel before it.
        box(50, 50, 8, 8),
        box(49, 49, 9, 9).difference(box(52, 52, 3, 3)),
        shapely.Point(box(26, 26, 1, 1).centroid).buffer(2),
        box(400, 400, 5, 5),
    ]
    own = {"class": list("vwxyz"), "note": range(5)}
    frame = gpd.GeoDataFrame(own, geometry=shapes, crs=32633).to_crs(4326)
    frame.to_file(tmp_path / "mine.gpkg", layer="fields")
    frame[:1].to_file(tmp_path / "mine.gpkg", layer="other")
    tiles = ["--source", folder / "west.tif", "--source", folder / "east.tif"]
    asked = ["--parcels", f"{tmp_path / 'mine.gpkg'}:fields"]
    said = _done("map", "--model", folder / "mean-model", *tiles, *asked, "-o", tmp_path / "m.gpkg")
    assert "1 of 5 polygons has no pixel with data, and therefore no class" in said
    assert "column 'class' of mine.gpkg is renamed 'class_2' in the map" in said
    made = gpd.read_file(tmp_path / "m.gpkg")
    fields = [(2, 2), (50, 50), (50, 50)]
    assert made["class"].tolist()[:3] == [NAMES[truth[at]] for at in fields]
    assert made["class"].isna().tolist() == [False] * 4 + [True]
    assert made["n_pixels"].tolist() == [64, 64, 72, 1, 0]
    assert made["class_2"].tolist() == list("vwxyz")
    shares = made[["p_maize", "p_water", "p_wheat"]].to_numpy()[:4]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_array_equal(made["confidence"][:4], shares.max(axis=1))
    assert made[["confidence", "p_maize"]].iloc[4].isna().all()
    rows = list(csv.DictReader((tmp_path / "m_parcel_areas.csv").open()))
    assert sum(int(row["polygons"]) for row in rows) == 4
    total = sum(float(row["square_metres"]) for row in rows)
    assert total == pytest.approx((64 + 64 + 72) * 100 + np.pi * 4, rel=2e-3)
    # From one file of all: the same to the last bit.
    whole = ["--source", folder / "aef.tif", *asked]
    _done("map", "--model", folder / "mean-model", *whole, "-o", tmp_path / "w.gpkg")
    other = gpd.read_file(tmp_path / "w.gpkg")
    pd.testing.assert_frame_equal(
        made.drop(columns="geometry"), other.drop(columns="geometry"), check_exact=True
    )


def test_the_parcels_that_were_learned_from_get_their_classes(world, tmp_path):
    folder, _ = world
    source = ["--source", folder / "aef.tif", "--parcels", folder / "parcels.gpkg"]
    for study in ("of-means", "of-pixels"):
        # Confidence is that of land among the labels, where these parcels lie.
        said = _done("map", folder / study, *source, "-o", tmp_path / f"{study}.gpkg")
        assert "on held-out labels in places with labels" in said
        assert "64 polygons" in said
        made = gpd.read_file(tmp_path / f"{study}.gpkg")
        assert (made["class"] == made["crop"]).mean() > 0.95


def test_a_model_of_pixels_gives_polygons_the_mean_of_their_pixels(world, tmp_path):
    folder, _ = world
    shape = box(38, 50, 8, 8).difference(box(40, 52, 3, 3))
    gpd.GeoDataFrame(geometry=[shape], crs=32633).to_file(tmp_path / "one.gpkg")
    said = _done(
        "map", "--model", folder / "pixel-model", "--source", folder / "west.tif", "--source",
        folder / "east.tif", "--parcels", tmp_path / "one.gpkg", "-o", tmp_path / "m.gpkg",
    )  # fmt: skip
    assert "each polygon gets the mean of the probabilities of its" in said
    with rasterio.open(folder / "aef.tif") as file:
        values = AEF_CODING.decode(file.read()).reshape(64, SIDE, SIDE)
    inside = np.zeros((SIDE, SIDE), dtype=bool)
    inside[38:46, 50:58] = True
    inside[40:43, 52:55] = False
    expected = load_model(folder / "pixel-model").predict(values[:, inside].T).mean(axis=0)
    made = gpd.read_file(tmp_path / "m.gpkg")
    np.testing.assert_allclose(made[["p_maize", "p_water", "p_wheat"]].to_numpy()[0], expected)
    assert made.n_pixels.tolist() == [55]


def test_what_can_not_be_mapped_so_is_refused_before_the_work(world, tmp_path):
    folder, _ = world
    asked = ["map", folder / "of-means", "--source", folder / "aef.tif", "--parcels"]
    labels = folder / "parcels.gpkg"
    before = labels.read_bytes()
    out = ["-o", tmp_path / "m.gpkg"]
    assert "is an input" in _refused(*asked, labels, "-o", labels)
    assert labels.read_bytes() == before
    assert "ends in .gpkg" in _refused(*asked, labels, "-o", tmp_path / "m.tif")
    said = _refused(*asked, labels, *out, "--layers", "error", "--prior", "uniform")
    assert "omit --layers, --prior" in said
    points = gpd.read_file(labels)
    points.set_geometry(points.centroid).to_file(tmp_path / "points.gpkg")
    assert "holds Point; expected polygons" in _refused(*asked, tmp_path / "points.gpkg", *out)
    pd.DataFrame({"a": [1]}).to_csv(tmp_path / "bare.csv", index=False)
    assert "has no geometry" in _refused(*asked, tmp_path / "bare.csv", *out)
    away = gpd.GeoDataFrame(geometry=[box(500, 500, 4, 4)], crs=32633)
    away.to_file(tmp_path / "away.gpkg")
    assert "none of 1 polygon has pixels" in _refused(*asked, tmp_path / "away.gpkg", *out)
    # A GeoPackage that holds other layers is not replaced.
    gpd.read_file(labels).to_file(tmp_path / "full.gpkg", layer="mine")
    said = _refused(*asked, labels, "-o", tmp_path / "full.gpkg")
    assert "contains mine, which would be lost" in said
    assert not (tmp_path / "m.gpkg").exists()


def test_options_of_sample_that_contradict_each_other_are_refused(world, tmp_path):
    folder, _ = world
    asked = ["sample", folder / "parcels.gpkg", "--source", folder / "aef.tif", "-o",
             tmp_path / "t.csv", "--statistics"]  # fmt: skip
    assert "--pixels one row per pixel" in _refused(*asked, "mean", "--pixels", 3)
    assert "'mean' is named twice" in _refused(*asked, "mean,mean")
    assert "unknown statistic ''" in _refused(*asked, "")
    assert not (tmp_path / "t.csv").exists()


def test_numbers_of_polygons_are_learned_from_means_and_from_pixels(world, tmp_path):
    folder, _ = world
    labels = gpd.read_file(folder / "parcels.gpkg")
    with rasterio.open(folder / "aef.tif") as file:
        values = AEF_CODING.decode(file.read()[:1])[0]
    at = [(r, c) for r in range(2, SIDE, FIELD) for c in range(2, SIDE, FIELD)]
    labels["yield"] = [100 * values[r : r + 8, c : c + 8].mean() for r, c in at]
    labels.to_file(tmp_path / "yields.gpkg")
    source = ["--source", folder / "aef.tif"]
    asked = ["--target", "yield", "--leave", "district", "--input", "aef=A??", "--methods",
             "prior,aef:ridge", "--budgets", "10,all", "--repeats", "1", "-j", "1"]  # fmt: skip
    # Areas of a former map of classes are not those of numbers.
    stale = "class,polygons,square_metres,share,prior\n"
    (tmp_path / "means_parcel_areas.csv").write_text(stale)
    for name, how in (("means", ["--statistics", "mean,std"]), ("pixels", ["--pixels", 3])):
        table, study = tmp_path / f"{name}.parquet", tmp_path / name
        _done("sample", tmp_path / "yields.gpkg", *source, *how, "-o", table)
        _done("compare", table, *asked, "-o", study)
        scores = pd.read_parquet(study / "scores.parquet")
        assert scores[(scores.domain == "out") & (scores.budget == "10")].n_labels.eq(10).all()
        said = _done("map", study, *source, "--parcels", tmp_path / "yields.gpkg", "--method",
                     "aef:ridge", "-o", tmp_path / f"{name}.gpkg")  # fmt: skip
        assert "64 polygons" in said
        made = gpd.read_file(tmp_path / f"{name}.gpkg")
        # Means of unit vectors are brought back to length 1; pixels are noisy.
        assert np.corrcoef(made["value"], made["yield"])[0, 1] > (0.9 if name == "means" else 0.5)
        assert not (tmp_path / f"{name}_parcel_areas.csv").exists()


def test_other_statistics_are_made_for_the_map_too(world, tmp_path):
    folder, _ = world
    source, table = ["--source", folder / "aef.tif"], tmp_path / "t.parquet"
    _done("sample", folder / "parcels.gpkg", *source, "--statistics", "mean,std", "-o", table)
    asked = ["--target", "crop", "--leave", "district", "--input", "v=A0?,A0?_std,homogeneity"]
    _done("compare", table, *asked, "--methods", "prior,v:logistic", "--budgets", "all",
          "--repeats", "1", "-j", "1", "-o", tmp_path / "study")  # fmt: skip
    mine = ["--parcels", folder / "parcels.gpkg"]
    _done("map", tmp_path / "study", *source, *mine, "--method", "v:logistic", "-o",
          tmp_path / "m.gpkg")  # fmt: skip
    made = gpd.read_file(tmp_path / "m.gpkg")
    assert (made["class"] == made["crop"]).mean() > 0.8
    # The same features, asked of the model itself.
    _done("fit", tmp_path / "study", *source, "--method", "v:logistic", "-o", tmp_path / "model")
    model = load_model(tmp_path / "model")
    frame = gpd.read_parquet(table)
    expected = model.predict(frame[list(model.bands)].to_numpy())
    np.testing.assert_allclose(made[["p_maize", "p_water", "p_wheat"]].to_numpy(), expected)


def test_polygons_that_do_not_say_how_they_were_summed_up_get_a_warning(world, tmp_path):
    folder, _ = world
    _done("sample", folder / "parcels.gpkg", "--source", folder / "aef.tif", "-o",
          tmp_path / "t.parquet")  # fmt: skip
    table = gpd.read_parquet(tmp_path / "t.parquet").drop(columns="n_pixels")
    table.to_parquet(tmp_path / "u.parquet")
    _done("compare", tmp_path / "u.parquet", *ASKED, *FAST, "-o", tmp_path / "study")
    said = _done("map", tmp_path / "study", "--source", folder / "aef.tif", "-o",
                 tmp_path / "m.tif")  # fmt: skip
    assert "labels are polygons with a median size of 64 pixels" in said


def test_explain_draws_no_pixels_of_means(world, tmp_path):
    folder, _ = world
    said = _refused("explain", folder / "means.csv", *ASKED, "--source", folder / "aef.tif", "-o",
                    tmp_path / "x")  # fmt: skip
    assert "holds polygon means, and --source shows single pixels" in said


def test_tiles_of_other_bands_are_refused_for_polygons_as_for_labels(world):
    folder, _ = world
    model = load_model(folder / "mean-model")
    names = tuple(f"B{band}" for band in range(64))
    rasters = [open_source(folder / "west.tif"), open_source(folder / "east.tif", Declared(names))]
    with pytest.raises(DataError, match="expected tiles of one product"):
        map_parcels(model, rasters, read_rows(folder / "parcels.gpkg"), folder / "x.gpkg")

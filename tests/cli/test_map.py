"""From labels to a map on the command line; and what can't be mapped is said in one line."""

import json
import shutil
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from scipy.spatial.distance import cdist
from tests.data.alphaearth import write_alphaearth, write_fields
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.cli._folder import open_here
from bocage.dimensions import read_subset
from bocage.mapping.outputs import check_item, legend_of
from bocage.models import load_model
from bocage.models._held_out import HeldOutPredictions
from bocage.study import winner

SMALL = ["--budgets", "10,all", "--repeats", "1", "--trials", "1", "-j", "1"]


def _run(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fields")
    write_fields(folder, "district", "crop")
    samples = folder / "samples.parquet"
    made = _run("sample", folder / "labels.gpkg", "--source", folder / "aef.tif", "-o", samples)
    assert made.exit_code == 0, made.output
    methods = "prior,xy:knn1,aef:logistic,aef:forest:n_estimators=20,aef+xy:logistic"
    made = _run(
        "compare", samples, "--target", "crop", "--leave", "district", "--input", "aef=A??",
        "--methods", methods, "-o", folder / "study", *SMALL,
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return folder


def test_a_study_becomes_a_map(folder, tmp_path):
    out = tmp_path / "map.tif"
    source = ["--source", folder / "aef.tif", "--year", 2024]
    made = _run("map", folder / "study", *source, "-o", out)
    assert made.exit_code == 0, made.output
    assert "balanced accuracy" in made.output
    assert "in places without labels" in made.output
    # Why this method, in a few words: the verdict itself was printed by the study.
    (line,) = [line for line in made.output.splitlines() if line.startswith("method: ")]
    assert line.endswith("with all labels)")
    assert len(line) < 120
    with rasterio.open(out) as file:
        assert "balanced accuracy" in file.tags()["bocage_score"]
        assert "Google DeepMind" in file.tags()["attribution"]
        assert file.tags()["bocage_method"].startswith("aef:")
    names = {path.name for path in tmp_path.iterdir()}
    assert {"map.tif", "map_confidence.tif", "map.qml", "map.png", "map_areas.csv"} <= names
    item = json.loads((tmp_path / "map.json").read_text())
    check_item(item)
    assert item["properties"]["mlm:name"] == "aef-logistic"
    assert load_model(tmp_path / "map_model").classes == ("maize", "water", "wheat")
    rows = (tmp_path / "map_areas.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["class", "maize", "water", "wheat"]


def test_a_map_without_the_compiler_says_so_and_has_the_same_classes(folder, tmp_path, monkeypatch):
    maps = []
    for compiler in ("numba", "no_such_compiler"):
        monkeypatch.setattr("bocage.predict._choose.COMPILER", compiler)
        out = tmp_path / f"{compiler}.tif"
        method = ["--method", "aef:logistic"]
        source = ["--source", folder / "aef.tif", "--year", 2024]
        made = _run("map", folder / "study", *source, *method, "-o", out)
        assert made.exit_code == 0, made.output
        said = "note: without numba a large map takes several times as long: in the checkout"
        assert (said in made.output) == (compiler != "numba")
        with rasterio.open(out) as file:
            maps.append(file.read(1))
    assert (maps[0] == maps[1]).all()


def test_an_area_that_crosses_itself_is_mapped_and_said(folder, tmp_path):
    with rasterio.open(folder / "aef.tif") as file:
        left, low, right, high = file.bounds
        tie = shapely.Polygon([(left, low), (right, high), (right, low), (left, high)])
        gpd.GeoDataFrame(geometry=[tie], crs=file.crs).to_file(tmp_path / "tie.gpkg")
    area = ["--area", tmp_path / "tie.gpkg", "-o", tmp_path / "map.tif"]
    made = _run("map", folder / "study", "--source", folder / "aef.tif", *area)
    assert made.exit_code == 0, made.output
    assert "note: tie.gpkg: the only polygon crosses or overlaps itself: the area" in made.output


def test_the_few_dimensions_that_are_enough_make_a_map(folder, tmp_path):
    asked = ["--target", "crop", "--leave", "district"]
    samples, chosen = folder / "samples.parquet", tmp_path / "few"
    made = _run("explain", samples, *asked, "--input", "aef=A??", "-o", chosen)
    assert made.exit_code == 0, made.output
    few = read_subset(chosen / "subset.yaml")
    assert 0 < len(few) < 32
    made = _run(
        "compare", samples, *asked, "--input", f"few={chosen / 'subset.yaml'}",
        "--methods", "prior,few:logistic", "-o", tmp_path / "study", *SMALL,
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    out = tmp_path / "map.tif"
    made = _run("map", tmp_path / "study", "--source", folder / "aef.tif", "-o", out)
    assert made.exit_code == 0, made.output
    assert set(load_model(tmp_path / "map_model").bands) == set(few)


def test_a_study_of_blocks_is_mapped_too(folder, tmp_path):
    blocks = tmp_path / "blocks"
    made = _run(
        "compare", folder / "samples.parquet", "--target", "crop", "--leave", "blocks",
        "--input", "aef=A??", "--methods", "prior,aef:logistic", "-o", blocks, *SMALL,
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    out = tmp_path / "map.tif"
    layers = ["--layers", "applicability"]
    made = _run("map", blocks, "--source", folder / "aef.tif", "-o", out, *layers)
    assert made.exit_code == 0, made.output
    assert "in places with labels" in made.output
    assert "surveyed area" not in made.output
    assert (tmp_path / "map_applicability.tif").exists()
    assert not (tmp_path / "map_confidence.tif").exists()


@pytest.mark.parametrize("verb", ["map", "fit"])
def test_a_model_of_an_unfinished_study_says_so_first(folder, tmp_path, verb):
    study = shutil.copytree(folder / "study", tmp_path / "study")
    output = ["-o", tmp_path / ("out.tif" if verb == "map" else "model")]
    asked = [verb, study, "--source", folder / "aef.tif", *output, "--method", "aef:logistic"]
    # Runs of another method are what is missing.
    done = sorted((study / "runs").glob("*.parquet"))
    done[0].unlink()
    made = _run(*asked)
    assert made.exit_code == 0, made.output
    n_missing, n_runs = open_here(study).n_missing, open_here(study).plan.n_runs
    assert 0 < n_missing < n_runs
    assert made.output.startswith("The answer so far is based on the runs that are done; ")
    assert f"{n_missing} of {n_runs} runs remain" in " ".join(made.output.split())


def test_a_map_can_be_trusted_where_the_folds_of_its_score_were(folder, tmp_path):
    source = ["--source", folder / "aef.tif", "-o", tmp_path / "map.tif"]
    layers = ["--layers", "applicability,density,error"]
    made = _run("map", folder / "study", *source, "--method", "aef:logistic", *layers)
    assert made.exit_code == 0, made.output
    near = load_model(tmp_path / "map_model").applicability
    study = open_here(folder / "study")
    # Labels are on this land, and the score is of other land.
    said = "labels lie in the mapped area, and the score is for places without labels"
    assert f"{len(study.task)} {said}: 'bocage compare' with --area FILE" in made.output
    folds = [fold for fold in study.split.folds if "out" in fold.tests]
    # Whole districts were left out, and the nearest sample elsewhere is what counts.
    rows = study.task.inputs["aef"].values
    scaled = (rows - near.mean) * near.factor
    expected = [cdist(scaled[fold.tests["out"]], scaled[fold.pool]).min(axis=1) for fold in folds]
    np.testing.assert_allclose(
        near.training_index * near.mean_distance, np.concatenate(expected), rtol=1e-9
    )
    # Bands count as much as the head makes of them, and errors are those of the score.
    weights = near.factor * rows.std(axis=0, ddof=1)
    assert weights.max() > 2 * np.median(weights)
    results, budget = study.results(), study.budgets[-1]
    method = next(m for m in study.methods if m.name == "aef:logistic")
    whole = results.whole(method, "out", budget, 0)
    wrong = whole.predicted != study.task.target[whole.rows]
    assert near.curve.mean == pytest.approx(wrong.mean())
    for layer in ("applicability", "density", "error"):
        assert (tmp_path / f"map_{layer}.tif").exists()


def test_bands_and_places_together_make_a_map(folder, tmp_path):
    source = ["--source", folder / "aef.tif", "-o"]
    method = ["--method", "aef+xy:logistic"]
    made = _run("map", folder / "study", *source, tmp_path / "a.tif", *method)
    assert made.exit_code == 0, made.output
    fitted = _run("fit", folder / "study", *source, tmp_path / "model", *method)
    other = _run("map", "--model", tmp_path / "model", *source, tmp_path / "b.tif")
    assert (fitted.exit_code, other.exit_code) == (0, 0), other.output
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    # Places do enter, though these fields are told from one another without.
    fitted = load_model(tmp_path / "a_model").fitted
    values, lonlat = fitted.probes(8)
    assert (fitted.predict(values, lonlat) != fitted.predict(values, lonlat + 0.5)).any()


def test_a_model_in_a_folder_makes_the_same_map(folder, tmp_path):
    method = ["--method", "aef:forest:n_estimators=20"]
    raster = ["--source", folder / "aef.tif", "-o"]
    one = _run("map", folder / "study", *method, *raster, tmp_path / "a.tif")
    fitted = _run("fit", folder / "study", *method, *raster, tmp_path / "model")
    other = _run("map", "--model", tmp_path / "model", *raster, tmp_path / "b.tif")
    assert (one.exit_code, fitted.exit_code, other.exit_code) == (0, 0, 0), other.output
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    assert json.loads((tmp_path / "model" / "model.json").read_text())["classes"]


@pytest.mark.parametrize(
    ("more", "tells"),
    [
        (["--method", "aef:mlp"], "no method 'aef:mlp'"),
        (["--method", "xy:knn1"], "reads no input"),
        (["--method", "aef+xy:logistic", "--layers", "applicability"], "bands of single pixels"),
        (["--method", "prior"], "reads no input"),
        (["--layers", "colour"], "layer 'colour' is unknown"),
        (["--prior", "maize=1"], "expected one for each class"),
        (["--prior", "maize="], "can't be read"),
        (["--area", "nowhere.geojson"], "no file"),
        (["--model", "crop-model"], "expected either a study folder or a model"),
        (["--bands", "a,b"], "2 band names for 64 bands"),
    ],
)
def test_what_can_not_be_mapped_is_said_in_words(folder, tmp_path, more, tells):
    source = ["--source", folder / "aef.tif", "-o", tmp_path / "map.tif"]
    made = _run("map", folder / "study", *source, *more)
    assert made.exit_code != 0
    assert tells in str(made.exception)
    assert not (tmp_path / "map.tif").exists()


def test_a_raster_that_does_not_fit_the_model_is_refused(folder, tmp_path):
    few = tmp_path / "few.tif"
    write_alphaearth(few, n_bands=12)
    made = _run("map", folder / "study", "--source", few, "-o", tmp_path / "map.tif")
    assert "no band A12" in str(made.exception)
    made = _run("map", folder / "study", "-o", tmp_path / "map.tif")
    assert "no raster is named" in str(made.exception)
    write_alphaearth(tmp_path / "other.tif", crs="EPSG:32634")
    two = ["--source", folder / "aef.tif", "--source", tmp_path / "other.tif"]
    made = _run("map", folder / "study", *two, "-o", tmp_path / "map.tif")
    assert "different coordinate reference systems" in str(made.exception)


def test_tiles_make_one_map(folder, tmp_path):
    """A raster cut in two makes the map that it makes whole."""
    with rasterio.open(folder / "aef.tif") as file:
        stored, a, x, y = file.read(), file.transform.a, file.transform.c, file.transform.f
        assert file.transform.e > 0
    half = stored.shape[2] // 2
    for name, part, left in (
        ("a", stored[:, :, :half], x),
        ("b", stored[:, :, half:], x + a * half),
    ):
        write_alphaearth(
            tmp_path / f"{name}.tif", part.shape[1], part.shape[2], values=part, corner=(left, y)
        )
    tiles = ["--source", tmp_path / "b.tif", "--source", tmp_path / "a.tif"]
    made = _run("map", folder / "study", *tiles, "-o", tmp_path / "tiles.tif")
    assert made.exit_code == 0, made.output
    made = _run("map", folder / "study", "--source", folder / "aef.tif", "-o", tmp_path / "one.tif")
    assert made.exit_code == 0, made.output
    with rasterio.open(tmp_path / "tiles.tif") as one, rasterio.open(tmp_path / "one.tif") as other:
        assert one.transform == other.transform
        assert (one.read(1) == other.read(1)).all()


@pytest.mark.slow
def test_field_samples_of_a_state_are_mapped_over_one_municipality(real_data, tmp_path):
    """Real series: the 18 points inside were not learned from, and are only looked at."""
    import pandas as pd
    from pyproj import Transformer

    sinop = real_data / "mato-grosso" / "sinop"
    made = _run(
        "compare", "mato-grosso", "--leave", "year",
        "--methods", "prior,ndvi:forest:n_estimators=25",
        "--budgets", "all", "--repeats", "1", "--trials", "1", "-j", "1", "-o", tmp_path / "study",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    bands = ",".join(f"NDVI_{month:02d}" for month in range(1, 13))
    source = ["--source", sinop / "*.jp2", "--bands", bands, "-o", tmp_path / "map.tif"]
    made = _run("map", tmp_path / "study", *source)
    assert "expected values on the same scale: declare it with --scale" in str(made.exception)
    # Confidence in years that were held out is off by more than luck: no shares are taken from it.
    made = _run("map", tmp_path / "study", *source, "--scale", "0.0001", "--prior", "estimated")
    assert "--prior estimated takes class shares from the map's own" in str(made.exception)
    made = _run("map", tmp_path / "study", *source, "--scale", "0.0001")
    assert made.exit_code == 0, made.output
    points = pd.read_csv(next(sinop.glob("*.csv")))
    with rasterio.open(tmp_path / "map.tif") as file:
        names = legend_of(tmp_path / "map.tif").names
        to_map = Transformer.from_crs(4326, file.crs, always_xy=True)
        xy = zip(*to_map.transform(points.longitude, points.latitude), strict=True)
        found = [names[int(value[0])] for value in file.sample(xy)]
        assert file.shape == (147, 255)
    assert (points.label == found).sum() >= 12


@pytest.mark.slow
def test_a_flood_is_mapped_by_a_network_and_by_pixels(real_data, tmp_path):
    """Real chips: the same scene, so this shows that things fit together, and no skill."""
    folder = real_data / "flood-spain"
    methods = "prior,s2:logistic:C=1,s2+s1:conv1x1:scratch:lr=0.03"
    made = _run(
        "compare", "flood-spain", "--methods", methods, "--budgets", "8", "--repeats", "1",
        "--epochs", "4", "--batches", "32", "--trials", "1", "-j", "2", "-o", tmp_path / "study",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    s2 = ["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B10", "B11", "B12"]
    both = f"{folder}/Spain_7370579_S2Hand.tif,{folder}/Spain_7370579_S1Hand.tif"
    with rasterio.open(folder / "Spain_7370579_LabelHand.tif") as file:
        truth = file.read(1)
    for method, source, bands in (
        ("s2:logistic:C=1", folder / "Spain_7370579_S2Hand.tif", s2),
        ("s2+s1:conv1x1:scratch:lr=0.03", both, [*s2, "VV", "VH"]),
    ):
        out = tmp_path / "map.tif"
        made = _run(
            "map", tmp_path / "study", "--method", method, "--source", source, "--bands",
            ",".join(bands), "--year", 2019, "-o", out,
        )  # fmt: skip
        assert made.exit_code == 0, made.output
        assert "labelled pixels" in made.output
        with rasterio.open(out) as file:
            found = file.read(1)
        known = truth >= 0
        assert (found[known] == truth[known]).mean() > 0.85


def test_among_the_labels_confidence_is_that_of_places_with_labels(folder, tmp_path):
    source = ["--source", folder / "aef.tif"]
    method = ["--method", "aef:logistic"]
    made = _run("map", folder / "study", *source, *method, "-o", tmp_path / "map.tif")
    assert made.exit_code == 0, made.output
    assert "on held-out labels in places with labels;" in made.output
    near = load_model(tmp_path / "map_model")
    made = _run("fit", folder / "study", *source, *method, "-o", tmp_path / "same")
    assert made.exit_code == 0, made.output
    assert load_model(tmp_path / "same").training == near.training
    # The same model for land far from all labels.
    with rasterio.open(folder / "aef.tif") as here:
        moved = here.transform * Affine.translation(20_000, 0)
        shutil.copy(folder / "aef.tif", tmp_path / "far.tif")
    with rasterio.open(tmp_path / "far.tif", "r+") as there:
        there.transform = moved
    elsewhere = ["--source", tmp_path / "far.tif"]
    made = _run("fit", folder / "study", *elsewhere, *method, "-o", tmp_path / "far")
    assert made.exit_code == 0, made.output
    far = load_model(tmp_path / "far")
    assert (near.training.judged, far.training.judged) == ("local", "out")
    # What is said of confidence is of models of all labels, and not of those of one place alone.
    study = open_here(folder / "study")
    found = winner(study, "aef:logistic")
    of = {
        name: HeldOutPredictions.of(study, replace(found, where=name)).now
        for name in ("both", "local")
    }
    assert near.training.log_loss == of["both"][2] != of["local"][2]
    # The score is of new places either way, and so are the classes.
    assert near.training.where == far.training.where == "out"
    assert near.training.score == far.training.score
    rows = far.applicability.rows
    np.testing.assert_array_equal(near.predict(rows).argmax(1), far.predict(rows).argmax(1))
    assert near.head.temperature_ != far.head.temperature_

"""What a map says of labels: where they stand, what they say of the raster, what they left out."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.core import StoreError
from bocage.mapping import unlike_labels
from bocage.models import LabelPlaces, load_model
from bocage.sources import Declared, open_source
from bocage.study import open_study

SIDE, BANDS = 80, ("green", "red", "nir")
LEFT_OUT = (
    "the study left out class 'water' (3 labels): where it occurs, the map shows other classes"
)


def _run(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


def _ok(*arguments):
    said = _run(*arguments)
    assert said.exit_code == 0, said.output
    return said.output


def _raster(path, values, east=0.0):
    transform = Affine(30, 0, 500_000 + east, 0, -30, 5_000_000)
    with rasterio.open(path, "w", driver="GTiff", height=SIDE, width=SIDE, count=3, dtype="uint16",
                       crs="EPSG:32633", transform=transform) as file:  # fmt: skip
        file.write(values)
        file.descriptions = BANDS


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A study of points by folds of its area, a rare class left out, and rasters (synthetic)."""
    folder = tmp_path_factory.mktemp("notes")
    rng = np.random.default_rng(4)
    truth = np.kron(rng.integers(0, 3, (8, 8)), np.ones((10, 10), int))
    means = np.array([[300, 900, 1500], [700, 500, 2500], [1200, 1400, 800]])
    values = np.moveaxis(means[truth] + rng.integers(-150, 150, (SIDE, SIDE, 3)), 2, 0)
    values = values.astype(np.uint16)
    _raster(folder / "here.tif", values)
    _raster(folder / "far.tif", values, east=150_000)
    at = rng.choice(SIDE * SIDE, 90, replace=False)
    row, column = np.divmod(at, SIDE)
    crop = np.array(["maize", "grass", "wheat"])[truth[row, column]]
    crop[:3] = "water"
    xy = np.column_stack([500_000 + 30 * (column + 0.5), 5_000_000 - 30 * (row + 0.5)])
    gpd.GeoDataFrame({"crop": crop}, geometry=shapely.points(xy), crs=32633).to_file(
        folder / "labels.gpkg"
    )
    boxes = [shapely.box(*(place - 20), *(place + 20)) for place in xy[[0, 1, 5, 6]]]
    boxes += [shapely.box(*(xy[4] - 0.5 + 4), *(xy[4] + 0.5 + 4))]
    gpd.GeoDataFrame({"name": list("abcde")}, geometry=boxes, crs=32633).to_file(
        folder / "parcels.gpkg"
    )
    _ok("sample", folder / "labels.gpkg", "--source", folder / "here.tif", "-o",
        folder / "s.parquet")  # fmt: skip
    _ok("compare", folder / "s.parquet", "--target", "crop", "--leave", "knndm", "--area",
        folder / "here.tif", "--min-class", 10, "--methods", "prior,xy:knn1,s:forest,s:logistic",
        "--input", "s=green,red,nir", "--budgets", "all", "--repeats", 1, "--trials", 1, "-j", 1,
        "-o", folder / "study")  # fmt: skip
    _ok("fit", folder / "study", "--method", "s:logistic", "--source", folder / "here.tif", "-o",
        folder / "model")  # fmt: skip
    return folder


def _tags(path):
    with rasterio.open(path) as file:
        return file.tags()


def test_a_score_of_places_with_labels_is_not_told_of_land_far_from_all(world, tmp_path):
    said = "there are no labels in far.tif or near it (the nearest one is about 1"
    how = ("-j", 1, "--layers", "none")
    out = _ok("map", "--model", world / "model", "--source", world / "here.tif", *how, "-o",
              tmp_path / "here.tif")  # fmt: skip
    assert "there are no labels" not in out
    assert "there are no labels" not in _tags(tmp_path / "here.tif")["bocage_caution"]
    for subject in (["--model", world / "model"], [world / "study", "--method", "s:logistic"]):
        out = _ok("map", *subject, "--source", world / "far.tif", *how, "-o", tmp_path / "far.tif")
        assert f"note: {said}" in out
        assert said in _tags(tmp_path / "far.tif")["bocage_caution"]
    parcels = gpd.read_file(world / "parcels.gpkg").translate(150_000)
    gpd.GeoDataFrame(geometry=parcels).to_file(tmp_path / "far.gpkg")
    out = _ok("map", "--model", world / "model", "--source", world / "far.tif", "--parcels",
              tmp_path / "far.gpkg", "-o", tmp_path / "p.gpkg")  # fmt: skip
    assert "note: there are no labels in far.gpkg or near it (the nearest one is about 1" in out
    # Models of before do not know where their labels stand.
    facts = json.loads((world / "model" / "model.json").read_text())
    facts.pop("label_places")
    facts["training"].pop("left_out")
    (tmp_path / "old").mkdir()
    for path in (world / "model").iterdir():
        (tmp_path / "old" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "old" / "model.json").write_text(json.dumps(facts))
    out = _ok("map", "--model", tmp_path / "old", "--source", world / "far.tif", *how, "-o",
              tmp_path / "old.tif")  # fmt: skip
    assert "there are no labels" not in out


def test_places_of_labels_are_kept_coarsely_and_measured_safely(world):
    study = open_study(world / "study")
    places = LabelPlaces.of(study.task, study.split, "local")
    assert places == load_model(world / "model").label_places
    assert places.cell == 0.01
    assert 1 <= len(places.points) < len(study.task)
    assert places.metres_to(study.task.lonlat) == 0
    assert 0 < places.farthest < 5_000
    away = places.metres_to(study.task.lonlat + np.array([0.0, 1.0]))
    # One degree is 111 km; the labels stand on 2 km, their cells on as much.
    assert 106_000 < away < 112_000
    assert LabelPlaces.of(study.task, study.split, "both") is None


def test_the_picture_says_all_that_matters_and_nothing_is_cut(world, tmp_path, monkeypatch):
    from matplotlib.text import Text

    from bocage.mapping.outputs import _page

    written = []
    png = _page.Page.png

    def note(page, longest):
        written.extend(text.get_text() for text in page.figure.findobj(Text))
        return png(page, longest)

    monkeypatch.setattr(_page.Page, "png", note)
    out = _ok("map", "--model", world / "model", "--source", world / "here.tif", "--layers",
              "applicability", "-j", 1, "-o", tmp_path / "m.tif")  # fmt: skip
    said = " ".join(written)
    assert "…" not in said
    share = out.partition(" of 6,400 pixels lie outside")[0].rpartition(" ")[2]
    assert f"{share} of 6,400 pixels lie outside the area of applicability" in said
    assert "confidence differs from accuracy by" in said
    # The figures stand in the file, and are too many for a picture.
    assert "log loss" not in said
    assert "log loss" in _tags(tmp_path / "m.tif")["bocage_calibration"]


def test_the_share_beyond_the_threshold_is_said_where_it_is_mapped(world, tmp_path):
    out = _ok("map", "--model", world / "model", "--source", world / "here.tif", "--layers",
              "applicability", "-j", 1, "-o", tmp_path / "m.tif")  # fmt: skip
    with rasterio.open(tmp_path / "m_applicability.tif") as file:
        stored = file.read(1)
    share = (stored[stored != 255] > 100).mean()
    assert f"note: {share:.1%} of 6,400 pixels lie outside the area of applicability" in out


def test_classes_that_were_left_out_are_named(world, tmp_path):
    fit = _ok("fit", world / "study", "--method", "s:logistic", "--source", world / "here.tif",
              "-o", tmp_path / "model")  # fmt: skip
    out = _ok("map", "--model", tmp_path / "model", "--source", world / "here.tif", "-j", 1, "-o",
              tmp_path / "m.tif")  # fmt: skip
    for said in (fit, out):
        assert said.count(f"note: {LEFT_OUT}") == 1
    assert LEFT_OUT in _tags(tmp_path / "m.tif")["bocage_caution"]


def test_polygons_that_hold_labels_are_no_test(world, tmp_path):
    out = _ok("map", world / "study", "--method", "s:logistic", "--source", world / "here.tif",
              "--parcels", world / "parcels.gpkg", "-o", tmp_path / "p.gpkg")  # fmt: skip
    labels = gpd.read_file(world / "labels.gpkg").query("crop != 'water'")
    n = gpd.read_file(world / "parcels.gpkg").sjoin(labels)["name"].nunique()
    assert 1 < n < 5
    said = (
        f"{n} of 5 polygons hold labels that the model was trained on: their classes are not an "
        "independent test"
    )
    assert f"note: {said}" in out
    assert f"note: {LEFT_OUT}" in out
    assert "note: the model assumes that all classes are equally frequent" in out
    assert "--prior" not in out


def test_bands_in_another_order_are_known_by_the_labels(world, tmp_path):
    order = ("map", world / "study", "--method", "s:logistic", "-j", 1, "--layers", "none")
    out = _ok(*order, "--source", world / "here.tif", "--bands", "nir,red,green", "-o",
              tmp_path / "m.tif")  # fmt: skip
    said = (
        "at all 87 labels on here.tif, the values of the raster differ from those of the table, "
        "and agree if its bands are in another order: --bands green,red,nir"
    )
    assert f"note: {said}" in out
    assert _tags(tmp_path / "m.tif")["bocage_caution_labels"] == said
    out = _ok(*order, "--source", world / "here.tif", "-o", tmp_path / "m.tif")
    assert "differ from those of the table" not in out
    assert "bocage_caution_labels" not in _tags(tmp_path / "m.tif")


def test_it_is_said_how_many_labels_were_looked_at(world, monkeypatch):
    monkeypatch.setattr("bocage.mapping._unlike_labels.MOST", 30)
    study = open_study(world / "study")
    method = next(method for method in study.methods if method.name == "s:logistic")
    raster = open_source(world / "here.tif", Declared(bands=("nir", "red", "green")))
    said = unlike_labels(study, method, raster)
    assert said.startswith(
        "at all 29 labels that were checked, out of 87 on here.tif, the values of the raster "
        "differ from those of the table, and agree if its bands"
    )


def test_another_date_or_scale_is_known_by_the_labels(world, tmp_path):
    study = open_study(world / "study")
    method = next(method for method in study.methods if method.name == "s:logistic")
    with rasterio.open(world / "here.tif") as file:
        values = file.read()
    _raster(tmp_path / "later.tif", values + 40)
    said = "as they would with another date, scale or band order"
    later = open_source(tmp_path / "later.tif")
    assert unlike_labels(study, method, later).endswith(said)
    scaled = open_source(world / "here.tif", Declared(scale=1e-4))
    assert unlike_labels(study, method, scaled).endswith(said)
    # No label stands there, and what is rounded by half a step is the same.
    assert unlike_labels(study, method, open_source(world / "far.tif")) == ""
    assert unlike_labels(study, method, open_source(world / "here.tif")) == ""


def test_the_method_that_the_verdict_names_comes_first(world):
    said = _run("map", world / "study", "--method", "xy:knn1", "--source", world / "here.tif")
    study = open_study(world / "study")
    scores = study.save_scores()
    rows = scores[(scores["domain"] == "local") & (scores["metric"] == "balanced_accuracy")]
    best = rows[rows["method"].str.startswith("s:")].groupby("method")["value"].mean().idxmax()
    assert f"with --method ({best}, " in str(said.exception)


@pytest.mark.parametrize("verb", ["map", "fit", "explain"])
def test_a_study_that_is_not_there_is_said_first(world, tmp_path, verb, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = ["--source", world / "here.tif", "--bands", "a,b,c", "-o", "new"]
    said = _run(verb, "studies/nope", *source)
    assert isinstance(said.exception, StoreError)
    assert str(said.exception).startswith("no study in studies/nope (study.yaml is not there)")

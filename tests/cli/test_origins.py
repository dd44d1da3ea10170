"""The source of the labels' features goes from `sample` to the map, on the command line."""

import json
import shutil

import pytest
import rasterio
from tests.data.alphaearth import write_fields
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.core import DataError
from bocage.mapping.outputs import check_item
from bocage.models import load_model

SMALL = ["--methods", "prior,aef:logistic", "--budgets", "10,all", "--repeats", "1", "-j", "1",
         "--trials", "1"]  # fmt: skip
ASK = ["--target", "crop", "--leave", "district"]


def _run(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study of a CSV file that was sampled in 2023; the same raster as version 2."""
    folder = tmp_path_factory.mktemp("fields")
    write_fields(folder, "district", "crop")
    source = ["--source", folder / "aef.tif", "--year", 2023]
    made = _run("sample", folder / "labels.gpkg", *source, "-o", folder / "t.csv")
    assert made.exit_code == 0, made.output
    made = _run("compare", folder / "t.csv", *ASK, "-o", folder / "study", *SMALL)
    assert made.exit_code == 0, made.output
    assert "note: input 'aef' is AlphaEarth Foundations Satellite Embedding v1, aef.tif, 2023 " in (
        made.output.replace("\n", " ")
    )
    later = folder / "v2" / "annual" / "2024"
    later.mkdir(parents=True)
    shutil.copy(folder / "aef.tif", later / "aef.tif")
    return folder


def test_a_map_of_another_year_says_so(folder, tmp_path):
    out = tmp_path / "map.tif"
    source = ["--source", folder / "aef.tif", "--year", 2024]
    made = _run("map", folder / "study", *source, "-o", out)
    assert made.exit_code == 0, made.output
    said = "aef.tif is of 2024, but the labels' features are of 2023 (aef.tif): scores are of 2023"
    assert f"note: {said}" in made.output
    with rasterio.open(out) as file:
        tags = file.tags()
    assert tags["bocage_caution_years"] == said
    assert tags["bocage_learned_from"].endswith("v1, aef.tif, 2023")
    assert tags["bocage_years"] == "2024"
    item = json.loads((tmp_path / "map.json").read_text())
    check_item(item)
    learned = item["properties"]["bocage:learned_from"]
    assert learned["years"] == [2023]
    assert learned["files"] == ["aef.tif"]
    assert learned["license"] == item["properties"]["license"] == "CC-BY-4.0"
    model = load_model(tmp_path / "map_model")
    assert (model.years, model.sources, model.version) == ((2023,), ("aef.tif",), "v1")
    again = _run("map", "--model", tmp_path / "map_model", *source, "-o", tmp_path / "again.tif")
    assert f"note: {said}" in again.output


def test_a_map_of_the_same_year_has_nothing_to_say(folder, tmp_path):
    source = ["--source", folder / "aef.tif", "--year", 2023]
    made = _run("map", folder / "study", *source, "-o", tmp_path / "map.tif")
    assert made.exit_code == 0, made.output
    assert "scores are of" not in made.output
    with rasterio.open(tmp_path / "map.tif") as file:
        assert "bocage_caution_years" not in file.tags()


@pytest.mark.parametrize("verb", ["fit", "map", "explain"])
def test_another_version_than_the_labels_is_refused(folder, tmp_path, verb):
    other = folder / "v2" / "annual" / "2024" / "aef.tif"
    subject = [folder / "t.csv", *ASK] if verb == "explain" else [folder / "study"]
    made = _run(verb, *subject, "--source", other, "-o", tmp_path / "out.tif")
    assert isinstance(made.exception, DataError)
    assert "aef.tif is of version 'v2', but the labels' features are of 'v1'" in str(made.exception)
    assert not list(tmp_path.iterdir())


def test_an_explanation_on_a_raster_of_another_year_says_so(folder, tmp_path):
    source = ["--source", folder / "aef.tif", "--year", 2021]
    made = _run("explain", folder / "t.csv", *ASK, *source, "-o", tmp_path / "why")
    assert made.exit_code == 0, made.output
    assert "note: aef.tif is of 2021, but the labels' features are of 2023" in made.output
    assert "aef.tif is of 2021" in (tmp_path / "why" / "report.html").read_text()


def test_labels_without_a_record_make_a_model_of_no_year(folder, tmp_path):
    shutil.copy(folder / "t.csv", tmp_path / "bare.csv")
    made = _run("compare", tmp_path / "bare.csv", *ASK, "-o", tmp_path / "study", *SMALL)
    assert made.exit_code == 0, made.output
    source = ["--source", folder / "aef.tif", "--year", 2024]
    made = _run("fit", tmp_path / "study", *source, "-o", tmp_path / "model")
    assert made.exit_code == 0, made.output
    model = load_model(tmp_path / "model")
    assert (model.years, model.sources) == ((), ())

"""What would be written over an input, or over another kind of file, is refused before the work."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing

import geopandas as gpd
import pytest
import rasterio
import rasterio.shutil
from tests.data.alphaearth import write_fields
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.core import SettingsError, StoreError, claimed
from bocage.mapping import MapRequest, make_map
from bocage.models import load_model
from bocage.sources import open_source
from bocage.tables import sample_labels

STUDY = ["--target", "crop", "--leave", "district"]
SMALL = ["--methods", "prior,aef:logistic", "--budgets", "all", "--repeats", 1, "-j", 1,
         "--trials", 1]  # fmt: skip


def _run(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fields")
    write_fields(folder, "district", "crop", side=64, n=120)
    _ok("sample", folder / "labels.gpkg", "--source", folder / "aef.tif", "-o",
        folder / "s.parquet")  # fmt: skip
    _ok("compare", folder / "s.parquet", *STUDY, *SMALL, "-o", folder / "study")
    _ok("fit", folder / "study", "--source", folder / "aef.tif", "-o", folder / "model")
    return folder


def _ok(*arguments):
    said = _run(*arguments)
    assert said.exit_code == 0, said.output


@pytest.fixture
def place(made, tmp_path, monkeypatch):
    """A folder of its own, which commands are run in."""
    for name in ("aef.tif", "other.tif", "labels.gpkg", "s.parquet", "area.geojson"):
        shutil.copy(made / name, tmp_path)
    for name in ("study", "model"):
        shutil.copytree(made / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _state(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def _refused(place, *arguments, told):
    before = _state(place)
    said = _run(*arguments)
    assert isinstance(said.exception, SettingsError), said.output
    assert told in str(said.exception)
    assert _state(place) == before


MAP = ("map", "--model", "model", "-j", "1")


def test_a_map_is_not_written_over_its_source_by_whatever_name(place):
    (place / "sub").mkdir()
    (place / "link.tif").symlink_to(place / "aef.tif")
    (place / "hard.tif").hardlink_to(place / "aef.tif")
    (place / "sub" / "back").symlink_to(place)
    for name in ("aef.tif", "./sub/../aef.tif", "link.tif", "hard.tif", "sub/back/aef.tif"):
        _refused(place, *MAP, "--source", "aef.tif", "-o", name, told="is an input")
    _refused(place, "map", "study", "--source", "link.tif", "-o", "aef.tif", told="is an input")
    # What a virtual raster is made of is read too.
    rasterio.shutil.copy("aef.tif", "all.vrt", driver="VRT")
    _refused(place, *MAP, "--source", "all.vrt", "-o", "aef.tif", told="is an input")


@pytest.mark.parametrize(
    ("old", "new"),
    [("aef.tif", "m_confidence.tif"), ("area.geojson", "m.json"), ("model", "m_model")],
)
def test_no_file_beside_a_map_is_written_over_an_input(place, old, new):
    (place / old).rename(place / new)
    source = new if old == "aef.tif" else "aef.tif"
    model = new if old == "model" else "model"
    area = ["--area", new] if old == "area.geojson" else []
    _refused(place, "map", "--model", model, "--source", source, *area, "-o", "m.tif", "-j", 1,
             told="is an input")  # fmt: skip


@pytest.mark.parametrize("name", ["m.png", "m.json", "m.qml", "m_areas.csv", "m.tif", "m_model"])
def test_a_map_replaces_no_file_of_another_kind(place, name):
    (place / name).write_text('{"type": "FeatureCollection"}')
    _refused(place, *MAP, "--source", "aef.tif", "-o", "m.tif", told="would be overwritten")


def test_a_map_is_no_picture_and_may_be_made_anew(place):
    for name in ("m.png", "m.parquet", "m"):
        _refused(place, *MAP, "--source", "aef.tif", "-o", name, told="expected a GeoTIFF")
    for _ in range(2):
        _ok(*MAP, "--source", "aef.tif", "--year", 2024, "-o", "m.tif")


OTHERS = "was not written by Bocage"


def test_a_map_replaces_no_file_that_somebody_else_made(place):
    order = (*MAP, "--source", "aef.tif", "-o", "m.tif")
    for name in ("m.tif", "m_confidence.tif"):
        shutil.copy("other.tif", name)
        _refused(place, *order, told=f"'{name}' exists and {OTHERS}")
        (place / name).unlink()
    png = b"\x89PNG\r\n\x1a\n"
    for name, data in (("m.png", png), ("m.qml", b"<qgis/>"), ("m_areas.csv", b"class,pixels,x\n")):
        (place / name).write_bytes(data)
        _refused(place, *order, told=f"'{name}' exists and {OTHERS}")
        (place / name).unlink()
    _ok(*order)
    # What tells of a map that is replaced goes with it, whatever was made of it since.
    (place / "m.png").write_bytes(png)
    (place / "m.qml").write_text("<qgis/>")
    _ok(*order)
    # Without their map they are still known.
    (place / "m.tif").unlink()
    assert b"Bocage" in (place / "m.png").read_bytes()
    _ok(*order)


def test_a_map_of_polygons_is_made_anew_and_replaces_nobody_else_s(place):
    order = (*MAP[:3], "--source", "aef.tif", "--parcels", "area.geojson", "-o", "p.gpkg")
    gpd.read_file("labels.gpkg").to_file("p.gpkg", layer="map")
    _refused(place, *order, told=f"'p.gpkg' exists and {OTHERS}")
    (place / "p.gpkg").unlink()
    for _ in range(2):
        _ok(*order)


def test_samples_are_not_written_over_tables_that_somebody_else_made(place):
    sample = ("sample", "labels.gpkg", "--source", "aef.tif", "-o")
    table = gpd.read_file("labels.gpkg")
    table.to_parquet("t.parquet")
    table.drop(columns="geometry").to_csv("t.csv", index=False)
    table.to_file("t.gpkg", layer="samples")
    for name in ("t.parquet", "t.csv", "t.gpkg"):
        _refused(place, *sample, name, told=f"'{name}' exists and {OTHERS}")
        (place / name).unlink()
        for _ in range(2):
            _ok(*sample, name)
    # Hours of work may have gone into a table since.
    with (place / "t.csv").open("a") as file:
        file.write("mine\n")
    _refused(place, *sample, "t.csv", told=f"'t.csv' exists and {OTHERS}")


def test_a_study_an_explanation_and_a_page_replace_nothing_that_somebody_else_made(place):
    orders = {
        "study.yaml": ("compare", "s.parquet", *STUDY, *SMALL),
        "scores.parquet": ("compare", "s.parquet", *STUDY, *SMALL),
        "split.html": ("split", "s.parquet", *STUDY),
        "report.html": ("explain", "s.parquet", *STUDY),
    }
    for name, order in orders.items():
        (place / "new").mkdir(exist_ok=True)
        own = {"study.yaml": "crop: mine\n", "scores.parquet": "PAR1 and so on"}
        (place / "new" / name).write_text(own.get(name, "<html></html>"))
        _refused(place, *order, "-o", "new", told=f"'new/{name}' exists and {OTHERS}")
        (place / "new" / name).unlink()
    (place / "own.html").write_text("<html></html>")
    _refused(place, "report", "study", "-o", "own.html", told=f"'own.html' exists and {OTHERS}")
    for _ in range(2):
        _ok("report", "study", "-o", "new.html")
    (place / "own").mkdir()
    (place / "own" / "model.json").write_text('{"format": "layers-model"}')
    _refused(
        place, "fit", "study", "--source", "aef.tif", "-o", "own", told="is no model of Bocage"
    )


def test_samples_are_not_written_over_labels_sources_or_other_layers(place):
    sample = ("sample", "labels.gpkg", "--source", "aef.tif", "-o")
    (place / "link.gpkg").symlink_to(place / "labels.gpkg")
    for name in ("labels.gpkg", "link.gpkg", "./labels.gpkg"):
        _refused(place, *sample, name, told="is an input")
    _refused(place, "sample", "s.parquet", "--source", "aef.tif", "-o", "s.parquet",
             told="is an input")  # fmt: skip
    shutil.copy("labels.gpkg", "project.gpkg")
    _refused(place, *sample, "project.gpkg", told="contains labels, which would be lost")
    (place / "note.parquet").write_text("mine")
    _refused(place, *sample, "note.parquet", told="is no Parquet file")
    for _ in range(2):
        _ok(*sample, "new.gpkg")
    gpd.read_file("labels.gpkg").to_file("new.gpkg", layer="roads")
    _refused(place, *sample, "new.gpkg", told="contains roads, which would be lost")


def test_a_study_an_explanation_and_a_page_are_not_written_over_what_they_read(place):
    (place / "s.parquet").rename(place / "scores.parquet")
    _refused(place, "compare", "scores.parquet", *STUDY, *SMALL, "-o", ".", told="is an input")
    _refused(place, "split", "scores.parquet", *STUDY, "-o", ".", told="is an input")
    (place / "study.yaml").write_text("task: scores.parquet\ntarget: crop\nleave: district\n")
    _refused(place, "compare", "study.yaml", *SMALL, "-o", ".", told="is an input")
    _ok("explain", "scores.parquet", *STUDY, "--margin", 0.2, "-o", "why", "-j", 1)
    _refused(place, "explain", "scores.parquet", *STUDY, "--input", "few=why/subset.yaml", "-o",
             "why", told="is an input")  # fmt: skip
    _refused(place, "explain", "study", "-o", "study", told="is an input")
    (place / "scores.parquet").rename(place / "report.html")
    _refused(place, "report", "study", "-o", "labels.gpkg", told="expected a page")
    _refused(place, "report", "study", "-o", "report.html", told="is no page")
    _refused(place, "fit", "study", "--source", "aef.tif", "-o", "study", told="is no model")


def test_a_model_is_made_by_one_command_at_a_time(place):
    order = ("fit", "study", "--source", "aef.tif", "-o", "new")
    with claimed(place / "new"):
        said = _run(*order)
    assert isinstance(said.exception, SettingsError)
    assert "'new' is being written by another process" in str(said.exception)
    _ok(*order)
    assert (place / "new" / "model.json").exists()


def test_in_python_as_on_the_command_line(place):
    raster = open_source(place / "aef.tif")
    with pytest.raises(SettingsError, match="is an input"):
        make_map(load_model(place / "model"), raster, place / "aef.tif", MapRequest(()))
    with pytest.raises(SettingsError, match="is an input"):
        make_map(load_model(place / "model"), raster, place / "m.tif", MapRequest(()),
                 inputs=[place / "m_model", shutil.copytree("model", "m_model")])  # fmt: skip
    table = sample_labels(place / "labels.gpkg", [raster])
    before = _state(place)
    for name in ("labels.gpkg", "aef.tif"):
        with pytest.raises(SettingsError, match=r"is an input|expected a table"):
            table.write(place / name)
    assert _state(place) == before


@pytest.mark.usefixtures("place")
def test_columns_that_a_geopackage_can_not_hold_get_other_names():
    table = gpd.read_file("labels.gpkg")
    table["Crop"], table["fid"], table["geom"] = table["crop"], 7, "x"
    table.to_parquet("odd.parquet")
    said = _run("sample", "odd.parquet", "--source", "aef.tif", "-o", "odd.gpkg")
    assert said.exit_code == 0, said.output
    for old in ("Crop", "fid", "geom"):
        assert f"note: column '{old}' is called '{old}_2' in odd.gpkg" in said.output
    found = gpd.read_file("odd.gpkg")
    assert (found["Crop_2"] == found["crop"]).all()
    assert (found["fid_2"] == 7).all()
    with closing(sqlite3.connect("odd.gpkg")) as file:
        assert file.execute("SELECT count(*) FROM samples").fetchone() == (len(found),)
    _ok("compare", "odd.gpkg", *STUDY, *SMALL, "-o", "again")


VERBS = {
    "sample": ("labels.gpkg", "--source", "aef.tif", "-o", "ro/s.parquet"),
    "map": ("study", "--source", "aef.tif", "-o", "ro/m.tif"),
    "fit": ("study", "--source", "aef.tif", "-o", "ro/model"),
    "report": ("study", "-o", "ro/page.html"),
    "split": ("s.parquet", *STUDY, "-o", "ro/study"),
    "compare": ("s.parquet", *STUDY, *SMALL, "-o", "ro/study"),
    "explain": ("s.parquet", *STUDY, "-o", "ro/why"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_folder_without_rights_is_said_alike_before_the_work(place, monkeypatch, verb):
    (place / "ro").mkdir()
    make = tempfile.mkdtemp

    def refuse(suffix, prefix, folder):
        if folder.resolve() == place / "ro":
            raise PermissionError(13, "Permission denied")
        return make(suffix, prefix, folder)

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    for work in ("bocage.study.prepare", "bocage.study.load", "bocage.models.fit_model"):
        monkeypatch.setattr(work, None)
    before = _state(place)
    said = _run(verb, *VERBS[verb])
    assert isinstance(said.exception, StoreError), said.output
    assert str(said.exception) == (
        f"can't write {VERBS[verb][-1]} (Permission denied); change the rights of its folder, or "
        "choose another folder with -o, then run the same command again"
    )
    assert _state(place) == before


def test_a_model_of_another_study_or_target_is_not_replaced(place):
    _run("compare", "s.parquet", *STUDY, *SMALL, "-o", "other")
    _refused(place, "fit", "other", "--source", "aef.tif", "-o", "model",
             told="'model' already holds a model of study 'study' (target 'crop', aef:logistic), "
             "which would be overwritten; expected no model, or one of study 'other' (target "
             "'crop'): choose another folder with -o")  # fmt: skip
    shutil.rmtree(place / "study")
    shutil.copytree(place / "other", place / "study")
    facts = place / "model" / "model.json"
    text = facts.read_text()
    facts.write_text(text.replace('"target": "crop"', '"target": "soil"'))
    _refused(place, "fit", "study", "--source", "aef.tif", "-o", "model", told="target 'soil'")
    # Models of before do not know what their study was called, but its split.
    old = text.replace('"study_name": "study"', '"study_name": ""')
    assert old != text
    facts.write_text(old)
    _ok("fit", "study", "--source", "aef.tif", "-o", "model")
    key = json.loads(text)["training"]["study"]
    facts.write_text(old.replace(key, "0" * 32))
    _refused(place, "fit", "study", "--source", "aef.tif", "-o", "model", told="another study")


def test_a_study_is_fitted_again_whatever_its_labels_have_become(place):
    order = ("fit", "study", "--source", "aef.tif", "-o", "model")
    said = _run(*order)
    assert said.exit_code == 0
    assert "note: the model that stood" not in said.output
    facts = place / "model" / "model.json"
    text = facts.read_text()
    facts.write_text(text.replace(json.loads(text)["training"]["study"], "0" * 32))
    said = _run(*order)
    assert "note: the former model in model was fitted on other labels" in " ".join(
        said.output.split()
    )
    facts.write_text('{"format": "bocage map model", ')
    _ok(*order)

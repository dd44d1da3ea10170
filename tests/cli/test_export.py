"""`bocage export`: what a study's winner says, said by other programs; and colours on the way."""

import json
import re
import sqlite3
from contextlib import closing
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from tests.data.alphaearth import write_fields
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.colours import legend_for
from bocage.mapping.outputs import legend_of
from bocage.models import load_model
from bocage.sources import AEF_CODING

SMALL = ["--budgets", "all", "--repeats", "1", "--trials", "1", "-j", "1"]
COLOURS = {"maize": "#102030", "water": "#aabbcc", "wheat": "#fedc00"}


def _run(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


def _done(*arguments):
    made = _run(*arguments)
    assert made.exit_code == 0, made.output
    return made.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Fields of three crops with embeddings, a finished study, and a file of colours."""
    folder = tmp_path_factory.mktemp("fields")
    write_fields(folder, "district", "crop", side=96, n=160)
    samples = folder / "samples.parquet"
    _done("sample", folder / "labels.gpkg", "--source", folder / "aef.tif", "-o", samples)
    _done(
        "compare", samples, "--target", "crop", "--leave", "district", "--input", "aef=A??",
        "--methods", "prior,xy:knn1,aef:logistic,aef:knn3,aef+xy:logistic", "-o", folder / "study",
        *SMALL,
    )  # fmt: skip
    rows = [f"{name},{colour.upper()}" for name, colour in COLOURS.items()]
    (folder / "colours.csv").write_text("\n".join(["class,colour", *rows, "rye,#000000"]))
    return folder


@pytest.fixture(scope="module")
def model(folder):
    """What `bocage fit` makes of the same study."""
    _done("fit", folder / "study", "--source", folder / "aef.tif", "--method", "aef:logistic",
          "-o", folder / "model")  # fmt: skip
    return load_model(folder / "model")


def _pixels(folder):
    with rasterio.open(folder / "aef.tif") as file:
        return AEF_CODING.decode(file.read().reshape(64, -1)[:, ::31]).T


def test_a_study_becomes_an_onnx_file_that_agrees_and_says_so(folder, model, tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("skl2onnx")
    told = _done("export", folder / "study", "--to", "onnx", "-o", tmp_path / "m.onnx",
                 "--method", "aef:logistic")  # fmt: skip
    assert "balanced accuracy" in told
    assert re.search(r"ONNX .*4,?096 random rows: .*\d", told)
    assert f"ONNX model: {tmp_path / 'm.onnx'}" in told
    session = runtime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    X = _pixels(folder)
    X = X[np.isfinite(X).all(axis=1)]
    (found,) = session.run(None, {"bands": X.astype(np.float32)})
    expected = model.predict(X)
    # Confidence is of the land that is mapped, which an export does not know; classes are.
    assert (found.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.999
    # The same command again takes the place of its own file.
    _done("export", folder / "study", "--to", "ONNX", "-o", tmp_path / "m.onnx")


def test_a_model_becomes_a_script_with_its_numbers_and_the_colours_that_are_wanted(
    folder, model, tmp_path
):
    script = tmp_path / "classify.js"
    told = _done("export", folder / "model", "--to", "earthengine", "-o", script,
                 "--colours", folder / "colours.csv")  # fmt: skip
    assert f"script: {script}" in told
    text = script.read_text()

    def constant(name):
        return json.loads(re.search(rf"^var {name} = (.*?);", text, re.MULTILINE | re.DOTALL)[1])

    assert constant("COLOURS") == [COLOURS[name] for name in model.classes]
    assert "palette: COLOURS}, 'class');" in text
    X = _pixels(folder)
    X = X[np.isfinite(X).all(axis=1)]
    scores = X @ np.array(constant("WEIGHTS")).T + constant("OFFSETS")
    assert constant("BANDS") == list(model.bands)
    mapped = np.array(constant("CODES"))[scores.argmax(axis=1)]
    np.testing.assert_array_equal(mapped, model.predict(X).argmax(axis=1))
    # From the study itself, in the colours that its map would have.
    _done("export", folder / "study", "--to", "Earth-Engine", "-o", script)
    text = script.read_text()
    assert constant("COLOURS") == list(legend_for(model.classes).colours)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "onx"], "earthengine; did you mean 'onnx'?"),
        (["--to", "coreml"], "--to 'coreml' is unknown; expected one of onnx, earthengine"),
        (["--to", "onnx", "-o", "m.js"], "expected an ONNX model: one of .onnx"),
        (["--to", "earthengine", "-o", "m.onnx"], "expected a script for Earth Engine"),
        (["--to", "onnx", "-o", "user.onnx"], "was not written by Bocage"),
        (["--to", "earthengine", "-o", "user.js"], "would be overwritten"),
        (
            ["--to", "earthengine", "--method", "aef:knn3", "-o", "m.js"],
            "aef:knn3 can't be written for Earth Engine: expected is a linear model or trees, one",
        ),
        (
            ["--to", "onnx", "--method", "aef+xy:logistic"],
            "expected are the bands of one; name another method of the study with --method (aef",
        ),
        (["--to", "onnx", "--method", "prior"], "with --method (aef:logistic, aef:knn3)"),
        (["--to", "earthengine", "--method", "prior", "-o", "m.js"], "--method (aef:logistic)"),
        (["--to", "onnx", "--colours", "c.csv"], "--colours applies only to scripts for Earth"),
        (["--to", "earthengine", "--colours", "c.csv", "-o", "m.js"], "there is no file 'c.csv'"),
    ],
)
def test_what_can_not_be_exported_is_said_with_what_can(
    folder, tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    for name in ("user.onnx", "user.js"):
        (tmp_path / name).write_text("mine")
    made = _run("export", folder / "study", "-o", "m.onnx", *arguments)
    assert made.exit_code != 0
    assert said in str(made.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["user.js", "user.onnx"]
    assert (tmp_path / "user.js").read_text() == "mine"


@pytest.mark.usefixtures("model")
def test_what_is_no_study_and_no_model_is_refused(folder, tmp_path):
    made = _run("export", tmp_path, "--to", "onnx", "-o", tmp_path / "m.onnx")
    assert "no study in" in str(made.exception)
    made = _run("export", folder / "model", "--to", "onnx", "-o", tmp_path / "m.onnx",
                "--method", "aef:knn3")  # fmt: skip
    assert "--method selects a method of a study, and this is a model" in str(made.exception)


def test_all_files_of_a_map_have_the_colours_that_are_wanted(folder, model, tmp_path):
    out = tmp_path / "map.tif"
    _done("map", "--model", folder / "model", "--source", folder / "aef.tif", "--year", 2024,
          "--colours", folder / "colours.csv", "-o", out)  # fmt: skip
    assert dict(zip(legend_of(out).names, legend_of(out).colours, strict=True)) == COLOURS
    style = (tmp_path / "map.qml").read_text()
    for at, name in enumerate(model.classes):
        entry = f'<paletteEntry value="{at}" color="{COLOURS[name]}" alpha="255" label="{name}"'
        assert entry in style
    item = (tmp_path / "map.json").read_text().lower()
    assert all(colour.removeprefix("#") in item for colour in COLOURS.values())
    with rasterio.open(tmp_path / "map.png") as picture:
        drawn = {tuple(rgb) for rgb in picture.read()[:3].reshape(3, -1).T.tolist()}
    wanted = {tuple(bytes.fromhex(colour[1:])) for colour in COLOURS.values()}
    assert wanted <= drawn


def test_a_map_of_polygons_holds_its_style_and_is_made_anew(folder, model, tmp_path):
    with rasterio.open(folder / "aef.tif") as file:
        left, low, right, high = file.bounds
        crs = file.crs
    cut = np.linspace(left, right, 7)
    shapes = [shapely.box(a, low, b, high) for a, b in pairwise(cut)]
    gpd.GeoDataFrame(geometry=shapes, crs=crs).to_file(tmp_path / "fields.gpkg")
    out = tmp_path / "map.gpkg"
    command = ["map", "--model", folder / "model", "--source", folder / "aef.tif", "-o", out]
    command += ["--parcels", tmp_path / "fields.gpkg", "--colours", folder / "colours.csv"]
    _done(*command)
    assert len(gpd.read_file(out)) == len(shapes)
    with closing(sqlite3.connect(out)) as file:
        ((style, layer, is_default),) = file.execute(
            "SELECT styleQML, f_table_name, useAsDefault FROM layer_styles"
        ).fetchall()
    assert (layer, is_default) == ("map", 1)
    assert re.findall(r'<category symbol="\d" value="(.*?)"', style) == [*model.classes, ""]
    assert 'k="color" v="16,32,48,255"' in style
    _done(*command)
    # A style that somebody saved there is not lost.
    with closing(sqlite3.connect(out)) as file, file:
        file.execute("INSERT INTO layer_styles (f_table_name, styleName) VALUES ('map', 'mine')")
    made = _run(*command)
    assert "contains layer_styles, which would be lost" in str(made.exception)


def test_wrong_colours_are_refused_before_the_work(folder, tmp_path):
    (tmp_path / "c.csv").write_text("maize,#000000\nwatr,#111111\nwheat,#222222\n")
    out = tmp_path / "map.tif"
    made = _run("map", folder / "study", "--source", folder / "aef.tif", "--colours",
                tmp_path / "c.csv", "-o", out)  # fmt: skip
    assert "no colour for 'water'; did you mean 'watr'? Expected one for each class of crop" in str(
        made.exception
    )
    assert "method:" not in made.output
    assert not out.exists()

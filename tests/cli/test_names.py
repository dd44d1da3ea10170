"""Codes, columns and rasters that lack a name get one on the command line."""

import json

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from tests.data.alphaearth import NORTH, class_codes, patches

from bocage.models import load_model
from bocage.study import open_study, read_settings

FAST = ["--methods", "prior,aef:logistic", "--budgets", "all", "--repeats", "1", "-j", "1",
        "--trials", "1"]  # fmt: skip
ASK = ["--target", "crop", "--leave", "district"]
CROPS = {"maize": 1, "rice": 2, "wheat": 3}


@pytest.fixture
def coded(frame, tmp_path):
    """The table with codes for crops and AlphaEarth counted from 1; names in a file."""
    names = {f"A{i:02d}": f"b{i + 1}" for i in range(64)}
    made = frame.assign(crop=frame["crop"].map(CROPS)).rename(columns=names)
    made.to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "crops.csv").write_text("code;crop\n1;maize\n2;rice\n3;wheat\n")
    frame.to_csv(tmp_path / "plain.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("names", ["1=maize,2=rice,3=wheat", "crops.csv"])
def test_named_codes_are_the_study_of_the_names(bocage, coded, names):
    ask = [*ASK, *FAST, "--json", "-o"]
    code, out, err = bocage("compare", "t.csv", *ask, "a", "--class-names", names)
    assert code == 0, err
    assert "columns b1 to b64 hold vectors of 64 numbers of length 1" in err.replace("\n", " ")
    code, plain, err = bocage("compare", "plain.csv", *ask, "b")
    assert code == 0, err
    assert json.loads(out)["scores"] == json.loads(plain)["scores"]
    assert open_study(coded / "a").task.classes == ("maize", "rice", "wheat")
    # The same command goes on in the same folder.
    code, out, err = bocage("compare", "t.csv", *ask, "a", "--class-names", names)
    assert code == 0, err
    assert "(0 to do)" in err


def test_split_and_explain_take_names_too(bocage, coded):
    more = ["--class-names", "crops.csv", "--rename", "district=place", "--leave", "place"]
    code, out, err = bocage("split", "t.csv", "--target", "crop", *more, "-o", "s")
    assert code == 0, err
    code, out, err = bocage("explain", "t.csv", "--target", "crop", *more, "-o", "e")
    assert code == 0, err
    assert "maize" in out
    kept = read_settings(coded / "e" / "explanation.yaml").class_names
    assert (coded / "crops.csv").samefile(kept)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--class-names", "1=maize,1=rice"], "--class-names names '1' twice"),
        (["--class-names", "1="], "can't be read"),
        (["--class-names", "gone.csv"], "there is no file 'gone.csv'"),
        (["--rename", "b1"], "there is no file 'b1'"),
        (["--rename", "bb=c"], "there is no column 'bb'"),
        (["--class-names", ""], "--class-names is given without a value"),
    ],
)
@pytest.mark.usefixtures("coded")
def test_what_names_nothing_is_one_line(bocage, options, words):
    code, out, err = bocage("split", "t.csv", *ASK, *options)
    assert code == 2, out
    assert words in err
    assert err.count("\n") == 1


def _bare(folder, dtype="int16", nodata=-32768, side=96):
    """Codes of AlphaEarth as another type, counted from 1, in a file without a system."""
    truth = patches(side, side, 3)
    stored = class_codes(truth).astype(dtype)
    stored[:, :4, :4] = nodata
    with rasterio.open(
        folder / "bare.tif", "w", driver="GTiff", height=side, width=side, count=64, dtype=dtype,
        nodata=nodata, transform=Affine(10, 0, NORTH[0], 0, -10, NORTH[1] + 10 * side),
    ) as out:  # fmt: skip
        out.write(stored)
        out.descriptions = tuple(f"b{i}" for i in range(1, 65))
    row, column = np.random.default_rng(0).integers(5, side, size=(2, 150))
    points = gpd.points_from_xy(NORTH[0] + 10 * (column + 0.5), NORTH[1] + 10 * (side - row - 0.5))
    place = np.array([f"0{9 - 3 * at // side}" for at in column])
    labels = {"crop": truth[row, column] + 1, "district": place}
    gpd.GeoDataFrame(labels, geometry=points, crs=32633).to_file(folder / "labels.gpkg")
    return truth


def test_from_a_raster_without_a_system_or_names_to_a_map(bocage, tmp_path):
    truth = _bare(tmp_path)
    source = ["--source", "bare.tif", "--source-crs", "EPSG:32633"]
    code, out, err = bocage("sample", "labels.gpkg", *source, "-o", "t.gpkg")
    assert code == 0, err
    assert "note: bare.tif holds AlphaEarth's int8 as int16, and is decoded" in out
    names = ["--class-names", "1=maize,2=water,3=wheat"]
    code, out, err = bocage("compare", "t.gpkg", *ASK, *FAST, *names, "-o", "study")
    assert code == 0, err
    study = open_study(tmp_path / "study")
    assert set(study.task.groups["district"].tolist()) == {"07", "08", "09"}
    code, out, err = bocage("map", "study", *source, "-o", "map.tif")
    assert code == 0, err
    with rasterio.open(tmp_path / "map.tif") as made:
        found = made.read(1)
        assert made.crs.to_epsg() == 32633
    assert (found[:4, :4] == 255).all()
    known = found != 255
    assert known.sum() == truth.size - 16
    assert (found[known] == truth[known]).mean() > 0.95
    assert load_model(tmp_path / "map_model").bands[0] == "A00"
    code, out, err = bocage("fit", "study", *source, "-o", "model")
    assert code == 0, err
    code, out, err = bocage("explain", "t.gpkg", *ASK, *names, *source, "-o", "why")
    assert code == 0, err
    for verb in ("fit", "map"):
        code, out, err = bocage(verb, "study", "--source", "bare.tif", "-o", "again")
        assert code == 2
        assert "bare.tif has no coordinate reference system" in err
        assert "--source-crs" in err


def test_a_system_is_declared_for_rasters_that_name_none(bocage, tmp_path):
    _bare(tmp_path)
    with rasterio.open(tmp_path / "bare.tif", "r+") as file:
        file.crs = "EPSG:32633"
    code, _, err = bocage(
        "sample", "labels.gpkg", "--source", "bare.tif", "--source-crs", "EPSG:32733", "-o", "t.csv"
    )
    assert code == 2
    assert "bare.tif says that it is in EPSG:32633" in err
    assert err.count("\n") == 1

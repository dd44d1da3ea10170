"""A map by a method that is not shown to have learned anything is made, and says so."""

import json
import re
import shutil
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from tests.data.alphaearth import write_fields

from bocage.stats import Estimate
from bocage.study import Winner

RUN = ["--leave", "district", "--methods", "prior,aef:logistic", "--budgets", "all",
       "--trials", 1]  # fmt: skip
SAID = "not shown to beat the baseline without features (0.33): the map may be meaningless"


@pytest.fixture
def fields(tmp_path):
    """Fields whose crops the features show, and a target that they do not (synthetic)."""
    write_fields(tmp_path, "district", "crop", side=64, n=120)


@pytest.mark.usefixtures("fields")
def test_a_method_at_chance_says_so_before_the_map_and_in_its_files(bocage, tmp_path):
    bocage("sample", "labels.gpkg", "--source", "aef.tif", "-o", "s.parquet")
    table = gpd.read_parquet("s.parquet")
    table["noise"] = np.random.default_rng(5).permutation(table["crop"].to_numpy())
    table.to_parquet("s.parquet")
    for target in ("crop", "noise"):
        code, _, err = bocage("compare", "s.parquet", "--target", target, *RUN, "-j", 1, "-o",
                              target)  # fmt: skip
        assert code == 0, err
    source = ["--source", "aef.tif", "--year", 2024, "-j", 1]
    named = ["map", "noise", "--method", "aef:logistic", *source, "-o", "noise.tif"]
    code, out, _ = bocage(*named)
    assert code == 0
    warned = next(line for line in out.splitlines() if SAID in line)
    assert warned.startswith("note: balanced accuracy 0.")
    assert out.index(warned) < out.index("class: noise.tif")
    assert re.search(r"in places without labels; for these \d \w+; 95 % prediction "
                     r"interval for a new \w+ 0\.\d\d to [01]\.\d\d", out)  # fmt: skip
    for name in ("noise.tif", "noise_confidence.tif"):
        with rasterio.open(tmp_path / name) as file:
            assert file.tags()["bocage_caution"] == SAID
    about = json.loads((tmp_path / "noise.json").read_text())["properties"]["description"]
    assert f", {SAID}." in about
    # The model takes it along.
    assert SAID in bocage("fit", "noise", "--source", "aef.tif", "-o", "model")[1]
    code, out, _ = bocage("map", "--model", "model", *source, "-o", "again.tif")
    assert SAID in out
    shutil.rmtree("model")
    # Where the features show the target, nothing of the kind is said.
    code, out, _ = bocage("map", "crop", *source, "-o", "crop.tif")
    assert code == 0
    assert "not shown to beat" not in out
    with rasterio.open(tmp_path / "crop.tif") as file:
        assert "bocage_caution" not in file.tags()


def _winner(low, value, high, floor, *, where="out", beats=False):
    score = Estimate(value, low, high)
    return Winner(None, "", where, "all labels", "figure", score, True, 4, floor, beats)


@pytest.mark.parametrize(
    ("winner", "said"),
    [
        (_winner(0.22, 0.27, 0.33, 0.25), "features (0.25): the map may be"),
        (_winner(0.22, 0.27, 0.33, 0.25, where="local"), "features (0.25): the map may"),
        # Of an error, more is worse.
        (_winner(0.9, 1.02, 1.16, 1.0), "features (1.00): the map may be meaningless"),
        # Shown of few places, and so of no other.
        (
            _winner(0.5, 0.6, 0.7, 0.25),
            "(0.25) in new places, only in those tested: maps of",
        ),
        (
            _winner(0.5, 0.6, 0.7, 0.25, where="local"),
            "features (0.25): the map may be",
        ),
    ],
)
def test_what_the_score_does_not_show_is_said_of_the_places_it_is_of(winner, said):
    assert said in winner.caution
    assert winner.caution.startswith("not shown to beat the baseline without features")


def test_the_score_of_few_places_goes_with_what_one_more_may_give():
    few = replace(_winner(0.5, 0.6, 0.7, 0.25, beats=True), next_place=Estimate(0.6, 0.2, 0.9))
    assert few.reach == "for these 4 places; 95 % prediction interval for a new place 0.20 to 0.90"
    assert replace(few, where="local").reach == ""
    assert replace(few, conditional=False).reach == ""


def test_what_coordinates_do_as_well_is_told():
    found = replace(_winner(0.5, 0.6, 0.7, 0.25, beats=True), coordinates="xy:knn1")
    assert found.caution == (
        "and coordinates alone (xy:knn1) are not shown to be worse: no method is recommended "
        "for new places"
    )


def test_a_method_that_beats_the_floor_or_is_not_tested_carries_no_caution():
    assert _winner(0.5, 0.6, 0.7, 0.25, beats=True).caution == ""
    nan = float("nan")
    assert Winner(None, "", "out", "all", "r2", Estimate(nan), True, 4).caution == ""

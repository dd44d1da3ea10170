"""Zones and burn scars as a user calls them: states left out, layers that can't be used."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box
from tests.data.burn_scars import write_burn_scars, write_zones

QUICK = ["--methods", "prior,hls:logistic:C=1", "--budgets", "4,all", "--repeats", "1", "-j", "1"]
STATE = ["--zone", "state=states.gpkg:NAME"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The working folder, with files of burn scars, states and biomes."""
    write_burn_scars(tmp_path / "data" / "hls-burn-scars", side=16)
    write_zones(tmp_path)
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _notes(err):
    return [line for line in err.splitlines() if line.startswith("note: ")]


def _refused(code, out, err):
    assert code == 2, err
    assert "Traceback" not in err
    assert out == ""
    assert err.strip().splitlines()[-1].startswith("bocage: "), err
    return err.strip().splitlines()[-1]


def _to_do(err):
    return next(line for line in err.splitlines() if " to do) in " in line)


def _left_out(folder):
    scores = pd.read_parquet(folder / "scores.parquet")
    return set(scores.loc[scores["domain"] == "out", "group"]) - {""}


def test_states_are_left_out_and_the_study_goes_on(bocage, here):
    asked = ["hls-burn-scars", *STATE, "--zone", "biome=ecoregions.gpkg:BIOME_NAME"]
    code, _, err = bocage("compare", *asked, "--leave", "state", *QUICK, "-o", "st")
    assert code == 0, err
    notes = _notes(err)
    assert any("samples lie in 4 zones of states.gpkg (NAME)" in note for note in notes), notes
    assert any("state: 1 unit whose samples stay together" in note for note in notes), notes
    assert any("random split is not used" in note for note in notes), notes
    assert _left_out(here / "st") == {"North Shore", "South Shore", "North Plain", "South Plain"}
    assert "(0 to do" not in _to_do(err)
    for verb in (["study", "show"], ["report"]):
        assert bocage(*verb, "st")[0] == 0
    code, _, err = bocage("compare", "st/study.yaml")
    assert code == 0, err
    assert "(0 to do)" in _to_do(err)
    page = (here / "st" / "report.html").read_text()
    assert "North Shore" in page

    # A border that moves changes what is learned from whom.
    frame = gpd.read_file(here / "states.gpkg")
    frame["geometry"] = [box(*shape.bounds) for shape in frame.translate(0.5)]
    frame.to_file(here / "states.gpkg")
    code, _, err = bocage("compare", "st/study.yaml")
    assert code == 0, err
    assert "(0 to do)" not in _to_do(err)

    (here / "states.gpkg").unlink()
    assert bocage("study", "show", "st")[0] == 0
    (here / "st" / "samples.parquet").unlink()
    said = _refused(*bocage("study", "show", "st"))
    assert "the polygons that st/study.yaml names are not here" in said
    assert "there is no file 'states.gpkg" in said


def test_zones_of_a_table_can_be_left_out(bocage, here, frame):
    frame.to_csv(here / "labels.csv", index=False)
    gpd.GeoDataFrame(
        {"ADM": ["a", "b", "c"]},
        geometry=[box(9, 44, 11.5, 47), box(11.5, 44, 13.5, 47), box(13.5, 44, 16, 47)],
        crs=4326,
    ).to_file(here / "areas.geojson")
    (here / "study.yaml").write_text(
        "task: labels.csv\ntarget: crop\nleave: area\nzones: {area: 'areas.geojson:ADM'}\n"
        "methods: [prior, 'aef:logistic:C=10']\nbudgets: [5, all]\nrepeats: 1\n"
    )
    code, _, err = bocage("compare", "study.yaml", "-j", "1", "-o", "zoned")
    assert code == 0, err
    assert _left_out(here / "zoned") == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--zone", "state"], ["NAME=VALUE", "state=states.gpkg:NAME"]),
        (["--zone", "state=states.gpkg"], ["FILE", "states.gpkg:NAME"]),
        (["--zone", "state=state.gpkg:NAME"], ["no file", "'states.gpkg'"]),
        (["--zone", "state=states.gpkg:NAMES"], ["no column 'NAMES'", "'NAME'"]),
        (["--zone", "event=states.gpkg:NAME"], ["'event'", "already has"]),
        ([*STATE, "--zone", "state=ecoregions.gpkg:BIOME_NAME"], ["'state' twice"]),
        ([*STATE, "--leave", "stat"], ["'stat'", "'state'"]),
        (["--leave", "state"], ["no group 'state'", "tile"]),
    ],
)
@pytest.mark.parametrize("verb", ["compare", "split"])
def test_bad_zones_are_one_line(bocage, here, verb, asked, words):
    said = _refused(*bocage(verb, "hls-burn-scars", *asked, "-o", "x"))
    for word in words:
        assert word.lower() in said.lower(), said
    assert not (here / "x").exists()


@pytest.mark.usefixtures("here")
def test_another_layer_is_another_study(bocage):
    asked = ["hls-burn-scars", "--leave", "zone", *QUICK, "-o", "x"]
    assert bocage("compare", *asked, "--zone", "zone=states.gpkg:NAME")[0] == 0
    said = _refused(*bocage("compare", *asked, "--zone", "zone=ecoregions.gpkg:BIOME_NAME"))
    assert "whose zone is made from states.gpkg:NAME, not ecoregions.gpkg:BIOME_NAME" in said


def test_burn_scars_that_are_not_there_or_broken_are_one_line(bocage, here):
    said = _refused(*bocage("compare", "hls-burn-scars:side=100", "-o", "x"))
    assert "side=100 can't be used" in said
    next((here / "data").rglob("*.mask.tif")).unlink()
    said = _refused(*bocage("compare", "hls-burn-scars", "-o", "x"))
    assert "has no mask" in said
    (here / "data" / "hls-burn-scars").rename(here / "data" / "hls")
    said = _refused(*bocage("compare", "hls-burn-scars", "-o", "x"))
    assert "hls_burn_scars.tar.gz" in said
    assert not (here / "x").exists()

"""The list of errors and the interactive map, as a user asks for them."""

import re
from pathlib import Path

import pytest

QUICK = ["--methods", "prior,aef:logistic:C=10", "--budgets", "all", "--repeats", "1", "-j", "1"]
CROP = ["--target", "crop", "--leave", "district"]


@pytest.fixture
def labels(frame, tmp_path):
    """The table with five wrong labels, in rows 1 to 5."""
    frame.loc[:4, "crop"] = ["rice", "wheat", "maize", "rice", "wheat"]
    frame.to_csv(tmp_path / "labels.csv", index=False)
    return "labels.csv"


def test_errors_and_map_are_written_and_named_once(bocage, labels, tmp_path):
    import geopandas as gpd

    code, out, err = bocage("compare", labels, *CROP, *QUICK, "--map")
    assert code == 0, err
    folder = tmp_path / "studies" / "labels"
    assert {p.name for p in folder.iterdir()} == {
        *("environment.json", "errors.gpkg", "map.html", "report.html", "runs", "scores.parquet"),
        *("resolved.yaml", "samples.parquet", "splits", "study.yaml"),
    }
    table = gpd.read_file(folder / "errors.gpkg", layer="errors")
    found = set(table.row[table.label_suspect])
    assert found >= {1, 2, 3, 4, 5}
    assert (out + err).count("errors.gpkg") == 1
    n = len(table)
    assert (
        f"errors: studies/labels/errors.gpkg ({n} of 90 held-out samples predicted wrongly by "
        f"aef:logistic:C=10 (out, all labels); {len(found)} suspect labels, first in the list)"
        in err
    )
    assert err.strip().endswith("map: studies/labels/map.html\npage: studies/labels/report.html")
    assert "errors.gpkg, in the folder of this page" in (folder / "report.html").read_text()
    # Made again, both are replaced; what a user has changed is not.
    before = (folder / "map.html").read_text()
    code, _, err = bocage("report", "studies/labels", "--map")
    assert code == 0, err
    assert "errors: studies/labels/errors.gpkg" in err
    assert (folder / "map.html").read_text() == before
    table.assign(seen="yes").to_file(folder / "errors.gpkg", driver="GPKG")
    code, _, err = bocage("report", "studies/labels")
    assert code == 0, err
    # Beside a newer page the map would show a former state: it is renewed without being asked for.
    assert "map: studies/labels/map.html" in err
    assert "note: studies/labels/errors.gpkg was not written by Bocage, or has been changed" in err
    assert "seen" in gpd.read_file(folder / "errors.gpkg", layer="errors")
    assert "errors.gpkg" not in (folder / "report.html").read_text()
    code, _, err = bocage("report", "studies/labels", "-o", "second.html")
    assert code == 0, err
    assert Path("second_errors.gpkg").is_file()


def test_a_page_of_the_user_s_own_that_is_called_as_a_map_stays_without_a_word(bocage, labels):
    assert bocage("compare", labels, *CROP, *QUICK)[0] == 0
    own = Path("studies/labels/map.html")
    own.write_text("<html>mine")
    code, _, err = bocage("report", "studies/labels")
    assert code == 0, err
    assert own.read_text() == "<html>mine"
    assert "map.html" not in err


def test_a_map_that_cannot_be_made_is_refused_before_anything_runs(bocage, frame, labels):
    frame.drop(columns=["lon", "lat"]).to_csv("nowhere.csv", index=False)
    code, _, err = bocage("compare", "nowhere.csv", *CROP, *QUICK, "--map")
    assert code == 2
    assert "needs coordinates" in err
    assert not Path("studies/nowhere/runs").exists()
    code, _, err = bocage("compare", labels, *CROP, *QUICK, "--map-raster", "labels.csv")
    assert code == 2
    assert "labels.csv is no map of crop made by Bocage" in err
    folder = Path("studies/labels")
    folder.mkdir(parents=True)
    (folder / "map.html").write_text("<html>mine")
    code, _, err = bocage("compare", labels, *CROP, *QUICK, "--map")
    assert code == 2
    assert "was not written by Bocage" in err
    assert not (folder / "runs").exists()


def test_without_coordinates_errors_are_a_table(bocage, frame):
    import pandas as pd

    frame.drop(columns=["lon", "lat"]).to_csv("nowhere.csv", index=False)
    code, _, err = bocage("compare", "nowhere.csv", *CROP, *QUICK)
    assert code == 0, err
    said = re.search(r"errors: studies/nowhere/errors.csv \((\d+) of 90", err)
    assert len(pd.read_csv("studies/nowhere/errors.csv")) == int(said[1])
    assert (
        "errors.csv, in the folder of this page" in Path("studies/nowhere/report.html").read_text()
    )

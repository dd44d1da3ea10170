"""Names from tables and files give no orders: to no terminal, and to no spreadsheet."""

import csv
from pathlib import Path

import geopandas as gpd
import pytest
from tests.data.alphaearth import write_fields

ODD = {"maize": "\x1b[2Jmaize", "rice": "\x1b]0;title\x07rice", "wheat": "=1+1"}
QUICK = ["--methods", "prior,aef:logistic:C=1", "--budgets", "all", "--repeats", 1, "-j", 1]


@pytest.fixture
def odd(frame, tmp_path):
    frame["crop"] = frame["crop"].map(ODD)
    frame["district"] = frame["district"] + "\x1b[31m"
    path = tmp_path / "labels.parquet"
    frame.to_parquet(path)
    return path


def _plain(*texts):
    for text in texts:
        assert not [mark for mark in text if mark not in "\n\t" and ord(mark) < 32], text
        assert "\x7f" not in text
        assert "\x9b" not in text


def test_a_study_of_classes_with_escape_codes_prints_none(bocage, odd):
    code, out, err = bocage(
        "compare", odd, "--target", "crop", "--leave", "district", *QUICK, "-o", "s"
    )
    assert code == 0, err
    _plain(out, err)
    for arguments in (["report", "s"], ["study", "show", "s"], ["report", "s", "--json"]):
        code, out, err = bocage(*arguments)
        assert code == 0, err
        _plain(out, err)
    code, out, err = bocage("explain", "s", "-o", "why")
    assert code == 0, err
    _plain(out, err)
    assert "\x1b" not in Path("s/report.html").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "no\x1b[2Jfile.csv", "--target", "crop"],
        ["compare", "labels.parquet", "--target", "cr\x1b[2Jop"],
        ["compare", "labels.parquet", "--target", "crop", "--leave", "\x9b31m"],
        ["report", "no\x1b[2Jstudy"],
        ["split", "labels.parquet", "--\x1b[2J"],
        ["map", "--model", "\x1b[2J", "--source", "\x07.tif", "-o", "m.tif"],
        ["sample", "labels.parquet", "--source", "\x1b[2J.tif", "-o", "x.csv"],
    ],
)
def test_what_is_refused_is_named_without_escape_codes(bocage, odd, arguments):
    assert odd.exists()
    code, out, err = bocage(*arguments)
    assert code == 2
    _plain(out, err)
    assert "Traceback" not in err


def test_tables_that_are_written_hold_no_formulas(bocage, tmp_path):
    write_fields(tmp_path, "district", "crop", side=64, n=120)
    labels = gpd.read_file(tmp_path / "labels.gpkg")
    names = {"maize": "=HYPERLINK(1)", "water": "@sum", "wheat": "-none"}
    labels["crop"] = labels["crop"].map(names)
    labels["+note"], labels["height"] = "x", -1.5
    labels.to_file("odd.gpkg")
    code, _, err = bocage("sample", "odd.gpkg", "--source", "aef.tif", "-o", "s.csv")
    assert code == 0, err
    with Path("s.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    numbers = 0
    for cell in (cell for row in rows for cell in row):
        try:
            numbers += float(cell) < 0
        except ValueError:
            assert not cell.startswith(("=", "+", "-", "@")), cell
    # Numbers below nothing are no formulas, and stay numbers.
    assert numbers > 120
    assert {row[rows[0].index("crop")] for row in rows[1:]} == {f"'{n}" for n in names.values()}
    study = ["--target", "crop", "--leave", "district", *QUICK]
    assert bocage("sample", "odd.gpkg", "--source", "aef.tif", "-o", "s.parquet")[0] == 0
    code, _, err = bocage("compare", "s.parquet", *study, "-o", "study")
    assert code == 0, err
    assert bocage("fit", "study", "--source", "aef.tif", "-o", "model")[0] == 0
    code, _, err = bocage("map", "--model", "model", "--source", "aef.tif", "-o", "m.tif", "-j", 1)
    assert code == 0, err
    with Path("m_areas.csv").open(newline="") as file:
        found = [row[0] for row in csv.reader(file)][1:]
    assert sorted(found) == sorted(f"'{name}" for name in names.values())

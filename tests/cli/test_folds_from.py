"""`--folds-from`: the user's own folds as the split of a study."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml

ASKED = ["labels.csv", "--target", "crop"]
SMALL = ["--methods", "prior,aef:logistic:C=1", "--budgets", "5,all", "--repeats", "1", "-j", "1"]


@pytest.fixture
def labels(frame, tmp_path):
    """Thirty places a district, of which five are twice in the table, in different folds."""
    again = frame.iloc[:5].assign(B2=0.9)
    both = pd.concat([frame.assign(cv=np.arange(len(frame)) % 3), again.assign(cv=[1, 2, 0, 1, 2])])
    both.to_csv(tmp_path / "labels.csv", index=False)
    return both


@pytest.mark.usefixtures("labels")
def test_a_study_of_own_folds_says_whose_they_are_and_what_leaks(bocage, tmp_path):
    code, out, err = bocage(
        "compare", "labels.csv", "--target", "crop", "--folds-from", "cv", *SMALL
    )
    assert code == 0, err
    flat = " ".join(out.split())
    assert "in the folds given by column 'cv'" in flat
    assert "out: trained and tested as the given folds say" in flat
    assert "10 of 95 test samples share a place" in flat
    assert "LEAK: 10 of 95 test samples" in " ".join(err.split())
    scores = pd.read_parquet("studies/labels/scores.parquet")
    assert set(scores["domain"]) == {"out", "random", "random-units"}
    assert set(scores.loc[scores["domain"] == "out", "group"]) == {"0", "1", "2"}
    kept = yaml.safe_load((tmp_path / "studies" / "labels" / "study.yaml").read_text())
    assert kept["folds_from"] == "cv"
    # It opens again from its folder, and finds all of its runs.
    code, out, err = bocage("report", "studies/labels")
    assert code == 0, err
    code, _, err = bocage("compare", "studies/labels/study.yaml")
    assert code == 0, err
    assert "(0 to do)" in err


@pytest.mark.usefixtures("labels")
def test_the_page_tells_the_folds_from_places(bocage, tmp_path):
    assert bocage("compare", *ASKED, "--folds-from", "cv", *SMALL)[0] == 0
    page = (tmp_path / "studies" / "labels" / "report.html").read_text(encoding="utf-8")
    assert "the folds given by column &#39;cv&#39;" in page
    assert "LEAK: 10 of 95 test samples" in page
    assert "its folds were given by column &#39;cv&#39;" in page
    assert "tested in a place without training labels" not in page


def test_other_folds_are_another_study_and_the_folds_are_no_feature(labels, bocage):
    asked = ["--target", "crop", "--input", "s2=*", "--folds-from", "cv"]
    code, out, err = bocage("split", "labels.csv", *asked, "--json")
    assert code == 0, err
    rows = [row for row in json.loads(out) if row["domain"] == "out"]
    counts = labels["cv"].value_counts().sort_index()
    assert [row["n_test"] for row in rows] == counts.tolist()
    code, out, err = bocage("split", "labels.csv", *asked)
    assert "cv (fold)" in " ".join(out.split())
    assert bocage("compare", "labels.csv", "--target", "crop", "--folds-from", "cv", *SMALL)[0] == 0
    code, _, err = bocage(
        "compare", "labels.csv", "--target", "crop", "--leave", "district", *SMALL
    )
    assert code == 2
    assert "holds another study" in err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--folds-from", "cvs"], "no column 'cvs' for folds"),
        (["--folds-from", "crop"], "--folds-from names the target 'crop'"),
        (["--folds-from", "cv", "--leave", "district"], "both say what is held out"),
        (["--folds-from", "cv", "--forward"], "--forward and column 'cv' both say"),
        (["--folds-from", "one"], "column 'one' has one value only"),
        (
            ["--folds-from", "cv", "--where", "local"],
            "folds that are used as given are scored as out",
        ),
        (["--folds-from", "splitter:x", "--leave", "blocks"], "expected a group column in --leave"),
        (["--folds-from", "splitter:x"], "no splitter 'x'"),
    ],
)
def test_what_cannot_be_asked_is_refused(labels, bocage, tmp_path, asked, said):
    labels.assign(one=1).to_csv(tmp_path / "labels.csv", index=False)
    given = ["--input", "s2=B2,B8", "--methods", "prior,s2:logistic:C=1"]
    code, _, err = bocage("compare", "labels.csv", "--target", "crop", *given, *asked)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_rows_without_a_fold_are_named_and_left_out_if_asked(labels, bocage, tmp_path):
    holes = labels.assign(cv=labels["cv"].where(np.arange(len(labels)) > 6))
    holes.to_csv(tmp_path / "labels.csv", index=False)
    asked = ["split", "labels.csv", "--target", "crop", "--folds-from", "cv"]
    code, _, err = bocage(*asked)
    assert code == 2
    assert "7 of 95 rows are incomplete: 7 without fold 'cv'" in err
    code, out, err = bocage(*asked, "--drop-incomplete", "--json")
    assert code == 0, err
    rows = [row for row in json.loads(out) if row["domain"] == "out"]
    assert sum(row["n_test"] for row in rows) == 88
    # Numbers are written as they are, though a gap makes a column one of fractions.
    assert [row["fold"] for row in rows] == ["out/0", "out/1", "out/2"]

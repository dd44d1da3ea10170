"""A word that may be a missing value is asked about before it becomes a class or a place."""

import shlex

import pyogrio
import pytest

TABLE = ["labels.csv", "--target", "crop", "--leave", "district"]


def _write(frame, folder, column, words):
    for row, word in enumerate(words):
        frame.loc[frame.index[5 * row], column] = word
    frame.to_csv(folder / "labels.csv", index=False)


@pytest.mark.parametrize("verb", ["compare", "split", "explain"])
def test_every_verb_asks_about_labels(bocage, frame, tmp_path, verb):
    _write(frame, tmp_path, "crop", ["NA", "NA"])
    code, out, err = bocage(verb, *TABLE)
    assert (code, out) == (2, "")
    assert err == (
        "bocage: the target 'crop' holds 'NA' in 2 of 90 rows, which may be a class (Namibia) or a "
        "missing value; if it is missing, use --nodata crop=NA (--drop-incomplete leaves such rows "
        "out), and if it is a class, --nodata crop=none\n"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["labels.csv"]


@pytest.mark.parametrize(("column", "what"), [("crop", "a class"), ("district", "a place")])
@pytest.mark.parametrize("words", [["NA"], ["#N/A", "?"]])
def test_both_answers_work_as_they_are_said(bocage, frame, tmp_path, column, what, words):
    _write(frame, tmp_path, column, words)
    code, _, err = bocage("split", *TABLE)
    assert code == 2
    missing, _, other = err.partition("missing, use ")[2].partition(
        " (--drop-incomplete leaves such"
    )
    assert (what if len(words) == 1 else "they are") in other
    code, out, _ = bocage("split", *TABLE, *shlex.split(missing), "--drop-incomplete")
    assert code == 0
    assert f"{len(words)} of 90 rows were left out" in out
    code, out, _ = bocage("split", *TABLE, *shlex.split(other.rpartition(", ")[2]), "-o", "as_is")
    assert code == 0
    assert "were left out" not in out


def test_none_is_a_class_and_no_question(bocage, frame, tmp_path):
    frame.loc[frame["crop"] == "rice", "crop"] = "none"
    frame.to_csv(tmp_path / "labels.csv", index=False)
    code, out, _ = bocage("split", *TABLE)
    assert code == 0
    assert "were left out" not in out


def test_an_error_of_a_spreadsheet_is_asked_about(bocage, frame):
    frame.loc[frame.index[:4], "crop"] = "#N/A"
    pyogrio.write_dataframe(frame[["lon", "lat", "crop", "B2"]], "labels.xlsx", driver="XLSX")
    code, _, err = bocage("split", "labels.xlsx", "--target", "crop")
    assert code == 2
    assert "the target 'crop' holds '#N/A' in 4 of 90 rows" in err
    assert "use --nodata 'crop=#N/A'" in err

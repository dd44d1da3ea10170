"""Words that may be missing values are no classes and no places before somebody says so."""

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError, SettingsError
from bocage.tables import read_task
from bocage.tables._marks import find_marks

N = 40
ROWS = [3, 8, 21]


def table(path, **columns):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lon": rng.uniform(6, 7, N), "lat": rng.uniform(47, 48, N)})
    frame["v"], frame["crop"] = rng.normal(size=N), ["oak", "pine"] * (N // 2)
    for name, word in columns.items():
        if name not in frame:
            frame[name] = ["east", "west"] * (N // 2)
        frame.loc[ROWS, name] = word
    frame.to_csv(path, index=False)
    return path


MARKS = [
    *("NA", "na", "NaN", "nan", "null", "NULL", "None", "N/A", "n/a", "#N/A", "#DIV/0!", "<NA>"),
    *("?", "-", "..", "\N{EN DASH}", "n.d.", "NoData", "no_data"),
]


@pytest.mark.parametrize("word", MARKS)
def test_a_mark_is_asked_about_in_the_target_and_in_a_group(tmp_path, word):
    path = table(tmp_path / "t.csv", crop=word)
    with pytest.raises(DataError, match=r"the target 'crop' holds .* in 3 of 40 rows"):
        read_task(path, target="crop", bare=True)
    with pytest.raises(DataError, match="3 without target 'crop' \\(3 hold"):
        read_task(path, target="crop", bare=True, nodata=[f"crop={word}"])
    left = read_task(path, target="crop", bare=True, nodata=[f"crop={word}"], drop_incomplete=True)
    assert left.classes == ("oak", "pine")
    assert len(left) == N - len(ROWS)
    assert word in read_task(path, target="crop", bare=True, nodata=["crop=none"]).classes
    path = table(tmp_path / "g.csv", zone=word)
    with pytest.raises(DataError, match=r"the group 'zone' holds .* in 3 of 40 rows"):
        read_task(path, target="crop", bare=True, groups=["zone"])
    left = read_task(
        path, target="crop", bare=True, groups=["zone"], nodata=[word], drop_incomplete=True
    )
    assert set(left.groups["zone"]) == {"east", "west"}


@pytest.mark.parametrize("word", ["none", "NONE", "Na", "unknown", "nano", "N", "+", "0", "A-1"])
def test_a_word_is_a_class(tmp_path, word):
    path = table(tmp_path / "t.csv", crop=word)
    assert word in read_task(path, target="crop", bare=True).classes


@pytest.mark.parametrize(
    "found", [["None", "Few", "Many"], ["+", "-"], ["++", "+", "--"], ["none", "few"]]
)
def test_words_of_one_kind_are_classes_together(found):
    assert find_marks(found) == ()


def test_none_of_python_is_a_mark_among_words_that_are_written_small():
    assert find_marks(["None", "few"]) == find_marks(["None"]) == ("None",)
    assert find_marks(["None", "Few", "NaN"]) == ("NaN",)


def test_a_code_with_a_name_is_a_class(tmp_path):
    path = table(tmp_path / "t.csv", crop="NA")
    task = read_task(path, target="crop", bare=True, names={"NA": "Namibia"})
    assert "Namibia" in task.classes


def test_a_mark_among_numbers_is_missing_once_it_is_said(tmp_path):
    path = table(tmp_path / "t.csv", crop="?")
    frame = pd.read_csv(path)
    frame["crop"] = np.where(
        frame["crop"] == "?", "?", np.round(np.linspace(1, 9, N), 3).astype(str)
    )
    frame.to_csv(path, index=False)
    with pytest.raises(DataError, match=r"holds numbers and '\?'"):
        read_task(path, target="crop", bare=True)
    task = read_task(path, target="crop", bare=True, nodata=["crop=?"], drop_incomplete=True)
    assert not task.kind.has_classes
    assert len(task) == N - len(ROWS)


def test_a_column_that_nobody_named_is_a_note_and_a_parcel_is_asked_about(tmp_path):
    path = table(tmp_path / "t.csv", country="NA")
    task = read_task(path, target="crop", bare=True)
    assert any("'country' holds 'NA' in 3 of 40 rows, treated as a place" in n for n in task.notes)
    path = table(tmp_path / "p.csv", parcel="NA")
    with pytest.raises(DataError, match="the group 'parcel' holds 'NA' in 3 of 40 rows"):
        read_task(path, target="crop", bare=True)
    alone = read_task(path, target="crop", bare=True, nodata=["NA"]).groups["parcel"]
    assert len(set(alone)) == 2 + len(ROWS)


def test_a_number_for_nothing_is_no_place(tmp_path):
    path = table(tmp_path / "t.csv", zone="-9999")
    with pytest.raises(DataError, match="3 without group 'zone' \\(3 hold -9999\\)"):
        read_task(path, target="crop", bare=True, groups=["zone"])
    path = table(tmp_path / "t.csv", zone="0")
    with pytest.raises(DataError, match="3 without group 'zone' \\(3 hold 0\\)"):
        read_task(path, target="crop", bare=True, groups=["zone"], nodata=["zone=0"])


def test_words_of_predictors_are_missing_where_it_is_said(tmp_path):
    path = table(tmp_path / "t.csv", soil="NA", crop="birch")
    found = read_task(path, target="crop", inputs={"s": "soil"}).inputs["s"]
    assert found.bands == ("soil=NA", "soil=east", "soil=west")
    found = read_task(path, target="crop", inputs={"s": "soil"}, nodata=["NA"], gaps="drop")
    assert found.inputs["s"].bands == ("soil=east", "soil=west")
    assert len(found) == N - len(ROWS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("crop=oack", "no row of 'crop' holds 'oack'; did you mean 'oak'?"),
        ("oack", "can't be read"),
        ("corp=NA", "can't be read"),
        ("corp=none", "can't be read"),
        (
            "crop=none",
            "may mean that no word of 'crop' is a missing value, or that its word 'none'",
        ),
    ],
)
def test_what_is_said_of_no_word_is_refused(tmp_path, text, said):
    path = table(tmp_path / "t.csv", crop="none")
    with pytest.raises(SettingsError, match=said.replace("?", "\\?")):
        read_task(path, target="crop", bare=True, nodata=[text])


def test_what_software_writes_may_be_said_of_a_table_without_it(tmp_path):
    path = table(tmp_path / "t.csv", crop="birch")
    assert len(read_task(path, target="crop", bare=True, nodata=["NA", "crop=NaN", "none"])) == N

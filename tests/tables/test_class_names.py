"""Names behind codes, and other names for columns."""

import numpy as np
import pandas as pd
import pytest

from bocage.core import BocageError
from bocage.tables import read_task

N = 30
FILES = {
    "header.csv": "code,name\n1,maize\n2,winter wheat\n",
    "bare.csv": "1,maize\n2,winter wheat\n",
    "semicolons.csv": "\ufeffCode;Klasse\n1;maize\n2;winter wheat\n",
    "blank lines.txt": "1\tmaize\n\n2\twinter wheat\n",
    "quoted.csv": 'value,label\n"1","maize"\n2, winter wheat \n',
}


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(5, 6, (2, N))
    columns = {"lon": lon, "lat": lat, "crop": 1 + np.arange(N) % 2, "b1": rng.normal(size=N)}
    path = tmp_path / "t.csv"
    pd.DataFrame(columns).assign(b2=rng.normal(size=N)).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", FILES)
def test_names_are_read_from_files_of_two_columns(table, tmp_path, name):
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    task = read_task(table, target="crop", inputs={"b": "b*"}, names=tmp_path / name)
    assert task.classes == ("maize", "winter wheat")
    bare = read_task(table, target="crop", inputs={"b": "b*"})
    assert [task.classes[code] for code in task.target[np.argsort(task.row)]] == [
        {"1": "maize", "2": "winter wheat"}[bare.classes[code]]
        for code in bare.target[np.argsort(bare.row)]
    ]


def test_a_header_is_told_from_codes_that_are_words(tmp_path):
    for head in ("", "WW,rye\n"):
        (tmp_path / "n.csv").write_text(f"{head}MA,maize\nKL,clover\n")
        crops = ["WW", "MA", "KL"] if head else ["MA", "KL"]
        frame = pd.DataFrame({"lon": np.linspace(5, 6, 12), "lat": 45.0, "b": np.arange(12.0) ** 2})
        frame.assign(crop=np.resize(crops, 12)).to_csv(tmp_path / "t.csv", index=False)
        task = read_task(
            tmp_path / "t.csv", target="crop", inputs={"b": "b"}, names=tmp_path / "n.csv"
        )
        assert task.classes == (("clover", "maize", "rye") if head else ("clover", "maize"))


def test_codes_that_begin_with_0_and_codes_of_many_classes_are_named(tmp_path):
    frame = pd.DataFrame({"lon": np.linspace(5, 6, 160), "lat": 45.0, "b": np.arange(160.0) ** 2})
    frame["crop"] = [f"{code:03d}" for code in np.arange(160) % 40]
    frame.to_csv(tmp_path / "t.csv", index=False)
    names = {f"{code:03d}": f"crop {code}" for code in range(40)}
    task = read_task(tmp_path / "t.csv", target="crop", inputs={"b": "b"}, names=names)
    assert set(task.classes) == set(names.values())
    # Whole numbers of so many kinds would be asked about.
    frame["crop"] = np.arange(160) % 40
    frame.to_csv(tmp_path / "t.csv", index=False)
    names = {str(code): f"crop {code}" for code in range(40)}
    task = read_task(tmp_path / "t.csv", target="crop", inputs={"b": "b"}, names=names)
    assert set(task.classes) == set(names.values())


def test_codes_beside_a_gap_are_the_same_codes(table):
    frame = pd.read_csv(table).astype({"crop": float})
    frame.loc[3, "crop"] = np.nan
    frame.to_parquet(table.with_suffix(".parquet"))
    task = read_task(
        table.with_suffix(".parquet"), target="crop", inputs={"b": "b*"},
        names={"1": "maize", "2": "wheat"}, drop_incomplete=True,
    )  # fmt: skip
    assert task.classes == ("maize", "wheat")


def test_codes_without_names_and_names_without_codes_are_told(table):
    task = read_task(
        table, target="crop", inputs={"b": "b*"}, names={"1": "maize", "7": "rice", "9": "rye"}
    )
    assert task.classes == ("2", "maize")
    assert (
        "--class-names has no name for 1 class of 'crop' (2; 15 rows): they keep their codes"
        in (task.notes)
    )
    assert "no row of 'crop' holds 7 (rice), 9 (rye)" in task.notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,maize\n1,wheat\n", "'1' occurs there twice"),
        ("1,maize\n2,maize\n", "gives '1' and '2' the same name 'maize'; expected a different"),
        ("1,2\n", "gives '1' the name '2', which is another class"),
        ("7,rice\n", "names 7, but the target 'crop' has 1, 2"),
        ("code,name\n", "holds no pair"),
        ("", "holds no pair"),
        ("1,maize,red\n", "line 1 holds '1', 'maize', 'red'; expected two columns"),
        ("1,maize\n2\n", "line 2 holds '2'"),
        ("1,maize\n2,\n", "line 2 holds '2', ''"),
        ("\0\1\0\0", "is not text"),
    ],
)
def test_names_that_can_not_be_used_are_refused(table, tmp_path, text, words):
    (tmp_path / "n.csv").write_text(text)
    with pytest.raises(BocageError, match=words):
        read_task(table, target="crop", inputs={"b": "b*"}, names=tmp_path / "n.csv")


@pytest.mark.parametrize(
    ("name", "words"), [("gone.csv", "there is no file"), ("n.xml", "expected a text table")]
)
def test_files_that_hold_no_names_are_refused(table, tmp_path, name, words):
    (tmp_path / "n.xml").write_text("<a/>")
    with pytest.raises(BocageError, match=words):
        read_task(table, target="crop", inputs={"b": "b*"}, names=tmp_path / name)


def test_a_quantity_has_no_names(table):
    with pytest.raises(BocageError, match="'b1' is a quantity"):
        read_task(table, target="b1", kind="regression", inputs={"b": "b2"}, names={"1": "maize"})


def test_columns_get_other_names_before_anything_is_read(table, tmp_path):
    (tmp_path / "r.csv").write_text("old,new\nb1,B02\nb2,B03\n")
    for rename in ({"b1": "B02", "b2": "B03"}, tmp_path / "r.csv"):
        task = read_task(table, target="crop", inputs={"s2": "B*"}, rename=rename)
        assert task.inputs["s2"].bands == ("B02", "B03")
    kept = read_task(table, target="crop", inputs={"s2": "b*"})
    swapped = read_task(
        table, target="Crop", inputs={"s2": "b*"}, rename={"b1": "b2", "b2": "b1", "crop": "Crop"}
    )
    np.testing.assert_array_equal(
        swapped.inputs["s2"].values[np.argsort(swapped.row), ::-1],
        kept.inputs["s2"].values[np.argsort(kept.row)],
    )


def test_files_that_differ_in_a_name_are_put_together(table, tmp_path):
    frame = pd.read_csv(table)
    frame.rename(columns={"b2": "B2"}).to_csv(tmp_path / "u.csv", index=False)
    both = [table, tmp_path / "u.csv"]
    with pytest.raises(BocageError, match="lacks b2"):
        read_task(both, target="crop", inputs={"b": "b*"})
    assert len(read_task(both, target="crop", inputs={"b": "b*"}, rename={"B2": "b2"})) == 2 * N


@pytest.mark.parametrize(
    ("rename", "words"),
    [
        ({"b3": "B3"}, r"there is no column 'b3'\. The table has: lon, lat, crop, b1, b2"),
        ({"corp": "x"}, "there is no column 'corp'; did you mean 'crop'"),
        ({"b1": "b2"}, "has another column 'b2'"),
        ({"b1": "x", "b2": "x"}, "has another column 'x'"),
    ],
)
def test_names_that_are_not_there_or_not_free_are_refused(table, rename, words):
    with pytest.raises(BocageError, match=words):
        read_task(table, target="crop", inputs={"b": "b*"}, rename=rename)

"""Text tables as people have them: separators, decimal commas, encodings, gzip."""

import gzip

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError
from bocage.tables import read_task
from bocage.tables._read import read_rows

S2 = {"s2": "B*"}


@pytest.fixture
def plain(fields, write):
    """Read the table as everybody writes it: what all others must give."""
    return read_task(write(fields, "plain.csv"), target="crop", inputs=S2)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.tab", "t.txt"])
def test_separators_and_decimal_commas_give_the_same_bits(
    fields, plain, tmp_path, mark, decimal, name
):
    path = tmp_path / name
    fields.to_csv(path, index=False, sep=mark, decimal=decimal)
    task = read_task(path, target="crop", inputs=S2)
    assert (task.digests == plain.digests).all()
    assert task.classes == plain.classes
    words = {";": "semicolons", "\t": "tabs", "|": "'|'"}[mark]
    commas = " and decimal commas" if decimal == "," else ""
    assert f"{name} was read with {words} between columns{commas}" in task.notes
    assert task.name == "t"


def test_a_table_with_commas_needs_no_note(plain):
    assert not any("was read" in note for note in plain.notes)


def test_a_file_may_say_its_separator(fields, plain, tmp_path):
    text = fields.to_csv(index=False, sep=";", decimal=",")
    (tmp_path / "t.csv").write_text(f"sep=;\n{text}")
    task = read_task(tmp_path / "t.csv", target="crop", inputs=S2)
    assert (task.digests == plain.digests).all()


def test_points_and_commas_in_one_file_are_asked_about(fields, tmp_path):
    # 1,234 may be a thousand and more, or one and a bit.
    fields["B2"] = [f"1,{n:03d}" for n in range(len(fields))]
    fields.to_csv(tmp_path / "t.csv", index=False, sep=";")
    with pytest.raises(DataError, match=r"with a point \(lon '5\.\d+'\) and .* comma \(B2 '1,000'"):
        read_task(tmp_path / "t.csv", target="crop", inputs=S2)


def test_a_comma_in_a_name_is_no_decimal_comma(fields, tmp_path):
    fields["crop"] = fields["crop"] + ", old"
    fields.to_csv(tmp_path / "t.csv", index=False, sep=";")
    task = read_task(tmp_path / "t.csv", target="crop", inputs=S2)
    assert task.classes == ("maize, old", "oats, old", "wheat, old")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("latin-1", "Windows-1252 (Western European)"),
        ("cp1252", "Windows-1252 (Western European)"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-8", ""),
        ("utf-8-sig", ""),
    ],
)
def test_encodings(fields, tmp_path, encoding, said):
    fields["crop"] = np.where(fields["crop"] == "maize", "maïs", fields["crop"])
    (tmp_path / "t.csv").write_bytes(fields.to_csv(index=False).encode(encoding))
    task = read_task(tmp_path / "t.csv", target="crop", inputs=S2)
    assert task.classes == ("maïs", "oats", "wheat")
    notes = [note for note in task.notes if "was read as" in note]
    assert notes == ([f"t.csv was read as {said}, as it is not UTF-8 text"] if said else [])


@pytest.mark.parametrize("name", ["t.csv.gz", "t.tsv.gz", "t.csv", "T.CSV.GZ"])
def test_packed_tables(fields, plain, tmp_path, name):
    # A browser may unpack a file and leave its name, or the other way round.
    mark = "\t" if "tsv" in name else ","
    text = fields.to_csv(index=False, sep=mark).encode()
    (tmp_path / name).write_bytes(gzip.compress(text))
    task = read_task(tmp_path / name, target="crop", inputs=S2)
    assert (task.digests == plain.digests).all()
    assert task.name.lower() == "t"


def test_a_torn_packed_table_is_one_line(fields, tmp_path):
    whole = gzip.compress(fields.to_csv(index=False).encode())
    for damaged in (whole[:-30], whole[:200], whole[:40] + bytes(20) + whole[60:]):
        (tmp_path / "t.csv.gz").write_bytes(damaged)
        with pytest.raises(DataError, match=r"can't read t\.csv\.gz|rows"):
            read_rows(tmp_path / "t.csv.gz")


@pytest.mark.parametrize(
    "content", [b"\x00\x01 nothing \xff", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"]
)
def test_what_is_no_text_is_refused(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"t\.csv is not text"):
        read_rows(tmp_path / "t.csv")


def _column(tmp_path, *cells):
    rows = "\n".join(f"{n},{cell}" for n, cell in enumerate(cells))
    (tmp_path / "t.csv").write_text(f"row,x\n{rows}\n")
    return read_rows(tmp_path / "t.csv").frame["x"]


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (("1", "2", "3"), "int64"),
        (("1", "", "3"), "Int64"),
        (("1", "NA", "3"), "Int64"),
        (("+1", "-2", "3"), "int64"),
        (("1.5", "", "3"), "float64"),
        (("1e3", "2.5", "nan"), "float64"),
        (("01", "02", "10"), "object"),
        (("1E3", "2E5", "3E1"), "object"),
        (("1_0", "2", "3"), "object"),
        (("99999999999999999999", "1", "2"), "object"),
        (("true", "TRUE", "False"), "bool"),
        (("true", "", "False"), "object"),
        (("maize", "NA", "1"), "object"),
    ],
)
def test_what_a_column_holds_is_told_from_all_of_it(tmp_path, cells, dtype):
    assert str(_column(tmp_path, *cells).dtype) == dtype


def test_numbers_beyond_floats_are_infinite_or_zero_as_in_python(tmp_path):
    cells = ["1e400", "-1e400", "1e-400", "inf", "0.1"]
    np.testing.assert_array_equal(_column(tmp_path, *cells), [float(cell) for cell in cells])


def test_every_float_is_the_nearest(tmp_path):
    rng = np.random.default_rng(0)
    values = rng.normal(size=2000) * 10.0 ** rng.integers(-30, 30, 2000)
    found = _column(tmp_path, *map(repr, values.tolist()))
    np.testing.assert_array_equal(found, values)


def test_a_column_that_is_blank_in_one_file_is_what_it_is_in_the_other(fields, write):
    a = write(fields.assign(code=10**17 + np.arange(len(fields))), "a.csv")
    b = write(fields.assign(code=""), "b.csv")
    column = read_rows([a, b]).frame["code"]
    assert str(column.dtype) == "Int64"
    assert column.dropna().tolist() == (10**17 + np.arange(len(fields))).tolist()
    assert isinstance(read_rows([a, b]).frame, pd.DataFrame)

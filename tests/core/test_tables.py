"""Tables are read by the names of their columns; arrays must have the right width."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from bocage.core import DataError, rows_of

NAMES = ("a", "b", "c")
ROWS = np.arange(12.0).reshape(4, 3)


def _shuffled(rows=ROWS):
    frame = pd.DataFrame(rows, columns=list(NAMES)).assign(more="text")
    return frame[["c", "more", "a", "b"]]


@pytest.mark.parametrize(
    "table",
    [
        _shuffled(),
        pa.Table.from_pandas(_shuffled()),
        _shuffled()[["c", "a", "b"]].to_records(index=False).view(np.ndarray),
        _shuffled().astype({"a": "Int64", "b": "float32"}),
        pd.DataFrame(ROWS[:, ::-1], columns=pd.Index(["c", "b", "a"], dtype="string")),
    ],
    ids=["pandas", "pyarrow", "structured", "nullable", "text index"],
)
def test_columns_are_taken_by_name(table):
    np.testing.assert_array_equal(rows_of(table, NAMES, 3, "the model"), ROWS)


def test_columns_of_polars_are_taken_by_name():
    polars = pytest.importorskip("polars")
    table = polars.from_pandas(_shuffled())
    np.testing.assert_array_equal(rows_of(table, NAMES, 3, "the model"), ROWS)


def test_missing_values_of_any_table_are_nan():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
    for table in (frame, pa.Table.from_pandas(frame)):
        np.testing.assert_array_equal(rows_of(table, ("a",), 1, "it"), [[1.0], [np.nan]])
    masked = np.ma.masked_equal(np.array([[1], [7]]), 7)
    np.testing.assert_array_equal(rows_of(masked, (), 1, "it"), [[1.0], [np.nan]])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (_shuffled().drop(columns="b"), "no column b, which the model needs"),
        (pd.DataFrame(ROWS), "no column a, b, c, which the model needs; it has 0, 1, 2"),
        (_shuffled().rename(columns={"more": "a"}), "column a more than once"),
        (_shuffled().assign(b="x"), "column 'b' holds no numbers"),
        (ROWS[:, :2], r"shape \(4, 2\); expected one row per sample and 3 columns \(a, b, c\)"),
        (ROWS[0], r"shape \(3,\); expected"),
        (pd.Series(ROWS[0]), r"shape \(3,\); expected"),
        ([["x", "y", "z"]], "holds no numbers"),
    ],
)
def test_what_can_not_be_read_is_refused_by_name(table, words):
    with pytest.raises(DataError, match=words):
        rows_of(table, NAMES, 3, "the model")


def test_an_array_of_floats_is_not_copied():
    single = ROWS.astype(np.float32)
    assert rows_of(ROWS, NAMES, 3, "it") is ROWS
    assert rows_of(single, (), None, "it") is single


def test_a_table_is_refused_where_no_names_are_known():
    with pytest.raises(DataError, match="was fitted on an array without column names"):
        rows_of(_shuffled(), (), 3, "the head")

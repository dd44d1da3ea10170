"""Decimals, lists and records become plain columns, and lose nothing."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.core import DataError
from bocage.tables.readers._columns import arrow_options, plain_columns


def plain(**columns):
    frame = pa.table(columns).to_pandas(**arrow_options())
    return plain_columns(frame, "t.parquet")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.decimals(-(10**11), 10**11, places=6), min_size=1, max_size=20))
def test_a_decimal_is_the_nearest_float(values):
    made, notes = plain(x=pa.array([*values, None], pa.decimal128(20, 6)))
    assert made["x"].tolist()[:-1] == [float(str(value)) for value in values]
    assert np.isnan(made["x"].tolist()[-1])
    assert notes == ()


@pytest.mark.parametrize("kind", [pa.decimal128(18, 0), pa.decimal128(25, 0), pa.decimal256(50, 0)])
def test_whole_decimals_keep_their_digits_beside_gaps(kind):
    made, _ = plain(x=pa.array([Decimal(123456789012345678), None], kind))
    assert str(made["x"].iloc[0]) == "123456789012345678"
    assert made["x"].isna().tolist() == [False, True]


LISTS = [
    *(pa.list_(pa.int16()), pa.large_list(pa.float32())),
    *(pa.list_(pa.float64(), 3), pa.list_(pa.decimal128(9, 2))),
]


@pytest.mark.parametrize("kind", LISTS)
def test_lists_of_one_length_are_columns(kind):
    values = [[Decimal(k), Decimal(k + 1), Decimal(k + 2)] for k in range(4)]
    if not pa.types.is_decimal(kind.value_type):
        values = [[int(one) for one in row] for row in values]
    made, notes = plain(a=pa.array("wxyz"), e=pa.array([*values[:2], None, values[3]], kind),
                        b=pa.array(range(4)))  # fmt: skip
    assert list(made.columns) == ["a", "e_00", "e_01", "e_02", "b"]
    assert made["e_01"].isna().tolist() == [False, False, True, False]
    assert made["e_02"].tolist()[3] == 5.0
    assert notes == ("column 'e' of t.parquet holds lists of 3 numbers: read as e_00 to e_02",)


def test_parts_of_long_lists_sort_by_their_number():
    made, _ = plain(e=pa.array(np.zeros((2, 768)).tolist()))
    assert list(made.columns)[:2] == ["e_000", "e_001"]
    assert list(made.columns)[-1] == "e_767"


def test_64_numbers_that_are_no_embedding_keep_their_column_s_name():
    rng = np.random.default_rng(0)
    made, _ = plain(e=pa.array((rng.normal(size=(5, 64)) * 9).tolist()))
    assert made.columns[0] == "e_00"
    # Names that are taken are not taken again.
    unit = np.full((5, 64), 0.125)
    made, _ = plain(e=pa.array(unit.tolist()), A00=pa.array(range(5)))
    assert made.columns[0] == "e_00"


@pytest.mark.parametrize("values", [[[1, 2], [3]], [["a"], ["b"]], [[], []], [{"x": 1}, {"x": 2}]])
def test_other_lists_and_records_are_text(values):
    made, _ = plain(e=pa.array(values))
    assert list(made.columns) == ["e"]
    assert all(isinstance(text, str) for text in made["e"])


def test_names_that_are_taken_are_told():
    with pytest.raises(DataError, match=r"but also columns of these names \(e_01\)"):
        plain(e=pa.array([[1, 2]]), e_01=pa.array([1]))

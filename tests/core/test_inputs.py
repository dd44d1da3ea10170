"""Blocks of features: as many names as columns, as many rows as their neighbours."""

import numpy as np
import pytest

from bocage.core import DataError, Input, stack

TABLE = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize(
    ("values", "bands"), [(TABLE, ("a", "b")), (TABLE[:, 0], ("a",)), (TABLE, ())]
)
def test_bands_without_a_name_are_refused(values, bands):
    with pytest.raises(DataError, match=r"input 's2' has shape .* band names"):
        Input("s2", values, bands)


def test_rows_are_taken_in_the_order_asked_and_nothing_else_changes():
    whole = Input("s2", TABLE, ("a", "b", "c"), "dB", "keep", "radar", (2020,))
    part = whole.take(np.array([3, 0]))
    np.testing.assert_array_equal(part.values, TABLE[[3, 0]])
    assert (part.bands, part.units, part.scaling) == (("a", "b", "c"), "dB", "keep")
    assert (part.modality, part.years) == ("radar", (2020,))


def test_inputs_of_other_lengths_are_refused_by_name():
    a, b = Input("aef", TABLE, ("a", "b", "c")), Input("s1", TABLE[:3], ("p", "q", "r"))
    with pytest.raises(DataError, match="aef has 4, s1 has 3"):
        stack([a, b])
    with pytest.raises(DataError, match="found: no input"):
        stack([])


def _series():
    values = np.arange(24.0).reshape(4, 3, 2)
    months = np.tile([11, 12, 1], (4, 1))
    return Input("s", values, ("a", "b"), ("dB", "K"), months=months)


def test_a_series_lays_its_dates_side_by_side():
    table = _series().as_table()
    assert table.bands == ("a_01", "b_01", "a_02", "b_02", "a_03", "b_03")
    assert table.band_units == ("dB", "K") * 3
    assert table.values[1].tolist() == [6, 7, 8, 9, 10, 11]
    assert stack([_series()])[0].shape == (4, 6)


def test_rows_of_a_series_take_their_months_along():
    taken = _series().take(np.array([2, 0]))
    assert taken.months.shape == (2, 3)
    assert taken.values[0, 0].tolist() == [12, 13]


@pytest.mark.parametrize(
    "months", [np.zeros((4, 3), int), np.full((4, 3), 13), np.ones((4, 2), int)]
)
def test_months_that_are_none_are_refused(months):
    with pytest.raises(DataError, match="one month from 1 to 12"):
        Input("s", np.zeros((4, 3, 2)), ("a", "b"), months=months)


def test_chips_are_no_table():
    chips = Input("c", np.zeros((2, 3, 8, 8), np.float32), ("r", "g", "b"))
    assert chips.form == "chips"
    with pytest.raises(DataError, match="holds chips"):
        chips.as_table()


def test_units_are_one_or_one_a_band():
    with pytest.raises(DataError, match="3 units for 2 bands"):
        Input("s", np.zeros((4, 2)), ("a", "b"), ("m", "m", "m"))

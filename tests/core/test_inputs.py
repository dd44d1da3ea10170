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

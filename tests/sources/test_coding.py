"""Stored numbers: exact, and nodata never becomes a value."""

import numpy as np
import pytest

from bocage.core import SettingsError
from bocage.sources import INT8_NODATA, Coding

AEF = Coding("square", INT8_NODATA)


def test_every_int8_is_the_published_square():
    stored = np.arange(-127, 128, dtype=np.int8)
    expected = [np.sign(v) * (v / 127.5) ** 2 for v in range(-127, 128)]
    np.testing.assert_array_equal(AEF.decode(stored[None])[0], expected)


def test_nodata_in_one_band_is_nodata_in_all():
    stored = np.array([[5, -128, 7], [1, 2, -128]], dtype=np.int8)
    np.testing.assert_array_equal(AEF.missing(stored), [False, True, True])
    np.testing.assert_array_equal(np.isnan(AEF.decode(stored)), [[False, True, True]] * 2)


def test_scale_and_offset_hold_for_their_band():
    coding = Coding("linear", -9999, (1e-4, 0.5), (0.0, 1.0))
    stored = np.array([[10_000, -9999], [4, 4]], dtype=np.int16)
    found = coding.decode(stored)
    np.testing.assert_array_equal(found[:, 0], [1.0, 3.0])
    assert np.isnan(found[:, 1]).all()
    np.testing.assert_array_equal(coding.take([1]).decode(stored[1:]), [[3.0, 3.0]])


def test_numbers_that_are_none_are_no_data():
    stored = np.array([[0.5, np.nan, np.inf]], dtype=np.float32)
    np.testing.assert_array_equal(Coding().missing(stored), [False, True, True])


@pytest.mark.parametrize("wrong", [{"scale": (0.0,)}, {"offset": (np.nan,)}])
def test_a_coding_that_loses_values_is_refused(wrong):
    with pytest.raises(SettingsError, match="can't be used"):
        Coding(**wrong)


def test_a_square_takes_no_scale():
    with pytest.raises(SettingsError, match="no scale"):
        Coding("square", -128, (2.0,))

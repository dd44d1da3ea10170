"""Numbers stand for the values they are meant to, and 'no data' for nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocage.colours import legend_for
from bocage.core import DataError, SettingsError
from bocage.mapping.outputs import (
    applicability_layer,
    class_layer,
    confidence_layer,
    probability_layer,
    value_layer,
)

THRESHOLDS = st.floats(1e-3, 1e3)


def decode(layer, stored):
    values = stored * layer.scale + layer.offset
    return np.where(stored == layer.nodata, np.nan, values)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_probabilities_come_back_to_half_a_step(values):
    layer = probability_layer(["a"])
    stored = layer.encode(np.array(values))
    assert stored.max() <= 250
    np.testing.assert_allclose(decode(layer, stored), values, atol=0.002 + 1e-12)


@given(st.lists(st.floats(0, 100), min_size=1))
def test_confidence_comes_back_to_half_a_percent(values):
    layer = confidence_layer()
    np.testing.assert_allclose(decode(layer, layer.encode(np.array(values))), values, atol=0.5)


@given(THRESHOLDS, st.lists(st.floats(0, 10), min_size=1))
def test_what_is_stored_as_inside_is_inside_and_nothing_else(threshold, shares):
    layer = applicability_layer(threshold)
    index = np.array(shares) * threshold
    stored = layer.encode(index)
    near = np.abs(index / threshold - 1) < 1e-9
    np.testing.assert_array_equal((stored <= 100)[~near], (index <= threshold)[~near])
    assert (stored <= 254).all()


@given(THRESHOLDS)
def test_the_threshold_itself_is_inside(threshold):
    layer = applicability_layer(threshold)
    beyond = threshold * (1 + 1e-6)
    assert layer.encode(np.array([threshold, beyond])).tolist() == [100, 101]
    assert float(layer.tags["applicability_threshold"]) == pytest.approx(threshold, rel=1e-8)


@pytest.mark.parametrize(
    "layer", [confidence_layer(), probability_layer(["a"]), applicability_layer(0.5)]
)
def test_nan_is_no_data_and_too_large_is_not(layer):
    stored = layer.encode(np.array([np.nan, 1e9, np.inf]))
    assert stored.dtype == np.uint8
    assert stored.tolist() == [255, layer.largest, layer.largest]


def test_a_class_below_0_is_no_data():
    layer = class_layer(legend_for(["a", "b"]))
    assert layer.encode(np.array([0, 1, -1])).tolist() == [0, 1, 255]
    assert layer.encode(np.array([0.0, 1.0, np.nan])).tolist() == [0, 1, 255]


def test_values_stay_as_they_are():
    layer = value_layer("biomass", "t/ha")
    stored = layer.encode(np.array([1.5, np.nan]))
    assert stored.dtype == np.float32
    assert stored[0] == 1.5
    assert np.isnan(stored[1])


@pytest.mark.parametrize(
    "stored",
    [
        np.zeros((4, 4), np.int64),
        np.zeros((2, 4, 4), np.uint8),
        np.full((4, 4), 2, np.uint8),
        np.full((4, 4), 254, np.uint8),
    ],
    ids=["type", "bands", "one class too many", "almost no data"],
)
def test_numbers_that_are_no_class_are_refused(stored):
    with pytest.raises(DataError, match="class layer"):
        class_layer(legend_for(["a", "b"])).check(stored)


def test_255_classes_leave_room_for_no_data():
    layer = class_layer(legend_for([str(i) for i in range(255)]))
    assert layer.check(np.array([[0, 254, 255]], np.uint8)).shape == (1, 1, 3)


@pytest.mark.parametrize("threshold", [0.0, -1.0, np.nan, np.inf])
def test_a_threshold_that_divides_nothing_is_refused(threshold):
    with pytest.raises(SettingsError, match="threshold"):
        applicability_layer(threshold)


def test_tags_are_added_and_none_is_lost():
    layer = confidence_layer({"study": "mine"}).with_tags(score="0.84")
    assert dict(layer.tags) == {"score": "0.84", "study": "mine"}

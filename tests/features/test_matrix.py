"""Inputs side by side, and what is done to their scales."""

import numpy as np
import pytest

from bocage.core import DataError, Input, SettingsError
from bocage.features import coordinates, matrix

LONLAT = np.array([[0.0, 0.0], [90.0, 0.0], [179.999, 10.0], [-179.999, 10.0], [12.0, 90.0]])


@pytest.fixture
def inputs():
    rng = np.random.default_rng(0)
    return {
        "aef": Input("aef", rng.normal(size=(5, 3)), ("A00", "A01", "A02"), scaling="keep"),
        "s2": Input("s2", rng.normal(size=(5, 2)), ("B2", "B8")),
    }


def test_inputs_stand_side_by_side_with_names_and_scales(inputs):
    both = matrix(inputs, LONLAT, ("aef", "s2"))
    assert both.bands == ("aef.A00", "aef.A01", "aef.A02", "s2.B2", "s2.B8")
    assert both.standardise.tolist() == [False, False, False, True, True]
    np.testing.assert_array_equal(both.values[:, :3], inputs["aef"].values)
    np.testing.assert_array_equal(both.values[:, 3:], inputs["s2"].values)


def test_coordinates_are_points_on_the_sphere_without_a_seam():
    xyz = coordinates(LONLAT).values
    np.testing.assert_allclose(np.linalg.norm(xyz, axis=1), 1)
    np.testing.assert_allclose(xyz[1], [0, 1, 0], atol=1e-15)
    np.testing.assert_allclose(xyz[4], [0, 0, 1], atol=1e-15)
    # Two sides of the date line are neighbours.
    assert np.linalg.norm(xyz[2] - xyz[3]) < 1e-4


def test_coordinates_alone_keep_their_scale_and_beside_others_do_not(inputs):
    assert not matrix(inputs, LONLAT, ("xy",)).standardise.any()
    assert matrix(inputs, LONLAT, ("aef", "xy")).standardise.tolist() == [False] * 3 + [True] * 3


def test_the_order_of_names_is_the_order_of_columns(inputs):
    turned = matrix(inputs, LONLAT, ("s2", "aef"))
    assert turned.bands[:2] == ("s2.B2", "s2.B8")
    np.testing.assert_array_equal(turned.values[:, :2], inputs["s2"].values)
    assert turned.standardise.tolist() == [True, True, False, False, False]


def test_unit_vectors_keep_their_angles_through_a_head():
    from bocage.methods import Head

    raw = np.random.default_rng(1).normal(size=(40, 3)) * [1.0, 0.1, 0.01]
    vectors = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    lonlat = np.zeros((40, 2))
    aef = {"aef": Input("aef", vectors, ("A00", "A01", "A02"), scaling="keep")}
    kept = matrix(aef, lonlat, ("aef",))
    head = Head("knn1", params={"metric": "cosine"}, n_classes=20, standardise=kept.standardise)
    head.fit(kept.values[:20], np.arange(20))
    nearest = (vectors[20:] @ vectors[:20].T).argmax(axis=1)
    np.testing.assert_array_equal(head.predict(kept.values[20:]), nearest)
    np.testing.assert_array_equal(head.estimator_._fit_X, vectors[:20])


def test_coordinates_of_other_rows_are_refused(inputs):
    with pytest.raises(DataError, match="aef has 5, xy has 3"):
        matrix(inputs, LONLAT[:3], ("aef", "xy"))


def test_distance_between_coordinates_is_distance_on_the_ground():
    # One degree on the equator, one degree of latitude, one degree of longitude at 60 north.
    lonlat = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 60.0], [1.0, 60.0]])
    xyz = coordinates(lonlat).values
    degree = 2 * np.sin(np.radians(1) / 2)
    assert np.linalg.norm(xyz[1] - xyz[0]) == pytest.approx(degree)
    assert np.linalg.norm(xyz[2] - xyz[0]) == pytest.approx(degree)
    assert np.linalg.norm(xyz[4] - xyz[3]) == pytest.approx(degree / 2)


def test_an_unknown_input_names_the_known_ones(inputs):
    with pytest.raises(SettingsError, match="no input 's1'; this task has: aef, s2, xy"):
        matrix(inputs, LONLAT, ("s1",))

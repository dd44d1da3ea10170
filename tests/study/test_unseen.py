"""What few test samples can't show stays in the interval, and leaves one of many alone."""

import numpy as np
import pytest

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION
from bocage.metrics import find_metric
from bocage.study._resample import resample
from bocage.study._unit_counts import UnitCounts
from bocage.study._unseen import _changes, _sizes, _table, unseen

BALANCED = find_metric("classification")


def one_method(table, *, blocks=4, kind=CLASSIFICATION, methods=("m",)):
    """One table, the same in every block of one place, for all methods."""
    table = np.asarray(table, float)
    counts = np.broadcast_to(table, (len(methods), 1, blocks, *table.shape)).copy()
    return UnitCounts(kind, methods, counts, tuple("abcdefghijkl"[:blocks]), np.zeros(blocks, int))


def test_nine_samples_that_are_all_right_are_no_certainty():
    found = resample(one_method([[2, 0], [0, 1]], blocks=3), BALANCED).estimate("m")
    assert found.value == found.high == 1.0
    # One wrong answer in 28 would hardly have been seen in nine.
    assert 0.5 < found.low < 27 / 28


def test_one_who_always_names_the_same_class_has_a_known_score():
    found = resample(one_method([[2, 0], [1, 0]], blocks=3), BALANCED).estimate("m")
    assert (found.low, found.value, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_so_has_a_floor_that_names_all_classes_alike():
    found = resample(one_method([[1, 1], [1.5, 1.5]], blocks=3), BALANCED).estimate("m")
    assert (found.low, found.value, found.high) == pytest.approx((0.5, 0.5, 0.5))


def test_two_methods_that_agree_on_a_handful_may_still_differ():
    tally = one_method([[2, 0], [0, 1]], methods=("a", "b"))
    found = resample(tally, BALANCED)
    difference = found.values[:, 0] - found.values[:, 1]
    assert np.percentile(difference, 97.5) > 0.05


def test_its_spread_falls_as_one_over_the_number_of_samples():
    spread = [
        unseen(one_method(np.array([[9, 1], [2, 8]]) * many), BALANCED, 4000, 0).std()
        for many in (1, 10, 100)
    ]
    assert spread[0] / spread[1] == pytest.approx(10, rel=0.15)
    assert spread[1] / spread[2] == pytest.approx(10, rel=0.15)
    assert spread[2] < 0.01 * np.sqrt(0.85 * 0.15 / 80)


def test_deviations_have_mean_zero_and_follow_the_names():
    tally = one_method([[9, 1], [2, 8]])
    found = unseen(tally, BALANCED, 4000, 0)
    assert found.mean() == pytest.approx(0, abs=1e-12)
    turned = UnitCounts(
        tally.kind, tally.methods, tally.counts[:, :, ::-1], tally.block[::-1], tally.group
    )
    assert unseen(turned, BALANCED, 4000, 0) == pytest.approx(found)
    assert np.abs(unseen(tally, BALANCED, 4000, 1) - found).max() > 0.001


@pytest.mark.parametrize("name", ["balanced_accuracy", "accuracy", "macro_f1", "recall"])
def test_a_change_is_what_one_sample_more_does(name):
    metric = find_metric("classification", f"{name}:a" if name == "recall" else name, ("a", "b"))
    table = np.array([[60.0, 40.0], [30.0, 70.0]])
    tally = one_method(table, blocks=1)
    changes = _changes(_table(tally, metric), metric, 0)[0]
    for named in (0, 1):
        more = table.copy()
        # The class keeps its say: its samples become one more, and are weighed as before.
        more[0, named] += 1
        more[0] *= 100 / 101
        found = (metric(more) - metric(table)) * 101
        assert changes[named] == pytest.approx(found, abs=0.01)


def test_places_of_equal_say_leave_fewer_samples():
    counts = np.zeros((1, 1, 2, 2, 2))
    counts[0, 0, :, 0, 0] = 90, 10
    counts[0, 0, :, 1, 1] = 50, 50
    tally = UnitCounts("classification", ("m",), counts, ("a", "b"), np.arange(2))
    # Variance of the mean of two places: (1/90 + 1/10) / 4.
    assert _sizes(tally, BALANCED) == pytest.approx([36, 100])


def test_chips_are_counted_not_their_pixels():
    tally = one_method([[5000, 0], [0, 300]], blocks=6, kind=SEGMENTATION)
    metric = find_metric("segmentation")
    assert _sizes(tally, metric) == pytest.approx([6, 6])
    assert resample(tally, metric).estimate("m").low < 0.97


def test_numbers_are_left_alone():
    moments = np.ones((1, 1, 4, 6))
    tally = UnitCounts(REGRESSION, ("m",), moments, tuple("abcd"), np.zeros(4, int))
    assert not unseen(tally, find_metric("regression"), 10, 0).any()


@pytest.mark.parametrize("name", ["balanced_accuracy", "accuracy", "recall:b", "macro_f1", "f1:b"])
@pytest.mark.parametrize("prevalence", [(), (0.5, 0.3, 0.2)])
def test_what_one_sample_more_changes_is_found_for_every_class_it_may_be_named(name, prevalence):
    metric = find_metric("classification", name, ("a", "b", "c"), prevalence=prevalence)
    table = np.random.default_rng(3).uniform(1, 9, (2, 3, 3))
    for true in range(3):
        found = _changes(table, metric, true)
        for named in range(3):
            more = table.copy()
            more[:, true] *= 1 - 1e-6
            more[:, true, named] += 1e-6 * table[:, true].sum(axis=-1)
            slope = (metric(more) - metric(table)) / 1e-6
            np.testing.assert_allclose(found[:, named], slope, atol=2e-4)

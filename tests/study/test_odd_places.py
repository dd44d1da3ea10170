"""Places that hold one class, or whose values hardly differ, are named; others are not."""

import numpy as np
import pytest

from bocage.metrics import block_regression_moments, find_metric
from bocage.study._odd_places import odd_places
from bocage.study._story import Noun
from bocage.study._unit_counts import UnitCounts

SITES = Noun("site", "sites")
NAMES = ("01", "02", "03")


def _values(spreads, sizes=(40, 40, 40)):
    """Tally a regression whose values differ by so much in each of three sites."""
    rng = np.random.default_rng(0)
    moments = []
    for spread, n in zip(spreads, sizes, strict=True):
        true = 5 + spread * rng.normal(size=n)
        block = np.zeros(n, np.int64)
        moments.append(block_regression_moments(true, true + 0.1, block, 1, 5.0))
    counts = np.concatenate(moments)[None, None]
    return UnitCounts("regression", ("a",), counts, NAMES, np.arange(3))


def _classes(held):
    counts = np.zeros((1, 1, 3, 2, 2))
    for place, classes in enumerate(held):
        counts[0, 0, place, classes, 0] = 10
    return UnitCounts("classification", ("a",), counts, NAMES, np.arange(3))


def test_a_place_of_almost_no_variance_is_named_as_it_is_called():
    (line,) = odd_places(_values((1, 0.01, 1)), find_metric("regression"), NAMES, SITES)
    assert line.startswith("almost no variance in '02':")
    assert "the variance over all sites tested" in line


def test_a_place_of_one_sample_is_called_that():
    (line,) = odd_places(_values((1, 1, 1), (40, 40, 1)), find_metric("regression"), NAMES, SITES)
    assert line.startswith("only one sample in '03': as elsewhere, R²")


@pytest.mark.parametrize("name", ["r2", "mae"])
def test_places_of_usual_variance_are_not_and_errors_do_not_ask(name):
    spreads = (1, 0.5, 1) if name == "r2" else (1, 0.01, 1)
    assert odd_places(_values(spreads), find_metric("regression", name), NAMES, SITES) == ()


def test_a_place_of_one_class_is_named_and_that_classes_differ_is_said():
    lines = odd_places(_classes(([0, 1], [1], [0, 1])), find_metric("classification"), NAMES, SITES)
    assert lines[0] == "only one class in '02': the score there is its recall"
    assert lines[1].startswith("the set of classes differs between sites")
    assert odd_places(_classes(([0, 1],) * 3), find_metric("classification"), NAMES, SITES) == ()

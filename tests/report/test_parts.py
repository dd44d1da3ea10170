import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocage.report._format import bounds, figure, number, seconds, shorten, signed, size
from bocage.report._frontier import Placed, frontier
from bocage.report._labels import spread
from bocage.report._style import heat, styles
from bocage.stats import Estimate

numbers = st.floats(-100, 100)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.7314, "0.731"),
        (-0.0004, "0.000"),
        (-0.12, "\N{MINUS SIGN}0.120"),
        (23.456, "23.46"),
        (12345.6, "12,346"),
        (math.nan, "\N{EN DASH}"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


def test_signs_and_intervals():
    assert signed(0.012) == "+0.012"
    assert signed(-0.012) == "\N{MINUS SIGN}0.012"
    assert signed(0.0001) == "0.000"
    assert figure(Estimate(0.5)) == "0.500"
    assert figure(Estimate(0.5, 0.4, 0.6)) == "0.500 [0.400 to 0.600]"
    assert bounds(Estimate(0.0, -0.1, 0.1), sign=True) == "\N{MINUS SIGN}0.100 to +0.100"


def test_units():
    assert [seconds(v) for v in (5e-5, 0.02, 3.2, 600, 7200)] == [
        "50 µs", "20 ms", "3.2 s", "10 min", "2.0 h",
    ]  # fmt: skip
    assert [size(v) for v in (12, 2200, 3.5e6)] == ["12 B", "2.2 kB", "3.5 MB"]


@given(st.text(min_size=1, max_size=80), st.integers(6, 40))
def test_shortened_names_fit(text, length):
    assert len(shorten(text, length)) <= max(length, 1)
    if len(text) <= length:
        assert shorten(text, length) == text


@given(st.lists(numbers, max_size=12), st.floats(0.1, 5))
def test_spread_labels_keep_their_order_their_gap_and_their_bounds(wanted, gap):
    low, high = -100.0, 100.0
    found = spread(wanted, gap, low, high)
    assert len(found) == len(wanted)
    assert all(low - 1e-9 <= v <= high + 1e-9 for v in found)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    for i, j in pairwise(order):
        assert found[j] - found[i] >= min(gap, 200 / (len(wanted) - 1)) - 1e-6


def test_labels_that_have_room_stay_where_they_are():
    assert spread([1.0, 5.0, 3.0], 1.0, 0.0, 10.0) == pytest.approx([1.0, 5.0, 3.0])


def test_frontier_holds_what_nothing_beats():
    points = [
        Placed("a", 1, Estimate(0.3)),
        Placed("b", 2, Estimate(0.5)),
        Placed("worse", 3, Estimate(0.4)),
        Placed("same cost, worse", 2, Estimate(0.45)),
        Placed("c", 9, Estimate(0.9)),
    ]
    assert [p.method for p in frontier(points)] == ["a", "b", "c"]


@given(st.floats(0, 1))
def test_heat_text_has_enough_contrast(value):
    colour, white = heat(value)
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    text = 1.0 if white else 0.0056  # #111
    high, low = max(luminance, text), min(luminance, text)
    assert (high + 0.05) / (low + 0.05) >= 4.0


def test_heat_darkens_with_the_value_for_black_and_white_print():
    greys = []
    for step in range(11):
        colour, _ = heat(step / 10)
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        greys.append(0.299 * r + 0.587 * g + 0.114 * b)
    assert greys == sorted(greys, reverse=True)


def test_methods_differ_in_more_than_colour_and_controls_are_thin(make):
    looks = styles(make.METHODS, "aef:logistic")
    learned = [v for v in looks.values() if not v.is_control]
    assert len({v.marker for v in learned}) == len(learned)
    assert len({v.colour for v in learned}) == len(learned)
    assert looks["aef:logistic"].width > looks["aef:knn3"].width > looks["prior"].width
    # Another choice changes no colour: a method looks the same on every page of a study.
    other = styles(make.METHODS, "aef:knn3")
    assert all(other[name].colour == look.colour for name, look in looks.items())

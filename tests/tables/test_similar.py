"""Names that may be one, and names that are two for all their likeness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocage.tables._similar import _distance, similar_names

ONE_WHATEVER_THE_COUNTS = [
    ("Maize", "maize"),
    ("soy corn", "soy_corn"),
    ("SoyCorn", "soy-corn"),
    ("Winter Wheat", "winterwheat"),
    ("Maïs", "mais"),
    ("Пшеница", "пшеница"),
    ("Wheat.", "wheat"),
    ("crop-2019", "crop 2019"),
    ("tree", "trees"),
    ("grass", "grasses"),
    ("grasland", "grassland"),
    ("settelment", "settlement"),
    ("sugarbeat", "sugar beet"),
    ("Soybean", "Soyabean"),
]

ONE_IF_RARE = [
    ("whaet", "wheat"),
    ("wheet", "wheat"),
    ("decidous forrest", "deciduous forest"),
    ("intensiv pasturee", "intensive pasture"),
    ("levelb", "levela"),
]

TWO = [
    ("what", "wheat"),
    ("pears", "peas"),
    ("land", "sand"),
    ("irrigated", "unirrigated"),
    ("reforested", "deforested"),
    ("type a", "type b"),
    ("forest I", "forest II"),
    ("classA", "classB"),
    ("C3", "C4"),
    ("crop 2019", "crop 2020"),
    ("x1.5", "x15"),
    ("1.0", "10"),
    ("-1", "1"),
    ("x -1", "x 1"),
    ("A", "A-"),
    ("A-", "A+"),
    ("NDVI>0.5", "NDVI<0.5"),
    ("Soy_Corn", "Soy_Cotton"),
    ("Soy_Fallow", "Soy_Millet"),
    ("dry forest", "wet forest"),
    ("low density", "high density"),
    ("spring wheat", "winter wheat"),
    ("小麦", "小米"),
]


@pytest.mark.parametrize("names", ONE_WHATEVER_THE_COUNTS)
def test_one_name_written_otherwise_is_found_whatever_the_counts(names):
    assert similar_names(names, [3, 97]) == [names]
    assert similar_names(names, [50, 51]) == [names]


@pytest.mark.parametrize("names", ONE_IF_RARE)
def test_a_short_word_is_mistyped_only_where_it_is_rare(names):
    assert similar_names(names, [3, 97]) == [names]
    assert similar_names(names, [50, 51]) == []


@pytest.mark.parametrize("names", TWO)
def test_two_names_are_two(names):
    assert similar_names(names, [3, 97]) == []
    assert similar_names(names, [50, 51]) == []


def test_a_rare_name_is_asked_about_once_with_the_one_it_is_most_like():
    names = ["maize", "Maize", "MAIZE", "wheat", "wheats", "wheet"]
    assert similar_names(names, [90, 3, 5, 80, 20, 2]) == [
        ("wheet", "wheat"),
        ("Maize", "maize"),
        ("MAIZE", "maize"),
        ("wheats", "wheat"),
    ]


def test_the_crops_of_a_country_are_not_asked_about():
    crops = """
        maize, winter wheat, spring wheat, winter barley, spring barley, winter rye, spring rye,
        oats, triticale, spelt, rapeseed, sunflower, soybean, peas, field beans, lupins, lentils,
        chickpeas, sugar beet, fodder beet, potatoes, onions, carrots, cabbage, tomatoes,
        strawberries, raspberries, apples, pears, plums, cherries, walnuts, hazelnuts, vineyard,
        olives, hops, hemp, flax, tobacco, clover, alfalfa, permanent grassland,
        temporary grassland, pasture, fallow, nursery, greenhouse
    """
    crops = [name.strip() for name in crops.split(",")]
    assert len(crops) == 47
    assert similar_names(crops, [max(3, 900 // (i + 1)) for i in range(len(crops))]) == []


@pytest.mark.parametrize(
    ("a", "b", "errors"),
    [("", "", 0), ("abc", "abc", 0), ("ca", "ac", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)],
)
def test_errors_are_counted_as_in_the_published_examples(a, b, errors):
    # Optimal string alignment gives 3 for "ca" and "abc", where free transpositions give 2.
    assert _distance(a, b) == errors


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_errors_are_the_same_both_ways_and_at_most_the_longer_name(a, b):
    assert _distance(a, b) == _distance(b, a) <= max(len(a), len(b))
    assert (_distance(a, b) == 0) == (a == b)

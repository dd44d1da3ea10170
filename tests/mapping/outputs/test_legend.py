"""Colours that people expect, all distinct, and the same for the same names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.core import SettingsError
from bocage.mapping.outputs import Legend, legend_for
from bocage.mapping.outputs._legend import _PALETTE
from bocage.mapping.outputs._vision import apart, places

WORLD_COVER = [
    "Tree cover",
    "Shrubland",
    "Grassland",
    "Cropland",
    "Built-up",
    "Bare / sparse vegetation",
    "Snow and ice",
    "Permanent water bodies",
    "Herbaceous wetland",
    "Mangroves",
    "Moss and lichen",
]
DYNAMIC_WORLD = [
    "water",
    "trees",
    "grass",
    "flooded_vegetation",
    "crops",
    "shrub_and_scrub",
    "built",
    "bare",
    "snow_and_ice",
]


def hue(colour):
    """Degrees on the colour wheel, and how colourful (0 to 1)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    high, low = max(red, green, blue), min(red, green, blue)
    if high == low:
        return 0.0, 0.0
    if high == red:
        angle = (green - blue) / (high - low)
    elif high == green:
        angle = 2 + (blue - red) / (high - low)
    else:
        angle = 4 + (red - green) / (high - low)
    return angle * 60 % 360, (high - low) / 255


@pytest.mark.parametrize("names", [WORLD_COVER, DYNAMIC_WORLD], ids=["WorldCover", "DynamicWorld"])
def test_water_is_blue_trees_green_crops_yellow_and_built_red(names):
    legend = legend_for(names)

    def of(word):
        return hue(next(legend.colour_of(n) for n in names if word in n.lower()))[0]

    assert 200 < of("water") < 230
    assert 110 < of("tree") < 150
    assert 40 < of("crop") < 60
    assert of("built") < 15
    assert 75 < of("grass") < 100


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("Permanent water bodies", "water"),
        ("LAKES", "water"),
        ("River", "sea"),
        ("tree crops", "orchard"),
        ("rice crop", "rice"),
        ("rice_paddies", "rice"),
        ("flooded_vegetation", "wetland"),
        ("burned forest", "burned"),
        ("Non-irrigated arable land", "crop"),
        ("Bare / sparse vegetation", "bare"),
        ("artificial surface", "urban"),
        ("HerbaceousVegetation", "grass"),
        ("not burned", "other"),
        ("unburned", "other"),
        ("non-forest", "other"),
        ("no data", "other"),
    ],
)
def test_a_name_is_known_by_its_words(name, like):
    assert legend_for([name]).colours == legend_for([like]).colours


@pytest.mark.parametrize("name", ["barley", "iceberg lettuce type", "waterlogged", "treeless"])
def test_a_word_within_a_word_is_not_taken_for_it(name):
    alike = [legend_for([word]).colours for word in ("bare", "ice", "water", "tree")]
    assert legend_for([name]).colours not in alike


def test_absence_is_grey_so_that_presence_stands_out():
    legend = legend_for(["burned", "not burned"])
    assert hue(legend.colour_of("not burned"))[1] < 0.1


@pytest.mark.parametrize("word", ["forest", "class", "soy", "other"])
def test_255_classes_have_255_colours(word):
    names = [f"{word} {i}" for i in range(255)]
    assert len(set(legend_for(names).colours)) == 255


def test_the_first_ten_unknown_names_are_told_apart_by_the_colour_blind():
    seen = places(_PALETTE)
    far = np.array([apart(one, seen).min(axis=1) for one in seen])
    assert far[~np.eye(len(_PALETTE), dtype=bool)].min() > 0.1
    legend = legend_for([f"type {i}" for i in range(10)])
    seen = places(legend.colours)
    far = np.array([apart(one, seen).min(axis=1) for one in seen])
    assert far[~np.eye(10, dtype=bool)].min() > 0.09


def test_red_and_green_of_one_lightness_are_near_for_the_colour_blind():
    green, red = places(["#7a9a3c", "#b5803c"])
    full, least = apart(green, red[np.newaxis])[0]
    assert full > 0.1
    assert least < 0.06


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([*WORLD_COVER, *DYNAMIC_WORLD, *"abcdefgh"]), unique=True, min_size=1),
    st.randoms(use_true_random=False),
)
def test_colours_do_not_depend_on_the_order_of_the_names(names, luck):
    shuffled = list(names)
    luck.shuffle(shuffled)
    one, two = legend_for(names), legend_for(shuffled)
    assert {n: one.colour_of(n) for n in names} == {n: two.colour_of(n) for n in names}


@pytest.mark.parametrize("name", WORLD_COVER[:-1])
def test_a_name_keeps_its_colour_beside_others(name):
    # Moss, the last, is drawn too much like bare ground and makes way.
    assert legend_for([name]).colours[0] == legend_for(WORLD_COVER).colour_of(name)


@pytest.mark.parametrize(
    ("names", "colours"),
    [
        ([], []),
        (["a", "a"], ["#000000", "#111111"]),
        (["a", " "], ["#000000", "#111111"]),
        (["a", "b"], ["#000000", "#000000"]),
        (["a", "b"], ["#000000"]),
        (["a"], ["red"]),
        (["a"], ["#ABCDEF"]),
        ([f"{i}" for i in range(256)], [f"#0000{i:02x}" for i in range(256)]),
    ],
)
def test_a_legend_that_makes_no_sense_is_refused(names, colours):
    with pytest.raises(SettingsError):
        Legend(tuple(names), tuple(colours))

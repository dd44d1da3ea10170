"""Colours that people expect, all distinct, and the same for the same names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.colours import Legend, alike_note, legend_for
from bocage.colours._palette import alike
from bocage.colours._vision import distances, places
from bocage.core import SettingsError

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
        ("dry land", "land"),
        ("Bare land", "bare"),
        ("irrigated land", "crop"),
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


LEGENDS = {
    "WorldCover": WORLD_COVER,
    "DynamicWorld": DYNAMIC_WORLD,
    "landscape": ["water", "trees", "crops", "built"],
    "MatoGrosso": [
        "Cerrado",
        "Fallow_Cotton",
        "Forest",
        "Pasture",
        "Soy_Corn",
        "Soy_Cotton",
        "Soy_Fallow",
        "Soy_Millet",
        "Soy_Sunflower",
    ],
    "EuroCrops": [
        "winter common soft wheat",
        "winter barley",
        "grain maize corn popcorn",
        "potatoes",
        "sugar beet",
        "winter rapeseed rape",
        "pasture meadow grassland grass",
        "sunflower",
        "soybeans",
        "orchards fruits",
        "vineyards",
        "alfalfa lucerne",
    ],
    "CDL": [
        "corn",
        "soybeans",
        "winter wheat",
        "cotton",
        "rice",
        "sorghum",
        "alfalfa",
        "other hay",
        "fallow",
        "grassland",
        "developed",
        "open water",
    ],
    "Breizh": [
        "barley",
        "wheat",
        "rapeseed",
        "corn",
        "sunflower",
        "orchards",
        "nuts",
        "permanent meadows",
        "temporary meadows",
    ],
    "LUCAS": [
        "Artificial land",
        "Cropland",
        "Woodland",
        "Shrubland",
        "Grassland",
        "Bare land",
        "Water",
        "Wetlands",
    ],
    "EuroSAT": [
        "AnnualCrop",
        "Forest",
        "HerbaceousVegetation",
        "Highway",
        "Industrial",
        "Pasture",
        "PermanentCrop",
        "Residential",
        "River",
        "SeaLake",
    ],
    "forest": [
        "coniferous forest",
        "deciduous forest",
        "mixed forest",
        "clearcut",
        "shrub",
        "grassland",
    ],
    "CORINE": [
        "Artificial surfaces",
        "Agricultural areas",
        "Forest and semi-natural areas",
        "Wetlands",
        "Water bodies",
    ],
    "Ethiopia": ["teff", "maize", "wheat", "sorghum", "barley", "other"],
    "flood": ["flooded", "permanent water", "dry land"],
    "burn": ["burned", "not burned"],
    "codes": [str(code) for code in range(1, 13)],
}


@pytest.mark.parametrize("kind", [None, "protanomaly", "deuteranomaly", "tritanomaly"])
@pytest.mark.parametrize("names", LEGENDS.values(), ids=LEGENDS)
def test_no_two_classes_of_up_to_twelve_look_alike_to_anybody(names, kind):
    """By another library and another colour space: CAM02-UCS, where 1 is just seen."""
    oracle = pytest.importorskip("colorspacious")
    legend = legend_for(names)
    colours = [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in legend.colours]
    if kind is not None:
        space = {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100}
        colours = np.clip(oracle.cspace_convert(colours, space, "sRGB1"), 0, 1)
    seen = oracle.cspace_convert(colours, "sRGB1", "CAM02-UCS")
    far = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
    assert far[~np.eye(len(names), dtype=bool)].min() > 9
    assert not alike_note(legend)


def test_a_class_keeps_its_hue_where_another_takes_its_colour():
    for word, low, high in (("forest", 70, 190), ("water", 190, 260), ("wheat", 15, 90)):
        legend = legend_for([f"{word} {i}" for i in range(5)])
        assert all(low < hue(colour)[0] < high for colour in legend.colours)
        assert min(hue(colour)[1] for colour in legend.colours) > 0.1


def test_red_and_green_of_one_lightness_are_near_for_the_colour_blind():
    seen = places(["#7a9a3c", "#b5803c"])
    assert distances(seen[:, :1])[0, 1] > 0.1
    assert distances(seen)[0, 1] < 0.06
    assert alike(["#7a9a3c", "#b5803c", "#000000"]) == [(0, 1, False)]


def test_blue_and_green_of_one_lightness_are_near_without_blue_cones():
    seen = places(["#2f9e52", "#2a93b5"])
    assert distances(seen[:, :3])[0, 1] > 0.1
    assert distances(seen)[0, 1] < 0.08


def test_what_no_palette_keeps_apart_is_said_once_with_the_worst_pair():
    legend = legend_for([f"crop {i}" for i in range(60)])
    said = alike_note(legend)
    one, two, _ = alike(legend.colours)[0]
    assert said.startswith(f"{legend.names[one]!r} and {legend.names[two]!r} have colours that ")
    n = len(alike(legend.colours)) - 1
    assert f"as have {n:,} more pairs of classes; no better ones were found for 60 classes" in said
    given = Legend(("a", "b", "c"), ("#7a9a3c", "#b5803c", "#000000"))
    assert alike_note(given, were_given=True) == (
        "'a' and 'b' have colours that people with a colour vision deficiency easily take for one "
        "another; choose others in the file of --colours, or merge classes in the comparison "
        "(--merge)"
    )
    near = Legend(("a", "b"), ("#7a9a3c", "#7a9a3d"))
    assert "have colours that are easily taken for one another; choose" in alike_note(
        near, were_given=True
    )


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


@pytest.mark.parametrize("name", ["Cropland", "Mangroves"])
def test_a_name_keeps_its_colour_beside_others_that_look_like_none(name):
    assert legend_for([name]).colours[0] == legend_for(WORLD_COVER).colour_of(name)
    beside = legend_for([name, "built", "water"])
    assert beside.colours == tuple(legend_for([n]).colours[0] for n in beside.names)


def test_colours_of_ones_own_are_taken_as_they_are():
    own = {"water": "#010203", "tree": "#0a0b0c", "spare": "#ffffff"}
    assert legend_for(["tree", "water"], own).colours == ("#0a0b0c", "#010203")


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

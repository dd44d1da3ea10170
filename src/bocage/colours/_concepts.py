"""Colours that people expect for the land covers and uses that everybody knows."""

import re
from itertools import pairwise

NEUTRAL = ("#bdbdbd", "#d9d9d9", "#969696", "#cfc7bd", "#a8b0b8")
"""For what a class is not ("not burned", "other"), so that what it is stands out."""

_COLOURS: dict[str, tuple[str, ...]] = {
    "burned": ("#4a1f1a", "#7a3b2e", "#2b1512"),
    "cloud": ("#dfe3ee", "#c3c9da"),
    "shadow": ("#4d4f63", "#33354a"),
    "flood": ("#4aa8ff", "#7cc4ff"),
    "mangrove": ("#60d0c0", "#00916e", "#00b386"),
    "wetland": ("#107090", "#5aa7a7", "#7fbfb8", "#3d8b8f"),
    "ice": ("#a0f0f0", "#cdeaf7", "#a9d8ee", "#e2f3fa"),
    "water": ("#4090e0", "#2166c4", "#4f8fdc", "#123f8c", "#7fb0e8"),
    "crop": ("#f0d010", "#f2d43d", "#e0b92e", "#f7e58b", "#c79f1c"),
    "maize": ("#f5b400", "#ffca45"),
    "soy": ("#a9b32b", "#c3cc55"),
    "cereal": ("#d9a441", "#c08a2a", "#e8c27a"),
    "rice": ("#b9dd6b", "#9fca45"),
    "cotton": ("#f4e6c3", "#e6d29c"),
    "cane": ("#cddc39", "#b4c22c"),
    "oilseed": ("#ffe34d", "#ffef8a"),
    "sunflower": ("#ff9f1c", "#ffb750"),
    "millet": ("#c97b2a", "#dd9a55"),
    "root": ("#b07a4a", "#c99a70"),
    "fodder": ("#b5cf6b", "#9bb84e"),
    "vegetable": ("#e07b39", "#ec9c68"),
    "fallow": ("#b5a878", "#cabf96"),
    "vineyard": ("#8e4a8b", "#a86ba5"),
    "orchard": ("#8c7a1f", "#a8963f", "#6f6114"),
    "palm": ("#5f7a12", "#7d992f"),
    "built": ("#f05030", "#d7301f", "#a50f15", "#f06b50", "#7f0d12"),
    "road": ("#6b6b6b", "#525252"),
    "tree": ("#104020", "#1b7837", "#2f9e52", "#0b5226", "#4fae6a"),
    "conifer": ("#0b5226", "#063d1a"),
    "broadleaf": ("#3f9b45", "#5db15f"),
    "savanna": ("#c2b04a", "#d3c46f"),
    "shrub": ("#705010", "#8f8f3c", "#a9a95a", "#737322"),
    "pasture": ("#c5e08b", "#b0d069", "#d8ecb0"),
    "grass": ("#a0c060", "#96cf5a", "#7dbb3c", "#b2df82"),
    "sand": ("#ead6a6", "#dcc284"),
    "rock": ("#8d8a86", "#a5a29e"),
    "mine": ("#7a5a48", "#946f5a"),
    "salt": ("#ece7dc", "#ddd5c3"),
    "bare": ("#a09080", "#b9a392", "#a38b78", "#cdbcae"),
    "moss": ("#e0f0a0", "#a9b59b", "#8f9d7f"),
    "vegetation": ("#5aae61", "#78c27e"),
    "land": ("#d9ccb4", "#c4b59a"),
}

_WORDS: dict[str, str] = {
    "burned": "burn burned burnt fire wildfire scar charred",
    "cloud": "cloud cloudy haze",
    "shadow": "shadow shade",
    "flood": "flood flooded floodwater inundated inundation",
    "mangrove": "mangrove",
    "wetland": "wetland marsh swamp bog peat peatland fen mire floodplain saltmarsh",
    "ice": "snow ice glacier snowfield firn",
    "water": "water river lake sea ocean reservoir pond lagoon canal estuary stream waterbody "
    "bay aquaculture",
    "crop": "crop cropland cultivated cultivation arable agriculture agricultural farm farmland "
    "field agri irrigated rainfed",
    "maize": "maize corn",
    "soy": "soy soya soybean bean pea lentil chickpea legume pulse groundnut peanut",
    "cereal": "wheat barley rye oat cereal triticale teff spelt",
    "rice": "rice paddy",
    "cotton": "cotton",
    "cane": "sugarcane cane",
    "oilseed": "rapeseed canola oilseed mustard",
    "sunflower": "sunflower",
    "millet": "millet sorghum",
    "root": "potato cassava beet sugarbeet yam tuber root",
    "fodder": "alfalfa lucerne clover hay fodder silage",
    "vegetable": "vegetable tomato onion melon horticulture garden tobacco",
    "fallow": "fallow stubble idle",
    "vineyard": "vineyard vine grape",
    "orchard": "orchard fruit coffee cocoa olive citrus banana almond nut apple tea cashew mango",
    "palm": "palm rubber plantation eucalyptus agroforestry",
    "built": "built builtup urban city building residential industrial settlement artificial "
    "impervious town house infrastructure developed commercial village roof airport",
    "road": "road highway asphalt railway street parking",
    "tree": "tree forest wood woodland woody canopy jungle rainforest",
    "conifer": "conifer coniferous needleleaf needleleaved evergreen pine spruce",
    "broadleaf": "broadleaf broadleaved deciduous oak beech",
    "savanna": "savanna savannah cerrado",
    "shrub": "shrub shrubland scrub scrubland bush bushland heath heathland maquis chaparral",
    "pasture": "pasture grazing rangeland meadow",
    "grass": "grass grassland prairie steppe lawn herbaceous herb",
    "sand": "sand sandy desert dune beach",
    "rock": "rock rocky stone scree cliff gravel",
    "mine": "mine mining quarry landfill",
    "salt": "salt saline playa",
    "bare": "bare bareland barren soil ground sparse sparsely unvegetated",
    "moss": "moss lichen tundra",
    "vegetation": "vegetation vegetated plant green",
    "land": "land mainland",
}
_CONCEPT = {word: concept for concept, words in _WORDS.items() for word in words.split()}

_QUALIFIERS = {
    *("vegetation", "vegetated", "plant", "green", "crop", "field", "root", "ground", "garden"),
    *("evergreen", "deciduous", "land"),
}
"""Words that name a class alone; beside a plainer word they only qualify it."""

_STRONG = ("burned", "flood", "mangrove", "wetland", "cloud", "shadow")
"""What these name is seen before what they stand on: burned forest is burned."""

_OTHER = {
    *("other", "unknown", "background", "unclassified", "none", "rest", "remaining", "undefined"),
    *("unlabelled", "unlabeled", "misc", "miscellaneous", "nodata"),
}
_NOT = ("no", "not", "non", "without")


def words(name: str) -> list[str]:
    """Cut a class name into small words of the singular, without figures.

    >>> words("Soy_Corn"), words("SnowAndIce"), words("Built-up Areas")
    (['soy', 'corn'], ['snow', 'and', 'ice'], ['built', 'up', 'area'])
    """
    parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return [_singular(part.lower()) for part in parts]


def expected(name: str) -> tuple[str, ...]:
    """Find the colours that people expect for a class, the best first; none if unknown.

    >>> expected("Permanent water bodies")[0] == expected("lake")[0] == expected("Water")[0]
    True
    >>> expected("not burned") == NEUTRAL, expected("barley") == expected("bare soil")
    (True, False)
    >>> expected("type 7")
    ()
    """
    parts = words(name)
    if _is_absence(parts):
        return NEUTRAL
    concept = _concept(parts)
    return _COLOURS[concept] if concept else ()


def _concept(parts: list[str]) -> str:
    """Find what a class is from the words of its name; blank if unknown."""
    known = [word for word in parts if word in _CONCEPT]
    plain = [word for word in known if word not in _QUALIFIERS] or known
    found = [_CONCEPT[word] for word in plain]
    if not found:
        return ""
    if "flood" in found and {"vegetation", "grass", "tree"} & {_CONCEPT[word] for word in known}:
        return "wetland"
    if {"tree", "crop"} <= {_CONCEPT[word] for word in known}:
        return "orchard"
    strong = [concept for concept in _STRONG if concept in found]
    if strong:
        return strong[0]
    # In English the word that says what it is stands last: shrub steppe, pine forest.
    last = found[-1]
    if "bare" in found:
        # "Bare sand" is sand, but "bare and grass" or "sparse shrubs" are bare.
        last = next((c for c in reversed(found) if c in ("sand", "rock", "salt", "mine")), "bare")
    elif last == "tree":
        kinds = {_CONCEPT[word] for word in known} & {"conifer", "broadleaf", "palm"}
        last = kinds.pop() if len(kinds) == 1 else last
    return last


def _is_absence(parts: list[str]) -> bool:
    """Whether a name says what is not there: not burned, non forest, noncrop, unburned, other."""
    if _OTHER.intersection(parts):
        return True
    for word, after in pairwise([*parts, ""]):
        # "Non irrigated arable land" is land that is tilled.
        if word in _NOT and (after in _CONCEPT or after == "data") and after != "irrigated":
            return True
        if word not in _CONCEPT and any(
            word.startswith(start) and word.removeprefix(start) in _CONCEPT
            for start in ("un", "non")
        ):
            return True
    return False


def _singular(word: str) -> str:
    if word in _CONCEPT:
        return word
    for ending, instead in (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("oes", "o"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            return word.removesuffix(ending) + instead
    return word

"""Groups are called what their column is called, in words that a sentence can hold."""

import pytest

from bocage.splits._words import in_places, noun, nouns


@pytest.mark.parametrize(
    ("leave", "one", "several"),
    [
        ("year", "year", "years"),
        ("Interpreter", "interpreter", "interpreters"),
        ("country", "country", "countries"),
        ("bay", "bay", "bays"),
        ("batch", "batch", "batches"),
        ("species", "species", "species"),
        ("SITE_ID", "site", "sites"),
        ("siteName", "site", "sites"),
        ("crop_year", "crop year", "crop years"),
        ("NUTS_3", "group of NUTS_3", "groups of NUTS_3"),
        ("région", "région", "régions"),
        ("clusters", "cluster", "clusters"),
        ("blocks", "place", "places"),
        ("region + year", "combination of region and year", "combinations of region and year"),
        ("id", "id", "ids"),
    ],
)
def test_a_group_has_a_word_of_its_own(leave, one, several):
    assert (noun(leave), nouns(leave)) == (one, several)


def test_shared_places_are_named():
    assert in_places("place") == " in known places"
    assert in_places("parcel_id") == " in known parcels"
    assert in_places("none") == " in new places"
    assert in_places("") == ""

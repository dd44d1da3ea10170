"""Numbers of things: their nouns agree, and means of labels are written in one way."""

import re
from pathlib import Path

import pytest

import bocage
from bocage.core import counted, mean_count, metres_in_words, plural
from bocage.report._format import metres


def test_one_is_no_plural():
    assert counted(1, "label") == "1 label"
    assert counted(0, "label") == "0 labels"
    assert counted(12_000, "crop year") == "12,000 crop years"
    assert counted(1, "sample shares its", "samples share their") == "1 sample shares its"


@pytest.mark.parametrize(
    ("word", "many"),
    [("branch", "branches"), ("survey", "surveys"), ("box", "boxes"), ("time series",) * 2],
)
def test_plurals_that_are_no_added_s(word, many):
    assert plural(word) == many


@pytest.mark.parametrize(
    ("value", "text"),
    [(895.5, "896"), (895.4, "895"), (99.94, "99.9"), (99.96, "100"), (59.0, "59"), (0.25, "0.2")],
)
def test_a_mean_is_whole_from_a_hundred_on(value, text):
    assert mean_count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 m"), (999.4, "999 m"), (999.6, "1 km"), (5000.0, "5 km"), (1.9876e6, "1,990 km")],
)
def test_a_distance_is_no_power_of_ten(value, text):
    assert metres_in_words(value) == metres(value) == text


def test_no_sentence_writes_a_lone_number_before_a_plural():
    # "1 methods": such numbers go through `counted`, which knows one from many. A number of what
    # is at least two, or of so many of so many, may stand as it is.
    things = "method|label|class|place|fold|run|chip|epoch|budget"
    pattern = re.compile(rf'f"(?:note: )?\{{len\([^{{}}]*\)(?::,)?\}} (?:{things})(?:e?s)\b')
    found = [
        f"{path.name}: {match}"
        for path in Path(bocage.__file__).parent.rglob("*.py")
        for match in pattern.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []

"""Colours of one's own: read as they are, or refused with what is wrong and what to do."""

import pytest

from bocage.colours import read_colours
from bocage.core import BocageError

CLASSES = ("maize", "Rapeseed", "water")
GOOD = "maize,#ffcc00\nRapeseed,#AABB11\nwater,#0000ff\n"


def read(tmp_path, text, classes=CLASSES, name="colours.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_colours(tmp_path / name, classes, "crop")


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"class,colour\n{GOOD}",
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        f"{GOOD}rye,#123456\n",
        '"maize"," #ffcc00 "\nRapeseed,#aabb11\nwater,#0000FF\n',
    ],
)
def test_two_columns_in_any_way_that_tables_are_written(tmp_path, text):
    found = read(tmp_path, text)
    assert found == {"maize": "#ffcc00", "Rapeseed": "#aabb11", "water": "#0000ff"}
    assert tuple(found) == CLASSES


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("#0000ff", "blue"), "the colour 'blue' of 'water' can't be read"),
        (GOOD.replace("#0000ff", "#00f"), "such as #2166c4"),
        (GOOD.replace("#ffcc00", "#gg0000"), "the colour '#gg0000' of 'maize'"),
        (GOOD.replace("maize", "maise"), "no colour for 'maize'; did you mean 'maise'?"),
        ("water,#0000ff\n", "no colour for 'maize', 'Rapeseed'; the file holds 'water'."),
        ("class,colour\n", "the file holds no row."),
        (f"{GOOD}maize,#000000\n", "'maize' occurs twice (#ffcc00 and #000000)"),
        (GOOD.replace("#0000ff", "#FFCC00"), "'maize' and 'water' have the same colour (#ffcc00)"),
        ("maize,#ffcc00,x\n", "expected two columns, a class and its colour"),
        ("maize\n", "expected two columns, a class and its colour"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, said):
    with pytest.raises(BocageError) as error:
        read(tmp_path, text)
    assert said in str(error.value)
    assert "--colours" in str(error.value)
    assert "pected" in str(error.value)


def test_a_file_that_is_not_there_and_one_of_another_kind(tmp_path):
    (tmp_path / "colours.csv").write_text(GOOD)
    with pytest.raises(BocageError, match=r"did you mean 'colours.csv'"):
        read_colours(tmp_path / "colurs.csv", CLASSES, "crop")
    with pytest.raises(BocageError, match="expected a text table"):
        read(tmp_path, GOOD, name="colours.qml")


def test_a_number_has_no_classes(tmp_path):
    with pytest.raises(BocageError, match="crop is a number, and --colours is of classes"):
        read(tmp_path, GOOD, classes=())

"""Names in any script are drawn where the machine has a font for it, and said where not."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.models import make_model

from bocage.mapping._companion_files import letters_note
from bocage.mapping.outputs import _fonts, families_for
from bocage.mapping.outputs._fonts import USUAL, _letters, _others
from bocage.mapping.outputs._page import Page, drawing


def _ink(words):
    with drawing([words]):
        page = Page(400, 60)
        page.text(10, 40, words, 30)
        return page.png(400)


def test_the_usual_font_is_enough_for_what_it_has():
    assert families_for(["forêt", "лес", "$x^2$"]) == ([USUAL], "")


def test_letters_that_no_font_has_are_named(monkeypatch):
    monkeypatch.setattr(_fonts, "_others", list)
    assert families_for(["tree", "a\U00013000"]) == ([USUAL], "\U00013000")


def test_a_font_that_has_boxes_for_all_letters_has_none():
    # Of three scripts: no font of a machine has all of them but by boxes.
    words = ["玉米", "\U00013000", "\ua015"]
    assert not any(name.startswith("Last Resort") for name in families_for(words)[0])


def test_a_font_of_the_system_is_taken_for_what_the_usual_one_lacks():
    usual = families_for([])[0]
    own = _letters(next(path for name, path in _others() if name == USUAL))
    more = [_letters(path) - own for name, path in _others() if name != USUAL]
    letters = next(filter(None, more), frozenset())
    if not letters:
        pytest.skip("no font of this machine has letters that the usual one lacks")
    letter = min(letter for letter in letters if letter.isprintable())
    families, lacking = families_for([letter])
    assert usual == [USUAL]
    assert lacking == ""
    assert len(families) == 2
    # Drawn otherwise than the box that stands for what is lacking.
    assert _ink(letter) != _ink("\U0010f123")


def test_the_same_words_make_the_same_picture():
    first, second = _ink("玉米 maïs"), _ink("玉米 maïs")
    assert np.array_equal(np.frombuffer(first, np.uint8), np.frombuffer(second, np.uint8))


def test_a_map_says_which_names_its_picture_lacks(monkeypatch):
    model = replace(make_model(), classes=("crop", "\U00013000 field", "water"))
    monkeypatch.setattr(_fonts, "_others", list)
    assert "boxes in place of some letters of '\U00013000 field'" in letters_note(
        model, ["picture"]
    )
    assert letters_note(model, []) == ""
    assert letters_note(make_model(), ["picture"]) == ""

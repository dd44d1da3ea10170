"""Text of others gives no orders: not to a terminal, not to a spreadsheet."""

import pytest

from bocage.core import cells, printable


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2Jmaize",
        "\x1b]0;title\x07",
        "a\x9b31m",
        "a\rb",
        "a\x08b",
        "a\x00b",
        "a\x7fb",
        "a\u202eb",
        "a\u2066b",
        "a\udce9b",
    ],
)
def test_what_a_terminal_obeys_is_replaced(text):
    made = printable(text)
    made.encode()
    assert len(made) == len(text)
    assert "\N{REPLACEMENT CHARACTER}" in made
    assert all(mark.isprintable() for mark in made)


@pytest.mark.parametrize(
    "text", ["maize", "blé d'hiver", "麦", "क\u200dष", "a\nb\tc", "[bold]x[/]", "1 000", ""]
)
def test_names_in_any_script_stay(text):
    assert printable(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_text(text):
    assert cells([text]) == [f"'{text}"]


@pytest.mark.parametrize("value", [-1, -0.5, "-0.5", "+3", "-1e-3", "-inf", None, "a=b", "", "x-y"])
def test_numbers_and_other_text_stay(value):
    assert cells([value]) == [value]

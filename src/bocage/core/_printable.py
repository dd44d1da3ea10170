"""Text of others, where a program would take it for an order: a terminal, a spreadsheet."""

import unicodedata
from collections.abc import Sequence
from typing import Any

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Change the direction of what follows, so that a name can look like another."""

_KEPT = frozenset("\n\t")

_ORDERS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet computes cells that begin so."""


def printable(text: str) -> str:
    r"""Replace what a terminal would obey, and what can't be written at all.

    Ends of lines and tabulators stay; joiners stay, which some scripts can't be written without.

    >>> printable("maize\x1b[2J, wheat")
    'maize�[2J, wheat'
    """
    if text.isprintable():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_order(mark) else mark for mark in text)


def _is_order(mark: str) -> bool:
    if mark in _KEPT:
        return False
    return unicodedata.category(mark) in ("Cc", "Cs") or mark in _TURNING


def cells(values: Sequence[Any]) -> list[Any]:
    """Make values that a spreadsheet shows and does not compute.

    Text that looks like a formula gets a ``'`` before it, the spreadsheets' own mark for text;
    numbers stay numbers.

    >>> cells(["=1+1", "-0.5", "- none", -0.5, "maize"])
    ["'=1+1", '-0.5', "'- none", -0.5, 'maize']
    """
    return [f"'{value}" if _is_formula(value) else value for value in values]


def _is_formula(value: Any) -> bool:
    if not isinstance(value, str) or not value.startswith(_ORDERS):
        return False
    try:
        float(value)
    except ValueError:
        return True
    return False

"""Numbers written as text, among words: a typing error, or a mark for missing."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, listed
from bocage.tables._with_unit import without_units, words_with_unit

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMAS = re.compile(r"[+-]?\d+(,\d+)+(\.\d+)?")

_THOUSANDS = re.compile(
    r"[+-]?\d{1,3}(?P<sep>[.,'\u2019 \u00a0\u202f])\d{3}((?P=sep)\d{3})*[.,]\d+"
)

FEW = 3

SHARE = 0.5
"""A target with more numbers than this share of its rows is a quantity ..."""

LEAST = 10
"""... if more than so many of them differ."""


def is_number(word: str) -> bool:
    """Tell whether a word is a number with a point, or without: ``12``, ``-3.5``, ``1e-3``."""
    return _NUMBER.fullmatch(word) is not None


def has_commas(word: str) -> bool:
    """Tell whether a word is a number with commas, of tens or of thousands: ``10,000``."""
    return _COMMAS.fullmatch(word) is not None


def has_thousands(word: str) -> bool:
    """Tell whether a word is a number with marks between its thousands and another before its part.

    >>> [has_thousands(word) for word in ("1.234,56", "1'234.5", "12 345,6", "1.234", "1.234.567")]
    [True, True, True, False, False]
    """
    found = _THOUSANDS.fullmatch(word)
    return found is not None and word.rstrip("0123456789")[-1] != found["sep"]


def are_written_otherwise(words: Sequence[str]) -> bool:
    """Tell whether all words are numbers in a way of writing that is not read."""
    return all(has_commas(word) or has_thousands(word) for word in words)


def are_codes(words: Sequence[str]) -> bool:
    """Tell whether words are codes: whole numbers, some of which begin with 0 (``01``)."""
    return all(map(str.isdigit, words)) and any(w[0] == "0" and len(w) > 1 for w in words)


def cure(words: Sequence[str]) -> str:
    """Say what to do with what stands among numbers.

    >>> cure(["10,000"]), cure(["n.d."])
    ('write numbers with a decimal point and without commas', 'blank it, or write it as a number')
    """
    if all(map(has_commas, words)):
        return "write numbers with a decimal point and without commas"
    if are_written_otherwise(words):
        return (
            "write numbers without a thousands separator and with a decimal point, such as 1234.56"
        )
    it = "it" if len(words) == 1 else "them"
    return f"blank {it}, or write {it} as {'a number' if it == 'it' else 'numbers'}"


def refuse_numbers_among_words(words: NDArray[np.str_], name: str) -> None:
    """Refuse a target of numbers that a few words made text.

    Parameters
    ----------
    words : ndarray of str, shape (n,)
        Rows that hold something.
    name : str
        Of the target.

    Raises
    ------
    DataError
        If more than half of the rows are numbers, more than ten of which differ, unless all are
        codes.
    """
    found, count = np.unique(words, return_counts=True)
    rows = dict(zip(found.tolist(), count.tolist(), strict=True))
    numbers = [word for word in rows if is_number(word)]
    others = [word for word in rows if not is_number(word)]
    units = words_with_unit(rows)
    fit = [
        word for word in rows if word in units or is_number(word) or are_written_otherwise([word])
    ]
    if len(fit) <= LEAST or sum(rows[word] for word in fit) <= SHARE * len(words):
        return
    if are_codes(numbers) or (not others and all(map(str.isdigit, numbers))):
        return
    classes = "or, if all of them are names of classes, use --kind classification"
    if not others:
        raise DataError(
            f"the target {name!r} holds numbers as text (such as {numbers[0]!r}); expected a "
            f"column of numbers: write them as numbers, {classes}"
        )
    todo = without_units(list(units.values())) if units else cure(others)
    n = sum(rows[word] for word in others)
    among = "numbers and " if numbers else ""
    raise DataError(
        f"the target {name!r} holds {among}{listed(list(map(repr, others)), FEW)} ({n:,} of "
        f"{len(words):,} rows); expected numbers: {todo} (--drop-incomplete leaves blank "
        f"rows out), {classes}"
    )

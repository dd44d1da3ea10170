"""Names and numbers in messages."""

import math
from collections.abc import Sequence

_SAME = ("series", "species", "campus")
"""Words whose plural is the word, or that no rule below gets right."""


def listed(names: Sequence[str], most: int = 5) -> str:
    """Write the first names, and how many more there are.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def plural(word: str) -> str:
    """Write a noun, or the last of several words, for more than one.

    >>> plural("label"), plural("class"), plural("city"), plural("crop year"), plural("series")
    ('labels', 'classes', 'cities', 'crop years', 'series')
    """
    if word.endswith(_SAME):
        return word
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def counted(n: int, one: str, many: str = "") -> str:
    """Write a number of things; `many` is given where more changes than the last word.

    >>> counted(1, "label"), counted(1200, "class"), counted(2, "row has", "rows have")
    ('1 label', '1,200 classes', '2 rows have')
    """
    return f"{n:,} {one if n == 1 else many or plural(one)}"


def part_of(n: int, total: int, one: str, verb: str = "", verbs: str = "") -> str:
    """Write how many there are of several things, and the verb that goes with them.

    >>> part_of(1, 4, "group", "is", "are"), part_of(3, 4, "group", "is", "are")
    ('1 of 4 groups is', '3 of 4 groups are')
    >>> part_of(418, 418, "group"), part_of(1, 1, "group", "is", "are")
    ('all 418 groups', 'the only group is')
    """
    words = f"{n:,} of {total:,} {plural(one)}"
    if n == total:
        words = f"the only {one}" if n == 1 else f"all {n:,} {plural(one)}"
    return f"{words} {verb if n == 1 else verbs}".strip()


def mean_count(value: float) -> str:
    """Write a number of things on average: whole, or with one decimal below 100.

    >>> mean_count(15.0), mean_count(18.25), mean_count(895.6), mean_count(1219.0)
    ('15', '18.2', '896', '1,219')
    """
    # 99.95 and above would read as 100.0.
    text = f"{value:,.1f}" if value < 99.95 else f"{value:,.0f}"  # noqa: PLR2004
    return text.removesuffix(".0")


def as_float(text: str) -> float | None:
    """Read a number; None for words.

    >>> as_float("0.5"), as_float("crop=0")
    (0.5, None)
    """
    try:
        return float(text)
    except ValueError:
        return None


def decimals(value: float) -> int:
    """Return how many decimals a figure is written with: three, fewer where it is large."""
    size = abs(value)
    return 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0  # noqa: PLR2004


def rounded_up(value: float) -> float:
    """Round an upper bound to the decimals it is written with, never below what was found.

    >>> rounded_up(0.0251), rounded_up(0.025), rounded_up(12.341)
    (0.026, 0.025, 12.35)
    """
    if not math.isfinite(value):
        return value
    scale = 10.0 ** decimals(value)
    return math.ceil(value * scale - 1e-9) / scale


def three_digits(value: float) -> str:
    """Write a number with three digits that count, and never as a power of ten.

    >>> three_digits(5000.0), three_digits(1987.3), three_digits(12.345), three_digits(0.5)
    ('5,000', '1,990', '12.3', '0.5')
    """
    return f"{float(f'{value:.3g}'):,.15g}"


def metres_in_words(metres: float) -> str:
    """Write a distance with three digits.

    >>> metres_in_words(908.2), metres_in_words(5912.0), metres_in_words(1.53e6)
    ('908 m', '5.91 km', '1,530 km')
    """
    if metres < 999.5:  # noqa: PLR2004 - as it is written
        return f"{metres:.0f} m"
    return f"{three_digits(metres / 1000)} km"

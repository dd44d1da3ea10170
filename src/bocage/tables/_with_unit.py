"""Numbers with a unit behind or before them: quantities, and no words."""

import re
from collections.abc import Sequence

from bocage.core import listed

LEAST = 10
"""Whatever stands behind more numbers than these, behind a blank, is a unit ..."""

SHARE = 0.5
"""... if it stands in more than this share of the rows; a unit that is known needs only that."""

_DIGITS = r"(?:\d{1,3}(?:[.,'\u2019\u00a0\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d*)?|[.,]\d+)"
_NUMBER = rf"[+\-\u2212]?\s?{_DIGITS}(?:[eE][+-]?\d+)?"
_SYMBOLS = r"%\u2030\u00b0\u20ac$\u00a3\u00a5\u2032\u2033'\""
_PART = rf"(?:[^\W\d_]+[-\u2212]?[123\u00b2\u00b3]?|[{_SYMBOLS}][^\W\d_]*)"
_BETWEEN = r"[\s/*\u00b7^.]+"
# Parts need something between them: else a long word could be parted in too many ways.
_WORD = re.compile(
    rf"(?P<before>[\u20ac$\u00a3\u00a5]\s?)?(?P<number>{_NUMBER})"
    rf"(?P<blank>\s*)(?P<unit>{_PART}(?:{_BETWEEN}{_PART})*\.?)?"
)
_SYMBOL = re.compile(r"[^\w\s]")

_LENGTHS = "m|mm|cm|dm|km|\u00b5m|um|nm|ft|feet|inch|inches|in|yd|mi|miles?|met(?:er|re)s?"
_AREAS = "ha|acres?|ac|hectares?|m2|m\u00b2|km2|km\u00b2|m3|m\u00b3|cm2|cm3|sqm|sqkm"
_MASSES = "g|kg|mg|ug|\u00b5g|t|lbs?|tons?|tonnes?|l|L|ml|mL|mol|mmol|cmol"
_TIMES = "s|sec|min|h|hrs?|hours?|days?|weeks?|months?|yrs?|years?"
_OTHERS = "ppm|ppb|dB|hPa|kPa|Pa|MPa|mbar|psu|PSU|deg|degrees?|percent|pct|usd|USD|eur|EUR|masl|asl"
_KNOWN = re.compile(f"(?:{_LENGTHS}|{_AREAS}|{_MASSES}|{_TIMES}|{_OTHERS})")
_PARTS = re.compile(_BETWEEN)


def unit_of(word: str) -> str:
    """Return the unit that is known and stands with a number; empty where there is none.

    A letter right behind a number is a name (``2b``, ``3g``), but for metres.

    Examples
    --------
    >>> [unit_of(word) for word in ("12 m", "3,5 %", "1,024 kg/ha", "5m", "-3.5\u00b0C", "$ 12")]
    ['m', '%', 'kg/ha', 'm', '\u00b0C', '$']
    >>> [unit_of(word) for word in ("class 1", "A12", "2b", "3g", "5 oaks", "33N", "12", "5-10 m")]
    ['', '', '', '', '', '', '', '']
    """
    unit, blank = _parted(word)
    if _SYMBOL.search(unit) and not _PARTS.search(unit):
        return unit
    parts = [part for part in _PARTS.split(unit) if part]
    known = bool(parts) and all(map(_is_known, parts))
    return unit if known and (blank or len(unit) > 1 or unit == "m") else ""


def _is_known(part: str) -> bool:
    base = part.rstrip("-\u2212123\u00b2\u00b3")
    return bool(_KNOWN.fullmatch(part) or _KNOWN.fullmatch(base) or _SYMBOL.match(part))


def _parted(word: str) -> tuple[str, bool]:
    """Return what stands with a number, and whether a blank is between; else nothing."""
    found = _WORD.fullmatch(word)
    if found is None or bool(found["before"]) == bool(found["unit"]):
        return "", False
    return (found["before"] or found["unit"]).strip(), bool(found["blank"])


def words_with_unit(rows: dict[str, int]) -> dict[str, str]:
    """Find the words of a column that are numbers with a unit; none where most rows hold others.

    Parameters
    ----------
    rows : dict of str to int
        Different words, and in how many rows each stands.

    Returns
    -------
    dict of str to str
        Words, and the unit of each.

    Examples
    --------
    >>> words_with_unit({"6 m": 3, "7 m": 1, "unknown": 1})
    {'6 m': 'm', '7 m': 'm'}
    >>> words_with_unit({"1 low": 3, "2 high": 2})
    {}
    """
    units = {word: unit for word in rows if (unit := unit_of(word))}
    most = SHARE * sum(rows.values())
    if sum(rows[word] for word in units) > most:
        return units
    by_unit: dict[str, list[str]] = {}
    for word in rows:
        unit, blank = _parted(word)
        if unit and blank:
            by_unit.setdefault(unit, []).append(word)
    for unit, words in by_unit.items():
        if len(words) > LEAST and sum(rows[word] for word in words) > most:
            return dict.fromkeys(words, unit)
    return {}


def without_units(units: Sequence[str]) -> str:
    """Say what to do with numbers that have units.

    >>> without_units(["m", "m", "km"])
    'write only the numbers, all in one unit, without m, km (--units may name it)'
    """
    found = sorted(set(units), key=list(units).index)
    all_in_one = "" if len(found) == 1 else ", all in one unit"
    return f"write only the numbers{all_in_one}, without {listed(found)} (--units may name it)"

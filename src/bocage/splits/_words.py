"""What a reader calls one of the groups that are left out, and several of them."""

import re

from bocage.core import plural

AREA_LEAVES = ("knndm", "none")
"""What is "left out" where a map of the area is asked for: matched folds, or random ones."""

GIVEN = "given folds"
"""What is "left out" where folds were made elsewhere."""


def noun(leave: str) -> str:
    """Name one group in a sentence.

    Parameters
    ----------
    leave : str
        Group column, ``a+b``, ``blocks`` or ``clusters``.

    >>> noun("year"), noun("SITE_ID"), noun("crop_year"), noun("region+year"), noun("NUTS3")
    ('year', 'site', 'crop year', 'combination of region and year', 'group of NUTS3')
    """
    return _words(leave)[0]


def nouns(leave: str) -> str:
    """Name several groups in a sentence.

    >>> nouns("year"), nouns("city"), nouns("region+year"), nouns("NUTS3"), nouns("blocks")
    ('years', 'cities', 'combinations of region and year', 'groups of NUTS3', 'places')
    """
    return _words(leave)[1]


def in_places(share: str, known: float = 1.0) -> str:
    """Say which places are tested, where that was asked for; `known` is the share learned from.

    >>> in_places("place"), in_places("parcel"), in_places("none"), in_places("")
    (' in known places', ' in known parcels', ' in new places', '')
    >>> in_places("place", 0.38), in_places("place", 0.0)
    (' in known and new places (38% of the test samples in known ones)', '')
    """
    if share == "none":
        return " in new places"
    if not share or not known:
        return ""
    many = nouns(share)
    if known < 1:
        return f" in known and new {many} ({known:.0%} of the test samples in known ones)"
    return f" in known {many}"


def _words(leave: str) -> tuple[str, str]:
    if leave == "blocks":
        # The whole task is one group then.
        return "place", "places"
    if leave in AREA_LEAVES:
        return "area", "areas"
    if leave == "clusters":
        return "cluster", "clusters"
    if leave == GIVEN:
        return "fold", "folds"
    parts = [part.strip() for part in leave.split("+")]
    if len(parts) > 1:
        together = " and ".join(_plain(part) or part for part in parts)
        return f"combination of {together}", f"combinations of {together}"
    word = _plain(leave)
    return (word, plural(word)) if word else (f"group of {leave}", f"groups of {leave}")


def _plain(column: str) -> str:
    """Turn a column's name into words; empty where it is no word of letters."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    words = [word.lower() for word in re.split(r"[\s_.-]+", split) if word]
    while len(words) > 1 and words[-1] in {"id", "name", "code", "no", "nr", "number"}:
        words.pop()
    return " ".join(words) if words and all(word.isalpha() for word in words) else ""

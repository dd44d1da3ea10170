"""Names that may be meant to be one: written otherwise, or with a typing error."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import combinations

RARE = 0.1
"""A name is rare beside one that has ten times as many labels."""

LENGTHS = (5, 7)
"""Letters of a word from which on a wrong one may be a typing error: in a rare name, in any."""

LONG = 10
"""From this length on even two wrong letters may be one, in a rare name."""

_BETWEEN = re.compile(
    r"[\s_/;:'\u2019`\"()]+"  # always
    r"|(?<!\d)[.,]|[.,](?!\d)"  # but for the point of a number
    r"|(?<=[^\W\d])-(?=\w)|(?<=\s)-(?=\s)"  # but for the sign of a number
)


def similar_names(names: Sequence[str], counts: Sequence[int]) -> list[tuple[str, str]]:
    """Find names that may be meant to be one, as (the rarer, the commoner).

    Names are similar if they differ

    - by case, accents, blanks, punctuation or the plural alone, or
    - by a wrong, missing, added or exchanged letter of a long word, or of a shorter one where the
      name is rare beside the other; the first letter must agree, as it is seldom mistyped.

    Digits, signs and words of a few letters tell names apart (``C3``, ``type A``, ``forest II``),
    and names without letters are codes.

    Parameters
    ----------
    names : sequence of str
    counts : sequence of int
        Labels of each.

    Returns
    -------
    list of (str, str)
        Each rarer name once, with the one that it is most like; rarest first.

    Examples
    --------
    >>> similar_names(["Maize", "maize", "grasland", "grassland", "soy"], [3, 97, 1, 99, 50])
    [('grasland', 'grassland'), ('Maize', 'maize')]
    >>> similar_names(["forest I", "forest II", "10", "1.0", "C3", "C4"], [9] * 6)
    []
    """
    found: dict[str, list[tuple[int, int, str]]] = {}
    plain = {name: _plain(name) for name in names}
    rank = sorted(zip(counts, names, strict=True))
    for (few, rarer), (many, commoner) in combinations(rank, 2):
        errors = _errors(plain[rarer], plain[commoner], rare=few <= RARE * many)
        if errors is not None:
            found.setdefault(rarer, []).append((errors, -many, commoner))
    return [(rarer, min(others)[2]) for rarer, others in found.items()]


def written_otherwise(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Find names that differ by case, accents, blanks or punctuation alone.

    Unlike `similar_names`, a wrong letter makes another name: neighbouring places are often called
    alike. Names without letters are codes.

    Examples
    --------
    >>> written_otherwise(["District 1", "Mali", "district_1", "district 2", "2019"])
    [('District 1', 'district_1')]
    """
    found: dict[str, list[str]] = {}
    for name in names:
        plain = _plain(name)
        if any(c.isalpha() for c in plain):
            found.setdefault(plain.replace(" ", ""), []).append(name)
    return [tuple(alike) for alike in found.values() if len(alike) > 1]


def _plain(name: str) -> str:
    """Fold case, accents and punctuation; a blank stands between words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    letters = unicodedata.normalize("NFKD", words.casefold())
    text = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(_BETWEEN.sub(" ", unicodedata.normalize("NFC", text)).split())


def _errors(a: str, b: str, *, rare: bool) -> int | None:
    """Count the typing errors that would make two names one; None if they are two."""
    if not any(c.isalpha() for c in a) or _marks(a) != _marks(b):
        return None
    ours, theirs = a.split(), b.split()
    if "".join(ours) == "".join(theirs):
        return 0
    if len(ours) != len(theirs):
        ours, theirs = ["".join(ours)], ["".join(theirs)]
    total, wrong = 0, 0
    for one, other in zip(ours, theirs, strict=True):
        if one == other:
            continue
        errors = _wrong_letters(one, other, rare=rare)
        if errors is None:
            return None
        total, wrong = total + errors, wrong + 1
    return total if wrong <= 1 + rare else None


def _marks(plain: str) -> list[str]:
    """Digits, signs and whatever else is no letter."""
    return re.findall(r"\d+(?:[.,]\d+)*|[^\w\s]", plain)


def _wrong_letters(a: str, b: str, *, rare: bool) -> int | None:
    """Count the wrong letters of a word; None if the words are two."""
    short, long = sorted((a, b), key=len)
    if len(short) > 3 and long in (short + "s", short + "es"):  # noqa: PLR2004
        return 0
    if len(short) < LENGTHS[0 if rare else 1] or a[0] != b[0]:
        return None
    # levela, levelb: parts of a list, unless one is hardly ever used.
    if not rare and a[:-1] == b[:-1]:
        return None
    most = 2 if rare and len(short) >= LONG else 1
    errors = _distance(a, b) if len(long) - len(short) <= most else most + 1
    return errors if errors <= most else None


def _distance(a: str, b: str) -> int:
    """Count wrong, missing, added and exchanged neighbouring letters (Damerau 1964).

    Optimal string alignment: no letter is changed twice.
    """
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]

"""The order of groups: in time where their names are dates or numbers, else as people sort them."""

import re
from collections.abc import Sequence

from bocage.core import SplitError, listed

SortKey = tuple[int, ...]

_YEAR_DIGITS = 4


def time_keys(groups: Sequence[str]) -> tuple[SortKey, ...] | None:
    """Read the names of groups as numbers or as dates, largest unit first.

    Parameters
    ----------
    groups : sequence of str

    Returns
    -------
    tuple of tuple of int, or None
        One key a group, which sort as time runs; None where the names are no times: they are
        written in different ways, hold no number, or hold several of which the first is no year
        of four digits (``03/2021`` would sort by month).

    >>> time_keys(["2019", "2020"]), time_keys(["2000-2001", "2001-2002"]), time_keys(["a", "b"])
    (((2019,), (2020,)), ((2000, 2001), (2001, 2002)), None)
    """
    if len({re.sub(r"\d+", "#", name) for name in groups}) > 1:
        return None
    found = [re.findall(r"\d+", name) for name in groups]
    if not found or not found[0]:
        return None
    if len(found[0]) > 1 and any(len(digits[0]) != _YEAR_DIGITS for digits in found):
        return None
    return tuple(tuple(int(part) for part in digits) for digits in found)


def natural_key(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Sort names as people do: ``site 2`` before ``site 10``.

    >>> sorted(["site 10", "site 2"], key=natural_key)
    ['site 2', 'site 10']
    """
    parts = [part for part in re.split(r"(\d+)", name) if part]
    return tuple((not p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in parts)


def in_order(groups: Sequence[str]) -> tuple[int, ...]:
    """Return the positions of groups in the order of time, or of their names."""
    keys = time_keys(groups)
    if keys is not None:
        return tuple(sorted(range(len(groups)), key=lambda at: (keys[at], groups[at])))
    return tuple(sorted(range(len(groups)), key=lambda at: natural_key(groups[at])))


def read_groups(text: str, groups: Sequence[str], *, option: str, leave: str) -> tuple[int, ...]:
    """Read a choice of groups: names and ranges, as ``2017-2021`` or ``2015,2017..2019``.

    A name that holds a hyphen (``2000-2001``) is taken as a name first; ranges between such names
    are written with two dots: ``2000-2001..2009-2010``. Years are enough where names are dates:
    ``2021..2022`` holds 2021-03 and 2022-12.

    Parameters
    ----------
    text : str
    groups : sequence of str
        All there are.
    option : str
        Named in messages.
    leave : str
        Column that the groups come from.

    Returns
    -------
    tuple of int
        Positions of the groups, ascending.

    Raises
    ------
    SplitError
        If a part names no group, or a range is given between groups without an order of time.
    """
    keys = time_keys(groups)
    chosen: set[int] = set()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        if part in groups:
            chosen.add(groups.index(part))
            continue
        ends = _ends(part)
        inside = set()
        if ends is not None and keys is not None:
            low, high = ends
            inside = {
                at
                for at, key in enumerate(keys)
                if low <= key[: len(low)] and key[: len(high)] <= high
            }
        if not inside:
            ordered = [groups[at] for at in in_order(groups)]
            why = "" if keys is not None or ends is None else "; these have no order in time"
            raise SplitError(
                f"{option} {part!r} is not one of the groups of {leave!r}{why}: "
                f"{listed(ordered, 12)}. Name groups, such as {option} {ordered[0]},{ordered[-1]}, "
                f"or a range, such as {option} {ordered[0]}..{ordered[-1]}"
            )
        chosen |= inside
    if not chosen:
        raise SplitError(f"{option} {text!r} names no group of {leave!r}: {listed(groups, 12)}")
    return tuple(sorted(chosen))


def _ends(part: str) -> tuple[SortKey, SortKey] | None:
    """Read both ends of a range; a hyphen is one where two plain numbers stand around it."""
    plain = re.fullmatch(r"(\d+)\s*-\s*(\d+)", part)
    pair = plain.groups() if plain else part.split("..")
    if len(pair) != 2:  # noqa: PLR2004
        return None
    low, high = (tuple(int(digits) for digits in re.findall(r"\d+", end)) for end in pair)
    return (low, high) if low and high else None

"""Colours that a user wants for the classes of a map."""

import re
from collections.abc import Sequence
from pathlib import Path

from bocage.colours._legend import Legend
from bocage.core import SettingsError, listed
from bocage.tables import nearest, two_columns

OPTION = "--colours"
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def read_colours(path: Path, classes: Sequence[str], target: str) -> dict[str, str]:
    """Read the colours of classes from a text table of two columns: class and colour.

    Parameters
    ----------
    path : Path
        A first line that holds no colour is a header. Classes that the map has not are left aside.
    classes : sequence of str
        Of the map; none for a map of numbers.
    target : str
        That is mapped, for messages.

    Returns
    -------
    dict of str to str
        Of every class of the map, as '#rrggbb' in small letters.

    Raises
    ------
    SettingsError
        If the map is one of numbers, a colour can't be read, a class occurs twice or has no
        colour, or two have the same.
    DataError
        If the file can't be read.
    """
    if not classes:
        raise SettingsError(
            f"{target} is a number, and {OPTION} is of classes; expected a map of classes: leave "
            f"{OPTION} out"
        )
    path = path.expanduser()
    rows = two_columns(path, OPTION, "a class and its colour, such as water,#2166c4")
    if rows and rows[0][0] not in classes and not _looks_like_colour(rows[0][1]):
        rows = rows[1:]
    found: dict[str, str] = {}
    for name, colour in rows:
        if not _COLOUR.fullmatch(colour.lower()):
            raise SettingsError(
                f"{OPTION} {path.name}: the colour {colour!r} of {name!r} can't be read; expected "
                "a number sign and six hexadecimal digits, such as #2166c4"
            )
        if name in found:
            raise SettingsError(
                f"{OPTION} {path.name}: the class {name!r} occurs twice ({found[name]} and "
                f"{colour.lower()}); expected each class once"
            )
        found[name] = colour.lower()
    missing = [name for name in classes if name not in found]
    if missing:
        spare = [name for name in found if name not in classes]
        hint = nearest(missing[0], spare).rstrip(".") or (
            f"; the file holds {listed([repr(name) for name in found]) or 'no row'}."
        )
        raise SettingsError(
            f"{OPTION} {path.name} has no colour for {listed([repr(name) for name in missing])}"
            f"{hint} Expected one for each class of {target}: "
            f"{listed([repr(name) for name in classes], 12)}"
        )
    colours = {name: found[name] for name in classes}
    try:
        Legend(tuple(classes), tuple(colours.values()))
    except SettingsError as error:
        raise SettingsError(f"{OPTION} {path.name}: {error}") from error
    return colours


def _looks_like_colour(text: str) -> bool:
    return text.startswith("#") or re.fullmatch(r"[0-9a-fA-F]{3,8}", text) is not None

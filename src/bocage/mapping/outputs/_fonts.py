"""Fonts for the words of a map: the usual one, and others of the system for scripts it lacks."""

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

USUAL = "DejaVu Sans"
"""Comes with matplotlib, so that maps look alike everywhere."""

_BOXES = "Last Resort"
"""Fonts of that name, one of which comes with matplotlib, draw a box for every letter."""


def families_for(words: Iterable[str]) -> tuple[list[str], str]:
    """Find fonts that have all letters of some words.

    Parameters
    ----------
    words : iterable of str

    Returns
    -------
    families : list of str
        The usual font first; others where it lacks letters, those of the Noto family before others.
    lacking : str
        Letters that no font of this machine has, sorted.

    Examples
    --------
    >>> families_for(["forêt", "лес"])
    (['DejaVu Sans'], '')
    """
    lacking = {letter for word in words for letter in word if letter.isprintable()} - {" "}
    families = [USUAL]
    lacking -= _letters(_usual_file())
    for name, path in _others() if lacking else ():
        found = lacking & _letters(path)
        if found:
            families.append(name)
            lacking -= found
        if not lacking:
            break
    return families, "".join(sorted(lacking))


def _usual_file() -> str:
    from matplotlib import font_manager

    return str(font_manager.findfont(USUAL))


@lru_cache(maxsize=1)
def _others() -> list[tuple[str, str]]:
    """List the plain fonts of the system, by family and file."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    # The list that matplotlib keeps may be older than a font that was installed since.
    listed = {entry.fname for entry in manager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - listed):
        try:
            manager.addfont(path)
        except (OSError, RuntimeError) as error:
            logging.getLogger(__name__).debug("%s is not a usable font: %s", path, error)
    plain = {
        entry.name: entry.fname
        for entry in manager.ttflist
        if entry.style == "normal"
        and entry.weight in (400, "normal", "regular", "book")
        and not entry.name.startswith(_BOXES)
    }
    return sorted(plain.items(), key=lambda item: (not item[0].startswith("Noto"), item[0]))


@lru_cache(maxsize=512)
def _letters(path: str) -> frozenset[str]:
    from matplotlib import font_manager

    try:
        font: Any = font_manager.get_font(path)
    except (OSError, RuntimeError):
        return frozenset()
    return frozenset(map(chr, font.get_charmap()))

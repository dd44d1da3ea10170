"""What a mistyped word may have been meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

CLOSE = 0.6
"""Least share of letters in common, by difflib's ratio."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that a mistyped one is closest to, in any case of letters.

    Parameters
    ----------
    word : str
    known : iterable of str

    Returns
    -------
    str or None
        None where no word is close.

    Examples
    --------
    >>> closest("logstic", ["centroid", "logistic"])
    'logistic'
    >>> closest("prior", ["forest", "ridge"]) is None
    True
    """
    by_lower = {item.lower(): item for item in known}
    close = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=CLOSE)
    return by_lower[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Ask for the closest known word: ``; did you mean 'x'?``; empty where none is close."""
    found = closest(word, known)
    return "" if found is None else f"; did you mean {found!r}?"

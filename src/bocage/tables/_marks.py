"""Words that may stand for a missing value: declared by the user, or asked about."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import NODATA, DataError, Flags, SettingsError, listed, part_of
from bocage.tables._names import nearest
from bocage.tables._nodata_values import NOTHING, Fills
from bocage.tables._target import as_words, is_numeric
from bocage.tables.readers import typed

if TYPE_CHECKING:
    import pandas as pd

_OF_SOFTWARE = frozenset(
    {
        *("NA", "na", "N/A", "n/a", "<NA>", "NaN", "nan", "NAN", "-nan", "NaT"),
        *("null", "Null", "NULL", "(null)", r"\N"),
        *("#N/A", "#NA", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!"),
    }
)
"""What R, pandas, databases and spreadsheets write; `Na` is sodium, and nothing writes it."""

_OF_PEOPLE = frozenset(["n.a.", "n. a.", "n.d.", "n. d.", "nodata", "no data"])
"""In any case."""

_PYTHON = "None"
_SIGNS = re.compile(r"[-\u2013\u2014?._*/#~]+")
_PLUS = re.compile(r"\++")

_LARGEST = 1e6
"""Marks beyond it are floats of rasters, which no column of places holds."""

Strings = NDArray[np.str_]


def find_marks(found: Sequence[str]) -> tuple[str, ...]:
    """Find the words of a column that may stand for a missing value.

    `none` is a class (none, few, many), and so is what speaks of it in capitals. `None` is what
    Python writes for nothing, unless all others begin with a capital too; signs alone are marks,
    but for a minus beside a plus.

    Examples
    --------
    >>> find_marks(["absent", "NA", "none", "?"]), find_marks(["None", "Few"])
    (('NA', '?'), ())
    >>> find_marks(["None", "few"]), find_marks(["-", "+"]), find_marks(["-", "oak"])
    (('None',), (), ('-',))
    """
    marks = [word for word in found if _is_mark(word)]
    others = sorted({*found} - {*marks, _PYTHON})
    if any(_PLUS.fullmatch(word) for word in others):
        marks = [word for word in marks if set(word) != {"-"}]
    if _PYTHON in found and not (others and all(word[0].isupper() for word in others)):
        marks.append(_PYTHON)
    return tuple(marks)


def _is_mark(word: str) -> bool:
    plain = word.lower().replace("_", " ")
    return word in _OF_SOFTWARE or plain in _OF_PEOPLE or _SIGNS.fullmatch(word) is not None


@dataclass(frozen=True, slots=True)
class DeclaredMarks:
    """What ``--nodata`` says of words, and the rest of it.

    Attributes
    ----------
    frame : DataFrame
        Cells of these words are blank.
    rest : tuple of str
        What is said of numbers.
    gone : mapping of str to (str, int) pairs
        Words of each column, and the rows that they stood in.
    """

    frame: "pd.DataFrame"
    rest: tuple[str, ...]
    gone: dict[str, list[tuple[str, int]]]

    def said(self, column: str) -> str:
        """Say which words were taken for nothing, as `marks_in` says it of numbers."""
        held = [f"{n} hold {word}" for word, n in self.gone.get(column, ())]
        return f" ({', '.join(held)})" if held else ""


def blank_words(frame: "pd.DataFrame", texts: Sequence[str | float]) -> DeclaredMarks:
    """Blank the cells of words that are declared to stand for nothing: ``NA``, ``crop=NA``.

    A column that holds numbers beside them becomes one of numbers.

    Raises
    ------
    SettingsError
        If no row of a column holds a word that is said of it.
    """
    import pandas as pd

    rest: list[str] = []
    by_column: dict[str, list[str]] = {}
    cells = {
        str(name): as_words(column)[0]
        for name, column in frame.items()
        if any(_word_of(text) for text in texts) and _is_text(column)
    }
    for text in map(str, texts):
        word, (name, sign, _) = _word_of(text), text.rpartition("=")
        if not word or (sign and name not in frame.columns):
            rest.append(text)
            continue
        asked = {name: cells.get(name)} if sign else cells
        holds = [n for n, words in asked.items() if words is not None and (words == word).any()]
        # What software writes for nothing may be said of a table that holds it no longer.
        if not holds and sign and not _is_mark(word) and word != _PYTHON:
            known = [] if asked[name] is None else np.unique(cells[name]).tolist()
            raise SettingsError(
                f"--nodata {text}: no row of {name!r} holds {word!r}{nearest(word, known)} "
                "Expected a word that means no data in that column"
            )
        if not holds and not sign and (not _is_mark(word) or word == _PYTHON):
            rest.append(text)
        for column in holds:
            by_column.setdefault(column, []).append(word)
    gone: dict[str, list[tuple[str, int]]] = {}
    for column, words in by_column.items():
        gone[column] = [(word, int((cells[column] == word).sum())) for word in words]
        kept = frame[column].astype(object).where(~np.isin(cells[column], words), None)
        made = typed(kept.astype(pd.StringDtype("pyarrow")))
        frame = frame.assign(**{column: made.set_axis(frame.index)})
    return DeclaredMarks(frame, tuple(rest), gone)


def _is_text(column: "pd.Series[Any]") -> bool:
    from pandas.api import types

    return not (
        is_numeric(column) or types.is_bool_dtype(column) or types.is_datetime64_any_dtype(column)
    )


def _word_of(text: str | float) -> str:
    """Return the word that is said to stand for nothing; empty for numbers and ``none``."""
    name, _, value = str(text).strip().rpartition("=")
    if value == NOTHING or (not name and value.lower() == NOTHING and value != _PYTHON):
        return ""
    try:
        # A float can be read from nan, which is a word.
        return value if np.isnan(float(value)) else ""
    except ValueError:
        return value


def numbers_among(words: Strings, declared: Sequence[float]) -> tuple[Flags, str]:
    """Find the numbers for nothing among names of places, as `marks_in` does in a target.

    They are compared as text: identifiers of many digits are near 1e20, and are no marks.

    Examples
    --------
    >>> numbers_among(np.array(["1", "-9999", "100000000000000000001"]), ())[1]
    ' (1 hold -9999)'
    """
    usual = [mark for mark in NODATA if -_LARGEST < mark < 0]
    numbers = [mark for mark in (*usual, *declared) if np.isfinite(mark)]
    shown = [str(int(mark)) if mark == int(mark) else repr(mark) for mark in numbers]
    marked = np.isin(words, shown)
    held = [f"{n} hold {word}" for word in shown if (n := int((words == word).sum()))]
    return marked, f" ({', '.join(held)})" if held else ""


def ask_about_words(
    words: Strings, gone: Flags, what: str, name: str, fills: Fills, *, needed: bool = True
) -> tuple[str, ...]:
    """Refuse classes or places whose names may stand for a missing value, unless they are declared.

    Parameters
    ----------
    words : ndarray of str, shape (n,)
    gone : ndarray of bool, shape (n,)
        Rows that are not asked about.
    what : {"target", "group"}
    name : str
        Of the column.
    fills : Fills
    needed : bool
        Whether the column was asked for; else a note says what it was taken for.

    Raises
    ------
    DataError
        If there are such words.
    SettingsError
        If ``NAME=none`` may be meant either way, as the column holds ``none`` itself.
    """
    found = np.unique(words[~gone]).tolist()
    if name in fills.measured and NOTHING in found:
        raise SettingsError(
            f"--nodata {name}={NOTHING} may mean that no word of {name!r} is a missing value, or "
            f"that its word {NOTHING!r} is one; expected one of the two: use --nodata {NOTHING}, "
            "or blank these cells"
        )
    marks = find_marks(found)
    if not marks or not fills.asks_of(name):
        return ()
    one, some = ("a class", "classes") if what == "target" else ("a place", "places")
    alone, quoted = len(marks) == 1, listed([repr(word) for word in marks])
    they_are, kind = ("it is", one) if alone else ("they are", some)
    part = part_of(int(np.isin(words[~gone], marks).sum()), len(words), "row")
    declared = " ".join(f"--nodata {shlex.quote(f'{name}={word}')}" for word in marks)
    if not needed:
        note = (
            f"the column {name!r} holds {quoted} in {part}, treated as {kind}: if {they_are} "
            f"missing, use {declared}"
        )
        return (note,)
    # Where the column holds none itself, saying none of it would be ambiguous.
    as_is = NOTHING if NOTHING in found else shlex.quote(f"{name}={NOTHING}")
    example = " (Namibia)" if "NA" in marks else ""
    missing = "a missing value" if alone else "missing values"
    raise DataError(
        f"the {what} {name!r} holds {quoted} in {part}, which may be {kind}{example} or {missing}; "
        f"if {they_are} missing, use {declared} (--drop-incomplete leaves such rows out), and if "
        f"{they_are} {kind}, --nodata {as_is}"
    )

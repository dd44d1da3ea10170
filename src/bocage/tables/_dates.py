"""Dates in the names of columns, and of rows."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.tables._target import as_words

if TYPE_CHECKING:
    import pandas as pd

_CENTURIES = r"19[5-9]\d|20\d\d"
_YEAR = rf"(?<!\d)(?P<year>{_CENTURIES})"
_TIME = r"(?:[T ]\d{2}:?\d{2}(?::?\d{2})?Z?)?(?!\d)"
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if n}
_NAMED = "|".join(_MONTHS)
_WITH_YEAR = (
    # Who writes dots writes the day first. R writes them for any mark, behind an X.
    re.compile(rf"(?<![A-Za-z\d])(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>{_CENTURIES}){_TIME}"),
    re.compile(rf"{_YEAR}(?P<mark>[-_./]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d){_TIME}"),
    re.compile(rf"{_YEAR}[-_./]?(?P<yearday>\d\d\d)(?!\d)"),
    re.compile(rf"{_YEAR}[-_./]?(?P<month>\d\d)(?!\d)"),
    re.compile(rf"{_YEAR}[-_./]?(?P<name>{_NAMED})(?![a-z])", re.IGNORECASE),
    re.compile(rf"(?<![a-z])(?P<name>{_NAMED})[-_./]?(?P<year>{_CENTURIES})(?!\d)", re.IGNORECASE),
)
_ALONE = (
    re.compile(r"(?<=[_-])(?P<month>0[1-9]|1[0-2])$"),
    re.compile(rf"(?<=[_-])(?P<name>{_NAMED})$", re.IGNORECASE),
)
_STEP = (
    re.compile(r"(?P<step>\d+)[_-](?P<band>.+)"),
    re.compile(r"(?P<band>.*?)[_-]?(?:t|step)?(?P<step>\d+)", re.IGNORECASE),
)
_DATED = re.compile(r"\d{4}|[_-]t?\d+$|^\d+[_-]", re.IGNORECASE)
"""What looks like a date or a step, whether or not it can be read."""

_ODD = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (
            rf"(?<!\d)\d\d?([-/_.])\d\d?\1(?:{_CENTURIES})(?!\d)",
            "in {} either the day or the month may come first",
        ),
        (rf"(?<!\d)(?:{_CENTURIES})[-_./]\d(?!\d).*", "{} has a month or day of one digit"),
        (rf"(?<!\d)(?:{_CENTURIES})(?!\d)", "{} is a year without a month"),
        (r"(?<=[_-])t\d+$", "{} is a step, not a month"),
        (r"(?<=[_-])\d$", "{} has one digit, but a month has two"),
        (r"(?<=[_-])\d\d$", "{} is not a month"),
        (r"^\d{1,3}(?=[_-])", "{} comes first, but a month without a year comes last"),
        (r"\d{4,}|(?<=[_-])\d+$|^\d+", "{} is not a date that begins with the year"),
    )
)
"""What may be odd about such a name, the first that holds."""

_MARKS = "-_./ "

Moment = tuple[int, int, int]
"""Year, month and day; 0 where it is not known."""


@dataclass(frozen=True, slots=True)
class SeriesColumn:
    """A column of a series.

    Attributes
    ----------
    band : str
        What was measured; empty where the name is a date alone.
    moment : tuple of int
        Year, month and day, or a step and two zeros.
    """

    band: str
    moment: Moment


def read_date(name: str) -> SeriesColumn | None:
    """Find the date in the name of a column; None where there is none.

    >>> read_date("NDVI_2019-01-17"), read_date("20190117_NDVI").moment, read_date("elevation")
    (SeriesColumn(band='NDVI', moment=(2019, 1, 17)), (2019, 1, 17), None)

    Raises
    ------
    ValueError
        If a name looks dated, and its date can't be read.
    """
    for pattern in _WITH_YEAR:
        found = list(pattern.finditer(name))
        if len(found) > 1:
            raise ValueError(f"{len(found)} dates")
        if found:
            return SeriesColumn(_rest(name, found[0]), _moment(found[0]))
    for pattern in _ALONE:
        match = pattern.search(name)
        if match is not None:
            return SeriesColumn(_rest(name, match), _moment(match))
    if _DATED.search(name):
        raise ValueError(_odd(name))
    return None


def _odd(name: str) -> str:
    """Say why a name that looks dated holds no date."""
    found = ((words, pattern.search(name)) for pattern, words in _ODD)
    return next((words.format(match[0]) for words, match in found if match), "no date")


def read_step(name: str) -> SeriesColumn | None:
    """Find the number of a step in the name of a column; None where there is none.

    >>> read_step("NDVI_07"), read_step("12_B2").band, read_step("elevation")
    (SeriesColumn(band='NDVI', moment=(7, 0, 0)), 'B2', None)
    """
    for pattern in _STEP:
        match = pattern.fullmatch(name)
        if match is not None:
            return SeriesColumn(match["band"].strip(_MARKS), (int(match["step"]), 0, 0))
    return None


def has_year(name: str) -> bool:
    """Tell whether a name holds a date with its year."""
    try:
        found = read_date(name)
    except ValueError:
        return False
    return found is not None and found.moment[0] > 0


def _rest(name: str, match: re.Match[str]) -> str:
    """Return a name without its date."""
    before, after = name[: match.start()].rstrip(_MARKS), name[match.end() :].lstrip(_MARKS)
    # MODIS writes an A before the year and the day of the year.
    before = before.removesuffix("_A") if "yearday" in match.groupdict() else before
    return "_".join(part for part in (before.strip(_MARKS), after.strip(_MARKS)) if part)


def _moment(match: re.Match[str]) -> Moment:
    found = match.groupdict()
    year = int(found.get("year") or 0)
    if found.get("yearday"):
        number = int(found["yearday"])
        day = date(year, 1, 1) + timedelta(days=number - 1)
        if number < 1 or day.year != year:
            raise ValueError(f"{year} has no day {number}")
        return day.year, day.month, day.day
    month = _MONTHS[found["name"].lower()] if found.get("name") else int(found["month"])
    day_of = int(found.get("day") or 0)
    if not 1 <= month <= len(_MONTHS):
        raise ValueError(f"{match[0]} has no month {month:02d}")
    if found.get("day") is not None and not 1 <= day_of <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"{match[0]} is not a day")
    return year, month, day_of


def first_dates(column: "pd.Series[Any]") -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Read a column of dates.

    Returns
    -------
    dates : ndarray of datetime64[D], shape (n,)
        1970-01-01 where blank.
    gone : ndarray of bool, shape (n,)

    Raises
    ------
    DataError
        If a cell is no date with its year first.
    """
    words, gone = as_words(column)
    dates = np.zeros(len(words), dtype="datetime64[D]")
    for row in np.flatnonzero(~gone).tolist():
        try:
            found = read_date(words[row])
        except ValueError:
            found = None
        if found is None or found.band or not found.moment[2]:
            raise DataError(
                f"the first date {str(words[row])!r} in column {column.name!r} can't be read; "
                "expected year, month and day, such as 2019-09-14"
            )
        dates[row] = np.datetime64(date(*found.moment), "D")
    return dates, gone

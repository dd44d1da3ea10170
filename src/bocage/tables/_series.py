"""Columns of a table that are dates of a series: ``NDVI_2019-01-17``, ``B2_2021-03``, ``B2_04``."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Input, counted, listed
from bocage.tables._dates import Moment, SeriesColumn, has_year, read_date, read_step

FEW = 4


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is said of the dates of a series, beside the names of its columns.

    Attributes
    ----------
    steps : bool
        Whether columns without a year are numbered steps, and no months.
    first : ndarray of datetime64[D], shape (n,), optional
        Date at which the series of each sample begins.
    every : float, optional
        Days from step to step.
    """

    steps: bool = False
    first: NDArray[np.datetime64] | None = None
    every: float | None = None


def as_series(item: Input, when: Calendar | None = None) -> tuple[Input, str]:
    """Turn a table of dated columns into a series.

    Columns are called band and date, in either order: a day (``B2_2021-03-17``, ``20210317_B2``,
    ``B2_2021076``, ``B2_17.03.2021``), a month (``B2_2021-03``, ``B2_202103``, ``B2_Mar2021``) or
    a month of any year (``B2_03``). Numbered steps without dates (``NDVI_01`` to ``NDVI_23``) are
    read where they are declared. A column without a date does not change (elevation) and stands at
    every date.

    Parameters
    ----------
    item : Input
        A table.
    when : Calendar, optional

    Returns
    -------
    series : Input
        Values (n, n_dates, n_bands), dates in order; months where they are known.
    note : str
        What was read.

    Raises
    ------
    DataError
        If no column has a date, one looks dated and can't be read, or bands have different dates.

    Examples
    --------
    >>> table = Input("vi", np.array([[3.0, 1.0, 2.0]]), ("NDVI_2021-03", "NDVI_2020-12", "slope"))
    >>> series, note = as_series(table)
    >>> series.values[0].tolist(), note
    ([[1.0, 2.0], [3.0, 2.0]], "input 'vi': 2 dates, 2020-12 to 2021-03, of NDVI; slope at each")
    """
    when = when or Calendar()
    is_steps = when.steps and not all(has_year(name) for name in item.bands)
    where: dict[str, dict[Moment, int]] = {}
    still: dict[str, int] = {}
    for column, name in enumerate(item.bands):
        found = read_step(name) if is_steps else _date_of(item, name)
        if found is None:
            still[name] = column
            continue
        band = found.band or item.name
        dates = where.setdefault(band, {})
        if found.moment in dates:
            raise DataError(
                f"input {item.name!r} has two columns for {band} at one date: "
                f"{item.bands[dates[found.moment]]} and {name}; expected one: narrow the pattern"
            )
        dates[found.moment] = column
    if not where:
        raise DataError(
            f"input {item.name!r} is declared a series, but no column has a date: "
            f"{listed(item.bands, FEW)}; expected names such as B2_2021-03-17, B2_2021-03 or "
            "B2_03, or steps (B2_01, B2_02, ...) with --undated: rename them, or declare a table "
            "with --input"
        )
    moments = _same_dates(item, where, is_steps=is_steps)
    columns = [[where[b][d] for b in where] + list(still.values()) for d in moments]
    months, years = _months(item, moments, when, is_steps=is_steps)
    units = item.band_units
    series = replace(
        item,
        values=np.ascontiguousarray(item.values[:, columns]),
        bands=(*where, *still),
        units=tuple(units[at] for at in columns[0]),
        months=months,
        read_from=tuple(item.bands[at] for row in columns for at in row),
        years=item.years or years,
        modality="series" if item.modality == "unknown" else item.modality,
    )
    return series, _note(item, moments, tuple(where), tuple(still), when, is_steps=is_steps)


def _date_of(item: Input, name: str) -> SeriesColumn | None:
    try:
        return read_date(name)
    except ValueError as error:
        step = read_step(name)
        ask = ""
        if step is not None:
            ask = f", or, if {name} is a step that has no date, use --undated"
        raise DataError(
            f"input {item.name!r}: {name} looks dated, but its date can't be read ({error}); "
            "expected a day (B2_2021-03-17, B2_20210317, B2_17.03.2021), a month (B2_2021-03) or a "
            f"month of any year (B2_03): rename the columns, narrow the pattern{ask}"
        ) from None


def _same_dates(
    item: Input, where: dict[str, dict[Moment, int]], *, is_steps: bool
) -> tuple[Moment, ...]:
    """Return the dates of all bands in order."""
    known = {band: tuple(sorted(found)) for band, found in where.items()}
    first = next(iter(known))
    for band, found in known.items():
        if found != known[first]:
            odd = min(set(found) ^ set(known[first]))
            raise DataError(
                f"input {item.name!r}: {band} and {first} have different dates "
                f"({len(found)} and {len(known[first])}; {_shown(odd, is_steps=is_steps)} is in "
                "one of them only); expected the same dates for all bands: declare a series for "
                "each set of dates"
            )
    moments = known[first]
    if len({bool(year) for year, _, _ in moments}) > 1 and not is_steps:
        raise DataError(
            f"input {item.name!r} has dates with a year and months without one "
            f"({_shown(moments[-1], is_steps=False)}, {_shown(moments[0], is_steps=False)}); "
            "expected one kind: narrow the pattern"
        )
    return moments


def _months(
    item: Input, moments: tuple[Moment, ...], when: Calendar, *, is_steps: bool
) -> tuple[NDArray[np.int64] | None, tuple[int, ...]]:
    """Return the months of each sample, and the years that they lie in, where they are known."""
    n = len(item.values)
    if when.every is not None and not is_steps:
        raise DataError(
            f"input {item.name!r}: the days from step to step are given (--every), but its columns "
            "have dates; omit it"
        )
    if when.first is None:
        if is_steps:
            return None, ()
        months = np.array([month for _, month, _ in moments], dtype=np.int64)
        return np.tile(months, (n, 1)), tuple(sorted({year for year, _, _ in moments if year}))
    if is_steps and when.every is None:
        raise DataError(
            f"input {item.name!r}: the first date of each row is given, but its columns are steps; "
            "expected the days from step to step: add --every 16"
        )
    start = when.first[:, None]
    if is_steps:
        number = np.array([step for step, _, _ in moments], dtype=np.float64)
        days = np.round((number - number[0]) * float(when.every or 0)).astype(np.int64)
        there = (start + days[None]).astype("datetime64[M]")
    elif all(day for _, _, day in moments):
        days_named = np.array([date(*moment) for moment in moments], dtype="datetime64[D]")
        there = (start + (days_named - days_named[0])[None]).astype("datetime64[M]")
    else:
        count = np.array([12 * year + month for year, month, _ in moments], dtype=np.int64)
        there = start.astype("datetime64[M]") + (count - count[0])[None]
    since = there.astype(np.int64)
    years = np.unique(since // 12 + 1970)
    return since % 12 + 1, tuple(int(year) for year in years)


def _note(
    item: Input,
    moments: tuple[Moment, ...],
    bands: tuple[str, ...],
    still: tuple[str, ...],
    when: Calendar,
    *,
    is_steps: bool,
) -> str:
    """Say what was read."""
    one, last = (_shown(moment, is_steps=is_steps) for moment in (moments[0], moments[-1]))
    if is_steps:
        numbers = [step for step, _, _ in moments]
        what = f"{counted(len(moments), 'step')}, {one} to {last}"
        if len(numbers) < numbers[-1] - numbers[0] + 1:
            what += " (some numbers are missing)"
    else:
        what = (
            f"{len(moments)} {'dates' if moments[0][0] else 'months of any year'}, {one} to {last}"
        )
    said = f"input {item.name!r}: {what}, of {listed(bands, FEW)}"
    if still:
        said += f"; {listed(still, FEW)} at each"
    if when.first is not None:
        said += "; each row begins at its own date"
    elif is_steps:
        said += "; they have no dates, so networks that need months can't read them"
    return said


def _shown(moment: Moment, *, is_steps: bool) -> str:
    year, month, day = moment
    if is_steps:
        return f"{year:02d}"
    if not year:
        return f"month-{month:02d}"
    return f"{year}-{month:02d}" + (f"-{day:02d}" if day else "")

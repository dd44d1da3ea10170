"""Columns of a table that are dates of a series: ``B2_2021-03``, ``NDVI_04``."""

import re
from dataclasses import replace

import numpy as np

from bocage.core import DataError, Input
from bocage.tasks._names import listed

_DATED = re.compile(r"(?P<band>.+?)[_-](?:(?P<year>(?:19|20)\d\d)[-_]?)?(?P<month>0[1-9]|1[0-2])")


def as_series(item: Input) -> Input:
    """Turn a table of dated columns into a series.

    Columns are called band, underscore, and the date: year and month (``B2_2021-03``,
    ``B2_202103``) or the month alone (``B2_03``). A column without a date does not change
    (elevation) and stands at every date.

    Parameters
    ----------
    item : Input
        A table.

    Returns
    -------
    Input
        Values (n, n_dates, n_bands), dates in order, months known.

    Raises
    ------
    DataError
        If no column has a date, or bands have different dates.

    Examples
    --------
    >>> table = Input("vi", np.array([[3.0, 1.0, 2.0]]), ("NDVI_2021-03", "NDVI_2020-12", "slope"))
    >>> as_series(table).values[0].tolist()
    [[1.0, 2.0], [3.0, 2.0]]
    """
    where: dict[str, dict[tuple[int, int], int]] = {}
    still: dict[str, int] = {}
    for column, name in enumerate(item.bands):
        match = _DATED.fullmatch(name)
        if match is None:
            still[name] = column
            continue
        date = (int(match["year"] or 0), int(match["month"]))
        dates = where.setdefault(match["band"], {})
        if date in dates:
            raise DataError(
                f"input {item.name!r} has two columns for {match['band']} at one date: "
                f"{item.bands[dates[date]]} and {name}; expected one: narrow the pattern"
            )
        dates[date] = column
    if not where:
        raise DataError(
            f"input {item.name!r} is declared a series, but no column has a date: "
            f"{listed(item.bands)}; expected names such as B2_2021-03 or B2_03: rename them, or "
            "declare a table with --input"
        )
    known = {band: tuple(sorted(found)) for band, found in where.items()}
    first = next(iter(known))
    for band, found in known.items():
        if found != known[first]:
            odd = min(set(found) ^ set(known[first]))
            raise DataError(
                f"input {item.name!r}: {band} and {first} have different dates "
                f"({len(found)} and {len(known[first])}; {odd[0] or 'month'}-{odd[1]:02d} is in "
                "one of them only); expected the same dates for all bands"
            )
    columns = [[where[b][d] for b in where] + list(still.values()) for d in known[first]]
    months = np.array([month for _, month in known[first]], dtype=np.int64)
    units = item.band_units
    return replace(
        item,
        values=np.ascontiguousarray(item.values[:, columns]),
        bands=(*where, *still),
        units=tuple(units[at] for at in columns[0]),
        months=np.tile(months, (len(item.values), 1)),
        years=item.years or tuple(sorted({year for year, _ in known[first] if year})),
        modality="series" if item.modality == "unknown" else item.modality,
    )

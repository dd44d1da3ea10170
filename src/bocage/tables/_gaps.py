"""Missing cells of inputs: a row is left out, a series is filled along time, or gaps are kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags, Input, SettingsError, counted
from bocage.tables._checks import unusable
from bocage.tables._names import listed

Gaps = Literal["", "drop", "fill", "keep"]
"""`drop` leaves the row out; `fill` takes the dates before and after, of series; `keep` leaves
missing values to heads that take them. Unless one is declared, gaps are refused."""


def check_gaps(gaps: str, inputs: Mapping[str, Input]) -> None:
    """Refuse an unknown strategy, or filling along time where nothing has a time.

    Raises
    ------
    SettingsError
        If it can't be used.
    """
    if gaps not in get_args(Gaps):
        known = ", ".join(name for name in get_args(Gaps) if name)
        raise SettingsError(f"--gaps {gaps!r} is not known; expected one of {known}")
    if gaps == "fill" and not any(item.form == "series" for item in inputs.values()):
        raise SettingsError(
            "--gaps fill uses the dates before and after, but no input is a series; expected "
            "drop or keep, or --series for columns with dates"
        )


def treat_gaps(item: Input, gaps: Gaps, n_rows: int) -> tuple[Input, str, Flags, str]:
    """Do with the missing cells of an input what was declared.

    Parameters
    ----------
    item : Input
        Missing cells are NaN, infinite or a usual mark for nothing.
    gaps : str
    n_rows : int

    Returns
    -------
    item : Input
    note : str
        What was done, with numbers; empty where nothing was.
    bad : ndarray of bool, shape (n,)
        Rows that still lack something.
    reason : str
        What they lack.
    """
    lost = unusable(item.values)
    if not lost.any():
        return item, "", np.zeros(n_rows, dtype=bool), ""
    if gaps == "keep" and item.modality == "embedding":
        # A vector is there or it is not.
        gaps = "drop"
    rows = lost.reshape(n_rows, -1).any(axis=1)
    cells = f"input {item.name!r}: {counted(int(lost.sum()), 'missing cell')} of "
    cells += counted(int(rows.sum()), "row")
    note = ""
    values = np.where(lost, np.nan, item.values)
    if gaps == "fill" and item.form == "series":
        values = _along_time(values)
        done = int((lost & np.isfinite(values)).sum())
        note = f"{cells}: {done:,} filled in time from the dates before and after" if done else ""
        item, lost = replace(item, values=values), ~np.isfinite(values)
    elif gaps == "keep":
        # A row without a single value says nothing.
        empty = np.asarray(lost.reshape(n_rows, -1).all(axis=1))
        reason = f"without any value in input {item.name!r}"
        note = f"{cells} stay missing, for heads that accept missing values"
        return replace(item, values=values), note, empty, reason
    bad = lost.reshape(n_rows, -1).any(axis=1)
    bands = [item.bands[at] for at in np.flatnonzero(lost.reshape(-1, len(item.bands)).any(axis=0))]
    where = "all bands" if len(bands) == len(item.bands) > 1 else f"bands {listed(bands)}"
    reason = f"with missing, infinite or nodata values in input {item.name!r} ({where})"
    return item, note, np.asarray(bad), reason


def _along_time(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill gaps on the straight line between the dates around them; ends take the nearest date.

    Parameters
    ----------
    values : ndarray of float64, shape (n, n_dates, n_bands)

    Returns
    -------
    ndarray of float64, shape (n, n_dates, n_bands)
        NaN where a band of a row has no date at all.
    """
    made = values.copy()
    time = np.arange(values.shape[1])
    gone = np.isnan(values)
    torn = np.argwhere(gone.any(axis=1) & ~gone.all(axis=1))
    for row, band in torn.tolist():
        lost = gone[row, :, band]
        made[row, lost, band] = np.interp(time[lost], time[~lost], values[row, ~lost, band])
    return made

"""What must hold for labels and features, each with its own message."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError
from bocage.sources import INT8_NODATA, Coding
from bocage.tasks._names import (
    AEF_BANDS,
    LAT_NAMES,
    LON_NAMES,
    METRIC_NAMES,
    NO_COLUMN,
    listed,
    nearest,
)
from bocage.tasks._read import Rows
from bocage.tasks._target import NODATA, as_numbers, is_numeric
from bocage.tasks._task import Task

UNIT_NORM = (0.97, 1.03)
UNIT_SHARE = 0.99
"""At least this share of AlphaEarth vectors has a length within `UNIT_NORM`."""

LARGEST = 1e18
"""Squares of larger numbers do not fit into single precision, which trees and networks use."""

SMALLEST = 1e-150
"""The square of a smaller spread is 0, or next to it."""

SWAPPED_SHARE = 0.1
"""From this share of latitudes beyond 90 on, the columns are taken to be exchanged."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def find_coordinates(
    rows: Rows, lon: str | None, lat: str | None, *, needed: bool = True
) -> tuple[Floats, tuple[str, ...]]:
    """Take coordinates from named columns, geometry, or recognised columns, in this order.

    Parameters
    ----------
    rows : Rows
    lon, lat : str, optional
    needed : bool
        Whether a table that shows none is refused; else all are NaN, and no column is named.

    Returns
    -------
    lonlat : ndarray of float64, shape (n, 2)
        Degrees; NaN where missing.
    columns : tuple of str
        The columns that they came from.

    Raises
    ------
    DataError
        If there are none, they hold text, or names show that they are exchanged.
    SettingsError
        If one of `lon` and `lat` is given without the other.
    """
    frame = rows.frame
    known = [str(name) for name in frame.columns]
    if (lon is None) != (lat is None):
        raise SettingsError(
            "only one of --lon and --lat is given; expected both, or neither where the columns "
            "have usual names"
        )
    found_lon = _recognised(known, LON_NAMES, "--lon") if lon is None else lon
    found_lat = _recognised(known, LAT_NAMES, "--lat") if lat is None else lat
    same = tuple(name for name in (found_lon, found_lat) if name is not None)
    if lon is None and rows.lonlat is not None:
        return rows.lonlat, same
    if found_lon is None or found_lat is None:
        metric = [name for name in known if name.lower() in METRIC_NAMES]
        if not (needed or same or metric):
            return np.full((len(frame), 2), np.nan), ()
        raise DataError(
            "no coordinates found: expected geometry, or columns such as lon and lat (degrees). "
            f"The table has: {listed(metric or known)}. Name them with --lon and --lat (degrees), "
            "or write the points as geometry with its CRS (metres)"
        )
    for name, option in ((found_lon, "--lon"), (found_lat, "--lat")):
        if name not in known:
            raise DataError(
                f"no column {name!r} for {option}{nearest(name, known)} The table has: "
                f"{listed(known)}"
            )
        if not is_numeric(frame[name]):
            raise DataError(
                f"the coordinate column {name!r} holds text (such as "
                f"{str(frame[name].iloc[0])!r}); expected decimal degrees, such as -3.25"
            )
    if found_lon.lower() in LAT_NAMES and found_lat.lower() in LON_NAMES:
        raise DataError(
            f"longitude and latitude are swapped: --lon is {found_lon!r} and --lat is "
            f"{found_lat!r}; exchange them"
        )
    lonlat = np.column_stack([as_numbers(frame[found_lon]), as_numbers(frame[found_lat])])
    lonlat[~np.isfinite(lonlat).all(axis=1)] = np.nan
    return lonlat, same


def _recognised(known: Sequence[str], names: Sequence[str], option: str) -> str | None:
    found = [name for name in known if name.lower() in names]
    if len(found) > 1:
        raise DataError(
            f"columns {listed(found)} could all be meant; expected one: say which with {option}"
        )
    return found[0] if found else None


def check_coordinates(lonlat: Floats) -> None:
    """Check that degrees are degrees, and not exchanged.

    Raises
    ------
    DataError
        If longitude and latitude look swapped, are in metres, or out of range.
    """
    here = lonlat[np.isfinite(lonlat).all(axis=1)]
    if len(here) == 0:
        return
    lon, lat = np.abs(here[:, 0]), np.abs(here[:, 1])
    wrong = (lat > 90) | (lon > 180)  # noqa: PLR2004
    if not wrong.any():
        return
    n, bad = len(here), int(wrong.sum())
    first = here[int(np.flatnonzero(wrong)[0])]
    shown = f"{bad} of {n} rows, the first at lon {first[0]:g}, lat {first[1]:g}"
    if (lon <= 90).all() and (lat <= 180).all() and bad >= SWAPPED_SHARE * n:  # noqa: PLR2004
        raise DataError(
            f"longitude and latitude look swapped ({shown}: no latitude is beyond 90); expected "
            "lon in -180..180 and lat in -90..90: exchange the columns (--lon, --lat), or x and y "
            "of the geometry"
        )
    if (lat <= 90).all() and (here[:, 0] >= 0).all() and (lon <= 360).all():  # noqa: PLR2004
        raise DataError(
            f"longitudes run from 0 to 360 ({shown}); expected -180..180: subtract 360 from those "
            "above 180"
        )
    hint = (
        "they look like metres: give the points as geometry with its CRS"
        if np.median(np.maximum(lon, lat)) > 360  # noqa: PLR2004
        else "correct or remove these rows"
    )
    raise DataError(
        f"coordinates are out of range ({shown}); expected lon in -180..180 and lat in -90..90: "
        f"{hint}"
    )


def unusable(values: Floats) -> Mask:
    """Tell which values are NaN, infinite or a nodata number; same shape as `values`."""
    return np.asarray(~np.isfinite(values) | np.isin(values, NODATA))


def looks_int8(values: Floats) -> bool:
    """Tell whether embeddings are raw int8: whole numbers in -128..127, not just -1, 0 and 1."""
    finite = values[np.isfinite(values)]
    return bool(
        finite.size
        and (finite == np.round(finite)).all()
        and finite.min() >= INT8_NODATA
        and finite.max() <= 127  # noqa: PLR2004
        and np.abs(finite).max() > 1
    )


def dequantise_int8(values: Floats) -> Floats:
    """Turn raw int8 embeddings into vectors of unit length.

    f = sign(v) (v / 127.5)^2 for v in -127..127; a row with -128 is nodata and becomes NaN
    (AlphaEarth Satellite Embedding, data description of the public files).

    Parameters
    ----------
    values : ndarray of float64, shape (n, 64)

    Returns
    -------
    ndarray of float64, shape (n, 64)
    """
    return np.ascontiguousarray(Coding("square", INT8_NODATA).decode(values.T).T)


def check_int8(name: str, values: Floats, *, dequantise: bool) -> Floats:
    """Refuse raw int8 embeddings, or turn them into vectors where that is asked for.

    Raises
    ------
    DataError
        If they are raw and `dequantise` is false, or not raw and it is true.
    """
    raw = looks_int8(values)
    if raw and not dequantise:
        raise DataError(
            f"input {name!r} holds raw int8 embeddings (whole numbers in -128..127); expected "
            "vectors of length 1: add --dequantise to convert them"
        )
    if dequantise and not raw:
        raise DataError(
            f"input {name!r} does not hold raw int8 embeddings (expected whole numbers in "
            "-128..127), so they can't be dequantised: leave out --dequantise"
        )
    return dequantise_int8(values) if raw else values


def check_unit_norm(name: str, bands: tuple[str, ...], values: Floats) -> tuple[str, ...]:
    """Check that AlphaEarth vectors have length 1 (all 64 bands, input `aef` only).

    Returns
    -------
    tuple of str
        A note on the few that have not.

    Raises
    ------
    DataError
        If more than 1 % of the rows have a length outside 0.97 to 1.03.
    """
    if name != "aef" or set(bands) != set(AEF_BANDS) or len(values) == 0:
        return ()
    norm = np.linalg.norm(values, axis=1)
    low, high = UNIT_NORM
    good = (norm >= low) & (norm <= high)
    if good.mean() < UNIT_SHARE:
        raise DataError(
            f"input 'aef': {int((~good).sum())} of {len(norm)} vectors are far from length 1 "
            f"(median {np.median(norm):.3g}); expected {low} to {high}: divide each row by its "
            "length, or, if they were changed on purpose, declare them under another name, such "
            "as --input emb='A??'"
        )
    n = int((~good).sum())
    return (f"{n} embedding vectors have a length outside {low} to {high}",) if n else ()


def check_size(name: str, values: Floats, *, is_target: bool) -> None:
    """Refuse numbers whose squares can't be summed: no head or score could use them.

    Parameters
    ----------
    name : str
        Of the input or the target, as `--nodata` names it.
    values : ndarray of float64, shape (n, ...)
    is_target : bool
        Whether differences count too: a score divides by the spread.

    Raises
    ------
    DataError
        If a number is too large, or all differ by too little.
    """
    what = f"the target {name!r}" if is_target else f"input {name!r}"
    large = np.abs(values) >= LARGEST
    if large.any():
        value = float(values[large][0])
        raise DataError(
            f"{what} holds {value:g} ({int(large.sum())} of {values.size:,} values), and the "
            f"squares of numbers from {LARGEST:g} on can't be summed; expected smaller ones: "
            f"correct them, take another unit, or, if it stands for nothing, say --nodata "
            f"{name}={value:g}"
        )
    known = values[np.isfinite(values)]
    if is_target and len(known) and 0 < np.ptp(known) < SMALLEST:
        raise DataError(
            f"{what} runs from {known.min():g} to {known.max():g}, and the squares of such "
            f"differences are 0 in floats; expected a spread above {SMALLEST:g}: take another unit"
        )


def complete_rows(
    n: int, reasons: Mapping[str, Mask], *, drop: Collection[str]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Keep the rows that lack nothing.

    Parameters
    ----------
    n : int
        Number of rows.
    reasons : mapping of str to ndarray of bool, shape (n,)
        What is missing, such as ``without target 'crop'``, and where.
    drop : collection of str
        Reasons for which a row may be left out.

    Returns
    -------
    rows : ndarray of int64, shape (n_complete,)
    notes : tuple of str

    Raises
    ------
    DataError
        If a row is incomplete for another reason, or none is complete.
    """
    gone = np.zeros(n, dtype=bool)
    said = []
    for text, mask in reasons.items():
        if mask.any():
            gone |= mask
            said.append(f"{int(mask.sum())} {text}")
    bad = int(gone.sum())
    if bad and (
        bad == n or not {text for text, mask in reasons.items() if mask.any()} <= set(drop)
    ):
        todo = (
            "no row is left: fill in what is missing, or choose other columns"
            if bad == n
            else "fill them in, leave these rows out with --drop-incomplete, or say what becomes "
            "of missing features with --gaps (drop, fill, keep)"
        )
        raise DataError(f"{bad} of {n} rows are incomplete: {'; '.join(said)}; {todo}")
    notes = (f"{bad} of {n} rows were left out: {'; '.join(said)}",) if bad else ()
    return np.flatnonzero(~gone), notes


def check_leave(task: Task, leave: str) -> None:
    """Check that there is something to leave out, before a split is made.

    A task without places has its groups, and nothing else.

    Parameters
    ----------
    task : Task
    leave : str
        A group column, several joined by ``+`` (``region+year``), or one of `NO_COLUMN` or
        nothing, which need coordinates only.

    Raises
    ------
    DataError
        If a column is not a group of the task, there is one group only, or places are needed that
        the task lacks.
    """
    if leave in NO_COLUMN and not task.has_places:
        known = listed(f"--leave {name}" for name in sorted(task.groups))
        raise DataError(
            f"{task.name} has no coordinates, so that --leave {leave} has nothing to cut; expected "
            f"a group ({known if task.groups else 'name its column with --leave'}), or "
            "coordinates (--lon, --lat)"
        )
    if leave in ("", *NO_COLUMN):
        return
    parts = [part.strip() for part in leave.split("+")]
    for part in parts:
        if part not in task.groups:
            raise DataError(
                f"no group {part!r} to leave out{nearest(part, task.groups)} This task has: "
                f"{listed(sorted(task.groups))}. Use one of them, or --leave blocks"
            )
    values = np.unique(np.column_stack([task.groups[part] for part in parts]), axis=0)
    if len(values) < 2:  # noqa: PLR2004
        raise DataError(
            f"group {leave!r} has one value only ({'+'.join(values[0])!r}); expected at least "
            "two, or nothing is left to learn from: leave out another group, or use --leave blocks"
        )

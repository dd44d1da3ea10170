"""What must hold for labels and features, each with its own message."""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from bocage.core import NODATA, DataError, Flags, Floats, counted, part_of
from bocage.sources import AEF_BANDS, INT8_NODATA, UNIT_NORM, UNIT_SHARE, Coding
from bocage.tables._names import NO_COLUMN, listed, nearest
from bocage.tasks import Task

LARGEST = 1e18
"""Squares of larger numbers do not fit into single precision, which trees and networks use."""

SMALLEST = 1e-150
"""The square of a smaller spread is 0, or next to it."""


def unusable(values: Floats) -> Flags:
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
    values : array_like of whole numbers, shape (n, 64)
        Or some of its columns.

    Returns
    -------
    ndarray of float64, shape (n, 64)
    """
    stored = np.asarray(values, dtype=np.float64)
    return np.ascontiguousarray(Coding("square", INT8_NODATA).decode(stored.T).T)


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
            "-128..127), so they can't be dequantised: omit --dequantise"
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
        part = part_of(int((~good).sum()), len(norm), "vector", "is", "are")
        raise DataError(
            f"input 'aef': {part} far from length 1 (median {np.median(norm):.3g}); expected {low} "
            f"to {high}: divide each row by its length, or, if they were transformed on purpose, "
            "declare them under another name, such as --input emb='A??'"
        )
    n = int((~good).sum())
    found = counted(n, "embedding vector has", "embedding vectors have")
    return (f"{found} a length outside {low} to {high}",) if n else ()


def check_size(
    name: str, values: Floats, *, is_target: bool, rows: NDArray[np.int64] | None = None
) -> None:
    """Refuse numbers whose squares can't be summed: no head or score could use them.

    Parameters
    ----------
    name : str
        Of the input or the target, as `--nodata` names it.
    values : ndarray of float64, shape (n, ...)
    is_target : bool
        Whether differences count too: a score divides by the spread.
    rows : ndarray of int64, shape (n,), optional
        Where they stand in the table, from 0.

    Raises
    ------
    DataError
        If a number is too large, or all differ by too little.
    """
    what = f"the target {name!r}" if is_target else f"input {name!r}"
    large = np.abs(values) >= LARGEST
    if large.any():
        value = float(values[large][0])
        first = int(np.flatnonzero(large.reshape(len(values), -1).any(axis=1))[0])
        row = (first if rows is None else int(rows[first])) + 1
        raise DataError(
            f"{what} holds {value:g} in row {row:,} ({int(large.sum())} of {values.size:,} "
            f"values), and sums of squares overflow for numbers of {LARGEST:g} or more; expected "
            f"smaller ones: "
            f"correct them, use another unit, or, if it means no data, use --nodata "
            f"{name}={value:g}"
        )
    known = values[np.isfinite(values)]
    if is_target and len(known) and 0 < np.ptp(known) < SMALLEST:
        raise DataError(
            f"{what} ranges from {known.min():g} to {known.max():g}, and the squares of such "
            f"differences underflow to 0; expected a range above {SMALLEST:g}: use another unit"
        )


def complete_rows(
    n: int, reasons: Mapping[str, Flags], features: Mapping[str, Flags], *, drop: Collection[str]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Keep the rows that lack nothing.

    Parameters
    ----------
    n : int
        Number of rows.
    reasons : mapping of str to ndarray of bool, shape (n,)
        What is missing, such as ``without target 'crop'``, and where.
    features : mapping of str to ndarray of bool, shape (n,)
        The same of features, for which there are other ways than to leave rows out.
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
    found = {text: mask for text, mask in {**reasons, **features}.items() if mask.any()}
    for text, mask in found.items():
        gone |= mask
        said.append(f"{int(mask.sum())} {text}")
    bad = int(gone.sum())
    if bad and (bad == n or not set(found) <= set(drop)):
        if bad == n:
            todo = "no row is left: fill in the missing values, or choose other columns"
        elif set(found) <= set(features):
            todo = (
                "fill them in, leave these rows out with --drop-incomplete, or choose how missing "
                "features are handled with --gaps (drop, fill, keep)"
            )
        else:
            todo = "fill them in, or leave these rows out with --drop-incomplete"
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
            f"{task.name} has no coordinates, which --leave {leave} needs; expected a group "
            f"({known if task.groups else 'name its column with --leave'}), or coordinates "
            "(--lon, --lat)"
        )
    if leave in ("", *NO_COLUMN):
        return
    parts = [part.strip() for part in leave.split("+")]
    for part in parts:
        if part not in task.groups:
            asked = nearest(part, [*task.groups, *NO_COLUMN])
            raise DataError(
                f"no group {part!r} to leave out{asked} This task has: "
                f"{listed(sorted(task.groups))}. Use one of them, or --leave blocks"
            )
    values = np.unique(np.column_stack([task.groups[part] for part in parts]), axis=0)
    if len(values) < 2:  # noqa: PLR2004
        raise DataError(
            f"group {leave!r} has one value only ({'+'.join(values[0])!r}); expected at least "
            "two, or no training samples are left: leave out another group, or use --leave blocks"
        )

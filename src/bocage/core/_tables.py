"""Rows of numbers from tables and arrays: columns by their names, never by where they stand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core._errors import DataError, in_one_line
from bocage.core._names import listed


def table_names(X: Any) -> tuple[str, ...]:
    """Return the names of a table's columns; nothing for an array.

    Parameters
    ----------
    X : DataFrame of pandas or polars, Table of pyarrow, structured array, or array_like
    """
    if isinstance(X, np.ndarray):
        return X.dtype.names or ()
    # pyarrow's `columns` are the columns themselves.
    names: Any = getattr(X, "column_names", None) or getattr(X, "columns", ())
    return tuple(str(name) for name in names)


def rows_of(X: Any, names: Sequence[str], n: int | None, what: str) -> NDArray[Any]:
    """Lay rows down in the order of names: a table's columns by name, an array's by position.

    Parameters
    ----------
    X : DataFrame of pandas or polars, Table of pyarrow, structured array, or array_like
        Columns of a table may stand in any order, and others among them.
    names : sequence of str
        Columns to take; empty where they are not known, and then tables are refused.
    n : int, optional
        Columns that an array must have; None where that is not known either.
    what : str
        Who reads them, for messages: ``the model``.

    Returns
    -------
    ndarray, shape (n_rows, n)
        An array of floats is given back as it is, all else as float64.

    Raises
    ------
    DataError
        If columns are missing, stand there twice or hold no numbers, or an array has another width.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> table = pd.DataFrame({"slope": [7.0], "B8": [0.4], "B4": [0.1]})
    >>> rows_of(table, ("B4", "B8"), 2, "the model")
    array([[0.1, 0.4]])
    """
    found = table_names(X)
    if found:
        return _by_name(X, found, names, what)
    rows = np.ma.filled(X.astype(np.float64), np.nan) if np.ma.isMaskedArray(X) else np.asarray(X)
    if rows.ndim != 2 or n not in (None, rows.shape[1]):  # noqa: PLR2004
        wide = "one row per sample" if n is None else f"one row per sample and {n} columns"
        order = f" ({listed(names)}), or a table with these names" if names else ""
        raise DataError(f"{what} is given an array of shape {rows.shape}; expected {wide}{order}")
    if rows.dtype.kind == "f":
        return rows
    return _as_floats(rows, "the array")


def _by_name(
    X: Any, found: tuple[str, ...], names: Sequence[str], what: str
) -> NDArray[np.float64]:
    if not names:
        raise DataError(
            f"{what} was fitted on an array without column names, but is given a table; expected "
            "an array with its columns in the order of training, or fit it on a table"
        )
    missing = [name for name in names if name not in found]
    if missing:
        raise DataError(
            f"the table has no column {listed(missing)}, which {what} needs; it has "
            f"{listed(found)}: rename its columns, or, if they are in the order "
            f"{listed(names)}, pass an array"
        )
    double = [name for name in names if found.count(name) > 1]
    if double:
        raise DataError(
            f"the table has column {listed(double)} more than once; give them different names"
        )
    # Those of pandas may be no text.
    keys = dict(zip(found, X.columns if hasattr(X, "iloc") else found, strict=True))
    return np.column_stack([_as_floats(X[keys[name]], f"column {name!r}") for name in names])


def _as_floats(column: Any, what: str) -> NDArray[np.float64]:
    """Return numbers as float64, NaN where they are missing."""
    try:
        if hasattr(column, "iloc"):
            return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
        return np.asarray(column, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"{what} holds no numbers ({in_one_line(error, 80)}); expected numbers"
        ) from error

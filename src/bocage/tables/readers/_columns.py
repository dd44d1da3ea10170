"""Columns that hold more than a number or a word: decimals, lists and whole numbers with gaps."""

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from bocage.core import DataError, counted

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

UNIT_LENGTH = 1e-2
"""How far lengths of 64 numbers may lie from 1 for an embedding of AlphaEarth's kind."""

AEF_LENGTH = 64
_INT64_DIGITS = 18
"""All whole numbers of so many digits are held by 64 bits."""


def arrow_options() -> dict[str, Any]:
    """Return options of `to_pandas` that lose nothing.

    Whole numbers stay whole beside gaps (as floats they lose digits); decimals and lists wait for
    `plain_columns`.
    """
    import pandas as pd
    import pyarrow as pa

    whole = {
        getattr(pa, name.lower())(): getattr(pd, f"{name}Dtype")()
        for name in ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")
    }

    def choose(kind: "pa.DataType") -> Any:
        if pa.types.is_decimal(kind) or _is_list(kind):
            return pd.ArrowDtype(kind)
        return whole.get(kind)

    return {"types_mapper": choose}


def plain_columns(frame: Any, name: str) -> tuple[Any, tuple[str, ...]]:
    """Turn decimals into numbers, and lists of one length into a column for each part.

    Decimals without a fraction become whole numbers, or text where they are too long. Lists of
    numbers become ``embedding_00``, ``embedding_01``, ...; 64 of them that are whole numbers of 8
    bits, or of length 1, become AlphaEarth's ``A00`` to ``A63``. Other lists, and records,
    become text.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        As read with `arrow_options`, or from text.
    name : str
        File name, for messages.

    Returns
    -------
    frame : DataFrame or GeoDataFrame
    notes : tuple of str

    Raises
    ------
    DataError
        If the parts of a list would bear names that are taken.
    """
    import pandas as pd

    parts: list[Any] = []
    notes: list[str] = []
    names = [str(column) for column in frame.columns]
    changed = False
    for at, column in enumerate(names):
        values = frame.iloc[:, at]
        lists = _lists_of(values)
        if lists is not None:
            made, note = _spread(column, lists, names, name)
            notes.append(note)
        elif _is_decimal(values):
            made = _number(values)
        elif _is_nested(values):
            made = _as_text(values)
        else:
            parts.append(values)
            continue
        made.index = frame.index
        parts.append(made)
        changed = True
    if not changed:
        return frame, ()
    made = pd.concat(parts, axis=1)
    if hasattr(frame, "crs"):
        import geopandas as gpd

        made = gpd.GeoDataFrame(made, geometry=frame.geometry.name, crs=frame.crs)
    return made, tuple(note for note in notes if note)


def _is_list(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def _arrow_type(values: "pd.Series[Any]") -> "pa.DataType | None":
    return getattr(values.dtype, "pyarrow_dtype", None)


def _is_decimal(values: "pd.Series[Any]") -> bool:
    import pyarrow as pa

    kind = _arrow_type(values)
    return kind is not None and bool(pa.types.is_decimal(kind))


def _is_nested(values: "pd.Series[Any]") -> bool:
    """Whether a column holds records, or what else has parts with names."""
    if values.dtype != object:
        return False
    first = next((one for one in values if one is not None), None)
    return isinstance(first, dict | list | tuple)


def _as_text(values: "pd.Series[Any]") -> "pd.Series[Any]":
    import pandas as pd

    texts = [None if one is None else json.dumps(one, default=str) for one in values]
    return pd.Series(texts, dtype=object, name=values.name)


def _number(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Turn a column of decimals into numbers: the nearest, or text of whole ones too long."""
    import pandas as pd
    import pyarrow as pa

    found = _chunked(values)
    if found.type.scale > 0:
        # By way of text, which is read to the nearest float.
        floats = found.cast(pa.string()).cast(pa.float64())
        made: pd.Series[Any] = pd.Series(floats.to_numpy(zero_copy_only=False))
    elif found.type.precision <= _INT64_DIGITS:
        made = pd.Series(found.cast(pa.int64()).to_pandas(**arrow_options()))
    else:
        made = pd.Series(found.cast(pa.string()).to_pandas()).astype(object)
    return made.rename(str(values.name))


def _chunked(values: "pd.Series[Any]") -> Any:
    import pyarrow as pa

    found = pa.array(values.array)
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def _lists_of(values: "pd.Series[Any]") -> Any:
    """Return a column of lists as Arrow has them; None where it is of another kind."""
    import pyarrow as pa

    kind = _arrow_type(values)
    if kind is not None and _is_list(kind):
        return _chunked(values).combine_chunks()
    if values.dtype != object and str(values.dtype) not in ("str", "string"):
        return None
    texts = values[values.notna()]
    if not len(texts) or not all(_is_bracketed(text) for text in texts.iloc[:3]):
        return None
    try:
        read = [json.loads(text) if isinstance(text, str) else None for text in values.tolist()]
        found = pa.array(read)
    except (ValueError, RecursionError, pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    return found if _is_list(found.type) and _is_number(found.type.value_type) else None


def _is_bracketed(text: Any) -> bool:
    return isinstance(text, str) and text.startswith("[") and text.rstrip().endswith("]")


def _is_number(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _spread(column: str, lists: Any, names: list[str], file: str) -> tuple[Any, str]:
    """Make a column of each part of lists, or text of lists that differ in length."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.unique(pc.list_value_length(lists.drop_null())).to_pylist()
    if not _is_number(lists.type.value_type) or len(lengths) != 1 or not lengths[0]:
        texts = [None if one is None else json.dumps(one, default=str) for one in lists.to_pylist()]
        made = pd.Series(texts, dtype=object, name=column)
        if not _is_number(lists.type.value_type) or len(lengths) < 2:  # noqa: PLR2004
            return made, ""
        return made, (
            f"column {column!r} of {file} holds lists of {min(lengths)} to {max(lengths)} numbers, "
            "and is read as text: lists of different lengths can't be features"
        )
    n = lengths[0]
    flat = pc.list_flatten(lists.drop_null())
    if pa.types.is_decimal(flat.type):
        flat = flat.cast(pa.string()).cast(pa.float64())
    here = np.flatnonzero(~np.asarray(lists.is_null()))
    values = np.full((len(lists), n), np.nan)
    values[here] = np.asarray(flat.to_numpy(zero_copy_only=False), dtype=np.float64).reshape(-1, n)
    parts, what = _names(column, values[here], names)
    taken = [part for part in parts if part in names]
    if taken:
        raise DataError(
            f"{file} has a column {column!r} of lists, whose parts would be called {parts[0]} to "
            f"{parts[-1]}, but also columns of these names ({taken[0]}); expected one of them: "
            "remove or rename the other"
        )
    made_of = f"column {column!r} of {file} holds lists of {counted(n, 'number')}"
    return pd.DataFrame(
        values, columns=parts
    ), f"{made_of}{what}: read as {parts[0]} to {parts[-1]}"


def _names(column: str, values: Any, taken: list[str]) -> tuple[list[str], str]:
    """Name the parts of a list; say what shows that they are AlphaEarth's."""
    n = values.shape[1]
    aef = [f"A{band:02d}" for band in range(n)]
    if n == AEF_LENGTH and len(values) and not set(aef) & set(taken):
        whole = bool((values == np.round(values)).all() and np.abs(values).max() <= 128)  # noqa: PLR2004
        length = np.sqrt((values**2).sum(axis=1))
        unit = bool((np.abs(length[length > 0] - 1) < UNIT_LENGTH).all() and (length > 0).any())
        if whole and not unit:
            return aef, " of 8 bits, as in stored AlphaEarth bands"
        if unit:
            return aef, " that form vectors of length 1, like AlphaEarth's"
    digits = max(2, len(str(n - 1)))
    return [f"{column}_{part:0{digits}d}" for part in range(n)], ""

"""The cells of a text table: which columns are numbers, and which are codes that look like it."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_MISSING = ("nan", "-nan", "na", "n/a", "#n/a", "#na", "<na>", "null", "none", "-1.#ind", "1.#qnan")
"""Words for a missing number. In a column of words they are words: NA is also Namibia."""

_WHOLE = r"^[+-]?[0-9]+$"
_ROUND = r"^[+-]?[0-9]+(\.0*)?$"
_PADDED = r"^[+-]?0[0-9]+$"
_CODE = r"^[0-9]+[eE][0-9]+$"
"""A letter between digits and nothing else, in every row: plots and cells are called so."""

_EXPONENT = r"([eE][+-]?[0-9]+)?$"
_WITH = {mark: rf"^[+-]?([0-9]+\{mark}[0-9]*|\{mark}[0-9]+){_EXPONENT}" for mark in ".,"}
_OR_WHOLE = {mark: rf"^[+-]?([0-9]+(\{mark}[0-9]*)?|\{mark}[0-9]+){_EXPONENT}" for mark in ".,"}

EXACT_DIGITS = 15
"""A float tells whole numbers of so many digits apart, always."""


def typed(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Turn a column of text into numbers where every cell but missing ones is a number.

    Whole numbers stay whole, of any length and beside blanks; those with zeros before them are
    codes (``09``) and stay text, as does everything else.

    Parameters
    ----------
    column : Series of str
        None or NaN where blank.

    Returns
    -------
    Series
        int64, Int64 (with gaps), float64, bool, or object (text).
    """
    import pandas as pd
    import pyarrow.compute as pc

    plain = _floats(_text(column))
    if plain is not None and (np.isfinite(plain) & (plain != np.round(plain))).any():
        # Most columns: nothing in them can be a code, or a word for missing.
        return pd.Series(plain)
    known = _known(column)
    words = as_text(column)
    if words.isna().all():
        # Blank in this file, and whatever it is in others.
        return pd.Series(pd.NA, column.index, dtype="Int64")
    if known.null_count == len(known) or _all(known, _CODE):
        return words
    if _all(known, _ROUND) and _longest(known) > EXACT_DIGITS:
        known = pc.replace_substring_regex(known, r"\.0*$", "")
    if _all(known, _WHOLE):
        made = None if _any(known, _PADDED) else _whole_numbers(known)
    else:
        made = _truth(known)
        made = _floats(known) if made is None else made
    return words if made is None else pd.Series(made)


def as_text(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column of text as it is, None where it is blank."""
    return column.astype(object).where(column.notna(), None)


def _whole_numbers(known: "pa.ChunkedArray") -> Any:
    """Read whole numbers; None where one is too long to be a number."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        whole = pc.cast(_unsigned(known), pa.int64())
    except pa.ArrowInvalid:
        return None
    made = whole.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return made if whole.null_count else made.astype("int64")


def _truth(known: "pa.ChunkedArray") -> Any:
    """Read true and false, in any case and without gaps; None where there is something else."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = pc.utf8_lower(known)
    is_truth = pc.all(pc.is_in(lower, pa.array(["true", "false"], pa.large_string()))).as_py()
    if known.null_count or not is_truth:
        return None
    return pc.equal(lower, "true").to_numpy(zero_copy_only=False)


def decimal_mark(frame: "pd.DataFrame", mark: str) -> dict[str, str]:
    """Find columns of numbers with a decimal mark; return each with its first such number.

    Parameters
    ----------
    frame : DataFrame of str
    mark : {".", ","}
    """
    import pyarrow.compute as pc

    found = {}
    for name in frame.columns:
        known = _known(frame[name])
        has = _any(known, _WITH[mark]) and _all(known, _OR_WHOLE[mark])
        if has:
            one = pc.filter(known, pc.match_substring_regex(known, _WITH[mark]))
            found[str(name)] = str(one[0].as_py())
    return found


def _known(column: "pd.Series[Any]") -> "pa.ChunkedArray":
    """Return trimmed text, null where it is blank or a word for missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(_text(column))
    gone = pc.is_in(pc.utf8_lower(text), pa.array(["", *_MISSING], pa.large_string()))
    return pc.if_else(gone, pa.scalar(None, pa.large_string()), text)


def _text(column: "pd.Series[Any]") -> "pa.ChunkedArray":
    import pyarrow as pa

    text = pa.array(column.array)
    return (text if isinstance(text, pa.ChunkedArray) else pa.chunked_array([text])).cast(
        pa.large_string()
    )


def _all(text: "pa.ChunkedArray", pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(text, pattern), min_count=1).as_py())


def _any(text: "pa.ChunkedArray", pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(text, pattern), min_count=1).as_py())


def _longest(text: "pa.ChunkedArray") -> int:
    import pyarrow.compute as pc

    digits = pc.replace_substring_regex(text, r"(^[+-])|(\.0*$)", "")
    return int(pc.max(pc.utf8_length(digits)).as_py())


def _unsigned(text: "pa.ChunkedArray") -> "pa.ChunkedArray":
    import pyarrow.compute as pc

    return pc.replace_substring_regex(text, r"^\+", "")


def _floats(text: "pa.ChunkedArray") -> "np.ndarray[Any, Any] | None":
    """Return the nearest float of every cell, NaN where it is missing; None if one is no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        made = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        # Python also reads what is too large or too small for a float, as infinite or 0.
        return _floats_of_python(text)
    return np.array(made)


def _floats_of_python(text: "pa.ChunkedArray") -> "np.ndarray[Any, Any] | None":
    if _any(text, "_"):
        return None
    try:
        return np.array(
            [np.nan if cell is None else float(cell) for cell in text.to_pylist()], dtype=np.float64
        )
    except ValueError:
        return None

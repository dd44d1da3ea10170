"""Predictors that are text: one column of 0 and 1 for each value."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import listed
from bocage.tables._target import as_words
from bocage.tables._with_unit import without_units, words_with_unit
from bocage.tables._written import FEW, are_written_otherwise, cure, is_number

if TYPE_CHECKING:
    import pandas as pd

MOST_VALUES = 100
"""A predictor with more different words is a name or a remark."""

SHARE = 0.5
"""So is one with more different words than this share of its rows."""


BLANKS = "blanks only"


def why_no_predictor(column: "pd.Series[Any]") -> str:
    """Say why a column of text can't be a predictor; empty where it can.

    Numbers among words are a typing error, or a mark for missing: neither is a kind of soil.
    """
    from pandas.api import types

    if types.is_datetime64_any_dtype(column):
        return "dates"
    words, gone = as_words(column)
    found, count = np.unique(words[~gone], return_counts=True)
    if not len(found):
        return BLANKS
    if len(found) == 1:
        return f"{str(found[0])!r} in every row"
    if wrong := _among(found, count):
        return wrong
    if len(found) > min(MOST_VALUES, max(2, SHARE * count.sum())):
        return f"{len(found)} different words in {count.sum()} rows"
    return ""


def _among(found: NDArray[np.str_], count: NDArray[np.int64]) -> str:
    """Say what stands among numbers, or that numbers are text; empty for words and codes."""
    numbers = [word for word in found.tolist() if is_number(word)]
    others = [word for word in found.tolist() if not is_number(word)]
    if units := words_with_unit(dict(zip(found.tolist(), count.tolist(), strict=True))):
        n = int(count[np.isin(found, list(units))].sum())
        shown = listed(list(map(repr, units)), FEW)
        return (
            f"numbers with a unit ({shown}; {n:,} of {count.sum():,} rows): "
            f"{without_units(list(units.values()))}"
        )
    n = int(count[~np.isin(found, numbers)].sum())
    if others and (numbers or any(are_written_otherwise([word]) for word in others)):
        among = "numbers and " if numbers else ""
        shown = listed(list(map(repr, others)), FEW)
        return f"{among}{shown} ({n:,} of {count.sum():,} rows): {cure(others)}"
    # Codes with zeros before them are words, where all of them are codes.
    if numbers and not all(map(str.isdigit, numbers)):
        return f"numbers as text, such as {numbers[0]!r}: write them as numbers"
    return ""


def one_hot(column: "pd.Series[Any]") -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Turn text into columns of 0 and 1, NaN where it is blank.

    Returns
    -------
    bands : tuple of str
        ``soil=clay``, ``soil=sand``: sorted.
    values : ndarray of float64, shape (n, n_bands)
    """
    words, gone = as_words(column)
    found = np.unique(words[~gone])
    values = (words[:, None] == found[None]).astype(np.float64)
    values[gone] = np.nan
    return tuple(f"{column.name}={word}" for word in found.tolist()), values


def one_hot_note(name: str, column: str, bands: tuple[str, ...]) -> str:
    """Say what became of a predictor."""
    return (
        f"input {name!r}: {column} is text, one-hot encoded as {len(bands)} columns of 0 and 1 "
        f"({listed(bands, 4)})"
    )

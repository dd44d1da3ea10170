"""The target column: classes or numbers, and how missing values are told."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import NODATA, DataError, KindName, counted
from bocage.tables._written import has_commas, refuse_numbers_among_words

if TYPE_CHECKING:
    import pandas as pd

MAX_CLASS_CODES = 30
"""Up to this many different whole numbers are taken for class codes ..."""

ONCE = 0.5
"""... unless this share of them stands in one row each, as counts and measures do ..."""

FEWEST_ONCE = 3
"""... and there are so many: of two classes one may well be seen once."""

_FLOAT32_BITS, _FLOAT64_BITS = 24, 53
"""Beyond so many bits a float no longer tells whole numbers apart."""

MIN_REGRESSION_VALUES = 10
"""From this many different fractional numbers on, a target is taken for a quantity."""


def is_numeric(column: "pd.Series[Any]") -> bool:
    """Tell whether a column holds numbers (truth values are words here)."""
    from pandas.api import types

    return bool(types.is_numeric_dtype(column) and not types.is_bool_dtype(column))


def as_numbers(column: "pd.Series[Any]") -> NDArray[np.float64]:
    """Return a numeric column as float64, NaN where missing."""
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(values, dtype=np.float64)


def as_words(column: "pd.Series[Any]") -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
    """Return a column as text, and where it is missing or blank.

    Whole numbers lose their ``.0`` (a missing value turns a column of codes into fractions),
    dates their time of day, words the blanks around them.

    Raises
    ------
    DataError
        If whole numbers are written as fractions that can't tell them apart.
    """
    from pandas.api import types

    gone = column.isna().to_numpy(dtype=bool, copy=True)
    if is_numeric(column) and not types.is_integer_dtype(column):
        numbers = as_numbers(column)
        gone |= ~np.isfinite(numbers)
        _check_digits(numbers[~gone], column)
        every = ["" if lost else _number(v) for v, lost in zip(numbers, gone, strict=True)]
    elif types.is_datetime64_any_dtype(column):
        every = column.dt.strftime("%Y-%m-%d").tolist()
    else:
        every = [str(value).strip() for value in column.tolist()]
    words = np.array(["" if g else w for w, g in zip(every, gone, strict=True)], dtype=np.str_)
    return words, np.asarray(words == "")


def _check_digits(numbers: NDArray[np.float64], column: "pd.Series[Any]") -> None:
    bits = _FLOAT32_BITS if str(column.dtype).lower().startswith("float32") else _FLOAT64_BITS
    large = numbers[np.abs(numbers) > 2.0**bits]
    if len(large):
        raise DataError(
            f"the column {column.name!r} holds identifiers as floats ({large[0]:.6g}; "
            f"{counted(len(large), 'row')}), which can't keep their last digits; expected text or "
            "whole numbers: write the table again from a source with all digits"
        )


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def choose_kind(column: "pd.Series[Any]", name: str, kind: KindName | None) -> KindName:
    """Decide between classification and regression, or refuse to guess.

    Raises
    ------
    DataError
        If a regression target holds text, a target holds dates, or it could be either.
    """
    from pandas.api import types

    if types.is_datetime64_any_dtype(column):
        raise DataError(
            f"the target {name!r} holds dates; expected classes or numbers: choose another column "
            "with --target"
        )
    if kind == "regression" and not is_numeric(column):
        words, gone = as_words(column)
        refuse_numbers_among_words(words[~gone], name)
        raise DataError(
            f"the regression target {name!r} is given as text (such as {_an_example(column)}); "
            "expected numbers: write it as numbers, or use --kind classification"
        )
    if kind is not None:
        return kind
    if not is_numeric(column):
        words, gone = as_words(column)
        _refuse_commas(words[~gone], name)
        refuse_numbers_among_words(words[~gone], name)
        return "classification"
    values = as_numbers(column)
    values = values[np.isfinite(values)]
    values = values[~np.isin(values, NODATA)]
    count = np.unique(values, return_counts=True)[1]
    different = len(count)
    once = different >= FEWEST_ONCE and (count == 1).sum() >= ONCE * different
    whole = bool((values == np.round(values)).all())
    if whole and not once and different <= MAX_CLASS_CODES:
        return "classification"
    if not whole and different >= MIN_REGRESSION_VALUES:
        return "regression"
    sort = "whole" if whole else "fractional"
    raise DataError(
        f"the target {name!r} has {different} different {sort} numbers, which could be classes or "
        "a quantity; choose with --kind classification or --kind regression"
    )


def _refuse_commas(words: NDArray[np.str_], name: str) -> None:
    """Refuse a target of numbers with commas: 1,234 is a thousand and more, or one and a bit."""
    found = np.unique(words).tolist()
    with_comma = [word for word in found if has_commas(word)]
    if with_comma and all(has_commas(word) or word.isdigit() for word in found):
        raise DataError(
            f"the target {name!r} holds numbers with commas (such as {with_comma[0]!r}); expected "
            "decimal points: save the table with these (or with semicolons between columns), or, "
            "if they are names of classes, use --kind classification"
        )


def _an_example(column: "pd.Series[Any]") -> str:
    import pandas as pd

    present = column.dropna()
    wrong = present[pd.to_numeric(present.astype(str), errors="coerce").isna()]
    chosen = wrong if len(wrong) else present
    return repr(str(chosen.iloc[0])) if len(chosen) else "nothing"


def _or_regression(column: "pd.Series[Any]") -> str:
    # Text would be refused there too, and the user sent back here.
    return ", or use --kind regression" if is_numeric(column) else ", or write it as numbers"


def read_target(
    column: "pd.Series[Any]", name: str, kind: KindName | None
) -> tuple[KindName, NDArray[Any], NDArray[np.bool_]]:
    """Read the target.

    Returns
    -------
    kind : {"classification", "regression"}
    values : ndarray of str or float64, shape (n,)
    gone : ndarray of bool, shape (n,)
        Rows without a target: blank, NaN or infinite (see `marks_in` for nodata numbers).

    Raises
    ------
    DataError
        See `choose_kind`; also if nearly every row is a class of its own.
    """
    chosen = choose_kind(column, name, kind)
    if chosen == "regression":
        numbers = as_numbers(column)
        return chosen, numbers, ~np.isfinite(numbers)
    words, gone = as_words(column)
    n_classes, n = len(np.unique(words[~gone])), int((~gone).sum())
    if n_classes > MAX_CLASS_CODES and n_classes > n / 2:
        raise DataError(
            f"the target {name!r} has {n_classes} different values in {n} rows; expected classes "
            "with several samples each: it looks like names or numbers. Choose another column "
            f"with --target{_or_regression(column)}"
        )
    return chosen, words, gone


def marks_in(column: "pd.Series[Any]", declared: Sequence[float]) -> tuple[NDArray[np.bool_], str]:
    """Find the numbers of a target that stand for nothing: no quantity, and no class either.

    Parameters
    ----------
    column : pandas.Series
    declared : sequence of float
        Beside the usual ones.

    Returns
    -------
    marked : ndarray of bool, shape (n,)
    said : str
        The numbers, with their rows; empty for none.

    >>> import pandas as pd
    >>> marks_in(pd.Series([1.5, -9999, -9999]), ())[1]
    ' (2 hold -9999)'
    """
    import pandas as pd

    numbers = (
        as_numbers(column)
        if is_numeric(column)
        else as_numbers(pd.to_numeric(column, errors="coerce"))
    )
    marked = np.isin(numbers, (*NODATA, *declared))
    found = Counter(numbers[marked].tolist())
    held = [f"{n} hold {value:g}" for value, n in sorted(found.items())]
    return marked, f" ({', '.join(held)})" if held else ""

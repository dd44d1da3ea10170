"""A table that is in memory, as if it had been read from a file."""

from typing import TYPE_CHECKING

from bocage.core import DataError, counted, listed
from bocage.tables.readers._cells import as_text

if TYPE_CHECKING:
    import pandas as pd

IN_MEMORY = "labels"
"""What a table without a file is called."""


def plain_frame(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table as readers give it: names are text, rows are numbered, codes are spelled out.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Not changed.

    Raises
    ------
    DataError
        If it is no table, has no rows, or a name twice.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise DataError(
            f"the labels are a {type(frame).__name__}; expected a DataFrame or GeoDataFrame, or "
            "the path of a table"
        )
    if not len(frame):
        raise DataError("the table of labels has no rows; expected one row per sample")
    if isinstance(frame.columns, pd.MultiIndex):
        raise DataError(
            "the table of labels has columns of several levels; expected one name a column"
        )
    made = frame.reset_index(drop=True)
    made.columns = [str(name) for name in made.columns]
    twice = sorted(set(made.columns[made.columns.duplicated()]))
    if twice:
        have = counted(len(twice), "column is", "columns are")
        raise DataError(f"{have} there twice: {listed(twice)}; expected each name once: rename one")
    for name in made.columns:
        if isinstance(made[name].dtype, pd.CategoricalDtype):
            kind = made[name].cat.categories.dtype
            # Whole numbers beside gaps stay whole.
            blank = made[name].isna().any() and kind.kind in "iu"
            made[name] = made[name].astype("Int64" if blank else kind)
        if isinstance(made[name].dtype, pd.StringDtype):
            made[name] = as_text(made[name])
    return made

"""Names that recur from group to group in a table without coordinates: places, in all but name."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

from bocage.core import plural

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10
"""Fewer names are kinds of things (soils, observers), and no places."""

ROWS = 2.0
"""Rows of a name in a group at most, on average: places that are measured, and no kinds."""

SHARE = 0.8
"""Of the rows, those whose name stands in another group too."""


def recurring_notes(
    frame: "pd.DataFrame", groups: Iterable[str], known: Collection[str]
) -> tuple[str, ...]:
    """Name a column of names that stand in several groups, once or twice in each.

    Coordinates would show that what is tested is known from other groups; without them nothing
    does, and the score of a new year of known countries passes for one of new countries.

    Parameters
    ----------
    frame : DataFrame
    groups : iterable of str
        Columns that a split is asked to leave out.
    known : collection of str
        Columns that are looked at otherwise: those groups, target, features.

    Returns
    -------
    tuple of str
        One note, or none.
    """
    import pandas as pd
    from pandas.api import types

    for name in map(str, frame.columns):
        column = frame[name]
        if name in known or not (types.is_object_dtype(column) or types.is_string_dtype(column)):
            continue
        code, found = pd.factorize(column)
        if (
            len(found) < FEWEST
            or pd.to_datetime(column, errors="coerce", format="ISO8601").notna().any()
        ):
            continue
        for group in groups:
            pairs = pd.DataFrame({"name": code, "group": pd.factorize(frame[group])[0]})
            each = pairs.drop_duplicates()["name"].value_counts()
            recurs = code[np.isin(code, each.index[each > 1])]
            n_rows = len(pairs) / max(1, len(pairs.drop_duplicates()))
            if len(recurs) < SHARE * len(pairs) or n_rows > ROWS:
                continue
            note = (
                f"most of the {len(found):,} names of column {name!r} occur in several "
                f"{plural(group)}: what is tested in one {group} is then known from others, and "
                f"without coordinates nothing prevents it. Use --share {name} if this is "
                f"intended, or --leave {name} to test new ones"
            )
            return (note,)
    return ()

"""Columns that are called otherwise than what reads them expects."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from bocage.core import SettingsError
from bocage.tables._names import listed, nearest
from bocage.tables._pairs import Pairs, read_pairs

Part = TypeVar("Part", bound=Any)


def rename_columns(parts: Sequence[Part], pairs: Pairs | None) -> list[Part]:
    """Give columns other names, wherever they stand in the files of a table.

    Parameters
    ----------
    parts : sequence of Rows
        One a file; a column may be lacking in some of them.
    pairs : mapping of str to str, or path, or None
        Old name to new one. Two columns may exchange their names.

    Raises
    ------
    SettingsError
        If a column is in no file, or a new name is another column's.
    """
    if not pairs:
        return list(parts)
    known = dict.fromkeys(str(column) for part in parts for column in part.frame.columns)
    names = read_pairs(pairs, list(known), "--rename")
    for old in names:
        if old not in known:
            raise SettingsError(
                f"--rename {old}={names[old]}: there is no column {old!r}{nearest(old, known)} "
                f"The table has: {listed(known)}"
            )
    made = []
    for part in parts:
        columns = [str(column) for column in part.frame.columns]
        called = [names.get(column, column) for column in columns]
        for column, new in zip(columns, called, strict=True):
            if column != new and called.count(new) > 1:
                raise SettingsError(
                    f"--rename {column}={new}: {listed(part.names)} has another column {new!r}; "
                    "expected an unused name, or one that is renamed too"
                )
        frame = part.frame.rename(columns=names)
        origins = tuple(origin.renamed(names) for origin in part.origins)
        made.append(replace(part, frame=frame, origins=origins))
    return made

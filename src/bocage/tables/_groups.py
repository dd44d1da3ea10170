"""Columns of a table that are groups: what a split may leave out, and what it keeps together."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags, SettingsError, counted
from bocage.tables._marks import DeclaredMarks, ask_about_words, numbers_among
from bocage.tables._names import GROUP_NAMES, NO_COLUMN, TOGETHER_NAMES, need_column
from bocage.tables._nodata_values import Fills
from bocage.tables._target import as_words

if TYPE_CHECKING:
    import pandas as pd


def group_columns(
    frame: "pd.DataFrame",
    target: str,
    groups: Sequence[str],
    together: Sequence[str],
    named_with: Mapping[str, str],
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Columns that become groups, and those among them that were asked for."""
    asked = tuple(dict.fromkeys((*groups, *together)))
    for column in asked:
        option = named_with.get(column, "")
        words = () if option else NO_COLUMN
        need_column(column, frame.columns, "a group", option or "--leave or --group", words=words)
        refuse_word(column, frame)
        if column == target:
            if option:
                raise SettingsError(
                    f"{option} names the target {column!r}; expected another column, with the "
                    "groups that samples belong to"
                )
            raise SettingsError(
                f"{column!r} is the target and a group; expected different columns: a split that "
                "leaves out a class has no training samples of it"
            )
        if "+" in column:
            raise SettingsError(
                f"the group column {column!r} has '+' in its name, which joins groups "
                "(region+year): rename it"
            )
    usual = [
        str(column)
        for column in frame.columns
        if str(column).lower() in GROUP_NAMES and column != target
    ]
    return tuple(dict.fromkeys((*asked, *usual))), frozenset(asked)


def read_groups(
    table: DeclaredMarks,
    columns: tuple[str, ...],
    asked: frozenset[str],
    lonlat: NDArray[np.float64],
    fills: Fills,
    reasons: dict[str, Flags],
) -> tuple[dict[str, NDArray[np.str_]], tuple[str, ...]]:
    """Read groups; add to `reasons` where one that was asked for is missing."""
    out: dict[str, NDArray[np.str_]] = {}
    notes: list[str] = []
    for column in columns:
        words, gone = as_words(table.frame[column])
        marked, marks = numbers_among(words, fills.of(column))
        gone |= marked
        # What is torn apart by no split must not be one large parcel without a name.
        needed = column in asked or column.lower() in TOGETHER_NAMES
        notes += ask_about_words(words, gone, "group", column, fills, needed=needed)
        if gone.any() and column.lower() in TOGETHER_NAMES:
            # No parcel is not one large parcel: such a sample stands for itself.
            alone = [_alone(column, row, *lonlat[row]) for row in np.flatnonzero(gone).tolist()]
            words = words.astype(object)
            words[gone] = alone
            words = words.astype(np.str_)
        elif gone.any() and column in asked:
            reasons[f"without group {column!r}{marks}{table.said(column)}"] = gone
        elif gone.any():
            notes.append(
                f"column {column!r} is blank in {counted(int(gone.sum()), 'row')} and is not used "
                "as a group; name it with --group to use it"
            )
            continue
        out[column] = words
    return out, tuple(notes)


def check_fold_column(frame: "pd.DataFrame", folds: str, target: str) -> None:
    """Refuse a column of folds that is not there, or is the target."""
    need_column(folds, frame.columns, "folds", "--folds-from")
    if folds == target:
        raise SettingsError(
            f"--folds-from names the target {folds!r}; expected another column, with the number of "
            "the fold that tests each sample"
        )


def read_folds(
    table: DeclaredMarks, folds: str, fills: Fills, reasons: dict[str, Flags]
) -> dict[str, NDArray[np.str_]]:
    """Read the fold of each row; add to `reasons` where it is missing."""
    if not folds:
        return {}
    words, gone = as_words(table.frame[folds])
    marked, marks = numbers_among(words, fills.of(folds))
    gone |= marked
    if gone.any():
        reasons[f"without fold {folds!r}{marks}{table.said(folds)}"] = gone
    return {folds: words}


def refuse_word(leave: str, frame: "pd.DataFrame") -> None:
    """Refuse a word that is also a column: which of the two is meant can't be told."""
    named = [c for c in map(str, frame.columns) if c.lower() == leave.lower()]
    if leave in NO_COLUMN and named:
        what = "random folds" if leave == "none" else f"{leave} made from coordinates"
        raise SettingsError(
            f"--leave {leave} means {what}, but the table has a column {named[0]!r}; expected one "
            f"of the two: rename the column ({leave}_1) to leave out its groups, or to use {what}"
        )


def _alone(column: str, row: int, x: float, y: float) -> str:
    """Name the group of a sample that has none: by its place, which no order of rows changes."""
    where = f"in row {row + 1}" if np.isnan(x) else f"at {x:.7f} {y:.7f}"
    return f"no {column} {where}"

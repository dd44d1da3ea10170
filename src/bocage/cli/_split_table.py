"""The folds of a split on the terminal: line by line where they are few, else a line per domain."""

from collections.abc import Callable, Iterable, Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, TypeVar

from bocage.core import counted, three_digits

if TYPE_CHECKING:
    from rich.table import Table

    from bocage.splits import FoldReport

Number = TypeVar("Number", int, float)

FEW = 12
"""Folds that are printed line by line without being asked for."""


def fold_table(rows: "Sequence[FoldReport]", *, full: bool) -> "tuple[Table, str]":
    """Make the table of folds, and a sentence on what it leaves out; empty where nothing is."""
    from rich.table import Table

    is_full = full or len(rows) <= FEW
    table = Table(box=None)
    for column in ("fold", "domain") if is_full else ("domain",):
        table.add_column(column, overflow="fold")
    for column in () if is_full else ("folds",):
        table.add_column(column, justify="right")
    for column in ("train", "test", "blocks", "nearest km", "median km"):
        table.add_column(column, justify="right")
    lacking = any(row.untrained for row in rows)
    if lacking:
        table.add_column("classes missing from training", overflow="fold")
    domains = dict.fromkeys(row.domain for row in rows)
    groups = [[row] for row in rows] if is_full else [_of(rows, name) for name in domains]
    for group in groups:
        first = [group[0].fold, group[0].domain] if is_full else [group[0].domain]
        figures = _figures(group)
        table.add_row(
            *first,
            *([] if is_full else [f"{len(group):,}"]),
            *(figures if lacking else figures[:-1]),
        )
    if is_full:
        return table, ""
    return table, f"{counted(len(rows), 'fold')} in all: --full prints a line for each"


def _of(rows: "Iterable[FoldReport]", domain: str) -> "list[FoldReport]":
    return [row for row in rows if row.domain == domain]


def _figures(group: "Sequence[FoldReport]") -> tuple[str, ...]:
    return (
        _range([row.n_train for row in group], _whole),
        _range([row.n_test for row in group], _whole),
        _range([row.n_blocks for row in group], str),
        # Of a domain, how near a test sample comes to training in any of its folds.
        _range([min(filter(isfinite, (row.nearest_metres for row in group)), default=nan)], _km),
        _range([row.median_metres for row in group], _km),
        ", ".join(dict.fromkeys(name for row in group for name in row.untrained)),
    )


def _range(values: Sequence[Number], written: Callable[[Number], str]) -> str:
    """Write the smallest and the largest value; empty where none is known."""
    known = [value for value in values if isfinite(value)]
    if not known:
        return ""
    low, high = written(min(known)), written(max(known))
    return low if low == high else f"{low} to {high}"


def _whole(value: int) -> str:
    return f"{value:,}"


def _km(metres: float) -> str:
    return three_digits(metres / 1000)

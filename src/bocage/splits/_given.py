"""Folds that were made elsewhere: a column of the table, a splitter, pairs of rows."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import BocageError, Ints, SplitError, counted, did_you_mean, listed, plugins
from bocage.splits._order import in_order
from bocage.tasks import Task

SPLITTER = "splitter:"
"""Before the name of a splitter that another package offers."""

ENTRY_POINTS = "bocage.splitters"
"""Group of entry points: a name, and a class or function that makes a splitter of no arguments."""

MOST_FOLDS = 100
"""More folds than this are taken for a column of something else."""

_LONGEST = 80


def is_plugged_in(folds_from: str) -> bool:
    """Tell whether folds come from a splitter of another package, and not from a column.

    Examples
    --------
    >>> is_plugged_in("splitter:rows"), is_plugged_in("cv_fold")
    (True, False)
    """
    return folds_from.startswith(SPLITTER)


@dataclass(frozen=True, slots=True, eq=False)
class GivenFolds:
    """Folds as they were given.

    Attributes
    ----------
    source : str
        Where they come from, in words: ``column 'cv'``, ``GroupKFold(n_splits=3)``.
    names : tuple of str
    train, test : tuple of ndarray of int64
        Samples of each fold, ascending.
    n_unknown : int
        Rows of the folds that are no samples, as they were left out of the task.
    """

    source: str
    names: tuple[str, ...]
    train: tuple[Ints, ...]
    test: tuple[Ints, ...]
    n_unknown: int = 0


def find_folds(task: Task, folds_from: str, groups: NDArray[Any] | None = None) -> GivenFolds:
    """Read folds by the name of a column of the label table, or of a splitter.

    Parameters
    ----------
    task : Task
    folds_from : str
        A column, or ``splitter:NAME`` for one that another package offers (`ENTRY_POINTS`).
    groups : ndarray, shape (n,), optional
        Handed to the splitter.

    Raises
    ------
    SplitError
        If there is none of that name, or its folds can't be used.
    """
    if is_plugged_in(folds_from):
        name = folds_from.removeprefix(SPLITTER)
        return from_splitter(task, _plugged_in(name), groups, source=f"splitter {name!r}")
    return _from_column(task, folds_from)


def from_any(task: Task, folds: Any, groups: NDArray[Any] | None = None) -> GivenFolds:
    """Read folds from a scikit-learn splitter, or from pairs of row numbers.

    Raises
    ------
    SplitError
        If they are neither, or can't be used.
    """
    if isinstance(folds, GivenFolds):
        return folds
    if hasattr(folds, "split") and not isinstance(folds, str | np.ndarray):
        return from_splitter(task, folds, groups)
    if isinstance(folds, str) or not isinstance(folds, Iterable):
        raise SplitError(
            f"folds={folds!r} can't be used; expected a splitter (any object with split(X, y, "
            "groups)), or pairs of rows to learn from and rows to test"
        )
    return _from_pairs(task, folds)


def _from_column(task: Task, column: str) -> GivenFolds:
    values = task.folds.get(column, task.groups.get(column))
    if values is None:
        known = listed(sorted({*task.folds, *task.groups})) or "none"
        raise SplitError(
            f"no column {column!r} of folds; {task.name} has {known}. Use one of them, or a label "
            "table with a column of fold numbers"
        )
    found = np.unique(values)
    if len(found) < 2:  # noqa: PLR2004
        raise SplitError(
            f"column {column!r} has one value only ({str(found[0])!r}), and one fold leaves "
            "nothing to train on; expected a number or name for each of two folds or more"
        )
    if len(found) > MOST_FOLDS:
        raise SplitError(
            f"column {column!r} has {len(found):,} different values, and each would be a fold; "
            f"expected at most {MOST_FOLDS}. Name a column of fold numbers, or use --leave "
            f"{column}, which merges groups into --folds"
        )
    names = tuple(str(found[at]) for at in in_order(found.tolist()))
    return GivenFolds(
        f"column {column!r}",
        names,
        tuple(np.flatnonzero(values != name) for name in names),
        tuple(np.flatnonzero(values == name) for name in names),
    )


def from_splitter(
    task: Task, splitter: Any, groups: NDArray[Any] | None = None, *, source: str = ""
) -> GivenFolds:
    """Ask a splitter for its folds.

    It is given a table of coordinates (``lon``, ``lat``) and groups as X, the target as y, and as
    groups what was named, else one number for all samples that must stay together. Rows come in an
    order that depends on their content alone.

    Raises
    ------
    SplitError
        If it fails, or makes other folds each time.
    """
    source = source or _in_words(splitter)
    first = _asked(task, splitter, groups, source)
    again = _asked(task, splitter, groups, source)
    same = len(first) == len(again) and all(
        np.array_equal(a, b) for one, other in zip(first, again, strict=True)
        for a, b in zip(one, other, strict=True)
    )  # fmt: skip
    if not same:
        raise SplitError(
            f"{source} makes other folds each time it is asked, and a study that is continued "
            "would lose its runs; expected the same: set its random_state to a number"
        )
    return _checked(source, first, 0)


def _asked(
    task: Task, splitter: Any, groups: NDArray[Any] | None, source: str
) -> list[tuple[Ints, Ints]]:
    import pandas as pd

    n = len(task)
    columns: dict[str, Any] = {}
    if task.has_places:
        columns = {"lon": task.lonlat[:, 0], "lat": task.lonlat[:, 1]}
    X = pd.DataFrame({**dict(task.groups), **columns}, index=np.arange(n))
    y = np.array(task.classes)[task.target] if task.classes else task.target
    together = task.unit if groups is None else groups
    try:
        with warnings.catch_warnings():
            # Those that have no use for groups say so.
            warnings.filterwarnings("ignore", message="The groups parameter is ignored")
            pairs = list(splitter.split(X, y, together))
    except BocageError:
        raise
    except Exception as error:
        told = " ".join(str(error).split())[:300]
        raise SplitError(
            f"{source} can't split {counted(n, 'sample')} of {task.name}: "
            f"{type(error).__name__}: {told}"
        ) from error
    return [_pair(pair, n, number, source) for number, pair in enumerate(pairs, 1)]


def _from_pairs(task: Task, pairs: Iterable[Any]) -> GivenFolds:
    """Read pairs of rows of the label table, counted from 0."""
    source = "lists of rows"
    at = np.full(int(task.row.max()) + 1, -1, dtype=np.int64)
    at[task.row] = np.arange(len(task))
    made: list[tuple[Ints, Ints]] = []
    unknown: set[int] = set()
    for number, pair in enumerate(pairs, 1):
        parts = []
        for rows in _pair(pair, None, number, source):
            inside = rows[rows < len(at)]
            known = inside[at[inside] >= 0]
            unknown |= set(np.setdiff1d(rows, known).tolist())
            parts.append(np.sort(at[known]))
        made.append((parts[0], parts[1]))
    return _checked(source, made, len(unknown))


def _pair(pair: Any, n: int | None, number: int, source: str) -> tuple[Ints, Ints]:
    """Read the rows of one fold."""
    try:
        train, test = pair
    except (TypeError, ValueError):
        raise SplitError(
            f"fold {number} of {source} is {type(pair).__name__}; expected a pair: rows to learn "
            "from, and rows to test"
        ) from None
    return _rows(train, n, number, source), _rows(test, n, number, source)


def _rows(rows: Any, n: int | None, number: int, source: str) -> Ints:
    found = np.asarray(rows)
    if found.dtype == bool:
        found = np.flatnonzero(found)
    if found.ndim != 1 or (len(found) and found.dtype.kind not in "iu"):
        raise SplitError(
            f"fold {number} of {source} holds {found.dtype} of shape {found.shape}; expected the "
            "numbers of rows, counted from 0, or one true or false a row"
        )
    if len(found) and (found.min() < 0 or (n is not None and found.max() >= n)):
        upto = "" if n is None else f" to {n - 1}"
        raise SplitError(
            f"fold {number} of {source} names rows {found.min()} to {found.max()}; expected rows "
            f"from 0{upto}"
        )
    sorted_rows = np.unique(found).astype(np.int64)
    if len(sorted_rows) < len(found):
        raise SplitError(
            f"fold {number} of {source} names {counted(len(found) - len(sorted_rows), 'row')} "
            "twice; expected each row once"
        )
    return sorted_rows


def _checked(source: str, pairs: list[tuple[Ints, Ints]], n_unknown: int) -> GivenFolds:
    """Refuse folds that are none."""
    if not pairs:
        raise SplitError(f"{source} makes no fold; expected one or more")
    if len(pairs) > MOST_FOLDS:
        raise SplitError(
            f"{source} makes {len(pairs):,} folds, of which each is a set of runs; expected at "
            f"most {MOST_FOLDS}: use fewer"
        )
    tested: list[Ints] = []
    for number, (train, test) in enumerate(pairs, 1):
        if not len(train) or not len(test):
            side = "test" if len(train) else "learn from"
            raise SplitError(
                f"fold {number} of {source} has nothing to {side}; expected samples on both sides"
            )
        both = len(np.intersect1d(train, test))
        if both:
            raise SplitError(
                f"fold {number} of {source} learns from {counted(both, 'sample')} that it tests; "
                "expected each sample on one side"
            )
        tested.append(test)
    every = np.concatenate(tested)
    again = len(every) - len(np.unique(every))
    if again:
        raise SplitError(
            f"{source} tests {counted(again, 'sample')} in more than one fold; expected each "
            "sample tested once at most, as by KFold or GroupKFold: what is repeated here is the "
            "draw of the labels (--repeats)"
        )
    names = tuple(str(number) for number in range(1, len(pairs) + 1))
    train_rows, test_rows = zip(*pairs, strict=True)
    return GivenFolds(source, names, tuple(train_rows), tuple(test_rows), n_unknown)


def _plugged_in(name: str) -> Any:
    """Make the splitter that a package offers."""
    offered = plugins(ENTRY_POINTS)
    if name not in offered:
        known = listed(list(offered)) or "none"
        raise SplitError(
            f"no splitter {name!r}{did_you_mean(name, offered) or ''}; the installed packages "
            f"offer: {known}. Expected one of them, or install the package that has it (entry "
            f"point group {ENTRY_POINTS})"
        )
    return offered[name].made(object, needs="split")


def _in_words(splitter: Any) -> str:
    """Write a splitter as it was made; its class alone where that is told by an address.

    >>> from sklearn.model_selection import GroupKFold
    >>> _in_words(GroupKFold(n_splits=3))
    'GroupKFold(n_splits=3, random_state=None, shuffle=False)'
    """
    words = " ".join(repr(splitter).split())
    return words if " at 0x" not in words and len(words) <= _LONGEST else type(splitter).__name__

"""Features that tell nothing, and features that tell too much."""

import re
from collections.abc import Iterable, Sequence
from math import lgamma, log

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, listed
from bocage.tasks._task import Task

CHANCE = 1e-3
"""What a column does by chance more often than this, all columns tried, is not spoken of."""

RECURS = 10
"""Values are codes, and no measurements, if each stands at so many places on average."""

STRAIGHT = 1e-9
"""A correlation nearer to 1 than this is a copy in another unit."""

ENOUGH = 10
"""Of fewer places nothing is said of numbers."""

_TARGETS = frozenset({"class", "label", "target"})
_ENDS = frozenset({"id", "code", "name", "no", "nr", "num", "number", "index", "idx"})
"""Words of which the name of a column made from a target is put together."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def feature_notes(task: Task, target: str = "") -> tuple[str, ...]:
    """Name columns that never vary, and columns that may have been made from the target.

    Parameters
    ----------
    task : Task
    target : str
        Column of the target, if there is one: names made from it are told too.

    Returns
    -------
    tuple of str
    """
    notes: list[str] = []
    n_bands = sum(len(item.bands) * item.n_dates for item in task.inputs.values())
    for item in task.inputs.values():
        if item.form == "chips":
            continue
        notes += flat_notes(item)
        known: set[str] = set()
        if task.codes is not None:
            notes += _telling(item.as_table(), task, CHANCE / n_bands, known)
        elif not task.kind.has_masks:
            notes += _copies(item.as_table(), task, known)
        named = [b for b in item.bands if b not in known and is_like_target(b, target)]
        if named:
            notes.append(
                f"input {item.name!r} reads {listed(named)}, named like a target: leave out "
                "what was made from the labels"
            )
    return tuple(notes)


def flat_notes(item: Input) -> tuple[str, ...]:
    """Name the bands of a table or series that have one value, or none."""
    flat, lone = [], []
    for band, values in zip(item.bands, np.moveaxis(item.values, -1, 0), strict=True):
        known = values[np.isfinite(values)]
        if not len(known) or known.min() == known.max():
            rows = int(np.isfinite(values.reshape(len(values), -1)).any(axis=1).sum())
            if rows == len(values):
                flat.append(band)
            else:
                lone.append(f"{band} (known in {rows:,} of {len(values):,} rows)")
    notes = []
    if flat:
        verbs = "never varies, and carries" if len(flat) == 1 else "never vary, and carry"
        notes.append(f"input {item.name!r}: {listed(flat)} {verbs} nothing")
    if lone:
        notes.append(f"input {item.name!r} has no two different values of {listed(lone)}")
    return tuple(notes)


def is_like_target(column: str, target: str) -> bool:
    """Tell whether a name is that of a target or of its codes.

    >>> [is_like_target(name, "crop") for name in ("class_id", "CropCode", "crop_height", "B2")]
    [True, True, False, False]
    """
    words = _words(column)
    firsts = [_words(target), *([word] for word in _TARGETS)]
    return any(
        first and words[: len(first)] == first and set(words[len(first) :]) <= _ENDS | _TARGETS
        for first in firsts
    )


def _words(name: str) -> list[str]:
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.split(r"[\s_.-]+", split) if word]


def _telling(item: Input, task: Task, chance: float, known: set[str]) -> list[str]:
    """Name bands that tell classes alone, where chance hardly would; add them to `known`."""
    codes = task.target
    places = np.unique(task.unit, return_index=True)[1]
    every: list[str] = []
    one: dict[str, list[str]] = {}
    for band, values in zip(item.bands, item.values.T, strict=True):
        if not np.isfinite(values).all():
            continue
        found = _tells(values, codes, places, task.n_classes, log(chance))
        if found is None:
            continue
        known.add(band)
        if found < 0:
            every.append(band)
        else:
            one.setdefault(task.classes[found], []).append(band)
    end = "leave out what was made from the labels"
    notes = []
    if every:
        notes.append(
            f"input {item.name!r}: {_alone(every)} every class from the others without error: {end}"
        )
    if one:
        told = listed([f"{_alone(bands)} {label!r}" for label, bands in one.items()])
        notes.append(f"input {item.name!r}: {told} from all other classes without error: {end}")
    return notes


def _alone(bands: Sequence[str]) -> str:
    return f"{bands[0]} alone tells" if len(bands) == 1 else f"each of {listed(bands)} alone tells"


def _tells(values: Floats, codes: Ints, places: Ints, n_classes: int, rare: float) -> int | None:
    """Return -1 if values tell all classes, the class if they tell one, None if neither."""
    value, at = np.unique(values, return_inverse=True)
    pairs = np.unique(np.column_stack([at.ravel(), codes]), axis=0)
    # Samples of one place are no separate evidence.
    number = np.bincount(codes[places], minlength=n_classes)
    if len(pairs) == len(value):
        changes = int((np.diff(pairs[:, 1]) != 0).sum())
        ways = lgamma(n_classes + 1) - _log_orders(number)
        if changes == n_classes - 1 and ways < rare:
            return -1
        held = np.bincount(at.ravel()[places], minlength=len(value))
        if len(value) * RECURS <= len(places):
            share = number[number > 0] / number.sum()
            if sum(log(float((share**n).sum())) for n in held.tolist()) < rare:
                return -1
    if len(value) == 2 and len(pairs) == n_classes:  # noqa: PLR2004
        for side in (0, 1):
            own = pairs[pairs[:, 0] == side, 1]
            here = int(number[own[0]])
            if len(own) == 1 and -_log_orders([here, int(number.sum()) - here]) < rare:
                return int(own[0])
    return None


def _log_orders(number: Iterable[int]) -> float:
    """Log of how many ways there are to put so many of each kind in a row."""
    counts = [int(n) for n in number]
    return lgamma(sum(counts) + 1) - sum(lgamma(n + 1) for n in counts)


def _copies(item: Input, task: Task, known: set[str]) -> list[str]:
    """Name bands on a straight line with a target that is a number; add them to `known`."""
    if len(np.unique(task.unit)) < ENOUGH:
        return []
    y = task.target - task.target.mean()
    found = []
    for band, values in zip(item.bands, item.values.T, strict=True):
        x = values - values.mean()
        size = float(np.sqrt((x @ x) * (y @ y)))
        if np.isfinite(size) and size > 0 and abs(float(x @ y)) > (1 - STRAIGHT) * size:
            found.append(band)
    if not found:
        return []
    known.update(found)
    are = f"{listed(found)} {'is' if len(found) == 1 else 'are'}"
    words = "the target in another unit, without error: leave out what was made from it"
    return [f"input {item.name!r}: {are} {words}"]

"""Features that tell nothing, and features that tell too much."""

import re
from collections.abc import Iterable, Sequence
from math import lgamma, log

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Input, Ints, listed
from bocage.tasks._task import Task

CHANCE = 1e-3
"""What a column does by chance more often than this, all columns tried, is not spoken of."""

RECURS = 10
"""Values are codes, and no measurements, if each stands at so many places on average."""

TOLD_WRONG = 0.02
"""A code tells classes even if it is wrong at such a share of places: labels are corrected."""

STRAIGHT = 1e-9
"""A correlation nearer to 1 than this is a copy in another unit."""

ENOUGH = 10
"""Of fewer places nothing is said of numbers."""

_TARGETS = frozenset({"class", "label", "target"})
_ENDS = frozenset({"id", "code", "name", "no", "nr", "num", "number", "index", "idx"})
"""Words of which the name of a column made from a target is put together."""


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
                f"input {item.name!r} uses {listed(named)}, named like a target: leave out "
                "what was derived from the labels"
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
        verbs = "never varies and carries" if len(flat) == 1 else "never vary and carry"
        notes.append(f"input {item.name!r}: {listed(flat)} {verbs} no information")
    if lone:
        notes.append(f"input {item.name!r} has at most one distinct value of {listed(lone)}")
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
    told: dict[int, dict[int, list[str]]] = {}
    places = np.unique(task.unit, return_index=True)[1]
    for band, values in zip(item.bands, item.values.T, strict=True):
        if not np.isfinite(values).all():
            continue
        found = _tells(values, task, places, log(chance))
        if found is not None:
            known.add(band)
            label, wrong = found
            told.setdefault(wrong, {}).setdefault(label, []).append(band)
    end = "if it was derived from the labels, leave it out"
    n = len(places)
    where = "places" if task.has_places else "samples"
    notes = []
    for wrong, bands in sorted(told.items()):
        so = f"at {n - wrong:,} of {n:,} {where}" if wrong else "without error"
        every = bands.pop(-1, [])
        if every:
            notes.append(
                f"input {item.name!r}: {_alone(every)} every class from the others {so}: {end}"
            )
        if bands:
            one = listed([f"{_alone(own)} {task.classes[at]!r}" for at, own in bands.items()])
            notes.append(f"input {item.name!r}: {one} from all other classes {so}: {end}")
    return notes


def _alone(bands: Sequence[str]) -> str:
    if len(bands) == 1:
        return f"{bands[0]} alone distinguishes"
    return f"each of {listed(bands)} alone distinguishes"


def _tells(values: Floats, task: Task, places: Ints, rare: float) -> tuple[int, int] | None:
    """Return -1 if values tell all classes, the class if they tell one, and the places told wrong.

    `places` are the first samples of each place: others are no separate evidence.

    Only codes may be wrong at some places: a good measurement is right at most of them.
    """
    codes, n_classes = task.target, task.n_classes
    value, at = np.unique(values, return_inverse=True)
    at = at.ravel()
    # Sorted by value, then by class: many times faster than rows of two numbers.
    pairs = np.unique(at * n_classes + codes)
    number = np.bincount(codes[places], minlength=n_classes)
    if len(pairs) == len(value):
        changes = int((np.diff(pairs % n_classes) != 0).sum())
        ways = lgamma(n_classes + 1) - _log_orders(number)
        if changes == n_classes - 1 and ways < rare:
            return -1, 0
    if len(value) * RECURS <= len(places):
        wrong = _told_by_codes(at, len(value), places, task, rare)
        if wrong is not None:
            return -1, wrong
    if len(value) == 2:  # noqa: PLR2004
        for label in range(n_classes):
            own = codes == label
            wrong = min(_wrong_places((at == side) != own, task) for side in (0, 1))
            ways = _log_choices(len(places), wrong)
            orders = _log_orders([int(number[label]), len(places) - int(number[label])])
            if wrong <= TOLD_WRONG * len(places) and ways - orders < rare:
                return label, wrong
    return None


def _told_by_codes(at: Ints, n_values: int, places: Ints, task: Task, rare: float) -> int | None:
    """Count the places at which codes tell a wrong class; None where they tell too little."""
    codes, n_classes = task.target, task.n_classes
    held = np.bincount(at * n_classes + codes, minlength=n_values * n_classes)
    most = held.reshape(-1, n_classes).argmax(axis=1)
    wrong = _wrong_places(most[at] != codes, task)
    if wrong > TOLD_WRONG * len(places) or len(np.unique(most)) < n_classes:
        return None
    share = np.bincount(codes[places], minlength=n_classes) / len(places)
    here = np.bincount(at[places], minlength=n_values).tolist()
    agree = sum(log(float((share**n).sum())) for n in here if n)
    # Without its wrong places a code agrees more easily, for each of them by this at most.
    easier = -wrong * log(float((share**2).sum()))
    return wrong if agree + easier + _log_choices(len(places), wrong) < rare else None


def _wrong_places(rows: NDArray[np.bool_], task: Task) -> int:
    return len(np.unique(task.unit[rows]))


def _log_choices(n: int, few: int) -> float:
    """Log of how many ways there are to choose so few of n, and as few or fewer of them."""
    return _log_orders([few, n - few]) + log(few + 1)


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
    words = "the target in another unit, without error: if derived from the target, leave it out"
    return [f"input {item.name!r}: {are} {words}"]

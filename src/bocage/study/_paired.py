"""Two studies: whether both test the same labels in the same folds, and their differences."""

import zlib
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bocage.splits import Budget
from bocage.stats import Estimate, interval
from bocage.study._resample import resample
from bocage.study._study import Study
from bocage.study._unit_counts import UnitCounts

Shared = Literal["folds", "labels", "nothing"]
"""What two studies have in common: labels and folds, labels alone, or neither."""

MAIN = ("out", "local", "both")


def shared(one: Study, other: Study) -> Shared:
    """Say whether two studies have the same labels, and test them in the same folds.

    Labels are the same where their places, targets and the groups that both know are, in whatever
    order of the rows; features may differ.

    Parameters
    ----------
    one, other : Study

    Returns
    -------
    {"folds", "labels", "nothing"}
    """
    a, b = one.task, other.task
    if (a.kind, a.classes, len(a)) != (b.kind, b.classes, len(b)):
        return "nothing"
    named = sorted(a.groups.keys() & b.groups.keys())
    if not named and not (a.has_places and b.has_places):
        # Targets alone tell nothing.
        return "nothing"
    both = np.concatenate([_facts(one, named), _facts(other, named)])
    known, number = np.unique(both, axis=0, return_inverse=True)
    rows = np.split(number.ravel(), 2)
    counts = [np.bincount(part, minlength=len(known)) for part in rows]
    if (counts[0] != counts[1]).any() or not _same_masks(one, other, rows):
        return "nothing"
    return "folds" if _folds(one, rows[0]) == _folds(other, rows[1]) else "labels"


def paired_differences(
    one: Study, other: Study, domain: str, budget: Budget, pairs: list[tuple[str, str]]
) -> list[Estimate] | None:
    """Measure differences of scores on the same test samples: the other study's minus the one's.

    Parameters
    ----------
    one, other : Study
        That have their labels and folds in common (`shared`), and their main score.
    domain : str
    budget : Budget
    pairs : list of (str, str)
        A method of each study.

    Returns
    -------
    list of Estimate or None
        With 95 % intervals, each by itself; None where the studies have other draws, or not all
        runs.
    """
    tallies = [study.results().tally(domain, budget) for study in (one, other)]
    first, second = tallies
    if first is None or second is None or first.n_repeats != second.n_repeats:
        return None
    names = [sorted({pair[side] for pair in pairs}) for side in (0, 1)]
    known = (set(first.methods), set(second.methods))
    if any(set(wanted) - there for wanted, there in zip(names, known, strict=True)):
        return None
    try:
        joined = _joined(first.take_methods(names[0]), second.take_methods(names[1]))
    except ValueError:
        # Other test samples: the tally finds that itself.
        return None
    found = resample(joined, one.metric)
    made = []
    for a, b in pairs:
        if a == b and _are_equal(first.take_methods([a]), second.take_methods([b])):
            # What is resampled beside the counts would differ; these are the same runs.
            made.append(Estimate(0.0, 0.0, 0.0))
            continue
        (base, those), (value, these) = found.column(f"0 {a}"), found.column(f"1 {b}")
        made.append(interval(value - base, these - those))
    return made


def _are_equal(first: UnitCounts, second: UnitCounts) -> bool:
    """Whether a method was right and wrong alike, block by block, in every draw."""
    counts = [
        dict(zip(tally.block, np.moveaxis(tally.counts, 2, 0), strict=True))
        for tally in (first, second)
    ]
    return all(np.array_equal(block, counts[1][name]) for name, block in counts[0].items())


def _joined(first: UnitCounts, second: UnitCounts) -> UnitCounts:
    """Put the methods of two tallies side by side; blocks in one order."""
    if sorted(first.block) != sorted(second.block):
        raise ValueError("other blocks")
    place = {name: at for at, name in enumerate(second.block)}
    order = np.array([place[name] for name in first.block])
    if (second.group[order] != first.group).any():
        raise ValueError("other groups")
    crossed: tuple[float, ...] = ()
    if first.crossed and second.crossed:
        crossed = (*first.crossed, *second.crossed)
    elif first.crossed or second.crossed:
        raise ValueError("other folds")
    return replace(
        first,
        methods=(*(f"0 {m}" for m in first.methods), *(f"1 {m}" for m in second.methods)),
        counts=np.concatenate([first.counts, second.counts[:, :, order]]),
        crossed=crossed,
    )


def _facts(study: Study, named: list[str]) -> NDArray[np.float64]:
    """Put what a label is into numbers: its place, its target and the groups of some names."""
    task = study.task
    columns = [*np.nan_to_num(task.lonlat, nan=-999.0).T, np.asarray(task.target, np.float64)]
    for name in named:
        words, code = np.unique(np.asarray(task.groups[name], dtype=np.str_), return_inverse=True)
        # Words tell groups of two studies apart, not their order.
        numbers = np.array([float(zlib.crc32(str(word).encode())) for word in words])
        columns.append(numbers[code.ravel()])
    return np.column_stack(columns)


def _same_masks(one: Study, other: Study, rows: list[NDArray[np.intp]]) -> bool:
    """Whether segmented chips have the same pixels labelled, class by class."""
    masks = one.task.masks, other.task.masks
    if masks[0] is None or masks[1] is None:
        return masks[0] is masks[1]
    if masks[0].shape != masks[1].shape:
        return False
    order = [np.argsort(part, kind="stable") for part in rows]
    return bool(np.array_equal(masks[0][order[0]], masks[1][order[1]]))


def _folds(study: Study, row: NDArray[np.intp]) -> dict[str, tuple[int, ...]]:
    """List the labels that every fold tests, by what they are."""
    return {
        f"{fold.name} {domain}": tuple(np.sort(row[rows]).tolist())
        for fold in study.split.folds
        if fold.regime in MAIN
        for domain, rows in fold.tests.items()
    }

"""What a reader must know of the folds that were made."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bocage.core import listed
from bocage.splits._cuts import Cuts
from bocage.splits._diagnose import EARTH_METRES, unit_vectors
from bocage.splits._fold import Fold, Rows
from bocage.splits._fold_maker import LocalFolds
from bocage.splits._settings import SplitSettings
from bocage.splits._words import noun, nouns
from bocage.tasks import Task

FEW_NAMES = 4

MUCH = 0.2
"""From this share of labels on that a fold may not learn from, that is said loudly."""

GPS_METRES = 30.0
"""Coordinates of one place that were taken twice differ by less, as a rule."""

STANDS_OUT = 10.0
"""Places taken twice are so many times nearer to each other than to their neighbours."""


def class_notes(
    task: Task, group: Rows, cuts: Cuts, folds: Sequence[Fold], leave: str, codes: Rows | None
) -> list[str]:
    """Say which classes can't be learned when a group is left out, and why."""
    if codes is None:
        return []
    one, several = noun(leave), nouns(leave)
    learned = {cut.name: codes[np.isin(group, cut.learned)] for cut in cuts.cuts}
    out = [fold for fold in folds if fold.regime == "out"]
    notes = []
    for code, name in enumerate(task.classes):
        lost = [
            fold.held_out
            for fold in out
            if (codes[fold.tests["out"]] == code).any() and not (codes[fold.pool] == code).any()
        ]
        if not lost:
            continue
        nowhere = {held for held in lost if not (learned[held] == code).any()}
        for held, why in (
            (nowhere, f"no {one} that is learned from has it"),
            (set(lost) - nowhere, f"in other {several} it stands only at places that are tested"),
        ):
            if held:
                named = _some([name for name in dict.fromkeys(lost) if name in held])
                notes.append(
                    f"class {name!r} can't be learned when {named} is left out: {why}; it counts "
                    "as wrong there"
                )
    alone = {
        fold.held_out: task.classes[int(codes[fold.pool[0]])]
        for fold in out
        if len(np.unique(codes[fold.pool])) == 1
    }
    if alone:
        named = ", ".join(f"{held!r} ({only})" for held, only in list(alone.items())[:FEW_NAMES])
        notes.append(
            f"labels of one class only are left to learn from when {named}"
            + (f" and {len(alone) - FEW_NAMES} more" if len(alone) > FEW_NAMES else "")
            + " is left out: every method answers that class there"
        )
    return notes


def local_notes(found: LocalFolds, leave: str, block_metres: float | None) -> list[str]:
    """Name the groups in which labels of their own are not studied, by the reason."""
    several = nouns(leave)
    notes = []
    if found.one_class:
        names = ", ".join(map(repr, found.one_class))
        notes.append(f"labels of one class only in {names}: no local folds there")
    if found.one_block:
        names = listed(found.one_block)
        side = f" of {block_metres:g} m" if block_metres else ""
        notes.append(f"one block{side} holds all samples of {names}: no local folds there")
    if found.not_drawn:
        n = len({fold.held_out for fold in found.folds}) + len(found.one_class)
        notes.append(
            f"labels from within are studied in {n} of {n + len(found.not_drawn)} {several}, drawn "
            "by their names alone, to keep the number of runs down; --folds sets how many"
        )
    return notes


def place_notes(
    task: Task, group: Rows, cuts: Cuts, folds: Sequence[Fold], settings: SplitSettings
) -> tuple[list[str], list[str]]:
    """Say what places that recur from group to group cost, or what sharing them means.

    Returns
    -------
    degraded, notes : list of str
    """
    degraded: list[str] = []
    notes: list[str] = []
    out = [fold for fold in folds if fold.regime == "out"]
    if not out:
        return degraded, notes
    leave, share = settings.leave, settings.share
    one = noun(leave)
    pairs = np.unique(np.column_stack([task.unit, group]), axis=0)
    recurs = len(pairs) > len(np.unique(task.unit))
    if share == "none":
        notes.append(
            f"places are dealt to folds beside {nouns(leave)}: what is tested is new in its "
            f"{one} and in its place, and `in` tests the same places in {nouns(leave)} that are "
            "learned from"
        )
    elif share and not recurs:
        notes.append(f"--share {share} changes nothing: no place stands in two {nouns(leave)}")
    elif share:
        notes.append(
            f"{share}s are shared: what is tested in a left-out {one} may be learned from in "
            f"others, so the score is one of known {nouns(share)} and says nothing of new ones"
        )
    elif recurs:
        learned = {cut.name: int(np.isin(group, cut.learned).sum()) for cut in cuts.cuts}
        kept = [(len(fold.pool) + _held(fold), learned[fold.held_out]) for fold in out]
        few, of = min(kept, key=lambda pair: pair[0] / pair[1])
        text = (
            f"places recur: {few} of {of} labels of other {nouns(leave)} may be learned from in "
            f"the fold with fewest, as the rest stand at places that are tested (a new {one} in "
            f"new places)"
        )
        if few < (1 - MUCH) * of:
            degraded.append(
                f"{text}; for a new {one} in known places ask with --leave {leave} --share place, "
                f"to keep more labels with --leave {leave} --share none"
            )
        elif few < of:
            notes.append(text)
    if not share or share == "none":
        degraded += _jitter(task, group, leave)
    if not any("in" in fold.tests for fold in out):
        notes.append(
            f"nothing is held back for `in`: no {one} has enough places, or a block that is small "
            "enough"
        )
    return degraded, notes


def _held(fold: Fold) -> int:
    return len(fold.tests.get("in", ()))


def _jitter(task: Task, group: Rows, leave: str) -> list[str]:
    """Recognise places that recur at coordinates a little apart."""
    from scipy.spatial import KDTree

    names, first = np.unique(np.column_stack([task.unit, group]), axis=0, return_index=True)
    if len(first) < 2:  # noqa: PLR2004
        return []
    xyz = EARTH_METRES * unit_vectors(task.lonlat[first])
    unit, own = names.T
    other: NDArray[np.float64] = np.full(len(first), np.inf)
    near: NDArray[np.float64] = np.full(len(first), np.inf)
    for number in np.unique(own):
        mine = own == number
        if not mine.all():
            other[mine] = KDTree(xyz[~mine]).query(xyz[mine])[0]
        if mine.sum() > 1:
            near[mine] = KDTree(xyz[mine]).query(xyz[mine], k=2)[0][:, 1]
    # Places that are known to be the same stand at distance 0 or share their unit.
    _, at, count = np.unique(unit, return_inverse=True, return_counts=True)
    close = (other < GPS_METRES) & (count[at] == 1)
    share = float(close.mean())
    if share < MUCH or np.median(near[close]) < STANDS_OUT * np.median(other[close]):
        return []
    metres = max(1.0, float(np.ceil(np.percentile(other[close], 99))))
    text = (
        f"{share:.0%} of places lie within {GPS_METRES:g} m of one of another {noun(leave)} "
        f"({np.median(other[close]):.1f} m in the median), and far from all others: they may be "
        f"the same places measured twice, which are then learned from and tested; --same-place "
        f"{metres:g} makes them one"
    )
    return [text]


def _some(names: Sequence[str]) -> str:
    """List a few names.

    >>> _some(["a", "b"]), _some(list("abcdefg"))
    ("'a' or 'b'", "'a', 'b', 'c', 'd' or 3 others")
    """
    shown = [repr(name) for name in names[:FEW_NAMES]]
    if len(names) > FEW_NAMES:
        more = len(names) - FEW_NAMES
        shown.append("1 other" if more == 1 else f"{more} others")
    return " or ".join([*([", ".join(shown[:-1])] if shown[1:] else []), shown[-1]])

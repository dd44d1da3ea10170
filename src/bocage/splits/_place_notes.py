"""What a reader must know of places that recur from group to group."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, unit_vectors
from bocage.splits._cuts import Cuts
from bocage.splits._fold import Fold
from bocage.splits._settings import SplitSettings
from bocage.splits._sides import APART, Sides
from bocage.splits._words import noun, nouns
from bocage.tasks import EARTH_METRES, Task

MUCH = 0.2
"""From this share of labels on that a fold may not learn from, that is said loudly."""

GPS_METRES = 30.0
"""Coordinates of one place that were taken twice differ by less, as a rule."""

STANDS_OUT = 10.0
"""Places taken twice are so many times nearer to each other than to their neighbours."""

LOOKED_AT = 30
"""Groups whose places are compared with those of all others."""


def place_notes(
    task: Task, group: Ints, cuts: Cuts, folds: Sequence[Fold], settings: SplitSettings
) -> tuple[list[str], list[str]]:
    """Say what places that recur from group to group cost, or what sharing them means.

    Returns
    -------
    degraded, notes : list of str
    """
    out = [fold for fold in folds if fold.regime == "out"]
    if not out:
        return [], []
    leave, share = settings.leave, settings.share
    one = noun(leave)
    pairs = np.unique(np.column_stack([task.unit, group]), axis=0)
    recurs = len(pairs) > len(np.unique(task.unit))
    degraded: list[str] = []
    notes: list[str] = []
    if share:
        notes.append(_shared(task, group, out, settings))
    elif recurs:
        text, loud = _thinned(task.unit, group, cuts, leave)
        (degraded if loud else notes).append(text)
    if share in {"", APART} and task.has_places:
        degraded += _measured_twice(task, group, leave)
    if not any("in" in fold.tests for fold in out):
        why = f"no {one} has enough places, or a block that is small enough"
        if share:
            why += f", or no {noun(share)} occurs in a second {one}"
        notes.append(f"nothing is held back for `in`: {why}")
    return degraded, [note for note in notes if note]


def known_share(task: Task, folds: Sequence[Fold], share: str) -> float:
    """Return the share of tests of `out` whose place is learned from; 1 where none are shared."""
    value = Sides.of(task, share).shared if share not in {"", APART} else None
    out = [fold for fold in folds if fold.regime == "out"]
    if value is None or not out:
        return 1.0
    known = sum(int(np.isin(value[f.tests["out"]], value[f.pool]).sum()) for f in out)
    return known / sum(len(fold.tests["out"]) for fold in out)


def _shared(task: Task, group: Ints, out: Sequence[Fold], settings: SplitSettings) -> str:
    leave, share = settings.leave, settings.share
    one, several = noun(leave), nouns(leave)
    if share == APART:
        return (
            f"places are assigned to folds in addition to {several}: test samples are of a new "
            f"{one} and a new place, and `in` tests the same places in the {several} that are used "
            "for training"
        )
    value = Sides.of(task, share).shared
    assert value is not None  # noqa: S101 - something is shared
    if len(np.unique(np.column_stack([value, group]), axis=0)) == len(np.unique(value)):
        return f"--share {share} has no effect: no {noun(share)} occurs in two {several}"
    part = known_share(task, out, share)
    many = nouns(share)
    if part < 1:
        return (
            f"{many} are shared: {part:.0%} of the test samples belong to {many} with training "
            f"samples in other {several} (the others to {many} of one {one} only), so the score "
            f"is for a mix of known and new {many}"
        )
    return (
        f"{many} are shared: those tested in a left-out {one} have training samples in other "
        f"{several}, so the score is for known {many} and says nothing about new ones"
    )


def _thinned(unit: Ints, group: Ints, cuts: Cuts, leave: str) -> tuple[str, bool]:
    """Count what may not be learned from, as its place is tested, and say if it is much."""
    one, several = noun(leave), nouns(leave)
    kept = []
    for cut in cuts.cuts:
        tested = np.unique(unit[np.isin(group, cut.tested)])
        learned = unit[np.isin(group, cut.learned)]
        kept.append((int((~np.isin(learned, tested)).sum()), len(learned)))
    few, of = min(kept, key=lambda pair: pair[0] / pair[1])
    if few >= of:
        return "", False
    text = (
        f"places recur: in the fold that loses most, {few} of {of} labels of other {several} can "
        f"be used for training, as the others are at places that are tested (a new {one} in new "
        "places)"
    )
    if few >= (1 - MUCH) * of:
        return text, False
    text += (
        f"; for a new {one} in known places use --leave {leave} --share place, to keep more "
        f"labels use --leave {leave} --share {APART}"
    )
    return text, True


def _measured_twice(task: Task, group: Ints, leave: str) -> list[str]:
    """Recognise places that recur at coordinates a little apart."""
    from scipy.spatial import KDTree

    names, first = np.unique(np.column_stack([task.unit, group]), axis=0, return_index=True)
    if len(first) < 2:  # noqa: PLR2004
        return []
    xyz = EARTH_METRES * unit_vectors(task.lonlat[first])
    unit, own = names.T
    other: NDArray[np.float64] = np.full(len(first), np.inf)
    near: NDArray[np.float64] = np.full(len(first), np.inf)
    looked = np.zeros(len(first), dtype=bool)
    # Places that are known to be the same stand at distance 0 or share their unit.
    _, at, count = np.unique(unit, return_inverse=True, return_counts=True)
    alone = count[at] == 1
    numbers = np.unique(own)
    for number in numbers[:: -(-len(numbers) // LOOKED_AT)]:
        mine = own == number
        if mine.all():
            break
        looked |= mine
        rest = KDTree(xyz[~mine])
        # What is farther is not asked for: of many places that takes far longer.
        other[mine] = rest.query(xyz[mine], distance_upper_bound=GPS_METRES)[0]
        close = mine & alone & np.isfinite(other)
        if close.any() and mine.sum() > 1:
            near[close] = KDTree(xyz[mine]).query(xyz[close], k=2)[0][:, 1]
    close = alone & np.isfinite(other)
    share = float(close[looked].mean()) if looked.any() else 0.0
    if share < MUCH or np.median(near[close]) < STANDS_OUT * np.median(other[close]):
        return []
    metres = max(1.0, float(np.ceil(np.percentile(other[close], 99))))
    text = (
        f"{share:.0%} of places lie within {GPS_METRES:g} m of one of another {noun(leave)} "
        f"(median {np.median(other[close]):.1f} m), and far from all others: they may be the same "
        "places measured twice, which are then used for both training and testing; --same-place "
        f"{metres:g} merges them"
    )
    return [text]

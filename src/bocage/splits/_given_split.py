"""The split of a study by folds that were made elsewhere: kept as they are, and diagnosed."""

from collections.abc import Sequence

import numpy as np

from bocage.core import Ints, SplitError, counted, listed, metres_in_words, part_of
from bocage.splits._buffer import keep_apart
from bocage.splits._cuts import Cut, Cuts
from bocage.splits._distances import distances_of_tests, told_apart
from bocage.splits._fold import Fold, Split
from bocage.splits._fold_maker import FoldMaker
from bocage.splits._given import GivenFolds
from bocage.splits._group_blocks import cut_groups, number_blocks
from bocage.splits._notes import class_notes
from bocage.splits._settings import SplitSettings
from bocage.splits._words import GIVEN
from bocage.tasks import COORDINATE_DECIMALS, Task, on_the_ground

UNTESTED = "never tested"
"""The group of samples that no fold tests."""


def given_split(task: Task, settings: SplitSettings, given: GivenFolds) -> Split:
    """Make a split of folds as they were given.

    Each fold is one of `out`: it tests what it was given to test and learns from what it was given
    to learn from, even where a place stands on both sides. Nothing is held back for `in`, and there
    is no `local`, as a fold need not be a place. The random folds run beside it.

    Parameters
    ----------
    task : Task
    settings : SplitSettings
    given : GivenFolds

    Raises
    ------
    SplitError
        If the settings ask for other folds too, or no fold can tell one method from another.
    """
    _check_settings(settings, given)
    groups, group = _groups(task, given)
    blockings, _ = cut_groups(task, groups, group, settings.block_metres)
    names, block = number_blocks(groups, group, blockings)
    cuts = _cuts(groups, group, given)
    codes = task.codes
    folds = _folds(given)
    _check_classes(folds, codes, given)
    maker = FoldMaker(task, groups, group, cuts, block, blockings, codes, settings)
    made = [*folds, *maker.random_folds()]
    loud, notes = _distance_notes(task, made, given)
    kept, apart, terms = keep_apart(task, made, settings.buffer_metres)
    return Split(
        leave=GIVEN,
        groups=groups,
        group=group,
        fold_of_group=np.arange(len(groups)),
        blocks=names,
        block=block,
        block_metres={name: b.side for name, b in zip(groups, blockings, strict=True)},
        folds=tuple(kept),
        degraded=(
            *_leaks(task, folds, given),
            *loud,
            *class_notes(task, group, cuts, kept, GIVEN, codes),
        ),
        notes=(*notes, *_coverage(task, given), *apart),
        terms=("as given", *terms),
        given=given.source,
    )


def _check_settings(settings: SplitSettings, given: GivenFolds) -> None:
    asked = {
        "--share": settings.share,
        "--forward": settings.forward,
        "--train": settings.train,
        "--test": settings.test,
    }
    found = [option for option, value in asked.items() if value]
    if found:
        raise SplitError(
            f"{listed(found)} and {given.source} both say what is tested and learned from; "
            "expected one of them: omit the other"
        )


def _groups(task: Task, given: GivenFolds) -> tuple[tuple[str, ...], Ints]:
    """Name the fold that tests each sample."""
    group = np.full(len(task), len(given.names), dtype=np.int64)
    for number, rows in enumerate(given.test):
        group[rows] = number
    names = given.names
    return (names if group.max() < len(names) else (*names, UNTESTED)), group


def _cuts(groups: Sequence[str], group: Ints, given: GivenFolds) -> Cuts:
    cuts = tuple(
        Cut(name, (number,), tuple(np.unique(group[rows]).tolist()))
        for number, (name, rows) in enumerate(zip(given.names, given.train, strict=True))
    )
    return Cuts(cuts, np.arange(len(groups)))


def _folds(given: GivenFolds) -> list[Fold]:
    nothing = np.zeros(0, dtype=np.int64)
    return [
        Fold(f"out/{name}", "out", name, train, nothing, {"out": test})
        for name, train, test in zip(given.names, given.train, given.test, strict=True)
    ]


def _check_classes(folds: Sequence[Fold], codes: Ints | None, given: GivenFolds) -> None:
    if codes is None:
        return
    if max(len(np.unique(codes[fold.pool])) for fold in folds) < 2:  # noqa: PLR2004
        raise SplitError(
            f"in every fold of {given.source} the training labels are of one class only, so no "
            "classifier can be trained; expected two classes or more in the training part of a fold"
        )
    if not any(np.isin(codes[fold.tests["out"]], codes[fold.pool]).any() for fold in folds):
        raise SplitError(
            f"in every fold of {given.source} none of the classes tested is among the training "
            "labels, so that every prediction would be wrong; expected folds that share classes"
        )


def count_shared(unit: Ints, folds: Sequence[Fold]) -> tuple[int, int, int]:
    """Count test samples of `out` whose unit is also learned from.

    Parameters
    ----------
    unit : ndarray of int64, shape (n,)
        Such as `Task.unit`.
    folds : sequence of Fold

    Returns
    -------
    shared, tested, folds : int
        Those samples, all that are tested, and the folds with one or more of the former.
    """
    out = [fold for fold in folds if fold.regime == "out"]
    met = [np.isin(unit[fold.tests["out"]], unit[fold.pool]) for fold in out]
    return (
        sum(int(part.sum()) for part in met),
        sum(map(len, met)),
        sum(bool(part.any()) for part in met),
    )


def _leaks(task: Task, folds: Sequence[Fold], given: GivenFolds) -> list[str]:
    """Say loudly how many test samples stand on both sides of a fold."""
    n_met, n_tested, n_folds = count_shared(task.unit, folds)
    if not n_met:
        return []
    n_spot = 0
    if task.has_places:
        place = np.round(task.lonlat, COORDINATE_DECIMALS) + 0.0
        spot = np.unique(place, axis=0, return_inverse=True)[1].ravel()
        n_spot = count_shared(spot, folds)[0]
    what = "their place, pixel, parcel or event" if task.has_places else "their features or parcel"
    same = f", {n_spot:,} of them at the very same coordinates" if n_spot else ""
    return [
        (
            f"LEAK: {part_of(n_met, n_tested, 'test sample', 'shares', 'share')} {what} with a "
            f"training sample of the same fold ({part_of(n_folds, len(folds), 'fold')}{same}), so "
            f"that scores are too high. The folds of {given.source} are used as given: assign fold "
            "numbers by place or parcel, or use --leave, which keeps such samples together"
        )
    ]


def _distance_notes(
    task: Task, folds: Sequence[Fold], given: GivenFolds
) -> tuple[list[str], list[str]]:
    """Say whether training and test are apart in space: loudly where they are not."""
    if not task.has_places:
        return [
            (
                f"whether training and test of {given.source} are apart in space is unknown, as "
                "samples have no coordinates"
            )
        ], []
    ground = on_the_ground(task.lonlat)
    tested = distances_of_tests(ground, folds, "out")
    half = metres_in_words(float(np.median(tested)))
    found = f"half of the test samples have a training sample within {half}"
    if not any(fold.regime == "random" for fold in folds):
        return [], [f"folds of {given.source}: {found}"]
    random = distances_of_tests(ground, folds, "random")
    beside = f"{found} (in random folds, within {metres_in_words(float(np.median(random)))})"
    told = told_apart(tested, random)
    if told == "harder":
        return [], [
            (
                f"folds of {given.source} keep training and test further apart than random folds: "
                f"{beside}; --area FILE compares this distance with that of a map"
            )
        ]
    how = "only partly apart" if told in {"little", "mixed"} else "not apart"
    return [
        (
            f"training and test of {given.source} are {how} in space: {beside}. The score is for "
            "places with labels nearby and does not show how good a map is elsewhere"
        )
    ], []


def _coverage(task: Task, given: GivenFolds) -> list[str]:
    """Say what these folds do not do."""
    notes = [
        (
            f"folds of {given.source} are used as given: they need not be places, so that labels "
            "from within a fold (local) and held-back blocks (in) are not evaluated"
        )
    ]
    tested = np.unique(np.concatenate(given.test))
    left = len(task) - len(tested)
    if left:
        notes.append(f"{part_of(left, len(task), 'sample', 'is', 'are')} never tested")
    unused = [
        len(task) - len(train) - len(test)
        for train, test in zip(given.train, given.test, strict=True)
    ]
    if max(unused):
        n = sum(number > 0 for number in unused)
        notes.append(
            f"{part_of(n, len(unused), 'fold', 'leaves', 'leave')} samples out of both training "
            f"and test (at most {max(unused):,})"
        )
    if given.n_unknown:
        rows = counted(given.n_unknown, "row is", "rows are")
        notes.append(f"{rows} not among the samples and left out of the {given.source}")
    return notes

"""Which groups are tested together, and which ones may be learned from then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, SplitError, counted, listed
from bocage.splits._merge import bisect, merge_groups
from bocage.splits._order import in_order, read_groups, time_keys
from bocage.splits._settings import SplitSettings
from bocage.splits._words import noun, nouns

FEW_NAMES = 4


@dataclass(frozen=True, slots=True)
class Cut:
    """Groups that are tested together, and groups that may be learned from.

    Attributes
    ----------
    name : str
    tested, learned : tuple of int
        Numbers of groups, ascending; no group is in both.
    """

    name: str
    tested: tuple[int, ...]
    learned: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cuts:
    """All cuts of a split.

    Attributes
    ----------
    cuts : tuple of Cut
        In the order of their folds.
    fold_of_group : ndarray of int64, shape (n_groups,)
        Groups that are tested or learned from together have one number.
    notes : tuple of str
        What is never tested, and why.
    fixed : str
        The groups tested and learned from, in words, where that was set.
    """

    cuts: tuple[Cut, ...]
    fold_of_group: Ints
    notes: tuple[str, ...] = ()
    fixed: str = ""

    @property
    def tested(self) -> tuple[int, ...]:
        """Numbers of the groups that some cut tests, ascending."""
        return tuple(sorted({number for cut in self.cuts for number in cut.tested}))


def make_cuts(
    groups: Sequence[str],
    group: Ints,
    xy: NDArray[np.float64] | None,
    settings: SplitSettings,
) -> Cuts:
    """Leave out each group in turn, or merged neighbours, or what the settings ask for.

    Neighbours are near on the ground, or by name where samples have no places (`xy` is None).

    Raises
    ------
    SplitError
        If groups have no order in time where one is needed, or what is asked for leaves nothing
        to learn from or to test.
    """
    leave = settings.leave
    if (settings.forward or settings.train or settings.test) and len(groups) < 2:  # noqa: PLR2004
        raise SplitError(
            f"--forward, --train and --test select groups, but --leave {leave} has none; expected "
            "a group column: --leave year"
        )
    if settings.train or settings.test:
        return _one_cut(groups, settings)
    if len(groups) < 2:  # noqa: PLR2004
        return Cuts((), np.zeros(len(groups), dtype=np.int64))
    if settings.forward:
        return _forward(groups, group, settings)
    fold = merge_groups(groups, group, xy, settings.group_folds)
    cuts = []
    for number in np.unique(fold).tolist():
        inside = np.flatnonzero(fold == number)
        rest = np.flatnonzero(fold != number)
        cuts.append(Cut(_name(groups, inside, number), *map(_tuple, (inside, rest))))
    notes = []
    if len(cuts) < len(groups):
        notes.append(
            f"{len(groups)} {nouns(leave)} were merged with their neighbours"
            f"{'' if xy is not None else ' (in order of name)'} into "
            f"{counted(len(cuts), 'fold')}, none of them divided; --folds {len(groups)} leaves out "
            "each of them separately"
        )
    return Cuts(tuple(cuts), fold, tuple(notes))


def _forward(groups: Sequence[str], group: Ints, settings: SplitSettings) -> Cuts:
    """Test each group, or merged neighbours in time, after learning from all earlier ones."""
    leave = settings.leave
    if time_keys(groups) is None:
        shown = listed([repr(name) for name in groups], FEW_NAMES)
        raise SplitError(
            f"--forward needs {nouns(leave)} with an order in time: numbers, or dates such as 2021 "
            f"or 2021-03, all in one format; found {shown}. Use --train and --test with names "
            "instead, or --leave with a column of dates"
        )
    order = np.array(in_order(groups), dtype=np.int64)
    most = min(settings.group_folds, len(groups))
    rank = np.arange(len(groups), dtype=np.float64)[:, None]
    fold = np.empty(len(groups), dtype=np.int64)
    fold[order] = bisect(rank, np.bincount(group, minlength=len(groups))[order], most)
    cuts = [
        Cut(
            _name(groups, np.flatnonzero(fold == number), number),
            _tuple(np.flatnonzero(fold == number)),
            _tuple(np.flatnonzero(fold < number)),
        )
        for number in range(1, most)
    ]
    first = [groups[at] for at in order if fold[at] == 0]
    verb = "is" if len(first) == 1 else "are"
    text = f"forward in time: each {noun(leave)} is tested with labels from earlier ones only"
    notes = [f"{text}; {listed(first)} {verb} used for training and never tested"]
    if most < len(groups):
        one = noun(leave)
        together = (
            f" separately, whereas now a {one} may be predicted without labels of the preceding "
            f"{one}"
            if (np.bincount(fold)[1:] > 1).any()
            else ""
        )
        notes.append(
            f"{len(groups)} {nouns(leave)} were merged with their neighbours in time into {most} "
            f"folds; --folds {len(groups)} tests each of them{together}"
        )
    return Cuts(tuple(cuts), fold, tuple(notes))


def _one_cut(groups: Sequence[str], settings: SplitSettings) -> Cuts:
    """Learn from some groups and test others, once."""
    leave = settings.leave
    if settings.forward:
        raise SplitError(
            "--forward and --train/--test both define the training groups; expected one of them: "
            "omit the other"
        )
    every = set(range(len(groups)))
    given = {}
    for option, text in (("--train", settings.train), ("--test", settings.test)):
        if text:
            given[option] = set(read_groups(text, groups, option=option, leave=leave))
    test = given.get("--test") or every - given["--train"]
    train = given.get("--train") or every - test
    both = sorted(groups[at] for at in train & test)
    if both:
        raise SplitError(
            f"--train and --test both contain {listed(both)} of {leave!r}; expected each "
            f"{noun(leave)} in one of them"
        )
    if not train or not test:
        side = "test" if train else "train on"
        raise SplitError(
            f"nothing is left to {side}: --{'train' if train else 'test'} names all "
            f"{len(groups)} {nouns(leave)}. Name fewer"
        )
    unused = sorted(every - train - test)
    notes = []
    if unused:
        names = listed([groups[at] for at in unused])
        word = noun(leave) if len(unused) == 1 else nouns(leave)
        notes.append(f"used neither for training nor for testing, as requested: {word} {names}")
    fold = np.array([0 if at in test else 1 if at in train else 2 for at in range(len(groups))])
    chosen = np.array(sorted(test), dtype=np.int64)
    cut = Cut(_name(groups, chosen, 0), _tuple(chosen), tuple(sorted(train)))
    tested, learned = (
        text or listed([groups[at] for at in sorted(chosen_)])
        for text, chosen_ in ((settings.test, test), (settings.train, train))
    )
    words = f"{noun(leave) if len(test) == 1 else nouns(leave)} {tested} with labels of {learned}"
    return Cuts((cut,), fold.astype(np.int64), tuple(notes), words)


def _name(groups: Sequence[str], inside: Ints, number: int) -> str:
    names = [groups[at] for at in inside]
    if len(names) > FEW_NAMES:
        return f"{number + 1}: {listed(names, FEW_NAMES)}"
    return ", ".join(names)


def _tuple(values: Ints) -> tuple[int, ...]:
    return tuple(int(value) for value in values)

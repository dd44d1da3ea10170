"""What a reader must know of the folds that were made."""

from collections.abc import Sequence

import numpy as np

from bocage.core import Ints, counted, listed
from bocage.splits._cuts import Cuts
from bocage.splits._fold import Fold
from bocage.splits._fold_maker import LocalFolds
from bocage.splits._words import noun, nouns
from bocage.tables import written_otherwise
from bocage.tasks import Task

FEW_NAMES = 4


def class_notes(
    task: Task, group: Ints, cuts: Cuts, folds: Sequence[Fold], leave: str, codes: Ints | None
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
            (nowhere, f"no {one} used for training has it"),
            (set(lost) - nowhere, f"in other {several} it occurs only at places that are tested"),
        ):
            if held:
                named = _some([name for name in dict.fromkeys(lost) if name in held])
                notes.append(
                    f"class {name!r} can't be learned when {named} is left out: {why}; its "
                    "samples count as errors there"
                )
    alone = {
        fold.held_out: task.classes[int(codes[fold.pool[0]])]
        for fold in out
        if len(np.unique(codes[fold.pool])) == 1
    }
    if alone:
        named = ", ".join(f"{held!r} ({only})" for held, only in list(alone.items())[:FEW_NAMES])
        notes.append(
            f"the training labels are of one class only when {named}"
            + (f" and {len(alone) - FEW_NAMES} more" if len(alone) > FEW_NAMES else "")
            + " is left out: every method predicts that class there"
        )
    return notes


def name_notes(task: Task, leave: str) -> list[str]:
    """Name groups that may be one: its samples would be learned from and tested."""
    notes = []
    for column in (part.strip() for part in leave.split("+")):
        if column not in task.groups:
            continue
        found, counts = np.unique(task.groups[column], return_counts=True)
        n_of = dict(zip(found.tolist(), counts.tolist(), strict=True))
        alike = [
            " and ".join(f"{name!r} ({n_of[name]:,} samples)" for name in names)
            for names in written_otherwise(list(n_of))
        ]
        if alike:
            notes.append(
                f"{nouns(column)} with similarly written names are treated as different, so that "
                "one is used for training while the other is left out: "
                f"{listed(alike, FEW_NAMES)}; if they are the same, give them one name in the table"
            )
    return notes


def local_notes(
    found: LocalFolds, leave: str, block_metres: float | None
) -> tuple[list[str], list[str]]:
    """Name the groups in which labels of their own are not studied, by the reason.

    Returns
    -------
    degraded, notes : list of str
    """
    several = nouns(leave)
    degraded: list[str] = []
    notes: list[str] = []
    if found.one_class:
        names = ", ".join(map(repr, found.one_class))
        notes.append(f"labels of one class only in {names}: no local folds there")
    if found.one_block:
        names = listed(found.one_block)
        side = f" of {block_metres:g} m" if block_metres else ""
        notes.append(f"one block{side} contains all samples of {names}: no local folds there")
    if found.not_drawn:
        n = len({fold.held_out for fold in found.folds}) + len(found.one_class)
        degraded.append(
            f"labels from within are evaluated in {n} of {n + len(found.not_drawn)} {several}, "
            "selected at random by their names alone, to limit the number of runs: `local` and "
            "`both` are scored only there, `out` everywhere; --folds sets how many"
        )
    return degraded, notes


def _some(names: Sequence[str]) -> str:
    """List a few names.

    >>> _some(["a", "b"]), _some(list("abcdefg"))
    ("'a' or 'b'", "'a', 'b', 'c', 'd' or 3 others")
    """
    shown = [repr(name) for name in names[:FEW_NAMES]]
    if len(names) > FEW_NAMES:
        more = len(names) - FEW_NAMES
        shown.append(counted(more, "other"))
    return " or ".join([*([", ".join(shown[:-1])] if shown[1:] else []), shown[-1]])

"""Questions that can't be answered, and the commands that ask one which can."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from bocage.core import SplitError, listed
from bocage.splits._blocks import RULES
from bocage.splits._fold import Split
from bocage.splits._settings import SplitSettings
from bocage.splits._sides import APART, PLACE
from bocage.splits._words import in_places, noun, nouns
from bocage.tasks import Task

FEW_NAMES = 3


class NoFoldError(SplitError):
    """A fold that was asked for can't be made; says why, and not yet what to ask instead."""


def refuse_empty(leave: str, empty: list[str]) -> NoFoldError:
    """Refuse folds that would have nothing to learn from."""
    shown = listed([repr(name) for name in empty], FEW_NAMES)
    return NoFoldError(
        f"nothing is left to learn from when {shown} of {leave!r} is tested: whatever is labelled "
        f"in other {nouns(leave)} stands where it is tested too (the same place, pixel or parcel), "
        "and is kept together"
    )


def refuse_one_class(leave: str) -> NoFoldError:
    """Refuse a split that never shows a method two classes."""
    return NoFoldError(
        f"labels of one class only are left to learn from, whichever {noun(leave)} is left out"
    )


def refuse_uncut(task: Task, side: float) -> NoFoldError:
    """Refuse blocks where the whole task can't be cut into them."""
    n_places = len(np.unique(task.unit))
    found = f"{len(task)} samples at {n_places} {'place' if n_places == 1 else 'places'}"
    if side > 0:
        return NoFoldError(f"blocks of {side:g} m make no two folds: {found} lie in one block")
    return NoFoldError(f"{found} can't be cut into square blocks ({RULES[-1]})")


def advice(
    task: Task, settings: SplitSettings, make: Callable[[Task, SplitSettings], Split]
) -> str:
    """Name the commands that work, each tried before it is named."""
    found = []
    for other in _others(task, settings):
        try:
            make(task, other)
        except SplitError:
            continue
        command = f"--leave {other.leave}"
        if other.share:
            words = noun(other.leave) + in_places(other.share)
            found.append(f"{command} --share {other.share} (a new {words})")
        else:
            found.append(command)
    if not found:
        return "Add labels at other places"
    return f"Use {' or '.join(found)}"


def _others(task: Task, settings: SplitSettings) -> Iterable[SplitSettings]:
    """List other questions, those nearest to what was asked first."""
    if settings.leave not in {"blocks", "clusters"} and settings.share != PLACE:
        for share in (PLACE, APART):
            if share != settings.share:
                yield replace(settings, share=share)
    plain = replace(settings, share="", forward=False, train="", test="")
    # A column that names single samples or nearly nothing is rarely what is meant.
    for leave in (*sorted(task.groups), "clusters", "blocks"):
        if leave != settings.leave:
            yield replace(plain, leave=leave)

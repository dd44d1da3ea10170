"""Questions that can't be answered, and the commands that ask one which can."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bocage.core import SplitError, counted, listed
from bocage.splits._blocks import RULES
from bocage.splits._fold import Split
from bocage.splits._group_blocks import far_rows
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
        f"no training samples are left when {shown} of {leave!r} is tested: all labels of other "
        f"{nouns(leave)} share a place, pixel or parcel with test samples, and samples that share "
        "one are kept together"
    )


def refuse_one_class(leave: str) -> NoFoldError:
    """Refuse a split that never shows a method two classes."""
    return NoFoldError(
        f"the training labels are of one class only, whichever {noun(leave)} is left out"
    )


def refuse_unknown(leave: str) -> NoFoldError:
    """Refuse a split in which nothing that is tested could have been learned."""
    return NoFoldError(
        f"whichever {noun(leave)} is left out, none of its classes is among the training labels: "
        "every prediction would be wrong"
    )


def check_places_differ(task: Task) -> None:
    """Refuse samples that all stand at one place: nothing there can be held out.

    Raises
    ------
    SplitError
        If they do, whatever else is asked.
    """
    if not task.has_places or len(task) < 2 or len(np.unique(task.lonlat, axis=0)) > 1:  # noqa: PLR2004
        return
    lon, lat = task.lonlat[0].tolist()
    raise SplitError(
        f"all {len(task):,} samples are at one place (lon {lon:g}, lat {lat:g}), so that nothing "
        "can be held out in space; expected different places: correct the coordinates, name other "
        "columns with --lon and --lat, or remove them from the table to leave out groups only"
    )


def refuse_uncut(task: Task, side: float) -> NoFoldError:
    """Refuse blocks where the whole task can't be cut into them."""
    n_places = len(np.unique(task.unit))
    found = f"{counted(len(task), 'sample')} at {counted(n_places, 'place')}"
    if side > 0:
        return NoFoldError(f"blocks of {side:g} m can't make two folds: {found} lie in one block")
    strays = far_rows(task, np.arange(len(task)))
    why = f"; {strays}" if strays else ""
    return NoFoldError(f"{found} can't be cut into square blocks ({RULES[-1]}){why}")


def advice(
    task: Task, settings: SplitSettings, make: Callable[[Task, SplitSettings], Split]
) -> str:
    """Name the commands that work, each tried before it is named."""

    def works(other: SplitSettings) -> bool:
        try:
            make(task, other)
        except SplitError:
            return False
        return True

    found = [command(other) for other in _same_groups(settings) if works(other)]
    found = found or [command(other) for other in _other_groups(task, settings) if works(other)]
    return f"Use {' or '.join(found)}" if found else "Add labels at other places"


def command(settings: SplitSettings) -> str:
    """Write a question as it is asked on the command line, with its meaning."""
    words = f"--leave {settings.leave}"
    if settings.share:
        words += f" --share {settings.share}"
    if settings.forward:
        words += " --forward"
    words += f" --train {settings.train}" if settings.train else ""
    words += f" --test {settings.test}" if settings.test else ""
    if not settings.share:
        return words
    return f"{words} (a new {noun(settings.leave)}{in_places(settings.share)})"


def _same_groups(settings: SplitSettings) -> list[SplitSettings]:
    if settings.leave in {"blocks", "clusters"}:
        return []
    return [replace(settings, share=share) for share in (PLACE, APART) if share != settings.share]


def _other_groups(task: Task, settings: SplitSettings) -> list[SplitSettings]:
    plain = replace(settings, share="", forward=False, train="", test="")
    names = (*sorted(task.groups), *(("clusters", "blocks") if task.has_places else ()))
    return [replace(plain, leave=name) for name in names if name != settings.leave]

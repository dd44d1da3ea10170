"""The files that a study's settings name, where they are not."""

import glob
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bocage.core import StoreError, did_you_mean

if TYPE_CHECKING:
    from bocage.study._settings import StudySettings


def check_named_files(
    settings: "StudySettings", file: Path, typed: Collection[str] = frozenset()
) -> None:
    """Refuse settings of a file that name files which are not here, and say where they may be.

    Paths in settings are relative to their file, or to where this runs: no other is guessed.

    Parameters
    ----------
    settings : StudySettings
    file : Path
        That the settings were read from.
    typed : collection of str
        Settings that were typed, and do not come from the file.

    Raises
    ------
    StoreError
        If one is not there.
    """
    from bocage.datasets import is_named
    from bocage.tables import split_layer

    for key, what, source in _named(settings):
        place = split_layer(Path(source).expanduser())[0]
        if key in typed or is_named(source) or _is_there(place):
            continue
        found = _elsewhere(place, file)
        raise StoreError(
            f"the {what} that {file} names are not here: there is no file {source!r}"
            f"{found}; put the file back, or correct the path in {file.name}"
            f"{'' if found else _close_to(place)}"
        )


def lacks_labels(settings: "StudySettings") -> bool:
    """Whether a file of labels that settings name is not there."""
    from bocage.datasets import is_named
    from bocage.tables import split_layer

    for key, _, source in _named(settings):
        place = split_layer(Path(source).expanduser())[0]
        if key == "task" and not is_named(source) and not _is_there(place):
            return True
    return False


def _named(settings: "StudySettings") -> Iterator[tuple[str, str, str]]:
    """Give what settings name: the key, what it is, and the file."""
    from bocage.tables import parse_zone

    labels = [settings.task] if isinstance(settings.task, str) else settings.task
    # A bare word is the name of a task, and who loads tasks knows which was meant.
    yield from (("task", "labels", name) for name in labels if Path(name).stem != name)
    for name, text in settings.zones.items():
        yield "zones", "polygons", str(parse_zone(name, text).path)
    if settings.area:
        yield "area", "outlines of the area", settings.area
    for key in ("class_names", "rename"):
        if isinstance(pairs := getattr(settings, key), str):
            yield key, "names", pairs


def _is_there(path: Path) -> bool:
    return os.path.exists(path) or bool(glob.glob(str(path)))  # noqa: PTH110, PTH207


def _close_to(place: Path) -> str:
    """Ask for the file, in the same folder, whose name is closest to one that is not there."""
    folder = place.parent
    if not folder.is_dir():
        return ""
    return did_you_mean(place.name, [item.name for item in folder.iterdir()])


def _elsewhere(place: Path, file: Path) -> str:
    """Say where a file of that path, or of that name, stands: by the settings or above them."""
    # What leads up from the settings leads nowhere from above them.
    place = Path(*[part for part in place.parts if part != ".."])
    for folder in file.resolve().parents:
        for path in dict.fromkeys((folder / place, folder / place.name)):
            if _is_there(path):
                return f" (a file of that name is {path})"
    return ""

"""The study folder: which one, whether it can be used, and whose study it holds."""

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from bocage.cli._options import option_of
from bocage.core import Output, SettingsError, StoreError, check_outputs

if TYPE_CHECKING:
    from bocage.study import Study, StudySettings

SETTINGS, ENVIRONMENT = "study.yaml", "environment.json"
PAGES = ("report.html", "split.html")
STORED = ("scores.parquet", "runs", "splits")

QUESTION = (
    *("merge", "min_class", "share", "forward", "train", "test", "same_place", "sampling"),
    *("clusters", "block_metres", "buffer_metres"),
)
"""Settings that make another question of the same labels."""


def folder_of(sources: list[str], settings: "StudySettings", output: Path | None) -> Path:
    """Return the study folder: the one asked for, that of the YAML file, or ``studies/NAME``.

    Raises
    ------
    StoreError
        If there is a file where the folder should be, or it can't be written.
    SettingsError
        If the study's name would lead out of ``studies``.
    """
    folder = _named_folder(sources, settings) if output is None else output
    if not (folder / ENVIRONMENT).exists():
        # Settings that a study wrote go on in its folder; those of a user stay as they are.
        check_outputs([Output(folder / SETTINGS, "settings (YAML)")], sources)
    return check_folder(folder, "a study")


def study_files(study: "Study") -> tuple[Path, ...]:
    """List what a study reads, and what it has written in its own folder."""
    from bocage.study import files_of

    own = [study.folder / name for name in (SETTINGS, ENVIRONMENT, *PAGES, *STORED)]
    return (*files_of(study.settings), *own)


def check_folder(folder: Path, what: str) -> Path:
    """Refuse a folder that nothing can be written to, before anything long begins.

    Raises
    ------
    StoreError
    """
    above = folder
    while not os.path.lexists(above) and above != above.parent:
        above = above.parent
    if not above.is_dir():
        raise StoreError(
            f"{str(above)!r} is no folder, so {str(folder)!r} can't hold {what}; choose another "
            "folder with -o"
        )
    if not os.access(above, os.W_OK | os.X_OK):
        raise StoreError(
            f"the folder {str(above)!r} can't be written; choose another one with -o, or change "
            "its rights"
        )
    return folder


def _named_folder(sources: list[str], settings: "StudySettings") -> Path:
    file = Path(sources[0])
    # A file of settings that a study wrote goes on in its study.
    if file.name == SETTINGS and (file.parent / ENVIRONMENT).exists():
        return file.parent
    name = settings.title
    # A name from a file of someone else's must not write anywhere but here.
    if name in {".", ".."} or any(mark in name for mark in "/\\"):
        raise SettingsError(
            f"the study's name {name!r} is no name of a folder in 'studies'; expected one without "
            "slashes: change the name, or choose a folder with -o"
        )
    return Path("studies") / name


def check_same(study: "Study") -> None:
    """Refuse a folder that holds another study: its page and scores would be lost.

    More budgets, methods or repeats belong to the same study; other labels, another target, other
    classes, another group to leave out and other folds do not.

    Raises
    ------
    StoreError
        If the folder holds another study.
    """
    from bocage.study import leave_of, read_settings

    path = study.folder / SETTINGS
    if not path.is_file():
        return
    old, new = read_settings(path), study.settings
    said = []
    if not _same_sources(_sources(old), _sources(new)):
        said.append(f"of {', '.join(_sources(old))}, not {', '.join(_sources(new))}")
    elif old.target != new.target:
        said.append(f"of target {old.target!r}, not {new.target!r}")
    else:
        before, now = leave_of(study.task, old), leave_of(study.task, new)
        if before != now:
            said.append(f"with --leave {before}, not {now}")
        said += _other_question(old, new) + _other_zones(old, new)
    if said:
        raise StoreError(
            f"{study.folder} holds another study ({said[0]}), whose page would be lost; choose "
            "another folder with -o, or another name with --name"
        )


def _other_question(old: "StudySettings", new: "StudySettings") -> list[str]:
    """Say which options give the labels other classes or other folds, so that no run stays."""
    said = []
    for name in QUESTION:
        before, now = _in_words(getattr(old, name)), _in_words(getattr(new, name))
        if before != now:
            option = option_of(name)
            one = f"with {option} {before}" if before else f"without {option}"
            said.append(f"{one}, not {f'{option} {now}' if before and now else now or 'without'}")
    return said


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={into}" for name, into in sorted(value.items()))
    return str(value) if value else ""


def _other_zones(old: "StudySettings", new: "StudySettings") -> list[str]:
    """Say which zones that are left out come from another layer; its folder does not matter."""
    said = []
    for name in (part.strip() for part in new.leave.split("+")):
        if _layer_of(old, name) != _layer_of(new, name):
            one, other = (settings.zones.get(name, "no layer") for settings in (old, new))
            said.append(f"whose {name} is made from {one}, not {other}")
    return said


def _layer_of(settings: "StudySettings", zone: str) -> tuple[str, str | None, str] | None:
    from bocage.tasks import parse_zone

    if zone not in settings.zones:
        return None
    source = parse_zone(zone, settings.zones[zone])
    return source.path.name, source.layer, source.column


def open_here(folder: Path) -> "Study":
    """Open a study whose labels may be somewhere else.

    Raises
    ------
    StoreError
        If there is no study, or its labels are not where they were.
    """
    from bocage.study import open_study, read_settings
    from bocage.tasks import is_named, parse_zone

    path = folder / SETTINGS
    if path.is_file():
        settings = read_settings(path)
        zones = [str(parse_zone(name, text).path) for name, text in settings.zones.items()]
        for source in (*_sources(settings), *zones):
            place = str(Path(source).expanduser())
            if is_named(source) or os.path.exists(place) or glob.glob(place):  # noqa: PTH110, PTH207
                continue
            what = "polygons" if source in zones else "labels"
            raise StoreError(
                f"the {what} of {folder} are not here: {source!r} is not there; run this in the "
                "folder where 'bocage compare' was run, or put the file back"
            )
    return open_study(folder)


def _sources(settings: "StudySettings") -> list[str]:
    return [settings.task] if isinstance(settings.task, str) else list(settings.task)


def _same_sources(old: list[str], new: list[str]) -> bool:
    if [os.path.abspath(s) for s in old] == [os.path.abspath(s) for s in new]:  # noqa: PTH100 - globs
        return True
    # A study that was made in another folder: its paths mean nothing here, its names do.
    gone = not any(os.path.exists(s) or glob.glob(s) for s in old)  # noqa: PTH110, PTH207
    return gone and [Path(s).name for s in old] == [Path(s).name for s in new]

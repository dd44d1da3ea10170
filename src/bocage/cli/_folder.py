"""The study folder: which one, and whether it can be used."""

from pathlib import Path
from typing import TYPE_CHECKING

from bocage.core import Output, SettingsError, StoreError, check_folder, check_outputs, closest

if TYPE_CHECKING:
    from bocage.study import Study, StudySettings

SETTINGS, ENVIRONMENT = "study.yaml", "environment.json"
PAGES = ("report.html", "split.html", "map.html")
ERRORS = ("errors.gpkg", "errors.csv")
SCORES = "scores.parquet"
SAMPLES = "samples.parquet"
STORED = (SCORES, SAMPLES, "area.parquet", "resolved.yaml", "runs", "splits")


def folder_of(
    sources: list[str], settings: "StudySettings", output: Path | None, *, is_split: bool = False
) -> Path:
    """Return the study folder: the one asked for, that of the YAML file, or ``studies/NAME``.

    Raises
    ------
    StoreError
        If there is a file where the folder should be, or it can't be written.
    SettingsError
        If the study's name would lead out of ``studies``, or a file in the folder would be written
        over that no study wrote; a split writes neither settings nor scores.
    """
    folder = _named_folder(sources, settings) if output is None else output
    check_folder(folder, "a study")
    if not (folder / ENVIRONMENT).exists():
        # Settings that a study wrote go on in its folder; those of a user stay as they are.
        own = None if is_split else False
        made = [Output(folder / SETTINGS, "settings (YAML)", own)]
        made += [Output(folder / name, "Parquet file", own) for name in (SCORES, SAMPLES)]
        check_outputs(made, sources)
    return folder


def study_files(study: "Study") -> tuple[Path, ...]:
    """List what a study reads, and what it has written in its own folder."""
    from bocage.study import files_of

    own = [study.folder / name for name in (SETTINGS, ENVIRONMENT, *PAGES, *ERRORS, *STORED)]
    return (*files_of(study.settings), *own)


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


def check_study(folder: Path) -> None:
    """Refuse a folder that holds no study, before anything else is said of it.

    Raises
    ------
    StoreError
    """
    if not (folder / SETTINGS).is_file():
        raise StoreError(
            f"no study in {folder} ({SETTINGS} is not there); expected a folder that 'bocage "
            f"compare' has made, such as studies/landscape{_meant(folder)}"
        )


def _meant(folder: Path) -> str:
    """Ask for the study, beside a folder or in ``studies``, whose name is closest to its name."""
    above = dict.fromkeys((folder.parent, Path("studies")))
    found = [file.parent for place in above for file in sorted(place.glob(f"*/{SETTINGS}"))]
    by_name = {study.name: study for study in reversed(found)}
    name = closest(folder.name, by_name)
    return "" if name is None else f"; did you mean {str(by_name[name])!r}?"


def open_here(folder: Path) -> "Study":
    """Open a study whose labels may be somewhere else.

    Raises
    ------
    StoreError
        If there is no study, or its labels are not where they were.
    """
    from bocage.study import check_named_files, keeps_samples, open_study, read_settings

    check_study(folder)
    path = folder / SETTINGS
    if not keeps_samples(folder):
        check_named_files(read_settings(path), path)
    return open_study(folder)

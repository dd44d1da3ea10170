"""The files that a study reads, and those that it writes."""

import glob
from pathlib import Path
from typing import TYPE_CHECKING

from bocage.core import Output, check_outputs
from bocage.study._file_names import AREA_FILE, RESOLVED_FILE, SAMPLES_FILE, SETTINGS_FILE
from bocage.tasks import is_stored_task

if TYPE_CHECKING:
    from bocage.study._settings import StudySettings

CHOSEN_HEAD = "# Every setting of this study"
"""How the record of all settings begins."""

WRITTEN = {
    SETTINGS_FILE: "settings (YAML)",
    "scores.parquet": "Parquet file",
    "report.html": "page (HTML)",
    "split.html": "page (HTML)",
}
"""What every study writes. An interactive map is made where it is asked for, and guarded there."""


def files_of(settings: "StudySettings") -> tuple[Path, ...]:
    """List the files that settings name: labels, zones, areas, names, chosen dimensions.

    Names of tasks, and what is not there, are left out.
    """
    from bocage.tables import parse_zone, split_layer

    labels = [settings.task] if isinstance(settings.task, str) else list(settings.task)
    named = [str(split_layer(Path(text))[0]) for text in labels]
    named += [str(parse_zone(name, text).path) for name, text in settings.zones.items()]
    named += [pairs for pairs in (settings.class_names, settings.rename) if isinstance(pairs, str)]
    named += [
        *([str(split_layer(Path(settings.area))[0])] if settings.area else []),
        *settings.chosen.values(),
    ]
    found = []
    for text in named:
        path = Path(text).expanduser()
        found += [path] if path.exists() else [Path(p) for p in glob.glob(str(path))]  # noqa: PTH207
    return tuple(found)


def check_study_outputs(folder: Path, settings: "StudySettings") -> None:
    """Refuse a folder in which a study would be written over what it reads.

    Raises
    ------
    SettingsError
        If it would.
    """
    made = [Output(folder / name, kind) for name, kind in WRITTEN.items()]
    made += [
        Output(folder / AREA_FILE, "Parquet file", is_own=_has_mark(folder / AREA_FILE, b"bocage"))
    ]
    resolved = folder / RESOLVED_FILE
    made += [Output(resolved, "settings (YAML)", is_own=_begins(resolved, CHOSEN_HEAD))]
    samples, read = folder / SAMPLES_FILE, list(files_of(settings))
    if is_stored_task(samples):
        # What the study itself keeps may be what its settings name.
        read = [path for path in read if not (path.exists() and path.samefile(samples))]
    else:
        made.append(Output(samples, "Parquet file", is_own=False))
    check_outputs(made, read)


def _has_mark(path: Path, mark: bytes) -> bool:
    """Whether a Parquet file carries facts of Bocage's."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return mark in (pq.read_schema(path).metadata or {})
    except (OSError, pa.ArrowException):
        return False


def _begins(path: Path, words: str) -> bool:
    try:
        return path.read_bytes().startswith(words.encode())
    except OSError:
        return False

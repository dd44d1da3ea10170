"""The files that a study reads, and those that it writes."""

import glob
from pathlib import Path
from typing import TYPE_CHECKING

from bocage.core import Output, check_outputs

if TYPE_CHECKING:
    from bocage.study._settings import StudySettings

WRITTEN = {
    "study.yaml": "settings (YAML)",
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
    check_outputs(made, files_of(settings))

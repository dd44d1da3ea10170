"""The samples that a study keeps, and when they stand in for the files that it names."""

from pathlib import Path

from bocage.core import StoreError
from bocage.study._load import SAMPLES_FILE
from bocage.study._named_files import check_named_files
from bocage.study._settings import StudySettings
from bocage.tasks import Task, is_stored_task, load_stored

SETTINGS_FILE = "study.yaml"


def keeps_samples(folder: Path) -> bool:
    """Whether a study keeps its own samples, so that its labels' files are not needed."""
    return is_stored_task(folder / SAMPLES_FILE)


def kept_labels(settings: StudySettings, folder: Path) -> tuple[Task | None, tuple[str, ...]]:
    """Return the samples that a study keeps, where the files that it names are not there.

    Parameters
    ----------
    settings : StudySettings
    folder : Path
        Of the study.

    Returns
    -------
    labels : Task or None
        None where the files are there, or the folder keeps no samples.
    notes : tuple of str
    """
    if not keeps_samples(folder):
        return None, ()
    file = folder / SETTINGS_FILE
    try:
        check_named_files(settings, file)
    except StoreError:
        note = f"the files that {file} names are not here; the samples kept in {folder} are used"
        return load_stored(folder / SAMPLES_FILE), (note,)
    return None, ()

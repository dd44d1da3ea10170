"""The samples that a study keeps, and when they stand in for the files that it names."""

from pathlib import Path

from bocage.study._file_names import SAMPLES_FILE, SETTINGS_FILE
from bocage.study._load import other_settings
from bocage.study._named_files import check_named_files, lacks_labels
from bocage.study._settings import StudySettings
from bocage.tasks import Task, is_stored_task, load_stored


def keeps_samples(folder: Path) -> bool:
    """Whether a study keeps its own samples, so that its labels' files are not needed."""
    return is_stored_task(folder / SAMPLES_FILE)


def kept_labels(settings: StudySettings, folder: Path) -> tuple[Task | None, tuple[str, ...]]:
    """Return the samples that a study keeps, where the labels' files are not there.

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

    Raises
    ------
    StoreError
        If the files are not there, and the samples were read with other settings than these.
    """
    samples, file = folder / SAMPLES_FILE, folder / SETTINGS_FILE
    if not keeps_samples(folder) or not lacks_labels(settings):
        return None, ()
    if other_settings(settings, samples):
        # Read with other settings, they would be other samples.
        check_named_files(settings, file)
    note = f"the labels that {file} names are not here; the samples kept in {folder} are used"
    return load_stored(samples), (note,)

"""What a study was made with and nobody had asked for: a later version opens it as it was."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import yaml

from bocage.core import VERSION, SettingsError, parse_yaml, write_atomic
from bocage.methods import Method, parse_method
from bocage.splits import Budget
from bocage.study._file_names import RESOLVED_FILE
from bocage.study._files import CHOSEN_HEAD
from bocage.study._settings import StudySettings

_SAID = (
    CHOSEN_HEAD + ", with what Bocage {version} chose where {settings} says\n"
    "# nothing. It is written by Bocage; change {settings} to change the study.\n"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for a study.

    Attributes
    ----------
    methods : tuple of Method
    budgets : tuple of Budget
    split : str
        Key of the split.
    """

    methods: tuple[Method, ...]
    budgets: tuple[Budget, ...]
    split: str


def save_chosen(folder: Path, chosen: Chosen, settings: StudySettings, settings_file: Path) -> None:
    """Write every setting of a study, and what they were made of.

    Parameters
    ----------
    folder : Path
        Of the study.
    chosen : Chosen
    settings : StudySettings
        What the user set, with what was chosen beside it.
    settings_file : Path
        What the user set, as it is on disk.

    Raises
    ------
    StoreError
        If it can't be written.
    """
    every = settings.model_copy(
        update={
            "methods": [method.name for method in chosen.methods],
            "more_methods": [],
            "budgets": [str(budget) for budget in chosen.budgets],
        }
    )
    values = {
        "bocage": VERSION,
        "settings_sha256": _digest(settings_file),
        "split": chosen.split,
        "budgets": [{"amount": b.amount, "unit": b.unit, "exact": b.exact} for b in chosen.budgets],
        "settings": every.model_dump(mode="json"),
    }
    said = _SAID.format(version=VERSION, settings=settings_file.name)
    text = said + yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    file = folder / RESOLVED_FILE
    if not file.is_file() or file.read_bytes() != text.encode():
        write_atomic(file, text)


def read_chosen(folder: Path, settings_file: Path) -> Chosen | None:
    """Read what was chosen; None where the settings have changed since, or nothing is kept.

    Parameters
    ----------
    folder : Path
        Of the study.
    settings_file : Path
        What the user set, as it is on disk.
    """
    try:
        found = parse_yaml((folder / RESOLVED_FILE).read_text(encoding="utf-8"))
        if found["settings_sha256"] != _digest(settings_file):
            return None
        methods = tuple(parse_method(text) for text in found["settings"]["methods"])
        budgets = tuple(Budget(float(b["amount"]), b["unit"], b["exact"]) for b in found["budgets"])
        return Chosen(methods, budgets, str(found["split"]))
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError, SettingsError):
        # It is a record: what it holds can be chosen again.
        return None


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()

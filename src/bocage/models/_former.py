"""The model that stands where another one is about to be written."""

import json
from pathlib import Path
from typing import Any

from bocage.core import SettingsError, is_model
from bocage.study import Study

FACTS = "model.json"


def check_former_model(folder: Path, study: Study) -> str:
    """Refuse to replace a model by one of another study or of another target.

    A model of a study that was called so, with the same target and the same kind of place left
    out, is the same study's, whatever its labels have become since. Models of before do not know
    what their study was called: theirs is the same where its split is.

    Parameters
    ----------
    folder : Path
        Where a model is about to be written; nothing need stand there.
    study : Study

    Returns
    -------
    str
        What is to be known of the model that is replaced; empty where that is nothing.

    Raises
    ------
    SettingsError
        If the model that stands there is another one's.
    """
    former = _facts(folder)
    if not former:
        return ""
    training, target = former["training"], former.get("target")
    name, named = study_name(study), training.get("study_name", "")
    wanted = study.settings.target or study.task.title
    is_same = training.get("study") == study.split.key
    is_named_alike = (named, training.get("group")) == (name, study.split.leave)
    if target != wanted or not (is_named_alike if named else is_same):
        said = f"of study {named!r}" if named else "of another study"
        raise SettingsError(
            f"{str(folder)!r} already holds a model {said} (target {target!r}, "
            f"{training.get('method') or 'no method'}), which would be overwritten; expected no "
            f"model, or one of study {name!r} (target {wanted!r}): choose another folder with -o, "
            "or move that model away"
        )
    if is_same:
        return ""
    return (
        f"the former model in {folder} was fitted on other labels, or for another split, of {name}"
    )


def study_name(study: Study) -> str:
    """Return how a study is called: by its folder."""
    return study.folder.resolve().name


def _facts(folder: Path) -> dict[str, Any]:
    """Read what a model says of itself, also that of another version; nothing where it can't be."""
    try:
        found = json.loads((folder / FACTS).read_text(encoding="utf-8")) if is_model(folder) else {}
    except (OSError, ValueError, RecursionError):
        # It is of no use to anybody.
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("training"), dict) else {}

"""Whether a folder holds the answer to the question that is asked, or that to another one."""

import glob
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bocage.core import StoreError, option_of
from bocage.study._file_names import SETTINGS_FILE

if TYPE_CHECKING:
    from bocage.study._settings import StudySettings
    from bocage.study._study import Study
    from bocage.tasks import Task

COMPARED = ("task", "target", "leave", "zones")
"""Settings that are compared by what they mean, not by how they are written."""
QUESTION = (
    *("merge", "min_class", "share", "forward", "train", "test", "same_place", "sampling"),
    *("folds_from", "clusters", "block_metres", "buffer_metres"),
)
"""Settings that make another question of the same labels."""
SAMPLES = (
    *("kind", "groups", "together", "inputs", "chosen", "series", "undated", "first_date"),
    *("every", "units", "lon", "lat", "crs", "layer", "dequantise", "drop_incomplete", "nodata"),
    *("gaps", "class_names", "rename", "distinct", "area", "local_folds", "folds"),
)
"""Settings that may make other samples, features or folds; often they only say what is so."""
TRAINING = ("trials", "inner_folds", "epochs", "batches", "augment", "seed")
"""Settings that make other runs of the same samples."""
VIEW = (
    *("where", "at", "margin", "cost", "metric", "by", "object_hectares", "prevalence"),
    *("budget_unit", "exact", "sensitivity"),
)
"""Settings of the page: the runs behind it stay what they are."""
MORE = ("methods", "more_methods", "all_methods", "budgets", "repeats")
"""Settings that there may be more of in the same study."""
NAMES = ("name",)

IN_FILES_ONLY = frozenset({"local_folds", "inner_folds", "sensitivity"})
"""Settings without an option."""


def check_same(study: "Study") -> tuple[str, ...]:
    """Refuse a folder that holds another study: its page and scores would be lost.

    More budgets, methods or repeats belong to the same study; other labels, another target, other
    classes, another group to leave out, other folds, other features and other draws do not. Where
    settings that may make other runs differ, the finished runs tell whether they did.

    Returns
    -------
    tuple of str
        Notes: what the page of the folder shows and will show no longer.

    Raises
    ------
    StoreError
        If the folder holds another study.
    """
    from bocage.study._settings import read_settings

    path = study.folder / SETTINGS_FILE
    if not path.is_file():
        return ()
    old, new = read_settings(path), study.settings
    said = _of_another(old, new, study.task)
    stale = _has_stale(study)
    if not said and (stale or not _has_split(study)):
        said = _differences(old, new, (*SAMPLES, *TRAINING))
    _refuse(study.folder, "study", said)
    if not (study.folder / "report.html").is_file():
        return ()
    notes = [_view_note(study, old)]
    if stale and not study.store.old:
        notes.append(
            f"{study.folder} holds runs that no longer fit, as labels, features, areas or "
            "libraries have changed since: they are kept, and the page is rewritten "
            f"({study.n_missing:,} runs to do)"
        )
    return tuple(filter(None, notes))


def check_same_split(study: "Study") -> tuple[str, ...]:
    """Refuse to draw a split into the folder of a study of other labels.

    Splits of the same labels by other groups or folds may stand in one folder: only the page that
    draws them is made anew.

    Returns
    -------
    tuple of str
        Notes.

    Raises
    ------
    StoreError
        If the folder is that of other labels.
    """
    from bocage.study._settings import read_settings

    path = study.folder / SETTINGS_FILE
    if path.is_file():
        _refuse(study.folder, "study", _of_other_labels(read_settings(path), study.settings))
    page = study.folder / "split.html"
    if page.is_file() and not _has_split(study):
        note = (
            f"{page} showed another split and now shows this one; choose another folder with -o to "
            "keep both pages"
        )
        return (note,)
    return ()


def check_same_explanation(record: Path, settings: "StudySettings", task: "Task") -> None:
    """Refuse a folder that holds an explanation of something else.

    Parameters
    ----------
    record : Path
        File in the folder that tells what its page explains.
    settings : StudySettings
        Named as the input that is explained.
    task : Task

    Raises
    ------
    StoreError
        If it does.
    """
    from bocage.study._settings import read_settings

    if not record.is_file():
        return
    old = read_settings(record)
    said = _of_another(old, settings, task)
    if old.name != settings.name:
        said.append(f"of input {old.name!r}, not {settings.name!r}")
    _refuse(record.parent, "explanation", said or _differences(old, settings, SAMPLES))


def _refuse(folder: Path, what: str, said: Iterable[str]) -> None:
    differs = "; ".join(said)
    if differs:
        raise StoreError(
            f"{folder} holds another {what} ({differs}), whose page would be lost; choose another "
            "folder with -o"
        )


def _of_another(old: "StudySettings", new: "StudySettings", task: "Task") -> list[str]:
    """Say by what settings two questions differ, whatever the runs say."""
    from bocage.study._prepare import leave_of

    if labels := _of_other_labels(old, new):
        return labels
    left = leave_of(task, old), leave_of(task, new)
    said = [f"with --leave {left[0]}, not {left[1]}"] if left[0] != left[1] else []
    return said + _differences(old, new, QUESTION) + _other_zones(old, new)


def _of_other_labels(old: "StudySettings", new: "StudySettings") -> list[str]:
    """Say whether settings name other files or another target."""
    before, now = sources_of(old), sources_of(new)
    if not _same_sources(before, now):
        return [f"of {', '.join(before)}, not {', '.join(now)}"]
    return [] if old.target == new.target else [f"of target {old.target!r}, not {new.target!r}"]


def _has_split(study: "Study") -> bool:
    """Whether this very split was made here before."""
    return (study.folder / "splits" / f"{study.split.key}.parquet").is_file()


def _has_stale(study: "Study") -> bool:
    """Whether a method was run in another way than is planned, and never as is planned."""
    kept: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for record in study.store.refresh().values():
        kept.setdefault((record.method, record.budget, record.domains), set()).add(record.key)
    planned = {run.key for batch in study.plan.batches for run in batch.runs}
    asked = {
        (study.methods[batch.method].name, str(run.cell.budget))
        for batch in study.plan.batches
        for run in batch.runs
    }
    return any(keys.isdisjoint(planned) for at, keys in kept.items() if at[:2] in asked)


def _differences(old: "StudySettings", new: "StudySettings", names: Iterable[str]) -> list[str]:
    """Say which options differ: ``with --seed 1, not 2``."""
    said = []
    for name in names:
        before, now = _in_words(getattr(old, name)), _in_words(getattr(new, name))
        if before != now:
            said.append(f"{_with(name, before)}, not {now or 'without'}")
    return said


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "with it" if value else ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={into}" for name, into in sorted(value.items()))
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def _with(name: str, words: str) -> str:
    option = name if name in IN_FILES_ONLY else option_of(name)
    if not words:
        return f"without {option}"
    return f"with {option}" if words == "with it" else f"with {option} {words}"


def _view_note(study: "Study", old: "StudySettings") -> str:
    """Say what the page was made with and is no longer; empty where it only gains."""
    gone, new = _gone(study, old), study.settings
    before, now = [f"with {name}" for name in gone], [f"without {name}" for name in gone]
    for name in VIEW:
        one, other = _in_words(getattr(old, name)), _in_words(getattr(new, name))
        if one != other:
            before.append(_with(name, one))
            now.append(_with(name, other))
    if not before:
        return ""
    return (
        f"the page in {study.folder} was made {', '.join(before)}; it is rewritten "
        f"{', '.join(now)}. No run is lost: the former options restore the former page"
    )


def _gone(study: "Study", old: "StudySettings") -> list[str]:
    """Name the inputs, methods, budgets and repeats that are asked for no longer."""
    from bocage.methods import default_methods, parse_method
    from bocage.study._choose_budgets import choose_budgets

    gone = [f"input {name}" for name in (*old.inputs, *old.series) if name not in study.task.inputs]
    methods = [parse_method(text).name for text in (*(old.methods or ()), *old.more_methods)]
    if old.methods is None:
        methods += [method.name for method in default_methods(study.task, every=old.all_methods)]
    now = {method.name for method in study.methods}
    gone += [name for name in dict.fromkeys(methods) if name not in now]
    asked = {str(budget) for budget in study.budgets}
    budgets = [str(budget) for budget in choose_budgets(old, study.task)]
    gone += [f"budget {name}" for name in budgets if name not in asked]
    few = study.settings.repeats
    if few and old.repeats and old.repeats > few:
        gone.append(f"repeats above {few}")
    return gone


def _other_zones(old: "StudySettings", new: "StudySettings") -> list[str]:
    """Say which zones that are left out come from another layer; its folder does not matter."""
    said = []
    for name in (part.strip() for part in new.leave.split("+")):
        if _layer_of(old, name) != _layer_of(new, name):
            one, other = (settings.zones.get(name, "no layer") for settings in (old, new))
            said.append(f"whose {name} is made from {one}, not {other}")
    return said


def _layer_of(settings: "StudySettings", zone: str) -> tuple[str, str | None, str] | None:
    from bocage.tables import parse_zone

    if zone not in settings.zones:
        return None
    source = parse_zone(zone, settings.zones[zone])
    return source.path.name, source.layer, source.column


def _same_sources(old: list[str], new: list[str]) -> bool:
    if [os.path.abspath(s) for s in old] == [os.path.abspath(s) for s in new]:  # noqa: PTH100 - globs
        return True
    # A study that was made in another folder: its paths mean nothing here, its names do.
    gone = not any(os.path.exists(s) or glob.glob(s) for s in old)  # noqa: PTH110, PTH207
    return gone and [Path(s).name for s in old] == [Path(s).name for s in new]


def sources_of(settings: "StudySettings") -> list[str]:
    """List what labels are read from, as it was named."""
    return [settings.task] if isinstance(settings.task, str) else list(settings.task)

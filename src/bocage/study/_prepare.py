"""From settings to a study that can run."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bocage.core import SettingsError, StoreError, as_float
from bocage.features import COORDINATES, parse_input
from bocage.methods import (
    HEADS,
    Method,
    Recipe,
    default_methods,
    parse_method,
    read_inputs,
)
from bocage.metrics import object_sizes
from bocage.splits import Split, SplitSettings, is_plugged_in, load_split, make_split
from bocage.study._area import area_of
from bocage.study._choose_budgets import choose_budgets
from bocage.study._file_names import SAMPLES_FILE, SETTINGS_FILE
from bocage.study._files import check_study_outputs
from bocage.study._load import load, other_settings, with_column
from bocage.study._margin import choose_margin
from bocage.study._plan import Protocol, make_plan
from bocage.study._recorded_choices import Chosen, read_chosen
from bocage.study._settings import StudySettings, read_settings
from bocage.study._study import Study
from bocage.tables import NO_COLUMN, check_leave
from bocage.tasks import Task, is_stored_task, load_stored

if TYPE_CHECKING:
    import pandas as pd


def split_of(task: Task, settings: StudySettings, folder: Path | None = None) -> Split:
    """Make the split that the settings ask for.

    Parameters
    ----------
    task : Task
    settings : StudySettings
    folder : Path, optional
        Of the study, which may keep the area to be mapped.

    Raises
    ------
    BocageError
        If the task can't be split so.
    """
    leave = leave_of(task, settings)
    _check_folds_from(settings)
    check_leave(task, "" if settings.folds_from and not settings.leave else leave)
    return make_split(
        task,
        SplitSettings(
            leave,
            share=settings.share,
            forward=settings.forward,
            train=settings.train,
            test=settings.test,
            local_folds=settings.local_folds,
            n_clusters=settings.clusters,
            group_folds=settings.folds,
            block_metres=settings.block_metres,
            sensitivity=settings.sensitivity,
            area=area_of(settings, folder),
            sampling=settings.sampling or "",
            buffer_metres=settings.buffer_metres or 0.0,
            folds_from=settings.folds_from,
        ),
    )


def _check_folds_from(settings: StudySettings) -> None:
    """Refuse folds of a column beside others; a splitter may be handed groups."""
    if not settings.folds_from or not settings.leave:
        return
    if not is_plugged_in(settings.folds_from):
        raise SettingsError(
            f"--folds-from {settings.folds_from} and --leave {settings.leave} both say what is "
            "held out; expected one of them: omit the other"
        )
    if settings.leave in NO_COLUMN:
        raise SettingsError(
            f"--leave {settings.leave} makes folds, as does --folds-from {settings.folds_from}; "
            "expected a group column in --leave, which the splitter is given as groups, or none"
        )


def leave_of(task: Task, settings: StudySettings) -> str:
    """Return what is left out: what was asked for, what fits the use, or the task's own."""
    if settings.leave:
        return settings.leave
    if settings.folds_from:
        return "blocks"
    if settings.sampling == "probability":
        return "none"
    return "knndm" if settings.area else task.leave or "blocks"


def prepare(
    settings: StudySettings,
    folder: Path,
    *,
    ask: bool = True,
    bare: bool = False,
    labels: "Task | pd.DataFrame | None" = None,
) -> Study:
    """Load the task, make the split and plan the runs; nothing is run or written yet.

    Parameters
    ----------
    settings : StudySettings
    folder : Path
        Where the study is kept.
    ask : bool
        Whether class names that look alike are refused until the settings say what they are.
    bare : bool
        Whether labels without features will do, though methods may read some.
    labels : Task or DataFrame, optional
        Samples that are in memory; the files that settings name are read without them.

    Raises
    ------
    BocageError
        If task, split, budgets or methods can't be used.
    """
    check_study_outputs(folder, settings)
    if isinstance(labels, Task):
        task = labels
    else:
        task = with_column(load(settings, ask=ask, bare=bare, table=labels), settings, labels)
    return _planned(settings, folder, task)


def _planned(
    settings: StudySettings, folder: Path, task: Task, chosen: Chosen | None = None
) -> Study:
    """Split, choose and plan; what was chosen before is taken as it was."""
    settings = settings.with_suggested(task.suggested)
    if chosen is None:
        split = split_of(task, settings, folder)
        methods = choose_methods(settings, task)
        budgets = choose_budgets(settings, task)
    else:
        split = _stored_split(folder, chosen.split, task) or split_of(task, settings, folder)
        methods, budgets = chosen.methods, chosen.budgets
    protocol = Protocol(
        settings.trials,
        settings.inner_folds,
        settings.seed,
        Recipe(settings.epochs, settings.batches, settings.augment),
    )
    plan = make_plan(
        task,
        split,
        methods,
        budgets,
        protocol,
        repeats=settings.repeats,
        reference=_reference(methods),
        where=settings.place_of(split.domains),
        at=settings.at,
    )
    if not plan.n_runs:
        reasons = sorted({cell.reason for cell in plan.blanks})
        raise SettingsError(f"no budget can be met: {'; '.join(reasons[:3])}. Use smaller budgets")
    study = Study(settings, folder, task, split, methods, budgets, protocol, plan)
    _check_question(study)
    return study


def _check_question(study: Study) -> None:
    """Refuse a question that the finished runs could not answer, before any of them starts."""
    settings, split = study.settings, study.split
    choose_margin(study.metric, settings.margin)
    names = [str(budget) for budget in study.budgets]
    if settings.at is not None and settings.at not in names:
        raise SettingsError(
            f"the verdict is asked for at {settings.at!r}; the budgets are {', '.join(names)}"
        )
    # Refuses edges that can't be used.
    object_sizes(np.zeros((0, 1, 1), np.int64), (), 1.0, settings.object_hectares)
    if settings.by and settings.by not in study.task.groups:
        raise SettingsError(
            f"scores are asked for by {settings.by!r}; the groups of {study.task.name} are "
            f"{', '.join(sorted(study.task.groups)) or 'none'}"
        )
    if study.where not in split.domains:
        what = f"the verdict is asked for {study.where!r}; this split tests "
        if len(split.groups) < 2:  # noqa: PLR2004
            advice = "leave out a group with --leave, or ask with --where local"
        elif split.given:
            advice = "folds that are used as given are scored as out: omit --where, or --folds-from"
        else:
            advice = (
                f"no {split.noun} can be cut into blocks, so that nothing is tested within one: "
                "ask with --where out, or cut with --block-metres"
            )
        raise SettingsError(f"{what}{', '.join(split.domains)}; {advice}")


def choose_methods(settings: StudySettings, task: Task) -> tuple[Method, ...]:
    """Read the methods asked for, or choose them; a floor is always among them."""
    if settings.methods is None:
        chosen = default_methods(task, every=settings.all_methods)
    else:
        chosen = tuple(parse_method(text) for text in settings.methods)
    more = tuple(parse_method(text) for text in settings.more_methods)
    methods = tuple({method.name: method for method in (*chosen, *more)}.values())
    known = {*task.inputs, *((COORDINATES,) if task.has_places else ())}
    for method in methods:
        for name in method.inputs:
            if parse_input(name).source not in known:
                lacks = "" if task.has_places else " (and no coordinates, so no 'xy')"
                raise SettingsError(
                    f"method {method.name!r}: no input {name!r}; this task has: "
                    f"{', '.join(sorted(known)) or 'none'}{lacks}"
                )
        torn = [name for name in read_inputs(method) if task.inputs[name].has_gaps]
        if torn and not method.takes_gaps:
            able = ", ".join(f"{torn[0]}:{m.name}" for m in HEADS.own.values() if m.takes_gaps)
            raise SettingsError(
                f"method {method.name!r} can't learn from missing values, which {torn[0]!r} keeps; "
                f"expected one that can ({able}), or --gaps drop or fill"
            )
        if task.kind not in method.kinds:
            other = "ridge" if method.model == "logistic" else "logistic"
            # Whole numbers that recur were read as codes of classes.
            codes = task.kind.classifies_samples and None not in map(as_float, task.classes)
            meant = ", or, if the target is a quantity, say --kind regression" if codes else ""
            raise SettingsError(
                f"method {method.name!r} can't do {task.kind}; try {other} instead{meant}"
            )
    floor = () if any(not method.inputs for method in methods) else (parse_method("prior"),)
    return (*floor, *methods)


def open_study(folder: Path) -> Study:
    """Open a study from its folder: with the samples, split and choices that it was made with.

    The labels' own files are read where the folder keeps no samples, and where scores are asked
    for by a column that it does not hold.

    Raises
    ------
    StoreError
        If there is no study.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise StoreError(
            f"no study in {folder} ({SETTINGS_FILE} is not there); expected a folder that "
            "'bocage compare' has made, such as studies/landscape"
        )
    settings = read_settings(path)
    samples = folder / SAMPLES_FILE
    if not is_stored_task(samples) or other_settings(settings, samples):
        # A file of settings that was changed by hand asks for other samples.
        return prepare(settings, folder, ask=False)
    check_study_outputs(folder, settings)
    task = with_column(load_stored(samples), settings)
    return _planned(settings, folder, task, read_chosen(folder, path))


def _stored_split(folder: Path, key: str, task: Task) -> Split | None:
    try:
        return load_split(folder / "splits" / f"{key}.parquet", task)
    except StoreError:
        # It is made again from what it was made of.
        return None


def _reference(methods: tuple[Method, ...]) -> int:
    """Choose the method that shows how much the block size matters: the first real head."""
    for number, method in enumerate(methods):
        if not method.is_control:
            return number
    return 0

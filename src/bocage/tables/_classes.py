"""The classes of a task: put together, asked about where two look alike, left out where rare."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError, counted, part_of
from bocage.tables._names import listed, nearest
from bocage.tables._polygon_labels import label_rows
from bocage.tables._similar import similar_names
from bocage.tasks import Task, in_content_order


def choose_classes(
    task: Task,
    *,
    merge: Mapping[str, str] | None = None,
    min_class: int | None = None,
    distinct: bool = True,
) -> Task:
    """Put classes together, refuse names that look alike, and leave rare classes out.

    In this order: what is merged is no longer asked about, and counts together.

    Parameters
    ----------
    task : Task
    merge : mapping of str to str, optional
        Class to the class that it is part of: one of the task's, or a new name for several.
    min_class : int, optional
        Classes with fewer labels are left out with their samples; the notes name them.
    distinct : bool
        Whether classes with similar names are known to be different; otherwise they are refused.

    Raises
    ------
    DataError
        If names look alike and `distinct` is false, or fewer than two classes are left.
    SettingsError
        If classes to merge are not there, or the task has no classes of samples.
    """
    if not task.kind.classifies_samples:
        if merge or min_class:
            option = "--merge" if merge else "--min-class"
            raise SettingsError(
                f"{option} is given, but {task.name} is a {task.kind}; expected one class per "
                "sample: omit it"
            )
        return task
    if merge:
        task = _merged(task, merge)
    counts = class_counts(task)
    alike = similar_names(list(counts), list(counts.values()))
    if alike and not distinct:
        raise DataError(_question(alike, counts))
    if alike:
        words = listed(f"{one!r} and {other!r}" for one, other in alike)
        note = f"classes with similar names are treated as different: {words}"
        task = replace(task, notes=(*task.notes, note))
    return _without_rare(task, min_class) if min_class else task


def class_counts(task: Task) -> dict[str, int]:
    """Count the labels of each class: samples, or polygons whose pixels these are."""
    counts = np.bincount(task.target[label_rows(task)], minlength=task.n_classes).tolist()
    return dict(zip(task.classes, counts, strict=True))


def _question(alike: list[tuple[str, str]], counts: Mapping[str, int]) -> str:
    first, *rest = (
        f"class {one!r} has {counted(counts[one], 'label')}; did you mean {other!r} "
        f"({counted(counts[other], 'label')})?"
        for one, other in alike
    )
    more = f" {listed(rest)}" if rest else ""
    remedy = " ".join(f"--merge {_quoted(f'{one}={other}')}" for one, other in alike)
    return f"{first}{more} Merge them with {remedy}, or use --distinct if they differ"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _merged(task: Task, merge: Mapping[str, str]) -> Task:
    counts = class_counts(task)
    into = list(merge.values())
    for name, other in merge.items():
        if name not in counts:
            raise SettingsError(
                f"--merge {name}={other}: there is no class {name!r}{nearest(name, counts)} "
                f"Classes are {listed(counts)}"
            )
        if other in merge:
            raise SettingsError(
                f"--merge {name}={other}: {other!r} is itself merged; expected a class that is kept"
            )
        # One class under another name is a typing error; several may get a name of their own.
        if other not in counts and into.count(other) == 1:
            raise SettingsError(
                f"--merge {name}={other}: there is no class {other!r}{nearest(other, counts)} "
                f"Classes are {listed(counts)}"
            )
    names = np.array([merge.get(name, name) for name in task.classes])
    said = ", ".join(f"{name!r} ({counts[name]:,}) into {into!r}" for name, into in merge.items())
    return _renamed(task, names[task.target], f"classes were merged: {said}")


def _without_rare(task: Task, fewest: int) -> Task:
    counts = class_counts(task)
    rare = {name: n for name, n in counts.items() if n < fewest}
    if not rare:
        return task
    if len(counts) - len(rare) < 2:  # noqa: PLR2004
        largest = sorted(counts.values())[-2]
        part = part_of(len(rare), len(counts), "class", "has", "have")
        raise DataError(
            f"{part} fewer than {fewest} labels; expected at least two classes with that many: use "
            f"--min-class {largest} or less"
        )
    named = ", ".join(f"{name!r} ({n})" for name, n in rare.items())
    rows = np.flatnonzero(~np.isin(np.array(task.classes)[task.target], list(rare)))
    note = (
        f"{len(task) - len(rows):,} of {len(task):,} samples were left out, those of "
        f"{counted(len(rare), 'class')} with fewer than {fewest} labels: {named}"
    )
    kept = replace(task.take(rows), rare=rare)
    return _renamed(kept, np.array(task.classes)[kept.target], note)


def _renamed(task: Task, names: NDArray[np.str_], note: str) -> Task:
    classes, target = np.unique(names, return_inverse=True)
    if len(classes) < 2:  # noqa: PLR2004
        raise DataError(f"only one class is left ({str(classes[0])!r}); expected at least two")
    return in_content_order(
        replace(
            task,
            classes=tuple(classes.tolist()),
            target=target.astype(np.int64),
            notes=(*task.notes, note),
        )
    )

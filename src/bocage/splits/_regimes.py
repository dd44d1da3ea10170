"""Make the split of a comparison: one set of folds for every regime."""

from dataclasses import replace

import numpy as np

from bocage.core import SplitError, content_key
from bocage.splits._fold import Fold, Rows, Split
from bocage.splits._fold_maker import FoldMaker
from bocage.splits._group_blocks import cut_groups, number_blocks
from bocage.splits._groups import group_names, merge_groups
from bocage.splits._settings import SplitSettings
from bocage.tasks import Task


def make_split(task: Task, settings: SplitSettings) -> Split:
    """Cut a task into folds for every regime that its groups allow.

    Parameters
    ----------
    task : Task
    settings : SplitSettings

    Returns
    -------
    Split
        The same for the same samples in any row order, on any machine.

    Raises
    ------
    SplitError
        If no valid fold is left: nothing to learn from, or nothing to test on.
    """
    names = group_names(task, settings.leave, n_clusters=settings.n_clusters)
    groups, group, fold_of_group = merge_groups(names, settings.group_folds)
    codes = task.target if task.kind == "classification" else None
    blockings, degraded = cut_groups(task, groups, group, settings.block_metres)
    block_names, block = number_blocks(groups, group, blockings)
    maker = FoldMaker(task, groups, group, fold_of_group, block, blockings, codes, settings)
    folds: list[Fold] = []
    notes: list[str] = []
    if len(groups) > 1:
        folds += maker.out_folds()
        notes += maker.out_notes(folds)
    folds += maker.local_folds_of_all(folds)
    notes += maker.local_notes(folds)
    folds += maker.random_folds()
    degraded += maker.class_notes(folds)
    if not any(fold.regime in {"out", "local"} for fold in folds):
        raise SplitError(
            f"leaving out {settings.leave!r} gives no fold with two classes to learn from and "
            f"samples of one of them to test on ({len(task)} samples, {len(groups)} groups). Add "
            "labels, or leave out another group"
            if codes is not None
            else f"leaving out {settings.leave!r} gives no fold with labels to learn from and "
            f"samples to test on ({len(task)} samples, {len(groups)} groups). Add labels, or leave "
            "out another group"
        )
    split = Split(
        leave=settings.leave,
        groups=groups,
        group=group,
        fold_of_group=fold_of_group,
        blocks=block_names,
        block=block,
        block_metres={g: b.side for g, b in zip(groups, blockings, strict=True)},
        folds=tuple(folds),
        degraded=tuple(degraded),
        notes=tuple(notes),
    )
    return replace(split, key=split_key(task, split))


def split_key(task: Task, split: Split) -> str:
    """Hash what a split does to the samples, by their content."""

    def digest(rows: Rows) -> str:
        return content_key(sorted(task.digests[rows].tobytes().hex(" ", 16).split()))

    return content_key(
        [split.leave, digest(np.arange(len(task)))]
        + [
            [fold.name, digest(fold.pool), digest(fold.always)]
            + [[name, digest(rows)] for name, rows in sorted(fold.tests.items())]
            for fold in split.folds
        ]
    )

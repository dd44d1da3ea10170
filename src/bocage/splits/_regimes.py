"""Make the split of a comparison: one set of folds for every regime."""

from dataclasses import replace
from typing import Any

import numpy as np

from bocage.core import Ints, SplitError, content_key
from bocage.splits._area_split import area_split
from bocage.splits._blocks import metric_xy, unit_means
from bocage.splits._buffer import keep_apart
from bocage.splits._cuts import make_cuts
from bocage.splits._fold import Split
from bocage.splits._fold_maker import FoldMaker
from bocage.splits._given import GivenFolds, find_folds, from_any
from bocage.splits._given_split import given_split
from bocage.splits._group_blocks import cut_groups, number_blocks
from bocage.splits._groups import group_names
from bocage.splits._notes import class_notes, local_notes, name_notes
from bocage.splits._place_notes import known_share, place_notes
from bocage.splits._refusals import NoFoldError, advice, check_places_differ, refuse_uncut
from bocage.splits._settings import SplitSettings
from bocage.splits._sides import APART, PLACE
from bocage.splits._words import AREA_LEAVES
from bocage.tasks import Task


def make_split(task: Task, settings: SplitSettings, *, folds: Any = None) -> Split:
    """Cut a task into folds for every regime that its groups allow, or take folds as they are.

    Every group that is to be tested is: none is dropped because its labels are few or its class
    stands nowhere else.

    Parameters
    ----------
    task : Task
    settings : SplitSettings
    folds : splitter, or iterable of (train, test), optional
        Folds that are used as they are, each a fold of `out`: any object with ``split(X, y,
        groups)``, or pairs of rows of the label table, counted from 0. A splitter is given a table
        of groups and coordinates (``lon``, ``lat``) as X, and as groups the column that `leave`
        names, else one number for all samples that must stay together.

    Returns
    -------
    Split
        The same for the same samples in any row order, on any machine.

    Raises
    ------
    SplitError
        If a fold that is asked for can't be made; names it, the reason, and what can be asked.

    Examples
    --------
    >>> from sklearn.model_selection import GroupKFold
    >>> from bocage.datasets import load_task
    >>> task = load_task("landscape")
    >>> split = make_split(task, SplitSettings("region"), folds=GroupKFold(n_splits=3))
    >>> split.tested
    '3 folds given by GroupKFold(n_splits=3, random_state=None, shuffle=False)'
    """
    if folds is not None or settings.folds_from:
        split = given_split(task, settings, _given(task, settings, folds))
        return replace(split, key=split_key(task, split))
    if settings.leave in AREA_LEAVES:
        if settings.leave == "knndm":
            check_places_differ(task)
        split = area_split(task, settings)
        return replace(split, key=split_key(task, split))
    try:
        return _make(task, settings)
    except SplitError as error:
        check_places_differ(task)
        if not isinstance(error, NoFoldError):
            raise
        raise SplitError(f"{error}. {advice(task, settings, _make)}") from None


def _given(task: Task, settings: SplitSettings, folds: Any) -> GivenFolds:
    """Read folds that were made elsewhere."""
    if folds is not None and settings.folds_from:
        raise SplitError(
            f"folds are given twice: as folds= and by {settings.folds_from!r}; expected one of them"
        )
    groups = None
    if settings.leave not in {"", "blocks", *AREA_LEAVES}:
        groups = group_names(task, settings.leave, n_clusters=settings.n_clusters)
    if folds is None:
        return find_folds(task, settings.folds_from, groups)
    return from_any(task, folds, groups)


def _make(task: Task, settings: SplitSettings) -> Split:
    leave = settings.leave
    names = group_names(task, leave, n_clusters=settings.n_clusters)
    found, group = np.unique(names, return_inverse=True)
    groups = tuple(found.tolist())
    _check_places(task, settings)
    if settings.share and len(groups) < 2:  # noqa: PLR2004
        raise SplitError(
            f"--share names what groups may have in common, but --leave {leave} makes no groups; "
            "expected a group column: --leave year --share place"
        )
    xy = unit_means(metric_xy(task.lonlat), task.unit) if task.has_places else None
    cuts = make_cuts(groups, group, xy, settings)
    codes = task.codes
    blockings, degraded = cut_groups(task, groups, group, settings.block_metres)
    block_names, block = number_blocks(groups, group, blockings)
    maker = FoldMaker(task, groups, group, cuts, block, blockings, codes, settings)
    out = maker.out_folds()
    local = maker.local_folds(out)
    if not out and not local.folds:
        raise refuse_uncut(task, blockings[0].side)
    made = (*out, *local.folds, *maker.random_folds())
    folds, apart, terms = keep_apart(task, made, settings.buffer_metres)
    recurring, notes = place_notes(task, group, cuts, folds, settings)
    limited, without = local_notes(local, leave, settings.block_metres)
    degraded += limited + class_notes(task, group, cuts, folds, leave, codes)
    split = Split(
        leave=leave,
        groups=groups,
        group=group.astype(np.int64),
        fold_of_group=cuts.fold_of_group,
        blocks=block_names,
        block=block,
        block_metres={g: b.side for g, b in zip(groups, blockings, strict=True)},
        folds=tuple(folds),
        share=settings.share,
        known=known_share(task, folds, settings.share),
        forward=settings.forward,
        fixed=cuts.fixed,
        degraded=(*name_notes(task, leave), *recurring, *degraded),
        notes=(*cuts.notes, *notes, *without, *apart),
        terms=terms,
    )
    return replace(split, key=split_key(task, split))


def _check_places(task: Task, settings: SplitSettings) -> None:
    """Refuse what only samples with places can be asked."""
    asked = {
        "--block-metres": settings.block_metres,
        "--buffer-metres": settings.buffer_metres,
        "--area": settings.area,
        f"--share {settings.share}": settings.share in {PLACE, APART},
    }
    given = [option for option, value in asked.items() if value]
    if given and not task.has_places:
        raise SplitError(
            f"{given[0]} is given, but {task.name} has no coordinates: whole groups are left out, "
            "and places are unknown. Omit the option, or give coordinates (--lon, --lat)"
        )


def split_key(task: Task, split: Split) -> str:
    """Hash what a split does to the samples, by their content."""

    def digest(rows: Ints) -> str:
        return content_key(sorted(task.digests[rows].tobytes().hex(" ", 16).split()))

    return content_key(
        [split.leave, split.share, split.forward, split.fixed, *split.terms]
        + [digest(np.arange(len(task)))]
        + [
            [fold.name, digest(fold.pool), digest(fold.always)]
            + [[name, digest(rows)] for name, rows in sorted(fold.tests.items())]
            for fold in split.folds
        ]
    )

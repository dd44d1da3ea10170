"""Make the split of a comparison: one set of folds for every regime."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import SplitError, content_key, priorities, row_digests
from bocage.splits._blocks import RULES, Blocking, cut
from bocage.splits._fold import Fold, Regime, Rows, Split
from bocage.splits._groups import deal, group_names, merge_groups
from bocage.tasks import Task

IN_SHARE = 0.2
"""Share of each training group that is held back in whole blocks, to score `in`."""

TRIES = 25
"""Label-free deals of blocks to folds that are tried before a class is left out of one."""

MIN_UNITS_IN = 5
"""A group with fewer units holds nothing back for `in`."""


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """What decides a split, apart from the samples.

    Attributes
    ----------
    leave : str
        Group column, ``a+b``, ``blocks`` or ``clusters``.
    local_folds, random_folds : int
        Folds within a left-out group, and of the random sanity check.
    n_clusters : int
        Groups made by ``clusters``.
    block_metres : float, optional
        Side of the blocks, in place of the chosen one.
    sensitivity : bool
        Also make the local folds at half and double the block size.
    """

    leave: str
    local_folds: int = 4
    random_folds: int = 4
    n_clusters: int = 5
    block_metres: float | None = None
    sensitivity: bool = True


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
    groups, group, fold_of_group = merge_groups(names)
    codes = task.target if task.kind == "classification" else None
    blockings, degraded = _cut_groups(task, groups, group, settings)
    block_names, block = _number_blocks(groups, group, blockings)
    maker = _Maker(task, groups, group, fold_of_group, block, blockings, codes, settings)
    folds: list[Fold] = []
    notes: list[str] = []
    if len(groups) > 1:
        folds += maker.out_folds()
        notes += maker.out_notes(folds)
    folds += maker.local_folds_of_all(folds)
    notes += maker.local_notes(folds)
    folds += maker.random_folds()
    degraded += maker.class_notes()
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


@dataclass(frozen=True, slots=True)
class _Maker:
    """Working state while folds are made."""

    task: Task
    groups: tuple[str, ...]
    group: Rows
    fold_of_group: Rows
    block: Rows
    blockings: Sequence[Blocking]
    codes: Rows | None
    settings: SplitSettings

    def out_folds(self) -> list[Fold]:
        """Leave out each group (or merged groups); hold back some blocks of the others."""
        held = np.zeros(len(self.task), dtype=bool)
        for number in range(len(self.groups)):
            held[self._held_back(np.flatnonzero(self.group == number))] = True
        folds = []
        for number in np.unique(self.fold_of_group):
            inside = self.fold_of_group[self.group] == number
            tests = {"out": np.flatnonzero(inside)}
            if (held & ~inside).any():
                tests["in"] = np.flatnonzero(held & ~inside)
            pool = self._without(np.flatnonzero(~inside & ~held), *tests.values())
            if self._can_learn(pool, tests["out"]):
                name = self._name(int(number))
                folds.append(Fold(f"out/{name}", "out", name, pool, _no_rows(), tests))
        return folds

    def local_folds_of_all(self, out: Sequence[Fold]) -> list[Fold]:
        """Cut every group that is a fold of its own into folds over its blocks."""
        if len(set(self.fold_of_group.tolist())) < len(self.groups):
            return []
        elsewhere = {fold.held_out: fold.pool for fold in out}
        folds: list[Fold] = []
        for number, name in enumerate(self.groups):
            rows = np.flatnonzero(self.group == number)
            blocking = self.blockings[number]
            if blocking.side == 0:
                continue
            made = self._local(rows, name, self.block[rows], "local")
            folds += made
            if name in elsewhere:
                folds += [
                    replace(
                        fold,
                        name=fold.name.replace("local", "both", 1),
                        regime="both",
                        always=self._without(elsewhere[name], fold.tests["local"]),
                        tests={"both": fold.tests["local"]},
                    )
                    for fold in made
                ]
            if self.settings.sensitivity:
                folds += self._other_sizes(rows, name)
        return folds

    def random_folds(self) -> list[Fold]:
        """Deal units at random: the sanity check that flatters."""
        names = _unit_names(self.task)
        units, inverse, count = np.unique(names, return_inverse=True, return_counts=True)
        n_folds = min(self.settings.random_folds, len(units))
        if n_folds < 2:  # noqa: PLR2004
            return []
        fold = deal(units, count, n_folds, salt="random", seed=1)[inverse]
        return [
            Fold(
                f"random/{number + 1}",
                "random",
                "",
                np.flatnonzero(fold != number),
                _no_rows(),
                {"random": np.flatnonzero(fold == number)},
            )
            for number in range(n_folds)
        ]

    def class_notes(self) -> list[str]:
        """Say which classes vanish when a group is left out."""
        if self.codes is None or len(self.groups) < 2:  # noqa: PLR2004
            return []
        notes = []
        for code, name in enumerate(self.task.classes):
            inside = np.unique(self.fold_of_group[self.group[self.codes == code]])
            if len(inside) == 1:
                notes.append(
                    f"class {name!r} stands in {self._name(int(inside[0]))!r} only: it can't be "
                    "learned when that is left out, and counts as wrong there"
                )
        return notes

    def local_notes(self, folds: Sequence[Fold]) -> list[str]:
        """Name groups of one class, where labels of their own teach nothing."""
        if self.codes is None:
            return []
        studied = {fold.held_out for fold in folds if fold.regime == "local"}
        alone = [
            name
            for number, name in enumerate(self.groups)
            if name not in studied and len(np.unique(self.codes[self.group == number])) == 1
        ]
        if not alone:
            return []
        return [f"labels of one class only in {', '.join(map(repr, alone))}: no local folds there"]

    def out_notes(self, folds: Sequence[Fold]) -> list[str]:
        """Say what merging and repeated places cost."""
        notes = []
        if len(set(self.fold_of_group.tolist())) != len(self.groups):
            notes.append(
                f"{len(self.groups)} groups were merged whole into "
                f"{len(set(self.fold_of_group.tolist()))} folds; labels from within a left-out "
                "group are not studied"
            )
        lost = [
            len(self.task) - len(np.unique(np.concatenate([fold.pool, *fold.tests.values()])))
            for fold in folds
        ]
        if any(lost):
            notes.append(
                f"up to {max(lost)} samples a fold are not learned from, because their place or "
                "parcel is also tested"
            )
        return notes

    def _local(self, rows: Rows, name: str, block: Rows, regime: Regime) -> list[Fold]:
        names = np.array([f"{name}/{value}" for value in block])
        blocks, inverse, count = np.unique(names, return_inverse=True, return_counts=True)
        n_folds = min(self.settings.local_folds, len(blocks))
        if n_folds < 2:  # noqa: PLR2004
            return []
        best: tuple[int, Rows] | None = None
        for seed in range(TRIES):
            fold = deal(blocks, count, n_folds, salt="local", seed=seed)[inverse]
            missing = _missing(self.codes, rows, fold, n_folds)
            if best is None or missing < best[0]:
                best = missing, fold
            if missing == 0:
                break
        assert best is not None  # noqa: S101 - TRIES is positive
        made = []
        for number in range(n_folds):
            test = rows[best[1] == number]
            pool = self._without(rows[best[1] != number], test)
            if not len(test):
                continue
            if not self._can_learn(pool):
                # Without one of its folds a group would be scored on part of its samples.
                return []
            title = f"{regime}/{name}/{number + 1}"
            made.append(Fold(title, regime, name, pool, _no_rows(), {regime: test}))
        return made

    def _can_learn(self, pool: Rows, test: Rows | None = None) -> bool:
        """Tell whether labels say anything, and anything about the test samples."""
        if not len(pool):
            return False
        if self.codes is None:
            return True
        known = np.unique(self.codes[pool])
        return len(known) > 1 and (test is None or bool(np.isin(self.codes[test], known).any()))

    def _other_sizes(self, rows: Rows, name: str) -> list[Fold]:
        folds: list[Fold] = []
        side = self.blockings[self.groups.index(name)].side
        sizes: tuple[tuple[Regime, float], ...] = (("local-half", 0.5), ("local-double", 2.0))
        for regime, factor in sizes:
            blocking = cut(self.task.lonlat[rows], self.task.unit[rows], None, side=side * factor)
            block = np.unique(blocking.cell, axis=0, return_inverse=True)[1].ravel()
            folds += self._local(rows, name, block.astype(np.int64), regime)
        return folds

    def _held_back(self, rows: Rows) -> Rows:
        """Choose whole blocks (or units, where the group could not be cut) for `in`."""
        number = int(self.group[rows[0]])
        cuttable = self.blockings[number].side > 0
        names = self.block[rows].astype(str) if cuttable else _unit_names(self.task)[rows]
        parts, inverse, count = np.unique(names, return_inverse=True, return_counts=True)
        if len(parts) < MIN_UNITS_IN and not cuttable:
            return _no_rows()
        content = _part_digests(self.task, rows, inverse, len(parts))
        best: tuple[int, Rows] | None = None
        for seed in range(TRIES):
            order = np.argsort(priorities(content, "in", seed))
            taken = order[np.cumsum(count[order]) - count[order] < IN_SHARE * len(rows)]
            inside = np.isin(inverse, taken)
            missing = _missing(self.codes, rows, inside.astype(np.int64), 2)
            if best is None or missing < best[0]:
                best = missing, rows[inside]
            if missing == 0:
                break
        assert best is not None  # noqa: S101 - TRIES is positive
        return best[1]

    def _without(self, rows: Rows, *tests: Rows) -> Rows:
        """Drop rows whose unit is tested: pairs in one pixel never stand on both sides."""
        tested = np.unique(self.task.unit[np.concatenate(tests)])
        return rows[~np.isin(self.task.unit[rows], tested)]

    def _name(self, number: int) -> str:
        inside = [g for g, f in zip(self.groups, self.fold_of_group, strict=True) if f == number]
        limit = 4
        if len(inside) > limit:
            return f"{number + 1}: {', '.join(inside[:limit])} and {len(inside) - limit} more"
        return ", ".join(inside)


def _cut_groups(
    task: Task, groups: tuple[str, ...], group: Rows, settings: SplitSettings
) -> tuple[list[Blocking], list[str]]:
    blockings, degraded, uncut = [], [], []
    for number, name in enumerate(groups):
        rows = np.flatnonzero(group == number)
        codes = task.target[rows] if task.kind == "classification" else None
        blocking = cut(task.lonlat[rows], task.unit[rows], codes, side=settings.block_metres)
        blockings.append(blocking)
        if blocking.rule is None:
            uncut.append(name)
        elif blocking.rule != RULES[0]:
            close = _close_classes(task, rows, blocking)
            degraded.append(
                f"{name}: blocks keep only '{blocking.rule}' instead of '{RULES[0]}'{close}"
            )
    if uncut:
        shown = ", ".join(uncut[:5]) + (f" and {len(uncut) - 5} more" if len(uncut) > 5 else "")  # noqa: PLR2004
        degraded.append(
            f"{len(uncut)} of {len(groups)} groups are too small to be cut into blocks "
            f"({shown}): labels from within them are not studied"
        )
    return blockings, degraded


def _close_classes(task: Task, rows: Rows, blocking: Blocking) -> str:
    if task.kind != "classification":
        return ""
    block = np.unique(blocking.cell, axis=0, return_inverse=True)[1].ravel()
    wanted = RULES[0].class_blocks
    found = {
        name: len(np.unique(block[task.target[rows] == code]))
        for code, name in enumerate(task.classes)
        if (task.target[rows] == code).any()
    }
    few = [f"{name} in {count}" for name, count in found.items() if count < wanted]
    return f" ({', '.join(few)} of {len(np.unique(block))} blocks)" if few else ""


def _number_blocks(
    groups: tuple[str, ...], group: Rows, blockings: Sequence[Blocking]
) -> tuple[tuple[str, ...], Rows]:
    names = np.empty(len(group), dtype=object)
    for number, (name, blocking) in enumerate(zip(groups, blockings, strict=True)):
        rows = np.flatnonzero(group == number)
        if blocking.side == 0:
            names[rows] = name
        else:
            names[rows] = [f"{name}/{column},{row}" for column, row in blocking.cell]
    found, block = np.unique(names.astype(np.str_), return_inverse=True)
    return tuple(found.tolist()), block.astype(np.int64)


def _missing(codes: Rows | None, rows: Rows, fold: Rows, n_folds: int) -> int:
    """Count classes missing from training (heavily) or test, over folds."""
    if codes is None:
        return 0
    _, code = np.unique(codes[rows], return_inverse=True)
    table = np.zeros((int(code.max()) + 1, n_folds), dtype=np.int64)
    np.add.at(table, (code, fold), 1)
    untrained = (table.sum(axis=1, keepdims=True) - table == 0).sum()
    return int(1000 * untrained + (table == 0).sum())


def _unit_names(task: Task) -> NDArray[np.str_]:
    """Name each unit by the content of its first row, which no row order changes."""
    _, first, inverse = np.unique(task.unit, return_index=True, return_inverse=True)
    names = np.array([task.digests[row].tobytes().hex() for row in first])
    return np.asarray(names[inverse])


def _part_digests(
    task: Task, rows: Rows, inverse: NDArray[np.intp], n_parts: int
) -> NDArray[np.void]:
    smallest = np.full(n_parts, len(task), dtype=np.int64)
    np.minimum.at(smallest, inverse, rows)
    return row_digests(np.array([task.digests[row].tobytes().hex() for row in smallest]))


def _no_rows() -> Rows:
    return np.zeros(0, dtype=np.int64)

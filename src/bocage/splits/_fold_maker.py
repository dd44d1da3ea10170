"""Folds of every regime."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import priorities, row_digests
from bocage.splits._blocks import Blocking, cut
from bocage.splits._fold import Fold, Regime, Rows
from bocage.splits._groups import deal
from bocage.splits._settings import SplitSettings
from bocage.tasks import Task

IN_SHARE = 0.2
"""Share of each training group that is held back in whole blocks, to score `in`."""

TRIES = 25
"""Label-free deals of blocks to folds that are tried before a class is left out of one."""

FEW_NAMES = 4

MIN_UNITS_IN = 5
"""A group with fewer units holds nothing back for `in`."""


@dataclass(frozen=True, slots=True)
class FoldMaker:
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
        held = self._held_for_in()
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

    def class_notes(self, folds: Sequence[Fold]) -> list[str]:
        """Say which classes can't be learned when a group is left out."""
        if self.codes is None:
            return []
        out = [fold for fold in folds if fold.regime == "out"]
        notes = []
        for code, name in enumerate(self.task.classes):
            lost = [
                fold.held_out
                for fold in out
                if (self.codes[fold.tests["out"]] == code).any()
                and not (self.codes[fold.pool] == code).any()
            ]
            if lost:
                notes.append(
                    f"class {name!r} can't be learned when {_some(lost)} is left out: no label of "
                    "it stands elsewhere, or only at places that are tested; it counts as wrong "
                    "there"
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

    def _held_for_in(self) -> NDArray[np.bool_]:
        """Mark the samples that are held back for `in`, whatever group is left out."""
        held = np.zeros(len(self.task), dtype=bool)
        pairs = np.unique(np.column_stack([self.task.unit, self.group]), axis=0)
        if len(pairs) > len(np.unique(self.task.unit)):
            # Places recur from group to group (years): held back block by block in each, they
            # would add up to nearly all places. The same ground is held back in every group.
            everything = np.arange(len(self.task))
            blocking = cut(self.task.lonlat, self.task.unit, self.codes)
            names = np.unique(blocking.cell, axis=0, return_inverse=True)[1].ravel().astype(str)
            held[self._held_back(everything, names if blocking.side > 0 else None)] = True
            return held
        for number in range(len(self.groups)):
            rows = np.flatnonzero(self.group == number)
            cuttable = self.blockings[number].side > 0
            held[self._held_back(rows, self.block[rows].astype(str) if cuttable else None)] = True
        return held

    def _held_back(self, rows: Rows, blocks: NDArray[np.str_] | None) -> Rows:
        """Choose whole blocks (or units, where there are none) for `in`."""
        names = _unit_names(self.task)[rows] if blocks is None else blocks
        parts, inverse, count = np.unique(names, return_inverse=True, return_counts=True)
        if len(parts) < MIN_UNITS_IN and blocks is None:
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


def _some(names: Sequence[str]) -> str:
    """List a few names: ``'a', 'b' or 3 others``."""
    shown = [repr(name) for name in names[:FEW_NAMES]]
    if len(names) > FEW_NAMES:
        shown.append(f"{len(names) - FEW_NAMES} others")
    return " or ".join([*([", ".join(shown[:-1])] if shown[1:] else []), shown[-1]])

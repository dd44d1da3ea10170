"""Folds of every regime."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, priorities, row_digests
from bocage.splits._blocks import Blocking, cut
from bocage.splits._cuts import Cut, Cuts
from bocage.splits._fold import Fold, Regime
from bocage.splits._groups import assign_folds
from bocage.splits._held_back import TRIES, HeldBack, missing_classes
from bocage.splits._refusals import refuse_empty, refuse_one_class, refuse_unknown
from bocage.splits._settings import SplitSettings
from bocage.splits._sides import APART, Sides, first_rows, unit_names
from bocage.tasks import Task

LOCAL_GROUPS = 20
"""Labels from within are studied in so many groups at most, or in as many as there are folds."""


@dataclass(frozen=True, slots=True)
class LocalFolds:
    """Folds within groups, and the groups that have none.

    Attributes
    ----------
    folds : tuple of Fold
    one_class, one_block, not_drawn : tuple of str
        Groups without, by their reason (those that could not be cut are known).
    """

    folds: tuple[Fold, ...]
    one_class: tuple[str, ...]
    one_block: tuple[str, ...]
    not_drawn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoldMaker:
    """Working state while folds are made."""

    task: Task
    groups: tuple[str, ...]
    group: Ints
    cuts: Cuts
    block: Ints
    blockings: Sequence[Blocking]
    codes: Ints | None
    settings: SplitSettings
    sides: Sides = field(init=False)

    def __post_init__(self) -> None:
        """Read what may be shared."""
        object.__setattr__(self, "sides", Sides.of(self.task, self.settings.share))

    def out_folds(self) -> list[Fold]:
        """Leave out what each cut tests; hold back some blocks of what it learns from.

        Raises
        ------
        NoFoldError
            If a fold has nothing to learn from, or all of them learn from one class or from none
            that is tested.
        """
        made = self._apart() if self.settings.share == APART else self._whole()
        empty = [fold.held_out for fold in made if not len(fold.pool)]
        if empty:
            raise refuse_empty(self.settings.leave, empty)
        if made and self.codes is not None:
            self._check_classes(made, self.codes)
        return made

    def _check_classes(self, made: Sequence[Fold], codes: Ints) -> None:
        """Refuse folds of which none can tell one method from another."""
        if not any(np.isin(codes[fold.tests["out"]], codes[fold.pool]).any() for fold in made):
            raise refuse_unknown(self.settings.leave)
        if max(len(np.unique(codes[fold.pool])) for fold in made) < 2:  # noqa: PLR2004
            raise refuse_one_class(self.settings.leave)

    def local_folds(self, out: Sequence[Fold]) -> LocalFolds:
        """Cut every group that is tested into folds over its blocks."""
        elsewhere: dict[str, list[Ints]] = {}
        for fold in out:
            elsewhere.setdefault(fold.held_out, []).append(fold.pool)
        pools = {
            name: parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))
            for name, parts in elsewhere.items()
        }
        cut_of = {number: cut.name for cut in self.cuts.cuts for number in cut.tested}
        studied, not_drawn = self._studied()
        folds: list[Fold] = []
        one_class, one_block = [], []
        for number in studied:
            name, rows = self.groups[number], np.flatnonzero(self.group == number)
            if self.codes is not None and len(np.unique(self.codes[rows])) == 1:
                one_class.append(name)
                continue
            made = self._local(rows, name, self.block[rows], "local")
            folds += made
            if not made:
                one_block.append(name)
            elif number in cut_of:
                folds += [self._both(fold, pools[cut_of[number]]) for fold in made]
            if made and self.settings.sensitivity:
                folds += self._other_sizes(rows, name)
        return LocalFolds(tuple(folds), tuple(one_class), tuple(one_block), not_drawn)

    def random_folds(self) -> list[Fold]:
        """Deal labels at random, wherever they stand; and units, where some have several."""
        name = unit_names(self.task)
        units, inverse, count = np.unique(name, return_inverse=True, return_counts=True)
        labels, label, size = np.unique(
            first_rows(self.task), return_inverse=True, return_counts=True
        )
        alone = len(units) == len(labels)
        single = np.array([self.task.digests[row].tobytes().hex() for row in labels])
        made = self._assigned("random", name[labels] if alone else single, label, size)
        if alone:
            return made
        return made + self._assigned("random-units", units, inverse, count)

    def _assigned(
        self,
        regime: Regime,
        names: NDArray[np.str_],
        inverse: NDArray[np.intp],
        count: NDArray[np.intp] | None = None,
    ) -> list[Fold]:
        n_folds = min(self.settings.random_folds, len(names))
        if n_folds < 2:  # noqa: PLR2004
            return []
        sizes = np.ones(len(names), dtype=np.int64) if count is None else count
        fold = assign_folds(names, sizes, n_folds, salt="random", seed=1)[inverse]
        return [
            Fold(
                f"{regime}/{number + 1}",
                regime,
                "",
                np.flatnonzero(fold != number),
                _no_rows(),
                {regime: np.flatnonzero(fold == number)},
            )
            for number in range(n_folds)
        ]

    def _whole(self) -> list[Fold]:
        """Test all samples of a cut at once."""
        if not self.cuts.cuts:
            return []
        back = HeldBack.of(
            self.task, self.group, self.block, self.blockings, self.codes, self.sides
        )
        folds = []
        for item in self.cuts.cuts:
            tested, learned = self._rows(item)
            tests = {"out": tested}
            held = back.take(tested, learned, self.sides.without(learned, tested))
            if len(held):
                tests["in"] = held
            pool = self.sides.without(np.setdiff1d(learned, held), *tests.values())
            folds.append(Fold(f"out/{item.name}", "out", item.name, pool, _no_rows(), tests))
        return folds

    def _apart(self) -> list[Fold]:
        """Deal places to folds too: both the group and the place of a test sample are new.

        What is learned from has other places, in other groups; `in` tests the same places as
        `out` in the groups that are learned from, at no cost.
        """
        ground = cut(self.task.lonlat, self.task.unit, self.codes)
        if ground.side > 0:
            parts = np.array([f"{column},{row}" for column, row in ground.cell])
        else:
            parts = unit_names(self.task)
        place = self._assign_blocks(np.arange(len(self.task)), parts)
        folds = []
        for item in self.cuts.cuts:
            tested, learned = self._rows(item)
            for number in np.unique(place[tested]).tolist():
                tests = {"out": tested[place[tested] == number]}
                known = learned[place[learned] == number]
                if len(known):
                    tests["in"] = known
                pool = self.sides.without(learned[place[learned] != number], *tests.values())
                title = f"out/{item.name}/{number + 1}"
                folds.append(Fold(title, "out", item.name, pool, _no_rows(), tests))
        return folds

    def _rows(self, item: Cut) -> tuple[Ints, Ints]:
        """Return the samples that a cut tests, and those of the groups it learns from."""
        tested = np.flatnonzero(np.isin(self.group, item.tested))
        return tested, np.flatnonzero(np.isin(self.group, item.learned))

    def _studied(self) -> tuple[list[int], tuple[str, ...]]:
        """Choose the groups whose own labels are studied, and name those that are too many."""
        tested = self.cuts.tested if self.cuts.cuts else range(len(self.groups))
        able = np.array([n for n in tested if self.blockings[n].side > 0], dtype=np.int64)
        most = max(LOCAL_GROUPS, self.settings.group_folds)
        if len(able) > most:
            priority = priorities(row_digests(np.array(self.groups)[able]), "local groups")
            chosen = np.sort(able[np.argsort(priority)[:most]])
            left = np.setdiff1d(able, chosen)
            return chosen.tolist(), tuple(self.groups[number] for number in left)
        return able.tolist(), ()

    def _both(self, fold: Fold, elsewhere: Ints) -> Fold:
        test = fold.tests["local"]
        always = self.sides.without(elsewhere, test)
        # As a rule all of it, which the folds of a place then have as one array.
        always = elsewhere if len(always) == len(elsewhere) else always
        return Fold(
            fold.name.replace("local", "both", 1), "both", fold.held_out, fold.pool, always,
            {"both": test},
        )  # fmt: skip

    def _local(self, rows: Ints, name: str, block: Ints, regime: Regime) -> list[Fold]:
        fold = self._assign_blocks(rows, np.array([f"{name}/{value}" for value in block]))
        made = []
        for number in np.unique(fold).tolist():
            test = rows[fold == number]
            pool = rows[fold != number]
            # Within a group units are in one block: nothing is shared here, whatever is asked.
            pool = pool[~np.isin(self.task.unit[pool], self.task.unit[test])]
            if not len(pool):
                return []
            title = f"{regime}/{name}/{number + 1}"
            made.append(Fold(title, regime, name, pool, _no_rows(), {regime: test}))
        return made

    def _assign_blocks(self, rows: Ints, names: NDArray[np.str_]) -> Ints:
        """Deal blocks to folds so that few classes are missing on either side."""
        blocks, inverse, count = np.unique(names, return_inverse=True, return_counts=True)
        n_folds = min(self.settings.local_folds, len(blocks))
        best: tuple[int, Ints] | None = None
        for seed in range(TRIES):
            fold = assign_folds(blocks, count, n_folds, salt="local", seed=seed)[inverse]
            missing = missing_classes(self.codes, rows, fold, n_folds)
            if best is None or missing < best[0]:
                best = missing, fold
            if missing == 0:
                break
        assert best is not None  # noqa: S101 - TRIES is positive
        return best[1]

    def _other_sizes(self, rows: Ints, name: str) -> list[Fold]:
        folds: list[Fold] = []
        side = self.blockings[self.groups.index(name)].side
        sizes: tuple[tuple[Regime, float], ...] = (("local-half", 0.5), ("local-double", 2.0))
        for regime, factor in sizes:
            codes = None if self.codes is None else self.codes[rows]
            blocking = cut(self.task.lonlat[rows], self.task.unit[rows], codes, side=side * factor)
            block = np.unique(blocking.cell, axis=0, return_inverse=True)[1].ravel()
            folds += self._local(rows, name, block.astype(np.int64), regime)
        return folds


def _no_rows() -> Ints:
    return np.zeros(0, dtype=np.int64)

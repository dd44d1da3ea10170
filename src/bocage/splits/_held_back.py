"""Blocks of the groups that are learned from, held back to score `in`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints, priorities, row_digests
from bocage.splits._blocks import Blocking, cut
from bocage.splits._sides import Sides, unit_names
from bocage.tasks import Task

IN_SHARE = 0.2
"""Largest share of what may be learned from that `in` takes, its units' other samples included."""

MIN_UNITS_IN = 5
"""A group with fewer units holds nothing back."""

RECURS = 0.1
"""From this share of samples on whose place another group has too, the same ground is held back
in all groups: held back group by group, it would add up to nearly all places."""

TRIES = 25
"""Label-free choices that are tried before a class is left out of what is learned from."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Parts that may be held back, in the order in which they are.

    Attributes
    ----------
    part : ndarray of int64, shape (n,)
        Part of each sample, numbered in order; -1 where it is never held back.
    codes : ndarray of int64 or None, shape (n,)
        Classes.
    sides : Sides
    """

    part: Ints
    codes: Ints | None
    sides: Sides

    @classmethod
    def of(
        cls,
        task: Task,
        group: Ints,
        block: Ints,
        blockings: Sequence[Blocking],
        codes: Ints | None,
        sides: Sides,
    ) -> "HeldBack":
        """Choose about a fifth of each group in whole blocks, or in units where it has none."""
        part = np.full(len(task), -1, dtype=np.int64)
        if sides.shared is None and _recurring(task.unit, group) >= RECURS:
            everything = np.arange(len(task))
            ground = cut(task.lonlat, task.unit, codes)
            cell = np.unique(ground.cell, axis=0, return_inverse=True)[1].ravel().astype(str)
            chosen = _choose(task, codes, everything, cell if ground.side > 0 else None)
            for number, rows in enumerate(chosen):
                part[rows] = number
            return cls(part, codes, sides)
        n_groups = len(blockings)
        for number, blocking in enumerate(blockings):
            rows = np.flatnonzero(group == number)
            names = block[rows].astype(str) if blocking.side > 0 else None
            for turn, mine in enumerate(_choose(task, codes, rows, names)):
                # In turns, so that no group is the first to go without.
                part[mine] = turn * n_groups + number
        return cls(part, codes, sides)

    def take(self, tested: Ints, learned: Ints, pool: Ints) -> Ints:
        """Choose what one fold holds back.

        Parameters
        ----------
        tested : ndarray of int64
            Samples of the groups that are left out.
        learned : ndarray of int64
            All samples of the groups that are learned from, ascending.
        pool : ndarray of int64
            Those of them that may be learned from, ascending.

        Returns
        -------
        ndarray of int64
            Samples to test: at most `IN_SHARE` of the pool is lost to them, and no class; a shared
            place that `out` tests, or that several groups have, stays known.
        """
        rows = learned[self.part[learned] >= 0]
        if not len(rows):
            return rows
        parts, at = np.unique(self.part[rows], return_inverse=True)
        owner, lost = self._lost(rows, at, pool)
        price = np.bincount(owner, minlength=len(parts))
        keep = np.cumsum(price) <= IN_SHARE * len(pool) + 1e-9
        if self.codes is not None:
            left = np.setdiff1d(pool, lost[keep[owner]])
            gone = np.setdiff1d(self.codes[pool], self.codes[left])
            keep[owner[np.isin(self.codes[lost], gone)]] = False
        rows = rows[keep[at]]
        return rows if self.sides.shared is None else self._known(rows, tested, pool)

    def _known(self, rows: Ints, tested: Ints, pool: Ints) -> Ints:
        """Give back what would make a known place an unknown one."""
        assert self.sides.shared is not None  # noqa: S101 - asked for where something is shared
        value = self.sides.shared[rows]
        left = self.sides.shared[np.setdiff1d(pool, rows)]
        found, at, count = np.unique(value, return_inverse=True, return_counts=True)
        several = (count > 1) | np.isin(found, self.sides.shared[tested])
        return rows[~several[at] | np.isin(value, left)]

    def _lost(self, rows: Ints, at: NDArray[np.intp], pool: Ints) -> tuple[Ints, Ints]:
        """Pair the parts of `rows` with the samples of the pool that each of them costs."""
        unit, shared = self.sides.unit, self.sides.shared
        pairs = np.unique(np.column_stack([unit[rows], at]), axis=0)
        order = np.argsort(unit[pool], kind="stable")
        ranked = unit[pool[order]]
        first = np.searchsorted(ranked, pairs[:, 0], "left")
        count = np.searchsorted(ranked, pairs[:, 0], "right") - first
        ends = np.cumsum(count)
        within = np.arange(int(count.sum())) - np.repeat(ends - count, count)
        owner = np.repeat(pairs[:, 1], count)
        lost = pool[order[np.repeat(first, count) + within]]
        if shared is None:
            return owner, lost
        # What is shared stays, apart from the samples that are tested themselves.
        values = int(shared.max()) + 1
        stays = np.isin(owner * values + shared[lost], at * values + shared[rows])
        itself = self.part[lost] == np.unique(self.part[rows])[owner]
        return owner[~stays | itself], lost[~stays | itself]


def _recurring(unit: Ints, group: Ints) -> float:
    """Return the share of samples whose unit stands in several groups."""
    pairs = np.unique(np.column_stack([unit, group]), axis=0)
    units, count = np.unique(pairs[:, 0], return_counts=True)
    return float(np.isin(unit, units[count > 1]).mean())


def _choose(
    task: Task, codes: Ints | None, rows: Ints, blocks: NDArray[np.str_] | None
) -> list[Ints]:
    """Choose whole blocks (or units, where there are none) that fit into the share."""
    names = unit_names(task)[rows] if blocks is None else blocks
    parts, inverse, count = np.unique(names, return_inverse=True, return_counts=True)
    if len(parts) < MIN_UNITS_IN and blocks is None:
        return []
    content = part_digests(task, rows, inverse, len(parts))
    best: tuple[int, list[int]] | None = None
    for seed in range(TRIES):
        room = IN_SHARE * len(rows) + 1e-9
        taken = []
        for part in np.argsort(priorities(content, "in", seed)).tolist():
            if count[part] <= room:
                taken.append(part)
                room -= count[part]
        inside = np.isin(inverse, taken).astype(np.int64)
        missing = missing_classes(codes, rows, inside, 2)
        if best is None or missing < best[0]:
            best = missing, taken
        if missing == 0:
            break
    assert best is not None  # noqa: S101 - TRIES is positive
    return [rows[inverse == part] for part in best[1]]


def missing_classes(codes: Ints | None, rows: Ints, fold: Ints, n_folds: int) -> int:
    """Count classes missing from training (heavily) or test, over folds."""
    if codes is None:
        return 0
    _, code = np.unique(codes[rows], return_inverse=True)
    table = np.zeros((int(code.max()) + 1, n_folds), dtype=np.int64)
    np.add.at(table, (code, fold), 1)
    untrained = (table.sum(axis=1, keepdims=True) - table == 0).sum()
    return int(1000 * untrained + (table == 0).sum())


def part_digests(
    task: Task, rows: Ints, inverse: NDArray[np.intp], n_parts: int
) -> NDArray[np.void]:
    """Name parts by the content of their first row."""
    smallest = np.full(n_parts, len(task), dtype=np.int64)
    np.minimum.at(smallest, inverse, rows)
    return row_digests(np.array([task.digests[row].tobytes().hex() for row in smallest]))

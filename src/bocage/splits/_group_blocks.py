"""Every group cut into blocks, and what had to be given up for it."""

from collections.abc import Sequence

import numpy as np

from bocage.core import Ints, counted, listed, part_of
from bocage.splits._blocks import CLASS_BLOCKS, RULES, Blocking, cut
from bocage.tables import find_strays, stray_words
from bocage.tasks import Task


def cut_groups(
    task: Task, groups: tuple[str, ...], group: Ints, block_metres: float | None
) -> tuple[list[Blocking], list[str]]:
    """Cut every group into blocks; say in one line each what was not kept, and where."""
    if not task.has_places:
        # Said of the task, and true of every group.
        return [
            cut(task.lonlat[group == n], task.unit[group == n], None) for n in range(len(groups))
        ], []
    blockings: list[Blocking] = []
    uncut: list[str] = []
    kept: dict[str, list[str]] = {}
    few: dict[str, list[str]] = {}
    torn: dict[str, list[str]] = {}
    for number, name in enumerate(groups):
        rows = np.flatnonzero(group == number)
        codes = None if task.codes is None else task.codes[rows]
        blocking = cut(task.lonlat[rows], task.unit[rows], codes, side=block_metres)
        blockings.append(blocking)
        if blocking.side == 0:
            uncut.append(name)
            continue
        if blocking.rule != RULES[0]:
            rule = "no rule" if blocking.rule is None else f"only '{blocking.rule}'"
            kept.setdefault(rule, []).append(name)
        for code, count in _few_blocks(codes, blocking):
            few.setdefault(task.classes[code], []).append(f"{count} in {name}")
        for code in np.unique(blocking.torn).tolist():
            torn.setdefault(task.classes[code], []).append(name)
    degraded = [
        f"blocks satisfy {rule} (wanted: '{RULES[0]}') in "
        f"{part_of(len(names), len(groups), 'group')}: {listed(names)}"
        for rule, names in kept.items()
    ]
    if few:
        where = "; ".join(f"{name} ({listed(parts)})" for name, parts in few.items())
        degraded.append(
            f"classes that occur in fewer than {CLASS_BLOCKS} blocks, so that their scores depend "
            f"on few places: {where}"
        )
    if torn:
        where = "; ".join(f"{name} in {listed(parts)}" for name, parts in torn.items())
        degraded.append(
            "patches of one class that are longer than a block, and so lie on both sides of a "
            f"block boundary: {where}"
        )
    return blockings, degraded + _uncut(task, groups, group, uncut)


def _uncut(task: Task, groups: tuple[str, ...], group: Ints, uncut: Sequence[str]) -> list[str]:
    """Name the groups that could not be cut, by the reason."""
    small: list[str] = []
    uneven: list[str] = []
    made: list[str] = []
    for name in uncut:
        rows = np.flatnonzero(group == groups.index(name))
        n_places = len(np.unique(task.unit[rows]))
        strays = far_rows(task, rows)
        if n_places < RULES[-1].n_blocks:
            small.append(name)
        elif strays:
            made.append(
                f"{name!r} can't be cut into blocks, so that labels from within it are not "
                f"evaluated: of its {len(rows):,} samples {strays}"
            )
        else:
            uneven.append(f"{name} ({counted(len(rows), 'sample')}, {counted(n_places, 'place')})")
    end = "labels from within them are not evaluated"
    if uneven:
        made.insert(
            0,
            f"{part_of(len(uneven), len(groups), 'group')} can't be cut into square blocks "
            f"({RULES[-1]}): {listed(uneven)}; {end}",
        )
    if small:
        made.insert(
            0,
            f"{part_of(len(small), len(groups), 'group', 'is', 'are')} too small to be cut into "
            f"blocks ({listed(small)}): {end}",
        )
    return made


def far_rows(task: Task, rows: Ints) -> str:
    """Name the rows but for which some could be cut into blocks; empty where there are none.

    Blocks are no smaller than a share of the extent, which one mistyped place makes that of a
    continent.
    """
    lonlat, unit = task.lonlat[rows], task.unit[rows]
    strays = find_strays(lonlat)
    if strays is None:
        return ""
    rest = np.setdiff1d(np.arange(len(rows)), strays.row)
    if cut(lonlat[rest], unit[rest], None).side == 0:
        return ""
    return stray_words(strays, lonlat, task.row[rows])


def _few_blocks(codes: Ints | None, blocking: Blocking) -> list[tuple[int, int]]:
    """List classes that stand in few blocks, with the number of these."""
    if codes is None:
        return []
    block = np.unique(blocking.cell, axis=0, return_inverse=True)[1].ravel()
    pairs = np.unique(np.column_stack([codes, block]), axis=0)
    found, count = np.unique(pairs[:, 0], return_counts=True)
    some = count < CLASS_BLOCKS
    return list(zip(found[some].tolist(), count[some].tolist(), strict=True))


def number_blocks(
    groups: tuple[str, ...], group: Ints, blockings: Sequence[Blocking]
) -> tuple[tuple[str, ...], Ints]:
    names = np.empty(len(group), dtype=object)
    for number, (name, blocking) in enumerate(zip(groups, blockings, strict=True)):
        rows = np.flatnonzero(group == number)
        if blocking.side == 0:
            names[rows] = name
        else:
            names[rows] = [f"{name}/{column},{row}" for column, row in blocking.cell]
    found, block = np.unique(names.astype(np.str_), return_inverse=True)
    return tuple(found.tolist()), block.astype(np.int64)

"""Every group cut into blocks, and what had to be given up for it."""

from collections.abc import Sequence

import numpy as np

from bocage.core import listed
from bocage.splits._blocks import CLASS_BLOCKS, RULES, Blocking, cut
from bocage.splits._fold import Rows
from bocage.tasks import Task


def cut_groups(
    task: Task, groups: tuple[str, ...], group: Rows, block_metres: float | None
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
        f"blocks keep {rule} (wanted: '{RULES[0]}') in {len(names)} of {len(groups)} groups: "
        f"{listed(names)}"
        for rule, names in kept.items()
    ]
    if few:
        where = "; ".join(f"{name} ({listed(parts)})" for name, parts in few.items())
        degraded.append(
            f"classes that stand in fewer than {CLASS_BLOCKS} blocks, so that their scores hang on "
            f"few places: {where}"
        )
    if torn:
        where = "; ".join(f"{name} in {listed(parts)}" for name, parts in torn.items())
        degraded.append(
            "stands of one class that are longer than a block, and so lie on both sides of a cut: "
            f"{where}"
        )
    if uncut:
        shown = listed(uncut)
        degraded.append(
            f"{len(uncut)} of {len(groups)} groups are too small to be cut into blocks "
            f"({shown}): labels from within them are not studied"
        )
    return blockings, degraded


def _few_blocks(codes: Rows | None, blocking: Blocking) -> list[tuple[int, int]]:
    """List classes that stand in few blocks, with the number of these."""
    if codes is None:
        return []
    block = np.unique(blocking.cell, axis=0, return_inverse=True)[1].ravel()
    pairs = np.unique(np.column_stack([codes, block]), axis=0)
    found, count = np.unique(pairs[:, 0], return_counts=True)
    some = count < CLASS_BLOCKS
    return list(zip(found[some].tolist(), count[some].tolist(), strict=True))


def number_blocks(
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

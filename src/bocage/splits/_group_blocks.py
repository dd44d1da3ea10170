"""Every group cut into blocks, and what had to be given up for it."""

from collections.abc import Sequence

import numpy as np

from bocage.core import listed
from bocage.splits._blocks import RULES, Blocking, cut
from bocage.splits._fold import Rows
from bocage.tasks import Task


def cut_groups(
    task: Task, groups: tuple[str, ...], group: Rows, block_metres: float | None
) -> tuple[list[Blocking], list[str]]:
    """Cut every group into blocks; say in one line each which rules were not kept, and where."""
    blockings: list[Blocking] = []
    uncut: list[str] = []
    kept: dict[str, list[str]] = {}
    for number, name in enumerate(groups):
        rows = np.flatnonzero(group == number)
        codes = task.target[rows] if task.kind == "classification" else None
        blocking = cut(task.lonlat[rows], task.unit[rows], codes, side=block_metres)
        blockings.append(blocking)
        if blocking.side == 0:
            uncut.append(name)
        elif blocking.rule != RULES[0]:
            rule = "no rule" if blocking.rule is None else f"only '{blocking.rule}'"
            kept.setdefault(rule, []).append(name + _close_classes(task, rows, blocking))
    degraded = [
        f"blocks keep {rule} (wanted: '{RULES[0]}') in {len(names)} of {len(groups)} groups: "
        f"{'; '.join(names)}"
        for rule, names in kept.items()
    ]
    if uncut:
        shown = listed(uncut)
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

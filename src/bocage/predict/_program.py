"""From trees to the flat arrays that the loops run through."""

import heapq
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.methods.heads import Tree, UnreadableModelError
from bocage.predict._codes import StoredCodes
from bocage.predict._tree_loops import LEFT_END, LEFT_FIRST, PAIR, RIGHT_END, RIGHT_FIRST, Program

_MOST_ENDS = 256
# A node of the top costs a pixel about 0.1 cycles, a step of a walk three or more.
_WORTH = 1 / 32
_MOST_NODES = 1 << 16


@dataclass(slots=True)
class _Parts:
    """What grows while trees are added; see `Program`."""

    first: list[int] = field(default_factory=lambda: [0])
    steps: list[tuple[int, int, int, int]] = field(default_factory=list)
    entry: list[NDArray[Any]] = field(default_factory=list)
    entry_first: list[int] = field(default_factory=list)
    node_first: list[int] = field(default_factory=list)
    n_inner: list[int] = field(default_factory=list)
    nodes: list[NDArray[Any]] = field(default_factory=list)
    value_first: list[int] = field(default_factory=list)
    leaves: list[NDArray[Any]] = field(default_factory=list)


def build_program(
    trees: tuple[Tree, ...], bands: tuple[int, ...], codes: StoredCodes
) -> tuple[Program, NDArray[np.floating]]:
    """Lay trees out for the loops.

    Parameters
    ----------
    trees : tuple of Tree
    bands : tuple of int
        Bands that the trees split on, in order.
    codes : StoredCodes
        Of these bands.

    Returns
    -------
    Program
    ndarray of float, shape (n_leaves, n_values)
        What leaves give, in the order in which the loops number them.

    Raises
    ------
    UnreadableModelError
        If a tree has too many nodes.
    """
    place = np.zeros(max(bands, default=0) + 1, dtype=np.int64)
    place[list(bands)] = np.arange(len(bands))
    parts = _Parts()
    entries = nodes = leaves = 0
    inner = np.concatenate([tree.left for tree in trees]) >= 0
    band = np.concatenate([tree.band for tree in trees])
    band = np.where(inner, place[np.where(inner, band, 0)], 0)
    limits = np.full(len(inner), np.iinfo(codes.dtype).max, dtype=np.int64)
    threshold = np.concatenate([tree.threshold for tree in trees])
    limits[inner] = codes.limits(band[inner], threshold[inner])
    cuts = np.cumsum([len(tree.left) for tree in trees])[:-1]
    for tree, places, own in zip(trees, np.split(band, cuts), np.split(limits, cuts), strict=True):
        kept, limit = _pruned(replace(tree, band=places), own, codes.dtype)
        parts.entry_first.append(entries)
        parts.node_first.append(nodes)
        parts.value_first.append(leaves)
        _add(parts, kept, limit)
        entries += len(parts.entry[-1])
        nodes += len(parts.nodes[-1])
        leaves += len(parts.leaves[-1])
    steps = np.array(parts.steps, dtype=np.int64).reshape(-1, 4)
    program = Program(
        first=np.array(parts.first, dtype=np.int64),
        kind=steps[:, 0].astype(np.uint8),
        band=steps[:, 1].astype(np.uint16),
        limit=steps[:, 2].astype(codes.dtype),
        end=steps[:, 3].astype(np.uint8),
        entry=np.concatenate(parts.entry).astype(np.uint16),
        entry_first=np.array(parts.entry_first, dtype=np.int64),
        node_first=np.array(parts.node_first, dtype=np.int64),
        n_inner=np.array(parts.n_inner, dtype=np.int64),
        nodes=np.concatenate(parts.nodes).astype(np.uint64),
        value_first=np.array(parts.value_first, dtype=np.int64),
    )
    return program, np.concatenate(parts.leaves)


def _pruned(
    tree: Tree, limit: NDArray[np.int64], dtype: np.dtype[Any]
) -> tuple[Tree, NDArray[np.int64]]:
    """Replace splits that all codes pass the same way by the child that they lead to."""
    info = np.iinfo(dtype)
    inner = tree.left >= 0
    always_right, always_left = inner & (limit < info.min), inner & (limit >= info.max)
    if not (always_right | always_left).any():
        return tree, limit
    onward = np.arange(len(inner))
    onward[always_right] = tree.right[always_right]
    onward[always_left] = tree.left[always_left]
    while (onward[onward] != onward).any():
        onward = onward[onward]
    # The root stays where it is and takes the place of the node that it leads to.
    pick = np.arange(len(inner))
    pick[0] = onward[0]
    pruned = Tree(
        left=np.where(inner[pick], onward[tree.left[pick]], -1),
        right=np.where(inner[pick], onward[tree.right[pick]], -1),
        band=tree.band[pick],
        threshold=tree.threshold[pick],
        value=tree.value[pick],
        share=tree.share[pick],
    )
    return pruned, limit[pick]


def _add(parts: _Parts, tree: Tree, limit: NDArray[np.int64]) -> None:
    order = _reached(tree)
    inner = order[tree.left[order] >= 0]
    leaves = order[tree.left[order] < 0]
    if len(inner) < _MOST_ENDS:
        ends = _add_top(parts, tree, limit, set(inner.tolist()))
        parts.n_inner.append(0)
        parts.entry.append(np.empty(0, dtype=np.uint64))
        parts.nodes.append(np.empty(0, dtype=np.uint64))
        parts.leaves.append(tree.value[ends])
        return
    if len(order) > _MOST_NODES:
        raise UnreadableModelError(f"a tree has {len(order)} nodes; at most {_MOST_NODES} fit")
    number = np.zeros(len(tree.left), dtype=np.uint64)
    number[inner] = np.arange(len(inner))
    number[leaves] = np.arange(len(inner), len(order))
    ends = _add_top(parts, tree, limit, _worthy(tree))
    own = number[leaves]
    short = limit[inner].astype(np.int16).view(np.uint16).astype(np.uint64)
    words = tree.band[inner].astype(np.uint64) | (short << np.uint64(16))
    words |= number[tree.left[inner]] << np.uint64(32)
    words |= number[tree.right[inner]] << np.uint64(48)
    parts.n_inner.append(len(inner))
    parts.entry.append(number[ends])
    parts.nodes.append(np.append(words, (own << np.uint64(32)) | (own << np.uint64(48))))
    parts.leaves.append(tree.value[leaves])


def _reached(tree: Tree) -> NDArray[np.int64]:
    """Return the nodes that can be reached from the root."""
    levels = [np.zeros(1, dtype=np.int64)]
    while len(last := levels[-1][tree.left[levels[-1]] >= 0]):
        levels.append(np.concatenate([tree.left[last], tree.right[last]]))
    return np.concatenate(levels)


def _worthy(tree: Tree) -> set[int]:
    """Choose the nodes that most pixels pass, from the root downwards."""
    enough = _WORTH * float(tree.share[0])
    chosen: set[int] = set()
    waiting = [(-float(tree.share[0]), 0)]
    while waiting and len(chosen) < _MOST_ENDS - 1:
        share, node = heapq.heappop(waiting)
        if -share < enough and chosen:
            break
        chosen.add(node)
        for child in (int(tree.left[node]), int(tree.right[node])):
            if tree.left[child] >= 0:
                heapq.heappush(waiting, (-float(tree.share[child]), child))
    return chosen


def _add_top(
    parts: _Parts, tree: Tree, limit: NDArray[np.int64], chosen: set[int]
) -> NDArray[np.int64]:
    """Add the steps that evaluate the chosen nodes; return the nodes where they end, in order."""
    ends: list[int] = []
    left, right = tree.left.tolist(), tree.right.tolist()
    band, limits = tree.band.tolist(), limit.tolist()
    size: dict[int, int] = {}
    # Each node after its children; a list instead of recursion, since trees can be deep.
    stack, order = [0] if 0 in chosen else [], []
    while stack:
        node = stack.pop()
        order.append(node)
        stack += [child for child in (left[node], right[node]) if child in chosen]
    for node in reversed(order):
        size[node] = 1 + size.get(left[node], 0) + size.get(right[node], 0)
    number: dict[int, int] = {}
    stack = [0]
    while stack:
        node = stack.pop()
        if node in chosen:
            stack += [right[node], left[node]]
        else:
            number[node] = len(ends)
            ends.append(node)

    def step(node: int) -> tuple[int, int, int, int]:
        a, b = left[node], right[node]
        if a in chosen and b in chosen:
            return (LEFT_FIRST if size[a] >= size[b] else RIGHT_FIRST), band[node], limits[node], 0
        kind = RIGHT_END if a in chosen else LEFT_END if b in chosen else PAIR
        return kind, band[node], limits[node], number.get(b if a in chosen else a, 0)

    # Larger children first, so that few rows wait; reversed: node, smaller child, larger child.
    stack, steps = [0] if 0 in chosen else [], []
    while stack:
        node = stack.pop()
        steps.append(step(node))
        children = [child for child in (left[node], right[node]) if child in chosen]
        if len(children) > 1 and steps[-1][0] == RIGHT_FIRST:
            children.reverse()
        stack += children
    parts.steps += reversed(steps)
    parts.first.append(len(parts.steps))
    return np.array(ends, dtype=np.int64)

"""Trees evaluated for many pixels at once.

The top of a tree (all of it, up to 256 ends) is evaluated for a row of pixels node by node, from
its ends to its root: ``end = right where code > limit, else left``. One instruction of the
processor does this for 32 pixels of one byte, with no branch to guess and no memory to wait for, so
that a node costs about a tenth of a cycle a pixel, where following one path costs ten and more a
step. What is left of larger trees is followed node by node, eight pixels in turn.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bocage.predict._compiled import compiled

TILE = 1024
"""Pixels in a row; their codes (64 KiB for 64 bands of one byte) stay in the second cache."""

DEPTH = 10
"""Rows that wait for their parent: at most log2(256 ends) + 1, the larger child being first."""

PAIR, LEFT_END, RIGHT_END, LEFT_FIRST, RIGHT_FIRST = range(5)
"""What the children of a node are: two ends; an end on one side; two nodes, by which came first."""


class Program(NamedTuple):
    """Trees as flat arrays.

    Attributes
    ----------
    first : ndarray of int64, shape (n_trees + 1,)
        Where each tree's steps start.
    kind : ndarray of uint8, shape (n_steps,)
    band : ndarray of uint16, shape (n_steps,)
    limit : ndarray of the codes' dtype, shape (n_steps,)
        A pixel goes right where its code is larger.
    end : ndarray of uint8, shape (n_steps,)
        Number of the (left) end among the children.
    entry : ndarray of uint16, shape (n_entries,)
        For trees that go on below their top: the node that each end stands for.
    entry_first, node_first : ndarray of int64, shape (n_trees,)
        Where each tree's entries and nodes start.
    n_inner : ndarray of int64, shape (n_trees,)
        Nodes below which there are more, 0 for a tree that is all top; leaves are numbered on.
    nodes : ndarray of uint64, shape (n_nodes,)
        Band, limit, left and right child, 16 bits each from the lowest; a leaf is its own child.
    value_first : ndarray of int64, shape (n_trees,)
        Where each tree's leaves start.
    """

    first: NDArray[np.int64]
    kind: NDArray[np.uint8]
    band: NDArray[np.uint16]
    limit: NDArray[Any]
    end: NDArray[np.uint8]
    entry: NDArray[np.uint16]
    entry_first: NDArray[np.int64]
    node_first: NDArray[np.int64]
    n_inner: NDArray[np.int64]
    nodes: NDArray[np.uint64]
    value_first: NDArray[np.int64]


NONE = 255
"""Stands for no class; a map has at most 255."""


class Votes(NamedTuple):
    """What leaves give to all classes. Most give to one; small tables stay in the cache.

    Attributes
    ----------
    only : ndarray of uint8, shape (n_leaves,)
        The one row that a leaf gives to, or `NONE`.
    share : ndarray of float64, shape (n_leaves,)
        What it gives to it.
    row : ndarray of int32, shape (n_leaves,)
        For other leaves: their row of `shares`.
    shares : ndarray of float64, shape (n_other_leaves, n_rows)
    """

    only: NDArray[np.uint8]
    share: NDArray[np.float64]
    row: NDArray[np.int32]
    shares: NDArray[np.float64]


@compiled
def _merge_end(code: Any, limit: Any, kind: Any, end: Any, out: Any) -> None:
    """Evaluate a node with an end on one side or both; `out` holds what the other side gave.

    A mask of eight bits stands where a branch would: the compiler makes vectors of it.
    """
    if kind == PAIR:
        for p in range(TILE):
            out[p] = np.uint8(end + np.uint8(code[p] > limit))
    elif kind == LEFT_END:
        for p in range(TILE):
            right = np.uint8(np.uint8(0) - np.uint8(code[p] > limit))
            out[p] = end ^ ((out[p] ^ end) & right)
    else:
        for p in range(TILE):
            left = np.uint8(np.uint8(0) - np.uint8(code[p] <= limit))
            out[p] = end ^ ((out[p] ^ end) & left)


@compiled
def _merge_rows(code: Any, limit: Any, kind: Any, other: Any, out: Any) -> None:
    """Evaluate a node with nodes on both sides: `out` of the first, `other` of the second."""
    if kind == LEFT_FIRST:
        for p in range(TILE):
            right = np.uint8(np.uint8(0) - np.uint8(code[p] > limit))
            out[p] ^= (out[p] ^ other[p]) & right
    else:
        for p in range(TILE):
            left = np.uint8(np.uint8(0) - np.uint8(code[p] <= limit))
            out[p] ^= (out[p] ^ other[p]) & left


@compiled
def _top(tile: Any, program: Any, tree: Any, rows: Any) -> None:
    """Leave the number of each pixel's end in the first row."""
    last = -1
    for step in range(program.first[tree], program.first[tree + 1]):
        code = tile[program.band[step]]
        kind = program.kind[step]
        if kind >= LEFT_FIRST:
            last -= 1
            _merge_rows(code, program.limit[step], kind, rows[last + 1], rows[last])
        else:
            if kind == PAIR:
                last += 1
            _merge_end(code, program.limit[step], kind, program.end[step], rows[last])


@compiled
def _step(pixels: Any, start: Any, nodes: Any, node: Any) -> Any:
    word = nodes[node]
    band = word & np.uint64(0xFFFF)
    limit = np.int16(word >> np.uint64(16))
    right = np.uint64(pixels[start + band] > limit)
    return (word >> (np.uint64(32) + (right << np.uint64(4)))) & np.uint64(0xFFFF)


@compiled
def _walk(pixels: Any, n_bands: Any, nodes: Any, n_inner: Any, found: Any) -> None:
    """Follow each pixel from a node to its leaf.

    Eight in turn, since a step waits for memory and the steps of other pixels need not.
    """
    d = np.uint64(n_bands)
    inner = np.uint64(n_inner)
    for p in range(0, TILE, 8):
        s0 = np.uint64(p) * d
        s1, s2, s3, s4 = s0 + d, s0 + d + d, s0 + d + d + d, s0 + d + d + d + d
        s5, s6, s7 = s4 + d, s4 + d + d, s4 + d + d + d
        n0, n1 = np.uint64(found[p]), np.uint64(found[p + 1])
        n2, n3 = np.uint64(found[p + 2]), np.uint64(found[p + 3])
        n4, n5 = np.uint64(found[p + 4]), np.uint64(found[p + 5])
        n6, n7 = np.uint64(found[p + 6]), np.uint64(found[p + 7])
        while (
            min(min(min(n0, n1), min(n2, n3)), min(min(n4, n5), min(n6, n7)))  # noqa: PLW3301
            < inner
        ):
            # Two steps between two looks: a leaf leads to itself.
            for _ in range(2):
                n0 = _step(pixels, s0, nodes, n0)
                n1 = _step(pixels, s1, nodes, n1)
                n2 = _step(pixels, s2, nodes, n2)
                n3 = _step(pixels, s3, nodes, n3)
                n4 = _step(pixels, s4, nodes, n4)
                n5 = _step(pixels, s5, nodes, n5)
                n6 = _step(pixels, s6, nodes, n6)
                n7 = _step(pixels, s7, nodes, n7)
        found[p], found[p + 1], found[p + 2], found[p + 3] = n0, n1, n2, n3
        found[p + 4], found[p + 5], found[p + 6], found[p + 7] = n4, n5, n6, n7


@compiled
def _fill(codes: Any, start: Any, size: Any, tile: Any, pixels: Any, walks: Any) -> None:
    """Take a tile of pixels close together, band by band and, for walking, pixel by pixel."""
    n_bands = codes.shape[0]
    for band in range(n_bands):
        # A raster's rows of bands lie a power of two apart, where caches hold few of them.
        row = codes[band, start : start + size]
        to = tile[band]
        for p in range(size):
            to[p] = row[p]
        if walks:
            for p in range(size):
                pixels[p * n_bands + band] = row[p]


@compiled
def _leaves(tile: Any, pixels: Any, program: Any, tree: Any, rows: Any, found: Any) -> None:
    """Fill `found` with the number of each pixel's leaf."""
    top = rows[0]
    if program.first[tree] == program.first[tree + 1]:
        for p in range(TILE):
            top[p] = 0
    _top(tile, program, tree, rows)
    n_inner = program.n_inner[tree]
    if n_inner == 0:
        for p in range(TILE):
            found[p] = top[p]
        return
    entry = program.entry[program.entry_first[tree] :]
    for p in range(TILE):
        found[p] = entry[top[p]]
    _walk(pixels, tile.shape[0], program.nodes[program.node_first[tree] :], n_inner, found)
    for p in range(TILE):
        found[p] -= np.uint16(n_inner)


@compiled
def add_values(
    codes: NDArray[Any],
    start: int,
    program: Program,
    group: NDArray[np.int64],
    values: NDArray[Any],
    scores: NDArray[Any],
) -> None:
    """Add each tree's value to the scores of its class, tree after tree.

    Parameters
    ----------
    codes : ndarray of int8 or int16, shape (n_bands, n_pixels)
    start : int
        First pixel.
    program : Program
    group : ndarray of int64, shape (n_trees,)
        Row of `scores` that a tree adds to.
    values : ndarray of float, shape (n_leaves,)
    scores : ndarray of float, shape (n_rows, width)
        Sums before the first tree; receives those after the last.
    """
    n_bands = codes.shape[0]
    width = scores.shape[1]
    walks = program.nodes.size > 0
    tile = np.zeros((n_bands, TILE), codes.dtype)
    pixels = np.zeros(n_bands * TILE if walks else 0, codes.dtype)
    rows = np.zeros((DEPTH, TILE), np.uint8)
    found = np.zeros(TILE, np.uint16)
    for first in range(0, width, TILE):
        size = min(TILE, width - first)
        _fill(codes, start + first, size, tile, pixels, walks)
        for tree in range(group.size):
            _leaves(tile, pixels, program, tree, rows, found)
            value = values[program.value_first[tree] :]
            row = scores[group[tree], first : first + size]
            for p in range(size):
                row[p] += value[found[p]]


@compiled
def add_votes(
    codes: NDArray[Any], start: int, program: Program, votes: Votes, scores: NDArray[np.float64]
) -> None:
    """Add each tree's distribution over classes, tree after tree.

    Parameters
    ----------
    codes, start, program
        See `add_values`.
    votes : Votes
    scores : ndarray of float64, shape (n_rows, width)
        Receives the sums.
    """
    n_bands = codes.shape[0]
    n_rows, width = scores.shape
    walks = program.nodes.size > 0
    tile = np.zeros((n_bands, TILE), codes.dtype)
    pixels = np.zeros(n_bands * TILE if walks else 0, codes.dtype)
    rows = np.zeros((DEPTH, TILE), np.uint8)
    found = np.zeros(TILE, np.uint16)
    sums = np.zeros((TILE, n_rows))
    for first in range(0, width, TILE):
        size = min(TILE, width - first)
        _fill(codes, start + first, size, tile, pixels, walks)
        sums[:] = 0.0
        for tree in range(program.value_first.size):
            _leaves(tile, pixels, program, tree, rows, found)
            offset = program.value_first[tree]
            for p in range(size):
                leaf = offset + found[p]
                c = votes.only[leaf]
                if c < NONE:
                    sums[p, c] += votes.share[leaf]
                else:
                    row = votes.row[leaf]
                    for k in range(n_rows):
                        sums[p, k] += votes.shares[row, k]
        for k in range(n_rows):
            to = scores[k, first : first + size]
            for p in range(size):
                to[p] = sums[p, k]

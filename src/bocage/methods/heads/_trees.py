"""Trees of any library in one form."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import BocageError

TreeLink = Literal["softmax", "mean", "identity"]


class UnreadableModelError(BocageError):
    """The trees are not of a kind that kernels and exports know."""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A binary tree of numeric splits; node 0 is its root.

    Attributes
    ----------
    left, right : ndarray of int64, shape (n_nodes,)
        Children; -1 at a leaf.
    band : ndarray of int64, shape (n_nodes,)
    threshold : ndarray of float64, shape (n_nodes,)
    value : ndarray of float, shape (n_nodes, n_values)
        What a leaf gives: one number, or one a class.
    share : ndarray of float64, shape (n_nodes,)
        About how many of the samples pass a node. It decides how fast a pixel is, not its result.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    band: NDArray[np.int64]
    threshold: NDArray[np.float64]
    value: NDArray[np.floating]
    share: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TreeEnsemble:
    """Trees whose values are added.

    Attributes
    ----------
    trees : tuple of Tree
    group : ndarray of int64, shape (n_trees,)
        Row of scores that each tree adds to; not used by trees that give all classes at once.
    start : ndarray of float, shape (n_rows,)
        Sums before the first tree, in the library's own precision.
    link : {"softmax", "mean", "identity"}
        What makes predictions of sums: softmax over rows (over 0 and the row if there is but
        one), the mean over trees, or nothing.
    strict : bool
        A pixel goes left where its value is below the threshold, and right where they are equal.
    reads : dtype
        What the library turns values into before it compares them.
    slope : float
        Factor of the sums within the link.
    """

    trees: tuple[Tree, ...]
    group: NDArray[np.int64]
    start: NDArray[np.floating]
    link: TreeLink
    strict: bool
    reads: np.dtype[np.floating]
    slope: float = 1.0

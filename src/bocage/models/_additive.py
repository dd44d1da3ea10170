"""A fitted head as sums: of weighted bands, or of trees; what every export is written from."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from bocage.core import Floats, SettingsError
from bocage.methods import HEADS
from bocage.methods.heads import Tree, TreeEnsemble

if TYPE_CHECKING:
    from bocage.methods import Head

Link = Literal["identity", "share", "softmax", "sigmoid"]


@dataclass(frozen=True, slots=True, eq=False)
class LinearScores:
    """Scores that are weighted sums of bands.

    Attributes
    ----------
    weights : ndarray of float64, shape (n_scores, n_bands)
        Of values as they are, standardisation folded in.
    offsets : ndarray of float64, shape (n_scores,)
    link : str
        ``identity`` (a value), ``softmax`` (a score a class) or ``sigmoid`` (the second of two).
    codes : tuple of int
        Classes that the head saw; empty for regression.
    """

    weights: Floats
    offsets: Floats
    link: Link
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TreeScores:
    """Scores that are sums of trees.

    Attributes
    ----------
    trees : tuple of tuple of Tree
        Of each score, each leaf with one number; a pixel goes left where its value is not above
        the threshold.
    factor : float
        Of the sums, before offsets.
    offsets : ndarray of float64, shape (n_scores,)
    link : str
        As in `LinearScores`, or ``share``: scores are probabilities themselves.
    codes : tuple of int
    is_single : bool
        Whether values are rounded to single precision before trees ask for them.
    """

    trees: tuple[tuple[Tree, ...], ...]
    factor: float
    offsets: Floats
    link: Link
    codes: tuple[int, ...]
    is_single: bool = True


def scores_of(head: "Head") -> LinearScores | TreeScores:
    """Take a fitted head apart.

    Raises
    ------
    SettingsError
        If it is neither linear nor made of trees.
    UnreadableModelError
        If its trees are not of a kind that can be taken apart.
    """
    codes: tuple[int, ...] = ()
    if head.has_classes:
        codes = tuple(int(code) for code in head.classes_)
    form = head.linear_form
    if form is not None:
        return _linear(head, *form, codes)
    if head.spec.trees is not None:
        return _trees(head.spec.trees(head.estimator_), codes)
    able = [spec.name for spec in HEADS.own.values() if spec.is_sum(head.kind)]
    raise SettingsError(
        f"a {head.model} model can't be exported; expected a linear or tree model: one of "
        f"{', '.join(able)}"
    )


def _linear(head: "Head", weights: Floats, offsets: Floats, codes: tuple[int, ...]) -> LinearScores:
    if head.scaling is not None:
        columns, mean, spread = head.scaling
        weights[:, columns] /= spread
        offsets -= weights[:, columns] @ mean
    return LinearScores(weights, offsets, _link(codes, len(weights)), codes)


def _trees(ensemble: TreeEnsemble, codes: tuple[int, ...]) -> TreeScores:
    trees, is_single = ensemble.trees, ensemble.reads == np.float32
    if ensemble.strict:
        # Left is below here, and values are of single precision.
        trees = tuple(_at_most(tree) for tree in trees)
    if ensemble.link == "mean":
        # The last class has what the others leave.
        outputs = [1] if len(codes) == 2 else range(max(1, len(codes) - 1))  # noqa: PLR2004
        groups = tuple(tuple(_pruned(_share(t, o, codes)) for t in trees) for o in outputs)
        link: Link = "share" if codes else "identity"
        return TreeScores(groups, 1 / len(trees), np.zeros(len(groups)), link, codes, is_single)
    rows = range(len(ensemble.start))
    groups = tuple(
        tuple(tree for tree, group in zip(trees, ensemble.group, strict=True) if group == row)
        for row in rows
    )
    offsets = np.asarray(ensemble.start, np.float64) * ensemble.slope
    return TreeScores(groups, ensemble.slope, offsets, _link(codes, len(rows)), codes, is_single)


def _at_most(tree: Tree) -> Tree:
    below = np.nextafter(tree.threshold.astype(np.float32), np.float32(-np.inf))
    return replace(tree, threshold=below.astype(np.float64))


def _share(tree: Tree, output: int, codes: tuple[int, ...]) -> Tree:
    value = tree.value
    if codes:
        value = value / value.sum(axis=1, keepdims=True)
    return replace(tree, value=value[:, output : output + 1])


def _pruned(tree: Tree) -> Tree:
    """Return the same tree without questions whose answers lead to equal numbers.

    Children stand after their parents, as scikit-learn numbers them.
    """
    left, right, value = tree.left.copy(), tree.right.copy(), tree.value.copy()
    for node in range(len(left) - 1, -1, -1):
        a, b = left[node], right[node]
        if a >= 0 and left[a] < 0 and left[b] < 0 and value[a, 0] == value[b, 0]:
            left[node] = right[node] = -1
            value[node] = value[a]
    return replace(tree, left=left, right=right, value=value)


def _link(codes: tuple[int, ...], n_scores: int) -> Link:
    if not codes:
        return "identity"
    return "sigmoid" if n_scores == 1 else "softmax"

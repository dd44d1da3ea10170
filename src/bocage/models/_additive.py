"""A fitted head as sums: of weighted bands, or of trees; what every export is written from."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError
from bocage.methods import linear_form

if TYPE_CHECKING:
    from bocage.methods import Head

Floats = NDArray[np.float64]
Link = Literal["identity", "share", "softmax", "sigmoid"]


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A binary tree with a number in each leaf.

    Attributes
    ----------
    band : ndarray of int64, shape (n_nodes,)
        Position of the band that a node asks for.
    threshold : ndarray of float64
        A pixel goes left where its value is this or less.
    left, right : ndarray of int64
        Numbers of the children, above their parent's; -1 for leaves.
    value : ndarray of float64
        Of the leaves.
    """

    band: NDArray[np.int64]
    threshold: Floats
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: Floats

    def pruned(self) -> "Tree":
        """Return the same tree without questions whose answers lead to equal numbers."""
        left, right, value = self.left.copy(), self.right.copy(), self.value.copy()
        for node in range(len(left) - 1, -1, -1):
            a, b = left[node], right[node]
            if a >= 0 and left[a] < 0 and left[b] < 0 and value[a] == value[b]:
                left[node] = right[node] = -1
                value[node] = value[a]
        return Tree(self.band, self.threshold, left, right, value)


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
        Of each score.
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
    """
    codes: tuple[int, ...] = ()
    if head.has_classes:
        codes = tuple(int(code) for code in head.classes_)
    take = _TAKE.get(head.model)
    if take is None:
        raise SettingsError(
            f"a {head.model} model can't be exported; expected a linear or tree model: one of "
            f"{', '.join(_TAKE)}"
        )
    return take(head, codes)


def _linear(head: "Head", codes: tuple[int, ...]) -> LinearScores:
    weights, offsets = linear_form(head)
    if head.scaling is not None:
        columns, mean, spread = head.scaling
        weights[:, columns] /= spread
        offsets -= weights[:, columns] @ mean
    return LinearScores(weights, offsets, _link(codes, len(weights)), codes)


def _forest(head: "Head", codes: tuple[int, ...]) -> TreeScores:
    trees = [item.tree_ for item in head.estimator_.estimators_]

    def of(tree: Any, output: int) -> Tree:
        left, right = (np.asarray(c, np.int64) for c in (tree.children_left, tree.children_right))
        values = np.asarray(tree.value, np.float64)[:, 0]
        if codes:
            values = values / values.sum(axis=1, keepdims=True)
        band, threshold = np.asarray(tree.feature, np.int64), np.asarray(tree.threshold, np.float64)
        return Tree(band, threshold, left, right, values[:, output]).pruned()

    # The last class has what the others leave.
    outputs = [1] if len(codes) == 2 else range(max(1, len(codes) - 1))  # noqa: PLR2004
    return TreeScores(
        tuple(tuple(of(tree, output) for tree in trees) for output in outputs),
        1.0 / len(trees),
        np.zeros(len(outputs)),
        "share" if codes else "identity",
        codes,
    )


def _xgboost(head: "Head", codes: tuple[int, ...]) -> TreeScores:
    learner = json.loads(bytes(head.estimator_.get_booster().save_raw("json")))["learner"]
    model = learner["gradient_booster"]["model"]
    base = learner["learner_model_param"]["base_score"]
    offsets = np.atleast_1d(np.asarray(json.loads(base), np.float64))
    n_scores = len(codes) if len(codes) > 2 else 1  # noqa: PLR2004
    offsets = np.broadcast_to(offsets, n_scores)
    link = _link(codes, n_scores)
    if link == "sigmoid":
        # It is kept as a probability.
        offsets = np.log(offsets / (1.0 - offsets))
    groups: list[list[Tree]] = [[] for _ in range(n_scores)]
    for tree, output in zip(model["trees"], model["tree_info"], strict=True):
        left = np.asarray(tree["left_children"], np.int64)
        found = np.asarray(tree["split_conditions"], np.float32)
        # Left is below here, and values are of single precision.
        threshold = np.nextafter(found, np.float32(-np.inf)).astype(np.float64)
        band = np.asarray(tree["split_indices"], np.int64)
        right = np.asarray(tree["right_children"], np.int64)
        groups[output].append(_in_order(Tree(band, threshold, left, right, found.astype(float))))
    return TreeScores(tuple(tuple(group) for group in groups), 1.0, offsets, link, codes)


def _lightgbm(head: "Head", codes: tuple[int, ...]) -> TreeScores:
    dumped = head.estimator_.booster_.dump_model()
    n_scores = int(dumped["num_tree_per_iteration"])
    groups: list[list[Tree]] = [[] for _ in range(n_scores)]
    for number, item in enumerate(dumped["tree_info"]):
        groups[number % n_scores].append(_from_nested(item["tree_structure"]))
    return TreeScores(
        tuple(tuple(group) for group in groups),
        1.0,
        np.zeros(n_scores),
        _link(codes, n_scores),
        codes,
        is_single=False,
    )


def _link(codes: tuple[int, ...], n_scores: int) -> Link:
    if not codes:
        return "identity"
    return "sigmoid" if n_scores == 1 else "softmax"


def _from_nested(root: Mapping[str, Any]) -> Tree:
    """Lay a tree of nested nodes out in arrays, parents first."""
    band: list[int] = []
    threshold: list[float] = []
    children: tuple[list[int], list[int]] = ([], [])
    value: list[float] = []
    todo: list[tuple[Mapping[str, Any], int, int]] = [(root, -1, 0)]
    while todo:
        item, parent, side = todo.pop()
        number = len(value)
        if parent >= 0:
            children[side][parent] = number
        if item.get("decision_type", "<=") != "<=":
            raise SettingsError(
                f"a tree has a split with {item['decision_type']!r}; only '<=' can be exported"
            )
        band.append(int(item.get("split_feature", -1)))
        threshold.append(float(item.get("threshold", 0.0)))
        value.append(float(item.get("leaf_value", 0.0)))
        for part in children:
            part.append(-1)
        if "leaf_value" not in item:
            todo += [(item["right_child"], number, 1), (item["left_child"], number, 0)]
    left, right = (np.array(part, np.int64) for part in children)
    return Tree(np.array(band), np.array(threshold), left, right, np.array(value))


def _in_order(tree: Tree) -> Tree:
    """Bring parents before their children, which XGBoost does not promise."""
    order: list[int] = []
    todo = [0]
    while todo:
        node = todo.pop()
        order.append(node)
        if tree.left[node] >= 0:
            todo += [int(tree.right[node]), int(tree.left[node])]
    new = np.full(len(tree.left) + 1, -1)
    new[order] = np.arange(len(order))
    rows = np.array(order)
    return Tree(
        tree.band[rows],
        tree.threshold[rows],
        new[tree.left[rows]],
        new[tree.right[rows]],
        tree.value[rows],
    )


_TAKE: dict[str, Callable[["Head", tuple[int, ...]], LinearScores | TreeScores]] = {
    "centroid": _linear,
    "logistic": _linear,
    "ridge": _linear,
    "forest": _forest,
    "xgboost": _xgboost,
    "lightgbm": _lightgbm,
}

EXPORTED = tuple(_TAKE)
"""Models that are sums, by name."""

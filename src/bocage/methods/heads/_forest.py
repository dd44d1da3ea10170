"""scikit-learn's random forests."""

from typing import Any

import numpy as np

from bocage.core import Floats, Kind
from bocage.methods.heads._neighbours import FEW
from bocage.methods.heads._spec import HeadSpec, OnnxForm, both, doubles
from bocage.methods.heads._trees import Tree, TreeEnsemble


def _build(kind: Kind, params: dict[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    chosen = RandomForestClassifier if kind.has_classes else RandomForestRegressor
    return chosen(**({"n_estimators": 100} | params), random_state=seed, n_jobs=1)


def _size(estimator: Any) -> tuple[int, int]:
    # A node stores its band, its threshold and two children; a leaf its class shares.
    nodes = sum(tree.tree_.node_count for tree in estimator.estimators_)
    return doubles(nodes * (4 + np.size(estimator.estimators_[0].tree_.value[0])))


def read_forest(model: Any) -> TreeEnsemble:
    """Read a `RandomForestClassifier` or `RandomForestRegressor`.

    They turn values into float32, compare them with float64 thresholds and go left where the value
    is not larger; results of trees are added in float64 and divided by their number.
    """
    trees = []
    for estimator in model.estimators_:
        tree = estimator.tree_
        trees.append(
            Tree(
                left=np.asarray(tree.children_left, dtype=np.int64),
                right=np.asarray(tree.children_right, dtype=np.int64),
                band=np.asarray(tree.feature, dtype=np.int64),
                threshold=np.asarray(tree.threshold, dtype=np.float64),
                value=np.asarray(tree.value[:, 0, :], dtype=np.float64),
                share=np.asarray(tree.weighted_n_node_samples, dtype=np.float64),
            )
        )
    return TreeEnsemble(
        trees=tuple(trees),
        group=np.zeros(len(trees), dtype=np.int64),
        start=np.zeros(trees[0].value.shape[1]),
        link="mean",
        strict=False,
        reads=np.dtype(np.float32),
    )


def _gain(estimator: Any, n_bands: int) -> Floats:
    del n_bands
    return np.asarray(estimator.feature_importances_, np.float64)


FOREST = HeadSpec(
    "forest",
    "random forest",
    _build,
    both(
        {"max_features": "sqrt", "min_samples_leaf": 1},
        {"max_features": 0.3, "min_samples_leaf": 1},
        {"max_features": "sqrt", "min_samples_leaf": 3},
        {"max_features": 1.0, "min_samples_leaf": 1},
        {"max_features": 0.3, "min_samples_leaf": 3},
        {"max_features": "sqrt", "min_samples_leaf": 2},
    ),
    weighting="class_weight",
    rescales=False,
    takes_gaps=True,
    parameters=frozenset({"n_estimators", "max_features", "min_samples_leaf", "max_depth"}),
    words=frozenset({"max_features"}),
    # The expected score of a forest hardly depends on its size, its variance does.
    lighter={"n_estimators": 25},
    least=FEW,
    is_usual=True,
    size=_size,
    trees=read_forest,
    importance=_gain,
    trusted=("sklearn.tree._tree.Tree",),
    onnx=OnnxForm(),
)

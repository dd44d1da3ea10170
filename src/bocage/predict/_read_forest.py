"""The trees of scikit-learn's random forests."""

from typing import Any

import numpy as np

from bocage.predict._ensemble import Ensemble, Tree


def read_forest(model: Any) -> Ensemble:
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
    return Ensemble(
        trees=tuple(trees),
        group=np.zeros(len(trees), dtype=np.int64),
        start=np.zeros(trees[0].value.shape[1]),
        link="mean",
        strict=False,
        reads=np.dtype(np.float32),
    )

"""The trees of XGBoost."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.predict._ensemble import Ensemble, Link, Tree, UnreadableModelError

_LINKS: dict[str, Link] = {
    "reg:squarederror": "identity",
    "binary:logistic": "softmax",
    "multi:softprob": "softmax",
}


def read_xgboost(model: Any) -> Ensemble:
    """Read an `XGBClassifier` or `XGBRegressor` through its own JSON.

    Everything is float32, sums too. A pixel goes left where its value is below the threshold.

    Raises
    ------
    UnreadableModelError
        If it has categories, dropped or vector-valued trees, or another objective.
    """
    learner = json.loads(model.get_booster().save_raw("json"))["learner"]
    booster = learner["gradient_booster"]
    objective = learner["objective"]["name"]
    if booster["name"] != "gbtree" or objective not in _LINKS:
        raise UnreadableModelError(
            f"XGBoost's {booster['name']} with objective {objective} is not supported; expected "
            f"gbtree with one of {', '.join(_LINKS)}"
        )
    found = booster["model"]
    trees = tuple(_tree(tree) for tree in found["trees"])
    parameters = learner["learner_model_param"]
    n_rows = max(1, int(parameters["num_class"]))
    start = np.atleast_1d(np.asarray(json.loads(parameters["base_score"]), dtype=np.float32))
    if objective == "binary:logistic":
        # Stored as a probability.
        start = -np.log(np.float32(1.0) / start - np.float32(1.0))
    return Ensemble(
        trees=trees,
        group=np.asarray(found["tree_info"], dtype=np.int64),
        start=np.broadcast_to(start, n_rows).astype(np.float32),
        link=_LINKS[objective],
        strict=True,
        reads=np.dtype(np.float32),
    )


def _tree(tree: dict[str, Any]) -> Tree:
    if any(tree.get("split_type", ())) or int(tree["tree_param"]["size_leaf_vector"]) > 1:
        raise UnreadableModelError(
            "XGBoost's trees have categorical splits or vector leaves; expected numeric splits "
            "and one number per leaf"
        )
    left: NDArray[np.int64] = np.asarray(tree["left_children"], dtype=np.int64)
    # A leaf keeps its value where others keep their threshold.
    numbers = np.asarray(tree["split_conditions"], dtype=np.float32)
    return Tree(
        left=left,
        right=np.asarray(tree["right_children"], dtype=np.int64),
        band=np.asarray(tree["split_indices"], dtype=np.int64),
        threshold=numbers.astype(np.float64),
        value=numbers[:, None],
        share=np.asarray(tree["sum_hessian"], dtype=np.float64),
    )

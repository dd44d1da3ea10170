"""XGBoost: boosted trees, stored as UBJSON."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Kind, imported
from bocage.methods.heads._spec import FileFormat, HeadSpec, OnnxForm, both
from bocage.methods.heads._trees import Tree, TreeEnsemble, TreeLink, UnreadableModelError

NAME = "xgboost"

# Few labels first: with the libraries' own settings, five labels a class make hardly a split
# (XGBoost's least sum of hessians, LightGBM's 20 samples a leaf), and always on the same bands.
# With a third of the bands at a split and depth 3, XGBoost gains 0.15 of balanced accuracy at 5
# labels a class of its own region, 0.04 at 20 and 0.02 with all.
SMALL = {"colsample_bynode": 0.3}


def _class(kind: Kind) -> Any:
    library = imported(NAME)
    return library.XGBClassifier if kind.has_classes else library.XGBRegressor


def _build(kind: Kind, params: dict[str, Any], seed: int) -> Any:
    settings = {"n_estimators": 100, "tree_method": "hist", **SMALL, "min_child_weight": 0.1}
    return _class(kind)(**(settings | params), random_state=seed, n_jobs=1, verbosity=0)


def _size(estimator: Any) -> tuple[int, int]:
    raw = len(estimator.get_booster().save_raw("ubj"))
    return raw // 4, raw


def _dump(estimator: Any) -> bytes:
    # The wrapper writes what it needs to know of classes beside the trees.
    with TemporaryDirectory() as folder:
        file = Path(folder) / "estimator.ubj"
        estimator.save_model(file)
        return file.read_bytes()


def _load(data: bytes, kind: Kind) -> Any:
    estimator = _class(kind)(n_jobs=1, verbosity=0)
    try:
        # Its own error is a ValueError.
        estimator.load_model(bytearray(data))
    except TypeError as error:
        raise ValueError(str(error)) from error
    return estimator


_LINKS: dict[str, TreeLink] = {
    "reg:squarederror": "identity",
    "binary:logistic": "softmax",
    "multi:softprob": "softmax",
}


def read_xgboost(model: Any) -> TreeEnsemble:
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
    return TreeEnsemble(
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


def _gain(estimator: Any, n_bands: int) -> Floats:
    found = np.zeros(n_bands)
    for name, value in estimator.get_booster().get_score(importance_type="total_gain").items():
        found[int(name.removeprefix("f"))] = value
    return found


def _convert(estimator: Any, initial_types: Any) -> Any:
    from onnxmltools import convert_xgboost

    return convert_xgboost(estimator, initial_types=initial_types)


XGBOOST = HeadSpec(
    NAME,
    "XGBoost",
    _build,
    both(
        {"max_depth": 3, "learning_rate": 0.3},
        {"max_depth": 6, "learning_rate": 0.3},
        {"max_depth": 3, "learning_rate": 0.1},
        {"max_depth": 2, "learning_rate": 0.3},
        {"max_depth": 3, "learning_rate": 0.3, "subsample": 0.7},
        {"max_depth": 6, "learning_rate": 0.1},
    ),
    weighting="sample_weight",
    rescales=False,
    takes_gaps=True,
    parameters=frozenset(
        {
            *("n_estimators", "max_depth", "learning_rate", "subsample"),
            *("min_child_weight", "colsample_bynode"),
        }
    ),
    libraries=(NAME,),
    is_usual=True,
    size=_size,
    trees=read_xgboost,
    importance=_gain,
    format=FileFormat(".ubj", _dump, _load),
    onnx=OnnxForm(convert=_convert),
)

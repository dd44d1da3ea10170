"""LightGBM: boosted trees, stored as text."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Kind, imported
from bocage.methods.heads._spec import FileFormat, HeadSpec, OnnxForm, both
from bocage.methods.heads._trees import Tree, TreeEnsemble, TreeLink, UnreadableModelError
from bocage.methods.heads._xgboost import SMALL

NAME = "lightgbm"


def _build(kind: Kind, params: dict[str, Any], seed: int) -> Any:
    library = imported(NAME)
    chosen = library.LGBMClassifier if kind.has_classes else library.LGBMRegressor
    settings = {"n_estimators": 100, "deterministic": True, "force_row_wise": True, **SMALL}
    return chosen(**(settings | params), random_state=seed, n_jobs=1, verbosity=-1)


def _size(estimator: Any) -> tuple[int, int]:
    text = len(estimator.booster_.model_to_string())
    return text // 8, text


class TextBooster:
    """A LightGBM model from its text, with the face of its scikit-learn wrapper.

    Attributes
    ----------
    booster_ : lightgbm.Booster
    n_features_in_ : int
    """

    def __init__(self, text: str) -> None:
        from lightgbm import Booster

        self.booster_ = Booster(model_str=text)
        self.n_features_in_ = int(self.booster_.num_feature())

    def predict(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values, shape (n,), or of more than two classes probabilities."""
        return np.asarray(self.booster_.predict(X, num_threads=1))

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities of the classes that were seen."""
        found = self.predict(X)
        return found if found.ndim > 1 else np.stack([1.0 - found, found], axis=1)


def _dump(estimator: Any) -> bytes:
    return str(estimator.booster_.model_to_string()).encode()


def _load(data: bytes, kind: Kind) -> TextBooster:
    del kind
    library = imported(NAME)
    try:
        return TextBooster(data.decode())
    except library.basic.LightGBMError as error:
        raise ValueError(str(error)) from error


_LINKS: dict[str, TreeLink] = {
    "regression": "identity",
    "binary": "softmax",
    "multiclass": "softmax",
}
_CATEGORY = 1
_ZERO_IS_MISSING = 1


def read_lightgbm(model: Any) -> TreeEnsemble:
    """Read an `LGBMClassifier` or `LGBMRegressor` through its own text.

    Everything is float64. A pixel goes left where its value is not above the threshold; the value
    before the first tree is part of that tree's leaves.

    Raises
    ------
    UnreadableModelError
        If it has categories, linear leaves, zeros that stand for missing values, averages instead
        of sums, or another objective.
    """
    text = model.booster_.model_to_string()
    head, *blocks = text.split("end of trees")[0].split("\nTree=")
    header = _fields(head)
    objective, *settings = header["objective"].split(" ")
    if objective not in _LINKS or "\naverage_output" in head:
        raise UnreadableModelError(
            f"LightGBM's objective {header['objective']} is not supported; expected one of "
            f"{', '.join(_LINKS)}, with the trees summed"
        )
    n_rows = int(header["num_tree_per_iteration"])
    slope = next((float(s.split(":")[1]) for s in settings if s.startswith("sigmoid:")), 1.0)
    return TreeEnsemble(
        trees=tuple(_tree(_fields(block)) for block in blocks),
        group=np.arange(len(blocks), dtype=np.int64) % n_rows,
        start=np.zeros(n_rows),
        link=_LINKS[objective],
        strict=False,
        reads=np.dtype(np.float64),
        slope=slope,
    )


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _tree(fields: dict[str, str]) -> Tree:
    def numbers(name: str, dtype: Any) -> Any:
        # A tree that never splits has no splits to tell of.
        return np.array(fields.get(name, "").split(), dtype=dtype)

    decisions = numbers("decision_type", np.int64)
    if (
        int(fields.get("num_cat", "0"))
        or int(fields.get("is_linear", "0"))
        or (decisions & _CATEGORY).any()
        or ((decisions >> 2 & 3) == _ZERO_IS_MISSING).any()
    ):
        raise UnreadableModelError(
            "LightGBM's trees have categorical splits, linear leaves or zeros as missing values; "
            "expected numeric splits and one number per leaf"
        )
    n_inner = len(decisions)
    leaves = numbers("leaf_value", np.float64)
    none = np.full(len(leaves), -1, dtype=np.int64)

    def children(name: str) -> Any:
        # Leaf i is written as -(i + 1); here leaves come after the splits.
        found = numbers(name, np.int64)
        return np.append(np.where(found < 0, n_inner - 1 - found, found), none)

    def padded(name: str) -> Any:
        return np.append(numbers(name, np.float64), np.zeros(len(leaves)))

    passing = np.append(numbers("internal_count", np.float64), numbers("leaf_count", np.float64))
    return Tree(
        left=children("left_child"),
        right=children("right_child"),
        band=padded("split_feature").astype(np.int64),
        threshold=padded("threshold"),
        value=np.append(np.zeros(n_inner), leaves)[:, None],
        share=passing if len(passing) == n_inner + len(leaves) else np.ones(n_inner + len(leaves)),
    )


def _gain(estimator: Any, n_bands: int) -> Floats:
    del n_bands
    # Its own default counts splits, of which noise has many.
    return np.asarray(estimator.booster_.feature_importance("gain"), np.float64)


def _convert(estimator: Any, initial_types: Any) -> Any:
    from onnxmltools import convert_lightgbm

    return convert_lightgbm(estimator.booster_, initial_types=initial_types, zipmap=False)


LIGHTGBM = HeadSpec(
    NAME,
    "LightGBM",
    _build,
    both(
        {"min_child_samples": 1, "learning_rate": 0.1, "max_depth": 3},
        {"min_child_samples": 5, "learning_rate": 0.1},
        {"min_child_samples": 20, "learning_rate": 0.1},
        {"min_child_samples": 3, "learning_rate": 0.3, "max_depth": 2},
        {"min_child_samples": 10, "learning_rate": 0.05},
        {"min_child_samples": 5, "learning_rate": 0.05, "max_depth": 3},
    ),
    weighting="sample_weight",
    rescales=False,
    takes_gaps=True,
    parameters=frozenset(
        {"n_estimators", "max_depth", "learning_rate", "min_child_samples", "colsample_bynode"}
    ),
    libraries=(NAME,),
    is_usual=True,
    size=_size,
    trees=read_lightgbm,
    importance=_gain,
    format=FileFormat(".txt", _dump, _load),
    onnx=OnnxForm(convert=_convert),
)

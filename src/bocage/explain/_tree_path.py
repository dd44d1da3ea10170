"""Tree models on nested subsets: what a library repeats for each fit is done once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats32 = NDArray[np.float32]
Flags = NDArray[np.bool_]
Predict = Callable[[Floats32], Flags]

N_TREES = 100
TREES = ("forest", "boosting", "xgboost", "lightgbm")
"""Random forest and gradient boosting of scikit-learn, XGBoost, LightGBM: those of the paper."""

WITH_SHAP = ("xgboost", "lightgbm")
"""Those whose libraries compute SHAP values themselves; for others `shap` does."""

MAX_INT = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class FittedTrees:
    """A fitted one-vs-rest model.

    Attributes
    ----------
    predict : callable
        From values of shape (n, k) to whether each is of the class.
    importance : ndarray of float64, shape (k,)
        Mean decrease of impurity (forest, boosting), or total gain; sums to 1 unless all are 0.
    contributions : callable
        SHAP values of samples, shape (n, k): of shares of votes (forest), or of log-odds.
    """

    predict: Predict
    importance: NDArray[np.float64]
    contributions: Callable[[Floats32], NDArray[np.float64]]


def fit_trees(model: str, X: Floats32, y: Flags, seed: int) -> FittedTrees:
    """Fit a tree model, as its library does with one thread.

    Parameters
    ----------
    model : str
        One of `TREES`; 100 trees, all else as the library has it.
    X : ndarray of float32, shape (n, k), C order
    y : ndarray of bool, shape (n,)
        Some of each, best as many.
    seed : int
    """
    return _FITS[model](X, y, seed)  # type: ignore[no-any-return]


def _forest(X: Floats32, y: Flags, seed: int) -> FittedTrees:
    """Grow the trees of scikit-learn's forest without cloning and checking each.

    `RandomForestClassifier` makes the same trees: its seeds and bootstrap are repeated here. With
    two classes the Gini impurity is twice the variance, so trees of regression split alike (but
    where two splits are equally good to the last digit), and spare the search for classes.
    """
    from sklearn import config_context
    from sklearn.tree import DecisionTreeRegressor

    n = len(X)
    target = y.astype(np.float64)
    luck = np.random.RandomState(seed)
    trees = []
    with config_context(skip_parameter_validation=True, assume_finite=True):
        for _ in range(N_TREES):
            own = int(luck.randint(MAX_INT))
            drawn = np.random.RandomState(own).randint(0, n, n, dtype=np.int32)
            counts = np.bincount(drawn, minlength=n).astype(np.float64)
            tree = DecisionTreeRegressor(max_features="sqrt", random_state=own)
            trees.append(tree.fit(X, target, sample_weight=counts, check_input=False).tree_)

    def predict(values: Floats32) -> Flags:
        share = np.zeros(len(values))
        for tree in trees:
            share += tree.predict(values)[:, 0]
        return share > N_TREES / 2

    def contributions(values: Floats32) -> NDArray[np.float64]:
        return _tree_shap([(tree, tree.value[:, 0, 0] / N_TREES) for tree in trees], values)

    grown = [tree.compute_feature_importances() for tree in trees if tree.node_count > 1]
    return FittedTrees(predict, shares(_mean(grown, X.shape[1])), contributions)


def _boosting(X: Floats32, y: Flags, seed: int) -> FittedTrees:
    """Boost scikit-learn's trees on the log-loss, as `GradientBoostingClassifier` does."""
    from sklearn import config_context
    from sklearn.tree import DecisionTreeRegressor

    luck = np.random.RandomState(seed)
    target = y.astype(np.float64)
    share = target.mean()
    start = float(np.log(share / (1 - share)))
    raw = np.full(len(X), start)
    trees = []
    with config_context(skip_parameter_validation=True, assume_finite=True):
        for _ in range(N_TREES):
            # Terms as in the library: rounding decides between splits that are equally good.
            small = np.exp(-raw)
            residual = -(((1 - target) - target * small) / (1 + small))
            tree = DecisionTreeRegressor(max_depth=3, random_state=luck)
            tree.fit(X, residual, check_input=False)
            grown = tree.tree_
            leaf = grown.apply(X)
            chance = target - residual
            spread = chance * (1 - chance)
            step = np.zeros(grown.node_count)
            for number in np.flatnonzero(grown.children_left == -1):
                at = np.flatnonzero(leaf == number)
                below = spread[at].sum() / len(at)
                if abs(below) >= TINY:
                    step[number] = residual[at].sum() / len(at) / below
            raw += RATE * step[leaf]
            trees.append((grown, step))

    def predict(values: Floats32) -> Flags:
        made = np.full(len(values), start)
        for grown, step in trees:
            made += RATE * step[grown.apply(values)]
        return made > 0

    def contributions(values: Floats32) -> NDArray[np.float64]:
        return _tree_shap([(grown, RATE * step) for grown, step in trees], values)

    parts = [g.compute_feature_importances(normalize=False) for g, _ in trees if g.node_count > 1]
    return FittedTrees(predict, shares(_mean(parts, X.shape[1])), contributions)


RATE, TINY = 0.1, 1e-150
"""Learning rate, and what counts as nothing, of scikit-learn's gradient boosting."""


def _xgboost(X: Floats32, y: Flags, seed: int) -> FittedTrees:
    import xgboost

    data = xgboost.QuantileDMatrix(X, y.astype(np.float32), nthread=1)
    settings = {"objective": "binary:logistic", "nthread": 1, "seed": seed}
    booster = xgboost.train(settings, data, N_TREES)
    gain = booster.get_score(importance_type="total_gain")
    importance = np.array([float(gain.get(f"f{at}", 0.0)) for at in range(X.shape[1])])  # type: ignore[arg-type]

    def contributions(values: Floats32) -> NDArray[np.float64]:
        made = booster.predict(xgboost.DMatrix(values, nthread=1), pred_contribs=True)
        return np.asarray(made[:, :-1], np.float64)

    def predict(values: Floats32) -> Flags:
        return np.asarray(booster.inplace_predict(values) > HALF)

    return FittedTrees(predict, shares(importance), contributions)


def _lightgbm(X: Floats32, y: Flags, seed: int) -> FittedTrees:
    import lightgbm

    settings = {
        "objective": "binary", "num_threads": 1, "seed": seed, "verbosity": -1,
        "deterministic": True, "force_row_wise": True,
    }  # fmt: skip
    data = lightgbm.Dataset(X, y.astype(np.float32), params=settings)
    booster = lightgbm.train(settings, data, N_TREES)
    importance = booster.feature_importance("gain").astype(np.float64)

    def predict(values: Floats32) -> Flags:
        return np.asarray(booster.predict(values, num_threads=1)) > HALF

    def contributions(values: Floats32) -> NDArray[np.float64]:
        made = np.asarray(booster.predict(values, pred_contrib=True, num_threads=1))
        return np.asarray(made[:, :-1], np.float64)

    return FittedTrees(predict, shares(importance), contributions)


def _tree_shap(trees: list[tuple[Any, NDArray[np.float64]]], X: Floats32) -> NDArray[np.float64]:
    """Return SHAP values of a sum of scikit-learn's trees, each with the values of its nodes."""
    import shap

    parts = [
        {
            "children_left": tree.children_left,
            "children_right": tree.children_right,
            "children_default": tree.children_right,
            "features": tree.feature,
            "thresholds": tree.threshold,
            "values": value[:, None],
            "node_sample_weight": tree.weighted_n_node_samples,
        }
        for tree, value in trees
        # One that does not split adds the same to all.
        if tree.node_count > 1
    ]
    if not parts:
        return np.zeros(X.shape)
    model = {
        "trees": parts, "internal_dtype": np.float64, "input_dtype": np.float32,
        "objective": "squared_error", "tree_output": "raw_value",
    }  # fmt: skip
    return np.asarray(shap.TreeExplainer(model).shap_values(X), np.float64)


HALF = 0.5

_FITS: Mapping[str, Any] = {
    "forest": _forest,
    "boosting": _boosting,
    "xgboost": _xgboost,
    "lightgbm": _lightgbm,
}


def shares(importance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring importances to a sum of 1; all 0 stay so."""
    total = importance.sum()
    return np.asarray(importance / total if total > 0 else np.zeros_like(importance), np.float64)


def _mean(parts: list[Any], width: int) -> NDArray[np.float64]:
    return np.mean(parts, axis=0) if parts else np.zeros(width)

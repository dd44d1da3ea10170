"""Tree models of four libraries, with one face."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags, imported

Floats32 = NDArray[np.float32]
PredictFlags = Callable[[Floats32], Flags]

N_TREES = 100
TREES = ("forest", "boosting", "xgboost", "lightgbm")
"""Random forest and gradient boosting of scikit-learn, XGBoost, LightGBM: those of the paper."""

WITH_SHAP = ("xgboost", "lightgbm")
"""Those whose libraries compute SHAP values themselves; for others `shap` does."""


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

    predict: PredictFlags
    importance: NDArray[np.float64]
    contributions: Callable[[Floats32], NDArray[np.float64]]


def fit_trees(model: str, X: Floats32, y: Flags, seed: int) -> FittedTrees:
    """Fit a tree model by its library, with one thread.

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
    from sklearn.ensemble import RandomForestClassifier

    return _of_sklearn(RandomForestClassifier(N_TREES, random_state=seed, n_jobs=1), X, y)


def _boosting(X: Floats32, y: Flags, seed: int) -> FittedTrees:
    from sklearn.ensemble import GradientBoostingClassifier

    return _of_sklearn(GradientBoostingClassifier(n_estimators=N_TREES, random_state=seed), X, y)


def _of_sklearn(model: Any, X: Floats32, y: Flags) -> FittedTrees:
    from sklearn import config_context

    # Settings and samples are the same for hundreds of fits, and were checked when they came in.
    with config_context(skip_parameter_validation=True, assume_finite=True):
        model.fit(X, y)

    def contributions(values: Floats32) -> NDArray[np.float64]:
        from shap import TreeExplainer

        made = np.asarray(TreeExplainer(model).shap_values(values), np.float64)
        # A forest explains the share of each side's votes.
        return made if made.ndim == X.ndim else made[:, :, 1]

    importance = np.asarray(model.feature_importances_, np.float64)
    return FittedTrees(model.predict, importance, contributions)


def _xgboost(X: Floats32, y: Flags, seed: int) -> FittedTrees:
    xgboost = imported("xgboost")
    data = xgboost.QuantileDMatrix(X, y.astype(np.float32), nthread=1)
    settings = {"objective": "binary:logistic", "nthread": 1, "seed": seed}
    booster = xgboost.train(settings, data, N_TREES)
    gain = booster.get_score(importance_type="total_gain")
    importance = np.array([float(gain.get(f"f{at}", 0.0)) for at in range(X.shape[1])])

    def contributions(values: Floats32) -> NDArray[np.float64]:
        made = booster.predict(xgboost.DMatrix(values, nthread=1), pred_contribs=True)
        return np.asarray(made[:, :-1], np.float64)

    def predict(values: Floats32) -> Flags:
        return np.asarray(booster.inplace_predict(values) > HALF)

    return FittedTrees(predict, shares(importance), contributions)


def _lightgbm(X: Floats32, y: Flags, seed: int) -> FittedTrees:
    lightgbm = imported("lightgbm")
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

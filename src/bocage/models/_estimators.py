"""Fitted estimators as bytes, and back, without pickle."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError, find_kind, imported, in_one_line
from bocage.models._archive import UNREADABLE, check_archive, short, steady

if TYPE_CHECKING:
    from bocage.methods import Head

_DISTANCES = ("Euclidean", "Manhattan", "Chebyshev", "Minkowski")
_NEIGHBOURS = (
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neighbors._ball_tree.BallTree",
    *(f"sklearn.metrics._dist_metrics.{name}Distance64" for name in _DISTANCES),
)
_ADAM = "sklearn.neural_network._stochastic_optimizers.AdamOptimizer"

ALLOWED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "prior": (),
        "bands": ("sklearn.feature_selection._univariate_selection.f_regression",),
        "centroid": (),
        "logistic": (),
        "ridge": (),
        "knn1": _NEIGHBOURS,
        "knn3": _NEIGHBOURS,
        "forest": ("sklearn.tree._tree.Tree",),
        "mlp": (_ADAM,),
    }
)
"""Types that skops does not trust by itself, by head: what is not here is never built. The list
is ours, and nothing that a file says of itself is added to it."""

EXPECTED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("prior", "classification"): "DummyClassifier",
        ("prior", "regression"): "DummyRegressor",
        ("bands", "classification"): "GaussianNB",
        ("bands", "regression"): "Pipeline",
        ("centroid", "classification"): "NearestCentroid",
        ("logistic", "classification"): "LogisticRegression",
        ("ridge", "regression"): "Ridge",
        ("knn1", "classification"): "KNeighborsClassifier",
        ("knn1", "regression"): "KNeighborsRegressor",
        ("knn3", "classification"): "KNeighborsClassifier",
        ("knn3", "regression"): "KNeighborsRegressor",
        ("forest", "classification"): "RandomForestClassifier",
        ("forest", "regression"): "RandomForestRegressor",
        ("mlp", "classification"): "MLPClassifier",
        ("mlp", "regression"): "MLPRegressor",
    }
)

SUFFIXES: Mapping[str, str] = MappingProxyType({"xgboost": ".ubj", "lightgbm": ".txt"})
"""scikit-learn's are ``.skops``."""


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


def suffix_of(model: str) -> str:
    """Return the suffix of the file that an estimator is stored in."""
    return SUFFIXES.get(model, ".skops")


def dump_estimator(head: "Head") -> bytes:
    """Turn the fitted estimator of a head into bytes.

    Raises
    ------
    SettingsError
        If the head is of a kind that has no safe format.
    """
    estimator = head.estimator_
    if head.model == "lightgbm":
        return str(estimator.booster_.model_to_string()).encode()
    if head.model == "xgboost":
        # The wrapper writes what it needs to know of classes beside the trees.
        with TemporaryDirectory() as folder:
            file = Path(folder) / "estimator.ubj"
            estimator.save_model(file)
            return file.read_bytes()
    if head.model not in ALLOWED:
        raise SettingsError(
            f"a {head.model} model can't be stored safely; expected one of "
            f"{', '.join([*ALLOWED, *SUFFIXES])}"
        )
    import skops.io

    return steady(skops.io.dumps(estimator, compression=ZIP_DEFLATED))


def load_estimator(data: bytes, model: str, kind: str) -> Any:
    """Turn bytes into the fitted estimator of a head.

    Parameters
    ----------
    data : bytes
    model : str
        A name in `bocage.methods.MODELS`.
    kind : {"classification", "regression"}

    Raises
    ------
    DataError
        If the bytes hold a type that is not allowed, another estimator, or no model at all.
    """
    if model == "lightgbm":
        return _load_lightgbm(data)
    if model == "xgboost":
        return _load_xgboost(data, kind)
    expected = EXPECTED.get((model, kind))
    if expected is None:
        raise DataError(f"model {model} is not available for {kind}")
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        check_archive(data)
        estimator = skops.io.loads(data, trusted=list(ALLOWED[model]))
    except UntrustedTypesFoundException as error:
        raise DataError(
            f"the model file holds types that a {model} model does not need, and it was not "
            f"loaded ({in_one_line(error)}); use model files only from a source "
            "that you trust, and never extend the list of allowed types"
        ) from error
    except UNREADABLE as error:
        raise DataError(f"the model file can't be read ({short(error)}){_HINT}") from error
    if type(estimator).__name__ != expected or not type(estimator).__module__.startswith("sklearn"):
        raise DataError(
            f"the model file holds a {type(estimator).__name__}; expected a {model} model for "
            f"{kind}, which is a {expected}"
        )
    return estimator


_HINT = "; expected a file written by the installed version of its library: fit the model again"


def _load_xgboost(data: bytes, kind: str) -> Any:
    library = imported("xgboost")
    chosen = library.XGBClassifier if find_kind(kind).has_classes else library.XGBRegressor
    estimator = chosen(n_jobs=1, verbosity=0)
    try:
        estimator.load_model(bytearray(data))
    except (library.core.XGBoostError, TypeError, ValueError) as error:
        raise DataError(f"the model file can't be read ({short(error)}){_HINT}") from error
    return estimator


def _load_lightgbm(data: bytes) -> TextBooster:
    library = imported("lightgbm")
    try:
        return TextBooster(data.decode())
    except (library.basic.LightGBMError, UnicodeDecodeError) as error:
        raise DataError(f"the model file can't be read ({short(error)}){_HINT}") from error

"""The models: floors and shallow heads, with what each one may tune."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Weighting = Literal["class_weight", "sample_weight", "none"]
Params = Mapping[str, Any]
Build = Callable[[str, dict[str, Any], int], Any]


@dataclass(frozen=True, slots=True)
class Model:
    """A family of estimators behind one name.

    Attributes
    ----------
    name, title : str
    strategy : {"floor", "shallow"}
    build : callable (kind, parameters, seed) -> estimator
    grid : mapping of kind to tuple of parameters
        What may be tried, in order; the first are the defaults of the library or of a
        publication. The number of trials is the same for every method: a shorter grid has nothing
        more to try.
    weighting : str
        How classes are balanced.
    needs_input : bool
        False for floors that look at labels alone.
    rescales : bool
        False for models that no monotone rescaling of a band can change (trees), or that only
        count labels.
    parameters : frozenset of str
        What a user may fix.
    lighter : parameters
        Replace others while settings are compared, never in the refit: they make a head cheaper
        without changing which setting is better.
    least : float
        Smallest probability of a class that was learned, before a temperature: shares of trees
        or neighbours are often 0, which says no more than that there were few.
    """

    name: str
    title: str
    strategy: Literal["floor", "shallow"]
    build: Build
    grid: Mapping[str, tuple[Params, ...]]
    weighting: Weighting = "none"
    needs_input: bool = True
    rescales: bool = True
    parameters: frozenset[str] = field(default=frozenset())
    lighter: Params = field(default_factory=dict)
    least: float = 0.0


def _prior(kind: str, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.dummy import DummyClassifier, DummyRegressor

    return DummyClassifier(strategy="prior") if kind == "classification" else DummyRegressor()


def _bands(kind: str, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    if kind == "classification":
        from sklearn.naive_bayes import GaussianNB

        return GaussianNB(**params)
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(SelectKBest(f_regression, k=1), LinearRegression())


def _logistic(kind: str, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=2000, **params)


def _ridge(kind: str, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.linear_model import Ridge

    return Ridge(**params)


def _knn(n_neighbors: int) -> Build:
    def build(kind: str, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        chosen = KNeighborsClassifier if kind == "classification" else KNeighborsRegressor
        return chosen(n_neighbors, **params)

    return build


def _forest(kind: str, params: dict[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    chosen = RandomForestClassifier if kind == "classification" else RandomForestRegressor
    return chosen(**({"n_estimators": 100} | params), random_state=seed, n_jobs=1)


def _xgboost(kind: str, params: dict[str, Any], seed: int) -> Any:
    from xgboost import XGBClassifier, XGBRegressor

    chosen = XGBClassifier if kind == "classification" else XGBRegressor
    settings = {"n_estimators": 100, "tree_method": "hist"} | params
    return chosen(**settings, random_state=seed, n_jobs=1, verbosity=0)


def _lightgbm(kind: str, params: dict[str, Any], seed: int) -> Any:
    from lightgbm import LGBMClassifier, LGBMRegressor

    chosen = LGBMClassifier if kind == "classification" else LGBMRegressor
    settings = {"n_estimators": 100, "deterministic": True, "force_row_wise": True} | params
    return chosen(**settings, random_state=seed, n_jobs=1, verbosity=-1)


def _mlp(kind: str, params: dict[str, Any], seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    chosen = MLPClassifier if kind == "classification" else MLPRegressor
    settings = {"hidden_layer_sizes": (64,), "max_iter": 300} | params
    return chosen(**settings, random_state=seed)


def _both(*grid: Params) -> Mapping[str, tuple[Params, ...]]:
    return {"classification": grid, "regression": grid}


_FEW = 1e-3

# Distances that a nearest-neighbour method can be asked to use.
_DISTANCES = (
    {"metric": "euclidean"},
    {"metric": "cosine"},
    {"metric": "manhattan"},
    {"metric": "chebyshev"},
)
# Few labels first: LightGBM's default of 20 samples a leaf can't split 40 labels.
_BOOSTS = (
    {"max_depth": 6, "learning_rate": 0.3},
    {"max_depth": 2, "learning_rate": 0.3},
    {"max_depth": 3, "learning_rate": 0.1},
    {"max_depth": 6, "learning_rate": 0.1},
    {"max_depth": 3, "learning_rate": 0.3, "subsample": 0.7},
    {"max_depth": 2, "learning_rate": 0.1, "subsample": 0.7},
)

_ALL = (
    Model("prior", "class prior or mean", "floor", _prior, _both({}), needs_input=False),
    Model(
        "bands",
        "per-band statistics",
        "floor",
        _bands,
        {
            # Gaussian naive Bayes: mean and variance of each band by class, nothing joint.
            "classification": tuple(
                {"var_smoothing": value} for value in (1e-9, 1e-3, 1e-2, 1e-1, 1.0)
            ),
            # The one band that a straight line fits best.
            "regression": ({},),
        },
    ),
    Model(
        "logistic",
        "logistic regression",
        "shallow",
        _logistic,
        {
            "classification": tuple(
                {"C": value} for value in (10.0, 1.0, 100.0, 0.1, 1000.0, 0.01)
            ),
        },
        weighting="class_weight",
        parameters=frozenset({"C"}),
    ),
    Model(
        "ridge",
        "ridge regression",
        "shallow",
        _ridge,
        {"regression": tuple({"alpha": v} for v in (1.0, 100.0, 0.01, 10.0, 1000.0, 0.1))},
        parameters=frozenset({"alpha"}),
    ),
    Model(
        "knn1",
        "nearest neighbour",
        "shallow",
        _knn(1),
        _both(*_DISTANCES),
        parameters=frozenset({"metric"}),
        least=_FEW,
    ),
    Model(
        "knn3",
        "3 nearest neighbours",
        "shallow",
        _knn(3),
        _both(*_DISTANCES),
        parameters=frozenset({"metric", "weights"}),
        least=_FEW,
    ),
    Model(
        "forest",
        "random forest",
        "shallow",
        _forest,
        _both(
            {"max_features": "sqrt", "min_samples_leaf": 1},
            {"max_features": 0.3, "min_samples_leaf": 1},
            {"max_features": "sqrt", "min_samples_leaf": 3},
            {"max_features": 1.0, "min_samples_leaf": 1},
            {"max_features": 0.3, "min_samples_leaf": 3},
            {"max_features": "sqrt", "min_samples_leaf": 2},
        ),
        weighting="class_weight",
        rescales=False,
        parameters=frozenset({"n_estimators", "max_features", "min_samples_leaf", "max_depth"}),
        # The expected score of a forest hardly depends on its size, its variance does.
        lighter={"n_estimators": 25},
        least=_FEW,
    ),
    Model(
        "xgboost",
        "XGBoost",
        "shallow",
        _xgboost,
        _both(*_BOOSTS),
        weighting="sample_weight",
        rescales=False,
        parameters=frozenset({"n_estimators", "max_depth", "learning_rate", "subsample"}),
    ),
    Model(
        "lightgbm",
        "LightGBM",
        "shallow",
        _lightgbm,
        _both(
            # Leaves of 20, the library's own, leave 20 labels without a single split.
            {"min_child_samples": 5, "learning_rate": 0.1},
            {"min_child_samples": 3, "learning_rate": 0.1, "max_depth": 3},
            {"min_child_samples": 20, "learning_rate": 0.1},
            {"min_child_samples": 3, "learning_rate": 0.3, "max_depth": 2},
            {"min_child_samples": 10, "learning_rate": 0.05},
            {"min_child_samples": 5, "learning_rate": 0.05, "max_depth": 3},
        ),
        weighting="sample_weight",
        rescales=False,
        parameters=frozenset({"n_estimators", "max_depth", "learning_rate", "min_child_samples"}),
    ),
    Model(
        "mlp",
        "multilayer perceptron",
        "shallow",
        _mlp,
        _both(
            {"alpha": 1e-4, "learning_rate_init": 1e-3},
            {"alpha": 1e-2, "learning_rate_init": 1e-2},
            {"alpha": 1.0, "learning_rate_init": 1e-2},
            {"alpha": 1e-1, "learning_rate_init": 3e-3},
            {"alpha": 1e-2, "learning_rate_init": 1e-3},
            {"alpha": 1e-4, "learning_rate_init": 1e-2},
        ),
        weighting="sample_weight",
        parameters=frozenset({"alpha", "learning_rate_init", "max_iter"}),
    ),
)

MODELS: Mapping[str, Model] = {model.name: model for model in _ALL}
"""Every model by name."""

"""The models: floors and shallow heads, with what each one may tune."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bocage.core import Kind, imported

Weighting = Literal["class_weight", "sample_weight", "votes", "uniform", "none"]
Params = Mapping[str, Any]
Build = Callable[[Kind, dict[str, Any], int], Any]


@dataclass(frozen=True, slots=True)
class Model:
    """A family of estimators behind one name.

    Attributes
    ----------
    name, title : str
    strategy : {"floor", "shallow"}
    build : callable (kind, parameters, seed) -> estimator
    grid : mapping of str to tuple of parameters
        By name of the head's kind: what may be tried, in order; the first are the defaults of the
        library or of a publication. The number of trials is the same for every method: a shorter
        grid has nothing more to try.
    weighting : str
        How classes are balanced: ``votes`` divides those of neighbours by the number of labels,
        ``uniform`` is a method to which they are equally frequent by itself.
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
    takes_gaps : bool
        Whether it learns from missing values (NaN) as such.
    numbers_per_label : float
        Numbers that it learns from each label at least, however few its features; 0 for straight
        lines. A tenth for what bends; a prediction of k neighbours is as unsure as one label in k,
        and about half of the samples that are near to one have it near to them as well.
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
    takes_gaps: bool = False
    numbers_per_label: float = 0.1


def _prior(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.dummy import DummyClassifier, DummyRegressor

    return DummyClassifier(strategy="prior") if kind.has_classes else DummyRegressor()


def _bands(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    if kind.has_classes:
        from sklearn.naive_bayes import GaussianNB

        return GaussianNB(**params)
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(SelectKBest(f_regression, k=1), LinearRegression())


def _logistic(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=2000, **params)


def _ridge(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.linear_model import Ridge

    return Ridge(**params)


def _centroid(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.neighbors import NearestCentroid

    # Distances count as logits: a temperature makes probabilities of them.
    return NearestCentroid(priors="uniform", **params)


def _knn(n_neighbors: int) -> Build:
    def build(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        chosen = KNeighborsClassifier if kind.has_classes else KNeighborsRegressor
        return chosen(n_neighbors, **({"weights": "distance"} | params))

    return build


def _forest(kind: Kind, params: dict[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    chosen = RandomForestClassifier if kind.has_classes else RandomForestRegressor
    return chosen(**({"n_estimators": 100} | params), random_state=seed, n_jobs=1)


def _xgboost(kind: Kind, params: dict[str, Any], seed: int) -> Any:
    library = imported("xgboost")
    chosen = library.XGBClassifier if kind.has_classes else library.XGBRegressor
    settings = {"n_estimators": 100, "tree_method": "hist", **_SMALL, "min_child_weight": 0.1}
    return chosen(**(settings | params), random_state=seed, n_jobs=1, verbosity=0)


def _lightgbm(kind: Kind, params: dict[str, Any], seed: int) -> Any:
    library = imported("lightgbm")
    chosen = library.LGBMClassifier if kind.has_classes else library.LGBMRegressor
    settings = {"n_estimators": 100, "deterministic": True, "force_row_wise": True, **_SMALL}
    return chosen(**(settings | params), random_state=seed, n_jobs=1, verbosity=-1)


def _mlp(kind: Kind, params: dict[str, Any], seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    chosen = MLPClassifier if kind.has_classes else MLPRegressor
    settings = {"hidden_layer_sizes": (64,), "max_iter": 300} | params
    return chosen(**settings, random_state=seed)


def _both(*grid: Params) -> Mapping[str, tuple[Params, ...]]:
    return {"classification": grid, "regression": grid}


_FEW = 1e-3
# What single precision can hold: naive Bayes of many bands says less, and exports could not.
_NARROWEST = 1e-30

# Distances that a nearest-neighbour method can be asked to use. Cosine comes last: on vectors of
# length 1, as embeddings are, it orders neighbours as the Euclidean distance does.
_DISTANCES = (
    {"metric": "euclidean"},
    {"metric": "manhattan"},
    {"metric": "chebyshev"},
    {"metric": "minkowski", "p": 3},
    {"metric": "cosine"},
)
# Few labels first: with the libraries' own settings, five labels a class make hardly a split
# (XGBoost's least sum of hessians, LightGBM's 20 samples a leaf), and always on the same bands.
# With a third of the bands at a split and depth 3, XGBoost gains 0.15 of balanced accuracy at 5
# labels a class of its own region, 0.04 at 20 and 0.02 with all.
_SMALL = {"colsample_bynode": 0.3}
_BOOSTS = (
    {"max_depth": 3, "learning_rate": 0.3},
    {"max_depth": 6, "learning_rate": 0.3},
    {"max_depth": 3, "learning_rate": 0.1},
    {"max_depth": 2, "learning_rate": 0.3},
    {"max_depth": 3, "learning_rate": 0.3, "subsample": 0.7},
    {"max_depth": 6, "learning_rate": 0.1},
)

_ALL = (
    Model(
        "prior",
        "class prior or mean",
        "floor",
        _prior,
        _both({}),
        needs_input=False,
        numbers_per_label=0.0,
    ),
    Model(
        "bands",
        "naive Bayes, band by band",
        "shallow",
        _bands,
        {
            # Gaussian naive Bayes: mean and variance of each band by class, nothing joint.
            "classification": tuple(
                {"var_smoothing": value} for value in (1e-9, 1e-3, 1e-2, 1e-1, 1.0)
            ),
            # The one band that a straight line fits best.
            "regression": ({},),
        },
        weighting="sample_weight",
        least=_NARROWEST,
        numbers_per_label=0.0,
    ),
    Model(
        "centroid",
        "nearest centroid",
        "shallow",
        _centroid,
        # Shrunken centroids (Tibshirani et al. 2002, 10.1073/pnas.082099299): bands whose class
        # means hardly differ count for nothing.
        {
            "classification": (
                {},
                {"shrink_threshold": 0.5},
                {"shrink_threshold": 1.0},
                {"shrink_threshold": 2.0},
            )
        },
        weighting="uniform",
        parameters=frozenset({"shrink_threshold"}),
        numbers_per_label=0.0,
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
        numbers_per_label=0.0,
    ),
    Model(
        "ridge",
        "ridge regression",
        "shallow",
        _ridge,
        {"regression": tuple({"alpha": v} for v in (1.0, 100.0, 0.01, 10.0, 1000.0, 0.1))},
        parameters=frozenset({"alpha"}),
        numbers_per_label=0.0,
    ),
    Model(
        "knn1",
        "nearest neighbour",
        "shallow",
        _knn(1),
        _both(*_DISTANCES),
        parameters=frozenset({"metric", "p"}),
        weighting="votes",
        least=_FEW,
        numbers_per_label=1 / 2,
    ),
    Model(
        "knn3",
        "3 nearest neighbours",
        "shallow",
        _knn(3),
        _both(*_DISTANCES),
        parameters=frozenset({"metric", "p", "weights"}),
        weighting="votes",
        least=_FEW,
        numbers_per_label=1 / 6,
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
        takes_gaps=True,
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
        takes_gaps=True,
        parameters=frozenset(
            {
                *("n_estimators", "max_depth", "learning_rate", "subsample"),
                *("min_child_weight", "colsample_bynode"),
            }
        ),
    ),
    Model(
        "lightgbm",
        "LightGBM",
        "shallow",
        _lightgbm,
        _both(
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
            {
                *("n_estimators", "max_depth", "learning_rate", "min_child_samples"),
                "colsample_bynode",
            }
        ),
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


def linear_head(kind: Kind) -> str:
    """Name the linear model of a kind: what others are held against."""
    return "logistic" if kind.has_classes else "ridge"

"""Nearest shrunken centroids."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Floats, Kind
from bocage.methods.heads._spec import HeadSpec, OnnxForm, Params, doubles


def _build(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.neighbors import NearestCentroid

    # Distances count as logits: a temperature makes probabilities of them.
    return NearestCentroid(priors="uniform", **params)


def _check(y: NDArray[Any], params: Params) -> None:
    del params
    n_classes = len(np.unique(y))
    if len(y) <= n_classes:
        raise DataError(
            f"centroid needs more labels than classes; found {len(y)} of {n_classes} classes"
        )


def _size(estimator: Any) -> tuple[int, int]:
    return doubles(np.size(estimator.centroids_) + np.size(estimator.within_class_std_dev_))


def _scores(estimator: Any) -> tuple[Floats, Floats]:
    # -|x/s - m/s|^2 = 2 m.x/s^2 - |m/s|^2 + what all classes have in common; bands that never move
    # within a class keep their unit, as scikit-learn has it.
    spread = np.asarray(estimator.within_class_std_dev_, np.float64)
    per = 1.0 / np.square(np.where(spread != 0, spread, 1.0))
    centroids = np.asarray(estimator.centroids_, np.float64)
    constants = 2.0 * np.log(estimator.class_prior_) - (np.square(centroids) * per).sum(axis=1)
    return 2.0 * centroids * per, np.asarray(constants)


def _stand_in(estimator: Any) -> Any:
    """Write it as the logistic regression of the same scores."""
    from sklearn.linear_model import LogisticRegression

    weights, constants = _scores(estimator)
    n_classes = len(weights)
    if n_classes == 2:  # noqa: PLR2004 - one score for two classes, as scikit-learn has it
        weights, constants = weights[1:] - weights[:1], constants[1:] - constants[:1]
    made = LogisticRegression()
    made.coef_, made.intercept_ = weights, constants
    made.classes_, made.n_features_in_ = np.arange(n_classes), weights.shape[1]
    return made


CENTROID = HeadSpec(
    "centroid",
    "nearest centroid",
    _build,
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
    check=_check,
    size=_size,
    linear={"classification": _scores},
    importance="coefficients",
    onnx=OnnxForm(("classification",), stand_in=_stand_in),
)

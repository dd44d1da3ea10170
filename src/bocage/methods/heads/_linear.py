"""Logistic regression for classes, ridge regression for values."""

from typing import Any

import numpy as np

from bocage.core import Floats, Kind
from bocage.methods.heads._spec import HeadSpec, OnnxForm


def _logistic(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=2000, **params)


def _ridge(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.linear_model import Ridge

    return Ridge(**params)


def coefficients(estimator: Any) -> tuple[Floats, Floats]:
    """Return weights and constants of an estimator of scikit-learn that has them."""
    weights = np.atleast_2d(np.array(estimator.coef_, dtype=np.float64))
    return weights, np.atleast_1d(np.array(estimator.intercept_, dtype=np.float64))


LOGISTIC = HeadSpec(
    "logistic",
    "logistic regression",
    _logistic,
    {"classification": tuple({"C": value} for value in (10.0, 1.0, 100.0, 0.1, 1000.0, 0.01))},
    weighting="class_weight",
    parameters=frozenset({"C"}),
    numbers_per_label=0.0,
    linear={"classification": coefficients},
    has_logits=True,
    importance="coefficients",
    onnx=OnnxForm(("classification",)),
)

RIDGE = HeadSpec(
    "ridge",
    "ridge regression",
    _ridge,
    {"regression": tuple({"alpha": v} for v in (1.0, 100.0, 0.01, 10.0, 1000.0, 0.1))},
    parameters=frozenset({"alpha"}),
    numbers_per_label=0.0,
    linear={"regression": coefficients},
    importance="coefficients",
    onnx=OnnxForm(("regression",)),
)


def linear_head(kind: Kind) -> str:
    """Name the linear model of a kind: what others are held against."""
    return (LOGISTIC if kind.has_classes else RIDGE).name

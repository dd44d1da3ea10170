"""A head of one's own: linear discriminant analysis."""

from typing import Any

import numpy as np

from bocage.core import Kind
from bocage.methods.heads import HeadSpec


def build(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    """Make the estimator, with a least-squares solver that can shrink covariances."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", **params)


def scores(estimator: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and constants: maps are then as quick as those of logistic regression."""
    return np.array(estimator.coef_), np.array(estimator.intercept_)


DISCRIMINANT = HeadSpec(
    name="discriminant",
    title="linear discriminant analysis",
    build=build,
    # The first is what stands where nothing can be tuned.
    grid={"classification": tuple({"shrinkage": v} for v in ("auto", 0.1, 0.5, 0.9))},
    parameters=frozenset({"shrinkage"}),
    words=frozenset({"shrinkage"}),
    linear={"classification": scores},
    importance="coefficients",
    numbers_per_label=0.0,
)

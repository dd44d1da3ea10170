"""Band by band: naive Bayes for classes, the one best band for values."""

from typing import Any

import numpy as np

from bocage.core import Floats, Kind
from bocage.methods.heads._spec import HeadSpec, OnnxForm, doubles, fitted_numbers

# What single precision can hold: naive Bayes of many bands says less, and exports could not.
NARROWEST = 1e-30


def _build(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    if kind.has_classes:
        from sklearn.naive_bayes import GaussianNB

        return GaussianNB(**params)
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(SelectKBest(f_regression, k=1), LinearRegression())


def _size(estimator: Any) -> tuple[int, int]:
    if hasattr(estimator, "steps"):
        return fitted_numbers(estimator[-1])
    return doubles(
        np.size(estimator.theta_) + np.size(estimator.var_) + np.size(estimator.class_prior_)
    )


def _line(estimator: Any) -> tuple[Floats, Floats]:
    kept = estimator[0].get_support()
    weights = np.zeros((1, len(kept)))
    weights[:, kept] = estimator[-1].coef_
    return weights, np.atleast_1d(np.array(estimator[-1].intercept_, dtype=np.float64))


BANDS = HeadSpec(
    "bands",
    "naive Bayes, band by band",
    _build,
    {
        # Gaussian naive Bayes: mean and variance of each band by class, nothing joint.
        "classification": tuple(
            {"var_smoothing": value} for value in (1e-9, 1e-3, 1e-2, 1e-1, 1.0)
        ),
        # The one band that a straight line fits best.
        "regression": ({},),
    },
    weighting="sample_weight",
    least=NARROWEST,
    numbers_per_label=0.0,
    size=_size,
    linear={"regression": _line},
    trusted=("sklearn.feature_selection._univariate_selection.f_regression",),
    onnx=OnnxForm(("classification",)),
)

"""The floor: class frequencies, or the mean."""

from typing import Any

import numpy as np

from bocage.core import Kind
from bocage.methods.heads._spec import HeadSpec, both, doubles


def _build(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
    from sklearn.dummy import DummyClassifier, DummyRegressor

    return DummyClassifier(strategy="prior") if kind.has_classes else DummyRegressor()


def _size(estimator: Any) -> tuple[int, int]:
    return doubles(np.size(getattr(estimator, "classes_", 0)))


PRIOR = HeadSpec(
    "prior",
    "class prior or mean",
    _build,
    both({}),
    strategy="floor",
    needs_input=False,
    numbers_per_label=0.0,
    size=_size,
)

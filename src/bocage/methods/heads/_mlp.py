"""A multilayer perceptron of one hidden layer."""

from typing import Any

import numpy as np

from bocage.core import Kind
from bocage.methods.heads._spec import HeadSpec, OnnxForm, both, doubles


def _build(kind: Kind, params: dict[str, Any], seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    chosen = MLPClassifier if kind.has_classes else MLPRegressor
    settings = {"hidden_layer_sizes": (64,), "max_iter": 300} | params
    return chosen(**settings, random_state=seed)


def _size(estimator: Any) -> tuple[int, int]:
    return doubles(sum(np.size(part) for part in (*estimator.coefs_, *estimator.intercepts_)))


MLP = HeadSpec(
    "mlp",
    "multilayer perceptron",
    _build,
    both(
        {"alpha": 1e-4, "learning_rate_init": 1e-3},
        {"alpha": 1e-2, "learning_rate_init": 1e-2},
        {"alpha": 1.0, "learning_rate_init": 1e-2},
        {"alpha": 1e-1, "learning_rate_init": 3e-3},
        {"alpha": 1e-2, "learning_rate_init": 1e-3},
        {"alpha": 1e-4, "learning_rate_init": 1e-2},
    ),
    weighting="sample_weight",
    parameters=frozenset({"alpha", "learning_rate_init", "max_iter"}),
    size=_size,
    trusted=("sklearn.neural_network._stochastic_optimizers.AdamOptimizer",),
    onnx=OnnxForm(),
)

"""One and three nearest neighbours."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Kind
from bocage.methods.heads._spec import HeadSpec, OnnxForm, Params, both, doubles

FEW = 1e-3
"""Smallest probability where shares are of few neighbours or trees."""

# Distances that a nearest-neighbour method can be asked to use. Cosine comes last: on vectors of
# length 1, as embeddings are, it orders neighbours as the Euclidean distance does.
_DISTANCES = (
    {"metric": "euclidean"},
    {"metric": "manhattan"},
    {"metric": "chebyshev"},
    {"metric": "minkowski", "p": 3},
    {"metric": "cosine"},
)
_METRICS = ("Euclidean", "Manhattan", "Chebyshev", "Minkowski")


def _size(estimator: Any) -> tuple[int, int]:
    return doubles(np.size(estimator._fit_X) + len(estimator._fit_X))  # noqa: SLF001 - its samples


def _far_is_positive(graph: Any) -> Any:
    """Give neighbours their distances.

    skl2onnx (1.20) negates them before it inverts them from 1e-6 upwards: all would weigh the same.
    """
    nearest = {node.output[0] for node in graph.graph.node if node.op_type == "TopK"}
    for node in graph.graph.node:
        if node.op_type == "Mul" and node.input[0] in nearest:
            node.op_type = "Abs"
            del node.input[1:]
    return graph


def _neighbours(k: int, title: str, parameters: frozenset[str]) -> HeadSpec:
    def build(kind: Kind, params: dict[str, Any], seed: int) -> Any:  # noqa: ARG001
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        chosen = KNeighborsClassifier if kind.has_classes else KNeighborsRegressor
        return chosen(k, **({"weights": "distance"} | params))

    def check(y: NDArray[Any], params: Params) -> None:
        del params
        if len(y) < k:
            raise DataError(f"knn{k} needs at least {k} labels; found {len(y)}")

    return HeadSpec(
        f"knn{k}",
        title,
        build,
        both(*_DISTANCES),
        parameters=parameters,
        words=frozenset({"metric", "weights"}),
        weighting="votes",
        least=FEW,
        numbers_per_label=1 / (2 * k),
        check=check,
        size=_size,
        n_votes=k,
        trusted=(
            "sklearn.neighbors._kd_tree.KDTree",
            "sklearn.neighbors._ball_tree.BallTree",
            *(f"sklearn.metrics._dist_metrics.{name}Distance64" for name in _METRICS),
        ),
        onnx=OnnxForm(mend=_far_is_positive),
    )


KNN1 = _neighbours(1, "nearest neighbour", frozenset({"metric", "p"}))
KNN3 = _neighbours(3, "3 nearest neighbours", frozenset({"metric", "p", "weights"}))

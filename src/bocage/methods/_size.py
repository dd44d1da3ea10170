"""What must be shipped to predict elsewhere: parameters and bytes of a fitted method."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bocage.methods._head import Head


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of a fitted method.

    Attributes
    ----------
    trained : int
        Learned numbers: coefficients, tree nodes x what each stores, stored samples x bands, or
        trainable parameters of a network.
    encoder, decoder, head : int
        All parameters of a network's parts, trained or not; of a shallow head only the last.
    n_bytes : int
        Size of what must be shipped, before compression: everything that is not public. For a
        frozen network that is the head, for LoRA head and adapter, for full fine-tuning all of it.
    """

    trained: int
    encoder: int
    decoder: int
    head: int
    n_bytes: int


def head_size(head: "Head", n_encoder: int = 0) -> Size:
    """Count what a fitted head holds.

    Parameters
    ----------
    head : Head
    n_encoder : int
        Parameters of the frozen encoder that it stands on.
    """
    n_parameters, n_bytes = _count(head)
    return Size(n_parameters, n_encoder, 0, n_parameters, n_bytes)


def _count(head: "Head") -> tuple[int, int]:
    estimator: Any = head.estimator_
    scale = 0 if head._columns is None else 2 * len(head._columns)  # noqa: SLF001
    if hasattr(estimator, "steps"):
        estimator = estimator.steps[-1][1]
    if head.model in {"logistic", "ridge"} or hasattr(estimator, "coef_"):
        count = np.size(estimator.coef_) + np.size(estimator.intercept_)
    elif head.model == "centroid":
        count = np.size(estimator.centroids_) + np.size(estimator.within_class_std_dev_)
    elif head.model == "mlp":
        count = sum(np.size(part) for part in (*estimator.coefs_, *estimator.intercepts_))
    elif head.model.startswith("knn"):
        count = np.size(estimator._fit_X) + len(estimator._fit_X)  # noqa: SLF001
    elif head.model == "bands":
        count = (
            np.size(estimator.theta_) + np.size(estimator.var_) + np.size(estimator.class_prior_)
        )
    elif head.model == "forest":
        # A node stores its band, its threshold and two children; a leaf its class shares.
        nodes = sum(tree.tree_.node_count for tree in estimator.estimators_)
        width = 4 + np.size(estimator.estimators_[0].tree_.value[0])
        return nodes * width, nodes * width * 8
    elif head.model == "xgboost":
        raw = len(estimator.get_booster().save_raw("ubj"))
        return raw // 4, raw
    elif head.model == "lightgbm":
        text = len(estimator.booster_.model_to_string())
        return text // 8, text
    else:
        count = max(1, len(getattr(head, "classes_", (0,))))
    return int(count + scale), int(8 * (count + scale))

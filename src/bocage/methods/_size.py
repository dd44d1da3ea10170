"""What must be shipped to predict elsewhere: parameters and bytes of a fitted head."""

from typing import Any

import numpy as np

from bocage.methods._head import Head


def head_size(head: Head) -> tuple[int, int]:
    """Count what a fitted head holds.

    Returns
    -------
    n_parameters : int
        Learned numbers: coefficients, tree nodes x what each stores, or stored samples x bands.
    n_bytes : int
        Size of what a safe file would hold before compression.
    """
    estimator: Any = head.estimator_
    scale = 0 if head._columns is None else 2 * len(head._columns)  # noqa: SLF001
    if hasattr(estimator, "steps"):
        estimator = estimator.steps[-1][1]
    if head.model in {"logistic", "ridge"} or hasattr(estimator, "coef_"):
        count = np.size(estimator.coef_) + np.size(estimator.intercept_)
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

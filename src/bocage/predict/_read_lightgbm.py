"""The trees of LightGBM."""

from typing import Any

import numpy as np

from bocage.predict._ensemble import Ensemble, Link, Tree, UnreadableModelError

_LINKS: dict[str, Link] = {
    "regression": "identity",
    "binary": "softmax",
    "multiclass": "softmax",
}
_CATEGORY = 1
_ZERO_IS_MISSING = 1


def read_lightgbm(model: Any) -> Ensemble:
    """Read an `LGBMClassifier` or `LGBMRegressor` through its own text.

    Everything is float64. A pixel goes left where its value is not above the threshold; the value
    before the first tree is part of that tree's leaves.

    Raises
    ------
    UnreadableModelError
        If it has categories, linear leaves, zeros that stand for missing values, averages instead
        of sums, or another objective.
    """
    text = model.booster_.model_to_string()
    head, *blocks = text.split("end of trees")[0].split("\nTree=")
    header = _fields(head)
    objective, *settings = header["objective"].split(" ")
    if objective not in _LINKS or "\naverage_output" in head:
        raise UnreadableModelError(
            f"LightGBM's objective {header['objective']} is not supported; expected one of "
            f"{', '.join(_LINKS)}, with the trees summed"
        )
    n_rows = int(header["num_tree_per_iteration"])
    slope = next((float(s.split(":")[1]) for s in settings if s.startswith("sigmoid:")), 1.0)
    return Ensemble(
        trees=tuple(_tree(_fields(block)) for block in blocks),
        group=np.arange(len(blocks), dtype=np.int64) % n_rows,
        start=np.zeros(n_rows),
        link=_LINKS[objective],
        strict=False,
        reads=np.dtype(np.float64),
        slope=slope,
    )


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _tree(fields: dict[str, str]) -> Tree:
    def numbers(name: str, dtype: Any) -> Any:
        # A tree that never splits has no splits to tell of.
        return np.array(fields.get(name, "").split(), dtype=dtype)

    decisions = numbers("decision_type", np.int64)
    if (
        int(fields.get("num_cat", "0"))
        or int(fields.get("is_linear", "0"))
        or (decisions & _CATEGORY).any()
        or ((decisions >> 2 & 3) == _ZERO_IS_MISSING).any()
    ):
        raise UnreadableModelError(
            "LightGBM's trees have categorical splits, linear leaves or zeros as missing values; "
            "expected numeric splits and one number per leaf"
        )
    n_inner = len(decisions)
    leaves = numbers("leaf_value", np.float64)
    none = np.full(len(leaves), -1, dtype=np.int64)

    def children(name: str) -> Any:
        # Leaf i is written as -(i + 1); here leaves come after the splits.
        found = numbers(name, np.int64)
        return np.append(np.where(found < 0, n_inner - 1 - found, found), none)

    def padded(name: str) -> Any:
        return np.append(numbers(name, np.float64), np.zeros(len(leaves)))

    passing = np.append(numbers("internal_count", np.float64), numbers("leaf_count", np.float64))
    return Tree(
        left=children("left_child"),
        right=children("right_child"),
        band=padded("split_feature").astype(np.int64),
        threshold=padded("threshold"),
        value=np.append(np.zeros(n_inner), leaves)[:, None],
        share=passing if len(passing) == n_inner + len(leaves) else np.ones(n_inner + len(leaves)),
    )

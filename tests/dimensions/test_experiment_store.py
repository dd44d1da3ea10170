"""Stored experiments that somebody changed and signed anew are set aside."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.dimensions._ablation import Ablation
from bocage.dimensions._experiment_store import AblationShelf

TRUE = Ablation(
    key="k", fold="f", regime="out", place="p", label="crop", model="forest", how="impurity",
    repeat=0, n_train=20, n_own=10, n_rest=30, order=np.array([2, 0]),
    importance=np.array([0.3, 0.1, 0.6]), own=np.array([5, 6, 10]), rest=np.array([9, 30, 0]),
)  # fmt: skip

CASES = {
    "more right than there are": {"own": np.array([5, 6, 11])},
    "more others right than there are": {"rest": np.array([9, 31, 0])},
    "a dimension that there is not": {"order": np.array([3, 0])},
    "a dimension twice": {"order": np.array([2, 2])},
    "counts of other steps": {"own": np.array([5, 6])},
    "no counts": {"own": np.array([], int), "rest": np.array([], int)},
}


def test_an_experiment_that_can_be_comes_back(tmp_path):
    AblationShelf(tmp_path).write("x", [TRUE])
    found = AblationShelf(tmp_path).refresh()["k"]
    assert (found.own == TRUE.own).all()
    assert (found.order == TRUE.order).all()


@pytest.mark.parametrize("case", CASES)
def test_an_experiment_that_can_not_be_is_set_aside(tmp_path, case):
    AblationShelf(tmp_path).write("x", [replace(TRUE, **CASES[case])])
    shelf = AblationShelf(tmp_path)
    assert shelf.refresh() == {}
    assert shelf.damaged == ["x.parquet"]


def test_what_is_checked_from_outside_is_set_aside_too(tmp_path):
    def check(found):
        raise ValueError(found.key)

    AblationShelf(tmp_path).write("x", [TRUE])
    shelf = AblationShelf(tmp_path, check)
    assert shelf.refresh() == {}
    assert shelf.damaged == ["x.parquet"]

"""Methods that are compared unless told otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import Input
from bocage.methods import HEADS, default_methods


def _with_inputs(task, *described):
    rng = np.random.default_rng(0)
    inputs = {
        name: Input(
            name,
            rng.normal(size=(len(task), width)),
            tuple(f"b{n}" for n in range(width)),
            modality=modality,
        )
        for name, modality, width in described
    }
    return replace(task, inputs=inputs)


ONE = (("aef", "embedding", 6),)
TWO = (("optical", "optical", 4), ("aef", "embedding", 6))
THREE = (*TWO, ("radar", "radar", 2))


@pytest.mark.parametrize("kind", ["classification", "regression"])
@pytest.mark.parametrize("inputs", [ONE, TWO, THREE], ids=["one", "two", "three"])
@pytest.mark.parametrize("every", [False, True])
def test_the_protocol_is_kept_whatever_the_task_holds(toy, toy_regression, inputs, kind, every):
    task = _with_inputs(toy if kind == "classification" else toy_regression, *inputs)
    methods = default_methods(task, every=every)
    names = [method.name for method in methods]
    assert len(names) == len(set(names)), "a method stands there twice"
    assert all(kind in method.spec.grid for method in methods)
    assert {name for method in methods for name in method.inputs} <= {*task.inputs, "xy"}
    assert "prior" in names
    assert any(method.inputs == ("xy",) for method in methods), "no coordinates-only control"
    linear = "logistic" if kind == "classification" else "ridge"
    for name in task.inputs:
        assert f"{name}:{linear}" in names, "an input is not asked alone"
    forests = [method.inputs for method in methods if method.model == "forest"]
    if len(inputs) == 1:
        assert forests == [("aef",)]
    else:
        assert any(set(f) <= {"optical", "radar", "xy"} for f in forests), "no traditional baseline"
        assert any(
            "aef" in method.inputs and set(method.inputs) - {"aef", "xy"} for method in methods
        ), "no hybrid"
    if every:
        assert {m.model for m in methods} == {n for n, m in HEADS.items() if kind in m.grid}


def test_more_methods_hold_all_of_the_fewer(toy):
    task = _with_inputs(toy, *THREE)
    fewer = {method.name for method in default_methods(task)}
    assert fewer < {method.name for method in default_methods(task, every=True)}


def test_the_order_of_inputs_in_a_table_changes_nothing(toy):
    a, b = _with_inputs(toy, *THREE), _with_inputs(toy, *reversed(THREE))
    assert default_methods(a) == default_methods(b)

"""One grammar of derived inputs: names are keys of runs, so that what they say never changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.series import make_series_task

from bocage.core import Input, SettingsError
from bocage.features import TRANSFORMS, Derived, _derived, parse_input
from bocage.methods import Encoded, Views, parse_method, read_inputs


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("aef", Derived("aef")),
        ("s2.indices", Derived("s2", ("indices",))),
        ("s2@presto", Derived("s2", (), "presto")),
        ("s2@presto-random", Derived("s2", (), "presto-random")),
        ("s2.indices@presto", Derived("s2", ("indices",), "presto")),
        # A dot is no transform by itself, and a transform of nothing is a name.
        ("dem.slope", Derived("dem.slope")),
        ("indices", Derived("indices")),
        (".indices", Derived(".indices")),
        ("dem.slope.indices", Derived("dem.slope", ("indices",))),
    ],
)
def test_a_name_says_what_it_said_before(name, said):
    found = parse_input(name)
    assert found == said
    assert found.is_plain == (not said.transforms and not said.network)


@given(st.text(st.sampled_from("ab.@-"), min_size=1), st.booleans())
def test_no_letter_of_a_name_is_lost(name, indexed):
    name = f"{name}.indices" if indexed else name
    found = parse_input(name)
    assert found.table + ("@" + found.network if "@" in name else "") == name


def change(item):
    """Differences between one date and the next, an input of its own."""
    values = np.diff(item.values, axis=1)
    return Input(f"{item.name}.change", values, item.bands, item.units, modality=item.modality)


@pytest.fixture
def task():
    made = make_series_task(n=30)
    values = np.random.default_rng(0).uniform(100, 5000, (len(made), 3, 2))
    series = Input("s2", values, ("B4", "B8"), "reflectance x 10000", modality="optical")
    return replace(made, inputs={"s2": series})


@pytest.fixture
def with_change(monkeypatch):
    monkeypatch.setattr(_derived, "TRANSFORMS", {**TRANSFORMS, "change": change})


@pytest.mark.usefixtures("with_change")
def test_a_new_transform_is_one_line_and_reaches_every_reader_of_names(task):
    method = parse_method("s2.change+s2.indices.change+xy:ridge")
    assert read_inputs(method) == ("s2",)
    values = task.inputs["s2"].values
    made = Views(task).table(method.parts)
    red, infrared = values[..., 0], values[..., 1]
    ndvi = (infrared - red) / (infrared + red)
    expected = np.hstack([np.diff(values, axis=1).reshape(len(task), -1), np.diff(ndvi, axis=1)])
    np.testing.assert_allclose(made.values[:, :-3], expected, atol=1e-12)
    assert made.values.shape[1] == 4 + 2 + 3
    assert method.name == "s2.change+s2.indices.change+xy:ridge"


def test_transforms_are_made_in_the_order_in_which_they_are_written(monkeypatch):
    table = Input("t", np.array([[1.0], [2.0]]), ("a",), "1")

    def step(name, function):
        def made(item):
            return Input(f"{item.name}.{name}", function(item.values), ("a",), "1")

        return made

    steps = {"twice": step("twice", lambda v: v * 2), "more": step("more", lambda v: v + 1)}
    monkeypatch.setattr(_derived, "TRANSFORMS", steps)
    one = parse_input("t.twice.more").make({"t": table})
    other = parse_input("t.more.twice").make({"t": table})
    assert (one.name, one.values.ravel().tolist()) == ("t.twice.more", [3.0, 5.0])
    assert (other.name, other.values.ravel().tolist()) == ("t.more.twice", [4.0, 6.0])


def test_a_network_reads_what_the_transforms_give():
    found = Encoded.parse("s2.indices@presto-random")
    assert (found.source, found.backbone, found.weights) == ("s2.indices", "presto", "random")
    assert found.name == "s2.indices@presto-random"


def test_a_source_that_is_not_there_is_named(task):
    with pytest.raises(SettingsError, match="this task has no input 's1'; its inputs are"):
        Views(task).table(("s1.indices",))
    with pytest.raises(SettingsError, match="no input 's1'"):
        Views(task).table(("s1",))

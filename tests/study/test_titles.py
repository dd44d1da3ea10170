"""Methods are written in words that are true of their inputs."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import Input
from bocage.methods import parse_method
from bocage.sources import AEF_BANDS
from bocage.study._titles import titles


@pytest.fixture
def real(toy):
    values = np.zeros((len(toy.target), 64))
    values[:, 0] = 1
    aef = Input("aef", values, AEF_BANDS, "1", "keep", "embedding", (2024,))
    return replace(toy, inputs={**toy.inputs, "aef": aef}, synthetic=False)


def test_only_real_embeddings_under_its_names_are_called_alphaearth(real):
    method = parse_method("aef:logistic")
    assert titles([method], real) == {"aef:logistic": "logistic regression on AlphaEarth"}
    made_up = replace(real, synthetic=True)
    assert titles([method], made_up) == {"aef:logistic": "logistic regression on aef"}
    few = replace(real.inputs["aef"], values=np.ones((len(real.target), 1)), bands=("A00",))
    other = replace(real, inputs={"aef": few})
    assert titles([method], other) == {"aef:logistic": "logistic regression on aef"}


def test_inputs_side_by_side_coordinates_and_baselines_have_words(real):
    names = ("prior", "xy:knn1", "aef+noise:forest")
    found = titles([parse_method(name) for name in names], real)
    assert found == {
        "prior": "class prior or mean",
        "xy:knn1": "nearest neighbour on coordinates",
        "aef+noise:forest": "random forest on AlphaEarth and noise",
    }

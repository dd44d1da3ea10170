"""Series, and networks with random weights, for tests of this room."""

import numpy as np
import pytest
import torch
from tests.data.series import make_series, make_series_task

from bocage.methods import BACKBONES
from bocage.methods.backbones import Frozen


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Tests run side by side: small networks on all cores each would wait for one another."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def whole_products():
    """Libraries that a test before this one imported may have asked for 16-bit products."""
    torch.set_float32_matmul_precision("highest")


@pytest.fixture(scope="session")
def series():
    return make_series(24)[0]


@pytest.fixture(scope="session")
def series_task():
    return make_series_task()


@pytest.fixture(params=["presto", "galileo"])
def backbone(request):
    return BACKBONES[request.param]


@pytest.fixture
def places():
    return np.column_stack([np.linspace(-120, 120, 24), np.linspace(-60, 60, 24)])


@pytest.fixture(scope="session")
def frozen(series_task, tmp_path_factory):
    """Presto with random weights on a synthetic task."""
    presto = BACKBONES["presto"]
    arrays = presto.arrays(series_task.inputs["series"], series_task.lonlat, True)
    return Frozen(presto, "random", arrays, tmp_path_factory.mktemp("features"))

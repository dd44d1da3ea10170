"""A small study of a table in memory; synthetic."""

import numpy as np
import pandas as pd
import pytest

import bocage

ASKED = {
    "leave": "region",
    "inputs": {"aef": "A??"},
    "budgets": [5],
    "repeats": 1,
    "methods": ["prior", "aef:knn3", "aef:logistic"],
}


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Points of the synthetic landscape, as a user would hold them."""
    task = bocage.load_task("landscape")
    aef = task.inputs["aef"]
    some = np.arange(0, len(task), 4)
    frame = pd.DataFrame(aef.values[some], columns=list(aef.bands))
    frame["lon"], frame["lat"] = task.lonlat[some].T
    frame["crop"] = np.array(task.classes)[task.target[some]]
    frame["region"] = task.groups["region"][some]
    return frame


@pytest.fixture(scope="session")
def study(table, tmp_path_factory) -> bocage.Comparison:
    """The finished study."""
    folder = tmp_path_factory.mktemp("api") / "crops"
    return bocage.compare(table, "crop", folder=folder, **ASKED)

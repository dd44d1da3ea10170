"""A small label table, and studies of it."""

import numpy as np
import pytest
from tests.conftest import make_samples

from bocage.study import make_settings, prepare

METHODS = ["prior", "good:logistic:C=10", "noise:knn3:metric=euclidean"]


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    """The toy samples (synthetic) as a CSV file."""
    import pandas as pd

    samples = make_samples()
    columns = {"lon": samples.lonlat[:, 0], "lat": samples.lonlat[:, 1]}
    for name, item in samples.inputs.items():
        columns |= dict(zip([f"{name}_{band}" for band in item.bands], item.values.T, strict=True))
    columns |= {"region": samples.groups["region"], "cover": samples.target}
    path = tmp_path_factory.mktemp("labels") / "toy.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def settings(table):
    """Give settings of a study of the table; anything may be set otherwise."""

    def make(**changes):
        values = {
            "task": str(table),
            "target": "cover",
            "leave": "region",
            "inputs": {"good": "good_?", "noise": "noise_?"},
            "methods": METHODS,
            "budgets": ["5", "all"],
            "repeats": 2,
        }
        return make_settings(values | changes)

    return make


@pytest.fixture(scope="session")
def finished(settings, tmp_path_factory):
    """A study that ran from start to end on one worker."""
    from bocage.study import Workers

    study = prepare(settings(), tmp_path_factory.mktemp("finished") / "study")
    study.run(Workers())
    return study


@pytest.fixture(scope="session")
def outcome():
    """What a study found, without its costs: the same bits whoever ran it."""

    def read(study):
        found = study.store.refresh()
        return {
            key: (
                *(r.status, r.method, r.fold, r.budget, r.repeat, r.n_labels, r.params),
                *(
                    r.array("predicted").tobytes(),
                    r.array("confidence").tobytes(),
                    r.array("brier").tobytes(),
                    r.array("log_loss").tobytes(),
                ),
            )
            for key, r in found.items()
        }

    return read


@pytest.fixture(scope="session")
def same_scores():
    """Compare two tables of scores to the last bit."""

    def compare(a, b):
        order = ["method", "group", "budget", "repeat", "domain", "metric"]
        a, b = (t.sort_values(order, ignore_index=True) for t in (a, b))
        assert a[order].equals(b[order])
        assert np.array_equal(a["value"], b["value"], equal_nan=True)

    return compare

"""What a method learned predicts elsewhere what its learner predicts here."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.conftest import make_samples
from tests.data.chips import fitted_on, make_reflectance_chips

from bocage.core import REGRESSION, DataError, Input, SettingsError
from bocage.methods import InputFacts, Recipe
from bocage.tasks import build_task

RECIPE = Recipe(2, 2)
ROWS = np.arange(12)


pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture(scope="module")
def chips():
    return make_reflectance_chips(16)


@pytest.fixture(scope="module")
def series():
    rng = np.random.default_rng(0)
    task = build_task(make_samples())
    values = 2000 + 500 * rng.normal(size=(len(task), 4, 3))
    values += 800 * task.target[:, None, None]
    months = np.tile(np.array([3, 5, 7, 9]), (len(task), 1))
    item = Input(
        "series", values, ("B2", "B3", "B4"), "reflectance x 10000", modality="series",
        months=months,
    )  # fmt: skip
    return replace(task, inputs={**task.inputs, "series": item})


def _fitted(task, text):
    return fitted_on(task, text, ROWS, RECIPE)


def _values(fitted, task):
    parts = [task.inputs[item.name].values for item in fitted.inputs]
    n, shape = len(task), fitted.chip if fitted.is_chips else ()
    return np.concatenate([part.reshape(n, -1, *shape) for part in parts], axis=1).astype(float)


@pytest.mark.parametrize(
    "text",
    [
        "s2:unet:scratch",
        "s2+xy:conv1x1:scratch",
        "s2+s2.indices:logistic:C=1",
        "s2:galileo:linear:C=1,weights=random",
        "s2:galileo:decoder:weights=random",
        "s2:galileo:adapter:weights=random",
        "s2:galileo:lora:last=1,head=unet,weights=random",
        "s2:galileo:full:weights=random",
        "s2+s2@galileo-random:forest:n_estimators=5",
    ],
)
def test_chips_elsewhere_are_predicted_as_here(chips, text):
    learner, fitted = _fitted(chips, text)
    expected = learner.predict_masks(ROWS[:3])
    values = _values(fitted, chips)
    found = fitted.predict(values[:3], chips.lonlat[:3])
    assert found.shape == (3, chips.n_classes, *chips.masks.shape[1:])
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    # Networks sum in another order for another number of chips; a tree may fall the other way.
    assert np.isclose(found, learner.predict_shares(ROWS[:3]), atol=1e-3).mean() > 0.998
    assert (found.argmax(axis=1) == expected).mean() > 0.999
    # One by one, and in another process's copy: the same.
    copy = pickle.loads(pickle.dumps(fitted))  # noqa: S301 - our own
    alone = [copy.predict(values[i : i + 1], chips.lonlat[i : i + 1])[0] for i in range(3)]
    assert np.isclose(alone, found, atol=1e-3).mean() > 0.998
    assert copy.key == fitted.key


@pytest.mark.parametrize(
    "text",
    [
        "series:presto:lora:weights=random",
        "series:galileo:linear:C=1,weights=random",
        "good+xy:forest:n_estimators=5",
        "good+series@presto-random:logistic:C=1",
    ],
)
def test_samples_elsewhere_are_predicted_as_here(series, text):
    learner, fitted = _fitted(series, text)
    values = _values(fitted, series)[:5]
    found = fitted.predict(values, series.lonlat[:5])
    np.testing.assert_allclose(found, learner.predict_proba(ROWS[:5]), atol=1e-6)


def test_values_of_a_regression_keep_their_unit(series):
    target = 300 + 40 * series.target.astype(float)
    task = replace(series, kind=REGRESSION, target=target, classes=())
    learner, fitted = _fitted(task, "series:presto:full:weights=random")
    found = fitted.predict(_values(fitted, task)[:5], task.lonlat[:5])
    assert found.shape == (5, 1)
    np.testing.assert_allclose(found[:, 0], learner.predict(ROWS[:5]), rtol=1e-6)
    assert 200 < found.mean() < 700


def test_columns_are_named_by_band_and_date(series):
    facts = InputFacts.of(series.inputs["series"])
    assert facts.columns[:4] == ("B2_01", "B3_01", "B4_01", "B2_02")
    assert facts.months == (3, 5, 7, 9)
    values = series.inputs["series"].values
    np.testing.assert_allclose(facts.mean, values.mean(axis=0).ravel())
    again = facts.input(values.reshape(len(values), -1)).values
    np.testing.assert_array_equal(again, values)


def test_samples_with_dates_of_their_own_are_refused(series):
    item = series.inputs["series"]
    months = item.months.copy()
    months[3] += 1
    with pytest.raises(SettingsError, match="different months for different samples"):
        InputFacts.of(replace(item, months=months))


def test_numbers_of_another_network_are_refused(chips):
    _, fitted = _fitted(chips, "s2:galileo:lora:last=1,weights=random")
    _, other = _fitted(chips, "s2:galileo:lora:last=1,rank=2,weights=random")
    wrong = replace(fitted, weights=other.weights)
    with pytest.raises(DataError, match="do not fit this network"):
        wrong.predict(_values(fitted, chips)[:1], chips.lonlat[:1])
    less = replace(fitted, weights=dict(list(fitted.weights.items())[:-1]))
    with pytest.raises(DataError, match="is missing"):
        less.predict(_values(fitted, chips)[:1], chips.lonlat[:1])


def test_other_public_weights_are_refused(chips):
    _, fitted = _fitted(chips, "s2:galileo:decoder:weights=random")
    moved = replace(fitted, encoders=("0" * 64,))
    with pytest.raises(DataError, match="other pretrained weights"):
        moved.predict(_values(fitted, chips)[:1], chips.lonlat[:1])


def test_a_cloud_is_no_wrong_scale(chips):
    _, fitted = _fitted(chips, "s2:galileo:decoder:weights=random")
    bright = np.full_like(_values(fitted, chips)[:1], 25_000.0)
    assert np.isfinite(fitted.predict(bright, chips.lonlat[:1])).all()


def test_a_key_tells_methods_apart(series):
    """What decides a prediction decides the key: dates, units, scale, and what a head learned."""
    _, fitted = _fitted(series, "good+xy:knn1")
    other = replace(series, target=np.roll(series.target, 1))
    assert _fitted(other, "good+xy:knn1")[1].key != fitted.key
    _, net = _fitted(series, "series:presto:linear:C=1,weights=random")
    item = net.inputs[0]
    for change in ({"months": (1, 2, 3, 4)}, {"units": ("reflectance",) * 3}):
        assert replace(net, inputs=(replace(item, **change),)).key != net.key


def test_columns_of_a_table_are_taken_by_name(chips):
    task = build_task(make_samples())
    rows = np.arange(len(task))
    _, fitted = fitted_on(task, "good+noise:logistic:C=1", rows, RECIPE)
    values = _values(fitted, task)
    expected = fitted.predict(values, task.lonlat)
    table = pd.DataFrame(values, columns=list(fitted.columns)).assign(more="text")
    np.testing.assert_array_equal(fitted.predict(table[table.columns[::-1]], task.lonlat), expected)
    with pytest.raises(DataError, match=r"no column q, which good.noise:logistic"):
        fitted.predict(table.drop(columns="q"), task.lonlat)
    with pytest.raises(DataError, match=r"one row per sample and 7 columns \(a, b, c, p, q"):
        fitted.predict(values[:, :6], task.lonlat)
    with pytest.raises(DataError, match="360 samples and 2 pairs of coordinates"):
        fitted.predict(values, task.lonlat[:2])
    _, whole = _fitted(chips, "s2:unet:scratch")
    with pytest.raises(DataError, match="is given chips of shape"):
        whole.predict(_values(whole, chips)[:3, :, :8], chips.lonlat[:3])

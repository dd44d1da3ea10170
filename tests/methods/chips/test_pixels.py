"""Heads on single pixels."""

import numpy as np
import pytest
from tests.data.chips import make_chip_task

from bocage.core import SettingsError
from bocage.methods import parse_method
from bocage.methods.chips import Chips, fit_pixels
from bocage.methods.chips._pixels import MOST, draw_pixels
from bocage.metrics import chip_confusion, mean_iou
from bocage.splits import Inner


@pytest.fixture(scope="module")
def task():
    return make_chip_task()


@pytest.fixture(scope="module")
def chips(task):
    return Chips.of(task.inputs, ["s2"], task.masks)


def test_only_labelled_pixels_of_the_asked_chips_are_drawn(chips):
    rows = np.array([2, 5, 7])
    X, y, owner = draw_pixels(chips, rows, 0)
    assert set(y.tolist()) == {0, 1}
    assert set(owner.tolist()) == {0, 1, 2}
    assert len(X) == len(y) == (chips.masks[rows] >= 0).sum() <= MOST
    seen = {tuple(row) for row in X[owner == 1]}
    known = chips.masks[5] >= 0
    assert seen == {tuple(row) for row in chips.values[5][:, known].T.astype(float)}


def test_many_pixels_are_drawn_evenly(chips, monkeypatch):
    from bocage.methods.chips import _pixels

    monkeypatch.setattr(_pixels, "MOST", 300)
    _, _, owner = draw_pixels(chips, np.arange(30), 0)
    assert np.unique(owner, return_counts=True)[1].tolist() == [10] * 30


def test_a_head_on_pixels_is_the_head_on_a_table(chips):
    # The same pixels as rows of a table give the same masks.
    from bocage.methods import Head

    rows, tests = np.arange(10), np.arange(10, 14)
    fitted = fit_pixels(
        parse_method("s2:logistic:C=1"), chips, rows, None, n_classes=2, trials=1, seed=0
    )
    X, y, _ = draw_pixels(chips, rows, 0)
    head = Head("logistic", "classification", {"C": 1}, 2).fit(X, y)
    table = np.moveaxis(chips.values[tests], 1, -1).reshape(-1, 3).astype(float)
    expected = head.predict(table).reshape(4, 32, 32)
    np.testing.assert_array_equal(fitted.head.predict_masks(tests), expected)


def test_pixels_of_a_chip_stay_together_in_tuning(chips, monkeypatch):
    from bocage.methods.chips import _pixels

    seen = []
    real = _pixels.fit_tuned
    monkeypatch.setattr(_pixels, "fit_tuned", lambda *a, **k: seen.append(a[4]) or real(*a, **k))
    inner = Inner(((np.arange(5), np.arange(5, 10)), (np.arange(5, 10), np.arange(5))), "blocks")
    rows = np.arange(10)
    fitted = fit_pixels(
        parse_method("s2:logistic"), chips, rows, inner, n_classes=2, trials=2, seed=0
    )
    assert fitted.why == "tuned"
    _, _, owner = draw_pixels(chips, rows, 0)
    for (learn, held), (own, other) in zip(seen[0].folds, inner.folds, strict=True):
        assert set(owner[learn].tolist()) == set(own.tolist())
        assert set(owner[held].tolist()) == set(other.tolist())


def test_a_forest_finds_water_and_the_prior_does_not(task):
    rows, tests = np.arange(20), np.arange(20, 36)
    score = {}
    for name in ("prior", "s2:forest:n_estimators=20"):
        method = parse_method(name)
        own = Chips.of(task.inputs, method.inputs, task.masks)
        head = fit_pixels(method, own, rows, None, n_classes=2, trials=1, seed=0).head
        counts = chip_confusion(task.masks[tests], head.predict_masks(tests), 2)
        score[name] = float(mean_iou(counts.sum(axis=0)))
    assert score["prior"] < 0.5 < score["s2:forest:n_estimators=20"]


def test_inputs_that_are_no_chips_are_refused(task):
    with pytest.raises(SettingsError, match=r"'xy'.*can't be segmented"):
        Chips.of(task.inputs, ["xy"], task.masks)
    with pytest.raises(SettingsError, match="expected chips of 16 x 8"):
        Chips.of(task.inputs, ["s2"], task.masks[:, :8, :8].repeat(2, axis=1)[:, :31])

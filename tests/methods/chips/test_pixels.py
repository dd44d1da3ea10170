"""Heads on single pixels."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.chips import make_chip_task

from bocage.core import SettingsError
from bocage.methods import Views, parse_method
from bocage.methods.chips import fit_pixels
from bocage.methods.chips._pixels import MOST
from bocage.methods.chips._scenes import draw_pixels
from bocage.metrics import chip_confusion, mean_iou
from bocage.splits import Inner


@pytest.fixture(scope="module")
def task():
    return make_chip_task()


@pytest.fixture(scope="module")
def chips(task):
    return Views(task).chips(["s2"])


def test_only_labelled_pixels_of_the_asked_chips_are_drawn(chips):
    rows = np.array([2, 5, 7])
    X, y, owner = draw_pixels(chips, rows, MOST, 0)
    assert set(y.tolist()) == {0, 1}
    assert set(owner.tolist()) == {0, 1, 2}
    assert len(X) == len(y) == (chips.masks[rows] >= 0).sum() <= MOST
    seen = {tuple(row) for row in X[owner == 1]}
    known = chips.masks[5] >= 0
    assert seen == {tuple(row) for row in chips.take(np.array([5]))[0][:, known].T.astype(float)}


def test_many_pixels_are_drawn_evenly(chips):
    _, _, owner = draw_pixels(chips, np.arange(30), 300, 0)
    assert np.unique(owner, return_counts=True)[1].tolist() == [10] * 30


def test_a_head_on_pixels_is_the_head_on_a_table(chips):
    # The same pixels as rows of a table give the same masks.
    from bocage.methods import Head

    rows, tests = np.arange(10), np.arange(10, 14)
    fitted = fit_pixels(
        parse_method("s2:logistic:C=1"), chips, rows, None, n_classes=2, trials=1, seed=0
    )
    X, y, _ = draw_pixels(chips, rows, MOST, 0)
    head = Head("logistic", "classification", {"C": 1}, 2).fit(X, y)
    table = np.moveaxis(chips.take(tests), 1, -1).reshape(-1, 3).astype(float)
    expected = head.predict(table).reshape(4, 32, 32)
    np.testing.assert_array_equal(fitted.learner.predict_masks(tests), expected)


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
    _, _, owner = draw_pixels(chips, rows, MOST, 0)
    for (learn, held), (own, other) in zip(seen[0].folds, inner.folds, strict=True):
        assert set(owner[learn].tolist()) == set(own.tolist())
        assert set(owner[held].tolist()) == set(other.tolist())


def test_a_forest_finds_water_and_the_prior_does_not(task):
    rows, tests = np.arange(20), np.arange(20, 36)
    score = {}
    for name in ("prior", "s2:forest:n_estimators=20"):
        method = parse_method(name)
        own = Views(task).chips(method.parts)
        head = fit_pixels(method, own, rows, None, n_classes=2, trials=1, seed=0).learner
        counts = chip_confusion(task.masks[tests], head.predict_masks(tests), 2)
        score[name] = float(mean_iou(counts.sum(axis=0)))
    assert score["prior"] < 0.5 < score["s2:forest:n_estimators=20"]


def test_inputs_that_are_no_chips_are_refused(task):
    with pytest.raises(SettingsError, match=r"'s1' \(none\).*can't be segmented"):
        Views(task).chips(["s1"])
    smaller = replace(task, masks=task.masks[:, :16, :8])
    with pytest.raises(SettingsError, match="expected chips of 16 x 8"):
        Views(smaller).chips(["s2"])


def test_coordinates_of_pixels_are_those_of_the_ground(task):
    from pyproj import Geod

    place = Views(task).chips(["xy"]).take(np.arange(3))
    assert place.shape == (3, 3, 32, 32)
    np.testing.assert_allclose(np.square(place).sum(axis=1), 1, atol=1e-6)
    x, y, z = place.astype(np.float64)[1]
    lon, lat = np.degrees(np.arctan2(y, x)), np.degrees(np.arcsin(z))
    # The middle is the chip's place; a row is 10 m further south, a column 10 m further east.
    assert [lon[15:17, 15:17].mean(), lat[15:17, 15:17].mean()] == pytest.approx(
        task.lonlat[1].tolist(), abs=1e-5
    )
    metres = Geod(a=6_371_008.8, b=6_371_008.8)
    azimuth, _, length = metres.inv(lon[0, 5], lat[0, 5], lon[31, 5], lat[31, 5])
    assert (abs(azimuth), length) == (pytest.approx(180, abs=0.5), pytest.approx(310, abs=2))
    azimuth, _, length = metres.inv(lon[9, 0], lat[9, 0], lon[9, 31], lat[9, 31])
    assert (azimuth, length) == (pytest.approx(90, abs=0.5), pytest.approx(310, abs=2))

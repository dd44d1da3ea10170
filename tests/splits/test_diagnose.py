"""A split looked at before it is used: sizes, distances and missing classes that are known."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import Input, unit_vectors
from bocage.splits import SplitSettings, diagnose, make_split
from bocage.tasks import Samples, build_task

EARTH_METRES = 6_371_008.8


@pytest.fixture(scope="module")
def towns():
    """Two synthetic towns on the equator, the first sample of one 3 degrees from the other's."""
    step = np.arange(40) * 0.01
    lonlat = np.column_stack([np.r_[-step, 3 + step], np.zeros(80)])
    name = np.repeat(["west", "east"], 40)
    target = np.tile(["crop", "tree"], 40).astype(object)
    target[:40:4] = "water"  # in the west alone
    values = np.random.default_rng(0).normal(size=(80, 2))
    return build_task(
        Samples(
            "towns",
            "classification",
            target,
            lonlat,
            {"x": Input("x", values, ("a", "b"))},
            {"town": name},
            synthetic=True,
        )
    )


def test_distance_to_training_is_the_distance_between_the_towns(towns):
    split = make_split(towns, SplitSettings("town"))
    fold = next(f for f in split.folds if f.name == "out/east")
    report = next(r for r in diagnose(towns, split) if (r.fold, r.domain) == ("out/east", "out"))
    # Some of the west is held back for `in`: the nearest that is left is what counts.
    nearest = -towns.lonlat[fold.pool, 0].max()
    degree = np.pi / 180 * EARTH_METRES
    assert report.nearest_metres == pytest.approx((3 + nearest) * degree)
    assert report.median_metres == pytest.approx((3 + nearest + 0.195) * degree)


def test_counts_and_missing_classes_are_those_of_the_fold(towns):
    split = make_split(towns, SplitSettings("town"))
    folds = {fold.name: fold for fold in split.folds}
    reports = diagnose(towns, split)
    assert len(reports) == sum(len(fold.tests) for fold in split.folds)
    for report in reports:
        fold = folds[report.fold]
        train, test = np.concatenate([fold.pool, fold.always]), fold.tests[report.domain]
        assert (report.n_train, report.n_test) == (len(train), len(test))
        assert report.n_blocks == len(set(split.block[test].tolist()))
        for names, rows in ((report.untrained, train), (report.untested, test)):
            assert set(names) == set(towns.classes) - {towns.classes[c] for c in towns.target[rows]}
    found = {(r.fold, r.domain): r for r in reports}
    assert found["out/west", "out"].untrained == ("water",)
    assert found["out/east", "out"].untested == ("water",)
    assert any("'water' can't be learned when 'west' is left out" in d for d in split.degraded)


def test_the_date_line_and_the_poles_are_no_distance(towns):
    for move in (
        lambda p: p + np.array([178.5, 0]),
        lambda p: np.column_stack([p[:, 1], p[:, 0] + 88]),
    ):
        lonlat = move(towns.lonlat)
        over = lonlat[:, 1] > 90
        lonlat[over] = np.column_stack([lonlat[over, 0] + 180, 180 - lonlat[over, 1]])
        lonlat[:, 0] = (lonlat[:, 0] + 180) % 360 - 180
        split = make_split(towns, SplitSettings("town"))
        here, there = (diagnose(t, split) for t in (towns, replace(towns, lonlat=lonlat)))
        for a, b in zip(here, there, strict=True):
            assert a.nearest_metres == pytest.approx(b.nearest_metres, rel=1e-6, abs=1e-3)
            assert a.median_metres == pytest.approx(b.median_metres, rel=1e-6, abs=1e-3)


def test_unit_vectors_are_those_of_the_compass():
    found = unit_vectors(np.array([[0, 0], [90, 0], [180, 0], [0, 90], [77, -90]], float))
    wanted = [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1]]
    np.testing.assert_allclose(found, wanted, atol=1e-15)


def test_regression_has_no_missing_classes(toy_regression):
    split = make_split(toy_regression, SplitSettings("region"))
    assert all(not r.untrained and not r.untested for r in diagnose(toy_regression, split))

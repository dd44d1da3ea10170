"""Folds that match an area, end to end: whole places, pooled, the same in any row order."""

from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from tests.conftest import make_samples

from bocage.core import SplitError, metres_in_words
from bocage.splits import (
    Area,
    InnerMaker,
    SplitAdvice,
    SplitSettings,
    Use,
    load_split,
    look_at_use,
    make_split,
    read_area,
    regime_of,
    save_split,
)
from bocage.splits._area_split import MOST_PARTS, _of_area, _parts
from bocage.splits._knndm import Knndm
from bocage.splits._use import _for_area
from bocage.tasks import build_task


def square(lon, lat, side=0.5, n=40, name="square.gpkg"):
    ticks = (np.arange(n) + 0.5) * side / n
    lonlat = np.column_stack([part.ravel() for part in np.meshgrid(lon + ticks, lat + ticks)])
    return Area(name, lonlat, 111_195 * side / n)


EAST = square(10.0, 45.0)


@pytest.fixture(scope="module")
def east(toy):
    return toy.take(np.flatnonzero(toy.groups["region"] == "east"))


@pytest.fixture(scope="module")
def clustered(east):
    """All labels of the east within four corners of it."""
    corner = np.array([[10, 45], [10.45, 45], [10, 45.45], [10.45, 45.45]])
    lonlat = corner[np.arange(len(east)) % 4] + (east.lonlat - [10, 45]) / 10
    return replace(east, lonlat=lonlat, unit=np.arange(len(east)))


@pytest.fixture(scope="module")
def split(clustered):
    return make_split(clustered, SplitSettings("knndm", group_folds=4, area=EAST))


def test_every_sample_is_tested_once_in_one_group_and_regime(clustered, split):
    local = [fold for fold in split.folds if fold.regime == "local"]
    assert split.groups == ("all",)
    assert len(local) == 4
    tested = np.concatenate([fold.tests["local"] for fold in local])
    np.testing.assert_array_equal(np.sort(tested), np.arange(len(clustered)))
    for fold in local:
        assert fold.held_out == "all"
        assert len(fold.pool) + len(fold.tests["local"]) == len(clustered)
    assert split.domains == ("local", "random")


def test_what_knndm_keeps_together_stays_together_when_methods_are_tuned(clustered, split):
    fold = split.folds[0]
    inner = InnerMaker(clustered, split).make(fold, fold.pool)
    assert inner.by == "blocks"
    assert len(inner.folds) > 1
    for train, held in inner.folds:
        assert not set(split.block[fold.pool[train]]) & set(split.block[fold.pool[held]])
    # And no part of the folds themselves is torn.
    for fold in split.folds[:4]:
        assert not set(split.block[fold.pool]) & set(split.block[fold.tests["local"]])


def test_samples_of_one_parcel_are_never_torn(clustered):
    parcels = replace(clustered, unit=np.arange(len(clustered)) // 3 * 3)
    split = make_split(parcels, SplitSettings("knndm", group_folds=4, area=EAST))
    for fold in [fold for fold in split.folds if fold.regime == "local"]:
        tested = parcels.unit[np.concatenate(list(fold.tests.values()))]
        assert not set(tested) & set(parcels.unit[fold.pool])


def test_the_area_is_part_of_the_key_and_rows_are_not(east):
    settings = SplitSettings("knndm", area=EAST)
    key = make_split(east, settings).key
    again = make_samples(order=np.random.default_rng(0).permutation(120))
    assert make_split(build_task(again), settings).key == key
    moved = replace(settings, area=square(10.0, 45.0, n=41))
    assert make_split(east, moved).key != key


def test_a_saved_split_is_read_back_with_its_area(clustered, split, tmp_path):
    found = load_split(save_split(split, clustered, tmp_path), clustered)
    assert found.key == split.key
    assert found.terms == split.terms == (f"area {EAST.key}",)


def test_the_page_says_what_the_folds_answer(split, east):
    assert any(
        note.startswith("these folds (kNNDM) estimate how good the map of square.gpkg is: each of ")
        and "holds out labels that lie close together" in note
        and "as labels are closer to each other than the map is to them. Half of the map" in note
        for note in split.notes
    )
    sampled = make_split(east, SplitSettings("none", sampling="probability"))
    assert "declared a probability sample" in sampled.notes[0]
    assert {len(fold.tests["local"]) for fold in sampled.folds if fold.regime == "local"} == {12}


NEAR, FAR = np.linspace(100.0, 900.0, 50), np.linspace(1000.0, 9000.0, 50)
# Half within 350 m as half of a map within 140 m, whose far corner makes the means alike.
CORNER = np.where(np.arange(50) < 40, 140.0, 1500.0)


@pytest.mark.parametrize(
    ("tested", "mapped", "note", "use"),
    [
        (NEAR, FAR, "so the map may be worse than the score", "make the map look better than"),
        (FAR, NEAR, "so the map may be better than the score", "make the map look worse than"),
        (FAR, FAR, "so neither looks easier than the other", "at about the same distance (5 km)"),
        (1.1 * FAR, FAR, "so neither looks easier than", "at about the same distance (5.5 km)"),
        (
            1.5 * FAR,
            FAR,
            "distances too similar to show",
            "at a greater distance (7.5 km), by too little to show",
        ),
        (
            FAR / 1.5,
            FAR,
            "distances too similar to show",
            "at a smaller distance (3.33 km), by too little to show",
        ),
        (
            np.full(50, 350.0),
            CORNER,
            "on average 412 m and 350 m, so the score may be too high or too low",
            "a greater distance (350 m), on average 350 m (the map 412 m), so their score may be",
        ),
        (
            CORNER,
            np.full(50, 350.0),
            "on average 350 m and 412 m, so the score may be too high or too low",
            "a smaller distance (140 m), on average 412 m (the map 350 m), so their score may be",
        ),
        (
            np.full(50, 140.0),
            CORNER,
            "on average 412 m and 140 m, so the score may be too high or too low",
            "at about the same distance (140 m), on average 140 m (the map 412 m), so their score",
        ),
    ],
)
def test_the_note_and_the_advice_agree_on_how_the_map_looks(tested, mapped, note, use):
    one = np.arange(50) % 5
    found = Knndm(one, one, 5, 0.001, 1.0, mapped, NEAR, tested)
    assert f"of a training sample, {note}" in _of_area(EAST, found, tested)
    seen = Use("a.gpkg", mapped, NEAR, {"local": tested}, {}, SplitAdvice("", ""))
    split = SimpleNamespace(leave="knndm", given="")
    assert use in _for_area(seen, split).partition("kNNDM's folds test ")[2]


def test_folds_drawn_at_random_are_said_to_be():
    one = np.arange(50) % 5
    spread = Knndm(one, one, 0, 0.5, 1.0, FAR, FAR, FAR)
    note = _of_area(EAST, spread, FAR)
    assert (
        "each of 5 holds out labels drawn at random, as labels are not significantly closer" in note
    )


def test_the_note_speaks_of_the_distances_that_the_advice_does(clustered):
    # A place of many samples that stand apart: its mean is no sample's place.
    unit = np.where(np.arange(len(clustered)) < 20, 0, np.arange(len(clustered)))
    task = replace(clustered, unit=unit)
    split = make_split(task, SplitSettings("knndm", group_folds=4, area=EAST))
    use = look_at_use(task, split, EAST, "")
    half = metres_in_words(float(np.median(use.tested["local"])))
    assert f"half of the test samples within {half} of a training" in split.notes[0]
    assert f"({half})" in use.advice.reason.partition("kNNDM's folds test ")[2]


def test_labels_outside_of_the_area_are_counted(toy):
    split = make_split(toy, SplitSettings("knndm", area=EAST))
    assert any(
        note.startswith("240 of 360 samples lie outside square.gpkg, and are used")
        for note in split.notes
    )


def test_samples_outside_are_counted_by_the_polygons_and_not_by_points_spread_over_them(
    east, tmp_path
):
    # A hole and a corner, both smaller than the points of an area lie apart.
    lon, lat = east.lonlat.T
    holes = shapely.union_all(shapely.buffer(shapely.points(east.lonlat[:7]), 0.001))
    corner = shapely.box(lon.max() - 0.002, lat.min() - 1, lon.max() + 1, lat.max() + 1)
    shape = shapely.box(9, 44, 11, 46).difference(holes).difference(corner)
    gpd.GeoDataFrame(geometry=[shape], crs=4326).to_file(tmp_path / "area.geojson")
    area = read_area(tmp_path / "area.geojson")
    expected = int((~shapely.intersects_xy(shape, lon, lat)).sum())
    assert expected >= 8
    notes = make_split(east, SplitSettings("knndm", area=area)).notes
    assert any(note.startswith(f"{expected} of 120 samples lie outside area") for note in notes)


def test_an_area_that_crosses_itself_is_said(east, tmp_path):
    tie = shapely.Polygon([(9, 44), (11, 46), (11, 44), (9, 46)])
    gpd.GeoDataFrame(geometry=[tie], crs=4326).to_file(tmp_path / "tie.geojson")
    settings = SplitSettings("knndm", area=read_area(tmp_path / "tie.geojson"))
    said = "tie.geojson: the only polygon crosses or overlaps itself"
    assert any(note.startswith(said) for note in make_split(east, settings).notes)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (SplitSettings("knndm"), r"give that area with --area FILE"),
        (SplitSettings("knndm", area=EAST, forward=True), r"omit these options"),
        (SplitSettings("none"), r"declare one with --sampling probability"),
        (SplitSettings("knndm", area=EAST, buffer_metres=10.0), r"-metres can't be combined with"),
    ],
)
def test_what_can_not_be_asked_is_refused_and_says_what_to_give(east, settings, words):
    with pytest.raises(SplitError, match=words):
        make_split(east, settings)


def test_a_class_in_one_fold_is_named_and_labels_of_one_class_elsewhere_are_refused(clustered):
    target = np.zeros(len(clustered), int)
    corner = (clustered.lonlat < [10.2, 45.2]).all(axis=1)
    target[corner] = 1
    task = replace(clustered, target=target)
    wide = SplitSettings("knndm", group_folds=2, area=square(9.0, 44.0, side=2.5))
    with pytest.raises(SplitError, match="the labels are of one class only"):
        make_split(task, wide)
    target = np.where(corner, 1, np.arange(len(task)) % 2 * 2)
    split = make_split(replace(task, target=target), wide)
    assert any(line.startswith("class 'tree' occurs in one fold only") for line in split.degraded)


def test_many_clusters_are_put_together_within_folds():
    cluster = np.arange(5000)
    fold = np.random.default_rng(0).integers(0, 10, 5000)
    part = _parts(cluster, fold)
    assert len(np.unique(part)) == MOST_PARTS
    assert len(np.unique(np.column_stack([part, fold]), axis=0)) == MOST_PARTS


def test_the_advice_follows_from_the_use(toy, east, clustered):
    def advice(task, settings, area, sampling=""):
        return look_at_use(task, make_split(task, settings), area, sampling).advice

    blocks = SplitSettings("blocks", sensitivity=False)
    far = square(40.0, 10.0)
    assert advice(east, blocks, EAST).leave == "knndm"
    assert "blocks test at a greater distance" in advice(east, blocks, EAST).reason
    assert "random folds test at about the same distance" in advice(east, blocks, EAST).reason
    assert "random folds test at a smaller distance" in advice(clustered, blocks, EAST).reason
    assert advice(toy, SplitSettings("region"), far).leave == "region"
    assert "no label lies in square.gpkg" in advice(toy, SplitSettings("region"), far).reason
    assert advice(east, blocks, far).leave == "region"  # the task's own
    bare = replace(east, groups={}, leave="")
    assert advice(bare, blocks, None).leave == "clusters"
    assert "land adjacent to the labels" in advice(bare, blocks, None).reason
    assert advice(east, blocks, EAST, "probability").leave == "none"


def test_groups_among_each_other_are_not_said_to_stand_for_elsewhere(toy, east):
    use = np.array(["meadow", "forest", "tillage"])[np.arange(len(east)) % 3]
    task = replace(east, groups={"use": use}, leave="use")
    split = make_split(task, SplitSettings("use"))
    advice = look_at_use(task, split, None, "").advice
    assert advice.leave == "use"
    assert (
        "taken to be of a new use. The uses are intermixed in space (half of the" in advice.reason
    )
    assert "nothing about land without labels nearby: --leave clusters tests that" in advice.reason
    assert "elsewhere" not in advice.reason
    # Whole regions are elsewhere, and so are neighbours that share a border.
    far = look_at_use(toy, make_split(toy, SplitSettings("region")), None, "").advice
    assert "for which whole groups have to be left out" in far.reason
    half = np.where(east.lonlat[:, 0] > np.median(east.lonlat[:, 0]), "right", "left")
    task = replace(east, groups={"county": half}, leave="county")
    beside = look_at_use(task, make_split(task, SplitSettings("county")), None, "").advice
    assert "for which whole groups have to be left out" in beside.reason
    # An area without labels is not what they tell of.
    task = replace(east, groups={"use": use}, leave="use")
    split = make_split(task, SplitSettings("use"))
    assert look_at_use(task, split, square(40.0, 10.0), "").advice.leave == "clusters"


def test_the_regime_is_that_which_tests_as_far_from_labels_as_the_area_lies(toy, east):
    split = make_split(toy, SplitSettings("region"))
    assert {"out", "local"} <= set(split.domains)
    near = toy.lonlat + np.random.default_rng(0).normal(0, 1e-3, toy.lonlat.shape)
    assert regime_of(toy, split, near) == "local"
    assert regime_of(toy, split, square(40.0, 10.0).lonlat) == "out"
    # Where nothing was left out as a whole there is nothing to choose.
    blocks = make_split(east, SplitSettings("blocks", sensitivity=False))
    assert regime_of(east, blocks, square(40.0, 10.0).lonlat) == "local"


def test_matched_folds_lie_nearer_to_the_map_than_random_ones_and_blocks(clustered):
    split = make_split(clustered, SplitSettings("knndm", group_folds=10, area=EAST))
    use = look_at_use(clustered, split, EAST, "")
    assert use.mismatch["local"] < 0.9 * use.mismatch["random"]
    assert len(use.tested["local"]) == len(clustered)

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.core import Input, SplitError
from bocage.datasets import load_task
from bocage.splits import SplitSettings, diagnose, load_split, make_split, save_split
from bocage.tasks import Samples, build_task


@pytest.fixture(scope="module")
def split(toy):
    return make_split(toy, SplitSettings("region"))


def test_no_unit_stands_on_both_sides_of_any_fold(toy, split):
    assert len(np.unique(toy.unit)) == len(toy)
    for fold in split.folds:
        learned = set(toy.unit[np.concatenate([fold.pool, fold.always])])
        for rows in fold.tests.values():
            assert not learned & set(toy.unit[rows]), fold.name


def test_out_trains_on_no_sample_of_the_left_out_group(toy, split):
    for fold in split.folds:
        if fold.regime == "out":
            assert fold.held_out not in set(toy.groups["region"][fold.pool])
            assert set(toy.groups["region"][fold.tests["out"]]) == {fold.held_out}
            assert fold.held_out not in set(toy.groups["region"][fold.tests["in"]])


def test_local_and_both_test_exactly_the_samples_that_out_tests(split):
    for out in (fold for fold in split.folds if fold.regime == "out"):
        for regime in ("local", "both"):
            parts = [
                fold.tests[regime]
                for fold in split.folds
                if fold.regime == regime and fold.held_out == out.held_out
            ]
            assert np.array_equal(np.sort(np.concatenate(parts)), out.tests["out"])


def test_local_folds_never_cut_a_block(split):
    for fold in split.folds:
        if fold.regime == "local":
            assert not set(split.block[fold.pool]) & set(split.block[fold.tests["local"]])


def test_about_a_fifth_of_each_training_group_is_held_back_in_whole_blocks(split):
    fold = next(fold for fold in split.folds if fold.regime == "out")
    held = fold.tests["in"]
    assert not set(split.block[held]) & set(split.block[fold.pool])
    share = len(held) / (len(held) + len(fold.pool))
    assert 0.15 < share < 0.35


def test_blocks_keep_the_rule_where_nothing_is_said_to_be_degraded(toy, split):
    assert split.degraded == ()
    for number, name in enumerate(split.groups):
        rows = np.flatnonzero(split.group == number)
        blocks, count = np.unique(split.block[rows], return_counts=True)
        assert len(blocks) >= 10, name
        assert count.max() <= 0.2 * len(rows)
        for code in range(toy.n_classes):
            mine = rows[toy.target[rows] == code]
            assert len(np.unique(split.block[mine])) >= 4


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_split_is_the_same_in_any_row_order(random):
    from tests.conftest import make_samples

    order = list(range(360))
    random.shuffle(order)
    first = make_split(build_task(make_samples()), SplitSettings("region"))
    second = make_split(build_task(make_samples(order=np.array(order))), SplitSettings("region"))
    assert first.key == second.key
    for a, b in zip(first.folds, second.folds, strict=True):
        assert np.array_equal(a.pool, b.pool), a.name


def test_combinations_are_left_out_together(toy):
    split = make_split(toy, SplitSettings("region+year"))
    assert len(split.groups) == 6
    fold = next(fold for fold in split.folds if fold.held_out == "north+2021")
    test = fold.tests["out"]
    assert set(toy.groups["region"][test]) == {"north"}
    assert set(toy.groups["year"][test]) == {"2021"}


def test_more_than_ten_groups_are_merged_whole(toy):
    names = np.array([f"site {i % 23}" for i in range(len(toy))])
    from dataclasses import replace

    task = replace(toy, groups={"site": names})
    split = make_split(task, SplitSettings("site"))
    out = [fold for fold in split.folds if fold.regime == "out"]
    assert 5 <= len(out) <= 10
    for fold in out:
        assert not set(names[fold.pool]) & set(names[fold.tests["out"]])
    assert any("23 sites were merged with their neighbours" in note for note in split.notes)


@pytest.mark.parametrize("leave", ["blocks", "clusters"])
def test_coordinates_alone_make_a_split(toy, leave):
    split = make_split(toy, SplitSettings(leave))
    regimes = {fold.regime for fold in split.folds}
    assert "random" in regimes
    assert ("out" in regimes) == (leave == "clusters")


def test_one_group_is_refused_in_words(toy):
    from dataclasses import replace

    task = replace(toy, groups={"year": np.full(len(toy), "2020")})
    with pytest.raises(SplitError, match="one value only"):
        make_split(task, SplitSettings("year"))


def test_samples_at_one_place_leave_no_fold_and_say_so():
    n = 40
    samples = Samples(
        "one",
        "classification",
        np.tile(["a", "b"], n // 2),
        np.full((n, 2), 10.0),
        {"x": Input("x", np.random.default_rng(0).normal(size=(n, 2)), ("p", "q"))},
    )
    with pytest.raises(
        SplitError,
        match=r"^all 40 samples are at one place \(lon 10, lat 10\), so that .* groups only$",
    ):
        make_split(build_task(samples), SplitSettings("blocks"))


def test_class_that_stands_close_together_is_named_and_moves_no_block(toy):
    from dataclasses import replace

    # All water of the north in one corner: four blocks can't hold it.
    lonlat = toy.lonlat.copy()
    mine = (toy.groups["region"] == "north") & (toy.target == toy.classes.index("water"))
    lonlat[mine] = np.array([0.001, 60.001]) + np.random.default_rng(0).uniform(
        0, 1e-4, (mine.sum(), 2)
    )
    task = replace(toy, lonlat=lonlat, unit=np.arange(len(toy)))
    split = make_split(task, SplitSettings("region"))
    assert any(
        line.startswith("classes that occur in fewer than 4 blocks")
        and "water (1 in north)" in line
        for line in split.degraded
    )


def test_saved_split_is_read_back_and_refuses_other_samples(toy, split, tmp_path):
    from bocage.core import StoreError

    path = save_split(split, toy, tmp_path)
    found = load_split(path, toy)
    assert found.key == split.key == path.stem
    for a, b in zip(split.folds, found.folds, strict=True):
        assert np.array_equal(a.pool, b.pool)
        assert np.array_equal(a.always, b.always)
        assert a.tests.keys() == b.tests.keys()
    with pytest.raises(StoreError, match="other samples"):
        load_split(path, toy.take(np.arange(100)))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(StoreError, match="can't be read"):
        load_split(path, toy)


def test_diagnosis_measures_the_distance_from_test_to_training(toy, split):
    reports = {(r.fold, r.domain): r for r in diagnose(toy, split)}
    # The regions are thousands of kilometres apart; blocks within one are not.
    assert reports["out/north", "out"].nearest_metres > 1e6
    assert reports["local/north/1", "local"].median_metres < 5e4
    assert reports["random/1", "random"].median_metres < 5e3


@pytest.mark.real
@pytest.mark.usefixtures("real_data")
def test_pairs_in_one_pixel_never_stand_on_both_sides():
    task = load_task("four-regions")
    counts = np.bincount(task.unit)
    pairs = np.flatnonzero(counts > 1)
    assert len(pairs) == 5
    for fold in make_split(task, SplitSettings("region")).folds:
        if fold.regime == "random":
            continue
        learned = set(task.unit[np.concatenate([fold.pool, fold.always])])
        for rows in fold.tests.values():
            assert not learned & set(task.unit[rows]) & set(pairs)


@pytest.mark.real
@pytest.mark.usefixtures("real_data")
def test_repeated_places_never_cross_years_and_forest_degrades():
    task = load_task("mato-grosso")
    split = make_split(task, SplitSettings("year"))
    places = {tuple(row): i for i, row in enumerate(np.unique(task.lonlat, axis=0))}
    place = np.array([places[tuple(row)] for row in task.lonlat])
    for fold in split.folds:
        for rows in fold.tests.values():
            met = set(place[fold.pool]) & set(place[rows])
            assert bool(met) == (fold.regime == "random"), fold.name
    # Places that recur are held back once for all years: what `in` tests does not eat the pool.
    latest = next(fold for fold in split.folds if fold.name == "out/2015-2016")
    cerrado = task.classes.index("Cerrado")
    assert (task.target[latest.pool] == cerrado).sum() > 200
    assert any("'Forest' can't be learned" in line for line in split.degraded)
    blocks = make_split(task, SplitSettings("clusters"))
    assert any("Forest" in line for line in blocks.degraded)


@pytest.mark.parametrize("other", ["East", "e\N{COMBINING ACUTE ACCENT}ast", "east "])
def test_groups_that_are_written_alike_are_named_loudly(toy, other):
    region = toy.groups["region"].astype("U9")
    region[np.flatnonzero(region == "east")[:40]] = other
    split = make_split(replace(toy, groups={"region": region}), SplitSettings("region"))
    (said,) = [note for note in split.degraded if "similarly written" in note]
    assert f"{other!r} (40 samples)" in said
    assert "'east' (80 samples)" in said
    assert not any(
        "similarly written" in n for n in make_split(toy, SplitSettings("region")).degraded
    )


def test_numbers_and_neighbouring_names_are_other_groups(toy):
    region = toy.groups["region"].astype("U9")
    region[region == "north"] = "easts"
    for name in ("region", "year"):
        task = replace(toy, groups={**toy.groups, "region": region})
        notes = make_split(task, SplitSettings(name)).degraded
        assert not any("similarly written" in note for note in notes)

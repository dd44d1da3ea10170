"""Folds within the labels of one run: nothing from outside them, nothing on both sides."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import make_samples

from bocage.core import Input
from bocage.splits import Budget, InnerMaker, LabelSampler, SplitSettings, _inner, make_split
from bocage.tasks import Samples, build_task

PARTS = {"out": "groups", "local": "blocks", "both": "blocks", "random": "samples"}


@pytest.fixture(scope="module")
def split(toy):
    return make_split(toy, SplitSettings("region"))


def _fold(split, regime):
    return next(fold for fold in split.folds if fold.regime == regime)


def _parts(task, split, by):
    return {
        "groups": split.group,
        "blocks": split.block,
        "units": task.unit,
        "samples": np.arange(len(task)),
    }[by]


@pytest.mark.parametrize("regime", PARTS)
@pytest.mark.parametrize("amount", [5, 20, np.inf])
def test_every_label_is_held_out_once_with_all_that_belongs_to_it(toy, split, regime, amount):
    fold = _fold(split, regime)
    rows = LabelSampler(toy, split).draw(fold, Budget(amount), 0).rows
    inner = InnerMaker(toy, split).make(fold, rows)
    assert inner.by == PARTS[regime]
    assert 2 <= len(inner.folds) <= 3
    part = _parts(toy, split, inner.by)[rows]
    held = np.concatenate([held for _, held in inner.folds])
    paid = np.flatnonzero(~np.isin(rows, fold.always))
    assert sorted(held) == paid.tolist()
    for train, test in inner.folds:
        assert set(train) | set(test) == set(range(len(rows)))
        assert not set(train) & set(test)
        paid_train = np.setdiff1d(train, np.flatnonzero(np.isin(rows, fold.always)))
        assert not set(part[paid_train]) & set(part[test])
        assert not set(toy.unit[rows[train]]) & set(toy.unit[rows[test]])


def test_both_always_learns_from_elsewhere_and_validates_on_local_labels(toy, split):
    fold = _fold(split, "both")
    rows = LabelSampler(toy, split).draw(fold, Budget(10), 0).rows
    for train, held in InnerMaker(toy, split).make(fold, rows).folds:
        assert set(fold.always) <= set(rows[train])
        assert set(toy.groups["region"][rows[held]]) == {fold.held_out}


@pytest.mark.parametrize("n_folds", [2, 3, 5])
def test_as_many_folds_as_asked_where_there_are_parts_for_them(toy, split, n_folds):
    maker = InnerMaker(toy, split, n_folds)
    fold = _fold(split, "random")
    rows = LabelSampler(toy, split).draw(fold, Budget(20), 0).rows
    inner = maker.make(fold, rows)
    assert len(inner.folds) == n_folds
    sizes = [len(held) for _, held in inner.folds]
    assert max(sizes) - min(sizes) <= np.bincount(toy.unit[rows]).max()
    # Two regions are left to learn from: two folds over groups, whatever is asked.
    out = _fold(split, "out")
    assert len(maker.make(out, LabelSampler(toy, split).draw(out, Budget(20), 0).rows).folds) == 2


def test_labels_of_one_group_are_parted_by_blocks_and_of_one_block_not_at_all(toy, split):
    maker, fold = InnerMaker(toy, split), _fold(split, "out")
    one = fold.pool[split.group[fold.pool] == split.group[fold.pool[0]]]
    inner = maker.make(fold, one)
    assert inner.by == "blocks"
    for train, held in inner.folds:
        assert not set(split.block[one[train]]) & set(split.block[one[held]])
    block = one[split.block[one] == split.block[one[0]]]
    assert maker.make(fold, block).folds == ()


def test_folds_that_leave_one_class_to_learn_from_are_dropped(toy, split):
    fold = _fold(split, "out")
    group = split.group[fold.pool]
    first, second = np.unique(group)
    # One region gives a single class, the other all three: only the latter can be learned from.
    some = fold.pool[((group == first) & (toy.target[fold.pool] == 0)) | (group == second)]
    inner = InnerMaker(toy, split).make(fold, some)
    assert len(inner.folds) == 1
    train, held = inner.folds[0]
    assert set(split.group[some[train]]) == {second}
    assert set(toy.target[some[held]]) == {0}


def test_labels_decide_nothing_about_who_is_held_out_with_whom(toy, split):
    fold = _fold(split, "local")
    rows = LabelSampler(toy, split).draw(fold, Budget(10), 0).rows
    other = replace(toy, target=np.roll(toy.target, 1))
    a, b = (InnerMaker(task, split).make(fold, rows) for task in (toy, other))
    for one, two in zip(a.folds, b.folds, strict=True):
        np.testing.assert_array_equal(one[1], two[1])


@settings(max_examples=6, deadline=None)
@given(st.randoms(use_true_random=False))
def test_row_order_changes_no_inner_fold(random):
    order = list(range(360))
    random.shuffle(order)
    found = []
    for task in (build_task(make_samples()), build_task(make_samples(order=np.array(order)))):
        split = make_split(task, SplitSettings("region"))
        maker, drawer = InnerMaker(task, split), LabelSampler(task, split)
        rows = [drawer.draw(fold, Budget(5), 0).rows for fold in split.folds]
        inner = [maker.make(fold, r) for fold, r in zip(split.folds, rows, strict=True)]
        found.append(
            [
                [task.digests[r[part]].tobytes() for pair in i.folds for part in pair]
                for r, i in zip(rows, inner, strict=True)
            ]
        )
    assert found[0] == found[1]


@pytest.fixture(scope="module")
def revisited():
    """Synthetic places that were labelled in two of three years each."""
    rng = np.random.default_rng(0)
    place = rng.uniform(0, 0.5, (150, 2)) + np.array([10, 45])
    lonlat = np.concatenate([place, place])
    year = np.array([str(2019 + (n + late) % 3) for late in (0, 1) for n in range(150)])
    code = np.tile(np.floor(place[:, 0] * 12).astype(int) % 2, 2)
    values = np.eye(2)[code] + rng.normal(0, 0.3, (300, 2))
    return build_task(
        Samples(
            "revisited",
            "classification",
            np.array(["crop", "tree"])[code],
            lonlat,
            {"good": Input("good", values, ("a", "b"))},
            {"year": year},
            leave="year",
            synthetic=True,
        )
    )


@pytest.mark.parametrize("regime", ["out", "local", "both", "random-units"])
def test_a_place_labelled_in_two_years_is_never_on_both_sides(revisited, regime):
    # Leaving out 2020 while tuning must not test a place that was learned in 2019.
    split = make_split(revisited, SplitSettings("year"))
    maker, drawer = InnerMaker(revisited, split), LabelSampler(revisited, split)
    looked = 0
    for fold in split.folds:
        if fold.regime != regime:
            continue
        for amount in (10, np.inf):
            rows = drawer.draw(fold, Budget(amount), 0).rows
            for train, held in maker.make(fold, rows).folds:
                assert len(train)
                assert len(held)
                assert not set(revisited.unit[rows[train]]) & set(revisited.unit[rows[held]])
                looked += 1
    assert looked


def test_tuning_shares_what_the_split_shares(revisited):
    # All labels of other years, and the inner folds test known places too.
    split = make_split(revisited, SplitSettings("year", share="place"))
    fold = _fold(split, "out")
    inner = InnerMaker(revisited, split).make(fold, fold.pool)
    assert inner.by == "groups"
    for train, held in inner.folds:
        assert len(train) + len(held) == len(fold.pool)
        assert set(revisited.unit[fold.pool[train]]) & set(revisited.unit[fold.pool[held]])
    apart = make_split(revisited, SplitSettings("year", share="none"))
    fold = _fold(apart, "out")
    inner = InnerMaker(revisited, apart).make(fold, fold.pool)
    assert inner.by == "units"
    assert len(inner.folds) == 3
    for train, held in inner.folds:
        assert not set(revisited.unit[fold.pool[train]]) & set(revisited.unit[fold.pool[held]])


def test_shuffled_samples_are_tuned_on_shuffled_samples(revisited):
    split = make_split(revisited, SplitSettings("year"))
    fold = _fold(split, "random")
    inner = InnerMaker(revisited, split).make(fold, fold.pool)
    assert inner.by == "samples"
    for train, held in inner.folds:
        assert len(train) + len(held) == len(fold.pool)
        assert set(revisited.unit[fold.pool[train]]) & set(revisited.unit[fold.pool[held]])


@pytest.mark.parametrize("regime", PARTS)
def test_of_many_labels_a_part_is_in_the_folds(toy, split, regime, monkeypatch):
    fold = _fold(split, regime)
    rows = LabelSampler(toy, split).draw(fold, Budget(10), 0).rows
    whole = InnerMaker(toy, split).make(fold, rows)
    most = 20
    monkeypatch.setattr(_inner, "MOST", most)
    few = InnerMaker(toy, split).make(fold, rows)
    held = np.concatenate([held for _, held in few.folds])
    paid = np.flatnonzero(~np.isin(rows, fold.always))
    # Labels that are paid for are not crowded out by those of elsewhere.
    assert len(held) == len(set(held)) == min(most, len(paid))
    assert len(few.folds) == len(whole.folds)
    for (train, test), (more, tests) in zip(few.folds, whole.folds, strict=True):
        assert set(test) <= set(tests)
        assert set(train) <= set(more)
        assert np.isin(rows[train], fold.always).sum() == min(most, len(fold.always))


def test_the_part_of_many_labels_does_not_depend_on_the_order_of_rows(monkeypatch):
    monkeypatch.setattr(_inner, "MOST", 30)
    seen = []
    for order in (None, np.random.default_rng(0).permutation(360)):
        task = build_task(make_samples(order=order))
        made = make_split(task, SplitSettings("region"))
        fold = _fold(made, "out")
        inner = InnerMaker(task, made).make(fold, fold.pool)
        rows = np.unique(np.concatenate([fold.pool[held] for _, held in inner.folds]))
        seen.append({tuple(one) for one in task.lonlat[rows].tolist()})
    assert seen[0] == seen[1]
    assert len(seen[0]) == 30


def test_a_part_that_holds_nothing_of_a_fold_leaves_the_fold_out(monkeypatch):
    samples = make_samples()
    region = np.array(["east"] * 357 + ["north", "south", "south"])
    task = build_task(replace(samples, groups={**samples.groups, "region": region}))
    made = make_split(task, SplitSettings("region"))
    monkeypatch.setattr(_inner, "MOST", 3)
    for fold in made.folds:
        if fold.regime == "out":
            for _, held in InnerMaker(task, made).make(fold, fold.pool).folds:
                assert len(held)

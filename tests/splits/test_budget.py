"""Draws of labels: nested, fair between classes, blind to everything but content."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import make_samples

from bocage.core import SettingsError
from bocage.splits import Budget, Drawer, SplitSettings, default_budgets, make_split, parse_budget
from bocage.tasks import build_task


@pytest.fixture(scope="module")
def split(toy):
    return make_split(toy, SplitSettings("region"))


def _fold(split, regime):
    return next(fold for fold in split.folds if fold.regime == regime)


@pytest.mark.parametrize("regime", ["out", "local", "both", "random"])
def test_draws_are_nested_and_hold_as_many_of_each_class(toy, split, regime):
    drawer, fold = Drawer(toy, split), _fold(split, regime)
    before = set()
    for amount in (2, 5, 10):
        draw = drawer.draw(fold, Budget(amount), 3)
        paid = np.setdiff1d(draw.rows, fold.always)
        assert draw.n_labels == len(paid) == 3 * amount
        assert (np.bincount(toy.target[paid]) == amount).all()
        assert before <= set(paid)
        assert set(paid) <= set(fold.pool)
        assert set(fold.always) <= set(draw.rows)
        assert (np.diff(draw.rows) > 0).all()
        before = set(paid)


def test_repeats_and_seeds_draw_other_labels(toy, split):
    fold = _fold(split, "out")
    first = Drawer(toy, split).draw(fold, Budget(5), 0).rows
    assert set(first) != set(Drawer(toy, split).draw(fold, Budget(5), 1).rows)
    assert set(first) != set(Drawer(toy, split, seed=1).draw(fold, Budget(5), 0).rows)


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_row_order_changes_no_fold_and_no_draw(random):
    order = list(range(360))
    random.shuffle(order)
    a, b = build_task(make_samples()), build_task(make_samples(order=np.array(order)))
    assert (a.digests == b.digests).all()
    one, two = (make_split(task, SplitSettings("region")) for task in (a, b))
    assert one.key == two.key
    for f, g in zip(one.folds, two.folds, strict=True):
        rows = [Drawer(t, s).draw(x, Budget(5), 0).rows for t, s, x in ((a, one, f), (b, two, g))]
        assert np.array_equal(*rows)


def test_a_changed_label_touches_only_draws_that_hold_it(toy, split):
    from dataclasses import replace

    fold = _fold(split, "out")
    drawer = Drawer(toy, split)
    victim = int(fold.pool[17])
    target = toy.target.copy()
    target[victim] = (target[victim] + 1) % 3
    changed = Drawer(replace(toy, target=target), split)
    touched = 0
    for repeat in range(30):
        before = set(drawer.draw(fold, Budget(5), repeat).rows)
        after = set(changed.draw(fold, Budget(5), repeat).rows)
        if victim in before or victim in after:
            touched += 1
        else:
            assert before == after
    assert 0 < touched < 15


def test_a_budget_that_can_not_be_met_stays_blank_with_its_reason(toy, split):
    draw = Drawer(toy, split).draw(_fold(split, "local"), Budget(1000), 0)
    assert len(draw.rows) == draw.n_labels == 0
    assert "not 1000" in draw.reason
    assert "only" in draw.reason


def test_all_and_fractions_and_counts(toy, split):
    drawer, fold = Drawer(toy, split), _fold(split, "out")
    everything = drawer.draw(fold, Budget(float("inf")), 0)
    assert np.array_equal(everything.rows, fold.pool)
    tenth = drawer.draw(fold, Budget(0.1, "fraction"), 0)
    share = np.bincount(toy.target[tenth.rows]) / np.bincount(toy.target[fold.pool])
    np.testing.assert_allclose(share, 0.1, atol=0.01)
    assert drawer.draw(fold, Budget(25, "label"), 0).n_labels == 25


def test_parcels_are_drawn_whole(toy):
    from dataclasses import replace

    parcel = np.array([f"p{n // 4}" for n in range(len(toy))])
    unit = np.arange(len(toy)) // 4
    # Samples of a parcel share its class, as they do in a field.
    target = np.repeat(np.arange(len(toy) // 4) % 3, 4)
    task = replace(toy, groups={**toy.groups, "parcel": parcel}, unit=unit, target=target)
    split = make_split(task, SplitSettings("region"))
    fold = _fold(split, "random")
    draw = Drawer(task, split).draw(fold, Budget(3, "parcel"), 0)
    drawn = parcel[draw.rows]
    assert len(np.unique(drawn)) == 9
    assert set(np.flatnonzero(np.isin(parcel, drawn))) == set(draw.rows)
    with pytest.raises(SettingsError, match="group column 'event'"):
        Drawer(task, split).draw(fold, Budget(3, "event"), 0)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("5", "class", Budget(5, "class")),
        ("all", "class", Budget(float("inf"), "class")),
        ("10%", "class", Budget(0.1, "fraction")),
        ("0.05", "fraction", Budget(0.05, "fraction")),
        (20, "label", Budget(20, "label")),
    ],
)
def test_budgets_are_read(text, unit, expected):
    assert parse_budget(text, unit) == expected


@pytest.mark.parametrize("text", ["", "few", "-5", "0", "2.5", "0%", "120%", "nan", "inf"])
def test_other_budgets_are_refused(text):
    with pytest.raises(SettingsError, match="can't be read"):
        parse_budget(text, "class")


def test_few_labels_are_drawn_ten_times():
    classes = default_budgets("classification")
    assert [str(b) for b in classes] == ["5", "10", "20", "50", "all"]
    assert [b.repeats() for b in classes] == [10, 10, 5, 5, 1]
    assert all(b.repeats(3) == 3 or b.is_all for b in default_budgets("regression"))

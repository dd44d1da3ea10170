"""Draws of labels: nested, fair between classes, blind to everything but content."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import make_samples

from bocage.core import SettingsError
from bocage.splits import (
    Budget,
    LabelSampler,
    Short,
    SplitSettings,
    default_budgets,
    make_split,
    parse_budget,
)
from bocage.tasks import build_task


@pytest.fixture(scope="module")
def split(toy):
    return make_split(toy, SplitSettings("region"))


def _fold(split, regime):
    return next(fold for fold in split.folds if fold.regime == regime)


@pytest.mark.parametrize("regime", ["out", "local", "both", "random"])
def test_draws_are_nested_and_hold_as_many_of_each_class(toy, split, regime):
    drawer, fold = LabelSampler(toy, split), _fold(split, regime)
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
    first = LabelSampler(toy, split).draw(fold, Budget(5), 0).rows
    assert set(first) != set(LabelSampler(toy, split).draw(fold, Budget(5), 1).rows)
    assert set(first) != set(LabelSampler(toy, split, seed=1).draw(fold, Budget(5), 0).rows)


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
        rows = [
            LabelSampler(t, s).draw(x, Budget(5), 0).rows for t, s, x in ((a, one, f), (b, two, g))
        ]
        assert np.array_equal(*rows)


def test_a_changed_label_touches_only_draws_that_hold_it(toy, split):
    fold = _fold(split, "out")
    drawer = LabelSampler(toy, split)
    victim = int(fold.pool[17])
    target = toy.target.copy()
    target[victim] = (target[victim] + 1) % 3
    changed = LabelSampler(replace(toy, target=target), split)
    touched = 0
    for repeat in range(30):
        before = set(drawer.draw(fold, Budget(5), repeat).rows)
        after = set(changed.draw(fold, Budget(5), repeat).rows)
        if victim in before or victim in after:
            touched += 1
        else:
            assert before == after
    assert 0 < touched < 15


def _with_rare(toy, n=3):
    """Leave n labels of the first class in the task: 1 a region."""
    target = toy.target.copy()
    for region in ("east", "north", "south"):
        mine = np.flatnonzero((toy.target == 0) & (toy.groups["region"] == region))
        target[mine[n // 3 :]] = 1
    return replace(toy, target=target)


def test_an_exact_budget_that_can_not_be_met_stays_blank_and_names_every_class(toy, split):
    fold = _fold(split, "local")
    draw = LabelSampler(toy, split).draw(fold, Budget(30, exact=True), 0)
    counts = np.bincount(toy.target[fold.pool])
    few = [f"{n} labels of {c!r}" for c, n in zip(toy.classes, counts, strict=True) if n < 30]
    assert len(few) == 1
    assert len(draw.rows) == draw.n_labels == 0
    assert draw.reason == f"only {few[0]} in {fold.name}, not 30"
    every = LabelSampler(toy, split).draw(fold, Budget(1000, exact=True), 0)
    assert [(s.name, s.n) for s in every.short] == list(zip(toy.classes, counts, strict=True))
    assert all(repr(name) in every.reason for name in toy.classes)


@pytest.mark.parametrize("regime", ["out", "local", "both", "random"])
def test_a_rare_class_gives_what_it_has_and_the_others_give_all_that_was_asked_for(toy, regime):
    task = _with_rare(toy)
    split = make_split(task, SplitSettings("region"))
    drawer = LabelSampler(task, split)
    for fold in (f for f in split.folds if f.regime == regime):
        before = set()
        there = np.bincount(task.target[fold.pool], minlength=3)
        for amount in (1, 2, 5, 20):
            draw = drawer.draw(fold, Budget(amount), 1)
            paid = np.setdiff1d(draw.rows, fold.always)
            assert draw.reason == ""
            assert draw.n_labels == len(paid) == np.minimum(there, amount).sum()
            assert np.array_equal(
                np.bincount(task.target[paid], minlength=3), np.minimum(there, amount)
            )
            short = [Short(task.classes[c], n) for c, n in enumerate(there) if 0 < n < amount]
            assert list(draw.short) == short
            assert before <= set(paid)
            before = set(paid)


def test_a_draw_is_the_same_whether_the_budget_is_exact_or_not(toy, split):
    for regime in ("out", "local", "both", "random"):
        fold = _fold(split, regime)
        drawer = LabelSampler(toy, split)
        loose, exact = (drawer.draw(fold, Budget(10, exact=e), 2) for e in (False, True))
        np.testing.assert_array_equal(loose.rows, exact.rows)
        assert loose.short == exact.short == ()


def test_nothing_to_learn_from_is_said(toy_regression):
    split = make_split(toy_regression, SplitSettings("region"))
    fold = _fold(split, "out")
    empty = replace(fold, pool=fold.pool[:0])
    for budget in (Budget(20, "label"), Budget(float("inf"), "label")):
        draw = LabelSampler(toy_regression, split).draw(empty, budget, 0)
        assert draw.reason == f"no training labels in {fold.name}"


def test_all_and_fractions_and_counts(toy, split):
    drawer, fold = LabelSampler(toy, split), _fold(split, "out")
    everything = drawer.draw(fold, Budget(float("inf")), 0)
    assert np.array_equal(everything.rows, fold.pool)
    tenth = drawer.draw(fold, Budget(0.1, "fraction"), 0)
    share = np.bincount(toy.target[tenth.rows]) / np.bincount(toy.target[fold.pool])
    np.testing.assert_allclose(share, 0.1, atol=0.01)
    assert drawer.draw(fold, Budget(25, "label"), 0).n_labels == 25


@pytest.mark.parametrize("regime", ["out", "local", "both", "random"])
@pytest.mark.parametrize(
    ("unit", "amounts"),
    [("fraction", (0.05, 0.1, 0.5, 1.0)), ("label", (10, 20, 40)), ("class", (2, 4, 8))],
)
def test_any_unit_is_nested(toy, split, regime, unit, amounts):
    drawer, fold = LabelSampler(toy, split), _fold(split, regime)
    for repeat in range(3):
        before = set()
        for amount in (*amounts, np.inf):
            draw = drawer.draw(fold, Budget(amount, unit), repeat)
            assert draw.reason == ""
            paid = set(np.setdiff1d(draw.rows, fold.always))
            assert len(paid) == draw.n_labels
            assert before <= paid <= set(fold.pool)
            before = paid
        assert before == set(fold.pool)


@pytest.mark.parametrize("amount", [2, 3, 5, 10])
def test_labels_from_elsewhere_are_drawn_evenly_from_the_groups(toy, split, amount):
    fold = _fold(split, "out")
    rows = LabelSampler(toy, split).draw(fold, Budget(amount), 0).rows
    for code in range(3):
        count = np.bincount(split.group[rows[toy.target[rows] == code]], minlength=3)
        left = np.unique(split.group[fold.pool])
        assert count[left].max() - count[left].min() <= 1


def test_a_group_with_too_few_labels_gives_what_it_has(toy, split):
    fold = _fold(split, "out")
    first = split.group[fold.pool[0]]
    mine = (split.group[fold.pool] == first) & (toy.target[fold.pool] == 0)
    few = replace(fold, pool=np.delete(fold.pool, np.flatnonzero(mine)[2:]))
    rows = LabelSampler(toy, split).draw(few, Budget(10), 0).rows
    rows = rows[toy.target[rows] == 0]
    assert len(rows) == 10
    assert (split.group[rows] == first).sum() == 2


def test_every_label_is_as_likely_as_any_other(toy, split):
    # 400 draws of 5 of some 40 labels: a label is drawn 400 * 5 / n times, give or take.
    drawer, fold = LabelSampler(toy, split), _fold(split, "local")
    pool = fold.pool[toy.target[fold.pool] == 0]
    count = np.zeros(len(toy))
    for repeat in range(400):
        count[drawer.draw(fold, Budget(5), repeat).rows] += 1
    share = 5 / len(pool)
    expected, deviation = 400 * share, np.sqrt(400 * share * (1 - share))
    assert np.abs(count[pool] - expected).max() < 4.5 * deviation


def test_events_are_drawn_whole_and_nested(toy):
    event = np.array([f"flood {n % 11}" for n in range(len(toy))])
    task = replace(toy, groups={**toy.groups, "event": event}, unit=np.arange(len(toy)) % 11)
    split = make_split(task, SplitSettings("event"))
    fold = _fold(split, "out")
    known = np.unique(event[fold.pool])
    before = set()
    for amount in (1, 2, len(known)):
        draw = LabelSampler(task, split).draw(fold, Budget(amount, "event"), 0)
        drawn = np.unique(event[draw.rows])
        assert len(drawn) == amount
        assert set(draw.rows) == set(fold.pool[np.isin(event[fold.pool], drawn)])
        assert before <= set(drawn)
        before = set(drawn)
    over = LabelSampler(task, split).draw(fold, Budget(len(known) + 1, "event", exact=True), 0)
    assert over.reason == f"only {len(known)} events in {fold.name}, not {len(known) + 1}"
    most = LabelSampler(task, split).draw(fold, Budget(len(known) + 1, "event"), 0)
    assert set(most.rows) == set(fold.pool)
    assert most.short == (Short("", len(known)),)


def test_regression_counts_samples_whatever_the_unit_is_called(toy_regression):
    split = make_split(toy_regression, SplitSettings("region"))
    drawer, fold = LabelSampler(toy_regression, split), _fold(split, "out")
    rows = drawer.draw(fold, Budget(20, "label"), 0).rows
    assert len(rows) == 20
    np.testing.assert_array_equal(rows, drawer.draw(fold, Budget(20, "class"), 0).rows)
    assert drawer.draw(fold, Budget(0.25, "fraction"), 0).n_labels == round(len(fold.pool) / 4)
    over = drawer.draw(fold, Budget(10_000, "label", exact=True), 0)
    assert over.reason == f"only {len(fold.pool)} labels in {fold.name}, not 10000"
    most = drawer.draw(fold, Budget(10_000, "label"), 0)
    assert (most.n_labels, most.reason) == (len(fold.pool), "")


def test_a_draw_of_one_class_is_a_draw(toy, split):
    draw = LabelSampler(toy, split).draw(_fold(split, "out"), Budget(1, "label"), 0)
    assert (len(draw.rows), draw.n_labels, draw.reason) == (1, 1, "")


def test_a_label_of_a_fraction_is_never_rounded_away(toy, split):
    draw = LabelSampler(toy, split).draw(_fold(split, "local"), Budget(0.001, "fraction"), 0)
    assert np.bincount(toy.target[draw.rows]).tolist() == [1, 1, 1]


def test_parcels_are_drawn_whole(toy):
    parcel = np.array([f"p{n // 4}" for n in range(len(toy))])
    unit = np.arange(len(toy)) // 4
    # Samples of a parcel share its class, as they do in a field.
    target = np.repeat(np.arange(len(toy) // 4) % 3, 4)
    task = replace(toy, groups={**toy.groups, "parcel": parcel}, unit=unit, target=target)
    split = make_split(task, SplitSettings("region"))
    fold = _fold(split, "random-units")
    draw = LabelSampler(task, split).draw(fold, Budget(3, "parcel"), 0)
    drawn = parcel[draw.rows]
    assert len(np.unique(drawn)) == 9
    assert set(np.flatnonzero(np.isin(parcel, drawn))) == set(draw.rows)
    wholes = [len(np.unique(parcel[fold.pool][target[fold.pool] == code])) for code in range(3)]
    most = max(wholes)
    draw = LabelSampler(task, split).draw(fold, Budget(most, "parcel"), 0)
    assert set(draw.rows) == set(fold.pool)
    short = [(c, n) for c, n in zip(task.classes, wholes, strict=True) if n < most]
    assert [(s.name, s.n) for s in draw.short] == short
    exact = LabelSampler(task, split).draw(fold, Budget(most + 1, "parcel", exact=True), 0)
    assert f"{wholes[0]} parcels of 'crop'" in exact.reason
    with pytest.raises(SettingsError, match="group column 'event'"):
        LabelSampler(task, split).draw(fold, Budget(3, "event"), 0)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("5", "class", Budget(5, "class")),
        ("all", "class", Budget(float("inf"), "class")),
        ("10%", "class", Budget(0.1, "fraction")),
        ("0.05", "fraction", Budget(0.05, "fraction")),
        (" ALL ", "event", Budget(float("inf"), "event")),
        ("100%", "label", Budget(1.0, "fraction")),
        ("1e2", "parcel", Budget(100, "parcel")),
        ("5.0", "class", Budget(5, "class")),
        (20, "label", Budget(20, "label")),
    ],
)
def test_budgets_are_read(text, unit, expected):
    assert parse_budget(text, unit) == expected


@pytest.mark.parametrize(
    "text",
    ["", "few", "-5", "0", "2.5", "0%", "120%", "nan", "inf", "5%%", "%", "5 6", "nan%", "1e400"],
)
def test_other_budgets_are_refused(text):
    with pytest.raises(SettingsError, match="can't be used"):
        parse_budget(text, "class")


@pytest.mark.parametrize("text", ["5", "1.5", "0", "-0.1", "nan"])
def test_a_fraction_is_a_part_of_one(text):
    with pytest.raises(SettingsError, match="can't be used"):
        parse_budget(text, "fraction")


@pytest.mark.parametrize("text", ["5", "all", "10%", "0.5%", "12.5%"])
def test_a_budget_is_written_as_it_is_read(text):
    assert str(parse_budget(text, "class")) == text
    assert parse_budget(str(parse_budget(text, "class")), "class") == parse_budget(text, "class")


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (Budget(5), "up to 5 labels per class"),
        (Budget(5, exact=True), "5 labels per class"),
        (Budget(20, "label"), "up to 20 labels"),
        (Budget(20, "label", exact=True), "20 labels"),
        (Budget(8, "chip"), "up to 8 chips"),
        (Budget(1, "event"), "up to 1 event"),
        (Budget(1), "up to 1 label per class"),
        (Budget(0.05, "pixel"), "5 % of the labelled pixels"),
        (Budget(0.05, "fraction"), "5 % of the labels"),
        (Budget(3, "parcel"), "up to 3 parcels per class"),
        (Budget(2, "event", exact=True), "2 events"),
        (Budget(float("inf")), "all labels"),
    ],
)
def test_a_budget_can_be_said_in_words(budget, words):
    assert budget.label == words


def test_a_number_is_the_most_that_is_drawn_unless_it_is_to_be_exact():
    assert not parse_budget("5", "class").exact
    assert parse_budget("5", "class", exact=True) == Budget(5, "class", exact=True)
    # A share and all labels there are can always be drawn.
    assert parse_budget("all", "class", exact=True) == Budget(float("inf"), "class")
    assert parse_budget("10%", "class", exact=True) == Budget(0.1, "fraction")
    for kind in ("classification", "segmentation", "regression"):
        assert [b.exact for b in default_budgets(kind, exact=True)] == [True] * 4 + [False]


def test_few_labels_are_drawn_ten_times():
    classes = default_budgets("classification")
    assert [str(b) for b in classes] == ["5", "10", "20", "50", "all"]
    assert [b.repeats() for b in classes] == [10, 10, 5, 5, 1]
    assert all(b.repeats(3) == 3 or b.is_all for b in default_budgets("regression"))

"""Scores from counts: worked by hand, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, r2_score

from bocage.core import DataError, SettingsError
from bocage.metrics import Metric, block_confusion, block_regression_moments, find_metric
from bocage.study._unit_counts import (
    UnitCounts,
    group_scores,
    in_common,
    repeat_scores,
    scores,
    with_chance,
)

BALANCED = find_metric("classification")
R2 = find_metric("regression")
# Two groups of two blocks; rows true. Block 0: recalls 8/10 and 1/2.
BLOCKS = np.array([[[8, 2], [1, 1]], [[10, 0], [4, 4]], [[5, 5], [0, 10]], [[0, 5], [0, 5]]], float)
GROUP = np.array([0, 0, 1, 1])


def tally(counts=BLOCKS, *, methods=("a",), repeats=1, group=GROUP, names=None):
    table = np.broadcast_to(counts, (len(methods), repeats, *np.shape(counts))).astype(float)
    names = names or tuple(f"block {i}" for i in range(len(group)))
    return UnitCounts("classification", tuple(methods), table, names, np.asarray(group))


def test_each_class_is_averaged_over_the_places_that_hold_it():
    # Place 0: recalls 18/20 and 5/10. Place 1: 5/15 and 15/15.
    assert scores(tally(), BALANCED) == pytest.approx([((0.9 + 1 / 3) / 2 + (0.5 + 1) / 2) / 2])
    assert group_scores(tally(), BALANCED)[0] == pytest.approx([0.7, 2 / 3])
    # Place 1 without the first class: that class is judged in place 0 alone.
    half = BLOCKS.copy()
    half[2:, 0] = 0
    assert scores(tally(half), BALANCED) == pytest.approx([(0.9 + (0.5 + 1) / 2) / 2])


@pytest.mark.parametrize("named", [0, 1])
def test_one_class_always_named_scores_one_in_the_number_of_classes_in_places_of_one(named):
    """Regions of one class each: the mean over regions of their own figures would be anything."""
    counts = np.zeros((4, 2, 2))
    counts[[0, 1, 2], 0, named] = 10
    counts[3, 1, named] = 30
    assert scores(tally(counts, group=range(4)), BALANCED) == pytest.approx([0.5])


def test_a_floor_that_names_another_class_in_every_place_is_at_chance():
    # The commonest class elsewhere is never the one that stands here.
    counts = np.zeros((4, 2, 2))
    counts[[0, 1], 0, 1] = 10
    counts[[2, 3], 1, 0] = 10
    floor = tally(counts, group=range(4), methods=("prior", "other"))
    assert scores(floor, BALANCED) == pytest.approx([0, 0])
    assert scores(with_chance(floor, ["prior"], BALANCED), BALANCED) == pytest.approx([0.5, 0])
    accuracy = find_metric("classification", "accuracy")
    assert with_chance(floor, ["prior"], accuracy) is floor


def test_recall_equal_everywhere_gives_equal_scores_whatever_the_places_hold():
    """A hard class that half of the places lack must not make these places look better."""
    counts = np.zeros((4, 2, 2))
    counts[:, 0] = [9, 1]
    counts[:2, 1] = [5, 5]
    everywhere = counts.copy()
    everywhere[:, 1] = [5, 5]
    lacking, full = (scores(tally(c, group=range(4)), BALANCED) for c in (counts, everywhere))
    assert lacking == pytest.approx(full)


def test_repeats_are_averaged_as_scores_not_as_counts():
    table = np.stack([BLOCKS, BLOCKS[:, :, ::-1]])[None]
    two = UnitCounts("classification", ("a",), table, tuple("wxyz"), GROUP)
    f1 = find_metric("classification", "macro_f1")
    one_by_one = [scores(tally(BLOCKS), f1)[0], scores(tally(BLOCKS[:, :, ::-1]), f1)[0]]
    assert repeat_scores(two, f1)[0] == pytest.approx(one_by_one)
    assert scores(two, f1)[0] == pytest.approx(np.mean(one_by_one))


def test_scores_equal_scikit_learn_on_samples():
    rng = np.random.default_rng(0)
    true, pred = rng.integers(0, 3, (2, 300))
    block = rng.integers(0, 6, 300)
    counts = block_confusion(true, pred, block, 6, 3).astype(float)
    group = np.array([0, 0, 0, 1, 1, 1])
    of = group[block]
    recalls = [[((pred == c) & (true == c) & (of == g)).sum() / ((true == c) & (of == g)).sum()
                for c in range(3)] for g in (0, 1)]  # fmt: skip
    expected = [balanced_accuracy_score(true[of == g], pred[of == g]) for g in (0, 1)]
    assert np.mean(recalls) == pytest.approx(np.mean(expected))
    assert scores(tally(counts, group=group), BALANCED)[0] == pytest.approx(np.mean(expected))
    y, fitted = rng.normal(280.0, 3.0, (2, 300))
    moments = block_regression_moments(y, fitted, block, 6, reference=280.0)[None, None]
    found = UnitCounts("regression", ("a",), moments, tuple("uvwxyz"), group)
    error = [np.mean((fitted - y)[of == g] ** 2) for g in (0, 1)]
    spread = [np.mean((y - 280.0)[of == g] ** 2) for g in (0, 1)]
    assert scores(found, R2)[0] == pytest.approx(1 - np.mean(error) / np.mean(spread))
    one = UnitCounts("regression", ("a",), moments, tuple("uvwxyz"), np.zeros(6, int))
    mean = block_regression_moments(y, fitted, block, 6, reference=y.mean())[None, None]
    centred = UnitCounts("regression", ("a",), mean, tuple("uvwxyz"), np.zeros(6, int))
    assert scores(centred, R2)[0] == pytest.approx(r2_score(y, fitted))
    assert scores(one, R2)[0] == pytest.approx(1 - np.mean((fitted - y) ** 2) / 9, abs=0.3)


def test_a_place_without_variance_is_no_outlier():
    """Ten sites, one almost flat: R2 by site would be thousands below zero there."""
    rng = np.random.default_rng(1)
    level = np.repeat(rng.normal(0, 5, 10), 20)
    y = level + np.where(np.repeat(np.arange(10) == 9, 20), 0.01, 3.0) * rng.normal(size=200)
    fitted = y + rng.normal(0, 1, 200)
    site = np.repeat(np.arange(10), 20)
    moments = block_regression_moments(y, fitted, site, 10)[None, None]
    found = UnitCounts("regression", ("a",), moments, tuple("abcdefghij"), np.arange(10))
    assert r2_score(y[site == 9], fitted[site == 9]) < -1000
    assert scores(found, R2)[0] > 0.9
    by_site = group_scores(found, R2)[0]
    assert by_site.mean() == pytest.approx(scores(found, R2)[0])
    assert by_site.min() > 0.9


def test_prevalence_reweights_accuracy():
    metric = find_metric("classification", "accuracy", prevalence=[0.9, 0.1])
    one = tally(BLOCKS[:1], group=[0])
    assert scores(one, metric)[0] == pytest.approx(0.9 * 0.8 + 0.1 * 0.5)


def test_false_alarms_count_where_the_class_is_not():
    f1 = find_metric("classification", "f1:b", classes=("a", "b"))
    quiet = np.array([[[4, 0], [0, 0]], [[2, 2], [1, 3]]], float)
    alarm = np.array([[[3, 1], [0, 0]], [[2, 2], [1, 3]]], float)
    table = np.stack([quiet, alarm])[:, None]
    both = UnitCounts("classification", ("a", "b"), table, ("u", "v"), np.arange(2))
    # Shares of places: place 0 adds a quarter of its samples to the false alarms of the second.
    assert scores(both, f1) == pytest.approx([6 / 9, 6 / 8 / (9 / 8 + 1 / 4)])


def test_a_figure_that_is_not_defined_is_one_clear_error():
    constant = np.zeros((1, 1, 2, 6))
    constant[..., 0] = 5
    t = UnitCounts("regression", ("a",), constant, ("u", "v"), np.arange(2))
    with pytest.raises(DataError, match="not defined on these test samples"):
        scores(t, find_metric("regression"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ("x",) * 4}, "twice in the tally"),
        ({"names": ("x", "y", "x", "z")}, "twice in the tally"),
        ({"methods": ("a", "a")}, "not unique"),
        ({"counts": np.where(BLOCKS == 8, np.nan, BLOCKS)}, "not finite"),
        ({"counts": BLOCKS[:3]}, "shape"),
    ],
)
def test_a_tally_that_would_give_wrong_scores_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        tally(**change)


def test_methods_scored_on_different_samples_are_refused():
    other = BLOCKS.copy()
    other[0, 0, 0] += 1
    table = np.stack([BLOCKS, other])[:, None]
    with pytest.raises(ValueError, match="different test samples"):
        UnitCounts("classification", ("a", "b"), table, tuple("wxyz"), GROUP)


def test_what_tallies_share_is_found_by_name():
    a = tally(methods=("a", "b", "c"))
    b = tally(BLOCKS[2:], methods=("c", "a"), group=[1, 1], names=("block 2", "block 3"))
    left, right = in_common(a, b)
    assert left.methods == right.methods == ("a", "c")
    assert left.block == right.block == ("block 2", "block 3")
    assert len(in_common(a, b, places=False)[0].block) == 4
    with pytest.raises(DataError, match="no group"):
        in_common(tally(BLOCKS[:2], group=[0, 0]), b)
    with pytest.raises(DataError, match="no method"):
        in_common(tally(methods=("x",)), b)


@pytest.mark.parametrize("name", ["spearman", "f1", "f1:z", "r2", "accuracy:a", "ece"])
def test_scores_that_do_not_follow_from_counts_are_refused(name):
    with pytest.raises(SettingsError):
        find_metric("classification", name, classes=("a", "b"))


def test_errors_are_better_when_lower():
    assert Metric("rmse").sign == -1
    assert Metric("r2").sign == 1
    assert Metric("mae").has_unit


def test_as_many_widenings_as_methods():
    with pytest.raises(ValueError, match="1 widenings for 2 methods"):
        UnitCounts(
            "classification", ("a", "b"), np.stack([BLOCKS[None]] * 2), tuple("abcd"), GROUP, (1,)
        )

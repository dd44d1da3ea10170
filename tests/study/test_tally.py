"""Scores from counts: worked by hand, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, r2_score

from bocage.core import DataError, SettingsError
from bocage.metrics import block_confusion, block_regression_moments
from bocage.study._metric import Metric, find_metric
from bocage.study._tally import (
    Tally,
    fold_scores,
    group_scores,
    in_common,
    repeat_scores,
    scores,
)

BALANCED = find_metric("classification")
# Two groups of two blocks; rows true. Block 0: recalls 8/10 and 1/2.
BLOCKS = np.array([[[8, 2], [1, 1]], [[10, 0], [4, 4]], [[5, 5], [0, 10]], [[0, 5], [0, 5]]], float)
GROUP = np.array([0, 0, 1, 1])


def tally(counts=BLOCKS, *, methods=("a",), repeats=1, group=GROUP, fold=None, names=None):
    table = np.broadcast_to(counts, (len(methods), repeats, *np.shape(counts))).astype(float)
    names = names or tuple(f"block {i}" for i in range(len(group)))
    fold = np.asarray(group if fold is None else fold)
    return Tally("classification", tuple(methods), table, names, np.asarray(group), fold)


def test_a_score_is_the_mean_over_folds_of_the_figure_of_their_summed_counts():
    # Fold 0: recalls 18/20 and 5/10. Fold 1: 5/15 and 15/15.
    expected = [(0.9 + 0.5) / 2, (1 / 3 + 1) / 2]
    assert fold_scores(tally(), BALANCED)[0, 0] == pytest.approx(expected)
    assert scores(tally(), BALANCED) == pytest.approx([np.mean(expected)])


def test_merged_groups_are_one_fold_but_stay_two_groups():
    merged = tally(fold=[0, 0, 0, 0])
    assert scores(merged, BALANCED) == pytest.approx([(23 / 35 + 20 / 25) / 2])
    assert group_scores(merged, BALANCED)[0] == pytest.approx([0.7, 2 / 3])


def test_repeats_are_averaged_as_scores_not_as_counts():
    table = np.stack([BLOCKS, BLOCKS[:, :, ::-1]])[None]
    two = Tally("classification", ("a",), table, tuple("wxyz"), GROUP, GROUP)
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
    expected = [
        balanced_accuracy_score(true[group[block] == g], pred[group[block] == g]) for g in (0, 1)
    ]
    assert scores(tally(counts, group=group), BALANCED)[0] == pytest.approx(np.mean(expected))
    y, fitted = rng.normal(280.0, 3.0, (2, 300))
    moments = block_regression_moments(y, fitted, block, 6, reference=280.0)[None, None]
    found = Tally("regression", ("a",), moments, tuple("uvwxyz"), group, group)
    expected = [r2_score(y[group[block] == g], fitted[group[block] == g]) for g in (0, 1)]
    assert scores(found, find_metric("regression"))[0] == pytest.approx(np.mean(expected))


def test_prevalence_reweights_accuracy():
    metric = find_metric("classification", "accuracy", prevalence=[0.9, 0.1])
    one = tally(BLOCKS[:1], group=[0])
    assert scores(one, metric)[0] == pytest.approx(0.9 * 0.8 + 0.1 * 0.5)


def test_a_fold_without_a_figure_for_one_method_counts_for_none():
    f1 = find_metric("classification", "f1:b", classes=("a", "b"))
    # The class is in neither truth nor prediction of fold 0 for the first method only.
    first = np.array([[[4, 0], [0, 0]], [[2, 2], [1, 3]]], float)
    second = np.array([[[3, 1], [0, 0]], [[2, 2], [1, 3]]], float)
    table = np.stack([first, second])[:, None]
    both = Tally("classification", ("a", "b"), table, ("u", "v"), np.arange(2), np.arange(2))
    assert scores(both, f1) == pytest.approx([6 / 9, 6 / 9])


def test_no_figure_in_any_fold_is_one_clear_error():
    constant = np.zeros((1, 1, 2, 6))
    constant[..., 0] = 5
    t = Tally("regression", ("a",), constant, ("u", "v"), np.arange(2), np.arange(2))
    with pytest.raises(DataError, match="not defined in any test fold"):
        scores(t, find_metric("regression"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ("x",) * 4}, "twice in one fold"),
        ({"names": ("x", "y", "x", "z")}, "in two groups"),
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
        Tally("classification", ("a", "b"), table, tuple("wxyz"), GROUP, GROUP)


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

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from bocage import metrics

# Worked by hand: recalls 0.8, 0.5, 0; precisions 8/11, 2/4, none predicted.
KNOWN = np.array([[8, 2, 0], [2, 2, 0], [1, 0, 0]])


def predictions(n_classes=4, max_size=60):
    code = st.integers(0, n_classes - 1)
    pair = st.tuples(code, code)
    return st.lists(pair, min_size=1, max_size=max_size).map(
        lambda rows: tuple(np.array(column) for column in zip(*rows, strict=True))
    )


def test_known_table_gives_the_figures_worked_by_hand():
    assert metrics.accuracy(KNOWN) == pytest.approx(10 / 15)
    assert metrics.balanced_accuracy(KNOWN) == pytest.approx((0.8 + 0.5 + 0.0) / 3)
    np.testing.assert_allclose(metrics.recall(KNOWN), [0.8, 0.5, 0.0])
    np.testing.assert_allclose(metrics.precision(KNOWN), [8 / 11, 0.5, np.nan])
    np.testing.assert_allclose(metrics.class_f1(KNOWN), [16 / 21, 0.5, 0.0])
    np.testing.assert_allclose(metrics.class_iou(KNOWN), [8 / 13, 2 / 6, 0.0])
    assert metrics.macro_f1(KNOWN) == pytest.approx((16 / 21 + 0.5) / 3)
    np.testing.assert_allclose(metrics.signed_area_error(KNOWN), [0.1, 0.0, -1.0])


def test_absent_class_is_nan_and_not_zero():
    counts = np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])
    assert np.isnan(metrics.class_f1(counts)[2])
    assert np.isnan(metrics.class_iou(counts)[2])
    assert np.isnan(metrics.recall(counts)[2])
    assert np.isnan(metrics.signed_area_error(counts)[2])
    assert metrics.balanced_accuracy(counts) == pytest.approx(7 / 8)


def test_no_samples_give_nan_without_a_warning():
    empty = np.zeros((2, 3, 3))
    with np.errstate(all="raise"):
        for figure in (metrics.accuracy, metrics.balanced_accuracy, metrics.macro_f1):
            assert np.isnan(figure(empty)).all()


def test_class_predicted_but_absent_from_truth_counts_in_macro_f1_and_not_in_recall():
    counts = metrics.confusion(np.array([0, 0]), np.array([0, 1]), 2)
    assert metrics.balanced_accuracy(counts) == pytest.approx(0.5)
    assert metrics.macro_f1(counts) == pytest.approx((2 / 3 + 0.0) / 2)


@pytest.mark.parametrize("bad", [[0, 3], [-1, 0]])
def test_code_out_of_range_is_refused_and_never_wraps_into_another_cell(bad):
    good = np.array([0, 1])
    with pytest.raises(ValueError, match="expected 0 to 2"):
        metrics.confusion(good, np.array(bad), 3)
    with pytest.raises(ValueError, match="expected 0 to 2"):
        metrics.confusion(np.array(bad), good, 3)
    with pytest.raises(ValueError, match="block"):
        metrics.block_confusion(good, good, np.array(bad), 2, 3)


def test_float_codes_are_refused():
    with pytest.raises(ValueError, match="whole numbers"):
        metrics.confusion(np.array([0.0, 1.0]), np.array([0, 1]), 2)


def test_narrow_codes_do_not_overflow():
    true = np.full(10, 199, np.uint8)
    assert metrics.confusion(true, true, 200)[199, 199] == 10
    block = np.full(10, 99, np.uint8)
    assert metrics.block_confusion(true, true, block, 100, 200)[99, 199, 199] == 10


@given(predictions())
@settings(deadline=None)
def test_figures_equal_scikit_learn(pair):
    true, pred = pair
    counts = metrics.confusion(true, pred, 4)
    labels = [0, 1, 2, 3]
    np.testing.assert_array_equal(counts, oracle.confusion_matrix(true, pred, labels=labels))
    assert metrics.accuracy(counts) == pytest.approx(oracle.accuracy_score(true, pred))
    present = np.unique(true)
    expected = oracle.recall_score(true, pred, labels=present, average="macro", zero_division=0)
    assert metrics.balanced_accuracy(counts) == pytest.approx(expected)
    expected = oracle.f1_score(true, pred, average="macro", zero_division=0)
    assert metrics.macro_f1(counts) == pytest.approx(expected)
    for ours, theirs in (
        (metrics.class_f1, oracle.f1_score),
        (metrics.class_iou, oracle.jaccard_score),
        (metrics.recall, oracle.recall_score),
        (metrics.precision, oracle.precision_score),
    ):
        values = ours(counts)
        expected = theirs(true, pred, labels=labels, average=None, zero_division=0)
        defined = ~np.isnan(values)
        np.testing.assert_allclose(values[defined], expected[defined])
        np.testing.assert_array_equal(expected[~defined], 0)


@given(predictions(n_classes=3), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_weights_equal_scikit_learn_sample_weights(pair, seed):
    true, pred = pair
    weights = np.random.default_rng(seed).uniform(0.1, 5, len(true))
    counts = metrics.confusion(true, pred, 3, weights)
    for ours, theirs, extra in (
        (metrics.accuracy, oracle.accuracy_score, {}),
        (metrics.macro_f1, oracle.f1_score, {"average": "macro", "zero_division": 0}),
    ):
        expected = theirs(true, pred, sample_weight=weights, **extra)
        assert ours(counts) == pytest.approx(expected)


@given(predictions(), st.integers(0, 2**32 - 1))
def test_blocks_add_up_to_the_whole_and_a_doubled_block_is_a_repeated_one(pair, seed):
    true, pred = pair
    block = np.random.default_rng(seed).integers(0, 3, len(true))
    parts = metrics.block_confusion(true, pred, block, 3, 4)
    np.testing.assert_array_equal(parts.sum(0), metrics.confusion(true, pred, 4))
    again = np.concatenate([np.arange(len(true)), np.flatnonzero(block == 1)])
    weighted = np.einsum("b,bij->ij", [1.0, 2.0, 1.0], parts)
    np.testing.assert_array_equal(weighted, metrics.confusion(true[again], pred[again], 4))


def test_figures_work_over_leading_axes():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 9, (5, 2, 3, 3))
    counts[0, 0, 1] = 0
    for figure in (
        metrics.accuracy,
        metrics.balanced_accuracy,
        metrics.macro_f1,
        metrics.class_f1,
        metrics.class_iou,
        metrics.recall,
        metrics.precision,
        metrics.signed_area_error,
        lambda c: metrics.reweight(c, [0.2, 0.0, 0.8]),
    ):
        one_by_one = np.array([[figure(counts[i, j]) for j in range(2)] for i in range(5)])
        np.testing.assert_allclose(figure(counts), one_by_one)


def test_area_weights_give_the_error_of_the_area():
    true, pred = np.array([0, 0, 1]), np.array([0, 1, 1])
    area = np.array([30.0, 10.0, 10.0])
    counts = metrics.confusion(true, pred, 2, area)
    np.testing.assert_allclose(metrics.signed_area_error(counts), [-0.25, 1.0])


def test_reweighting_equals_drawing_the_rows_at_the_reference_shares():
    counts = np.array([[8, 2], [1, 3]])
    # 3 : 1 in the reference; 10 and 4 in the sample: rows times 6 and 5 give 60 and 20.
    drawn = counts * np.array([[6], [5]])
    ours = metrics.reweight(counts, [3, 1])
    assert ours.sum() == pytest.approx(counts.sum())
    for figure in (metrics.accuracy, metrics.macro_f1, metrics.balanced_accuracy):
        assert figure(ours) == pytest.approx(figure(drawn))


@given(predictions(n_classes=3))
def test_reweighting_to_the_own_shares_changes_nothing_and_never_changes_recall(pair):
    counts = metrics.confusion(*pair, 3)
    rows = counts.sum(1)
    np.testing.assert_allclose(metrics.reweight(counts, rows), counts)
    other = np.where(rows > 0, [0.7, 0.2, 0.1], 0)
    np.testing.assert_allclose(
        metrics.recall(metrics.reweight(counts, other)), metrics.recall(counts)
    )


def test_reference_class_without_samples_leaves_the_figure_unknown():
    counts = np.array([[8, 2], [0, 0]])
    assert np.isnan(metrics.accuracy(metrics.reweight(counts, [0.5, 0.5])))
    assert metrics.accuracy(metrics.reweight(counts, [1, 0])) == pytest.approx(0.8)


@pytest.mark.parametrize("bad", [[0.5, -0.5], [0, 0], [np.nan, 1], [1, 1, 1]])
def test_impossible_prevalence_is_refused(bad):
    with pytest.raises(ValueError, match="prevalence"):
        metrics.reweight(KNOWN[:2, :2], bad)

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix
from torchmetrics.functional.classification import multiclass_jaccard_index

from bocage import metrics
from bocage.core import DataError
from bocage.metrics import _segmentation


def draw(seed, n, height, width, n_classes, ignored=0.2):
    rng = np.random.default_rng(seed)
    true, predicted = rng.integers(0, n_classes, (2, n, height, width))
    # Some chips get few classes, so that absent ones occur.
    true, predicted = true % rng.integers(1, n_classes + 1), predicted % rng.integers(1, 4)
    return np.where(rng.uniform(size=true.shape) < ignored, -1, true), predicted


SIZES = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 7), st.integers(1, 7)
)


def test_known_chip():
    true = np.array([[[0, 0, 1], [1, -1, 1]], [[2, 2, 2], [2, 2, 2]]])
    predicted = np.array([[[0, 1, 1], [1, 2, 0]], [[2, 2, 2], [2, 2, 1]]])
    counts = metrics.chip_confusion(true, predicted, 3)
    assert counts.dtype == np.int64
    np.testing.assert_array_equal(counts[0], [[1, 1, 0], [1, 2, 0], [0, 0, 0]])
    np.testing.assert_array_equal(counts[1], [[0, 0, 0], [0, 0, 0], [0, 1, 5]])
    assert metrics.mean_iou(counts[0]) == pytest.approx((1 / 3 + 2 / 4) / 2)
    np.testing.assert_allclose(metrics.signed_area_error(counts.sum(0)), [0.0, 1 / 3, -1 / 6])


def test_shifted_half_plane_has_the_area_and_overlap_of_its_columns():
    column = np.broadcast_to(np.arange(20), (1, 5, 20))
    counts = metrics.chip_confusion((column >= 10) * 1, (column >= 12) * 1, 2)[0]
    np.testing.assert_allclose(metrics.signed_area_error(counts), [0.2, -0.2])
    assert metrics.mean_iou(counts) == pytest.approx((10 / 12 + 8 / 10) / 2)


def test_inverted_checkerboard_keeps_all_areas_and_hits_nothing():
    board = np.indices((8, 8)).sum(0)[None] % 2
    counts = metrics.chip_confusion(board, 1 - board, 2)[0]
    np.testing.assert_array_equal(metrics.signed_area_error(counts), [0, 0])
    assert metrics.mean_iou(counts) == 0


@given(SIZES)
@settings(deadline=None)
def test_counts_and_mean_iou_equal_established_libraries(size):
    true, predicted = draw(*size, 4)
    counts = metrics.chip_confusion(true, predicted, 4)
    for chip, (truth, guess) in enumerate(zip(true, predicted, strict=True)):
        kept = truth >= 0
        if not kept.any():
            assert not counts[chip].any()
            continue
        expected = confusion_matrix(truth[kept], guess[kept], labels=range(4))
        np.testing.assert_array_equal(counts[chip], expected)
    if (true >= 0).any():
        expected = multiclass_jaccard_index(
            torch.tensor(predicted), torch.tensor(true), 4, average="macro", ignore_index=-1
        )
        assert metrics.mean_iou(counts.sum(0)) == pytest.approx(float(expected), rel=1e-5)


@given(SIZES)
def test_identical_chips_score_one_and_swapped_ones_the_same(size):
    true, predicted = draw(*size, 4, ignored=0)
    same = metrics.chip_confusion(true, true, 4)
    np.testing.assert_array_equal(metrics.mean_iou(same), 1)
    errors = metrics.signed_area_error(same)
    np.testing.assert_array_equal(errors[~np.isnan(errors)], 0)
    there = metrics.chip_confusion(true, predicted, 4)
    back = metrics.chip_confusion(predicted, true, 4)
    np.testing.assert_array_equal(metrics.mean_iou(there), metrics.mean_iou(back))
    assert ((metrics.mean_iou(there) >= 0) & (metrics.mean_iou(there) <= 1)).all()


@given(SIZES)
def test_counts_do_not_depend_on_how_chips_are_grouped(size):
    true, predicted = draw(*size, 4)
    whole = metrics.chip_confusion(true, predicted, 4)
    one_by_one = [metrics.chip_confusion(true[[i]], predicted[[i]], 4) for i in range(len(true))]
    np.testing.assert_array_equal(whole, np.concatenate(one_by_one))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_segmentation, "PIXELS_AT_ONCE", 2 * true[0].size)
        np.testing.assert_array_equal(metrics.chip_confusion(true, predicted, 4), whole)
    assert whole.sum() == (true >= 0).sum()


def test_total_error_is_not_the_mean_of_the_chips():
    # Twice too much in a chip with 2 pixels of the class, right in one with 100.
    counts = np.array([[[96, 2], [0, 2]], [[0, 0], [0, 100]]])
    np.testing.assert_allclose(metrics.signed_area_error(counts)[:, 1], [1.0, 0.0])
    assert metrics.signed_area_error(counts.sum(0))[1] == pytest.approx(2 / 102)


def test_ignored_pixels_count_nowhere_whatever_is_predicted_there():
    true = np.array([[[0, 1, -1, -1]]])
    for there in ([0, 0], [1, 1], [0, 1]):
        counts = metrics.chip_confusion(true, np.array([[[0, 1, *there]]]), 2)
        np.testing.assert_array_equal(counts[0], np.eye(2))


def test_chip_without_labels_is_undefined_and_not_zero():
    counts = metrics.chip_confusion(np.full((2, 3, 3), -1), np.zeros((2, 3, 3), int), 2)
    with np.errstate(all="raise"):
        assert np.isnan(metrics.mean_iou(counts)).all()
        assert np.isnan(metrics.signed_area_error(counts)).all()


def test_class_absent_from_the_truth_has_no_area_error_and_counts_against_the_mean_iou():
    counts = metrics.chip_confusion(np.zeros((1, 2, 2), int), np.array([[[0, 0], [0, 1]]]), 3)[0]
    np.testing.assert_allclose(metrics.signed_area_error(counts), [-0.25, np.nan, np.nan])
    assert metrics.mean_iou(counts) == pytest.approx((3 / 4 + 0) / 2)


def test_no_chips_give_no_counts():
    none = np.zeros((0, 4, 4), int)
    assert metrics.chip_confusion(none, none, 3).shape == (0, 3, 3)


def test_narrow_codes_do_not_overflow():
    true = np.full((3, 20, 20), 120, np.int8)
    assert metrics.chip_confusion(true, true.astype(np.uint8), 121)[2, 120, 120] == 400


CHIP = np.zeros((1, 2, 2), int)


@pytest.mark.parametrize("score", [metrics.chip_confusion, metrics.boundary_counts])
@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        (CHIP, np.zeros((1, 2, 3), int), "expected equal shapes"),
        (CHIP[0], CHIP[0], "expected \\(n, h, w\\)"),
        (CHIP[:, :0], CHIP[:, :0], "expected \\(n, h, w\\)"),
        (CHIP + 2, CHIP, "true codes range from 2 to 2; expected -1 to 1"),
        (CHIP - 2, CHIP, "true codes range from -2"),
        (CHIP, CHIP + 2, "predicted codes range from 2 to 2; expected 0 to 1"),
        (CHIP, CHIP - 1, "predicted codes range from -1"),
        (CHIP.astype(np.uint8) + 255, CHIP, "true codes"),
        (CHIP * 1.0, CHIP, "whole numbers"),
        (CHIP, CHIP > 0, "whole numbers"),
    ],
)
def test_wrong_chips_are_refused_and_never_counted_elsewhere(score, true, predicted, message):
    settings_of_boundaries = ([10.0], 10.0) if score is metrics.boundary_counts else ()
    with pytest.raises(DataError, match=message):
        score(true, predicted, 2, *settings_of_boundaries)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from bocage import metrics
from bocage.core import SettingsError
from bocage.metrics import _segmentation


def draw(seed, n, height, width, ignored=0.2):
    """Draw blobs of three classes, some chips with fewer, and pixels without a label."""
    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.normal(size=(2, 3, n, height, width)), (0, 0, 0, 1, 1))
    noise[:, 2] -= rng.choice([0.0, 9.0], (2, n, 1, 1))
    true, predicted = noise.argmax(1)
    return np.where(rng.uniform(size=true.shape) < ignored, -1, true), predicted


SIZES = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 12), st.integers(1, 12)
)
DISTANCES = [0.0, 3.0, 10.0, 15.0, 20.0, 31.0, 400.0]


def scores(counts):
    return np.stack([metrics.boundary_f1(counts), metrics.boundary_iou(counts)])


def slow_counts(true, predicted, n_classes, distances, pixel):
    """The definitions, pixel by pixel, with a distance transform for each mask."""

    def near(mask, distance):
        if not mask.any():
            return np.zeros(mask.shape, bool)
        return ndimage.distance_transform_edt(~mask, sampling=pixel) <= distance + 1e-6

    def contour(mask, kept):
        out = np.zeros(mask.shape, bool)
        for i, j in zip(*mask.nonzero(), strict=True):
            for y, x in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                if 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1]:
                    out[i, j] |= kept[y, x] and not mask[y, x]
        return out

    out = np.zeros((len(true), n_classes, len(distances), 7), int)
    for chip, (truth, guess) in enumerate(zip(true, predicted, strict=True)):
        kept = truth >= 0
        for code in range(n_classes):
            t, p = truth == code, (guess == code) & kept
            edges = contour(t, kept), contour(p, kept)
            for k, d in enumerate(distances):
                bands = t & near(kept & ~t, d), p & near(kept & ~p, d)
                masks = (
                    edges[0],
                    edges[0] & near(edges[1], d),
                    edges[1],
                    edges[1] & near(edges[0], d),
                    *bands,
                    bands[0] & bands[1],
                )
                out[chip, code, k] = [m.sum() for m in masks]
    return out


@pytest.mark.parametrize("shift", [0, 1, 3, 5])
@pytest.mark.parametrize("axis", [1, 2])
def test_half_planes_shifted_by_k_pixels(shift, axis):
    place = np.indices((1, 30, 30))[axis]
    true, predicted = (place >= 12) * 1, (place >= 12 + shift) * 1
    bands = np.array([1, 2, 3, 4, 5, 6])
    counts = metrics.boundary_counts(true, predicted, 2, bands * 10.0, 10.0)[0]
    np.testing.assert_array_equal(counts[..., [0, 2]], 30)
    np.testing.assert_array_equal(counts[..., 4], np.broadcast_to(30 * bands, (2, 6)))
    f1, iou = scores(counts)
    np.testing.assert_array_equal(f1, np.broadcast_to((bands >= shift) * 1.0, (2, 6)))
    expected = np.maximum(bands - shift, 0) / (bands + np.minimum(shift, bands))
    np.testing.assert_allclose(iou, np.broadcast_to(expected, (2, 6)))


def test_discs_of_two_radii_have_the_overlap_of_their_rings():
    y, x = np.indices((1, 201, 201))[1:] - 100
    away = np.hypot(y, x)
    true, predicted = (away <= 80) * 1, (away <= 76) * 1
    counts = metrics.boundary_counts(true, predicted, 2, [20.0, 60.0, 100.0], 10.0).sum(0)
    f1, iou = scores(counts)[:, 1]
    np.testing.assert_array_equal(f1, [0, 1, 1])
    for distance, value in ((6, iou[1]), (10, iou[2])):
        shared = 76**2 - (80 - distance) ** 2
        union = 80**2 - (76 - distance) ** 2
        assert value == pytest.approx(shared / union, abs=0.02)


def test_inverted_checkerboard_has_contours_one_pixel_away_and_no_overlap():
    board = np.indices((8, 8)).sum(0)[None] % 2
    counts = metrics.boundary_counts(board, 1 - board, 2, [0.0, 9.9, 10.0], 10.0)[0]
    f1, iou = scores(counts)
    np.testing.assert_array_equal(f1, [[0, 0, 1]] * 2)
    np.testing.assert_array_equal(iou, [[np.nan, np.nan, 0]] * 2)


@given(SIZES)
@settings(deadline=None, max_examples=60)
def test_counts_equal_a_slow_count_with_distance_transforms(size):
    true, predicted = draw(*size)
    ours = metrics.boundary_counts(true, predicted, 3, DISTANCES, 10.0)
    assert ours.dtype == np.int64
    np.testing.assert_array_equal(ours, slow_counts(true, predicted, 3, DISTANCES, 10.0))


@given(st.lists(st.integers(1, 18), min_size=8, max_size=8), st.integers(1, 6))
@settings(deadline=None)
def test_boundary_iou_of_rectangles_equals_the_erosion_of_its_authors(corners, width):
    # Inside a rectangle that keeps off the edge, Euclidean and chessboard distances agree.
    masks = np.zeros((2, 1, 20, 20), int)
    for mask, (a, b, c, d) in zip(masks, np.reshape(corners, (2, 4)), strict=True):
        mask[0, min(a, b) : max(a, b) + 1, min(c, d) : max(c, d) + 1] = 1
    counts = metrics.boundary_counts(*masks, 2, [width * 10.0], 10.0)[0, 1, 0]
    square = np.ones((3, 3))
    bands = [
        m[0] - ndimage.binary_erosion(np.pad(m[0], 1), square, width)[1:-1, 1:-1] for m in masks
    ]
    expected = (bands[0] & bands[1]).sum() / (bands[0] | bands[1]).sum()
    assert metrics.boundary_iou(counts) == pytest.approx(expected)


@given(SIZES)
@settings(deadline=None)
def test_identical_masks_score_one_and_swapped_ones_the_same(size):
    true, predicted = draw(*size, ignored=0)
    same = scores(metrics.boundary_counts(true, true, 3, DISTANCES, 10.0))
    np.testing.assert_array_equal(same[~np.isnan(same)], 1)
    there = metrics.boundary_counts(true, predicted, 3, DISTANCES, 10.0)
    back = metrics.boundary_counts(predicted, true, 3, DISTANCES, 10.0)
    np.testing.assert_array_equal(there, back[..., [2, 3, 0, 1, 5, 4, 6]])
    np.testing.assert_allclose(scores(there), scores(back))


@given(SIZES)
@settings(deadline=None)
def test_scores_are_bounded_and_boundary_f1_never_falls_with_the_distance(size):
    true, predicted = draw(*size)
    f1, iou = scores(metrics.boundary_counts(true, predicted, 3, DISTANCES, 10.0))
    for value in (f1, iou):
        known = value[~np.isnan(value)]
        assert ((known >= 0) & (known <= 1)).all()
    assert (np.isnan(f1).all(-1) | (np.diff(f1, axis=-1) >= 0).all(-1)).all()


@given(SIZES)
@settings(deadline=None)
def test_chips_do_not_see_each_other_however_they_are_grouped(size):
    true, predicted = draw(*size)
    whole = metrics.boundary_counts(true, predicted, 3, DISTANCES, 10.0)
    for i in range(len(true)):
        alone = metrics.boundary_counts(true[[i]], predicted[[i]], 3, DISTANCES, 10.0)
        np.testing.assert_array_equal(whole[[i]], alone)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_segmentation, "PIXELS_AT_ONCE", 2 * true[0].size)
        again = metrics.boundary_counts(true, predicted, 3, DISTANCES, 10.0)
    np.testing.assert_array_equal(again, whole)


@given(SIZES, st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_prediction_at_ignored_pixels_changes_nothing(size, seed):
    true, predicted = draw(*size)
    other = np.random.default_rng(seed).integers(0, 3, true.shape)
    changed = np.where(true < 0, other, predicted)
    np.testing.assert_array_equal(
        metrics.boundary_counts(true, predicted, 3, DISTANCES, 10.0),
        metrics.boundary_counts(true, changed, 3, DISTANCES, 10.0),
    )


def test_edge_of_the_chip_is_no_contour_and_gives_no_free_hits():
    full = np.ones((1, 9, 9), int)
    counts = metrics.boundary_counts(full, full, 2, [20.0], 10.0)
    assert not counts.any()
    assert np.isnan(scores(counts)).all()
    # The left half against the right half: no contour of one mask is that of the other.
    half = (np.indices((1, 9, 9))[2] < 4) * 1
    wrong = scores(metrics.boundary_counts(half, 1 - half, 2, [10.0], 10.0))[1]
    np.testing.assert_array_equal(wrong, 0)


def test_edge_of_unlabelled_pixels_is_no_contour():
    true = np.ones((1, 9, 9), int)
    true[0, 3:6, 3:6] = -1
    assert not metrics.boundary_counts(true, np.ones_like(true), 2, [20.0], 10.0).any()


def test_chips_without_labels_have_no_score_and_add_nothing():
    true, predicted = draw(0, 2, 12, 12)
    true[1] = -1
    with np.errstate(all="raise"):
        counts = metrics.boundary_counts(true, predicted, 3, [10.0, 20.0], 10.0)
        assert np.isnan(scores(counts[1])).all()
    np.testing.assert_array_equal(scores(counts.sum(0)), scores(counts[0]))


def test_class_only_predicted_or_only_true_scores_zero_and_an_absent_one_is_undefined():
    some = np.zeros((1, 9, 9), int)
    some[0, 4:, 4:] = 1
    none = np.zeros_like(some)
    for pair in ((some, none), (none, some)):
        value = scores(metrics.boundary_counts(*pair, 3, [10.0], 10.0))[:, 0, :, 0]
        np.testing.assert_array_equal(value[:, 1], 0)
        assert np.isnan(value[:, 2]).all()


def test_distance_counts_in_metres_and_not_in_pixels():
    place = np.indices((1, 9, 60))[2]
    true, predicted = (place >= 30) * 1, (place >= 33) * 1
    for pixel in (0.1, 0.7, 3.0, 30.0):
        counts = metrics.boundary_counts(true, predicted, 2, [2.9 * pixel, 3 * pixel], pixel)
        np.testing.assert_array_equal(metrics.boundary_f1(counts[0, 1]), [0, 1])
    # 0.3 / 0.1 is less than 3 in doubles.
    assert metrics.boundary_f1(metrics.boundary_counts(true, predicted, 2, [0.3], 0.1))[0, 1, 0]


def test_no_chips_and_no_distances_give_no_counts():
    none, one = np.zeros((0, 4, 4), int), np.zeros((1, 4, 4), int)
    assert metrics.boundary_counts(none, none, 3, [10.0], 10.0).shape == (0, 3, 1, 7)
    assert metrics.boundary_counts(one, one, 3, [], 10.0).shape == (1, 3, 0, 7)
    assert len(metrics.BOUNDARY_COUNTS) == 7


@pytest.mark.parametrize(
    ("distances", "pixel", "message"),
    [
        ([-1.0], 10.0, "distances"),
        ([np.inf], 10.0, "distances"),
        ([np.nan], 10.0, "distances"),
        (10.0, 10.0, "distances"),
        ([10.0], 0.0, "pixel"),
        ([10.0], np.nan, "pixel"),
    ],
)
def test_impossible_lengths_are_refused(distances, pixel, message):
    chip = np.zeros((1, 3, 3), int)
    with pytest.raises(SettingsError, match=message):
        metrics.boundary_counts(chip, chip, 2, distances, pixel)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage import metrics
from bocage.core import DataError, SettingsError
from bocage.metrics import _segmentation


def draw(seed, n, height, width, ignored=0.2):
    rng = np.random.default_rng(seed)
    true, predicted = rng.integers(0, 3, (2, n, height, width))
    return np.where(rng.uniform(size=true.shape) < ignored, -1, true), predicted


SIZES = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 8), st.integers(1, 8)
)


def slow_objects(true, code):
    """Flood each object from its first pixel: (chip, its pixels), in reading order."""
    left = set(zip(*(true == code).nonzero(), strict=True))
    found = []
    for start in sorted(left):
        if start not in left:
            continue
        left.discard(start)
        pixels, open_ends = [start], [start]
        while open_ends:
            n, i, j = open_ends.pop()
            for y in (i - 1, i, i + 1):
                for x in (j - 1, j, j + 1):
                    if (n, y, x) in left:
                        left.discard((n, y, x))
                        pixels.append((n, y, x))
                        open_ends.append((n, y, x))
        found.append(pixels)
    return found


def test_squares_of_known_size():
    true = np.zeros((2, 40, 40), int)
    true[0, 5:10, 5:10] = 1  # 25 pixels of 100 m2
    true[0, 20:30, 20:30] = 1  # 1 ha
    true[1, 0:20, 0:20] = 2  # 4 ha at the edge
    predicted = true.copy()
    predicted[0, 20:30, 20:25] = 2
    found = metrics.object_sizes(true, [2, 1], 10.0, [0.5, 1.0], predicted)
    assert found.code.tolist() == [2, 1, 1]
    assert found.chip.tolist() == [1, 0, 0]
    assert found.pixels.tolist() == [400, 25, 100]
    np.testing.assert_allclose(found.hectares, [4.0, 0.25, 1.0])
    # An object as large as an edge is in the class above it.
    assert found.size.tolist() == [2, 0, 2]
    assert found.cut.tolist() == [True, False, False]
    assert found.right.tolist() == [400, 25, 50]
    assert found.recall.tolist() == [1.0, 1.0, 0.5]


def test_corners_join_objects_and_chips_do_not():
    true = np.zeros((2, 3, 3), int)
    true[:, [0, 1, 2], [0, 1, 2]] = 1
    found = metrics.object_sizes(true, [1], 10.0, [])
    assert found.pixels.tolist() == [3, 3]
    assert found.chip.tolist() == [0, 1]
    assert found.size.tolist() == [0, 0]


def test_checkerboard_is_one_object_a_class():
    board = np.indices((8, 8)).sum(0)[None] % 2
    assert metrics.object_sizes(board, [0, 1], 10.0, []).pixels.tolist() == [32, 32]


def test_unlabelled_pixels_are_part_of_no_object():
    true = np.array([[[1, 1, -1, 1]]])
    found = metrics.object_sizes(true, [1], 10.0, [], np.ones_like(true))
    assert found.pixels.tolist() == [2, 1]
    assert found.right.tolist() == [2, 1]


@given(SIZES)
@settings(deadline=None)
def test_objects_equal_a_slow_flood(size):
    true, predicted = draw(*size)
    found = metrics.object_sizes(true, [0, 2], 10.0, [0.02, 0.05], predicted)
    rows = []
    for code in (0, 2):
        for pixels in slow_objects(true, code):
            right = sum(predicted[p] == code for p in pixels)
            edge = any(
                i in (0, true.shape[1] - 1) or j in (0, true.shape[2] - 1) for _, i, j in pixels
            )
            bin_of = (len(pixels) >= 2) + (len(pixels) >= 5)
            rows.append((code, pixels[0][0], len(pixels), bin_of, edge, right))
    ours = (found.code, found.chip, found.pixels, found.size, found.cut, found.right)
    assert sorted(zip(*(c.tolist() for c in ours), strict=True)) == sorted(rows)
    assert (np.diff(found.code) >= 0).all()
    assert all((np.diff(found.chip[found.code == code]) >= 0).all() for code in (0, 2))


@given(SIZES)
@settings(deadline=None)
def test_objects_add_up_to_the_confusion_counts_however_chips_are_grouped(size):
    true, predicted = draw(*size)
    found = metrics.object_sizes(true, [0, 1, 2], 10.0, [0.03], predicted)
    counts = metrics.chip_confusion(true, predicted, 3).sum(0)
    for code in range(3):
        mine = found.code == code
        assert found.pixels[mine].sum() == counts[code].sum()
        assert found.right[mine].sum() == counts[code, code]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_segmentation, "PIXELS_AT_ONCE", 2 * true[0].size)
        again = metrics.object_sizes(true, [0, 1, 2], 10.0, [0.03], predicted)
    for name in ("chip", "code", "pixels", "right", "cut"):
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))


def test_area_that_equals_an_edge_is_above_it_for_any_pixel():
    true = np.zeros((1, 12, 12), int)
    true[0, 1:11, 1:11] = 1
    for pixel in (0.1, 0.3, 0.7, 1.1, 2.9, 10.0, 30.0):
        edge = 100 * pixel * pixel / 1e4
        assert metrics.object_sizes(true, [1], pixel, [edge]).size.tolist() == [1]
        assert metrics.object_sizes(true, [1], pixel, [edge * 1.001]).size.tolist() == [0]


def test_recall_is_unknown_without_a_prediction():
    found = metrics.object_sizes(np.ones((1, 2, 2), int), [1], 10.0, [])
    assert found.right is None
    assert np.isnan(found.recall).all()


@pytest.mark.parametrize("true", [np.full((2, 3, 3), -1), np.zeros((0, 3, 3), int)])
def test_nothing_to_measure_gives_empty_columns(true):
    for codes in ([1], []):
        found = metrics.object_sizes(true, codes, 10.0, [1.0], np.zeros_like(true))
        assert len(found.recall) == len(found.size) == len(found.cut) == 0
        assert found.cut.dtype == bool
        assert found.right.dtype == np.int64


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pixel": 0.0}, "pixel"),
        ({"edges_hectares": [2.0, 1.0]}, "edges"),
        ({"edges_hectares": [0.0, 1.0]}, "edges"),
        ({"edges_hectares": [1.0, np.nan]}, "edges"),
        ({"classes_of_interest": [-1]}, "classes of interest"),
        ({"classes_of_interest": [1, 1]}, "classes of interest"),
    ],
)
def test_impossible_settings_are_refused(change, message):
    good = {"classes_of_interest": [1], "pixel": 10.0, "edges_hectares": [1.0]}
    with pytest.raises(SettingsError, match=message):
        metrics.object_sizes(np.zeros((1, 3, 3), int), **(good | change))


def test_objects_of_chips_that_differ_are_refused():
    chip = np.zeros((1, 3, 3), int)
    with pytest.raises(DataError, match="expected equal shapes"):
        metrics.object_sizes(chip, [1], 10.0, [], chip[:, 1:])
    with pytest.raises(DataError, match="true codes"):
        metrics.object_sizes(chip - 2, [1], 10.0, [])


@given(SIZES)
def test_counts_of_objects_add_up_to_pixels_and_hits(sizes):
    true, predicted = draw(*sizes)
    found = metrics.object_sizes(true, range(3), 10.0, [0.02, 0.05], predicted)
    counts = metrics.object_counts(found, len(true), 3, 3)
    assert counts.shape == (len(true), 3, 3, len(metrics.OBJECT_COUNTS))
    pixels = metrics.chip_confusion(true, predicted, 3)
    np.testing.assert_array_equal(counts[..., 2].sum(axis=2), pixels.sum(axis=2))
    np.testing.assert_array_equal(counts[..., 3].sum(axis=2), np.diagonal(pixels, axis1=1, axis2=2))
    assert counts[..., 0].sum() == len(found.pixels)
    assert counts[..., 1].sum() == found.cut.sum()
    # Recall over all sizes is recall.
    np.testing.assert_allclose(
        metrics.object_recall(counts.sum(axis=(0, 2))), metrics.recall(pixels.sum(axis=0))
    )


def test_scores_of_objects_are_named_by_size_and_class():
    counts = np.zeros((2, 3, 4))
    counts[1, 0] = 4, 1, 20, 5
    counts[1, 2] = 1, 0, 100, 90
    found = metrics.object_scores(counts, ("land", "fire"), [500, 5000.0])
    assert found["object_recall@<500ha:fire"] == 0.25
    assert found["object_recall@>=5000ha:fire"] == 0.9
    assert np.isnan(found["object_recall@500-5000ha:fire"])
    assert found["objects@<500ha:fire"] == 4
    assert len(found) == 12
    assert metrics.size_names([]) == ("all",)
    assert metrics.size_names([0.5]) == ("<0.5ha", ">=0.5ha")


def test_objects_without_a_prediction_have_no_hits_to_count():
    found = metrics.object_sizes(np.ones((1, 2, 2), int), [1], 10.0, [1.0])
    with pytest.raises(DataError, match="without a prediction"):
        metrics.object_counts(found, 1, 2, 2)

"""Tree kernels: every split goes the library's way, every sum is the library's sum."""

import warnings

import numpy as np
import pytest
from tests.data.pixels import AEF, fitted, labels, stored_pixels

from bocage.methods import Head
from bocage.predict import disagreements, kernel_of
from bocage.predict._agreement import largest_difference
from bocage.predict._trees import TreeKernel
from bocage.sources import Coding

SMALL = {
    "forest": {"n_estimators": 15},
    "xgboost": {"n_estimators": 12, "max_depth": 4},
    "lightgbm": {"n_estimators": 12, "min_child_samples": 3},
}
MODELS = tuple(SMALL)


def _sums(kernel, stored):
    """What the trees add up to, before any link."""
    stored = np.ascontiguousarray(stored[list(kernel.bands)])
    return np.concatenate([scores.copy() for _, scores in kernel._scores(stored)], axis=1)


def _library_sums(head, stored):
    values = AEF.decode(stored).T
    if head.model == "forest":
        return head.estimator_.predict_proba(values).T
    if head.model == "xgboost":
        return head.estimator_.predict(values, output_margin=True).T
    return head.estimator_.predict(values, raw_score=True).T


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("n_classes", [3, 7])
def test_sums_are_the_library_s_to_the_bit(model, n_classes):
    head = fitted(model, n_classes, **SMALL[model])
    stored = stored_pixels(3000)
    kernel = kernel_of(head, AEF, np.int8)
    assert isinstance(kernel, TreeKernel)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(_sums(kernel, stored), _library_sums(head, stored))


@pytest.mark.parametrize("model", MODELS)
def test_classes_and_probabilities_are_the_library_s(model):
    for head in (
        fitted(model, 2, **SMALL[model]),
        fitted(model, 3, codes=[0, 2, 5], **SMALL[model]),
    ):
        stored = stored_pixels(3000)
        kernel = kernel_of(head, AEF, np.int8)
        assert disagreements(kernel, head, AEF, stored).unexplained == 0
        assert largest_difference(kernel, head, AEF, stored) < 1e-6
        taken = np.ascontiguousarray(stored[list(kernel.bands)])
        classes, confidence = kernel.confident(taken)
        np.testing.assert_array_equal(classes, kernel.classes(taken))
        np.testing.assert_allclose(confidence, kernel.probabilities(taken).max(axis=0), rtol=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_values_of_a_regression_are_the_library_s(model):
    head = fitted(model, kind="regression", **SMALL[model])
    stored = stored_pixels(3000)
    kernel = kernel_of(head, AEF, np.int8)
    assert isinstance(kernel, TreeKernel)
    values = kernel.values(np.ascontiguousarray(stored[list(kernel.bands)]))
    expected = head.predict(AEF.decode(stored).T)
    np.testing.assert_array_equal(values, expected.astype(np.float32))


@pytest.mark.parametrize("model", MODELS)
def test_each_stored_number_goes_the_library_s_way(model):
    # Every number that a file may hold, also next to and on thresholds.
    every = np.arange(-127, 128, dtype=np.int8)[None]
    rng = np.random.default_rng(5)
    learned = np.sort(rng.choice(every[0], 90))[None]
    head = Head(model, "classification", SMALL[model], 2)
    head.fit(AEF.decode(learned).T, rng.integers(0, 2, 90))
    kernel = kernel_of(head, AEF, np.int8)
    np.testing.assert_array_equal(kernel.classes(every), head.predict(AEF.decode(every).T))
    assert largest_difference(kernel, head, AEF, every) < 1e-6


@pytest.mark.parametrize("model", MODELS)
def test_thresholds_on_the_value_itself_divide_as_in_the_library(model):
    # Whole numbers as values: boosted trees often cut exactly at a value that occurs.
    rng = np.random.default_rng(2)
    coding, stored = Coding(), rng.integers(0, 6, (3, 400)).astype(np.uint8)
    head = Head(model, "classification", SMALL[model], 3)
    head.fit(coding.decode(stored).T, (stored[0] + stored[1]) % 3)
    for dtype in (np.uint8, np.int16, np.float32):
        kernel = kernel_of(head, coding, dtype)
        assert largest_difference(kernel, head, coding, stored.astype(dtype)) < 1e-6


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("dtype", "coding"),
    [
        (np.int16, Coding("linear", -9999, (0.0001,), (-0.1,))),
        (np.uint16, Coding("linear", 0, (1e-4, -1e-4, 2e-4, 1.0), (0.0, 1.0, 5.0, -3.0))),
        (np.uint8, Coding("linear", 255, (-0.01,), (1.0,))),
        (np.int8, Coding("linear", -128, (0.5, -0.5, 0.1, 1.0), (0.0,))),
        (np.int32, Coding("linear", None, (0.001,))),
        (np.float32, Coding("linear", None, (2.0, -1.0, 1.0, 1.0), (0.5,))),
        (np.float64, Coding()),
    ],
)
def test_any_declared_scaling_goes_the_library_s_way(model, dtype, coding):
    rng = np.random.default_rng(4)
    draw = rng.uniform(-100, 120, (4, 2500))
    kind = np.dtype(dtype)
    if kind.kind == "u":
        draw = np.abs(draw) + 1
    stored = (draw * (80 if kind.itemsize == 2 else 1)).astype(dtype)
    values = coding.decode(stored).T
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    code = (scaled @ rng.normal(size=(4, 3))).argmax(axis=1)
    head = Head(model, "classification", SMALL[model], 3).fit(values[:400], code[:400])
    kernel = kernel_of(head, coding, dtype)
    assert isinstance(kernel, TreeKernel)
    assert disagreements(kernel, head, coding, stored).unexplained == 0
    assert largest_difference(kernel, head, coding, stored) < 1e-6


@pytest.mark.parametrize(
    ("model", "params"),
    [
        ("forest", {"n_estimators": 4, "min_samples_leaf": 1}),
        ("forest", {"n_estimators": 4, "min_samples_leaf": 3}),
        ("xgboost", {"n_estimators": 2, "max_depth": 14, "learning_rate": 0.3}),
        ("lightgbm", {"n_estimators": 2, "num_leaves": 900, "min_child_samples": 1}),
    ],
)
def test_trees_of_more_than_256_leaves_are_walked_to_their_ends(model, params):
    stored = stored_pixels(4000, seed=1)
    rng = np.random.default_rng(0)
    code = np.where(rng.random(4000) < 0.4, rng.integers(0, 3, 4000), labels(stored, 3))
    head = Head(model, "classification", params, 3).fit(AEF.decode(stored).T, code)
    kernel = kernel_of(head, AEF, np.int8)
    assert isinstance(kernel, TreeKernel)
    assert kernel.program.n_inner.max() > 256
    pixels = stored_pixels(4000, seed=9)
    assert largest_difference(kernel, head, AEF, pixels) < 1e-6
    values = AEF.decode(pixels)
    plain = kernel_of(head, Coding(), np.float64)
    assert largest_difference(plain, head, Coding(), values) < 1e-6


@pytest.mark.parametrize("model", MODELS)
def test_a_pixel_gives_the_same_bits_wherever_it_stands(model):
    kernel = kernel_of(fitted(model, 4, **SMALL[model]), AEF, np.int8)
    stored = stored_pixels(33_500, n_bands=len(kernel.bands))
    classes, confidence = kernel.confident(stored)
    for start, stop in ((0, 1), (1, 1025), (1023, 2050), (700, 33_500), (32_768, 33_500)):
        part = np.ascontiguousarray(stored[:, start:stop])
        np.testing.assert_array_equal(kernel.classes(part), classes[start:stop])
        np.testing.assert_array_equal(kernel.confident(part)[1], confidence[start:stop])


@pytest.mark.parametrize("model", MODELS)
def test_only_bands_with_splits_are_read(model):
    stored = stored_pixels(500, seed=2)
    stored[[0, 3, 5, 6, 8]] = 4
    params = SMALL[model] | ({"max_features": 1.0} if model == "forest" else {})
    head = Head(model, "classification", params, 3).fit(AEF.decode(stored).T, labels(stored, 3))
    kernel = kernel_of(head, AEF, np.int8)
    assert set(kernel.bands) <= {1, 2, 4, 7, 9, 10, 11}
    taken = np.ascontiguousarray(stored[list(kernel.bands)])
    np.testing.assert_array_equal(kernel.classes(taken), head.predict(AEF.decode(stored).T))


@pytest.mark.parametrize("model", MODELS)
def test_factors_follow_bayes(model):
    head = fitted(model, 4, **SMALL[model])
    stored = stored_pixels(3000)
    for prior in ([3.0, 1.0, 0.5, 0.2], [0.0, 1.0, 1.0, 0.3]):
        kernel = kernel_of(head, AEF, np.int8, np.array(prior))
        assert disagreements(kernel, head, AEF, stored, prior).unexplained == 0
        assert largest_difference(kernel, head, AEF, stored, prior) < 1e-6


def test_trees_that_never_split_give_their_constant():
    stored = stored_pixels(15)
    values, code = AEF.decode(stored).T, np.arange(15) % 3
    # LightGBM needs twenty samples a leaf unless told otherwise.
    head = Head("lightgbm", "classification", {"n_estimators": 3}, 3).fit(values, code)
    kernel = kernel_of(head, AEF, np.int8)
    assert kernel.bands == ()
    found = kernel.probabilities(stored[:0])
    np.testing.assert_allclose(found.T, head.predict_proba(values), atol=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_splits_that_all_stored_numbers_pass_alike_are_taken_out(model):
    # Learned from values beyond those that int8 can stand for.
    rng = np.random.default_rng(1)
    values = rng.uniform(-3, 3, (300, 4))
    code = (values[:, 0] > 0).astype(int) + (values[:, 1] > 2) + (values[:, 2] < -2)
    head = Head(model, "classification", SMALL[model], 4).fit(values, code)
    kernel = kernel_of(head, AEF, np.int8)
    assert isinstance(kernel, TreeKernel)
    assert largest_difference(kernel, head, AEF, stored_pixels(2000, n_bands=4)) < 1e-6
    halves = Coding("linear", None, (0.01,), (1.5,))
    kernel = kernel_of(head, halves, np.int8)
    stored = rng.integers(-128, 128, (4, 2000)).astype(np.int8)
    assert largest_difference(kernel, head, halves, stored) < 1e-6


@pytest.mark.parametrize("model", MODELS)
def test_pixels_without_data_give_something_and_change_no_others(model):
    kernel = kernel_of(fitted(model, 4, **SMALL[model]), AEF, np.int8)
    stored = stored_pixels(2000, n_bands=len(kernel.bands))
    whole = kernel.classes(stored)
    stored[:, ::2] = -128
    found = kernel.classes(stored)
    np.testing.assert_array_equal(found[1::2], whole[1::2])
    assert (found < 4).all()
    floats = kernel_of(fitted(model, 4, **SMALL[model]), Coding(), np.float32)
    values = np.full((len(floats.bands), 10), np.nan, dtype=np.float32)
    assert (floats.classes(values) < 4).all()

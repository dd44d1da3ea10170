"""Linear kernels: folded weights, rounding, places of pixels."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from tests.data.pixels import AEF, fitted, labels, stored_pixels

from bocage.core import SettingsError
from bocage.methods import Head
from bocage.predict import disagreements, kernel_of
from bocage.predict._agreement import largest_difference
from bocage.predict._linear import LinearKernel
from bocage.sources import Coding

CHUNKS = (1, 511, 512, 513, 4095, 4096, 4097, 9001)


def _head(weights, bias):
    """A logistic head with known weights of unscaled bands."""
    head = Head("logistic", n_classes=max(2, len(bias)))
    head._columns = None
    head.classes_ = np.arange(head.n_classes)
    head.estimator_ = SimpleNamespace(coef_=np.array(weights), intercept_=np.array(bias))
    head.heat(1.0)
    return head


def test_known_weights_give_the_known_classes_and_probabilities():
    # Values 0.36 and -0.16; scores 0.36 - 0.2, -0.16 and 0.
    stored = np.array([[76.5 - 0.5], [-51]]).astype(np.int8)
    value = (76 / 127.5) ** 2
    kernel = kernel_of(_head([[1, 0], [0, 1], [0, 0]], [-0.2, 0, 0]), AEF, np.int8)
    expected = softmax([value - 0.2, -0.16, 0])
    np.testing.assert_array_equal(kernel.classes(stored), [0])
    np.testing.assert_allclose(kernel.probabilities(stored)[:, 0], expected, rtol=1e-6)
    classes, confidence = kernel.confident(stored)
    assert classes[0] == 0
    np.testing.assert_allclose(confidence, expected[0], rtol=1e-6)


@pytest.mark.parametrize("n_classes", [2, 3, 9])
def test_classes_are_those_of_the_library(n_classes):
    head = fitted("logistic", n_classes)
    stored = stored_pixels(50_000)
    kernel = kernel_of(head, AEF, np.int8)
    found = disagreements(kernel, head, AEF, stored)
    assert (found.pixels, found.unexplained) == (50_000, 0)
    assert largest_difference(kernel, head, AEF, stored) < 1e-6


def test_classes_that_were_never_seen_keep_their_codes():
    head = fitted("logistic", 3, codes=[1, 4, 6])
    stored = stored_pixels(5000)
    kernel = kernel_of(head, AEF, np.int8)
    np.testing.assert_array_equal(kernel.classes(stored), head.predict(AEF.decode(stored).T))
    probabilities = kernel.probabilities(stored)
    assert probabilities.shape == (7, 5000)
    assert not probabilities[[0, 2, 3, 5]].any()
    np.testing.assert_allclose(probabilities.sum(axis=0), 1, atol=1e-6)


@pytest.mark.parametrize("n", CHUNKS)
def test_a_pixel_gives_the_same_bits_wherever_it_stands(n):
    kernel = kernel_of(fitted("logistic", 5), AEF, np.int8)
    stored = stored_pixels(9001)
    classes, confidence = kernel.confident(stored)
    probabilities = kernel.probabilities(stored)
    for start in {0, 1, 7, 9001 - n}:
        part = np.ascontiguousarray(stored[:, start : start + n])
        here = slice(start, start + part.shape[1])
        np.testing.assert_array_equal(kernel.classes(part), classes[here])
        np.testing.assert_array_equal(kernel.confident(part)[1], confidence[here])
        np.testing.assert_array_equal(kernel.probabilities(part), probabilities[:, here])


@pytest.mark.parametrize("dtype", [np.int8, np.float64])
def test_regressions_give_the_same_bits_wherever_a_pixel_stands(dtype):
    coding = AEF if dtype == np.int8 else Coding()
    kernel = kernel_of(fitted("ridge", kind="regression"), coding, dtype)
    stored = stored_pixels(5000).astype(dtype)
    whole = kernel.values(stored)
    for start, stop in ((1, 4098), (513, 1026), (4999, 5000)):
        part = np.ascontiguousarray(stored[:, start:stop])
        np.testing.assert_array_equal(kernel.values(part), whole[start:stop])


def test_scores_too_close_for_float32_are_told_apart():
    # Rows differ by less than float32 can hold beside 1: only float64 knows the larger one.
    base = np.linspace(-1, 1, 8)
    step = np.zeros(8)
    step[3] = 1e-9
    head = _head([base, base + step, base - step], [0.1, 0.1, 0.1])
    stored = stored_pixels(3000, n_bands=8)
    kernel = kernel_of(head, AEF, np.int8)
    np.testing.assert_array_equal(
        kernel.classes(stored), np.where(stored[3] > 0, 1, np.where(stored[3] < 0, 2, 0))
    )


def test_weights_beyond_float32_are_summed_in_float64():
    stored = stored_pixels(900, n_bands=2)
    kernel = kernel_of(_head([[1e40, 0], [0, 1e40], [0, 0]], [0, 0, 0]), AEF, np.int8)
    scores = np.vstack([stored, np.zeros(900)])
    np.testing.assert_array_equal(kernel.classes(stored), scores.argmax(axis=0))


def test_equal_scores_give_the_first_class():
    rows = np.ones((3, 4))
    stored = stored_pixels(600, n_bands=4)
    assert not kernel_of(_head(rows, [0, 0, 0]), AEF, np.int8).classes(stored).any()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(1, 9), st.floats(-6, 6))
def test_classes_are_those_of_float64_for_any_weights(seed, n_classes, n_bands, power):
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(n_classes, n_bands)) * 10.0**power
    bias = rng.normal(size=n_classes)
    stored = rng.integers(-127, 128, (n_bands, 700)).astype(np.int8)
    scores = weights @ AEF.decode(stored) + bias[:, None]
    first, second = np.sort(scores, axis=0)[:-3:-1]
    clear = first - second > 1e-12 * np.abs(weights).sum()
    head = _head(weights if n_classes > 2 else weights[1:] - weights[:1], bias)
    if n_classes == 2:
        head.estimator_.intercept_ = bias[1:] - bias[:1]
    found = kernel_of(head, AEF, np.int8).classes(stored)
    np.testing.assert_array_equal(found[clear], scores.argmax(axis=0)[clear])


@pytest.mark.parametrize(
    ("dtype", "coding"),
    [
        (np.int16, Coding("linear", -9999, (0.0001,), (-0.1,))),
        (np.uint16, Coding("linear", 0, tuple(np.linspace(1e-4, 2e-4, 6)), tuple(range(6)))),
        (np.uint8, Coding("linear", 255, (-0.01,), (1.0,))),
        (np.int32, Coding("linear", None, (0.001,))),
        (np.float32, Coding("linear", -1.0, (2.0,), (0.5,))),
        (np.float64, Coding()),
    ],
)
def test_any_declared_scaling_is_folded(dtype, coding):
    rng = np.random.default_rng(3)
    draw = rng.uniform(3, 250, (6, 4000))
    stored = (
        draw if np.dtype(dtype).kind == "f" else draw * (20 if dtype != np.uint8 else 1)
    ).astype(dtype)
    values = coding.decode(stored).T
    codes = (values - values.mean(axis=0)) @ rng.normal(size=(6, 3)) / values.std()
    head = Head("logistic", n_classes=3).fit(values[:500], codes[:500].argmax(axis=1))
    kernel = kernel_of(head, coding, dtype)
    assert disagreements(kernel, head, coding, stored).unexplained == 0
    assert largest_difference(kernel, head, coding, stored) < 2e-5
    ridge = Head("ridge", "regression").fit(values[:500], codes[:500, 0])
    assert largest_difference(kernel_of(ridge, coding, dtype), ridge, coding, stored) < 1e-6


def test_bands_that_say_nothing_are_not_read():
    stored = stored_pixels(400)
    stored[[0, 2, 3, 5, 6, 8, 9]] = 17
    values = AEF.decode(stored).T
    head = Head("logistic", n_classes=4).fit(values, labels(stored, 4))
    kernel = kernel_of(head, AEF, np.int8)
    assert kernel.bands == (1, 4, 7, 10, 11)
    few = np.ascontiguousarray(stored[list(kernel.bands)])
    np.testing.assert_array_equal(kernel.classes(few), head.predict(values))
    with pytest.raises(
        SettingsError, match=r"expected shape \(5 bands, any number of pixels\) and type int8"
    ):
        kernel.classes(stored)


@pytest.mark.parametrize("standardise", [None, np.arange(12) < 5, np.zeros(12, dtype=bool)])
def test_scaling_of_some_bands_is_folded(standardise):
    stored = stored_pixels(2000)
    values = AEF.decode(stored).T
    head = Head("logistic", n_classes=4, standardise=standardise)
    head.fit(values[:300], labels(stored, 4)[:300])
    kernel = kernel_of(head, AEF, np.int8)
    assert disagreements(kernel, head, AEF, stored).unexplained == 0


def test_factors_follow_bayes_and_cost_no_other_kernel():
    head = fitted("logistic", 4)
    stored = stored_pixels(8000)
    prior = np.array([3.0, 1.0, 0.0, 0.2])
    kernel = kernel_of(head, AEF, np.int8, prior)
    assert isinstance(kernel, LinearKernel)
    found = disagreements(kernel, head, AEF, stored, prior)
    assert found.unexplained == 0
    assert largest_difference(kernel, head, AEF, stored, prior) < 1e-6
    assert not (kernel.classes(stored) == 2).any()
    assert (kernel.classes(stored) != kernel_of(head, AEF, np.int8).classes(stored)).any()


def test_pixels_without_data_give_something_and_change_no_others():
    kernel = kernel_of(fitted("logistic", 4), AEF, np.int8)
    stored = stored_pixels(1000)
    whole = kernel.confident(stored)
    stored[:, ::3] = -128
    classes, confidence = kernel.confident(stored)
    kept = np.arange(1000) % 3 > 0
    np.testing.assert_array_equal(classes[kept], whole[0][kept])
    np.testing.assert_array_equal(confidence[kept], whole[1][kept])
    assert (classes < 4).all()


def test_floats_that_are_not_finite_change_no_other_pixels():
    head = fitted("logistic", 4)
    stored = AEF.decode(stored_pixels(1000)).astype(np.float32)
    kernel = kernel_of(head, Coding(), np.float32)
    whole = kernel.classes(stored)
    stored[:, ::2] = np.nan
    stored[0, ::4] = np.inf
    found = kernel.classes(stored)
    np.testing.assert_array_equal(found[1::2], whole[1::2])
    assert (found < 4).all()


def test_the_one_band_that_a_line_fits_best_is_read_alone():
    head = fitted("bands", kind="regression")
    stored = stored_pixels(3000)
    kernel = kernel_of(head, AEF, np.int8)
    assert len(kernel.bands) == 1
    assert largest_difference(kernel, head, AEF, stored) < 1e-6


def test_values_of_a_regression_are_those_of_the_library():
    head = fitted("ridge", kind="regression")
    stored = stored_pixels(5000)
    kernel = kernel_of(head, AEF, np.int8)
    expected = head.predict(AEF.decode(stored).T)
    np.testing.assert_allclose(kernel.values(stored), expected, rtol=2e-7)


def test_no_pixels_give_nothing():
    kernel = kernel_of(fitted("logistic", 4), AEF, np.int8)
    none = stored_pixels(0)
    assert kernel.classes(none).shape == (0,)
    assert kernel.probabilities(none).shape == (4, 0)

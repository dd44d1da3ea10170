"""Which kernel a head gets, and what is refused."""

import copy
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from tests.data.pixels import AEF, fitted, labels, stored_pixels

from bocage.core import SettingsError
from bocage.methods import HEADS, Head
from bocage.predict import Disagreements, disagreements, is_uncompiled, kernel_of
from bocage.predict._plain import PlainKernel
from bocage.sources import Coding

OTHERS = ("prior", "bands", "knn1", "knn3", "mlp")


def _taken(kernel, stored):
    return np.ascontiguousarray(stored[list(kernel.bands)])


@pytest.mark.parametrize("model", OTHERS)
def test_other_heads_give_their_own_results(model):
    head = fitted(model, 3, codes=[0, 2, 5])
    stored = stored_pixels(20_000 if model == "bands" else 300)
    kernel = kernel_of(head, AEF, np.int8)
    assert isinstance(kernel, PlainKernel)
    values = AEF.decode(stored).T
    taken = _taken(kernel, stored)
    classes, confidence = kernel.confident(taken)
    np.testing.assert_array_equal(classes, head.predict(values))
    np.testing.assert_array_equal(kernel.classes(taken), classes)
    expected = head.predict_proba(values)
    np.testing.assert_allclose(kernel.probabilities(taken), expected.T, atol=1e-6)
    np.testing.assert_allclose(confidence, expected.max(axis=1), atol=1e-6)
    prior = np.array([1.0, 1.0, 4.0, 1.0, 1.0, 0.5])
    weighted = kernel_of(head, AEF, np.int8, prior)
    assert disagreements(weighted, head, AEF, stored, prior).unexplained == 0


@pytest.mark.parametrize("model", ["logistic", "forest", "lightgbm"])
def test_without_a_compiler_heads_give_the_same_results(model, monkeypatch):
    params = {} if model == "logistic" else {"n_estimators": 12}
    head, stored = fitted(model, 3, codes=[0, 2, 5], **params), stored_pixels(2_000)
    kernel = kernel_of(head, AEF, np.int8)
    expected = kernel.confident(_taken(kernel, stored))
    assert not isinstance(kernel, PlainKernel)
    assert not is_uncompiled(head)
    # A name that is not installed, as numba's would be.
    monkeypatch.setattr("bocage.predict._choose.COMPILER", "no_such_compiler")
    assert is_uncompiled(head)
    kernel = kernel_of(head, AEF, np.int8)
    assert isinstance(kernel, PlainKernel)
    found = kernel.confident(_taken(kernel, stored))
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_allclose(found[1], expected[1], atol=1e-5)


def test_nothing_but_compiled_kernels_needs_the_compiler():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import numpy as np, bocage.predict._choose as choose\n"
        "from bocage.methods import Head\n"
        "from bocage.sources import Coding\n"
        "choose.COMPILER = 'no_such_compiler'\n"
        "stored = np.arange(-20, 20, dtype=np.int8).reshape(2, 20)\n"
        "head = Head('logistic').fit(stored.T / 9.0, np.arange(20) // 10)\n"
        "kernel = choose.kernel_of(head, Coding(), np.int8)\n"
        "print(*kernel.classes(stored))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.stdout.split() == ["0"] * 10 + ["1"] * 10, done.stderr


@pytest.mark.parametrize("model", ["logistic", "forest", "xgboost", "lightgbm", "knn3", "bands"])
@pytest.mark.parametrize("hot", [0.3, 4.0])
def test_a_temperature_is_on_the_map_and_moves_no_class(model, hot):
    params = {"n_estimators": 12} if model in ("forest", "xgboost", "lightgbm") else {}
    head = fitted(model, 3, codes=[0, 2, 5], **params)
    stored = stored_pixels(2_000)
    before = kernel_of(head, AEF, np.int8)
    cold = before.classes(_taken(before, stored))
    raw = head.predict_proba(AEF.decode(stored).T)
    head.heat(hot)
    kernel = kernel_of(head, AEF, np.int8)
    taken = _taken(kernel, stored)
    classes, confidence = kernel.confident(taken)
    np.testing.assert_array_equal(classes, cold)
    expected = head.predict_proba(AEF.decode(stored).T)
    assert np.abs(expected - raw).max() > 0.05
    np.testing.assert_allclose(kernel.probabilities(taken), expected.T, atol=2e-6)
    np.testing.assert_allclose(confidence, expected.max(axis=1), atol=2e-6)
    prior = np.array([1.0, 1.0, 4.0, 1.0, 1.0, 0.5])
    weighted = kernel_of(head, AEF, np.int8, prior)
    assert disagreements(weighted, head, AEF, stored, prior).unexplained == 0


@pytest.mark.parametrize("model", ["prior", "knn1", "mlp"])
def test_other_heads_give_their_own_values(model):
    head = fitted(model, kind="regression")
    stored = stored_pixels(300)
    kernel = kernel_of(head, AEF, np.int8)
    expected = head.predict(AEF.decode(stored).T)
    np.testing.assert_allclose(kernel.values(_taken(kernel, stored)), expected, rtol=1e-6)


def test_a_floor_that_looks_at_labels_alone_reads_no_band():
    kernel = kernel_of(fitted("prior", 3), AEF, np.int8)
    assert kernel.bands == ()
    assert kernel.classes(np.empty((0, 7), dtype=np.int8)).shape == (7,)


@pytest.mark.parametrize("model", ["knn1", "mlp", "bands"])
def test_other_heads_take_pixels_without_data(model):
    stored = stored_pixels(40)
    kernel = kernel_of(fitted(model, 3), AEF, np.int8)
    whole = kernel.classes(stored)
    stored[:, 5:8] = -128
    found = kernel.classes(stored)
    kept = np.r_[:5, 8:40]
    np.testing.assert_array_equal(found[kept], whole[kept])


@pytest.mark.parametrize("model", ["forest", "xgboost", "lightgbm", "mlp"])
def test_one_class_seen_is_the_class_of_every_pixel(model):
    stored = stored_pixels(60)
    head = Head(model, "classification", {}, 2).fit(AEF.decode(stored).T, np.zeros(60, dtype=int))
    kernel = kernel_of(head, AEF, np.int8)
    assert not kernel.classes(_taken(kernel, stored)).any()


def test_trees_that_a_library_would_read_otherwise_are_left_to_it(monkeypatch):
    # As if a later release counted equal values to the other side, or stored another start.
    head = fitted("xgboost", 3, n_estimators=5)
    stored = stored_pixels(500)
    read = HEADS.own["xgboost"].trees

    def otherwise(model):
        found = read(model)
        return replace(found, start=found.start + np.float32([0.1, 0.0, 0.0]))

    changed = replace(HEADS.own["xgboost"], trees=otherwise)
    monkeypatch.setitem(HEADS.own, "xgboost", changed)
    with pytest.warns(
        UserWarning, match=r"xgboost is applied by its own library.*results differ by"
    ):
        kernel = kernel_of(head, AEF, np.int8)
    assert isinstance(kernel, PlainKernel)
    np.testing.assert_array_equal(kernel.classes(stored), head.predict(AEF.decode(stored).T))


@pytest.mark.parametrize(
    ("model", "params", "reason"),
    [
        ("xgboost", {"booster": "dart", "n_estimators": 3}, "dart"),
        ("xgboost", {"objective": "multi:softmax", "n_estimators": 3}, "multi:softmax"),
        (
            "lightgbm",
            {"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
            "trees summed",
        ),
        ("lightgbm", {"zero_as_missing": True, "min_child_samples": 3}, "zeros as missing"),
    ],
)
def test_models_of_another_make_are_left_to_their_library(model, params, reason):
    head = fitted(model, 3, **params)
    with pytest.warns(UserWarning, match=re.escape(reason)):
        kernel = kernel_of(head, AEF, np.int8)
    assert isinstance(kernel, PlainKernel)


@pytest.mark.parametrize("model", ["logistic", "forest", "xgboost", "lightgbm"])
def test_windows_in_several_threads_give_the_same_bytes(model):
    params = {} if model == "logistic" else {"n_estimators": 5}
    kernel = kernel_of(fitted(model, 4, **params), AEF, np.int8)
    windows = [stored_pixels(6000, seed=s, n_bands=len(kernel.bands)) for s in range(8)]
    alone = [kernel.confident(window) for window in windows]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(kernel.confident, windows[::-1]))[::-1]
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a[0], b[0])
        np.testing.assert_array_equal(a[1], b[1])


@pytest.mark.parametrize("model", ["logistic", "forest", "knn1"])
def test_a_kernel_sent_to_another_process_gives_the_same_bytes(model):
    kernel = kernel_of(fitted(model, 4), AEF, np.int8)
    stored = stored_pixels(700, n_bands=len(kernel.bands))
    copied = copy.deepcopy(kernel)
    for a, b in zip(kernel.confident(stored), copied.confident(stored), strict=True):
        np.testing.assert_array_equal(a, b)


def test_disagreements_and_ties_are_counted():
    head = fitted("logistic", 3)
    stored = stored_pixels(2000)
    stored[:, :10] = -128

    class Wrong:
        bands = tuple(range(len(stored)))

        def classes(self, pixels):
            found = kernel_of(head, AEF, np.int8).classes(pixels)
            found[:7] = (found[:7] + 1) % 3
            return found

    assert disagreements(Wrong(), head, AEF, stored) == Disagreements(1990, 0, 7, 7)
    forest = fitted("forest", 3, n_estimators=2)
    found = disagreements(kernel_of(forest, AEF, np.int8), forest, AEF, stored)
    # Two trees often vote one against one.
    assert found.ties > 100
    assert found.different == 0


def test_what_can_not_be_mapped_is_refused_in_words():
    head = fitted("logistic", 3)
    with pytest.raises(SettingsError, match=r"stored numbers are of type int16; expected int8"):
        kernel_of(head, AEF, np.int16)
    with pytest.raises(
        SettingsError, match=r"stored numbers are of type bool; expected whole numbers"
    ):
        kernel_of(head, Coding(), bool)
    with pytest.raises(SettingsError, match=r"a classification, and the result of a regression"):
        kernel_of(head, AEF, np.int8).values(stored_pixels(3))
    with pytest.raises(SettingsError, match=r"shape \(12, 3\) and type float64; expected"):
        kernel_of(head, AEF, np.int8).classes(AEF.decode(stored_pixels(3)))
    ridge = fitted("ridge", kind="regression")
    with pytest.raises(SettingsError, match=r"the model is a regression"):
        kernel_of(ridge, AEF, np.int8).classes(stored_pixels(3))
    many = Head("knn1", n_classes=256).fit(AEF.decode(stored_pixels(20)).T, np.arange(20))
    with pytest.raises(SettingsError, match=r"256 classes found; a map holds at most 255"):
        kernel_of(many, AEF, np.int8)


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        ([1.0, 2.0], "2 prior factors were given for a classification; expected one for each of 3"),
        ([1.0, -1.0, 1.0], "none of them negative"),
        ([1.0, np.nan, 1.0], "finite"),
        ([0.0, 0.0, 0.0], "one above 0"),
    ],
)
def test_factors_that_are_none_are_refused(prior, said):
    with pytest.raises(SettingsError, match=said):
        kernel_of(fitted("logistic", 3), AEF, np.int8, np.array(prior))


def test_every_model_has_a_kernel():
    stored = stored_pixels(80)
    values = AEF.decode(stored).T
    for name, model in HEADS.items():
        for kind, grid in model.grid.items():
            target = labels(stored, 3) if kind == "classification" else values @ np.ones(12)
            head = Head(name, kind, dict(grid[0]), 3).fit(values, target)
            kernel = kernel_of(head, AEF, np.int8)
            found = kernel.classes if kind == "classification" else kernel.values
            np.testing.assert_allclose(
                found(_taken(kernel, stored)), head.predict(values), rtol=1e-5, err_msg=name
            )

"""The same bits whatever ran before: in this process, and in a fresh one."""

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from tests.data.series import make_series_task

from bocage.methods import BACKBONES, Recipe
from bocage.methods.backbones import Frozen, fixed_numerics, own_tensor
from bocage.methods.strategies._samples import SampleLesson
from bocage.methods.strategies._strategy import STRATEGIES
from bocage.methods.strategies._target import ValueTarget
from bocage.methods.strategies._tuning import Tuning, fit_lesson

ROWS = np.arange(40)


def _state():
    return (
        torch.get_num_threads(),
        torch.get_float32_matmul_precision(),
        torch.are_deterministic_algorithms_enabled(),
    )


@contextmanager
def _left_by_others(threads, precision, deterministic):
    """What a library that was imported, or a training, may leave behind."""
    before = _state()

    def put(state):
        torch.set_num_threads(state[0])
        torch.set_float32_matmul_precision(state[1])
        torch.use_deterministic_algorithms(state[2], warn_only=True)

    put((threads, precision, deterministic))
    try:
        yield
    finally:
        put(before)


def _frozen(task, folder):
    presto = BACKBONES["presto"]
    arrays = presto.arrays(task.inputs["series"], task.lonlat, True)
    return Frozen(presto, "random", arrays, folder)


def _chances(task, features):
    return (
        LogisticRegression()
        .fit(features, task.target > np.median(task.target))
        .predict_proba(features)
    )


def _bits(folder):
    """Encode, train, predict, and encode again; return what tells each from any other."""
    task = make_series_task()
    first, again = (_frozen(task, Path(folder, name)) for name in "ab")
    made = [np.array(first.features()), np.array(first.tokens(1))]
    np.save(Path(folder, "chances.npy"), _chances(task, made[0]))
    lesson = SampleLesson(first, "lora", STRATEGIES["lora"].options, task.target, ValueTarget())
    fitted = fit_lesson(lesson, ROWS, None, Tuning((1e-3,), Recipe(2, 2), 0))
    made += [fitted.learner.predict(np.arange(90)), again.features(), again.tokens(1)]
    for before, after in zip(made[:2], made[3:], strict=True):
        np.testing.assert_array_equal(after, before)
    return [hashlib.blake2b(np.ascontiguousarray(part)).hexdigest() for part in made]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    with _left_by_others(1, "highest", False):
        return _bits(tmp_path_factory.mktemp("plain"))


def test_features_and_trainings_do_not_depend_on_what_ran_before(expected, tmp_path):
    # Importing TerraTorch leaves the second, a training left the third.
    for number, state in enumerate([(2, "medium", False), (1, "highest", True)]):
        with _left_by_others(*state):
            assert _bits(tmp_path / str(number)) == expected
            assert _state() == state


def _elsewhere(folder, **environment):
    """Do it in a fresh process; return bits, features, and probabilities of a head on them."""
    script = (
        f"from tests.methods.backbones.test_numerics import _bits\nprint(*_bits({str(folder)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[3], check=True,
        env=os.environ | environment, capture_output=True, text=True,
    )  # fmt: skip
    (kept,) = Path(folder, "a").glob("*-pooled.npy")
    return done.stdout.split(), np.load(kept), np.load(Path(folder, "chances.npy"))


def test_a_fresh_process_gives_the_same_bits(expected, tmp_path):
    assert _elsewhere(tmp_path)[0] == expected


def test_another_processor_gives_what_scores_are_made_from_within_what_is_promised(tmp_path):
    # As one without the instructions of the last fifteen years would compute.
    _, features, chances = _elsewhere(
        tmp_path / "there", ATEN_CPU_CAPABILITY="default", ONEDNN_MAX_CPU_ISA="SSE41",
        MKL_CBWR="COMPATIBLE", OPENBLAS_CORETYPE="Nehalem",
        NPY_DISABLE_CPU_FEATURES="AVX2 FMA3 AVX512F AVX512CD AVX512_SKX",
    )  # fmt: skip
    task = make_series_task()
    here = _frozen(task, tmp_path / "here").features()
    np.testing.assert_allclose(features, here, rtol=0, atol=1e-5 * np.abs(here).max())
    # A head fitted on the same features; on those of its own processor it has theirs to add.
    np.testing.assert_allclose(chances, _chances(task, features), rtol=0, atol=1e-5)


def test_what_an_import_changes_inside_is_set_again():
    with _left_by_others(2, "high", False):
        before = _state()
        with fixed_numerics():
            with fixed_numerics():
                torch.set_float32_matmul_precision("medium")
            assert _state() == (1, "highest", True)
        assert _state() == before
        with pytest.raises(ZeroDivisionError), fixed_numerics():
            _ = 1 / 0
        assert _state() == before


def test_a_thread_that_leaves_does_not_change_what_another_computes():
    entered, left = Event(), Event()
    seen = []

    def other():
        with fixed_numerics():
            entered.set()
            left.wait(10)
            seen.append(_state())

    with _left_by_others(2, "medium", False):
        thread = Thread(target=other)
        with fixed_numerics():
            thread.start()
            assert entered.wait(10)
        left.set()
        thread.join()
        assert seen == [(1, "highest", True)]
        assert torch.get_float32_matmul_precision() == "medium"


def test_what_networks_read_lies_where_sums_do_not_depend_on_it(tmp_path):
    whole = np.arange(101, dtype=np.float32)
    np.save(tmp_path / "kept.npy", whole)
    kept = np.load(tmp_path / "kept.npy", mmap_mode="r")
    for values in (whole[1:], whole[::-1], kept[3:], whole[1:].reshape(10, 10).T):
        found = own_tensor(values)
        assert found.data_ptr() % 64 == 0
        np.testing.assert_array_equal(found.numpy(), values)
    found += 1
    assert whole[5] == 5

"""The same bits whatever ran before: in this process, and in a fresh one."""

import hashlib
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import torch
from tests.data.series import make_series_task

from bocage.methods import BACKBONES, Recipe
from bocage.methods.backbones import Frozen, fixed_numerics, own_tensor
from bocage.methods.strategies._samples import SampleLesson
from bocage.methods.strategies._strategy import STRATEGIES
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


def _bits(folder):
    """Encode, train, predict, and encode again; return what tells each from any other."""
    task = make_series_task()
    presto = BACKBONES["presto"]
    arrays = presto.arrays(task.inputs["series"], task.lonlat, True)
    first, again = (Frozen(presto, "random", arrays, Path(folder, name)) for name in "ab")
    made = [np.array(first.features()), np.array(first.tokens(1))]
    lesson = SampleLesson(first, "lora", STRATEGIES["lora"].options, task.target, "regression", 0)
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


def test_a_fresh_process_gives_the_same_bits(expected, tmp_path):
    script = (
        "from tests.methods.backbones.test_numerics import _bits\n"
        f"print(*_bits({str(tmp_path / 'there')!r}))"
    )
    root = Path(__file__).parents[3]
    there = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert there.stdout.split() == expected


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

"""One face for one process, several, and Dask."""

import multiprocessing
import os
import signal
import struct
import sys
import time
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest

from bocage.core import (
    DataError,
    SerialExecutor,
    SettingsError,
    WorkerError,
    _executor,
    open_pool,
    open_threads,
)
from bocage.core._process import undisturbed

prepared = []


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    # Workers import the calls below by the name of this module.
    monkeypatch.syspath_prepend(Path(__file__).parents[2])


def add(shared, number):
    return shared["offset"] + number


def total(shared, number):
    return float((shared["table"] @ shared["table"].T).sum() + number)


def fail(_, number):
    raise ValueError(f"number {number}")


def complain(_):
    raise DataError("one line\nof words")


def stop(_):
    raise KeyboardInterrupt


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def wait_and_add(shared, number):
    time.sleep(0.02 * (5 - number))
    return add(shared, number)


def prepare():
    prepared.append("yes")


def what_is_prepared(_):
    return list(prepared)


def who(_):
    return os.getpid()


def one_thread(_):
    return os.environ["OMP_NUM_THREADS"]


def threads(_):
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    return [pool["num_threads"] for pool in threadpool_info()]


POOLS = [(1, None), pytest.param(2, None, marks=pytest.mark.slow)]
POOLS += [pytest.param(2, "local", marks=pytest.mark.slow)]


@pytest.mark.parametrize(("workers", "dask"), POOLS)
def test_workers_share_a_value_use_one_thread_and_pass_errors_on(workers, dask):
    if dask:
        pytest.importorskip("distributed")
    table = np.random.default_rng(0).normal(size=(50, 50))
    shared = {"offset": 10, "table": table}
    with open_pool(shared, workers, dask) as pool:
        assert pool.n_workers == workers
        assert [pool.submit(add, n).result() for n in range(5)] == list(range(10, 15))
        assert pool.submit(total, 1).result() == total(shared, 1)
        assert set(pool.submit(threads).result()) == {1}
        assert pool.submit(one_thread).result() == "1"
        with pytest.raises(ValueError, match="number 7"):
            pool.submit(fail, 7).result()
        with pytest.raises(DataError, match=r"^one line of words$"):
            pool.submit(complain).result()
        assert pool.submit(add, 1).result() == 11


@pytest.mark.slow
def test_processes_are_others_and_are_ready_when_the_pool_is():
    with open_pool({}, 2) as pool:
        found = {pool.submit(who).result() for _ in range(20)}
    assert os.getpid() not in found
    assert 1 <= len(found) <= 2


@pytest.mark.parametrize(("workers", "dask"), POOLS)
def test_answers_belong_to_their_calls_whichever_is_ready_first(workers, dask):
    if dask:
        pytest.importorskip("distributed")
    with open_pool({"offset": 10}, workers, dask) as pool:
        number = {pool.submit(wait_and_add, n): n for n in range(5)}
        found = {number[future]: future.result() for future in as_completed(number)}
    assert found == {n: 10 + n for n in range(5)}


def test_a_stop_by_hand_is_not_kept_in_a_future():
    with open_pool({}) as pool, pytest.raises(KeyboardInterrupt):
        pool.submit(stop)
    future = SerialExecutor().submit(fail, None, 3)
    assert future.done()
    assert isinstance(future.exception(), ValueError)


@pytest.mark.slow
def test_processes_are_prepared_before_their_first_call():
    with open_pool({}, 2, prepare=prepare) as pool:
        found = [pool.submit(what_is_prepared).result() for _ in range(6)]
    assert found == [["yes"]] * 6
    assert prepared == []


@pytest.mark.slow
def test_a_worker_that_is_killed_is_said_and_nothing_hangs():
    with open_pool({}, 2) as pool:
        with pytest.raises(BrokenProcessPool):
            pool.submit(die).result(timeout=60)
        with pytest.raises(BrokenProcessPool):
            pool.submit(add, 1)


def test_an_address_where_nobody_answers_is_one_line(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(_executor, "CONNECT_SECONDS", 1.0)
    with (
        pytest.raises(SettingsError, match="--dask local") as caught,
        open_pool({}, 1, "tcp://127.0.0.1:9"),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_threads_are_given_back():
    before = os.environ.get("OMP_NUM_THREADS")
    with open_pool({}, 2):
        assert os.environ["OMP_NUM_THREADS"] == "1"
    assert os.environ.get("OMP_NUM_THREADS") == before


def slow(_, seconds):
    time.sleep(seconds)


def cut_off(_):
    # Ends in the midst of its answer, as the system may end it.
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:
        frame = frame.f_back
    os.write(frame.f_locals["result_queue"]._writer.fileno(), struct.pack("!i", 1000) + b"half")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("call", [die, cut_off])
def test_a_killed_worker_is_one_line_that_says_how_to_go_on(call):
    with (
        pytest.raises(WorkerError, match=r"SIGKILL, as happens when memory runs out") as caught,
        open_pool({}, 2) as pool,
    ):
        pool.submit(call).result(timeout=60)
    assert "the same command continues" in str(caught.value)
    assert "\n" not in str(caught.value)


def _stop_while_busy(error):
    with open_pool({}, 2) as pool:
        for _ in range(4):
            pool.submit(slow, 100)
        time.sleep(0.5)
        began = time.monotonic()
        try:
            raise error
        finally:
            stopped.append(began)


stopped = []


@pytest.mark.slow
@pytest.mark.parametrize("error", [KeyboardInterrupt, DataError("the disk is full")])
def test_nobody_waits_for_running_calls_where_the_work_ends(error):
    with pytest.raises(error if isinstance(error, type) else DataError):
        _stop_while_busy(error)
    assert time.monotonic() - stopped.pop() < 20
    assert not multiprocessing.active_children()


def test_threads_that_wait_are_dropped_where_the_work_fails():
    done = []

    def fail_soon():
        with open_threads(1) as threads:
            for number in range(50):
                threads.submit(lambda n=number: (time.sleep(0.02), done.append(n)))
            raise DataError("stop")

    with pytest.raises(DataError, match="stop"):
        fail_soon()
    assert len(done) < 10


def _interrupted(came):
    with undisturbed():
        signal.raise_signal(signal.SIGINT)
        came.append("done")


def test_a_signal_that_comes_while_processes_are_launched_waits_for_them():
    came = []
    before = signal.signal(signal.SIGTERM, lambda number, _: came.append(number))
    # Whoever runs tests in the background of a shell has SIGINT ignored.
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)
            assert came == []
        assert came == [signal.SIGTERM]
        signal.raise_signal(signal.SIGTERM)
        assert came == [signal.SIGTERM] * 2
        with pytest.raises(KeyboardInterrupt):
            _interrupted(came)
        assert came[-1] == "done"
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, interrupt)


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_is_launched_is_not_waited_for():
    import threading

    import psutil

    def kill_first():
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for child in psutil.Process().children():
                if "spawn_main" in " ".join(child.cmdline()):
                    child.kill()
                    return

    # More than a pipe holds: who writes into one that nobody reads waits for ever.
    killer = threading.Thread(target=kill_first, daemon=True)
    killer.start()
    began = time.monotonic()
    with pytest.raises(WorkerError, match="terminated"), open_pool(bytes(10**7), 2) as pool:
        pool.submit(len).result()
    assert time.monotonic() - began < 40
    killer.join()


def _wait_long(_):
    time.sleep(30)


def _stopped(futures):
    with open_pool(1, 2) as pool:
        futures += [pool.submit(_wait_long) for _ in range(9)]
        try:
            raise KeyboardInterrupt
        finally:
            pool.drop(futures)
            # Their thread looks at them when the processes are gone, and fails over cancelled ones.
            assert not any(future.cancelled() for future in futures)


@pytest.mark.slow
def test_where_processes_are_stopped_no_thread_of_theirs_fails(monkeypatch):
    import threading

    failed = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    for _ in range(3):
        futures = []
        with pytest.raises(KeyboardInterrupt):
            _stopped(futures)
        assert all(future.done() for future in futures)
    assert failed == []


def test_calls_that_wait_elsewhere_are_cancelled():
    with open_pool("value") as pool:
        future = Future()
        pool.drop([future])
    assert future.cancelled()

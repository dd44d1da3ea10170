"""One face for one process, several, and Dask."""

import os

import numpy as np
import pytest

from bocage.core import SettingsError, open_pool


def add(shared, number):
    return shared["offset"] + number


def total(shared, number):
    return float((shared["table"] @ shared["table"].T).sum() + number)


def fail(_, number):
    raise ValueError(f"number {number}")


def who(_):
    return os.getpid()


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
        with pytest.raises(ValueError, match="number 7"):
            pool.submit(fail, 7).result()
        assert pool.submit(add, 1).result() == 11


@pytest.mark.slow
def test_processes_are_others_and_are_ready_when_the_pool_is():
    with open_pool({}, 2) as pool:
        found = {pool.submit(who).result() for _ in range(20)}
    assert os.getpid() not in found
    assert 1 <= len(found) <= 2


def test_an_address_where_nobody_answers_is_one_line():
    pytest.importorskip("distributed")
    with pytest.raises(SettingsError, match="--dask local"), open_pool({}, 1, "tcp://127.0.0.1:9"):
        pass


def test_threads_are_given_back():
    before = os.environ.get("OMP_NUM_THREADS")
    with open_pool({}, 2):
        assert os.environ["OMP_NUM_THREADS"] == "1"
    assert os.environ.get("OMP_NUM_THREADS") == before

"""A study of an invented country finds what is true of it. Synthetic; seeds of its own."""

import pytest
from tests.data.scripts import load_script


@pytest.fixture(scope="module")
def script():
    return load_script("landscape_truth")


@pytest.fixture(scope="module")
def counts(script):
    return script.count(range(9101, 9102), repeats=2, show=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spread", "clustered"])
def test_the_input_that_carries_most_wins(counts, name):
    for where in ("out", "local"):
        assert all(counts[name, f"the best input wins ({where})"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spread", "clustered"])
def test_nothing_is_found_where_nothing_is(counts, name):
    assert all(counts[name, "without signal: undecided"])
    assert all(counts[name, "without signal: chance for every method"])


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say(counts):
    held = [
        right
        for (_, what), found in counts.items()
        if what.startswith("interval holds")
        for right in found
    ]
    # Six intervals at 95 %: two misses come once in thirty times by chance, were they independent.
    # The seed is fixed, so this fails only where the code changes; the script runs twenty.
    assert len(held) == 6
    assert sum(held) >= 5

"""Keys stand for content: the same everywhere, different for anything different."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bocage.core import content_key, priorities, row_digests


def test_a_key_is_what_it_was_on_every_other_machine():
    # Known figures: a change here makes every stored study foreign.
    assert content_key({"b": [1, 2.5], "a": "é"}) == "b419c1e91a2916818641258b218eee78"


def test_a_key_does_not_hang_on_the_process():
    code = "from bocage.core import content_key; print(content_key({'b': [1, 2.5], 'a': 'é'}))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {content_key({"a": "é", "b": [1, 2.5]}) + "\n"}


@pytest.mark.parametrize(
    ("a", "b"), [([1], [1.5]), ({"a": 1}, {"b": 1}), ([1, 2], [2, 1]), ("1", 1), ([], None)]
)
def test_other_content_has_another_key(a, b):
    assert content_key(a) != content_key(b)


@given(hnp.arrays(np.float64, (6, 3), elements=st.floats(-1e6, 1e6)), st.permutations(range(6)))
def test_a_row_keeps_its_digest_in_any_order(table, order):
    whole = row_digests(table)
    assert (row_digests(table[list(order)]) == whole[list(order)]).all()


def test_row_digests_tell_columns_apart_and_zeros_not():
    a, b = np.array(["ab", "a"]), np.array(["c", "bc"])
    digests = row_digests(a, b)
    assert digests[0] != digests[1]
    assert (row_digests(np.array([0.0])) == row_digests(np.array([-0.0]))).all()
    assert (row_digests(np.array([1], "<i4")) == row_digests(np.array([1], ">i8"))).all()


def test_luck_depends_on_content_and_salt_alone():
    digests = row_digests(np.arange(50))
    luck = priorities(digests, "in", 3)
    assert (priorities(digests[10:20], "in", 3) == luck[10:20]).all()
    assert (priorities(digests, "in", 4) != luck).all()
    assert len(np.unique(luck)) == 50
    # Close to uniform: the mean of 2000 lies within five standard errors of one half.
    many = priorities(row_digests(np.arange(2000)), 0).astype(float) / 2**64
    assert abs(many.mean() - 0.5) < 5 / np.sqrt(12 * 2000)

"""Keys stand for content: the same everywhere, different for anything different."""

import hashlib
import json
import os
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bocage.core import content_key, priorities, row_digests

DIGESTS = ["4afa4f6752f7159e8b642f88a57b9f74", "79b5b8042b27c80d9ab020f5ccec6ca0"]
LUCK = [6993816150848557533, 490038921894010733]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def _turned(value):
    """The same content, each mapping filled in the opposite order."""
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_a_key_stands_for_content_in_whatever_order_a_mapping_was_filled(value):
    assert content_key(value) == content_key(_turned(value))
    assert content_key(value) == content_key(json.loads(json.dumps(value)))


def test_a_key_is_what_it_was_on_every_other_machine():
    # Known figures: a change here makes every stored study foreign.
    assert content_key({"b": [1, 2.5], "a": "é"}) == "b419c1e91a2916818641258b218eee78"


def test_digests_and_luck_are_what_they_were_on_every_other_machine():
    rows = np.array([[1.5, -2.0], [0.0, 1e300]])
    names = np.array(["é", "north"])
    digests = row_digests(rows, names)
    assert digests.dtype == np.dtype("V16")
    assert [digest.tobytes().hex() for digest in digests] == DIGESTS
    assert priorities(digests, "draw", 0, 3).tolist() == LUCK
    # Said once more, without the code that is tested.
    for digest, row, name in zip(digests, rows.tolist(), ["é", "north"], strict=True):
        parts = [struct.pack("<2d", *row), name.encode()]
        text = b"".join(struct.pack("<q", len(part)) + part for part in parts)
        assert digest.tobytes() == hashlib.blake2b(text, digest_size=16).digest()


def test_a_key_does_not_hang_on_the_process():
    code = "from bocage.core import content_key; print(content_key({'b': [1, 2.5], 'a': 'é'}))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {content_key({"a": "é", "b": [1, 2.5]}) + "\n"}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1], [1.5]),
        ({"a": 1}, {"b": 1}),
        ([1, 2], [2, 1]),
        ("1", 1),
        ([], None),
        (1, 1.0),
        (1, True),
        (["a", "b"], ["a,b"]),
        ([[1], 2], [[1, 2]]),
    ],
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


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (np.array([1.5]), np.array([1.5], np.float32)),
        (np.array([1.0]), np.array([1])),
        (np.array([1]), np.array(["1"])),
        (np.array([[1.0, 2.0]]), np.array([[2.0, 1.0]])),
        (np.array([1.0]), np.array([np.nextafter(1.0, 2.0)])),
    ],
)
def test_rows_of_other_values_or_kinds_have_other_digests(a, b):
    assert row_digests(a)[0] != row_digests(b)[0]


def test_a_digest_does_not_hang_on_how_many_rows_are_read_at_a_time(monkeypatch):
    chips = np.random.default_rng(0).integers(-300, 9000, (5, 2, 4, 4)).astype(np.int16)
    points = np.random.default_rng(1).normal(size=(5, 2))
    whole = row_digests(points, chips)
    monkeypatch.setattr("bocage.core._hashing.BLOCK_VALUES", 70)
    assert (row_digests(points, chips) == whole).all()
    assert (row_digests(points, chips.astype(np.int64)) == whole).all()


def test_large_chips_are_not_copied_whole():
    import tracemalloc

    chips = np.ones((64, 6, 128, 128), dtype=np.int16)
    tracemalloc.start()
    row_digests(chips)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # As 8-byte numbers they would take 50 MB.
    assert peak < 40e6


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        row_digests(np.arange(3), np.arange(2))


def test_luck_depends_on_content_and_salt_alone():
    digests = row_digests(np.arange(50))
    luck = priorities(digests, "in", 3)
    assert (priorities(digests[10:20], "in", 3) == luck[10:20]).all()
    assert (priorities(digests, "in", 4) != luck).all()
    assert len(np.unique(luck)) == 50
    # Close to uniform: the mean of 2000 lies within five standard errors of one half.
    many = priorities(row_digests(np.arange(2000)), 0).astype(float) / 2**64
    assert abs(many.mean() - 0.5) < 5 / np.sqrt(12 * 2000)

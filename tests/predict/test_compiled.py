"""Machine code: kept where it can be, right in any case."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from numba.core import caching

from bocage.predict import _compiled, _score_loops

PROGRAM = """
import numpy as np
from bocage.predict._linear_loops import doubtful
found = np.zeros(3, dtype=np.int64)
print(doubtful(np.array([1.0, 5.0, 2.0]), np.array([0.9, 1.0, 1.99]), 0.2, found), found[:2])
"""


def _run(folder, code=PROGRAM):
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder)},
    )
    return done.stdout.strip()


def test_kept_code_that_is_damaged_is_made_again(tmp_path):
    assert _run(tmp_path) == "2 [0 2]"
    kept = [path for path in tmp_path.rglob("*") if path.suffix in {".nbi", ".nbc"}]
    sizes = {path: path.stat().st_size for path in kept}
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert _run(tmp_path) == "2 [0 2]"
    for path, size in sizes.items():
        assert path.stat().st_size == size


def test_where_nothing_can_be_kept_code_still_runs(monkeypatch):
    def nowhere(*_):
        raise RuntimeError("no locator available")

    monkeypatch.setattr(_compiled._Kept, "__init__", nowhere)

    def double(x):
        return 2 * x

    assert _compiled.compiled(double)(4) == 8


def test_a_full_disk_stops_nothing(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(caching.FunctionCache, "save_overload", full)

    def triple(x):
        return 3 * x

    assert _compiled.compiled(triple)(4) == 12


def test_probabilities_of_any_scores_are_those_of_the_mathematics():
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 30, (5, 4000)).astype(np.float32)
    scores[:, 0] = [3.0, -np.inf, 3.0, -1e30, -200.0]
    best, second, total = (np.empty(4000, dtype=np.float32) for _ in range(3))
    out = np.empty(4000, dtype=np.uint8)
    codes = np.array([7, 1, 2, 3, 4], dtype=np.uint8)
    _score_loops.pick(scores, codes, out, best, second)
    np.testing.assert_array_equal(out, codes[scores.argmax(axis=0)])
    np.testing.assert_array_equal(second[1:], np.sort(scores, axis=0)[-2, 1:])
    _score_loops.softmax_sum(scores, best, total)
    found = np.empty((5, 4000), dtype=np.float32)
    _score_loops.softmax(scores, best, total, found, 0)
    expected = np.exp(scores.astype(np.float64) - scores.max(axis=0))
    expected /= expected.sum(axis=0)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=1e-37)
    np.testing.assert_allclose(found[:, 0], [0.5, 0, 0.5, 0, 0])


@pytest.mark.parametrize("x", [0.0, -1e-8, -0.3466, -1.0, -10.0, -86.9, -87.5, -math.inf])
def test_the_exponential_is_right_to_a_ten_millionth(x):
    out = np.empty(1, dtype=np.float32)
    _score_loops.softmax_sum(np.array([[x]], dtype=np.float32), np.zeros(1, dtype=np.float32), out)
    exact = math.exp(np.float32(x)) if x > -87 else 0.0
    assert out[0] == pytest.approx(exact, rel=1.2e-7)


def test_the_package_is_imported_without_the_compiler():
    code = "import sys, bocage, bocage.predict; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"

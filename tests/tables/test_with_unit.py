"""Numbers with a unit are numbers that are to be written so, and words with digits are words."""

import time

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError
from bocage.tables import read_task
from bocage.tables._with_unit import unit_of, words_with_unit

N = 60


def table(path, words):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lon": rng.uniform(6, 7, N), "lat": rng.uniform(47, 48, N)})
    frame["crop"] = ["oak", "pine"] * (N // 2)
    frame["v"] = [words[at % len(words)] for at in range(N)]
    frame.to_csv(path, index=False)
    return path


def few(write):
    return [write(number) for number in (3, 12, 20, 35, 60)]


UNITS = {
    "m": few(lambda n: f"{n} m"),
    "m attached": few(lambda n: f"{n}m"),
    "percent": few(lambda n: f"{n / 10:.1f} %".replace(".", ",")),
    "yield": few(lambda n: f"{n * 1000:,} kg/ha"),
    "exponents": few(lambda n: f"{n} mg kg-1"),
    "area": few(lambda n: f"{n} m\N{SUPERSCRIPT TWO}"),
    "degrees": few(lambda n: f"-{n}.5\N{DEGREE SIGN}C"),
    "money": few(lambda n: f"$ {n}"),
    "beside words": [*few(lambda n: f"{n} cm"), "deep", "deep"],
    "beside numbers": [*few(lambda n: f"{n} cm"), "4"],
    "two": [*few(lambda n: f"{n} cm"), "1.5 m"],
    "its own": [f"{n} stems" for n in range(12)],
}


@pytest.mark.parametrize("words", UNITS.values(), ids=UNITS)
def test_a_number_with_a_unit_is_refused_with_its_unit(tmp_path, words):
    path = table(tmp_path / "t.csv", words)
    with pytest.raises(DataError, match=r"v holds numbers with a unit .*write only the") as said:
        read_task(path, target="crop", inputs={"a": "v"})
    unit = unit_of(words[0]) or "stems"
    assert unit in str(said.value).partition("without ")[2].partition(" (--units")[0].split(", ")


WORDS = {
    "classes": ["class 1", "class 2", "class 3"],
    "codes": ["A12", "B7", "C3"],
    "parts": ["2a", "2b", "3b"],
    "ranks": ["1 low", "2 middle", "3 high"],
    "generations": ["3g", "4g", "5g"],
    "ranges": ["0-10 m", "10-20 m", ">20 m"],
    "order": ["1st", "2nd", "3rd"],
    "zones": ["31N", "32N", "33N"],
    "soils": ["10YR", "7.5YR", "5Y"],
    "few of a kind": ["1 storey", "2 storeys", "3 storeys"],
    "mostly words": ["sand", "clay", "loam", "5 m"],
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_words_with_digits_stay_words(tmp_path, words):
    path = table(tmp_path / "t.csv", words)
    task = read_task(path, target="crop", inputs={"a": "v"})
    assert len(task.inputs["a"].bands) == len(words)


def test_a_target_with_a_unit_is_no_classes(tmp_path):
    path = table(tmp_path / "t.csv", [f"{n} m" for n in range(12)])
    with pytest.raises(
        DataError, match=r"the target 'v' holds .*: write only the numbers, without m"
    ):
        read_task(path, target="v", bare=True)
    assert len(read_task(path, target="v", bare=True, kind="classification").classes) == 12


def test_long_words_are_looked_at_at_once():
    start = time.perf_counter()
    assert words_with_unit({f"12 {'a' * 5000}_": 1, f"12 {'a.' * 5000}_": 1, "1 " * 5000: 1}) == {}
    assert time.perf_counter() - start < 1

"""Wildcards take what can be used, and pass over what holds nothing."""

import re

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError
from bocage.tables import InputSpec, read_task

N = 40


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    made = pd.DataFrame({"lon": rng.uniform(6, 7, N), "lat": rng.uniform(47, 48, N)})
    made["a"], made["b"] = rng.normal(size=(2, N))
    made["closed"], made["remark"] = np.nan, None
    made["crop"] = ["x", "y"] * (N // 2)
    return made


def read(frame, path, pattern, **options):
    frame.to_csv(path / "t.csv", index=False)
    return read_task(path / "t.csv", target="crop", inputs={"in": pattern}, **options)


def test_a_wildcard_passes_over_blank_columns_and_says_so(frame, tmp_path):
    task = read(frame, tmp_path, "*")
    assert task.inputs["in"].bands == ("a", "b")
    (note,) = (line for line in task.notes if "left out, as they are not features" in line)
    assert "closed (blank in every row), remark (blank in every row)" in note


def test_a_blank_column_that_is_named_is_refused(frame, tmp_path):
    with pytest.raises(DataError, match="can't use closed") as error:
        read(frame, tmp_path, "a,closed")
    assert "but closed is blank in every row; or use the suitable ones: --input in='a'" in (
        str(error.value)
    )


def test_a_date_of_a_series_may_be_blank(frame, tmp_path):
    for month in (1, 2, 3):
        frame[f"n_2021-0{month}"] = np.nan if month == 2 else frame["a"]
    task = read(frame, tmp_path, InputSpec("n_*", series=True), gaps="fill")
    assert task.inputs["in"].values.shape == (N, 3, 1)
    # Samples are put in an order of their own.
    np.testing.assert_allclose(task.inputs["in"].values[:, 1, 0], frame["a"][task.row])


def test_what_is_offered_can_be_used(frame, tmp_path):
    frame["torn"] = frame["a"].where(frame.index > 2)
    frame["soil"] = np.where(frame.index > 2, np.where(frame["a"] > 0, "clay", "sand"), None)
    frame["code"] = [f"p{at}" for at in range(N)]
    frame["mark"] = np.where(frame.index == 1, -9999.0, frame["b"])
    for pattern in ("*", "b,*", "?,*o*,torn,*"):
        with pytest.raises(DataError, match="can't use code") as error:
            read(frame, tmp_path, pattern)
        offer, torn = re.search(
            r"--input in='(.*)' \(cells of (.*) are missing\)$", str(error.value)
        ).groups()
        assert set(offer.split(",")) == {"a", "b"}
        assert set(torn.split(", ")) == {"mark", "soil", "torn"}
        assert set(read(frame, tmp_path, offer).inputs["in"].bands) == {"a", "b"}

"""Missing features: rows left out, series filled, gaps kept; always with their number."""

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError, SettingsError
from bocage.tables import InputSpec, read_task

SERIES = {"ndvi": InputSpec("NDVI_*", series=True)}


@pytest.fixture
def path(tmp_path):
    n = 20
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lon": rng.uniform(5, 6, n), "lat": rng.uniform(45, 46, n)})
    frame["crop"] = np.where(np.arange(n) % 2, "maize", "wheat")
    for month in range(1, 7):
        frame[f"NDVI_2019-{month:02d}"] = month * 1.0 + np.arange(n)
    frame.loc[2, "NDVI_2019-03"] = np.nan
    frame.loc[4, ["NDVI_2019-01", "NDVI_2019-02", "NDVI_2019-06"]] = np.nan
    frame.loc[7, [f"NDVI_2019-{month:02d}" for month in range(1, 7)]] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path / "t.csv"


def read(path, gaps, inputs=SERIES, **more):
    return read_task(path, target="crop", inputs=inputs, gaps=gaps, **more)


def test_gaps_are_refused_unless_something_is_said(path):
    with pytest.raises(DataError, match=r"3 of 20 rows are incomplete.*--gaps \(drop, fill, keep"):
        read(path, "")


def test_rows_are_left_out_with_number_and_reason(path):
    task = read(path, "drop")
    assert len(task) == 17
    assert "3 of 20 rows were left out: 3 with missing" in " ".join(task.notes)


def test_series_are_filled_between_the_dates_around_and_the_rest_is_left_out(path):
    task = read(path, "fill")
    assert len(task) == 19
    order = np.argsort(task.row)
    values = task.inputs["ndvi"].values[order, :, 0]
    rows = task.row[order]
    np.testing.assert_array_equal(values[rows == 2][0], np.arange(1, 7) + 2.0)
    # Ends take the nearest date.
    np.testing.assert_array_equal(values[rows == 4][0], [7, 7, 7, 8, 9, 9])
    notes = " ".join(task.notes)
    assert "10 missing cells of 3 rows: 4 filled in time" in notes
    assert "1 of 20 rows were left out: 1 with missing" in notes


def test_gaps_are_kept_and_rows_without_any_value_left_out(path):
    task = read(path, "keep")
    assert len(task) == 19
    assert task.inputs["ndvi"].has_gaps
    assert int(np.isnan(task.inputs["ndvi"].values).sum()) == 4
    notes = " ".join(task.notes)
    assert "stay missing, for heads that accept missing values" in notes
    assert "1 of 20 rows were left out: 1 without any value in input 'ndvi'" in notes


@pytest.mark.parametrize("gaps", ["drop", "fill", "keep"])
def test_a_strategy_for_features_says_nothing_of_the_target(path, gaps):
    frame = pd.read_csv(path)
    frame.loc[0, "crop"] = None
    frame.to_csv(path, index=False)
    with pytest.raises(DataError, match="1 without target 'crop'"):
        read(path, gaps)
    assert len(read(path, gaps, drop_incomplete=True)) == (16 if gaps == "drop" else 18)


@pytest.mark.parametrize(
    ("gaps", "inputs", "said"),
    [
        ("fill", {"ndvi": "NDVI_*"}, "no input is a series"),
        ("mean", SERIES, "expected one of drop, fill, keep"),
    ],
)
def test_a_strategy_that_does_not_fit_is_refused(path, gaps, inputs, said):
    with pytest.raises(SettingsError, match=said):
        read(path, gaps, inputs)


@pytest.mark.parametrize("value", [1e200, -1e300, 1e18])
@pytest.mark.parametrize("column", ["harvest", "f"])
def test_squares_that_overflow_are_refused_before_the_work(path, value, column):
    frame = pd.read_csv(path).assign(harvest=np.arange(20) + 0.5, f=np.arange(20.0))
    frame.loc[11, column] = value
    frame.to_csv(path, index=False)
    with pytest.raises(
        DataError, match=r"in row 12 \(.*squares overflow for numbers of 1e\+18 or more"
    ):
        read_task(path, target="harvest", kind="regression", inputs={"f": "f"})


def test_squares_that_vanish_are_refused_before_the_work(path):
    frame = pd.read_csv(path).assign(harvest=1e-200 * np.arange(20), f=np.arange(20.0))
    frame.to_csv(path, index=False)
    with pytest.raises(DataError, match="squares of such differences underflow to 0"):
        read_task(path, target="harvest", kind="regression", inputs={"f": "f"})

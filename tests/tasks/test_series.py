"""Columns with dates: read in order, with their months, or refused."""

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError, Input
from bocage.tasks import InputSpec, read_task
from bocage.tasks._series import as_series


def _table(*names, units="1"):
    values = np.arange(2.0 * len(names)).reshape(2, -1)
    return Input("s2", values, names, units)


@pytest.mark.parametrize(
    "names",
    [
        ("B2_2021-03", "B2_2020-12", "B8_2020-12", "B8_2021-03"),
        ("B2_202103", "B2_202012", "B8_202012", "B8_202103"),
        ("B2_2021_03", "B2_2020_12", "B8_2020_12", "B8_2021_03"),
    ],
)
def test_dates_are_put_in_order(names):
    found = as_series(_table(*names))
    assert found.bands == ("B2", "B8")
    assert found.months[0].tolist() == [12, 3]
    assert found.years == (2020, 2021)
    assert found.values[0].tolist() == [[1, 2], [0, 3]]


def test_a_band_may_hold_digits_and_a_column_without_a_date_stands_still():
    found = as_series(_table("temperature_2m_01", "temperature_2m_02", "elevation"))
    assert found.bands == ("temperature_2m", "elevation")
    assert found.values[0].tolist() == [[0, 2], [1, 2]]


def test_units_follow_their_bands():
    found = as_series(_table("VV_01", "B2_01", "B2_02", "VV_02", units=("dB", "r", "r", "dB")))
    assert dict(zip(found.bands, found.units, strict=True)) == {"VV": "dB", "B2": "r"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("B2", "B8"), "no column has a date"),
        (("B2_01", "B2_02", "B8_01"), "different dates.*month-02"),
        (("B2_2021-03", "B2_202103"), "two columns for B2 at one date"),
        (("B2_13",), "no column has a date"),
    ],
)
def test_what_is_no_series_is_refused(names, words):
    with pytest.raises(DataError, match=words):
        as_series(_table(*names))


def test_a_label_table_gives_a_series_with_units(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lon": rng.uniform(0, 1, 20), "lat": rng.uniform(50, 51, 20)})
    for month in range(1, 4):
        frame[f"B4_2021-{month:02d}"] = rng.uniform(0.1, 0.3, 20)
        frame[f"VV_2021-{month:02d}"] = rng.uniform(-20, -8, 20)
    frame["crop"] = np.where(np.arange(20) % 2, "maize", "wheat")
    frame.to_csv(tmp_path / "t.csv", index=False)
    units = {"B4": "reflectance", "VV": "dB"}
    spec = InputSpec("B4_*,VV_*", units=units, series=True)
    task = read_task(tmp_path / "t.csv", target="crop", inputs={"s": spec})
    item = task.inputs["s"]
    assert (item.form, item.values.shape, item.years) == ("series", (20, 3, 2), (2021,))
    assert dict(zip(item.bands, item.units, strict=True)) == units
    expected = frame["VV_2021-02"].to_numpy()[task.row]
    np.testing.assert_array_equal(item.values[:, 1, item.bands.index("VV")], expected)

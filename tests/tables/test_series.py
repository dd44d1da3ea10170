"""Columns with dates: read in order, with their months, or refused."""

import re

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError, Input
from bocage.tables import InputSpec, read_task
from bocage.tables._dates import SeriesColumn, first_dates, read_date
from bocage.tables._series import Calendar, as_series


def _table(*names, units="1"):
    values = np.arange(2.0 * len(names)).reshape(2, -1)
    return Input("s2", values, names, units)


@pytest.mark.parametrize(
    "names",
    [
        ("B2_2021-03", "B2_2020-12", "B8_2020-12", "B8_2021-03"),
        ("B2_202103", "B2_202012", "B8_202012", "B8_202103"),
        ("B2_2021_03", "B2_2020_12", "B8_2020_12", "B8_2021_03"),
        ("B2_2021-03-17", "B2_2020-12-02", "B8_2020-12-02", "B8_2021-03-17"),
        ("B2_20210317", "B2_20201202", "B8_20201202", "B8_20210317"),
        ("20210317_B2", "20201202_B2", "20201202_B8", "20210317_B8"),
        ("B2_2021076", "B2_2020337", "B8_2020337", "B8_2021076"),
        ("B2_Mar2021", "B2_Dec2020", "B8_Dec2020", "B8_Mar2021"),
    ],
)
def test_dates_are_put_in_order(names):
    found, _ = as_series(_table(*names))
    assert found.bands == ("B2", "B8")
    assert found.months[0].tolist() == [12, 3]
    assert found.years == (2020, 2021)
    assert found.values[0].tolist() == [[1, 2], [0, 3]]


def test_a_band_may_hold_digits_and_a_column_without_a_date_stands_still():
    found, _ = as_series(_table("temperature_2m_01", "temperature_2m_02", "elevation"))
    assert found.bands == ("temperature_2m", "elevation")
    assert found.values[0].tolist() == [[0, 2], [1, 2]]


def test_units_follow_their_bands():
    found, _ = as_series(_table("VV_01", "B2_01", "B2_02", "VV_02", units=("dB", "r", "r", "dB")))
    assert dict(zip(found.bands, found.units, strict=True)) == {"VV": "dB", "B2": "r"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("B2", "B8"), "no column has a date"),
        (("B2_01", "B2_02", "B8_01"), "different dates.*month-02"),
        (("B2_2021-03", "B2_202103"), "two columns for B2 at one date"),
        (("B2_13",), "B2_13 looks dated, .* if B2_13 is a step .* --undated"),
        (("NDVI_01", "NDVI_2021-01"), "dates with a year and months without"),
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


@pytest.mark.parametrize(
    ("name", "band", "moment"),
    [
        ("NDVI_2019-01-17", "NDVI", (2019, 1, 17)),
        ("NDVI_2019_01_17", "NDVI", (2019, 1, 17)),
        ("NDVI_20190117T103021", "NDVI", (2019, 1, 17)),
        ("X2019.01.17", "X", (2019, 1, 17)),
        ("2019-01-17", "", (2019, 1, 17)),
        ("pr_15.01.1999", "pr", (1999, 1, 15)),
        ("02.01.1999", "", (1999, 1, 2)),
        ("02.01.1999_pr", "pr", (1999, 1, 2)),
        ("NDVI_A2019017", "NDVI", (2019, 1, 17)),
        ("B8A_2020366", "B8A", (2020, 12, 31)),
        ("NDVI_2021-03", "NDVI", (2021, 3, 0)),
        ("NDVI_03", "NDVI", (0, 3, 0)),
        ("NDVI_mar", "NDVI", (0, 3, 0)),
    ],
)
def test_dates_as_people_write_them(name, band, moment):
    assert read_date(name) == SeriesColumn(band, moment)


@pytest.mark.parametrize("name", ["elevation", "B8A", "B11", "slope_deg", "B2_mean", "summary"])
def test_names_without_a_date_have_none(name):
    assert read_date(name) is None


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("NDVI_13", "13 is not a month"),
        ("NDVI_1", "1 has one digit, but a month has two"),
        ("NDVI_t05", "t05 is a step, not a month"),
        ("12_NDVI", "12 comes first, but a month without a year comes last"),
        ("NDVI_2019-02-30", "2019-02-30 is not a day"),
        ("NDVI_2019-13-01", "2019-13-01 has no month 13"),
        ("NDVI_201913", "201913 has no month 13"),
        ("NDVI_17-01-2019", "in 17-01-2019 either the day or the month may come first"),
        ("NDVI_17/01/2019", "in 17/01/2019 either the day or the month may come first"),
        # R writes dots in place of any mark, and B12 is a band.
        ("X17.01.2019", "in 17.01.2019 either the day or the month may come first"),
        ("B12.01.2019", "in 12.01.2019 either the day or the month may come first"),
        ("NDVI_01.17.2019", "01.17.2019 has no month 17"),
        ("NDVI_31.02.2019", "31.02.2019 is not a day"),
        ("NDVI_17012019", "17012019 is not a date that begins with the year"),
        ("NDVI_190117", "190117 is not a date that begins with the year"),
        ("NDVI_2019", "2019 is a year without a month"),
        ("2019", "2019 is a year without a month"),
        ("NDVI_2019-1-5", "2019-1-5 has a month or day of one digit"),
        ("NDVI_2019366", "2019 has no day 366"),
        ("20190105_20190107_B2", "2 dates"),
    ],
)
def test_what_looks_dated_and_can_not_be_read_is_refused_with_what_is_odd(name, odd):
    said = rf"{re.escape(name)} looks dated, but its date can't be read \({re.escape(odd)}\)"
    with pytest.raises(DataError, match=said):
        as_series(_table("NDVI_2019-01-17", name))


def test_two_dates_of_a_month_are_two_dates():
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2018-09-14", periods=23, freq="16D")]
    found, note = as_series(_table(*(f"NDVI_{day}" for day in days)))
    assert found.values.shape == (2, 23, 1)
    assert found.months[0].tolist() == [int(day[5:7]) for day in days]
    assert found.years == (2018, 2019)
    assert note == "input 's2': 23 dates, 2018-09-14 to 2019-09-01, of NDVI"


def test_columns_that_are_dates_alone_are_one_band():
    found, _ = as_series(_table("2019-02-01", "2019-01-01"))
    assert (found.bands, found.values[0].tolist()) == (("s2",), [[1], [0]])


def test_a_month_of_two_names_is_refused():
    with pytest.raises(DataError, match="two columns for NDVI at one date"):
        as_series(_table("NDVI_2021-03-01", "20210301_NDVI"))


@pytest.mark.parametrize(
    "names",
    [
        [f"NDVI_{n:02d}" for n in range(1, 24)],
        [f"NDVI_{n}" for n in range(1, 24)],
        [f"NDVI{n}" for n in range(1, 24)],
        [f"{n}_NDVI" for n in range(23)],
        [f"NDVI_t{n}" for n in range(23)],
    ],
)
def test_steps_are_read_in_their_order_where_they_are_declared(names):
    shuffled = [*names[::-1], "slope"]
    found, note = as_series(_table(*shuffled), Calendar(steps=True))
    assert found.bands == ("NDVI", "slope")
    assert found.values[0, :, 0].tolist() == list(range(22, -1, -1))
    assert (found.months, found.years) == (None, ())
    assert "23 steps" in note
    assert "they have no dates" in note


def test_twelve_steps_are_months_only_where_they_are_not_declared_steps():
    names = [f"NDVI_{n:02d}" for n in range(1, 13)]
    months, note = as_series(_table(*names))
    assert months.months[0].tolist() == list(range(1, 13))
    assert "12 months of any year, month-01 to month-12" in note
    assert as_series(_table(*names), Calendar(steps=True))[0].months is None


def test_a_series_with_years_keeps_its_dates_beside_one_of_steps():
    found, _ = as_series(_table("NDVI_2019-01", "NDVI_2019-02"), Calendar(steps=True))
    assert found.months[0].tolist() == [1, 2]


FIRST = np.array(["2018-09-14", "2019-01-01"], dtype="datetime64[D]")


def test_steps_have_months_where_rows_have_a_first_date():
    names = [f"NDVI_{n:02d}" for n in range(1, 24)]
    found, note = as_series(_table(*names), Calendar(True, FIRST, 16))
    for row, start in enumerate(FIRST):
        days = pd.date_range(start, periods=23, freq="16D")
        assert found.months[row].tolist() == days.month.tolist()
    assert found.years == (2018, 2019)
    assert "each row begins at its own date" in note


def test_dated_columns_move_with_the_first_date_of_their_row():
    names = ["NDVI_2018-09-14", "NDVI_2018-09-30", "NDVI_2018-10-16"]
    found, _ = as_series(_table(*names), Calendar(first=FIRST))
    assert found.months.tolist() == [[9, 9, 10], [1, 1, 2]]
    found, _ = as_series(_table("NDVI_2018-09", "NDVI_2018-12"), Calendar(first=FIRST))
    assert found.months.tolist() == [[9, 12], [1, 4]]


@pytest.mark.parametrize(
    ("when", "names", "words"),
    [
        (Calendar(True, FIRST), ("NDVI_1", "NDVI_2"), "days from step to step: add --every 16"),
        (Calendar(every=16), ("NDVI_2019-01", "NDVI_2019-02"), "--every.* omit it"),
    ],
)
def test_what_is_said_of_dates_must_fit_the_columns(when, names, words):
    with pytest.raises(DataError, match=words):
        as_series(_table(*names), when)


@pytest.mark.parametrize(
    "cells", [["14/09/2018", "15/09/2018"], ["2018-09", "2018-10"], ["a", "b"]]
)
def test_first_dates_that_can_not_be_read_are_refused(cells):
    with pytest.raises(DataError, match=f"first date '{cells[0]}' in column 'start' can't be read"):
        first_dates(pd.Series(cells, name="start"))


@pytest.mark.parametrize(
    "cells",
    [
        ["2018-09-14", None],
        ["20180914", ""],
        ["14.09.2018", None],
        pd.to_datetime(["2018-09-14", None]),
        ["2018-09-14 00:00:00", None],
        ["2018-09-14T00:00:00Z", None],
    ],
)
def test_first_dates_of_a_table(cells):
    found, gone = first_dates(pd.Series(cells, name="start"))
    assert str(found[0]) == "2018-09-14"
    assert gone.tolist() == [False, True]


def test_rows_with_other_first_dates_have_other_months(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"lon": rng.uniform(0, 1, 20), "lat": rng.uniform(50, 51, 20)})
    frame["crop"] = np.where(np.arange(20) % 2, "maize", "wheat")
    frame["start"] = np.where(np.arange(20) < 10, "2018-09-14", "2015-01-01")
    frame.loc[3, "start"] = None
    for step in range(1, 24):
        frame[f"NDVI_{step:02d}"] = rng.uniform(size=20)
    frame.to_csv(tmp_path / "t.csv", index=False)
    spec = InputSpec("NDVI_*", series=True, steps=True, first="start", every=16)
    with pytest.raises(
        DataError, match="1 of 20 rows are incomplete: 1 without first date 'start'"
    ):
        read_task(tmp_path / "t.csv", target="crop", inputs={"ndvi": spec})
    task = read_task(tmp_path / "t.csv", target="crop", inputs={"ndvi": spec}, drop_incomplete=True)
    item = task.inputs["ndvi"]
    assert item.values.shape == (19, 23, 1)
    starts = pd.to_datetime(frame["start"]).dt.month.to_numpy()[task.row]
    assert item.months[:, 0].tolist() == starts.tolist()
